// Writes a VolumeActivity as items of partial documents, and reads them.

#include <cstdint>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

#include "detect/volume/volume_activity.hpp"
#include "partial/document_reader.hpp"
#include "partial/document_writer.hpp"
#include "partial/fields.hpp"
#include "text/quote.hpp"

namespace cloudhijack::detect {
namespace {

constexpr std::uint64_t k_largest_identity = std::numeric_limits<std::uint64_t>::max();

template <class Fields>
void describe_spend(Fields& fields, CallSpend& call, std::string_view& model) {
    fields.number(call.identity, k_largest_identity);
    fields.text(model);
    partial::spend(fields, call.spent);
}

template <class Fields>
void describe_spend(Fields& fields, rules::SpendSum& sum, std::string_view& model) {
    fields.text(model);
    partial::spend_sum(fields, sum);
}

}  // namespace

// An item of "identified_calls" begins like one of "groups", with the number of deliveries in place
// of the count, and ends with the calls' identities. Items of "spends" and "spend_sums" begin in
// the same way, with a count of 0, and contain the usage of calls with and without an id.
void VolumeActivity::write(partial::DocumentWriter& documents) const {
    std::vector<std::string_view> addresses;
    const auto write_spends = [&](const SpendsOfCalls& spends, const auto& head) {
        const auto calls = spends.calls();
        const auto write_call = [this](partial::ItemWriter& item, CallSpend call) {
            std::string_view model = texts_.text(call.model);
            describe_spend(item, call, model);
        };
        if (!calls.empty()) documents.add_all("spends", calls, head, write_call);
        const auto write_sum = [this](partial::ItemWriter& item, auto model_and_sum) {
            std::string_view model = texts_.text(model_and_sum.first);
            describe_spend(item, model_and_sum.second, model);
        };
        if (spends.of_others().empty()) return;
        documents.add_all("spend_sums", spends.of_others(), head, write_sum);
    };
    for (const Group& group : groups_) {
        const auto head_of = [&](std::uint64_t count) {
            return [&, count](partial::ItemWriter& item, bool goes_on) {
                Name name = name_of(group.key);
                GroupTally tally = group.tally;
                tally.event_count = goes_on ? 0 : count;
                describe(item, *catalogue_, name, tally);
            };
        };
        list_addresses(group, addresses);
        documents.add_all(
            "groups", addresses, head_of(group.tally.event_count),
            [](partial::ItemWriter& item, std::string_view text) { item.text(text); });
        if (group.spends != k_none) write_spends(spends_[group.spends], head_of(0));
        if (group.calls == k_none) continue;
        const IdentifiedCalls& calls = identified_calls_[group.calls];
        documents.add_all("identified_calls", calls.identities.all(), head_of(calls.deliveries),
                          [](partial::ItemWriter& item, std::uint64_t identity) {
                              item.number(identity, k_largest_identity);
                          });
    }
    for (const auto& [call, count] : other_use_) {
        documents.add("other_use", [&](partial::ItemWriter& item) {
            ServiceCall written = call;
            std::uint64_t calls = count;
            describe(item, *catalogue_, written, calls);
        });
    }
    detect::write(irregular_, documents);
}

Result<> VolumeActivity::take(std::string_view list, partial::ItemReader& item) {
    if (list == "groups") {
        take_group(item);
    } else if (list == "identified_calls") {
        take_identified_calls(item);
    } else if (list == "spends") {
        take_spends(item);
    } else if (list == "spend_sums") {
        take_spend_sums(item);
    } else if (list == "other_use") {
        ServiceCall call;
        std::uint64_t calls = 0;
        describe(item, *catalogue_, call, calls);
        add_to(other_use_[call], calls);
    } else if (list == k_irregular_list) {
        detect::take(irregular_, item);
    } else {
        return failure("has an unknown list " + text::quoted(list));
    }
    return {};
}

std::uint32_t VolumeActivity::take_group_of_item(partial::ItemReader& item) {
    Name name;
    GroupTally tally;
    describe(item, *catalogue_, name, tally);
    const auto number = group(name);
    groups_[number].tally.add(tally);
    return number;
}

void VolumeActivity::take_group(partial::ItemReader& item) {
    const auto number = take_group_of_item(item);
    while (!item.is_at_end()) {
        std::string_view address;
        item.text(address);
        add_address(number, keep(address));
    }
}

void VolumeActivity::take_identified_calls(partial::ItemReader& item) {
    Name name;
    GroupTally tally;
    describe(item, *catalogue_, name, tally);
    const auto number = group(name);
    const std::uint64_t deliveries = std::exchange(tally.event_count, 0);
    groups_[number].tally.add(tally);
    IdentifiedCalls& calls = identified_calls(number);
    add_to(calls.deliveries, deliveries);
    while (!item.is_at_end()) {
        std::uint64_t identity = 0;
        item.number(identity, k_largest_identity);
        calls.identities.add(identity);
    }
}

void VolumeActivity::take_spends(partial::ItemReader& item) {
    const auto number = take_group_of_item(item);
    while (!item.is_at_end()) {
        CallSpend call;
        std::string_view model;
        describe_spend(item, call, model);
        call.model = keep(model);
        spends(number).add(call);
    }
}

void VolumeActivity::take_spend_sums(partial::ItemReader& item) {
    const auto number = take_group_of_item(item);
    while (!item.is_at_end()) {
        std::string_view model;
        rules::SpendSum sum;
        describe_spend(item, sum, model);
        spends(number).add(keep(model), sum);
    }
}

template <class Fields>
void VolumeActivity::describe(Fields& fields, const rules::Catalogue& catalogue, ServiceCall& call,
                              std::uint64_t& calls) {
    partial::service(fields, catalogue, call.first);
    partial::call(fields, catalogue, call.first, call.second);
    fields.number(calls, partial::k_largest_count);
}

// The fields of an item that precede its addresses.
template <class Fields>
void VolumeActivity::describe(Fields& fields, const rules::Catalogue& catalogue, Name& name,
                              GroupTally& tally) {
    partial::time(fields, name.span_start);
    partial::service(fields, catalogue, name.service);
    fields.text(name.caller_arn);
    fields.text(name.caller_type);
    fields.text(name.region);
    fields.number(tally.event_count, partial::k_largest_count);
    partial::time(fields, tally.first_event);
    partial::time(fields, tally.last_event);
}

}  // namespace cloudhijack::detect
