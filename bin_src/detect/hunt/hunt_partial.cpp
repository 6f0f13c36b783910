// Writes a HuntActivity as items of partial documents, and reads them. Each item begins with its
// owner; each function `describe` gives the fields of one kind of item for both directions.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "detect/hunt/hunt_activity.hpp"
#include "partial/document_reader.hpp"
#include "partial/document_writer.hpp"
#include "partial/fields.hpp"
#include "text/quote.hpp"
#include "text/utf8.hpp"

namespace cloudhijack::detect {
namespace {

using partial::DocumentWriter;
using partial::ItemReader;
using partial::ItemWriter;

constexpr auto k_traits = static_cast<std::size_t>(Trait::count);

/// The accounts with a data event of a service; these items have no owner.
constexpr std::string_view k_data_list = "data";

enum class OwnerKind : std::uint8_t { actor, no_actor, attached };

/// The owner of an item: a principal, or a user to whom AWS attached its quarantine policy.
struct Owner {
    OwnerKind kind = OwnerKind::actor;
    std::string account;
    std::string name;
};

/// The tables that resolve the numbers in items; labels are names of regions and models.
struct Names {
    const rules::Catalogue* catalogue;
    const counting::Interner* labels;
    counting::Interner* new_labels;  ///< null when writing
};

template <class Fields>
void describe(Fields& fields, Owner& owner) {
    auto kind = static_cast<std::uint8_t>(owner.kind);
    fields.number(kind, static_cast<std::uint8_t>(OwnerKind::attached));
    owner.kind = static_cast<OwnerKind>(kind);
    fields.text(owner.account);
    fields.text(owner.name);
}

template <class Fields>
void describe_hour(Fields& fields, const Names& names, std::size_t& service, std::int64_t& hour) {
    constexpr std::int64_t most = partial::k_most_seconds / counting::k_seconds_an_hour;
    partial::service(fields, *names.catalogue, service);
    fields.number(hour, -most, most);
}

template <class Fields>
void describe_label(Fields& fields, const Names& names, std::uint32_t& label) {
    std::string name;
    if (!Fields::k_reads) name = names.labels->text(label);
    fields.text(name);
    if (Fields::k_reads) label = names.new_labels->keep(name);
}

template <class Fields>
void describe_region(Fields& fields, const Names& names, std::uint32_t& region) {
    std::string name;
    if (!Fields::k_reads) name = names.labels->text(region);
    fields.text(name);
    if (Fields::k_reads) region = names.new_labels->keep(text::front_of(name, k_longest_region));
}

template <class Fields>
void describe(Fields& fields, log::CredentialSigns& signs) {
    // Reading writes to it, which the linter cannot see in an instantiation that only writes.
    std::uint8_t bits = signs.bits();  // NOLINT(misc-const-correctness)
    fields.number(bits, log::CredentialSigns::k_most_bits);
    signs = log::CredentialSigns::of_bits(bits);
}

template <class Fields>
void describe(Fields& fields, const Names& names, std::size_t service, HuntedCall& call) {
    fields.number(call.identity, UINT64_MAX);
    fields.number(call.client, UINT64_MAX);
    partial::address(fields, call.address);
    describe(fields, call.credentials);
    fields.flag(call.is_of_client);
    fields.flag(call.is_by_provider);
    partial::outcome(fields, call.outcome);
    partial::phases(fields, call.phases);
    fields.number(call.messages, k_most_hunted_messages);
    fields.number(call.second, counting::k_seconds_an_hour - 1);
    partial::call(fields, *names.catalogue, service, call.call);
    describe_region(fields, names, call.region);
    fields.positive(call.times, UINT32_MAX);
}

template <class Fields>
void describe(Fields& fields, const Names& names, ModelSpend& spend) {
    describe_label(fields, names, spend.model);
    partial::spend(fields, spend.spent);
}

template <class Fields>
void describe(Fields& fields, const Names& names, HourActivity::SpendKey& key,
              rules::SpendSum& sum) {
    fields.number(key.minute, 59U);
    describe_label(fields, names, key.model);
    fields.flag(key.is_success);
    partial::spend_sum(fields, sum);
}

template <class Fields>
void describe(Fields& fields, const Names& names, std::size_t service, HourActivity::SumKey& key,
              HourActivity::Sum& sum) {
    fields.number(key.minute, 59U);
    partial::call(fields, *names.catalogue, service, key.call);
    partial::phases(fields, key.phases);
    partial::outcome(fields, key.outcome);
    describe_region(fields, names, key.region);
    fields.flag(key.is_by_provider);
    fields.positive(sum.count, partial::k_largest_count);
    fields.number(sum.messages, partial::k_largest_count);
    partial::minute_bits(fields, sum.seconds);
}

template <class Fields>
void describe(Fields& fields, HourActivity::SampledCall& sampled) {
    fields.number(sampled.identity, UINT64_MAX);
    fields.positive(sampled.times, partial::k_largest_count);
}

template <class Fields>
void describe(Fields& fields, HourActivity::SampledSpend& sampled) {
    fields.number(sampled.identity, UINT64_MAX);
    fields.number(sampled.once, UINT64_MAX);
    fields.number(sampled.in_all, UINT64_MAX);
}

template <class Fields>
void describe(Fields& fields, HourActivity::Origin& origin) {
    fields.number(origin.client, UINT64_MAX);
    partial::address(fields, origin.address);
    describe(fields, origin.credentials);
    fields.number(origin.messages, partial::k_largest_count);
    for (HourActivity::CallTally* tally :
         {&origin.all, &origin.without_workload, &origin.without_cloud_sign}) {
        fields.number(tally->calls, partial::k_largest_count);
        fields.number(tally->first, HourActivity::CallTally::k_none);
    }
    origin.hash = HourActivity::origin_hash(origin.client, origin.address);
}

template <class Fields>
void describe(Fields& fields, const Names& names, PrincipalActivity::ShownKey& key,
              ShownEvent& event) {
    partial::service(fields, *names.catalogue, key.service);
    partial::call(fields, *names.catalogue, key.service, key.call);
    partial::outcome(fields, key.outcome);
    fields.number(event.second, -partial::k_most_seconds, partial::k_most_seconds);
    fields.text(event.id);
    fields.text(event.region);
    partial::address(fields, event.address);
    partial::phases(fields, event.phases);
}

template <class Fields>
void describe(Fields& fields, const Names& names, std::string& subject, Subjects::CallKind& kind) {
    fields.text(subject);
    partial::service(fields, *names.catalogue, kind.service);
    partial::call(fields, *names.catalogue, kind.service, kind.call);
    partial::phases(fields, kind.phases);
    partial::outcome(fields, kind.outcome);
    auto subject_kind = static_cast<std::uint8_t>(kind.kind);
    fields.number(subject_kind, static_cast<std::uint8_t>(log::SubjectKind::count) - 1);
    kind.kind = static_cast<log::SubjectKind>(subject_kind);
    fields.flag(kind.grants_mail);
    fields.flag(kind.has_external_id);
    auto trust = static_cast<std::uint8_t>(kind.trust);
    fields.number(trust, static_cast<std::uint8_t>(log::Trust::count) - 1);
    kind.trust = static_cast<log::Trust>(trust);
    fields.text(kind.via);
}

template <class Fields>
void describe_day(Fields& fields, std::int32_t& day, std::uint32_t& hours) {
    constexpr std::int64_t most = partial::k_most_seconds / counting::k_seconds_a_day;
    constexpr std::uint64_t all_hours = (1U << 24U) - 1;
    fields.number(day, -most, most);
    fields.positive(hours, all_hours);
}

template <class Fields>
void describe_minute(Fields& fields, std::int64_t& minute, counting::MinuteBits& seconds) {
    constexpr std::int64_t most = partial::k_most_seconds / counting::k_seconds_a_minute;
    fields.number(minute, -most, most);
    partial::minute_bits(fields, seconds);
}

counting::Seconds read_minutes(ItemReader& item) {
    counting::Seconds all;
    while (!item.is_at_end()) {
        std::int64_t minute = 0;
        counting::MinuteBits seconds;
        describe_minute(item, minute, seconds);
        all.add_minute(minute, seconds);
    }
    return all;
}

void write_minute(ItemWriter& item, std::pair<std::int64_t, counting::MinuteBits> minute) {
    describe_minute(item, minute.first, minute.second);
}

/// Writes everything that is kept of one owner.
class OwnerWriter {
  public:
    OwnerWriter(DocumentWriter& documents, Owner owner, Names names)
        : documents_(&documents), owner_(std::move(owner)), names_(names) {}

