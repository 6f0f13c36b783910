#pragma once

#include <span>
#include <string>
#include <vector>

#include "config/options.hpp"
#include "config/setup.hpp"
#include "output/csv_and_ndjson.hpp"

namespace cloudhijack::scan {

/// What the user of `cloudhijack scan` asked for.
struct ScanOptions {
    std::vector<std::string> paths;
    output::Format format = output::Format::table;
    bool raw_csv = false;
    bool fail_on_findings = false;
    unsigned threads = 1;
    config::Config config;
};

/// The path that `--config` gives, empty without: it must be known before the other options are.
std::string find_config_path(std::span<const std::string> arguments);

/// The error says what is wrong with the arguments.
Result<ScanOptions> read_scan_arguments(std::span<const std::string> arguments,
                                        const config::Setup& setup);

/// An option of `cloudhijack scan` as a user sees it.
struct ShownOption {
    std::string name;  ///< without the dashes in front
    std::string effect;
    std::string takes;  ///< its values in words, where the effect does not say it
    bool takes_value = true;
    config::Offer offer = {};
    char letter = '\0';  ///< its short form; 0: none

    /// What it does, and what it takes.
    [[nodiscard]] std::string text() const;
};

/// The options of scan alone, in the order in which help shows them.
std::vector<ShownOption> own_options();

/// The options that say what to find, of those of a search.
std::vector<ShownOption> search_options(const config::Setup& setup);

/// What help says around the options, in lines.
std::string scan_purpose();
std::string scan_exit_codes();

/// Command lines.
std::vector<std::string> scan_examples();

/// The text of `scan --help`.
std::string scan_help(const config::Setup& setup);

}  // namespace cloudhijack::scan
