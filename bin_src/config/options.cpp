#include "config/options.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <set>
#include <string_view>
#include <utility>

#include "config/invalid_value.hpp"
#include "detect/hunt/evidence/evidence.hpp"
#include "log/principal.hpp"
#include "text/byte_size.hpp"
#include "text/number.hpp"
#include "text/quote.hpp"
#include "text/time_span.hpp"
#include "text/words.hpp"

namespace cloudhijack::config {
namespace {

constexpr std::string_view k_map_phase = "map";

using ValueResult = Option::ValueResult;

ValueResult unfit(std::string why = {}) { return std::unexpected(std::move(why)); }

std::string whole_number_up_to(std::uint64_t most) {
    return "a whole number from 0 to " + std::to_string(most);
}

ValueResult set_span(std::string_view value, Config& config) {
    const auto span = text::time_span(value, k_longest_span);
    if (!span) return unfit();
    config.volume.span = *span;
    return {};
}

ValueResult set_threshold(std::size_t service, std::string_view value, Config& config) {
    const auto threshold = text::whole_number(value, rules::k_largest_threshold);
    if (!threshold) return unfit();
    config.volume.thresholds[service] = *threshold;
    config.hunt.thresholds[service] = *threshold;
    return {};
}

ValueResult set_min_score(std::string_view value, Config& config) {
    const auto score = text::whole_number(value, detect::k_highest_volume_score);
    if (!score) return unfit();
    config.volume.min_score = *score;
    return {};
}

ValueResult set_suspicious_names(std::string_view value, Config& config) {
    if (value.empty()) return unfit("an empty pattern matches every name");
    re2::RE2::Options quiet;
    quiet.set_log_errors(false);
    auto pattern = std::make_shared<const re2::RE2>(value, quiet);
    if (!pattern->ok()) return unfit(pattern->error());
    config.volume.suspicious_names = pattern;
    config.hunt.suspicious_names = std::move(pattern);
    return {};
}

ValueResult set_mode(std::string_view value, Config& config) {
    const auto mode = std::ranges::find(k_mode_names, value);
    if (mode == k_mode_names.end()) return unfit();
    config.mode = static_cast<Mode>(mode - k_mode_names.begin());
    return {};
}

ValueResult set_min_risk(std::string_view value, Config& config) {
    const auto risk = text::whole_number(value, rules::k_highest_risk);
    if (!risk) return unfit();
    config.hunt.min_risk = *risk;
    return {};
}

// Splunk removes commas outside quotes, so blanks separate ids as well.
ValueResult set_disabled_evidence(std::string_view value, Config& config) {
    config.hunt.disabled.clear();
    for (const std::string_view id : text::words(value, ", \t")) {
        if (detect::find_evidence(id) == nullptr) {
            return unfit("unknown evidence rule " + text::quoted(id));
        }
        config.hunt.disabled.emplace(id);
    }
    return {};
}

ValueResult set_own_accounts(std::string_view value, Config& config) {
    config.own_accounts.clear();
    for (const std::string_view account : text::words(value, ", \t")) {
        if (!log::is_account_id(account)) return unfit(text::quoted(account) + " is not 12 digits");
        config.own_accounts.emplace(account);
    }
    return {};
}

std::vector<std::string> evidence_ids() {
    std::vector<std::string> ids;
    for (const detect::Evidence& evidence : detect::all_evidence()) ids.emplace_back(evidence.id);
    return ids;
}

ValueResult set_input(std::string_view value, Config& config) {
    if (value != "raw" && value != "fields") return unfit();
    config.input = value == "raw" ? Input::raw : Input::fields;
    return {};
}

ValueResult set_distributed(std::string_view value, Config& config) {
    constexpr std::array<std::string_view, 3> yes = {"true", "t", "1"};
    constexpr std::array<std::string_view, 3> no = {"false", "f", "0"};
    config.distributed = std::ranges::find(yes, value) != yes.end();
    return config.distributed || std::ranges::find(no, value) != no.end() ? ValueResult{} : unfit();
}

// A conf file can remove the limit of the file below it with an empty value.
ValueResult set_memory_limit(std::string_view value, Config& config) {
    const auto limit = value.empty() ? std::uint64_t{0} : text::byte_size(value);
    if (!limit || (*limit != 0 && *limit < k_lowest_memory_limit)) return unfit();
    config.memory_limit = *limit;
    return {};
}

ValueResult set_phase(std::string_view value, Config& config) {
    if (value != k_map_phase) return unfit();
    config.phase = SearchPhase::map;
    return {};
}

// The value is ignored: partial documents name the catalogue that made them, and the reduce phase
// compares it. In the command the fingerprint is for people who read which search ran on the
// indexers.
ValueResult take_catalogue(std::string_view /*value*/, Config& /*config*/) { return {}; }

ValueResult set_file(std::string Config::* file, std::string_view value, Config& config) {
    if (value.empty()) return unfit();
    config.*file = value;
    return {};
}

ValueResult add_geoip_file(std::string_view value, Config& config) {
    if (value.empty()) return unfit();
    config.geoip_files.emplace_back(value);
    return {};
}

// Joins assignments that Splunk split into `a`, `=` and `b`.
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

Option threshold_option(std::size_t index, const rules::Service& service) {
    const bool only_hunted = service.calls_of(rules::Phase::volume).empty();
    return {.name = service.id + std::string(k_threshold_suffix),
            .takes = whole_number_up_to(rules::k_largest_threshold),
            .value_name = "N",
            .syntax = "<int>",
            .effect = "threshold for " + service.label + ": " +
                      (only_hunted ? "" : "calls per span (volume), ") +
                      "messages per 60 minutes (hunt)",
            .details = {"Each service with the key volume or use has this option, custom ones "
                        "included: the stanza [service:translate] makes translate_threshold. It "
                        "overrides the stanza's key threshold."},
            .default_value = std::to_string(service.threshold),
            .modes = only_hunted ? std::vector{Mode::hunt} : std::vector{Mode::volume, Mode::hunt},
            .set = std::bind_front(set_threshold, index)};
}

std::string names_of(std::span<const Option> table) {
    std::string names;
    for (const Option& option : table) {
        if (option.interface == Interface::conf_and_shell) continue;
        names += (names.empty() ? "" : ", ") + option.name;
    }
    return names;
}

}  // namespace

std::string Option::accepts() const {
    if (completion.kind != CompletionKind::words) return takes;
    return takes + ": " + text::joined(completion.words, ", ");
}

std::vector<Option> option_table(const rules::Catalogue& catalogue) {
    // Not in braces inside the table: there, GCC 12 destroys the words twice if a later member
    // throws an exception.
    const Completion ids{.kind = CompletionKind::words, .words = evidence_ids()};
    std::vector<Option> table = {
        {.name = "mode",
         .takes = "volume, hunt, baseline or coverage",
         .value_name = "MODE",
         .effect = "kind of report: callers with many calls in a span (volume), principals that "
                   "behave like hijackers (hunt), normal activity as the rows of a baseline "
                   "(baseline), or the accounts, services and regions that have events (coverage)",
         .completion = {.kind = CompletionKind::word,
                        .words = {k_mode_names.begin(), k_mode_names.end()}},
         .step = OptionStep::both,
         .set = set_mode},
        {.name = "input",
         .takes = "raw or fields",
         .value_name = "SOURCE",
         .effect = "source of each record: JSON in _raw (raw), or the fields that Splunk extracted "
                   "from it (fields, in mode volume only)",
         .details = {"With \"raw\", records are read from _raw, bare or in the envelope of the "
                     "service that delivered them, such as {\"Records\":[...]} in S3 and detail in "
                     "EventBridge.",
                     "With \"fields\", records are read from columns such as eventName and "
                     "userIdentity.arn, which have CloudTrail's names; other logs can only be read "
                     "from _raw. It is for results without _raw. A volume call with a condition on "
                     "its parameters needs \"raw\"."},
         .interface = Interface::search,
         .completion = {.kind = CompletionKind::word, .words = {"raw", "fields"}},
         .step = OptionStep::count,
         .set = set_input},
        {.name = "span",
         .takes = "a whole number with s, m, h or d, such as 1h, up to 366d",
         .value_name = "SPAN",
         .syntax = "<int>(s|m|h|d)",
         .effect = "length of time in which calls are counted",
         .modes = {Mode::volume},
         .step = OptionStep::count,
         .set = set_span},
        {.name = "min_score",
         .takes = whole_number_up_to(detect::k_highest_volume_score),
         .value_name = "SCORE",
         .syntax = "<int>",
         .effect = "minimum SuspicionScore: rows that score below it are hidden",
         .modes = {Mode::volume},
         .set = set_min_score},
        {.name = "suspicious_names",
         .takes = "a regular expression in RE2's syntax (no lookaround, no backreferences)",
         .value_name = "REGEX",
         .syntax = "<regex>",
         .effect = "pattern of suspicious names: a caller whose name matches it anywhere scores "
                   "higher",
         .details = {"A match scores 1 in mode volume, and in mode hunt the score of "
                     "[evidence:suspicious_name]."},
         .modes = {Mode::volume, Mode::hunt},
         .set = set_suspicious_names},
        {.name = "min_risk",
         .takes = whole_number_up_to(rules::k_highest_risk),
         .value_name = "SCORE",
         .syntax = "<int>",
         .effect = "minimum RiskScore, not counting markers: principals that score below it are "
                   "hidden",
         .modes = {Mode::hunt},
         .set = set_min_risk},
        {.name = "disabled_evidence",
         .takes = "ids of evidence rules separated by commas or spaces",
         .value_name = "ID,...",
         .syntax = "<id>,...",
         .effect = "evidence rules that are switched off",
         .details = {"In a search, write the list in quotes."},
         .completion = ids,
         .modes = {Mode::hunt},
         .set = set_disabled_evidence},
        {.name = "own_accounts",
         .takes = "account ids of 12 digits separated by commas or spaces",
         .value_name = "ACCOUNT,...",
         .syntax = "<account>,...",
         .effect = "accounts of the organisation, in addition to those in the baseline: access "
                   "granted to "
                   "them is not foreign",
         .details = {"In a search, write the list in quotes."},
         .modes = {Mode::hunt, Mode::baseline},
         .set = set_own_accounts},
        {.name = "distributed",
         .takes = "true or false",
         .value_name = "BOOLEAN",
         .effect = "whether the indexers count, so that only sums reach the search head",
         .details = {"\"false\" is for peers that have not received the knowledge bundle yet; see "
                     "docs/how-it-runs.md."},
         .interface = Interface::search,
         .completion = {.kind = CompletionKind::word, .words = {"true", "false"}},
         .step = OptionStep::count,
         .set = set_distributed},
        {.name = "memory_limit",
         .takes = "a whole number with M or G, such as 512M or 4G, from 64M",
         .value_name = "SIZE",
         .syntax = "<int>(M|G)",
         .effect = "limit of the address space of a process; if it is reached, the process ends "
                   "with an error",
         .details =
             {"Only cloudhijack.conf sets it for searches: neither an option of a search nor "
              "the lookup cloudhijack_settings can change it.",
              "The address space is larger than the memory that is in use; docs/limits.md "
              "says by how much."},
         .interface = Interface::conf_and_shell,
         .step = OptionStep::both,
         .set = set_memory_limit},
        {.name = "baseline",
         .takes = "a file name",
         .value_name = "FILE",
         .syntax = "<file>",
         .effect = "normal activity, as mode baseline prints it",
         .interface = Interface::shell,
         .completion = {.kind = CompletionKind::file, .words = {}},
         .modes = {Mode::hunt, Mode::baseline},
         .set = std::bind_front(set_file, &Config::baseline_file)},
        {.name = "allowlist",
         .takes = "a file name",
         .value_name = "FILE",
         .syntax = "<file>",
         .effect = "expected activity of some principals: a CSV with the columns principal, "
                   "service, evidence, threshold, expires, note",
         .interface = Interface::shell,
         .completion = {.kind = CompletionKind::file, .words = {}},
         .modes = {Mode::volume, Mode::hunt},
         .set = std::bind_front(set_file, &Config::allowlist_file)},
        {.name = "networks",
         .takes = "a file name",
         .value_name = "FILE",
         .syntax = "<file>",
         .effect = "networks of the organisation: a CSV with the columns cidr, label",
         .interface = Interface::shell,
         .completion = {.kind = CompletionKind::file, .words = {}},
         .modes = {Mode::hunt, Mode::baseline},
         .set = std::bind_front(set_file, &Config::networks_file)},
        {.name = "geoip",
         .takes = "a file name",
         .value_name = "FILE",
         .syntax = "<file>",
         .effect = "countries or networks of source addresses: a MaxMind DB file of countries, "
                   "cities or autonomous systems; can be given more than once",
         .interface = Interface::shell,
         .can_repeat = true,
         .completion = {.kind = CompletionKind::file, .words = {}},
         .modes = {Mode::hunt},
         .set = add_geoip_file},
    };
    for (std::size_t i = 0; i < catalogue.services().size(); ++i) {
        const rules::Service& service = catalogue.services()[i];
        if (service.calls_of(rules::Phase::use).empty()) continue;
        table.push_back(threshold_option(i, service));
    }
    return table;
}

std::vector<Option> map_option_table() {
    std::vector<Option> table = {
        {.name = "phase", .takes = "map", .value_name = {}, .set = set_phase},
        {.name = "catalogue",
         .takes = "the fingerprint of a catalogue",
         .value_name = {},
         .set = take_catalogue}};
    const rules::Catalogue none({});
    for (Option& option : option_table(none)) {
        if (option.name == "mode" || option.name == "input" || option.name == "span") {
            table.push_back(std::move(option));
        }
    }
    return table;
}

std::string map_command(const Config& config, std::string_view catalogue_fingerprint) {
    std::string command = "cloudhijack phase=" + std::string(k_map_phase) +
                          " mode=" + std::string(name_of(config.mode)) +
                          " input=" + (config.input == Input::raw ? "raw" : "fields");
    if (config.mode == Mode::volume) {
        command += " span=" + std::to_string(config.volume.span.count()) + 's';
    }
    return command + " catalogue=" + std::string(catalogue_fingerprint);
}

std::string map_pipeline(const Config& config, std::string_view catalogue_fingerprint,
                         bool keeps_only_raw) {
    const bool has_fields = keeps_only_raw && config.input == Input::raw;
    return (has_fields ? "fields _time, _raw | " : "") + map_command(config, catalogue_fingerprint);
}

Option::ValueResult set_value(const Option& option, std::string_view value, Config& config) {
    const auto set = option.set(value, config);
    if (set) return {};
    return std::unexpected(invalid_value(value, option.accepts(), set.error()));
}

Result<> set_option(const Option& option, std::string_view shown_name, std::string_view value,
                    Config& config) {
    const auto set = set_value(option, value, config);
    if (set) return {};
    return failure("option " + std::string(shown_name) + ": " + set.error());
}

Result<> check_mode(const Option& option, std::string_view shown_name, Mode mode) {
    const auto& modes = option.modes;
    if (modes.empty() || std::ranges::find(modes, mode) != modes.end()) return {};
    std::string names;
    for (const Mode one : modes) {
        names += (names.empty() ? "" : " or ") + std::string(name_of(one));
    }
    return failure("option " + std::string(shown_name) + ": not used in mode " +
                   std::string(name_of(mode)) + "; it belongs to mode " + names + " and accepts " +
                   option.accepts());
}

Result<> read_search_arguments(const std::vector<std::string>& arguments,
                               std::span<const Option> table, Config& config) {
    std::set<std::string_view> given;
    for (const std::string& assignment : join_assignments(arguments, table)) {
        const auto sign = assignment.find('=');
        if (sign == std::string::npos || sign == 0) {
            return failure("argument " + text::quoted(assignment) +
                           ": not an option; write options as name=value, such as span=1h");
        }
        const std::string_view name = std::string_view(assignment).substr(0, sign);
        const std::string_view value = std::string_view(assignment).substr(sign + 1);
        const auto option = std::ranges::find(table, name, &Option::name);
        if (option == table.end()) {
            return failure("unknown option " + text::quoted(name) + "; the options are " +
                           names_of(table));
        }
        if (option->interface == Interface::conf_and_shell) {
            return failure("option " + option->name +
                           ": a search cannot change it; an admin can, in local/cloudhijack.conf");
        }
        if (!given.insert(option->name).second) {
            return failure("option " + option->name + ": given more than once; give it once");
        }
        if (auto set = set_option(*option, option->name, value, config); !set) return set;
    }
    for (const Option& option : table) {
        if (!given.contains(option.name)) continue;
        if (auto fits = check_mode(option, option.name, config.mode); !fits) return fits;
    }
    return {};
}

}  // namespace cloudhijack::config
