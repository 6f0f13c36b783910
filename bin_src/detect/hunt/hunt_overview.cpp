// The calls of a HuntActivity over time, accounts and services, for a report.

#include "detect/hunt/hunt_overview.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "detect/hunt/hunt_activity.hpp"

namespace cloudhijack::detect {
namespace {

/// Calls of the same kind and second, or, in an hour with more calls than are kept one by one, of
/// the same kind and minute.
struct CountedCalls {
    std::int64_t first = 0;
    std::int64_t last = 0;
    rules::PhaseSet phases;
    bool is_ok = false;
    std::uint32_t region = 0;
    std::uint64_t count = 0;
};

// Calls `visit` for all calls of an hour without repeats. Records that add to other calls are not
// calls.
void visit_calls(const HourActivity& activity, std::int64_t hour, auto visit) {
    const std::int64_t start = hour * counting::k_seconds_an_hour;
    const auto visit_call = [&visit](const CountedCalls& calls) {
        if (!calls.phases.is_only(rules::Phase::note)) visit(calls);
    };
    for (const HuntedCall& call : activity.calls()) {
        visit_call({.first = start + call.second,
                    .last = start + call.second,
                    .phases = call.phases,
                    .is_ok = call.outcome == log::Outcome::ok,
                    .region = call.region,
                    .count = 1});
    }
    for (const auto& [key, sum] : activity.sums()) {
        const std::int64_t minute = start + key.minute * counting::k_seconds_a_minute;
        visit_call({.first = minute + sum.seconds.first(),
                    .last = minute + sum.seconds.last(),
                    .phases = key.phases,
                    .is_ok = key.outcome == log::Outcome::ok,
                    .region = key.region,
                    .count = sum.count});
    }
}

/// The sums for a ServiceInAccount.
struct ServiceSums {
    std::set<std::uint32_t> regions;
    std::uint64_t calls = 0;
    std::int64_t first = 0;
    std::int64_t last = 0;

    void add(const CountedCalls& more) {
        first = calls == 0 ? more.first : std::min(first, more.first);
        last = calls == 0 ? more.last : std::max(last, more.last);
        regions.insert(more.region);
        add_to(calls, more.count);
    }
};

/// Counts the calls of one request.
class PhaseCounter {
  public:
    explicit PhaseCounter(const TimeSteps& steps) : steps_(steps) {}

    void add(const PrincipalActivity& activity) {
        for (const auto& [key, hour] : activity.hours) {
            visit_calls(hour, key.second, [this](const CountedCalls& calls) { add(calls); });
        }
    }

    [[nodiscard]] std::vector<PhaseCalls> counted() const {
        std::vector<PhaseCalls> counted;
        counted.reserve(counts_.size());
        for (const auto& [key, calls] : counts_) counted.push_back(calls);
        return counted;
    }

  private:
    void add(const CountedCalls& calls) {
        const auto step = steps_.index_of(calls.first);
        if (!step) return;
        const rules::Phase phase = calls.phases.first();
        const auto [place, is_new] = counts_.try_emplace({phase, *step});
        PhaseCalls& sum = place->second;
        if (is_new) {
            sum = {.phase = phase, .step = *step, .first = calls.first, .last = calls.last};
        }
        sum.first = std::min(sum.first, calls.first);
        sum.last = std::max(sum.last, calls.last);
        add_to(sum.calls, calls.count);
        if (!calls.is_ok) add_to(sum.failed, calls.count);
    }

    TimeSteps steps_;
    std::map<std::pair<rules::Phase, std::size_t>, PhaseCalls> counts_;
};

}  // namespace

void HuntActivity::for_each_whole_principal(const VisitPrincipal& visit) const {
    WholeActivities whole = roles_of_two_names();
    add_attached(whole);
    for_each_principal(whole, visit);
}

HuntOverview HuntActivity::overview() const {
    std::map<std::pair<std::string_view, std::size_t>, ServiceSums> sums;
    const auto add = [&sums](std::string_view account, const PrincipalActivity& activity) {
        for (const auto& [key, hour] : activity.hours) {
            ServiceSums& sum = sums[{account, key.first}];
            visit_calls(hour, key.second, [&sum](const CountedCalls& calls) { sum.add(calls); });
        }
    };
    for (const auto& [principal, activity] : principals_) add(principal.account, activity);
    for (const auto& [user, activity] : attached_) add(user.first, activity);

    HuntOverview overview;
    overview.services.reserve(sums.size());
    for (const auto& [key, sum] : sums) {
        if (sum.calls == 0) continue;
        const bool is_first = overview.services.empty();
        overview.first = is_first ? sum.first : std::min(overview.first, sum.first);
        overview.last = is_first ? sum.last : std::max(overview.last, sum.last);
        const auto data = with_data_events_.find(key.second);
        ServiceInAccount& service = overview.services.emplace_back();
        service.account = key.first;
        service.service = key.second;
        service.calls = sum.calls;
        service.first = sum.first;
        service.last = sum.last;
        service.has_data_events =
            data != with_data_events_.end() && data->second.contains(key.first);
        for (const std::uint32_t region : sum.regions) {
            const std::string_view name = labels_.text(region);
            if (!name.empty()) service.regions.emplace_back(name);
        }
        std::ranges::sort(service.regions);
    }
    return overview;
}

std::vector<CallsOfStep> HuntActivity::calls_over_time(
    const TimeSteps& steps, std::span<const HuntFinding> findings) const {
    std::set<log::Principal> found;
    for (const HuntFinding& finding : findings) {
        found.insert(finding.members.begin(), finding.members.end());
    }
    std::vector<CallsOfStep> counts(steps.count);
    const auto add = [&](const CountedCalls& calls, bool is_found) {
        const auto step = steps.index_of(calls.first);
        if (!step) return;
        CallsOfStep& sum = counts[*step];
        if (!calls.is_ok) {
            add_to(sum.failed, calls.count);
        } else if (!calls.phases.has(rules::Phase::use)) {
            add_to(sum.others, calls.count);
        } else {
            add_to(is_found ? sum.found_uses : sum.uses, calls.count);
        }
    };
    for_each_whole_principal(
        [&](const log::Principal& principal, const PrincipalActivity& activity) {
            const bool is_found = found.contains(principal);
            for (const auto& [place, hour] : activity.hours) {
                visit_calls(hour, place.second,
                            [&](const CountedCalls& calls) { add(calls, is_found); });
            }
        });
    return counts;
}

std::vector<std::vector<PhaseCalls>> HuntActivity::phases_over_time(
    std::span<const PhaseRequest> requests) const {
    std::multimap<log::Principal, std::size_t> wanted;
    std::vector<PhaseCounter> counters;
    counters.reserve(requests.size());
    for (const PhaseRequest& request : requests) {
        for (const log::Principal& principal : request.principals) {
            wanted.emplace(principal, counters.size());
        }
        counters.emplace_back(request.steps);
    }
    WholeActivities whole = roles_of_two_names();
    add_attached(whole);
    for_each_principal(whole,
                       [&](const log::Principal& principal, const PrincipalActivity& activity) {
                           const auto [begin, end] = wanted.equal_range(principal);
                           for (auto one = begin; one != end; ++one)
                               counters[one->second].add(activity);
                       });
    std::vector<std::vector<PhaseCalls>> phases;
    phases.reserve(counters.size());
    for (const PhaseCounter& counter : counters) phases.push_back(counter.counted());
    return phases;
}

}  // namespace cloudhijack::detect
