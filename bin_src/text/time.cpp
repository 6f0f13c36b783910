#include "text/time.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <span>

#include "text/characters.hpp"
#include "text/number.hpp"

namespace cloudhijack::text {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::int64_t k_first_second = -62'135'596'800;  // 0001-01-01T00:00:00Z
constexpr std::int64_t k_last_second = 253'402'300'799;   // 9999-12-31T23:59:59Z

// Consumes a text from its front; each step reports whether it succeeded.
class TimeParser {
  public:
    explicit TimeParser(std::string_view text) : rest_(text) {}

    [[nodiscard]] bool done() const { return rest_.empty(); }

    bool take(char expected) {
        if (!rest_.starts_with(expected)) return false;
        rest_.remove_prefix(1);
        return true;
    }

    bool take_text(std::string_view expected) {
        if (!rest_.starts_with(expected)) return false;
        rest_.remove_prefix(expected.size());
        return true;
    }

    // Reads one or two digits as a number from `least` to `most`.
    std::optional<int> short_number(int least, int most) {
        const bool has_two = rest_.size() > 1 && is_digit(rest_[1]);
        return number(has_two ? 2 : 1, least, most);
    }

    // Reads one of the names and returns its position, counted from 1.
    std::optional<int> one_of(std::span<const std::string_view> names) {
        const auto found = std::ranges::find_if(
            names, [this](std::string_view name) { return rest_.starts_with(name); });
        if (found == names.end()) return std::nullopt;
        rest_.remove_prefix(found->size());
        return static_cast<int>(found - names.begin()) + 1;
    }

    // Reads exactly `count` digits, at most 9, as a number from `least` to `most`.
    std::optional<int> number(std::size_t count, int least, int most) {
        if (rest_.size() < count) return std::nullopt;
        int value = 0;
        for (const char digit : rest_.substr(0, count)) {
            if (!is_digit(digit)) return std::nullopt;
            value = value * 10 + (digit - '0');
        }
        rest_.remove_prefix(count);
        return value >= least && value <= most ? std::optional(value) : std::nullopt;
    }

    // Reads all the digits that follow, at least one.
    std::optional<std::int64_t> whole_number() {
        std::int64_t value = 0;
        if (rest_.empty() || !is_digit(rest_.front())) return std::nullopt;
        const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
        if (error != std::errc{}) return std::nullopt;
        rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
        return value;
    }

    // Reads the fraction of a second, if one follows: a point and at least one digit.
    std::optional<microseconds> fraction() {
        if (!take('.')) return microseconds{0};
        if (rest_.empty() || !is_digit(rest_.front())) return std::nullopt;
        std::int64_t value = 0;
        std::int64_t place = 100'000;
        for (; !rest_.empty() && is_digit(rest_.front()); rest_.remove_prefix(1), place /= 10) {
            value += (rest_.front() - '0') * place;
        }
        return microseconds{value};
    }

