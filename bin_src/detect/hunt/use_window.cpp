#include "detect/hunt/use_window.hpp"

#include <algorithm>

namespace cloudhijack::detect {

std::vector<UseWindow> use_windows(const Behaviour& behaviour, std::size_t service) {
    std::vector<UseWindow> minutes;  // each with what its own minute holds
    for (const Calls* calls : behaviour.uses(service)) {
        if (minutes.empty() || minutes.back().minute != calls->minute) {
            minutes.push_back(
                {.minute = calls->minute, .first = calls->first(), .last = calls->last()});
        }
        minutes.back().last = std::max(minutes.back().last, calls->last());
        minutes.back().calls += calls->count;
        minutes.back().messages += calls->messages;
    }
    std::vector<UseWindow> windows;
    UseWindow sum;
    std::size_t end = 0;
    for (const UseWindow& begin : minutes) {
        for (; end < minutes.size() && minutes[end].minute < begin.minute + UseWindow::k_minutes;
             ++end) {
            sum.calls += minutes[end].calls;
            sum.messages += minutes[end].messages;
        }
        windows.push_back({.minute = begin.minute,
                           .first = begin.first,
                           .last = minutes[end - 1].last,
                           .calls = sum.calls,
                           .messages = sum.messages});
        sum.calls -= begin.calls;
        sum.messages -= begin.messages;
    }
    return windows;
}

}  // namespace cloudhijack::detect
