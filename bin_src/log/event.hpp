#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "text/time.hpp"

namespace cloudhijack::log {

/// One API call, whatever log it comes from: facts and no verdicts. The views lie in the text
/// and the reader that made it and are valid until either changes; an empty view is an absent
/// value.
struct Event {
    std::string_view time_text;  ///< as the record writes it
    std::string_view source;     ///< `bedrock.amazonaws.com`
    std::string_view name;       ///< `InvokeModel`
    std::string_view error_code;
    std::string_view error_message;
    std::string_view id;
    std::string_view category;  ///< `Management`, `Data`, `Insight`, `NetworkActivity`
    std::string_view recipient_account;
    std::string_view caller_type;  ///< `AssumedRole`
    std::string_view caller_arn;
    std::string_view caller_principal_id;
    std::string_view caller_account;
    std::string_view access_key;
    std::string_view invoked_by;       ///< the service that made the call for the caller
    std::string_view issuer_arn;       ///< whose session it is: a role, or a federated user's user
    std::string_view source_identity;  ///< who stands behind a role's session
    std::string_view web_identity_provider;
    std::string_view workload_type;   ///< of the function, instance or task that calls
    std::string_view workload;        ///< its ARN
    std::string_view source_address;  ///< an address, or a service's name, or any text
    std::string_view user_agent;
    std::string_view region;
    std::string_view with_bearer_token;  ///< `true` where the call came with an API key
    /// The request's parameters, a JSON object as text with io::k_padding readable bytes behind it.
    std::string_view request_parameters;
    /// The record itself, as JSON text; can be empty where has_uuid().
    std::string_view record;
    /// The time that came with the event from outside the record, where it is the event's own.
    std::optional<text::Time> row_time;

    /// The record's own time, where it can be read.
    [[nodiscard]] std::optional<text::Time> time() const { return text::parse_time(time_text); }

    /// Whether its id has the form of a UUID, which tells calls apart.
    [[nodiscard]] bool has_uuid() const {
        // Sums tell how many there are of either: no other mixture of 36 characters has this one.
        constexpr unsigned dash = 64;
        static constexpr auto worth = [] {
            std::array<unsigned char, 256> table{};
            for (const char c : std::string_view("0123456789abcdefABCDEF")) {
                table[static_cast<unsigned char>(c)] = 1;
            }
            table['-'] = dash;
            return table;
        }();
        if (id.size() != 36) return false;
        unsigned sum = 0;
        for (const char c : id) sum += worth[static_cast<unsigned char>(c)];
        return sum == 32 + 4 * dash && id[8] == '-' && id[13] == '-' && id[18] == '-' &&
               id[23] == '-';
    }
};

}  // namespace cloudhijack::log
