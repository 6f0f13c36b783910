#pragma once

#include <array>
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

/// Where the record of an event stands in a search's rows.
enum class Input : std::uint8_t {
    raw,     ///< in `_raw`, as JSON
    fields,  ///< in columns that Splunk extracted
};

/// Which part of a search the program does.
enum class SearchPhase : std::uint8_t {
    reduce,  ///< on the search head: answers, from events and from what map phases have counted
    map,     ///< on the indexers: counts the events of each chunk
};

/// What to look for.
enum class Mode : std::uint8_t { volume, hunt, baseline, coverage };

inline constexpr std::array<std::string_view, 4> k_mode_names = {"volume", "hunt", "baseline",
                                                                 "coverage"};

/// `hunt`.
constexpr std::string_view name_of(Mode mode) {
    return k_mode_names.at(static_cast<std::size_t>(mode));
}

/// Whether rows are findings, of which an allowlist can take some.
constexpr bool has_findings(Mode mode) { return mode == Mode::volume || mode == Mode::hunt; }

/// Where an option can be given. [defaults] takes those of a search.
enum class Interface : std::uint8_t { both, search, shell };

/// What the user asked for, checked and complete; built once and passed down. Defaults are not
/// here: Setup::default_config() takes them from cloudhijack.conf.
struct Config {
    SearchPhase phase = SearchPhase::reduce;
    Mode mode{};
    Input input{};
    bool distributed = false;                         ///< whether there are to be map phases
    std::string baseline_file;                        ///< in a shell; empty: none
    std::string allowlist_file;                       ///< in a shell; empty: none
    std::string networks_file;                        ///< in a shell; empty: none
    std::set<std::string, std::less<>> own_accounts;  ///< of the organisation
    detect::VolumeRules volume;
    rules::HuntRules hunt;
};

/// What a shell can complete an option's value with.
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

/// An option of both interfaces: `min_score=3` in SPL, `--min-score 3` in a shell, `min_score = 3`
/// under [defaults] in cloudhijack.conf. Help, the man page, completions, the conf file's spec,
/// Splunk's search assistant and README.md repeat what is said here.
struct Option {
    /// An error is what is wrong with the value beyond not being what the option takes; can be
    /// empty.
    using ValueResult = std::expected<void, std::string>;

    std::string name;
    std::string takes;        ///< what its value is, in words
    std::string syntax = {};  ///< the same as a form, `<int>`; empty: the words that it offers
    std::string effect = {};  ///< what it does: a noun phrase, with the unit
    std::vector<std::string> details = {};  ///< more sentences, which only the conf file's spec has
    /// As cloudhijack.conf has it, in [defaults] or as a service's threshold; empty: none.
    std::string default_value = {};
    Interface interface = Interface::both;
    Completion completion = {};
    std::vector<Mode> modes = {};  ///< those that use it; empty: all
    std::function<ValueResult(std::string_view value, Config&)> set;

    /// What its value is, with all words of a list.
    [[nodiscard]] std::string accepts() const;
};

/// What follows a service's id in the name of the option that sets its threshold.
inline constexpr std::string_view k_threshold_suffix = "_threshold";

/// Every option; there is a threshold for each of the catalogue's services that is used.
std::vector<Option> option_table(const rules::Catalogue& catalogue);

/// The options of the map phase, which the reduce phase writes and nobody else has to know.
std::vector<Option> map_option_table();

/// The search command that does the map phase for a reduce phase. Its words are from closed sets,
/// so that nothing needs quotes.
std::string map_command(const Config& config, std::string_view catalogue_fingerprint);

/// Sets an option. The error names it as the interface does, what it takes and what came.
Result<> set_option(const Option& option, std::string_view shown_name, std::string_view value,
                    Config& config);

/// An error where the mode does not use an option that was given.
Result<> check_mode(const Option& option, std::string_view shown_name, Mode mode);

/// Reads the arguments of the search command, `name=value` each, into a config of defaults. Splunk
/// parts `a = b` into three arguments; blanks around the sign are accepted.
Result<> read_search_arguments(const std::vector<std::string>& arguments,
                               std::span<const Option> table, Config& config);

}  // namespace cloudhijack::config
