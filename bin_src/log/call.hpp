#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "log/principal.hpp"

namespace cloudhijack::log {

/// How a call ended.
enum class Outcome : std::uint8_t {
    ok,
    denied,
    probe,  ///< refused for its parameters, as key checkers provoke it: it proves access at no cost
    failed  ///< in any other way
};

/// As rows show them, in the order of the enumerators.
inline constexpr std::array<std::string_view, 4> k_outcome_names = {"ok", "denied", "probe",
                                                                    "failed"};

/// What an event means: who made the call, how it ended and what is known of its caller. Views lie
/// in the event's text.
struct Call {
    PrincipalParts principal;
    Outcome outcome = Outcome::ok;
    bool is_report = false;       ///< the event repeats calls without being one
    bool is_excluded = false;     ///< a report, or a call that the provider made itself
    bool is_data_event = false;   ///< of the kind that is logged only if somebody asks for it
    bool has_cloud_sign = false;  ///< made from inside a cloud, whose addresses are not its own
    bool has_long_term_key = false;
    bool has_bearer_key = false;
};

/// What calls of one name are about, as far as an evidence rule asks.
enum class CallTopic : std::uint8_t {
    other,
    user,    ///< a user, or an access key of a user, is made
    policy,  ///< a policy is attached to a user
    rights,  ///< a user is given rights in another way
    api_key,
    quota,  ///< somebody asks for a higher one
};

/// What calls of a name are about, in any log.
CallTopic topic_of(std::string_view call_name);

/// The most messages that one call can send: more are not believed, whatever the record says.
inline constexpr std::uint8_t k_most_messages = 50;

/// What a call says in its parameters. Views are valid until the next details are read.
struct CallDetails {
    std::uint8_t messages = 1;          ///< 1 to k_most_messages
    std::string_view model;             ///< its name without path
    std::string_view mail_identity;     ///< that the call verifies, changes or removes
    std::string_view subject;           ///< whom a credential is for, or what is asked for
    std::string_view quarantined_user;  ///< whose key the provider locks with this call; else empty
    bool grants_mail = false;           ///< gives the subject the right to send mail
};

}  // namespace cloudhijack::log
