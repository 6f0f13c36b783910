#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <span>
#include <string_view>

#include "log/event.hpp"
#include "log/principal.hpp"

namespace cloudhijack::log {

/// The outcome of a call.
enum class Outcome : std::uint8_t {
    ok,
    denied,
    probe,  ///< refused for bad parameters, which key checkers send on purpose: proves access for
            ///< free
    throttled,  ///< refused for its rate or a quota
    blocked,    ///< stopped by a filter or a fraud guard
    failed      ///< failed in any other way
};

/// The names that rows show, in the order of the enumerators.
inline constexpr std::array<std::string_view, 6> k_outcome_names = {
    "ok", "denied", "probe", "throttled", "blocked", "failed"};

/// A fact about the credentials of a call.
enum class CredentialSign : std::uint8_t {
    anywhere,      ///< they work anywhere: those of a user or of root, or a bearer key
    scoped,        ///< the log names the workload for which they were issued
    web_identity,  ///< they were issued on the word of an identity provider
    exec_env,      ///< the agent claims to run inside the provider's cloud, which anyone can write
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
    /// Whether the log itself shows that the call came from a workload inside a cloud.
    [[nodiscard]] bool are_of_workload() const {
        return has(CredentialSign::scoped) || has(CredentialSign::web_identity);
    }
    /// Whether anything indicates that the call came from inside a cloud, whose addresses are not
    /// the caller's.
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

/// The meaning of an event: the caller, the outcome and facts about the caller. The views point
/// into the event's text.
struct Call {
    PrincipalParts principal;
    Outcome outcome = Outcome::ok;
    bool is_report = false;    ///< the event repeats calls and is not one itself
    bool is_excluded = false;  ///< a report, or a call that the provider made itself
    /// An excluded call that a service of the provider made with a role of the customer's.
    bool is_by_provider = false;
    bool is_data_event = false;  ///< of a kind that is logged only on request
    CredentialSigns credentials = {};
    /// The provider's service named in place of an address; otherwise empty.
    std::string_view source_service = {};
    bool has_long_term_key = false;
    bool has_bearer_key = false;
};

/// The topic of all calls with the same name, as far as evidence rules need it.
enum class CallTopic : std::uint8_t {
    other,
    user,          ///< a user is created
    access_key,    ///< an access key of a user is created
    key_read,      ///< keys of a resource are read or regenerated
    login,         ///< a user can log in, or its old key works again
    role,          ///< a role is created, or its trust policy changes
    role_assumed,  ///< the caller assumes a role
    policy,        ///< a policy is attached to a user
    rights,        ///< a user is given rights by an inline policy
    group_member,  ///< a user joins a group
    group_policy,  ///< a policy is attached to a group
    group_rights,  ///< a group is given rights by an inline policy
    policy_made,   ///< a managed policy is created
    api_key,
    mail_relay,      ///< a way to submit mail over SMTP is created
    quota,           ///< a higher quota is requested
    resource_grant,  ///< a resource's policy, which defines who may use it, changes
    trail,           ///< a trail is started or changed
    trail_end,       ///< a trail or an event data store stops recording
    log_group,
};

/// The kind of a subject of a call.
enum class SubjectKind : std::uint8_t {
    thing,  ///< something that is enabled or removed: a mail identity, a model
    user,
    role,
    group,
    policy,
    api_key_service,  ///< the service for which a key is created
    mail_relay,
    quota,
    trail,
    log_group,
    key_holder,   ///< the principal that represents anyone who has the keys that a call reads
    application,  ///< the id of the application that reads them
    grantee,      ///< the account that is given access; `*` for everyone
    count         ///< how many there are
};

/// Who may assume a role by its trust policy, apart from the provider's services and federated
/// users; the role's own account counts. Each class is wider than the previous ones.
enum class Trust : std::uint8_t {
    none,     ///< unknown: the call is not about a role, or does not set its trust
    closed,   ///< no account, or none that can be read, as without a document
    partner,  ///< accounts, all of them only with an external id
    open,     ///< an account or everyone, without an external id
    count     ///< how many there are
};

/// A subject of a call. The views are valid as long as those of its CallDetails.
struct CallSubject {
    SubjectKind kind = SubjectKind::thing;
    std::string_view text = {};
    std::string_view via = {};  ///< the group or policy through which a user or group gets rights
    bool grants_mail = false;   ///< the call gives the subject the right to send mail
    bool has_external_id = false;  ///< the grantee has access only with an external id
    Trust trust = Trust::none;     ///< the trust of a role that the call creates or changes
};

/// The topic of calls with this name, in any log.
CallTopic topic_of(std::string_view call_name);

/// The most messages that one call counts for, even if its record claims more.
inline constexpr std::uint16_t k_most_messages = 1000;

/// The usage that the record of a call states: tokens of a model, or money. The values are capped
/// at the limits below, even if the record claims more.
struct Spend {
    static constexpr std::uint32_t k_most_tokens = 1'000'000'000;
    static constexpr std::uint32_t k_most_cost = 1'000'000'000;

    std::uint32_t input_tokens = 0;  ///< with or without cached tokens, as the provider counts
    std::uint32_t output_tokens = 0;
    std::uint32_t cache_read_tokens = 0;
    std::uint32_t cache_write_tokens = 0;
    std::uint32_t cost = 0;  ///< the price stated by the provider, in millionths of a US dollar

    auto operator<=>(const Spend&) const = default;
    [[nodiscard]] bool is_none() const { return *this == Spend{}; }
    /// The sum of all numbers, to compare the spends in several deliveries of one call.
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

/// The details in a call's parameters. The views are valid until the next details are read.
struct CallDetails {
    std::uint16_t messages = 1;  ///< 1 to k_most_messages
    Spend spend;
    std::string_view model;    ///< the model's name without its path
    std::string_view country;  ///< destination of the messages, in ISO 3166 alpha-2 if known
    std::string_view quarantined_user;  ///< the user whose key the provider locks with this call
    bool suspends_account = false;      ///< the provider suspended the caller's account
    bool has_bearer_key = false;        ///< the call came with an API key
    bool is_omitted = false;            ///< the log omitted the parameters
    std::span<const CallSubject> subjects;  ///< can be empty
};

}  // namespace cloudhijack::log
