#include "output/report_text.hpp"

#include <chrono>
#include <limits>

#include "counting/seconds.hpp"
#include "text/number.hpp"
#include "text/time.hpp"

namespace cloudhijack::output {

std::string shown_time(std::int64_t second) {
    std::string text = text::to_utc(text::Time{std::chrono::seconds{second}});
    text.pop_back();  // the Z
    if (const auto separator = text.find('T'); separator != std::string::npos) {
        text[separator] = ' ';
    }
    return text;
}

std::string shown_range(std::int64_t first, std::int64_t last) {
    constexpr std::size_t date = 10;  // characters
    const std::string from = shown_time(first);
    const std::string to = shown_time(last);
    if (from == to) return from + " UTC";
    if (from.substr(0, date) != to.substr(0, date)) return from + " to " + to + " UTC";
    return from.substr(0, date) + ',' + from.substr(date) + " to" + to.substr(date) + " UTC";
}

std::string shown_duration(std::int64_t seconds) {
    using counting::k_seconds_a_day;
    using counting::k_seconds_a_minute;
    using counting::k_seconds_an_hour;
    const auto two = [seconds](std::int64_t large, std::string_view large_name, std::int64_t small,
                               std::string_view small_name) {
        std::string text =
            grouped(static_cast<std::uint64_t>(seconds / large)) + ' ' + std::string(large_name);
        const std::int64_t rest = seconds % large / small;
        if (rest > 0) text += ' ' + std::to_string(rest) + ' ' + std::string(small_name);
        return text;
    };
    if (seconds >= 2 * k_seconds_a_day) return two(k_seconds_a_day, "days", k_seconds_an_hour, "h");
    if (seconds >= k_seconds_an_hour) return two(k_seconds_an_hour, "h", k_seconds_a_minute, "min");
    if (seconds >= k_seconds_a_minute) return two(k_seconds_a_minute, "min", 1, "s");
    return std::to_string(seconds) + " s";
}

std::string grouped(std::uint64_t number) {
    std::string text = std::to_string(number);
    for (std::size_t place = text.size(); place > 3;) {
        place -= 3;
        text.insert(place, 1, ',');
    }
    return text;
}

std::string grouped(std::uint64_t number, std::string_view what) {
    return grouped(number) + ' ' + std::string(what) + (number == 1 ? "" : "s");
}

ScoredText scored_text(std::string_view text) {
    const auto begin = text.rfind(" (+");
    if (begin == std::string_view::npos || !text.ends_with(')'))
        return {.text = text, .points = {}};
    const std::string_view points = text.substr(begin + 2, text.size() - begin - 3);
    const bool is_number =
        text::whole_number(points.substr(1), std::numeric_limits<std::uint64_t>::max()).has_value();
    if (!is_number) return {.text = text, .points = {}};
    return {.text = text.substr(0, begin), .points = points};
}

std::uint64_t points_of(const ScoredText& scored) {
    if (scored.points.empty()) return 0;
    return text::whole_number(scored.points.substr(1), std::numeric_limits<std::uint64_t>::max())
        .value_or(0);
}

ResponseStep response_step(std::string_view text) {
    const auto colon = text.find(": ");
    if (colon == std::string_view::npos) return {.sentence = text, .command = {}};
    return {.sentence = text.substr(0, colon), .command = text.substr(colon + 2)};
}

}  // namespace cloudhijack::output
