#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <span>
#include <string_view>

#include "log/event.hpp"
#include "log/principal.hpp"

namespace cloudhijack::log {

/// How a call ended.
enum class Outcome : std::uint8_t {
    ok,
    denied,
    probe,  ///< refused for its parameters, as key checkers provoke it: it proves access at no cost
    throttled,  ///< refused for its rate or a quota
    blocked,    ///< stopped by a filter or a fraud guard
    failed      ///< in any other way
};

/// As rows show them, in the order of the enumerators.
inline constexpr std::array<std::string_view, 6> k_outcome_names = {
    "ok", "denied", "probe", "throttled", "blocked", "failed"};

/// What is known of the credentials of a call.
enum class CredentialSign : std::uint8_t {
    anywhere,      ///< they work wherever they are taken: a user's, root's, a bearer key
    scoped,        ///< the log says for which workload they were made
    web_identity,  ///< an identity provider vouched for them
    exec_env,      ///< the agent says that it runs inside the provider's cloud: anyone can write it
    count          ///< how many there are
};

class CredentialSigns {
  public:
    static constexpr std::uint8_t k_most_bits =
        (1U << static_cast<unsigned>(CredentialSign::count)) - 1;

    void add(CredentialSign sign) { bits_ |= bit_of(sign); }
    void add(CredentialSigns other) { bits_ |= other.bits_; }
    static CredentialSigns of_bits(std::uint8_t bits) {
        CredentialSigns signs;
        signs.bits_ = bits;
        return signs;
    }

    [[nodiscard]] bool has(CredentialSign sign) const { return (bits_ & bit_of(sign)) != 0; }
    /// Whether the log itself shows that the call came from inside a cloud.
    [[nodiscard]] bool are_of_workload() const {
        return has(CredentialSign::scoped) || has(CredentialSign::web_identity);
    }
    /// Whether anything says that the call came from inside a cloud, whose addresses are not the
    /// caller's own.
    [[nodiscard]] bool are_of_cloud() const {
        return are_of_workload() || has(CredentialSign::exec_env);
    }
    [[nodiscard]] std::uint8_t bits() const { return bits_; }

    auto operator<=>(const CredentialSigns&) const = default;

  private:
    static std::uint8_t bit_of(CredentialSign sign) {
        return static_cast<std::uint8_t>(1U << static_cast<unsigned>(sign));
    }

    std::uint8_t bits_ = 0;
};

/// What an event means: who made the call, how it ended and what is known of its caller. Views lie
/// in the event's text.
struct Call {
    PrincipalParts principal;
    Outcome outcome = Outcome::ok;
    bool is_report = false;    ///< the event repeats calls without being one
    bool is_excluded = false;  ///< a report, or a call that the provider made itself
    /// An excluded call that a service of the provider made with a role of the customer's.
    bool is_by_provider = false;
    bool is_data_event = false;  ///< of the kind that is logged only if somebody asks for it
    CredentialSigns credentials = {};
    /// The provider's service that is named instead of an address; else empty.
    std::string_view source_service = {};
    bool has_long_term_key = false;
    bool has_bearer_key = false;
};

/// What calls of one name are about, as far as an evidence rule asks.
enum class CallTopic : std::uint8_t {
    other,
    user,          ///< a user is made
    access_key,    ///< an access key of a user is made
    key_read,      ///< keys of a resource are read, or made anew
    login,         ///< a user can log in, or its old key works again
    role,          ///< a role is made, or who may assume it changes
    role_assumed,  ///< the caller goes on as a role
    policy,        ///< a policy is attached to a user
    rights,        ///< a user is given rights by a policy of its own
    group_member,  ///< a user joins a group
    group_policy,  ///< a policy is attached to a group
    group_rights,  ///< a group is given rights by a policy of its own
    policy_made,   ///< a policy is made, to be attached
    api_key,
    mail_relay,      ///< mail can be handed in over SMTP
    quota,           ///< somebody asks for a higher one
    resource_grant,  ///< a resource's policy says who may use it
    trail,           ///< a trail begins or changes
    trail_end,       ///< a trail, or a store of events, records nothing after this
    log_group,
};

/// What a text is that a call is about.
enum class SubjectKind : std::uint8_t {
    thing,  ///< what is enabled or removed: a mail identity, a model
    user,
    role,
    group,
    policy,
    api_key_service,  ///< for which service a key is made
    mail_relay,
    quota,
    trail,
    log_group,
    key_holder,   ///< the principal for anyone who has the keys that a call reads
    application,  ///< by its id, that reads them
    grantee,      ///< the account that is let in; `*`: everybody
    count         ///< how many there are
};

/// Whom a role's trust policy lets in besides the provider's services and federated users, those of
/// its own account included. Each class is wider than those before it.
enum class Trust : std::uint8_t {
    none,     ///< the call does not say: it is about no role, or does not set its trust
    closed,   ///< no account, or nobody who can be told, as without a document
    partner,  ///< accounts, and all of them only with an external id
    open,     ///< an account or everybody, without one
    count     ///< how many there are
};

/// Something that a call is about. Views are valid as long as those of its CallDetails.
struct CallSubject {
    SubjectKind kind = SubjectKind::thing;
    std::string_view text = {};
    std::string_view via = {};     ///< the group or policy by which a user or group gets rights
    bool grants_mail = false;      ///< gives the subject the right to send mail
    bool has_external_id = false;  ///< of a grantee: only with an id agreed upon
    Trust trust = Trust::none;     ///< of a role that a call makes or changes
};

/// What calls of a name are about, in any log.
CallTopic topic_of(std::string_view call_name);

/// The most messages that one call can send: more are not believed, whatever the record says.
inline constexpr std::uint16_t k_most_messages = 1000;

/// What a call used up, as its record says: tokens of a model, or money. More than the largest
/// numbers below is not believed, whatever the record says.
struct Spend {
    static constexpr std::uint32_t k_most_tokens = 1'000'000'000;
    static constexpr std::uint32_t k_most_cost = 1'000'000'000;

    std::uint32_t input_tokens = 0;  ///< with or without those of the cache, as the provider counts
    std::uint32_t output_tokens = 0;
    std::uint32_t cache_read_tokens = 0;
    std::uint32_t cache_write_tokens = 0;
    std::uint32_t cost = 0;  ///< what the provider itself asks, in millionths of a US dollar

    auto operator<=>(const Spend&) const = default;
    [[nodiscard]] bool is_none() const { return *this == Spend{}; }
    /// All numbers together, to compare the spends of one call's deliveries.
    [[nodiscard]] std::uint64_t size() const {
        return std::uint64_t{input_tokens} + output_tokens + cache_read_tokens +
               cache_write_tokens + cost;
    }
    [[nodiscard]] bool has_tokens() const {
        return (input_tokens | output_tokens | cache_read_tokens | cache_write_tokens) != 0;
    }
};

/// The spend in an event's fields: see Event::input_tokens and Event::price.
Spend spend_of(const Event& event);

/// What a call says in its parameters. Views are valid until the next details are read.
struct CallDetails {
    std::uint16_t messages = 1;  ///< 1 to k_most_messages
    Spend spend;
    std::string_view model;             ///< its name without path
    std::string_view country;           ///< to which messages go; ISO 3166 alpha-2 where known
    std::string_view quarantined_user;  ///< whose key the provider locks with this call; else empty
    bool suspends_account = false;      ///< the provider itself suspended the caller's account
    bool has_bearer_key = false;        ///< the call came with an API key
    bool is_omitted = false;            ///< the log left the parameters out
    std::span<const CallSubject> subjects;  ///< can be empty
};

}  // namespace cloudhijack::log
