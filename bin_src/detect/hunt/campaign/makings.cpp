#include "detect/hunt/campaign/makings.hpp"

#include <algorithm>
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

}  // namespace

void MakingIndex::add(std::string_view account, const MakingCall& making) {
    FirstMakings& first = makings_[{std::string(account), making.child_key}];
    const auto note = [&making](std::optional<std::int64_t>& second) {
        second = std::min(second.value_or(making.second), making.second);
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

bool is_vouched_for(const rules::History::AccountHistory* history, std::string_view actor_key,
                    const FirstMakings& in_range, std::int64_t second) {
    if (in_range.from_unknown_source && *in_range.from_unknown_source <= second) return false;
    bool is_made = in_range.any && *in_range.any <= second;
    if (history == nullptr) return is_made;
    const auto found = history->makings.find(actor_key);
    if (found == history->makings.end()) return is_made;
    for (const rules::Baseline::Making* making : found->second) {
        if (making->second > second || making->second < second - k_vouched_for) continue;
        if (!making->is_from_known_source) return false;
        is_made = true;
    }
    return is_made;
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
            seconds.for_each([&](std::int64_t second) {
                making.second = second;
                making.is_from_known_source = maker.is_known_source(second);
                making.is_from_stranger = maker.is_strangers(second);
                making.is_in_known_account = maker.is_known_account(second);
                makings.push_back(making);
            });
        }
    }
    std::ranges::sort(makings);
    const auto repeated = std::ranges::unique(makings);
    makings.erase(repeated.begin(), repeated.end());
    return makings;
}

}  // namespace cloudhijack::detect
