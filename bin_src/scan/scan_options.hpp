#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "config/options.hpp"
#include "config/setup.hpp"

namespace cloudhijack::scan {

/// The names of the formats, in the order of output::Format.
inline constexpr std::array<std::string_view, 4> k_format_names = {"table", "csv", "ndjson",
                                                                   "html"};

/// An option of `cloudhijack scan` or `merge` as a user sees it.
struct ShownOption {
    std::string name;  ///< without the leading dashes
    std::string effect;
    std::string value_name = {};  ///< `FILE`; empty if it has no value
    std::string takes = {};       ///< its values in words, unless the effect names them
    config::Completion completion = {};
    char letter = '\0';  ///< its short form; 0 if there is none
    bool can_repeat = false;
    config::OptionStep step = config::OptionStep::both;

    [[nodiscard]] bool has_value() const { return !value_name.empty(); }

    /// Its names in the form of Boost.Program_options: `help,h`.
    [[nodiscard]] std::string names() const;

    /// The effect and the accepted values.
    [[nodiscard]] std::string text() const;
};

/// The options that a search does not have, in the order in which help shows them.
std::vector<ShownOption> own_options();

/// The name of a search's option on the command line, without the leading dashes: `min-score` for
/// `min_score`.
std::string shell_name(const config::Option& option);

/// The options of a search that scan has, too, which say what to find.
std::vector<ShownOption> finding_options(const config::Setup& setup);

/// The texts around the options in help, in lines.
std::string scan_purpose();
std::string scan_exit_codes();

/// Example command lines.
std::vector<std::string> scan_examples();

/// The options of merge: those of scan that act on the answer, and its own.
std::vector<ShownOption> own_merge_options();
std::vector<ShownOption> merge_finding_options(const config::Setup& setup);
std::string merge_purpose();
std::string merge_exit_codes();
std::vector<std::string> merge_examples();

/// The texts of `scan --help` and `merge --help`.
std::string scan_help(const config::Setup& setup);
std::string merge_help(const config::Setup& setup);

}  // namespace cloudhijack::scan
