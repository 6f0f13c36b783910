#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "result.hpp"

namespace cloudhijack::scp {

/// What this program reads of a request's metadata; unknown keys are passed over, missing ones keep
/// these defaults (Splunk's versions differ in what they send).
struct Request {
    std::string action;
    bool finished = false;
    std::vector<std::string> args;  ///< searchinfo.args: quotes stripped
    std::uint64_t max_result_rows = 50'000;
};

/// The error says what in the metadata was wrong. Values that are not read are only skipped.
Result<Request> parse_request(std::string_view metadata);

enum class Severity { debug, info, warn, error };

struct Message {
    Severity severity = Severity::info;
    std::string text;
};

/// A line of the job inspector: `metric.<name>`.
struct Metric {
    std::string name;
    double elapsed_seconds = 0;
    std::uint64_t invocations = 0;
    std::uint64_t input_count = 0;
    std::uint64_t output_count = 0;
};

/// What goes into the job inspector beside a reply.
struct Inspector {
    std::vector<Message> messages;
    std::vector<Metric> metrics;
};

/// The answer to getinfo of a command that runs on the search head over all results. What
/// `streaming_preop` names Splunk may run on the indexers before it; empty, there is nothing.
std::string reporting_getinfo_reply(const std::vector<std::string>& required_fields,
                                    std::string_view streaming_preop = {});

/// The answer to getinfo of a command that may run on the indexers; it gets all fields, and its
/// rows replace the events.
std::string streaming_getinfo_reply();

/// The answer to one execute.
std::string execute_reply(bool finished, const Inspector& inspector = {});

/// Ends the search; Splunk Web shows the text.
std::string error_reply(std::string_view text);

}  // namespace cloudhijack::scp
