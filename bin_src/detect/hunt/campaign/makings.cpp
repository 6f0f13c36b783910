#include "detect/hunt/campaign/makings.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <tuple>

namespace cloudhijack::detect {
namespace {

// How long a making from a known source vouches for a principal, in seconds.
constexpr std::int64_t k_vouched_for = 30 * counting::k_seconds_a_day;

bool makes_principal(log::CallTopic topic) {
    using enum log::CallTopic;
    return topic == user || topic == access_key || topic == login || topic == api_key ||
           topic == role || topic == key_read;
}

bool is_of_principal(log::SubjectKind kind) {
    return kind == log::SubjectKind::user || kind == log::SubjectKind::role ||
           kind == log::SubjectKind::key_holder;
}

// The log::actor_key() and the name of the principal that is the subject of a call.
std::pair<std::string, std::string> key_and_name_of(const std::string& account,
                                                    log::SubjectKind kind,
                                                    const std::string& subject) {
    if (kind == log::SubjectKind::key_holder) return {subject, subject};
    if (kind == log::SubjectKind::user) {
        return {log::user_key(subject), log::user_principal(account, subject)};
    }
    return {log::role_key(subject), log::role_principal(account, subject)};
}

// Adds a making with what is known of its sources and of the account in its minute.
void add_with_sources(std::vector<MakingCall>& makings, MakingCall making, const Member& maker) {
    const counting::SecondsOfMinute all = making.seconds;
    const std::int64_t known_from = maker.account_history() == nullptr
                                        ? std::numeric_limits<std::int64_t>::max()
                                        : maker.account_history()->known_from;
    making.is_from_known_source = maker.is_known_source(all.start());
    making.is_from_stranger = maker.is_strangers(all.start());
    for (const bool is_known : {false, true}) {
        making.is_in_known_account = is_known;
        making.seconds = is_known ? all.from(known_from) : all.before(known_from);
        if (!making.seconds.is_empty()) makings.push_back(making);
    }
}

// Sorts makings by minute, and joins those of a minute that are alike.
void join_alike(std::vector<MakingCall>& makings) {
    std::ranges::sort(makings, [](const MakingCall& one, const MakingCall& other) {
        if (one.seconds.minute != other.seconds.minute) {
            return one.seconds.minute < other.seconds.minute;
        }
        return one.kind() < other.kind();
    });
    std::size_t kept = 0;
    for (std::size_t at = 0; at < makings.size(); ++at) {
        const bool is_alike = kept > 0 &&
                              makings[kept - 1].seconds.minute == makings[at].seconds.minute &&
                              makings[kept - 1].kind() == makings[at].kind();
        if (is_alike) {
            makings[kept - 1].seconds.bits.add(makings[at].seconds.bits);
        } else {
            if (kept != at) makings[kept] = std::move(makings[at]);
            ++kept;
        }
    }
    makings.resize(kept);
}

}  // namespace

void MakingIndex::add(std::string_view account, const MakingCall& making) {
    FirstMakings& first = makings_[{std::string(account), making.child_key}];
    const auto note = [&making](std::optional<std::int64_t>& second) {
        second = std::min(second.value_or(making.seconds.first()), making.seconds.first());
    };
    note(first.any);
    if (!making.is_from_known_source) {
        note(first.from_unknown_source);
    } else if (making.trust == log::Trust::partner) {
        note(first.for_partner);
    }
}

const FirstMakings& MakingIndex::of(const std::string& account,
                                    const std::string& child_key) const {
    static const FirstMakings none;
    const auto found = makings_.find({account, child_key});
    return found == makings_.end() ? none : found->second;
}

Vouching::Vouching(const rules::History::AccountHistory* history, std::string_view actor_key,
                   const FirstMakings& in_range)
    : in_range_(&in_range) {
    if (history == nullptr) return;
    const auto found = history->makings.find(actor_key);
    if (found != history->makings.end()) times_ = &found->second;
}

bool Vouching::holds_at(std::int64_t second) const {
    if (in_range_->from_unknown_source && *in_range_->from_unknown_source <= second) return false;
    const bool is_made = in_range_->any && *in_range_->any <= second;
    if (times_ == nullptr) return is_made;
    const auto have_recent = [second](const std::vector<std::int64_t>& times) {
        const auto first = std::ranges::lower_bound(times, second - k_vouched_for);
        return first != times.end() && *first <= second;
    };
    return !have_recent(times_->from_unknown_source) && (is_made || have_recent(times_->all));
}

std::optional<std::int64_t> Vouching::first_without(
    const counting::SecondsOfMinute& seconds) const {
    for (auto second = seconds.first_from(seconds.start()); second;
         second = seconds.first_from(*second + 1)) {
        if (!holds_at(*second)) return second;
    }
    return std::nullopt;
}

bool is_about_principals(const PrincipalActivity& activity) {
    return std::ranges::any_of(activity.subjects.all(), [](const auto& subject) {
        return is_of_principal(subject.first.first);
    });
}

std::vector<MakingCall> makings_of(const rules::Catalogue& catalogue, const Member& maker) {
    std::vector<MakingCall> makings;
    const std::string own_key = log::actor_key(maker.principal().name);
    const std::string& account = maker.principal().account;
    for (const auto& [key, subject] : maker.activity().subjects.all()) {
        if (!is_of_principal(key.first)) continue;
        for (const auto& [kind, seconds] : subject.calls) {
            const auto topic = catalogue.topic(kind.service, kind.call);
            if (!kind.is_ok() || !makes_principal(topic)) continue;
            MakingCall making;
            std::tie(making.child_key, making.child_name) =
                key_and_name_of(account, kind.kind, subject.text);
            if (making.child_key == own_key) continue;
            making.is_of_key = kind.kind == log::SubjectKind::key_holder;
            making.call = {.service = kind.service, .call = kind.call, .outcome = kind.outcome};
            making.trust = kind.trust;
            making.is_routine = maker.is_routine(kind.service, rules::Phase::credential);
            seconds.for_each_minute([&](const counting::SecondsOfMinute& all) {
                making.seconds = all;
                add_with_sources(makings, making, maker);
            });
        }
    }
    join_alike(makings);
    return makings;
}

}  // namespace cloudhijack::detect
