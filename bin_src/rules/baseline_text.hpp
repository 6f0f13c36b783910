#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/baseline.hpp"
#include "rules/seen_values.hpp"

/// How the columns of a baseline are written and read back. People and spreadsheets change such
/// files, so a value that cannot be read costs only itself.
namespace cloudhijack::rules {

inline constexpr std::uint64_t k_largest_peak = std::uint64_t{1} << 53U;

/// The kind of a list's values, which decides how they are written.
enum class ValueKind : std::uint8_t {
    phase,    ///< a name of k_phase_names
    region,   ///< any text, like models and parents
    model,    //
    network,  ///< `203.0.0.0/16`, `2001:db8::/32`, or a service's name
    client,   ///< 8 hexadecimal digits
    parent,
};

/// The value of a text, and a description of each part of it that was ignored.
template <class T>
struct TextReading {
    T value = {};
    std::vector<std::string> problems = {};
};

/// Percent-encodes blanks, `%`, `=` and control characters, as `%20` and so on. A text that is `*`
/// alone becomes `%2A`.
std::string percent_encoded(std::string_view text);
/// nullopt if a `%` is not followed by two hexadecimal digits, or the text is not UTF-8.
std::optional<std::string> percent_decoded(std::string_view text);

/// `2026-03-02`, from days since 1970.
std::string date_text(std::int32_t day);
/// nullopt unless the text is such a date, from 1970 on.
std::optional<std::int32_t> date_of_text(std::string_view text);

/// The ISO week that contains a day.
Baseline::Week week_of_day(std::int32_t day);
/// The day after the week's last one.
std::int32_t end_of_week(Baseline::Week week);
/// `2026-W11`.
std::string week_text(Baseline::Week week);
std::optional<Baseline::Week> week_of_text(std::string_view text);

/// `0f4a9c21`: the part of a client's hash that a baseline keeps.
std::string client_text(std::uint32_t client);
/// nullopt unless the text is hexadecimal digits.
std::optional<std::uint32_t> client_of_text(std::string_view text);

/// `us-east-1=2026-03-02/2026-03-15 ...`, preceded by `*=first/last` if there were too many; in
/// byte order.
std::string text_of(const SeenValues& values);
/// `2026-W10=320 2026-W11=340`.
std::string text_of(const std::map<Baseline::Week, std::uint64_t>& peaks);
/// `2026-03-02T10:04:05Z/arn:aws:iam::111122223333:user/ann/k ...`.
std::string text_of(const std::vector<Baseline::Making>& made);

/// The inverse functions. A date more than a day after `now` (seconds since 1970) is a problem.
TextReading<SeenValues> read_values(std::string_view text, ValueKind kind, std::int64_t now);
TextReading<std::map<Baseline::Week, std::uint64_t>> read_peaks(std::string_view text,
                                                                std::int64_t now);
TextReading<std::vector<Baseline::Making>> read_makings(std::string_view text, std::int64_t now);

}  // namespace cloudhijack::rules
