#include "scan/time_range.hpp"

#include <algorithm>
#include <chrono>

#include "config/invalid_value.hpp"
#include "text/characters.hpp"
#include "text/number.hpp"
#include "text/time_span.hpp"

namespace cloudhijack::scan {
namespace {

constexpr std::chrono::days k_longest_ago{36'500};  // so that every result is a valid time

// `7d`, and weeks, which spans elsewhere do not have.
std::optional<std::chrono::seconds> span_before_now(std::string_view value) {
    if (!value.ends_with('w')) return text::time_span(value, k_longest_ago);
    constexpr std::chrono::weeks week{1};
    const auto most = static_cast<std::uint64_t>(k_longest_ago / week);
    const auto count = text::whole_number(value.substr(0, value.size() - 1), most);
    if (!count || *count == 0) return std::nullopt;
    return week * static_cast<std::int64_t>(*count);
}

// Whether a text begins as a date that is not in the calendar.
bool has_no_such_day(std::string_view value) {
    constexpr std::string_view form = "0000-00-00";
    const std::string_view date = value.substr(0, form.size());
    const auto fits = [](char c, char expected) {
        return expected == '0' ? text::is_digit(c) : c == expected;
    };
    return std::ranges::equal(date, form, fits) && !text::parse_iso_time(date);
}

Result<std::optional<text::Time>> read_time(const std::optional<std::string>& value,
                                            const std::string& option, text::Time now) {
    if (!value) return std::nullopt;
    if (const auto time = text::parse_iso_time(*value)) return time;
    if (const auto span = span_before_now(*value)) return now - *span;
    return failure("option " + option + ": " +
                   config::invalid_value(*value, k_when,
                                         has_no_such_day(*value) ? "there is no such day" : ""));
}

}  // namespace

Result<TimeRange> read_time_range(const std::optional<std::string>& from,
                                  const std::optional<std::string>& to, text::Time now) {
    const auto first = read_time(from, "--from", now);
    if (!first) return std::unexpected(first.error());
    const auto end = read_time(to, "--to", now);
    if (!end) return std::unexpected(end.error());
    if (*first && *end && **first >= **end) {
        return failure("options --from and --to: " + text::to_utc(**first) + " is not before " +
                       text::to_utc(**end) + "; --from must be earlier than --to");
    }
    return TimeRange{.from = *first, .to = *end};
}

std::string in_words(const TimeRange& range) {
    if (!range.from) return "before " + text::to_utc(*range.to);
    if (!range.to) return text::to_utc(*range.from) + " and later";
    return text::to_utc(*range.from) + " to " + text::to_utc(*range.to);
}

std::string with_name(const TimeRange& range) {
    const std::string name = "the time range";
    return range.is_unlimited() ? name : name + " (" + in_words(range) + ')';
}

}  // namespace cloudhijack::scan
