#include "command/options.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "text/number.hpp"
#include "text/quote.hpp"

namespace cloudhijack::command {
namespace {

constexpr std::int64_t k_longest_span_days = 366;

using Taken = Option::Taken;

Taken unfit(std::string why = {}) { return std::unexpected(std::move(why)); }

std::optional<std::chrono::seconds> span_of_time(std::string_view text) {
    if (text.empty()) return std::nullopt;
    const auto unit = [&]() -> std::optional<std::chrono::seconds> {
        switch (text.back()) {
            case 's':
                return std::chrono::seconds{1};
            case 'm':
                return std::chrono::minutes{1};
            case 'h':
                return std::chrono::hours{1};
            case 'd':
                return std::chrono::days{1};
            default:
                return std::nullopt;
        }
    }();
    constexpr std::chrono::seconds longest = std::chrono::days{k_longest_span_days};
    if (!unit) return std::nullopt;
    const auto most = static_cast<std::uint64_t>(longest / *unit);
    const auto count = text::whole_number(text.substr(0, text.size() - 1), most);
    if (!count || *count == 0) return std::nullopt;
    return *unit * static_cast<std::int64_t>(*count);
}

std::string whole_number_up_to(std::uint64_t most) {
    return "a whole number from 0 to " + std::to_string(most);
}

Taken set_span(std::string_view value, Config& config) {
    const auto span = span_of_time(value);
    if (!span) return unfit();
    config.volume.span = *span;
    return {};
}

Taken set_threshold(std::size_t service, std::string_view value, Config& config) {
    const auto threshold = text::whole_number(value, detect::k_largest_threshold);
    if (!threshold) return unfit();
    config.volume.thresholds[service] = *threshold;
    return {};
}

Taken set_min_score(std::string_view value, Config& config) {
    const auto score = text::whole_number(value, detect::k_highest_volume_score);
    if (!score) return unfit();
    config.volume.min_score = *score;
    return {};
}

Taken set_suspicious_names(std::string_view value, Config& config) {
    if (value.empty()) return unfit("an empty one would match every name");
    re2::RE2::Options quiet;
    quiet.set_log_errors(false);
    auto pattern = std::make_unique<const re2::RE2>(value, quiet);
    if (!pattern->ok()) return unfit(pattern->error());
    config.volume.suspicious_names = std::move(pattern);
    return {};
}

Taken set_input(std::string_view value, Config& config) {
    if (value != "raw" && value != "fields") return unfit();
    config.input = value == "raw" ? Input::raw : Input::fields;
    return {};
}

// Joins what Splunk parted, `a`, `=`, `b`.
std::vector<std::string> join_assignments(const std::vector<std::string>& arguments,
                                          std::span<const Option> table) {
    const auto is_no_assignment = [table](const std::string& text) {
        const auto name = std::string_view(text).substr(0, text.find('='));
        return !text.contains('=') || std::ranges::find(table, name, &Option::name) == table.end();
    };
    std::vector<std::string> joined;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        std::string text = arguments[i];
        const auto next_is = [&](auto holds) {
            return i + 1 < arguments.size() && holds(arguments[i + 1]);
        };
        const auto always = [](const std::string&) { return true; };
        if (!text.contains('=') &&
            next_is([](const std::string& next) { return next.starts_with('='); })) {
            text += arguments[++i];
            if (text.ends_with('=') && next_is(always)) text += arguments[++i];
        } else if (text.ends_with('=') && next_is(is_no_assignment)) {
            text += arguments[++i];
        }
        joined.push_back(std::move(text));
    }
    return joined;
}

std::string names_of(std::span<const Option> table) {
    std::string names;
    for (const Option& option : table) names += (names.empty() ? "" : ", ") + option.name;
    return names;
}

}  // namespace

std::vector<Option> option_table(const detect::Catalogue& catalogue) {
    std::vector<Option> table = {
        {.name = "mode",
         .takes = "volume",
         .effect = "what to look for",
         .set = [](std::string_view value,
                   Config&) { return value == "volume" ? Taken{} : unfit(); }},
        {.name = "input",
         .takes = "raw or fields",
         .effect = "where the record stands: in _raw, or in fields that Splunk extracted",
         .in_shell = false,
         .set = set_input},
        {.name = "span",
         .takes = "a whole number with s, m, h or d, such as 1h, up to 366d",
         .effect = "the time in which calls are counted",
         .set = set_span},
        {.name = "min_score",
         .takes = whole_number_up_to(detect::k_highest_volume_score),
         .effect = "leave out rows with a lower score",
         .set = set_min_score},
        {.name = "suspicious_names",
         .takes = "a regular expression in RE2's syntax (no lookaround, no backreferences)",
         .effect = "a caller whose name it matches scores a point more",
         .set = set_suspicious_names},
    };
    for (std::size_t i = 0; i < catalogue.services().size(); ++i) {
        const detect::Service& service = catalogue.services()[i];
        if (service.calls_of(detect::Phase::volume).empty()) continue;
        table.push_back({.name = service.id + "_threshold",
                         .takes = whole_number_up_to(detect::k_largest_threshold),
                         .effect = "rows of " + service.label + " need more calls than this",
                         .set = std::bind_front(set_threshold, i)});
    }
    return table;
}

Result<> set_option(const Option& option, std::string_view shown_name, std::string_view value,
                    Config& config) {
    const auto taken = option.set(value, config);
    if (taken) return {};
    const std::string why = taken.error().empty() ? "" : " (" + taken.error() + ')';
    return failure("option " + std::string(shown_name) + " takes " + option.takes + "; got " +
                   text::quoted(value) + why);
}

Result<> read_search_arguments(const std::vector<std::string>& arguments,
                               std::span<const Option> table, Config& config) {
    std::set<std::string_view> given;
    for (const std::string& assignment : join_assignments(arguments, table)) {
        const auto sign = assignment.find('=');
        if (sign == std::string::npos || sign == 0) {
            return failure("cannot use the argument " + text::quoted(assignment) +
                           ": options are written name=value, such as span=1h");
        }
        const std::string_view name = std::string_view(assignment).substr(0, sign);
        const std::string_view value = std::string_view(assignment).substr(sign + 1);
        const auto option = std::ranges::find(table, name, &Option::name);
        if (option == table.end()) {
            return failure("unknown option " + text::quoted(name) + ": the options are " +
                           names_of(table));
        }
        if (!given.insert(option->name).second) {
            return failure("option " + option->name + " is given twice");
        }
        if (auto set = set_option(*option, option->name, value, config); !set) return set;
    }
    return {};
}

}  // namespace cloudhijack::command
