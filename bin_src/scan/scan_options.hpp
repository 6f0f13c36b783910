#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "config/options.hpp"
#include "config/setup.hpp"

namespace cloudhijack::scan {

/// In Format's order.
inline constexpr std::array<std::string_view, 3> k_format_names = {"table", "csv", "ndjson"};

/// An option of `cloudhijack scan` as a user sees it.
struct ShownOption {
    std::string name;  ///< without the dashes in front
    std::string effect;
    std::string takes;  ///< its values in words, where the effect does not say it
    bool takes_value = true;
    config::Completion completion = {};
    char letter = '\0';  ///< its short form; 0: none

    /// As Boost.Program_options names it: `help,h`.
    [[nodiscard]] std::string names() const;

    /// What it does, and what it takes.
    [[nodiscard]] std::string text() const;
};

/// The options of scan alone, in the order in which help shows them.
std::vector<ShownOption> own_options();

/// A search's option as a shell names it, without the dashes in front: `min-score` for `min_score`.
std::string shell_name(const config::Option& option);

/// The options that say what to find, of those of a search.
std::vector<ShownOption> finding_options(const config::Setup& setup);

/// What help says around the options, in lines.
std::string scan_purpose();
std::string scan_exit_codes();

/// Command lines.
std::vector<std::string> scan_examples();

/// The text of `scan --help`.
std::string scan_help(const config::Setup& setup);

}  // namespace cloudhijack::scan