  private:
    std::string_view rest_;
};

// Seconds, or milliseconds in 13 digits.
std::optional<Time> parse_epoch(std::string_view text) {
    constexpr std::size_t digits_of_milliseconds = 13;
    TimeParser parser(text);
    const bool negative = parser.take('-');
    const auto whole = parser.whole_number();
    if (whole && text.size() == digits_of_milliseconds && parser.done() && !negative) {
        return Time{std::chrono::milliseconds{*whole}};
    }
    if (!whole || *whole > k_last_second) return std::nullopt;
    const auto fraction = parser.fraction();
    if (!fraction || !parser.done()) return std::nullopt;
    const microseconds since_epoch = seconds{*whole} + *fraction;
    if (!negative) return Time{since_epoch};
    if (since_epoch > -seconds{k_first_second}) return std::nullopt;
    return Time{-since_epoch};
}

std::optional<minutes> parse_zone(TimeParser& parser) {
    if (parser.done() || parser.take('Z')) return minutes{0};
    const bool west = parser.take('-');
    if (!west && !parser.take('+')) return std::nullopt;
    const auto hour = parser.number(2, 0, 23);
    if (!hour) return std::nullopt;
    minutes offset = hours{*hour};
    if (!parser.done()) {
        parser.take(':');
        const auto minute = parser.number(2, 0, 59);
        if (!minute) return std::nullopt;
        offset += minutes{*minute};
    }
    return west ? -offset : offset;
}

std::optional<std::chrono::sys_days> date_of(int year, int month, int day) {
    const std::chrono::year_month_day date{std::chrono::year{year},
                                           std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    return date.ok() ? std::optional(std::chrono::sys_days{date}) : std::nullopt;
}

// `20:12:31`. Second 60 is a leap second and is read as the first second of the next minute.
std::optional<seconds> parse_clock(TimeParser& parser) {
    const auto hour = parser.short_number(0, 23);
    if (!hour || !parser.take(':')) return std::nullopt;
    const auto minute = parser.number(2, 0, 59);
    if (!minute || !parser.take(':')) return std::nullopt;
    const auto second = parser.number(2, 0, 60);
    if (!second) return std::nullopt;
    return hours{*hour} + minutes{*minute} + seconds{*second};
}

// `Thu, 30 Jul 2015 20:12:31 +0000`; the day of the week can be missing.
std::optional<Time> parse_mail(std::string_view text) {
    constexpr auto weekdays = std::to_array<std::string_view>(
        {"Mon, ", "Tue, ", "Wed, ", "Thu, ", "Fri, ", "Sat, ", "Sun, "});
    constexpr auto months =
        std::to_array<std::string_view>({" Jan ", " Feb ", " Mar ", " Apr ", " May ", " Jun ",
                                         " Jul ", " Aug ", " Sep ", " Oct ", " Nov ", " Dec "});
    TimeParser parser(text);
    parser.one_of(weekdays);
    const auto day = parser.short_number(1, 31);
    const auto month = parser.one_of(months);
    if (!day || !month) return std::nullopt;
    const auto year = parser.number(4, 1, 9999);
    if (!year || !parser.take(' ')) return std::nullopt;
    const auto date = date_of(*year, *month, *day);
    const auto clock = parse_clock(parser);
    if (!date || !clock || !parser.take(' ')) return std::nullopt;
    if (parser.take_text("GMT") || parser.take_text("UT")) {
        return parser.done() ? std::optional<Time>(*date + *clock) : std::nullopt;
    }
    const auto zone = parse_zone(parser);
    if (!zone || !parser.done()) return std::nullopt;
    return *date + *clock - *zone;
}

// `1/9/2007 9:41:00 AM`.
std::optional<Time> parse_american(std::string_view text) {
    TimeParser parser(text);
    const auto month = parser.short_number(1, 12);
    if (!month || !parser.take('/')) return std::nullopt;
    const auto day = parser.short_number(1, 31);
    if (!day || !parser.take('/')) return std::nullopt;
    const auto year = parser.number(4, 1, 9999);
    if (!year || !parser.take(' ')) return std::nullopt;
    const auto date = date_of(*year, *month, *day);
    const auto clock = parse_clock(parser);
    if (!date || !clock || *clock < hours{1} || *clock >= hours{13}) return std::nullopt;
    const bool is_evening = parser.take_text(" PM");
    if ((!is_evening && !parser.take_text(" AM")) || !parser.done()) return std::nullopt;
    const seconds in_half = *clock >= hours{12} ? *clock - hours{12} : *clock;
    return *date + in_half + (is_evening ? hours{12} : hours{0});
}

// `2026-03-11`.
std::optional<std::chrono::sys_days> parse_iso_date(TimeParser& parser) {
    const auto year = parser.number(4, 1, 9999);
    if (!year || !parser.take('-')) return std::nullopt;
    const auto month = parser.number(2, 1, 12);
    if (!month || !parser.take('-')) return std::nullopt;
    const auto day = parser.number(2, 1, 31);
    return day ? date_of(*year, *month, *day) : std::nullopt;
}

std::optional<Time> parse_calendar(std::string_view text, bool needs_seconds = true) {
    TimeParser parser(text);
    const auto date = parse_iso_date(parser);
    if (!date || !(parser.take('T') || parser.take(' '))) return std::nullopt;
    const auto hour = parser.number(2, 0, 23);
    if (!hour || !parser.take(':')) return std::nullopt;
    const auto minute = parser.number(2, 0, 59);
    if (!minute) return std::nullopt;
    microseconds in_minute{0};
    if (parser.take(':')) {
        const auto second = parser.number(2, 0, 60);  // 60: a leap second
        if (!second) return std::nullopt;
        const auto fraction = parser.fraction();
        if (!fraction) return std::nullopt;
        in_minute = seconds{*second} + *fraction;
    } else if (needs_seconds) {
        return std::nullopt;
    }
    const auto zone = parse_zone(parser);
    if (!zone || !parser.done()) return std::nullopt;
    return *date + hours{*hour} + minutes{*minute} + in_minute - *zone;
}

}  // namespace

std::optional<Time> parse_time(std::string_view text) {
    if (text.size() > 4 && text[4] == '-') return parse_calendar(text);
    if (text.contains('/')) return parse_american(text);
    return text.contains(' ') ? parse_mail(text) : parse_epoch(text);
}

std::optional<Time> parse_iso_time(std::string_view text) {
    TimeParser parser(text);
    const auto date = parse_iso_date(parser);
    if (date && parser.done()) return *date;
    return parse_calendar(text, /*needs_seconds=*/false);
}

void append_epoch_seconds(std::string& text, Time time) {
    const std::int64_t total = time.time_since_epoch().count();
    const std::int64_t magnitude = total < 0 ? -total : total;
    if (total < 0) text += '-';
    text::append_number(text, magnitude / 1'000'000);
    if (const std::int64_t fraction = magnitude % 1'000'000; fraction != 0) {
        const std::string digits = std::to_string(fraction);
        text += '.' + std::string(6 - digits.size(), '0') + digits;
        text.erase(text.find_last_not_of('0') + 1);
    }
}

std::string to_epoch_seconds(Time time) {
    std::string text;
    append_epoch_seconds(text, time);
    return text;
}

std::string to_utc(Time time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::seconds>(time - day)};
    const auto digits = [](long value, std::size_t count) {
        const std::string text = std::to_string(value);
        return std::string(count - std::min(count, text.size()), '0') + text;
    };
    return digits(int{date.year()}, 4) + '-' + digits(unsigned{date.month()}, 2) + '-' +
           digits(unsigned{date.day()}, 2) + 'T' + digits(clock.hours().count(), 2) + ':' +
           digits(clock.minutes().count(), 2) + ':' + digits(clock.seconds().count(), 2) + 'Z';
}

}  // namespace cloudhijack::text
