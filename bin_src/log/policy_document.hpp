#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "json/json_parser.hpp"
#include "log/call.hpp"

namespace cloudhijack::log {

/// An account that a policy lets in.
struct PolicyGrantee {
    std::string account;           ///< 12 digits; `*`: everybody
    bool has_external_id = false;  ///< only with an id that both sides agreed upon
};

/// What an IAM policy document says. Statements count that allow something; of a damaged document
/// none does.
struct PolicyDocument {
    static constexpr std::size_t k_most_grantees = 100;

    bool allows_mail = false;  ///< to send over SES
    /// Those whom statements name as principals. Everybody is not everybody if the statement's
    /// conditions limit it to an organisation (`aws:PrincipalOrgID`) or to a service's work for an
    /// account (`aws:SourceAccount`, `aws:SourceArn`).
    std::vector<PolicyGrantee> grantees;
    /// What the document is as a role's trust policy: by all whom it names, however many.
    Trust trust = Trust::closed;
};

/// Reads documents, with a parser and memory that it keeps from one to the next.
class PolicyReader {
  public:
    /// Valid until the next call.
    const PolicyDocument& read(std::string_view text);

  private:
    json::OwnedJsonParser parser_ = json::make_json_parser();
    std::string padded_;
    PolicyDocument document_;
};

}  // namespace cloudhijack::log
