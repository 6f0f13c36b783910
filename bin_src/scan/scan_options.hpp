#pragma once

#include <span>
#include <string>
#include <vector>

#include "command/options.hpp"
#include "command/setup.hpp"
#include "scan/report.hpp"

namespace cloudhijack::scan {

/// What the user of `cloudhijack scan` asked for.
struct ScanOptions {
    std::vector<std::string> paths;
    Format format = Format::table;
    bool raw_csv = false;
    bool fail_on_findings = false;
    unsigned threads = 1;
    command::Config config;
};

/// The path that `--config` gives, empty without: it must be known before the other options are.
std::string find_config_path(std::span<const std::string> arguments);

/// The error says what is wrong with the arguments.
Result<ScanOptions> read_scan_arguments(std::span<const std::string> arguments,
                                        const command::Setup& setup);

/// The text of `scan --help`.
std::string scan_help(const command::Setup& setup);

}  // namespace cloudhijack::scan
