#pragma once

#include <expected>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "config/setup.hpp"
#include "scan/answer_printer.hpp"
#include "scan/time_range.hpp"

namespace cloudhijack::scan {

/// The settings of a scan, checked and complete.
struct ScanJob {
    std::vector<std::string> paths;  ///< never empty
    AnswerForm form;
    unsigned threads = 1;
    TimeRange range;
    config::Config config;
    config::Setup setup;
};

/// `scan --help`: the text to print.
struct Help {
    std::string text;
};

/// Parses the arguments of `cloudhijack scan`. The error is the messages about mistakes in them or
/// in the configuration that they name.
std::expected<std::variant<ScanJob, Help>, config::Messages> read_command_line(
    std::span<const std::string> arguments);

}  // namespace cloudhijack::scan
