#pragma once

#include <optional>
#include <string_view>

#include "cloudtrail/time.hpp"

namespace cloudhijack::cloudtrail {

/// One API call, whatever log it comes from: facts and no verdicts. The views lie in the reader
/// that made it and are valid until its next read; an empty view is an absent value.
struct Event {
    std::string_view time_text;  ///< as the record writes it
    std::string_view source;     ///< `bedrock.amazonaws.com`
    std::string_view name;       ///< `InvokeModel`
    std::string_view error_code;
    std::string_view caller_type;  ///< `AssumedRole`
    std::string_view caller_arn;
    std::string_view caller_principal_id;
    std::string_view source_address;  ///< an address, or a service's name, or any text
    std::string_view region;
    /// The request's parameters, a JSON object as text with io::k_padding readable bytes behind it.
    std::string_view request_parameters;
    /// The time that came with the event from outside the record, where it is the event's own.
    std::optional<Time> row_time;

    /// The record's own time, where it can be read.
    [[nodiscard]] std::optional<Time> time() const { return parse_time(time_text); }
};

}  // namespace cloudhijack::cloudtrail
