#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "result.hpp"

namespace cloudhijack::scp {

/// The values that the program reads from a request's metadata. Unknown keys are skipped, missing
/// ones keep these defaults, as Splunk's versions send different keys.
struct Request {
    std::string action;
    bool finished = false;
    std::vector<std::string> args;  ///< searchinfo.args, without quotes
    std::uint64_t max_result_rows = 50'000;
};

/// Parses the metadata of a request. The error says what is wrong with it. Values that are not used
/// are skipped without being checked.
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

/// Messages and metrics for the job inspector, sent with a reply.
struct Inspector {
    std::vector<Message> messages;
    std::vector<Metric> metrics;
};

/// The reply to getinfo of a command that runs on the search head over all results. Splunk may run
/// the command `streaming_preop` on the indexers before it; empty if there is none.
std::string reporting_getinfo_reply(const std::vector<std::string>& required_fields,
                                    std::string_view streaming_preop = {});

/// The reply to getinfo of a command that may run on the indexers. It receives all fields, and its
/// rows replace the events.
std::string streaming_getinfo_reply();

/// The reply to an execute.
std::string execute_reply(bool finished, const Inspector& inspector = {});

/// The reply that ends the search with an error; Splunk Web shows the text.
std::string error_reply(std::string_view text);

}  // namespace cloudhijack::scp
