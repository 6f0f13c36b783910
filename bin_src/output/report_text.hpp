#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cloudhijack::output {

/// `2024-03-05 01:54:01`, in UTC, which the page says elsewhere.
std::string shown_time(std::int64_t second);

/// `2024-03-05, 15:00:00 to 15:56:57 UTC`, with both dates if they differ.
std::string shown_range(std::int64_t first, std::int64_t last);

/// `23 h 58 min`: the two largest units, rounded down.
std::string shown_duration(std::int64_t seconds);

/// `1,234,567`.
std::string grouped(std::uint64_t number);

/// `1 call`, `1,234 calls`.
std::string grouped(std::uint64_t number, std::string_view what);

/// A text that ends with the points that it adds to a score, such as `..., no history (+35)`.
struct ScoredText {
    std::string_view text;
    std::string_view points;  ///< `+35`; empty if the text ends without points
};

ScoredText scored_text(std::string_view text);

/// The points of a scored text as a number; 0 if it has none.
std::uint64_t points_of(const ScoredText& scored);

/// A step of the column Response: a sentence, a colon and a command.
struct ResponseStep {
    std::string_view sentence;
    std::string_view command;  ///< empty if there is none
};

ResponseStep response_step(std::string_view text);

}  // namespace cloudhijack::output
