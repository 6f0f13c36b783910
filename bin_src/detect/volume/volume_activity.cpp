#include "detect/volume/volume_activity.hpp"

#include <algorithm>
#include <array>
#include <type_traits>

#include "counting/hash.hpp"
#include "counting/seconds.hpp"
#include "log/log.hpp"
#include "text/bounded_text.hpp"

namespace cloudhijack::detect {
namespace {

using std::chrono::seconds;
using text::Time;

// The start of the span that contains a time. Spans begin at multiples of their length since 1970,
// in UTC.
Time start_of_span(Time time, seconds span) {
    const auto second = std::chrono::floor<seconds>(time.time_since_epoch()).count();
    return Time{seconds{counting::start_of_unit(second, span.count())}};
}

std::optional<Time> time_of(const log::Event& event) {
    if (event.row_time && !event.log->counts_once) return event.row_time;
    const auto own_time = event.time();
    return own_time ? own_time : event.row_time;
}

std::string_view first_present(std::string_view a, std::string_view b) { return a.empty() ? b : a; }

// Only for types without padding between their members.
template <class Value>
    requires std::has_unique_object_representations_v<Value>
std::uint32_t hash_of_bytes(const Value& value) {
    return counting::Interner::hash_of({reinterpret_cast<const char*>(&value), sizeof(value)});
}

}  // namespace

Added VolumeActivity::add(const log::Event& event) {
    const auto entries = catalogue_->find(event);
    if (entries.empty()) return Added::irrelevant;
    const auto time = time_of(event);
    if (!time) return Added::undated;
    if (event.log->is_report != nullptr && event.log->is_report(event)) return Added::left_out;
    // Like the search that this mode replaces, which does not interpret error codes.
    const bool has_failed = !event.error_code.empty();
    const auto identity = identity_of(event);
    std::optional<std::size_t> counted_for;  // a service's entries are adjacent, and one is enough
    for (const rules::Catalogue::Entry& entry : entries) {
        if (entry.phase != rules::Phase::volume || entry.service == counted_for) continue;
        if (!conditions_.all_hold(event.parameters, entry.conditions)) continue;
        if (has_failed) return Added::failed;
        count(event, entry.service, *time, identity);
        counted_for = entry.service;
    }
    if (!counted_for) return has_failed ? Added::irrelevant : add_other(event, entries);
    if (event.log->counts_once && !identity) irregular_.add({.without_id = 1});
    return Added::counted;
}

// Counts the use of a service by a call that the mode does not count, so that it can be reported.
Added VolumeActivity::add_other(const log::Event& event,
                                std::span<const rules::Catalogue::Entry> entries) {
    for (const rules::Catalogue::Entry& entry : entries) {
        if (entry.phase != rules::Phase::use) continue;
        if (!conditions_.all_hold(event.parameters, entry.conditions)) continue;
        add_to(other_use_[{entry.service, entry.call}], std::uint64_t{1});
    }
    return Added::irrelevant;
}

// The identity of an event whose call counts once.
std::optional<std::uint64_t> VolumeActivity::identity_of(const log::Event& event) {
    if (!event.log->counts_once) return std::nullopt;
    const std::string_view id = event.log->usable_id(event);
    if (id.empty()) return std::nullopt;
    const std::string_view shared = event.log->shares_ids_with;
    key_.assign(shared.empty() ? event.log->id : shared);
    for (const std::string_view part : {id, event.model}) key_.append(1, '\0').append(part);
    return counting::hash_of(key_);
}

void VolumeActivity::count(const log::Event& event, std::size_t service, Time time,
                           std::optional<std::uint64_t> identity) {
    const LookedUpText address(event.source_address, texts_);
    const auto caller = first_present(event.caller, event.caller_id);
    const auto number = group({.span_start = start_of_span(time, span_),
                               .service = service,
                               .caller_arn = first_present(caller, text::k_unknown),
                               .caller_type = first_present(event.caller_type, text::k_unknown),
                               .region = first_present(event.region, text::k_unknown)});
    groups_[number].tally.add(
        {.event_count = identity ? 0U : 1U, .first_event = time, .last_event = time});
    if (identity) {
        IdentifiedCalls& calls = identified_calls(number);
        add_to(calls.deliveries, std::uint64_t{1});
        calls.identities.add(*identity);
    }
    if (event.log->counts_once) count_spend(event, number, identity);
    if (!event.source_address.empty()) add_address(number, keep(address));
}

void VolumeActivity::count_spend(const log::Event& event, std::uint32_t group,
                                 std::optional<std::uint64_t> identity) {
    const log::Spend spent = log::spend_of(event);
    if (spent.is_none()) return;
    const std::uint32_t model = keep(event.model);
    if (identity) {
        spends(group).add({.identity = *identity, .model = model, .spent = spent});
    } else {
        rules::SpendSum sum;
        sum.add(spent);
        spends(group).add(model, sum);
    }
}

void VolumeActivity::GroupTally::add(const GroupTally& other) {
    add_to(event_count, other.event_count);
    first_event = std::min(first_event, other.first_event);
    last_event = std::max(last_event, other.last_event);
}

// A key's hash is made of its texts' hashes, so it is known before the caller has been looked up,
// and two activities compute the same hash. Both places in memory are prefetched together, ahead of
// their use.
std::uint32_t VolumeActivity::group(const Name& name) {
    const LookedUpText caller(name.caller_arn, texts_);
    Key key{.span_start = name.span_start,
            .service = static_cast<std::uint32_t>(name.service),
            .caller_type = keep(name.caller_type),
            .region = keep(name.region)};
    Key hashes = key;
    hashes.caller_arn = caller.hash();
    hashes.caller_type = texts_.hash(key.caller_type);
    hashes.region = texts_.hash(key.region);
    const std::uint32_t hash = hash_of_bytes(hashes);
    group_index_.prefetch(hash);
    key.caller_arn = keep(caller);
    return group(key, hash);
}

// The key's texts must be kept already.
std::uint32_t VolumeActivity::group(const Key& key, std::uint32_t hash) {
    return group_index_.find_or_make(
        hash, [&](std::uint32_t number) { return groups_[number].key == key; },
        [&] {
            groups_.push_back({.key = key, .tally = {}, .hash = hash});
            return static_cast<std::uint32_t>(groups_.size() - 1);
        });
}

void VolumeActivity::add_address(std::uint32_t group, std::uint32_t address) {
    std::uint32_t& first = groups_[group].address;
    if (first == k_none) first = address;
    if (first == address) return;
    more_address_index_.find_or_make(
        hash_of_bytes(std::array{group, address}),
        [&](std::uint32_t number) {
            const MoreAddress& more = more_addresses_[number];
            return more.group == group && more.address == address;
        },
        [&] {
            std::uint32_t& last = groups_[group].more_addresses;
            more_addresses_.push_back({.group = group, .address = address, .before = last});
            last = static_cast<std::uint32_t>(more_addresses_.size() - 1);
            return last;
        });
}

VolumeActivity::IdentifiedCalls& VolumeActivity::identified_calls(std::uint32_t group) {
    std::uint32_t& number = groups_[group].calls;
    if (number == k_none) {
        identified_calls_.emplace_back();
        number = static_cast<std::uint32_t>(identified_calls_.size() - 1);
    }
    return identified_calls_[number];
}

SpendsOfCalls& VolumeActivity::spends(std::uint32_t group) {
    std::uint32_t& number = groups_[group].spends;
    if (number == k_none) {
        spends_.emplace_back();
        number = static_cast<std::uint32_t>(spends_.size() - 1);
    }
    return spends_[number];
}

// The known usage and cost of a group's calls.
void VolumeActivity::price(const Group& group, const rules::Prices& prices,
                           VolumeGroup& priced) const {
    priced.spent = {};
    priced.cost.reset();
    if (group.spends == k_none) return;
    for (const auto& [model, spent] : spends_[group.spends].sums()) {
        priced.spent.add(spent);
        const auto cost = prices.cost_of(texts_.text(model), spent);
        if (cost) priced.cost = rules::cost_sum(priced.cost.value_or(0), *cost);
    }
}

std::set<std::string> VolumeActivity::models_without_price(const rules::Prices& prices) const {
    std::set<std::string> models;
    for (const SpendsOfCalls& spends : spends_) {
        for (const auto& [model, spent] : spends.sums()) {
            const std::string_view name = texts_.text(model);
            if (!prices.cost_of(name, spent)) models.insert(rules::shown_model(name));
        }
    }
    return models;
}

std::uint64_t VolumeActivity::count_of(const Group& group) const {
    std::uint64_t count = group.tally.event_count;
    if (group.calls != k_none) {
        add_to(count, std::uint64_t{identified_calls_[group.calls].identities.size()});
    }
    return count;
}

std::uint64_t VolumeActivity::repeats() const {
    std::uint64_t repeats = 0;
    for (const IdentifiedCalls& calls : identified_calls_) {
        const std::uint64_t once = calls.identities.size();
        // Another machine can report fewer deliveries than identities.
        add_to(repeats, std::max(calls.deliveries, once) - once);
    }
    return repeats;
}

VolumeActivity::LookedUpText::LookedUpText(std::string_view text, const counting::Interner& texts)
    : text_(text),
      front_(text.size() > text::k_longest_text ? text::bounded(text) : std::string()),
      hash_(counting::Interner::hash_of(this->text())) {
    texts.prefetch(hash_);
}

void VolumeActivity::merge(const VolumeActivity& other) {
    const auto texts = texts_.keep_all(other.texts_);
    std::vector<std::uint32_t> groups;
    groups.reserve(other.groups_.size());
    for (std::size_t i = 0; i < other.groups_.size(); ++i) {
        constexpr std::size_t ahead = 8;
        if (i + ahead < other.groups_.size()) group_index_.prefetch(other.groups_[i + ahead].hash);
        const auto& [key, tally, hash, address, more_addresses, calls, spent] = other.groups_[i];
        const auto number = group({.span_start = key.span_start,
                                   .service = key.service,
                                   .caller_arn = texts[key.caller_arn],
                                   .caller_type = texts[key.caller_type],
                                   .region = texts[key.region]},
                                  hash);
        groups_[number].tally.add(tally);
        if (address != k_none) add_address(number, texts[address]);
        if (calls != k_none) {
            const IdentifiedCalls& more = other.identified_calls_[calls];
            IdentifiedCalls& mine = identified_calls(number);
            add_to(mine.deliveries, more.deliveries);
            mine.identities.merge(more.identities);
        }
        if (spent != k_none) spends(number).merge(other.spends_[spent], texts);
        groups.push_back(number);
    }
    for (const MoreAddress& more : other.more_addresses_) {
        add_address(groups[more.group], texts[more.address]);
    }
    irregular_.add(other.irregular_);
    for (const auto& [call, count] : other.other_use_) add_to(other_use_[call], count);
}

VolumeActivity::Name VolumeActivity::name_of(const Key& key) const {
    return {.span_start = key.span_start,
            .service = key.service,
            .caller_arn = texts_.text(key.caller_arn),
            .caller_type = texts_.text(key.caller_type),
            .region = texts_.text(key.region)};
}

// Lists a group's addresses in byte order.
void VolumeActivity::list_addresses(const Group& group,
                                    std::vector<std::string_view>& addresses) const {
    addresses.clear();
    if (group.address != k_none) addresses.push_back(texts_.text(group.address));
    for (auto at = group.more_addresses; at != k_none; at = more_addresses_[at].before) {
        addresses.push_back(texts_.text(more_addresses_[at].address));
    }
    std::ranges::sort(addresses);
}

VolumeFindings VolumeActivity::findings(const VolumeRules& rules) const {
    VolumeFindings findings;
    VolumeGroup group;
    for (const Group& counted : groups_) {
        const auto& [key, tally, hash, address, more_addresses, calls, spends] = counted;
        const std::uint64_t usual_threshold = rules.thresholds[key.service];
        const std::uint64_t event_count = count_of(counted);
        if (event_count <= usual_threshold) continue;
        group.span_start = key.span_start;
        group.service_index = key.service;
        group.service = &catalogue_->services()[key.service];
        group.caller_arn = texts_.text(key.caller_arn);
        group.caller_type = texts_.text(key.caller_type);
        group.region = texts_.text(key.region);
        group.event_count = event_count;
        group.first_event = tally.first_event;
        group.last_event = tally.last_event;
        list_addresses(counted, group.source_addresses);
        if (!reaches_min_score(group, usual_threshold, rules)) continue;
        // An exception must hold for the whole group.
        const auto last = std::chrono::floor<seconds>(tally.last_event.time_since_epoch()).count();
        const auto threshold = rules::allowed_volume(rules.allowlist->of(group.caller_arn),
                                                     key.service, last, usual_threshold);
        if (!threshold || event_count <= *threshold ||
            !reaches_min_score(group, *threshold, rules)) {
            ++findings.allowed_rows;
        } else {
            price(counted, *rules.prices, group);
            findings.rows.push_back(assess(group, *threshold, rules));
        }
    }
    findings.sort();
    findings.other_use = other_use(rules);
    return findings;
}

std::vector<OtherUse> VolumeActivity::other_use(const VolumeRules& rules) const {
    std::map<std::size_t, OtherUse> by_service;
    for (const auto& [call, count] : other_use_) {
        OtherUse& use = by_service[call.first];
        use.service = &catalogue_->services()[call.first];
        add_to(use.calls, count);
        use.names.emplace_back(catalogue_->call_name(call.first, call.second));
    }
    std::vector<OtherUse> above;
    above.reserve(by_service.size());
    for (auto& [service, use] : by_service) {
        if (use.calls > rules.thresholds[service]) above.push_back(std::move(use));
    }
    return above;
}

}  // namespace cloudhijack::detect
