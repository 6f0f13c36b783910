#include "rules/baseline_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <expected>
#include <utility>

#include "counting/seconds.hpp"
#include "rules/networks.hpp"
#include "rules/phase.hpp"
#include "text/address.hpp"
#include "text/characters.hpp"
#include "text/lower_case.hpp"
#include "text/number.hpp"
#include "text/quote.hpp"
#include "text/time.hpp"
#include "text/utf8.hpp"
#include "text/words.hpp"

namespace cloudhijack::rules {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::string_view k_too_many = "*";
constexpr int k_hexadecimal = 16;
constexpr std::int32_t k_days_a_week = 7;
constexpr std::int32_t k_first_monday = -3;  // 29 December 1969, in days since 1970
constexpr std::size_t k_client_digits = 8;

/// A value, or a description of why it cannot be read.
template <class T>
using Value = std::expected<T, std::string>;

std::unexpected<std::string> wrong(std::string why) { return std::unexpected(std::move(why)); }

bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7F'; }

year_month_day date_of(std::int32_t day) { return {sys_days(days(day))}; }

std::optional<int> digits(std::string_view text, std::uint64_t most) {
    if (!std::ranges::all_of(text, text::is_digit)) return std::nullopt;
    const auto number = text::whole_number(text, most);
    return number ? std::optional(static_cast<int>(*number)) : std::nullopt;
}

// --- values ---

// An address with the prefix length that a baseline's networks have.
Value<std::string> read_network(std::string_view text) {
    const auto slash = text.find('/');
    const text::Address address = text::parse_address(text.substr(0, slash));
    if (address.is_there()) {
        std::string network = network_text(address.network());
        if (slash == std::string_view::npos || parse_cidr(text) != parse_cidr(network)) {
            return wrong("is not a network of the size that a baseline has; write " + network);
        }
        return network;
    }
    const bool is_name =
        text.contains('.') &&
        std::ranges::all_of(text,
                            [](char c) {
                                return text::is_digit(c) || text::is_letter(c) || c == '.' ||
                                       c == '-';
                            }) &&
        !std::ranges::all_of(text, [](char c) { return text::is_digit(c) || c == '.'; });
    if (!is_name) return wrong("is not a network; write it like 203.0.0.0/16 or 2001:db8::/32");
    return text::in_lower_case(text);
}

Value<std::string> read_client(std::string_view text) {
    if (text.size() != k_client_digits || !std::ranges::all_of(text, text::is_hexadecimal_digit)) {
        return wrong("is not a client; write 8 hexadecimal digits");
    }
    return text::in_lower_case(text);
}

Value<std::string> read_phase(std::string_view text) {
    std::string phase = text::in_lower_case(text);
    if (std::ranges::find(k_phase_names, phase) == k_phase_names.end()) {
        return wrong("is not a phase; write one such as recon or use");
    }
    return phase;
}

Value<std::string> read_value(std::string_view encoded, ValueKind kind) {
    const auto decoded = percent_decoded(encoded);
    if (!decoded) return wrong("has a % without two hexadecimal digits; write it as %25");
    if (decoded->empty())
        return wrong("has no value before the =; write <value>=<first day>/<last day>");
    if (decoded->size() > SeenValues::k_longest) {
        return wrong("has a value that is too long; write at most " +
                     std::to_string(SeenValues::k_longest) + " bytes");
    }
    switch (kind) {
        case ValueKind::phase:
            return read_phase(*decoded);
        case ValueKind::network:
            return read_network(*decoded);
        case ValueKind::client:
            return read_client(*decoded);
        case ValueKind::region:
        case ValueKind::model:
        case ValueKind::parent:
            return *decoded;
    }
    std::unreachable();
}

// --- times ---

std::int32_t last_day_that_counts(std::int64_t now) {
    return counting::day_of(now + counting::k_seconds_a_day);
}

Value<SeenDays> read_days(std::string_view text, std::int64_t now) {
    const auto slash = text.find('/');
    const auto first = date_of_text(text.substr(0, slash));
    const auto last =
        slash == std::string_view::npos ? std::nullopt : date_of_text(text.substr(slash + 1));
    if (!first || !last) {
        return wrong("has no first and last day; write them like 2026-03-02/2026-03-15");
    }
    if (*last < *first) return wrong("has its last day before the first");
    if (*last > last_day_that_counts(now)) return wrong("has its last day in the future");
    return SeenDays{.first = *first, .last = *last};
}

// --- items of a list ---

// Calls `read(item)` for each item of a list; `read` returns an error if the item is wrong.
std::vector<std::string> read_items(std::string_view text, auto read) {
    std::vector<std::string> problems;
    for (const std::string_view item : text::words(text)) {
        if (const Value<void> outcome = read(item); !outcome) {
            problems.push_back(text::quoted(item) + ' ' + outcome.error());
        }
    }
    return problems;
}

Value<Baseline::Making> read_making(std::string_view item, std::int64_t now) {
    const auto first = item.find('/');
    const auto last = item.rfind('/');
    if (first == last) {  // also if there is no slash
        return wrong(
            "has no time, maker and source; write them like 2026-03-02T10:04:05Z/<maker>/k");
    }
    const auto time = text::parse_time(item.substr(0, first));
    const auto maker = percent_decoded(item.substr(first + 1, last - first - 1));
    const std::string source = text::in_lower_case(item.substr(last + 1));
    if (!time || item.substr(0, first).size() < std::string_view("2026-03-02T10:04:05").size()) {
        return wrong("has no valid time; write it like 2026-03-02T10:04:05Z");
    }
    if (!maker) return wrong("has a % without two hexadecimal digits; write it as %25");
    if (maker->empty()) return wrong("has no maker; write <time>/<maker>/k");
    if (maker->size() > SeenValues::k_longest) {
        return wrong("has a maker that is too long; write at most " +
                     std::to_string(SeenValues::k_longest) + " bytes");
    }
    if (source != "k" && source != "s") {
        return wrong("has no source; end it with /k (known source) or /s (a stranger's source)");
    }
    const std::int64_t second =
        std::chrono::floor<std::chrono::seconds>(time->time_since_epoch()).count();
    if (second < 0) return wrong("has a time before 1970");
    if (second > now + counting::k_seconds_a_day) return wrong("has a time in the future");
    return Baseline::Making{
        .second = second, .maker = *maker, .is_from_known_source = source == "k"};
}

void append_item(std::string& text, const std::string& item) {
    if (!text.empty()) text += ' ';
    text += item;
}

std::string days_text(const SeenDays& seen) {
    return date_text(seen.first) + '/' + date_text(seen.last);
}

}  // namespace

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view hex_digits = "0123456789ABCDEF";
    std::string encoded;
    const bool is_sign = text == k_too_many;
    for (const char c : text) {
        if (!is_sign && c != ' ' && c != '%' && c != '=' && !is_control(c)) {
            encoded += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        encoded += '%';
        encoded += hex_digits[byte >> 4U];
        encoded += hex_digits[byte & 0x0FU];
    }
    return encoded;
}

