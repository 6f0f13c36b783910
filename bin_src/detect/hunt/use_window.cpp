#include "detect/hunt/use_window.hpp"

#include <algorithm>

namespace cloudhijack::detect {
namespace {

// Adds the costs. Minutes with only notes can lie between those of use.
void add_costs(const Behaviour& behaviour, std::size_t service, std::vector<UseWindow>& minutes) {
    const std::size_t used = minutes.size();
    std::size_t at = 0;
    for (const MinuteSpend& spend : behaviour.spends()) {
        if (spend.service != service || !spend.cost || !spend.is_success) continue;
        while (at < used && minutes[at].minute < spend.minute) ++at;
        const bool is_used = at < used && minutes[at].minute == spend.minute;
        if (!is_used && (minutes.size() == used || minutes.back().minute != spend.minute)) {
            const std::int64_t second = spend.minute * counting::k_seconds_a_minute;
            minutes.push_back({.minute = spend.minute,
                               .first = second,
                               .last = second + counting::k_seconds_a_minute - 1,
                               .begins_with_use = false});
        }
        rules::Cost& cost = is_used ? minutes[at].cost : minutes.back().cost;
        cost = rules::cost_sum(cost, *spend.cost);
    }
    if (minutes.size() > used) std::ranges::sort(minutes, {}, &UseWindow::minute);
}

}  // namespace

std::vector<UseWindow> use_windows(const Behaviour& behaviour, std::size_t service) {
    std::vector<UseWindow> minutes;  // each with the data of its own minute
    for (const Calls* calls : behaviour.uses(service)) {
        if (minutes.empty() || minutes.back().minute != calls->minute) {
            minutes.push_back(
                {.minute = calls->minute, .first = calls->first(), .last = calls->last()});
        }
        minutes.back().last = std::max(minutes.back().last, calls->last());
        minutes.back().calls += calls->count;
        minutes.back().messages += calls->messages;
    }
    add_costs(behaviour, service, minutes);
    std::vector<UseWindow> windows;
    UseWindow sum;
    std::size_t end = 0;
    for (const UseWindow& begin : minutes) {
        for (; end < minutes.size() && minutes[end].minute < begin.minute + UseWindow::k_minutes;
             ++end) {
            sum.calls += minutes[end].calls;
            sum.messages += minutes[end].messages;
            sum.cost = rules::cost_sum(sum.cost, minutes[end].cost);
        }
        windows.push_back({.minute = begin.minute,
                           .first = begin.first,
                           .last = minutes[end - 1].last,
                           .calls = sum.calls,
                           .messages = sum.messages,
                           .cost = sum.cost,
                           .begins_with_use = begin.begins_with_use});
        sum.calls -= begin.calls;
        sum.messages -= begin.messages;
        sum.cost -= std::min(sum.cost, begin.cost);
    }
    return windows;
}

}  // namespace cloudhijack::detect
