#pragma once

#include <optional>
#include <string_view>

#include "text/time.hpp"

namespace cloudhijack::log {

struct Log;

/// One record of an API call, from any log. It holds facts only; log::Call interprets them. The
/// views point into the text and the reader that made the event and are valid until either changes;
/// an empty view is an absent value. Examples are CloudTrail's.
struct Event {
    const Log* log = nullptr;    ///< the log of the record; null only during construction
    std::string_view time_text;  ///< the record's time as written
    std::string_view source;     ///< `bedrock.amazonaws.com`
    std::string_view name;       ///< `InvokeModel`
    std::string_view error_code;
    std::string_view error_message;
    std::string_view id;
    std::string_view correlation;   ///< an id that all records of one call share
    std::string_view category;      ///< `Management`, `Data`, `Insight`, `NetworkActivity`
    std::string_view account;       ///< the account in which the call was made
    std::string_view caller_type;   ///< `AssumedRole`
    std::string_view caller;        ///< the caller's name, an ARN
    std::string_view caller_id;     ///< another name of the caller, `AIDA...`
    std::string_view caller_alias;  ///< a third name, if a log has three
    std::string_view caller_account;
    std::string_view access_key;
    std::string_view invoked_by;       ///< the service that made the call for the caller
    std::string_view issuer;           ///< owner of the session: a role, or a federated user's user
    std::string_view source_identity;  ///< the person who uses a role's session
    std::string_view on_behalf_of;     ///< the id of the person for whom the caller acts
    std::string_view web_identity_provider;
    std::string_view workload_type;   ///< the type of function, instance or task that calls
    std::string_view workload;        ///< its ARN
    std::string_view source_address;  ///< an address, a service's name, or any text
    std::string_view user_agent;
    std::string_view region;
    std::string_view bearer_token;     ///< `true` if the call came with an API key
    std::string_view console_session;  ///< `true` if a login at the console gave the credentials
    std::string_view product;          ///< the product that wrote the record, in a shared format
    std::string_view rest;             ///< JSON with facts for which such a format has no field
    std::string_view application;      ///< the id of the application that the caller used
    std::string_view resource;         ///< the resource that is called or changed
    std::string_view called_address;   ///< the URL called at a gateway
    std::string_view backend;          ///< the URL to which a gateway forwards the call
    std::string_view model;            ///< the model, if the record names it
    std::string_view result;           ///< the outcome, if it is separate from the error code
    std::string_view setting;          ///< the value that the call sets
    std::string_view message_count;    ///< the number of messages that the call sends, in digits
    std::string_view country;          ///< the country to which it sends them
    /// The tokens that a model read and wrote, and those read from and written to a cache: each a
    /// number in digits, or a JSON array of such numbers.
    std::string_view input_tokens;
    std::string_view output_tokens;
    std::string_view cache_read_tokens;
    std::string_view cache_write_tokens;
    std::string_view price;  ///< the provider's price for the call, a decimal number
    std::string_view currency;
    /// The request's parameters: the text of a JSON object, followed by io::k_padding readable
    /// bytes.
    std::string_view parameters;
    /// The time that came from outside the record, such as a row's `_time`, if it is the time of
    /// this event.
    std::optional<text::Time> row_time;

    /// The record's own time, if it can be read.
    [[nodiscard]] std::optional<text::Time> time() const { return text::parse_time(time_text); }
};

}  // namespace cloudhijack::log