std::optional<std::string> percent_decoded(std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded += text[i];
            continue;
        }
        const std::string_view byte = text.substr(i + 1, 2);
        if (byte.size() != 2 || !std::ranges::all_of(byte, text::is_hexadecimal_digit))
            return std::nullopt;
        unsigned value = 0;
        std::from_chars(byte.data(), byte.data() + byte.size(), value, k_hexadecimal);
        decoded += static_cast<char>(value);
        i += 2;
    }
    std::string repaired;
    return text::valid_utf8(decoded, repaired) == decoded ? std::optional(decoded) : std::nullopt;
}

std::string date_text(std::int32_t day) {
    const year_month_day date = date_of(day);
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
    return text.data();
}

std::optional<std::int32_t> date_of_text(std::string_view text) {
    constexpr std::size_t size = 10;
    if (text.size() != size || text[4] != '-' || text[7] != '-') return std::nullopt;
    const auto year = digits(text.substr(0, 4), 9999);
    const auto month = digits(text.substr(5, 2), 12);
    const auto day = digits(text.substr(8, 2), 31);
    if (!year || !month || !day || *year < 1970) return std::nullopt;
    const year_month_day date{std::chrono::year{*year},
                              std::chrono::month{static_cast<unsigned>(*month)},
                              std::chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok()) return std::nullopt;
    return static_cast<std::int32_t>(sys_days(date).time_since_epoch().count());
}

Baseline::Week week_of_day(std::int32_t day) {
    return static_cast<Baseline::Week>(
        counting::start_of_unit(day - k_first_monday, k_days_a_week) / k_days_a_week);
}

std::int32_t end_of_week(Baseline::Week week) {
    return (week + 1) * k_days_a_week + k_first_monday;
}

// The week belongs to the year of its Thursday.
std::string week_text(Baseline::Week week) {
    const std::int32_t thursday = end_of_week(week) - 4;
    const std::chrono::year year = date_of(thursday).year();
    const auto new_year = static_cast<std::int32_t>(
        sys_days(year / std::chrono::January / 1).time_since_epoch().count());
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%04d-W%02d", static_cast<int>(year),
                  (thursday - new_year) / k_days_a_week + 1);
    return text.data();
}

