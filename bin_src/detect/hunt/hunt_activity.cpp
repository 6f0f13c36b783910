#include "detect/hunt/hunt_activity.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <initializer_list>
#include <optional>

#include "counting/hash.hpp"
#include "detect/hunt/behaviour.hpp"
#include "log/client.hpp"
#include "rules/networks.hpp"
#include "text/bounded_text.hpp"
#include "text/number.hpp"
#include "text/utf8.hpp"

namespace cloudhijack::detect {
namespace {

using log::CallDetails;
using log::Event;

constexpr std::size_t k_longest_id = 128;

// A thing that is enabled or removed is a subject of the calls that do so. The other kinds (for
// whom a credential or a right is meant, which logging stops) are subjects of all other calls. A
// call that failed created nobody and gave nothing away, so of failed calls only things and
// requested quotas matter.
bool is_subject_of(const log::CallSubject& subject, rules::PhaseSet phases, log::Outcome outcome) {
    using enum rules::Phase;
    if (subject.kind == log::SubjectKind::thing) return phases.has(enable) || phases.has(cleanup);
    if (outcome != log::Outcome::ok && subject.kind != log::SubjectKind::quota) return false;
    return phases.has(credential) || phases.has(grant) || phases.has(tamper) ||
           phases.has(restore) || phases.has(link);
}

// Adds the size before the part, so that different lists of parts never make the same key.
void add_part(std::string& key, std::string_view part) {
    const std::size_t size = part.size();
    std::array<char, sizeof(size)> bytes{};
    std::memcpy(bytes.data(), &size, sizeof(size));
    key.append(bytes.data(), bytes.size()).append(part);
}

IrregularRecords irregular_of(const Event& event, const CallDetails& details) {
    return {.without_id = event.log->usable_id(event).empty() ? 1U : 0U,
            .without_parameters = details.is_omitted ? 1U : 0U};
}

// The signs of the call's credentials, with those that its parameters add.
log::CredentialSigns credentials_of(const log::Call& call, const CallDetails& details) {
    log::CredentialSigns credentials = call.credentials;
    if (details.has_bearer_key) credentials.add(log::CredentialSign::anywhere);
    return credentials;
}

std::int64_t second_of(text::Time time) {
    return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

}  // namespace

Added HuntActivity::add(const Event& event) {
    const auto entries = catalogue_->find(event);
    if (entries.empty()) return Added::irrelevant;
    const auto own_time = event.time();
    const auto time = own_time ? own_time : event.row_time;
    if (!time) return Added::undated;
    const std::span<const ServiceCall> names = names_of(event, entries);
    if (names.empty()) return Added::irrelevant;
    const log::Call meaning = event.log->interpret(event);
    const bool is_only_note = std::ranges::all_of(
        names, [](const ServiceCall& named) { return named.phases.is_only(rules::Phase::note); });
    if (meaning.is_data_event && !is_only_note) note_data_event(meaning.principal.account, names);
    const CallDetails details = details_reader_.read(event, entries.front().topic);
    const bool is_quarantine = !details.quarantined_user.empty();
    if (is_quarantine ? meaning.is_report : meaning.is_excluded) {
        if (meaning.is_by_provider) add_by_provider(event, *time, meaning, details, names);
        return Added::left_out;
    }

    irregular_.add(irregular_of(event, details));
    CachedPrincipal uncached;
    if (is_quarantine) {
        uncached.activity = &attached_[{text::bounded(meaning.principal.account),
                                        text::bounded(details.quarantined_user)}];
    }
    CachedPrincipal& who = is_quarantine ? uncached : cached(meaning.principal, uncached);
    const std::int64_t second = second_of(*time);
    HuntedCall call;
    if (!is_quarantine) call.credentials = credentials_of(meaning, details);
    call.outcome = meaning.outcome;
    call.messages = details.messages;
    call.identity = identity_of(event, *time, call, names);
    if (is_quarantine) {
        call.is_of_client = false;
        if (call.outcome == log::Outcome::ok) who.activity->quarantined.add(second);
        note_region_and_model(event, details, who);
        call.region = who.region;
    } else {
        note_origin(event, meaning, details, who);
        if (details.suspends_account && call.outcome == log::Outcome::ok) {
            who.activity->quarantined.add(second);
        }
        who.activity->has_bearer_key |= details.has_bearer_key;
        call.client = who.client;
        call.address = who.address;
        call.region = who.region;
    }
    for (const ServiceCall& named : names) count(event, details, named, call, second, who);
    return call.outcome == log::Outcome::ok ? Added::counted : Added::failed;
}

// Use that a service of the provider makes with a customer's role counts as the role's volume. Its
// sender and source are ignored, as they are those of the service.
void HuntActivity::add_by_provider(const Event& event, text::Time time, const log::Call& meaning,
                                   const CallDetails& details, std::span<const ServiceCall> names) {
    const auto is_use = [](const ServiceCall& named) {
        return named.phases.has(rules::Phase::use);
    };
    if (std::ranges::none_of(names, is_use)) return;
    CachedPrincipal uncached;
    uncached.activity = cached(meaning.principal, uncached).activity;
    HuntedCall call;
    call.is_of_client = false;
    call.is_by_provider = true;
    call.outcome = meaning.outcome;
    call.messages = details.messages;
    call.identity = identity_of(event, time, call, names);
    note_region_and_model(event, details, uncached);
    call.region = uncached.region;
    for (ServiceCall named : names) {
        if (!is_use(named)) continue;
        named.phases = {};
        named.phases.add(rules::Phase::use);
        count(event, details, named, call, second_of(time), uncached);
    }
}

// The services, and the phases, for which the catalogue names a call.
std::span<const HuntActivity::ServiceCall> HuntActivity::names_of(
    const Event& event, std::span<const rules::Catalogue::Entry> entries) {
    std::vector<ServiceCall>& names = names_;
    names.clear();
    for (const rules::Catalogue::Entry& entry : entries) {  // a service's entries are adjacent
        if (entry.phase == rules::Phase::volume) continue;
        if (!conditions_.all_hold(event.parameters, entry.conditions)) continue;
        if (names.empty() || names.back().service != entry.service) {
            names.push_back({.service = entry.service, .call = entry.call, .phases = {}});
        }
        names.back().phases.add(entry.phase);
        if (entry.phase == rules::Phase::use) names.back().weight = entry.weight;
    }
    return names;
}

void HuntActivity::note_data_event(std::string_view account, std::span<const ServiceCall> names) {
    for (const ServiceCall& named : names) {
        Accounts& accounts = with_data_events_[named.service];
        if (!accounts.contains(account)) accounts.insert(text::bounded(account));
    }
}

CachedPrincipal& HuntActivity::cached(const log::PrincipalParts& parts, CachedPrincipal& uncached) {
    if (parts.are_long()) {
        uncached.activity = &principals_[parts.joined()];
        return uncached;
    }
    key_.clear();
    for (const std::string_view part : {parts.account, parts.name, parts.person}) {
        add_part(key_, part);
    }
    key_ += parts.one_actor ? '1' : '0';
    const counting::WideHash hash = counting::secret_wide_hash_of(key_);
    return cached_[cached_index_.find_or_make(
        static_cast<std::uint32_t>(hash.high),
        [&](std::uint32_t number) { return cached_[number].hash == hash; },
        [&] {
            PrincipalActivity& activity = principals_[parts.joined()];
            CachedPrincipal& made = cached_.emplace_back();
            made.hash = hash;
            made.activity = &activity;
            return static_cast<std::uint32_t>(cached_.size() - 1);
        })];
}

// Overlapping trails deliver a call with the same id. Ids can be placeholders, so the data of the
// call that mode=hunt keeps is part of the identity: calls with one identity are equal in all of
// it. If the log guarantees its ids, the data is not part of it, as the deliveries of one call can
// differ. Without an id, equal records do not prove a repeat, and each record is a call.
std::uint64_t HuntActivity::identity_of(const Event& event, text::Time time, const HuntedCall& call,
                                        std::span<const ServiceCall> names) {
    key_.clear();
    const auto add = [this](std::string_view part) { key_.append(1, '\0').append(part); };
    const std::string_view id = event.log->usable_id(event);
    if (!id.empty() && event.log->counts_once) {
        add(id);
        add(event.region);
        add(event.model);
        return identity_by_id(counting::hash_of(key_));
    }
    text::append_epoch_seconds(key_, time);
    for (const std::string_view part : {id, event.source, event.name, event.region,
                                        event.error_code, event.source_address, event.user_agent}) {
        add(part);
    }
    add({});
    text::append_number(key_, call.messages);
    add(log::k_outcome_names.at(static_cast<std::size_t>(call.outcome)));
    add({});
    text::append_number(key_, call.credentials.bits());
    add(call.is_by_provider ? "provider" : "");
    for (const ServiceCall& named : names) {
        add({});
        text::append_number(key_, named.phases.bits());
    }
    const std::uint64_t hash = counting::hash_of(key_);
    return id.empty() ? identity_of_each(hash) : identity_by_id(hash);
}

// The client, source and target of a principal's events are mostly the same, and the values
// computed from them are valid as long as none of these fields changes.
void HuntActivity::note_origin(const Event& event, const log::Call& meaning,
                               const CallDetails& details, CachedPrincipal& who) {
    key_.clear();
    for (const std::string_view part :
         {event.user_agent, event.source_address, event.access_key, event.caller_type,
          event.workload, event.bearer_token, event.region, details.model, details.country}) {
        add_part(key_, part);
    }
    const std::uint64_t origin = counting::secret_hash_of(key_);
    if (origin == who.origin) return;
    note_caller(event, meaning, who);
    note_region_and_model(event, details, who);
    who.origin = origin;
}

void HuntActivity::note_caller(const Event& event, const log::Call& meaning, CachedPrincipal& who) {
    const ClientName& client = clients_.of(event.user_agent, [](std::string_view agent) {
        std::string name = log::client_of(agent);
        const std::uint64_t hash = counting::hash_of(name);
        return ClientName{.text = std::move(name), .hash = hash};
    });
    who.client = client.hash;
    who.address = meaning.source_service.empty()
                      ? text::parse_address(text::bare_address(event.source_address))
                      : rules::address_of_service(meaning.source_service);
    PrincipalActivity& activity = *who.activity;
    activity.traits[Trait::address].add(to_text(who.address));
    activity.traits[Trait::agent].add(event.user_agent);
    activity.traits[Trait::client].add(client.text);
    activity.traits[Trait::access_key].add(event.access_key);
    activity.traits[Trait::caller_type].add(event.caller_type);
    activity.traits[Trait::workload].add(event.workload);
    activity.traits[Trait::source_service].add(meaning.source_service);
    activity.has_long_term_key |= meaning.has_long_term_key;
    activity.has_bearer_key |= meaning.has_bearer_key;
}

void HuntActivity::note_region_and_model(const Event& event, const CallDetails& details,
                                         CachedPrincipal& who) {
    const bool is_known =
        event.region != text::k_unknown && event.region != HourSums::k_other_regions;
    const std::string_view region =
        is_known ? text::front_of(event.region, k_longest_region) : std::string_view{};
    who.activity->traits[Trait::region].add(region);
    who.activity->traits[Trait::model].add(details.model);
    who.activity->traits[Trait::country].add(details.country);
    who.region = labels_.keep(region);
}

void HuntActivity::note_model(const CallDetails& details, std::size_t service, std::int64_t hour,
                              CachedPrincipal& who) {
    if (details.model.empty()) return;
    const std::pair key{service, hour};
    if (who.origin != 0 && who.model_origin == who.origin && who.model_key == key) return;
    who.activity->models[service].add(details.model, hour);
    who.model_origin = who.origin;
    who.model_key = key;
}

ModelSpend HuntActivity::spend_of(const CallDetails& details) {
    if (details.spend.is_none()) return {};
    const auto model = text::front_of(details.model, counting::BoundedSet::k_longest);
    return {.model = labels_.keep(model), .spent = details.spend};
}

void HuntActivity::count(const Event& event, const CallDetails& details, const ServiceCall& named,
                         HuntedCall call, std::int64_t second, CachedPrincipal& who) {
    PrincipalActivity& activity = *who.activity;
    const std::int64_t hour = counting::hour_of(second);
    call.call = named.call;
    call.phases = named.phases;
    // The source from which a role session begins does not show where its caller works, and a note
    // comes from elsewhere.
    const bool is_note = named.phases.is_only(rules::Phase::note);
    if (named.phases.is_only(rules::Phase::link) || is_note) call.is_of_client = false;
    if (named.phases.has(rules::Phase::use)) {
        call.messages = static_cast<std::uint16_t>(std::min<std::uint32_t>(
            std::uint32_t{call.messages} * named.weight, k_most_hunted_messages));
        const bool is_choice = call.outcome == log::Outcome::ok && !call.is_by_provider;
        if (is_choice) note_model(details, named.service, hour, who);
    } else {
        call.messages = 0;
    }
    call.second = static_cast<std::uint16_t>(second - hour * counting::k_seconds_an_hour);
    const std::pair hour_key{named.service, hour};
    if (who.hour == nullptr || who.hour_key != hour_key) {
        who.hour = &activity.hours[hour_key];
        who.hour_key = hour_key;
    }
    who.hour->add(call, spend_of(details));
    who.hour->limit_regions(labels_);
    const PrincipalActivity::ShownKey shown_key{
        .service = named.service, .call = named.call, .outcome = call.outcome};
    const ShownEventView shown{.second = second,
                               .id = text::front_of(event.id, k_longest_id),
                               .region = labels_.text(call.region),
                               .address = call.address,
                               .phases = named.phases};
    if (who.shown != nullptr && who.shown_key == shown_key) {
        who.shown->take(shown);
    } else {
        who.shown = &activity.show(shown_key, shown);
        who.shown_key = shown_key;
    }
    for (const log::CallSubject& subject : details.subjects) {
        if (!is_subject_of(subject, named.phases, call.outcome)) continue;
        activity.subjects.add(
            subject.text,
            {.service = named.service,
             .call = named.call,
             .phases = named.phases,
             .outcome = call.outcome,
             .kind = subject.kind,
             .grants_mail = subject.grants_mail,
             .has_external_id = subject.has_external_id,
             .trust = subject.trust,
             .via = std::string(text::front_of(subject.via, Subjects::k_longest))},
            second);
    }
}

void HuntActivity::merge(const HuntActivity& other) {
    const auto numbers = labels_.keep_all(other.labels_);
    const auto merge_into = [&](PrincipalActivity& own, const PrincipalActivity& activity) {
        own.merge(activity, numbers);
        for (const auto& [key, hour] : activity.hours) own.hours[key].limit_regions(labels_);
    };
    for (const auto& [principal, activity] : other.principals_) {
        merge_into(principals_[principal], activity);
    }
    for (const auto& [user, activity] : other.attached_) merge_into(attached_[user], activity);
    for (const auto& [service, accounts] : other.with_data_events_) {
        with_data_events_[service].insert(accounts.begin(), accounts.end());
    }
    irregular_.add(other.irregular_);
}

}  // namespace cloudhijack::detect
