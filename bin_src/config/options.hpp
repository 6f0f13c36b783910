#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "detect/volume/volume_finding.hpp"
#include "result.hpp"
#include "rules/catalogue.hpp"
#include "rules/hunt_rules.hpp"

namespace cloudhijack::config {

/// The source of an event's record in the rows of a search.
enum class Input : std::uint8_t {
    raw,     ///< in `_raw`, as JSON
    fields,  ///< in columns that Splunk extracted
};

/// The part of a search that the program performs.
enum class SearchPhase : std::uint8_t {
    reduce,  ///< on the search head: answers from events and from the counts of map phases
    map,     ///< on the indexers: counts the events of each chunk
};

/// The kind of report.
enum class Mode : std::uint8_t { volume, hunt, baseline, coverage };

inline constexpr std::array<std::string_view, 4> k_mode_names = {"volume", "hunt", "baseline",
                                                                 "coverage"};

/// The name of a mode, such as `hunt`.
constexpr std::string_view name_of(Mode mode) {
    return k_mode_names.at(static_cast<std::size_t>(mode));
}

/// Whether the rows are findings, which an allowlist can suppress.
constexpr bool has_findings(Mode mode) { return mode == Mode::volume || mode == Mode::hunt; }

/// The interfaces in which an option can be given. [defaults] accepts all but those of a shell.
enum class Interface : std::uint8_t {
    both,
    search,
    shell,
    conf_and_shell,  ///< a search gets its value from [defaults], and cannot change it
};

/// The step in which an option has an effect: counting records, or answering from the counts.
/// `scan` performs both, `scan --partial` the first and `merge` the second.
enum class OptionStep : std::uint8_t { both, count, answer };

inline constexpr std::chrono::days k_longest_span{366};
inline constexpr std::uint64_t k_lowest_memory_limit = std::uint64_t{64} << 20U;  ///< in bytes

/// The settings of one run, checked and complete; built once and passed down. The defaults are not
/// here: Setup::default_config() reads them from cloudhijack.conf.
struct Config {
    SearchPhase phase = SearchPhase::reduce;
    Mode mode{};
    Input input{};
    bool distributed = false;                         ///< whether the indexers run map phases
    std::string baseline_file;                        ///< in a shell; empty: none
    std::string allowlist_file;                       ///< in a shell; empty: none
    std::string networks_file;                        ///< in a shell; empty: none
    std::vector<std::string> geoip_files;             ///< in a shell, in the order of the options
    std::set<std::string, std::less<>> own_accounts;  ///< of the organisation
    std::uint64_t memory_limit = 0;                   ///< bytes of address space; 0: none
    detect::VolumeRules volume;
    rules::HuntRules hunt;
};

/// The completions that a shell can offer for an option's value.
enum class CompletionKind : std::uint8_t {
    nothing,
    word,   ///< one of the words
    words,  ///< some of the words, separated by commas
    file,
};

struct Completion {
    CompletionKind kind = CompletionKind::nothing;
    std::vector<std::string> words;
};

/// An option: `min_score=3` in SPL, `--min-score 3` in a shell, `min_score = 3` under [defaults] in
/// cloudhijack.conf. Help, the man page, completions, the conf file's spec, Splunk's search
/// assistant and docs/options.md are made from the texts here.
struct Option {
    /// The error says what else is wrong with the value, apart from not being one that the option
    /// accepts; it can be empty.
    using ValueResult = std::expected<void, std::string>;

    std::string name;
    std::string takes;        ///< the accepted values, in words
    std::string value_name;   ///< the name of the value in a shell's help: `SPAN`
    std::string syntax = {};  ///< the same as syntax, `<int>`; empty for completion's words
    std::string effect = {};  ///< its effect: a noun phrase with the unit
    std::vector<std::string> details = {};  ///< further sentences for the conf file's spec alone
    /// The default in cloudhijack.conf, from [defaults] or a service's threshold; empty if there is
    /// none.
    std::string default_value = {};
    Interface interface = Interface::both;
    bool can_repeat = false;  ///< in a shell; `set` adds each value to the previous ones
    Completion completion = {};
    std::vector<Mode> modes = {};  ///< the modes that use it; empty for all
    OptionStep step = OptionStep::answer;
    std::function<ValueResult(std::string_view value, Config&)> set;

    /// The accepted values in words, including all words of a list.
    [[nodiscard]] std::string accepts() const;
};

/// The end of the name of an option that sets a service's threshold, after the service's id.
inline constexpr std::string_view k_threshold_suffix = "_threshold";

/// All options, with a threshold for each service of the catalogue that has calls of the phase use.
std::vector<Option> option_table(const rules::Catalogue& catalogue);

/// The options of the map phase. Only the reduce phase writes them; users do not need them.
std::vector<Option> map_option_table();

/// The search command that runs the map phase for a reduce phase. All its words come from closed
/// sets, so none needs quotes.
std::string map_command(const Config& config, std::string_view catalogue_fingerprint);

/// Whether the pipeline for the indexers begins with `fields _time, _raw`, so that Splunk extracts
/// no fields there even if the user's search does not say so. Off, because nobody has tried it on a
/// real Splunk; see docs/how-it-runs.md.
inline constexpr bool k_keeps_only_raw_before_map = false;

/// The pipeline that runs on the indexers: the map command, with `fields _time, _raw` before it if
/// `keeps_only_raw` is true and the map phase reads no other fields.
std::string map_pipeline(const Config& config, std::string_view catalogue_fingerprint,
                         bool keeps_only_raw = k_keeps_only_raw_before_map);

/// Sets an option. The error says what is wrong with the value, and which values are accepted.
Option::ValueResult set_value(const Option& option, std::string_view value, Config& config);

/// The same; the error also names the option, as the interface does.
Result<> set_option(const Option& option, std::string_view shown_name, std::string_view value,
                    Config& config);

/// An error if the mode does not use an option that was given.
Result<> check_mode(const Option& option, std::string_view shown_name, Mode mode);

/// Reads the arguments of the search command, each `name=value`, into a config of defaults. Splunk
/// splits `a = b` into three arguments, so blanks around the sign are accepted.
Result<> read_search_arguments(const std::vector<std::string>& arguments,
                               std::span<const Option> table, Config& config);

}  // namespace cloudhijack::config