std::optional<Baseline::Week> week_of_text(std::string_view text) {
    constexpr std::size_t size = 8;
    if (text.size() != size || text[4] != '-' || (text[5] != 'W' && text[5] != 'w')) {
        return std::nullopt;
    }
    const auto year = digits(text.substr(0, 4), 9999);
    const auto number = digits(text.substr(6, 2), 53);
    if (!year || !number || *year < 1970 || *number < 1) return std::nullopt;
    const auto day_of_first_week = static_cast<std::int32_t>(
        sys_days(std::chrono::year{*year} / std::chrono::January / 4).time_since_epoch().count());
    const Baseline::Week week = week_of_day(day_of_first_week) + *number - 1;
    // Not every year has a week 53.
    return week_text(week).substr(0, 4) == text.substr(0, 4) ? std::optional(week) : std::nullopt;
}

std::optional<std::uint32_t> client_of_text(std::string_view text) {
    std::uint32_t client = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), client, k_hexadecimal);
    const bool is_whole = error == std::errc{} && end == text.data() + text.size();
    return is_whole ? std::optional(client) : std::nullopt;
}

std::string client_text(std::uint32_t client) {
    std::array<char, k_client_digits + 1> text{};
    std::snprintf(text.data(), text.size(), "%08x", static_cast<unsigned>(client));
    return text.data();
}

std::string text_of(const SeenValues& values) {
    std::string text;
    if (values.too_many()) {
        append_item(text, std::string(k_too_many) + '=' + days_text(*values.too_many()));
    }
    for (const auto& [value, seen] : values.values()) {
        append_item(text, percent_encoded(value) + '=' + days_text(seen));
    }
    return text;
}

std::string text_of(const std::map<Baseline::Week, std::uint64_t>& peaks) {
    std::string text;
    for (const auto& [week, peak] : peaks) {
        append_item(text, week_text(week) + '=' + std::to_string(peak));
    }
    return text;
}

std::string text_of(const std::vector<Baseline::Making>& made) {
    std::string all;
    for (const Baseline::Making& making : made) {
        append_item(all, text::to_utc(text::Time{std::chrono::seconds(making.second)}) + '/' +
                             percent_encoded(making.maker) +
                             (making.is_from_known_source ? "/k" : "/s"));
    }
    return all;
}

TextReading<SeenValues> read_values(std::string_view text, ValueKind kind, std::int64_t now) {
    TextReading<SeenValues> read;
    read.problems = read_items(text, [&](std::string_view item) -> Value<void> {
        const auto sign = item.rfind('=');
        if (sign == std::string_view::npos) {
            return wrong("has no =; write <value>=2026-03-02/2026-03-15");
        }
        const auto seen = read_days(item.substr(sign + 1), now);
        if (!seen) return wrong(seen.error());
        if (item.substr(0, sign) == k_too_many) {
            read.value.add_too_many(*seen);
            return {};
        }
        const auto value = read_value(item.substr(0, sign), kind);
        if (!value) return wrong(value.error());
        read.value.add(*value, *seen);
        return {};
    });
    return read;
}

TextReading<std::map<Baseline::Week, std::uint64_t>> read_peaks(std::string_view text,
                                                                std::int64_t now) {
    TextReading<std::map<Baseline::Week, std::uint64_t>> read;
    read.problems = read_items(text, [&](std::string_view item) -> Value<void> {
        const auto sign = item.find('=');
        const auto week = week_of_text(item.substr(0, sign));
        const auto peak = sign == std::string_view::npos
                              ? std::nullopt
                              : text::whole_number(item.substr(sign + 1), k_largest_peak);
        if (!week || !peak) return wrong("is not the peak of a week; write it like 2026-W11=340");
        if (*week > week_of_day(last_day_that_counts(now))) {
            return wrong("is of a week in the future");
        }
        std::uint64_t& known = read.value[*week];
        known = std::max(known, *peak);
        return {};
    });
    return read;
}

TextReading<std::vector<Baseline::Making>> read_makings(std::string_view text, std::int64_t now) {
    TextReading<std::vector<Baseline::Making>> read;
    Baseline::Row row;
    read.problems = read_items(text, [&](std::string_view item) -> Value<void> {
        auto making = read_making(item, now);
        if (!making) return wrong(making.error());
        row.add_making(*making);
        return {};
    });
    read.value = std::move(row.made);
    return read;
}

}  // namespace cloudhijack::rules