    void write(const PrincipalActivity& activity) {
        const auto flags = [&activity](ItemWriter& item) {
            item.flag(activity.has_long_term_key);
            item.flag(activity.has_bearer_key);
            item.flag(activity.subjects.is_estimated());
        };
        add_all("principals", activity.quarantined.minutes(), flags, write_minute);
        for (const auto& [key, hour] : activity.hours) write(key.first, key.second, hour);
        for (const auto& [key, events] : activity.shown) {
            write(key, events.first);
            if (events.last != events.first) write(key, events.last);
        }
        for (const auto& [hash, subject] : activity.subjects.all()) {
            for (const auto& [kind, seconds] : subject.calls) write(subject.text, kind, seconds);
        }
        for (std::size_t trait = 0; trait < k_traits; ++trait) {
            write(trait, activity.traits.items.at(trait));
        }
        for (const auto& [service, models] : activity.models) {
            for (const auto& [hash, model] : models.all()) write(service, model, models.is_cut());
        }
    }

  private:
    void add(std::string_view list, const auto& rest) {
        documents_->add(list, [&](ItemWriter& item) {
            describe(item, owner_);
            rest(item);
        });
    }

    void add_all(std::string_view list, const auto& range, const auto& head, const auto& element) {
        const auto whole_head = [&](ItemWriter& item, bool /*goes_on*/) {
            describe(item, owner_);
            head(item);
        };
        documents_->add_all(list, range, whole_head, element);
    }

