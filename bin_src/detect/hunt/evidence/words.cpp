#include "detect/hunt/evidence/words.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <utility>

#include "counting/seconds.hpp"
#include "text/time.hpp"

namespace cloudhijack::detect {

std::string counted(std::uint64_t count, std::string_view what) {
    return std::to_string(count) + ' ' + std::string(what) + (count == 1 ? "" : "s");
}

std::string duration(std::int64_t seconds) {
    constexpr std::array<std::pair<std::int64_t, std::string_view>, 3> units = {
        {{counting::k_seconds_a_day, " days"},
         {counting::k_seconds_an_hour, " h"},
         {counting::k_seconds_a_minute, " min"}}};
    for (const auto& [unit, name] : units) {
        if (seconds >= 2 * unit) return std::to_string(seconds / unit) + std::string(name);
    }
    return std::to_string(seconds) + " s";
}

std::string at(std::int64_t second) {
    return text::to_utc(text::Time{std::chrono::seconds{second}});
}

std::string in_region(std::string_view region) {
    return region.empty() ? "" : " (" + std::string(region) + ')';
}

std::string listed(const std::set<std::string_view>& names) {
    constexpr std::size_t most = 6;
    std::string text;
    std::size_t left = names.size();
    for (const std::string_view name : names) {
        if (names.size() - left == most) break;
        text += (text.empty() ? "" : ", ") + std::string(name);
        --left;
    }
    return left == 0 ? text : text + " and " + std::to_string(left) + " more";
}

CallKey key_of(const Calls& calls) {
    return {.member = calls.by->index(),
            .calls = {.service = calls.service, .call = calls.call, .outcome = calls.outcome}};
}

CallKey key_of(const SubjectCalls& calls) {
    const Subjects::CallKind& kind = *calls.kind;
    return {.member = calls.by->index(),
            .calls = {.service = kind.service, .call = kind.call, .outcome = kind.outcome}};
}

}  // namespace cloudhijack::detect
