#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/options.hpp"
#include "config/setup.hpp"
#include "result.hpp"
#include "scan/answer_printer.hpp"
#include "scan/command_line.hpp"

namespace cloudhijack::scan {

/// The arguments of `cloudhijack merge`. The mode of the states decides about the rest of them.
struct MergeRequest {
    std::vector<std::string> paths;  ///< never empty
    bool partial = false;            ///< writes a state instead of an answer
    bool allow_overlap = false;
    GivenOptions given;
    std::string command;  ///< the command line, for a report
    config::Setup setup;
};

/// Parses the arguments. The error is the messages about mistakes in them or in the configuration
/// that they name.
std::expected<std::variant<MergeRequest, Help>, config::Messages> read_merge_command_line(
    std::span<const std::string> arguments);

/// How a merge answers.
struct MergeAnswer {
    config::Config config;
    AnswerForm form;
};

/// Reads the options that depend on the mode of the states, which `header_mode`, of the header of a
/// state with the name `state`, describes. The error describes a mistake in them, or says that
/// there is no such mode.
Result<MergeAnswer> read_merge_answer(const MergeRequest& request, std::string_view header_mode,
                                      const std::string& state);

}  // namespace cloudhijack::scan