    void write(std::size_t service, std::int64_t number, const HourActivity& hour) {
        const auto head = [&](ItemWriter& item) { describe_hour(item, names_, service, number); };
        for (HuntedCall call : hour.deliveries()) {
            add("calls", [&](ItemWriter& item) {
                head(item);
                describe(item, names_, service, call);
                if (call.spend == 0) return;
                ModelSpend spend = hour.spend_of(call);
                describe(item, names_, spend);
            });
        }
        const HourActivity::Summary* summary = hour.kept_summary();
        if (summary == nullptr) return;
        summary->sums.for_each([&](HourActivity::SumKey key, HourActivity::Sum sum) {
            add("sums", [&](ItemWriter& item) {
                head(item);
                describe(item, names_, service, key, sum);
            });
        });
        for (const auto& each : summary->spends) {
            add("spends", [&](ItemWriter& item) {
                HourActivity::SpendKey key = each.first;
                rules::SpendSum sum = each.second;
                head(item);
                describe(item, names_, key, sum);
            });
        }
        add_all(
            "samples", summary->sample, head,
            [](ItemWriter& item, HourActivity::SampledCall sampled) { describe(item, sampled); });
        if (!summary->spend_sample.empty()) {
            add_all("spend_samples", summary->spend_sample, head,
                    [](ItemWriter& item, HourActivity::SampledSpend sampled) {
                        describe(item, sampled);
                    });
        }
        for (HourActivity::Origin origin : summary->origins) {
            add("origins", [&](ItemWriter& item) {
                head(item);
                describe(item, origin);
            });
        }
    }

    void write(PrincipalActivity::ShownKey key, ShownEvent event) {
        add("shown", [&](ItemWriter& item) { describe(item, names_, key, event); });
    }

    void write(std::string subject, Subjects::CallKind kind, const counting::Seconds& seconds) {
        const auto head = [&](ItemWriter& item) { describe(item, names_, subject, kind); };
        add_all("subjects", seconds.minutes(), head, write_minute);
    }

    void write(std::size_t service, const counting::HoursOfTexts::HoursOfText& model, bool is_cut) {
        const auto head = [&](ItemWriter& item) {
            partial::service(item, *names_.catalogue, service);
            item.flag(is_cut);
            item.text(model.text);
        };
        add_all("models", model.days, head,
                [](ItemWriter& item, std::pair<std::int32_t, std::uint32_t> day) {
                    describe_day(item, day.first, day.second);
                });
    }

