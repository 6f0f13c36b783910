#pragma once

#include <optional>
#include <string_view>

#include "text/time.hpp"

namespace cloudhijack::log {

struct Log;

/// One record of an API call, whatever log it comes from: facts and no verdicts; log::Call has
/// those. The views lie in the text and the reader that made it and are valid until either changes;
/// an empty view is an absent value. Examples are CloudTrail's.
struct Event {
    const Log* log = nullptr;    ///< whose record it is; null only while it is made
    std::string_view time_text;  ///< as the record writes it
    std::string_view source;     ///< `bedrock.amazonaws.com`
    std::string_view name;       ///< `InvokeModel`
    std::string_view error_code;
    std::string_view error_message;
    std::string_view id;
    std::string_view correlation;   ///< an id that all records of one call have
    std::string_view category;      ///< `Management`, `Data`, `Insight`, `NetworkActivity`
    std::string_view account;       ///< in which the call was made
    std::string_view caller_type;   ///< `AssumedRole`
    std::string_view caller;        ///< the caller's name, an ARN
    std::string_view caller_id;     ///< another name of the caller, `AIDA...`
    std::string_view caller_alias;  ///< one more, where a log has three
    std::string_view caller_account;
    std::string_view access_key;
    std::string_view invoked_by;       ///< the service that made the call for the caller
    std::string_view issuer;           ///< whose session it is: a role, or a federated user's user
    std::string_view source_identity;  ///< the person who uses a role's session
    std::string_view on_behalf_of;     ///< the person for whom the caller acts, by an id
    std::string_view web_identity_provider;
    std::string_view workload_type;   ///< of the function, instance or task that calls
    std::string_view workload;        ///< its ARN
    std::string_view source_address;  ///< an address, or a service's name, or any text
    std::string_view user_agent;
    std::string_view region;
    std::string_view bearer_token;     ///< `true` if the call came with an API key
    std::string_view console_session;  ///< `true` if a login at the console gave the credentials
    std::string_view product;          ///< that wrote the record, in a format of several
    std::string_view rest;             ///< JSON, of facts that such a format has no place for
    std::string_view application;      ///< by its id, through which the caller called
    std::string_view resource;         ///< what is called or changed
    std::string_view called_address;   ///< of the web, at a gateway
    std::string_view backend;  ///< an address of the web, of what a gateway passes the call on to
    std::string_view model;    ///< where the record itself says which
    std::string_view result;   ///< how the call ended, where that is apart from the error code
    std::string_view setting;  ///< the value that the call sets
    std::string_view message_count;  ///< how many messages the call sends, in digits
    std::string_view country;        ///< to which it sends them
    /// The tokens that a model read and wrote, and those that a cache gave or took: each a number
    /// in digits, or a JSON array of such numbers.
    std::string_view input_tokens;
    std::string_view output_tokens;
    std::string_view cache_read_tokens;
    std::string_view cache_write_tokens;
    std::string_view price;  ///< what the provider asks for the call, a decimal number
    std::string_view currency;
    /// The request's parameters, a JSON object as text with io::k_padding readable bytes behind it.
    std::string_view parameters;
    /// The time that came with the event from outside the record, if it is the event's own.
    std::optional<text::Time> row_time;

    /// The record's own time, if it can be read.
    [[nodiscard]] std::optional<text::Time> time() const { return text::parse_time(time_text); }
};

}  // namespace cloudhijack::log