    void write(std::size_t trait, const counting::BoundedSet& texts) {
        const auto head = [trait](ItemWriter& item) { item.number(trait, k_traits - 1); };
        if (!texts.is_empty()) {
            add_all("sets", texts.texts(), head,
                    [](ItemWriter& item, const std::string& text) { item.text(text); });
        }
        if (texts.is_estimated()) {
            add_all("hashes", texts.hashes(), head,
                    [](ItemWriter& item, std::uint64_t hash) { item.number(hash, UINT64_MAX); });
        }
    }

    DocumentWriter* documents_;
    Owner owner_;
    Names names_;
};

HourActivity& read_hour(ItemReader& item, PrincipalActivity& activity, const Names& names,
                        std::size_t& service) {
    std::int64_t hour = 0;
    describe_hour(item, names, service, hour);
    return activity.hours[{service, hour}];
}

void read_principal(ItemReader& item, PrincipalActivity& activity, const Names& /*names*/) {
    bool has_long_term_key = false;
    bool has_bearer_key = false;
    bool subjects_are_cut = false;
    item.flag(has_long_term_key);
    item.flag(has_bearer_key);
    item.flag(subjects_are_cut);
    activity.has_long_term_key |= has_long_term_key;
    activity.has_bearer_key |= has_bearer_key;
    if (subjects_are_cut) activity.subjects.note_cut();
    activity.quarantined.merge(read_minutes(item));
}

void read_call(ItemReader& item, PrincipalActivity& activity, const Names& names) {
    std::size_t service = 0;
    HourActivity& hour = read_hour(item, activity, names, service);
    HuntedCall call;
    ModelSpend spend;
    describe(item, names, service, call);
    if (!item.is_at_end()) describe(item, names, spend);
    hour.add(call, spend);
    hour.limit_regions(*names.new_labels);
}

void read_sum(ItemReader& item, PrincipalActivity& activity, const Names& names) {
    std::size_t service = 0;
    HourActivity& hour = read_hour(item, activity, names, service);
    HourActivity::SumKey key;
    HourActivity::Sum sum;
    describe(item, names, service, key, sum);
    hour.summary().sums.add(key, sum);
    hour.limit_regions(*names.new_labels);
}

void read_spend(ItemReader& item, PrincipalActivity& activity, const Names& names) {
    std::size_t service = 0;
    HourActivity& hour = read_hour(item, activity, names, service);
    HourActivity::SpendKey key;
    rules::SpendSum sum;
    describe(item, names, key, sum);
    hour.summary().spends[key].add(sum);
}

template <class Sampled>
void read_samples(ItemReader& item, PrincipalActivity& activity, const Names& names) {
    std::size_t service = 0;
    HourActivity& hour = read_hour(item, activity, names, service);
    while (!item.is_at_end()) {
        Sampled sampled;
        describe(item, sampled);
        hour.summary().add(sampled);
    }
}

void read_origin(ItemReader& item, PrincipalActivity& activity, const Names& names) {
    std::size_t service = 0;
    HourActivity& hour = read_hour(item, activity, names, service);
    HourActivity::Origin origin;
    describe(item, origin);
    hour.summary().add(origin);
}

void read_shown(ItemReader& item, PrincipalActivity& activity, const Names& names) {
    PrincipalActivity::ShownKey key;
    ShownEvent event;
    describe(item, names, key, event);
    ShownEventView shown = event.with<std::string_view>();
    shown.region = text::front_of(shown.region, k_longest_region);
    activity.show(key, shown);
}

void read_subject(ItemReader& item, PrincipalActivity& activity, const Names& names) {
    std::string subject;
    Subjects::CallKind kind;
    describe(item, names, subject, kind);
    kind.via = text::front_of(kind.via, Subjects::k_longest);
    activity.subjects.add(subject, kind, read_minutes(item));
}

void read_model(ItemReader& item, PrincipalActivity& activity, const Names& names) {
    std::size_t service = 0;
    partial::service(item, *names.catalogue, service);
    counting::HoursOfTexts& models = activity.models[service];
    bool is_cut = false;
    item.flag(is_cut);
    if (is_cut) models.note_cut();
    std::string_view text;
    item.text(text);
    while (!item.is_at_end()) {
        std::int32_t day = 0;
        std::uint32_t hours = 0;
        describe_day(item, day, hours);
        models.add_day(text, day, hours);
    }
}

counting::BoundedSet& read_set(ItemReader& item, PrincipalActivity& activity) {
    std::size_t trait = 0;
    item.number(trait, k_traits - 1);
    return activity.traits.items.at(trait);
}

void read_texts(ItemReader& item, PrincipalActivity& activity, const Names& /*names*/) {
    counting::BoundedSet& set = read_set(item, activity);
    while (!item.is_at_end()) {
        std::string_view text;
        item.text(text);
        set.add(text);
    }
}

void read_hashes(ItemReader& item, PrincipalActivity& activity, const Names& /*names*/) {
    counting::BoundedSet& set = read_set(item, activity);
    while (!item.is_at_end()) {
        std::uint64_t hash = 0;
        item.number(hash, UINT64_MAX);
        set.add_sampled(hash);
    }
}

using ReadItem = void (*)(ItemReader&, PrincipalActivity&, const Names&);

const std::map<std::string_view, ReadItem> k_lists = {
    {"principals", read_principal},
    {"calls", read_call},
    {"sums", read_sum},
    {"samples", read_samples<HourActivity::SampledCall>},
    {"origins", read_origin},
    {"shown", read_shown},
    {"subjects", read_subject},
    {"sets", read_texts},
    {"hashes", read_hashes},
    {"models", read_model},
    {"spends", read_spend},
    {"spend_samples", read_samples<HourActivity::SampledSpend>},
};

}  // namespace

void HuntActivity::write(DocumentWriter& documents) const {
    const Names names{.catalogue = catalogue_, .labels = &labels_, .new_labels = nullptr};
    const auto write_owner = [&](OwnerKind kind, std::string_view account, std::string_view name,
                                 const PrincipalActivity& activity) {
        const Owner owner{.kind = kind, .account = std::string(account), .name = std::string(name)};
        OwnerWriter(documents, owner, names).write(activity);
    };
    for (const auto& [principal, activity] : principals_) {
        const auto kind = principal.one_actor ? OwnerKind::actor : OwnerKind::no_actor;
        write_owner(kind, principal.account, principal.name, activity);
    }
    for (const auto& [user, activity] : attached_) {
        write_owner(OwnerKind::attached, user.first, user.second, activity);
    }
    detect::write(irregular_, documents);
    for (const auto& [service, accounts] : with_data_events_) {
        const auto head = [&](ItemWriter& item, bool /*goes_on*/) {
            std::size_t number = service;
            partial::service(item, *catalogue_, number);
        };
        documents.add_all(k_data_list, accounts, head,
                          [](ItemWriter& item, const std::string& account) { item.text(account); });
    }
}

Result<> HuntActivity::take(std::string_view list, ItemReader& item) {
    if (list == k_data_list) {
        std::size_t service = 0;
        partial::service(item, *catalogue_, service);
        while (!item.is_at_end()) {
            std::string account;
            item.text(account);
            with_data_events_[service].insert(std::move(account));
        }
        return {};
    }
    if (list == k_irregular_list) {
        detect::take(irregular_, item);
        return {};
    }
    const auto read = k_lists.find(list);
    if (read == k_lists.end()) return failure("has an unknown list " + text::quoted(list));
    Owner owner;
    describe(item, owner);
    const auto activity = [this, &owner]() -> PrincipalActivity& {
        if (owner.kind == OwnerKind::attached) return attached_[{owner.account, owner.name}];
        return principals_[{.account = owner.account,
                            .name = owner.name,
                            .one_actor = owner.kind == OwnerKind::actor}];
    };
    read->second(item, activity(),
                 {.catalogue = catalogue_, .labels = &labels_, .new_labels = &labels_});
    return {};
}

}  // namespace cloudhijack::detect
