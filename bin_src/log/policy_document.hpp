#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "json/json_parser.hpp"
#include "log/call.hpp"

namespace cloudhijack::log {

/// An account to which a policy gives access.
struct PolicyGrantee {
    std::string account;           ///< 12 digits; `*` for everyone
    bool has_external_id = false;  ///< only with an id that both sides have agreed on
};

/// The content of an IAM policy document. Only statements that allow something count; in a damaged
/// document none does.
struct PolicyDocument {
    static constexpr std::size_t k_most_grantees = 100;

    bool allows_mail = false;  ///< it allows sending mail through SES
    /// The accounts that statements name as principals. `*` does not count if the statement's
    /// conditions limit it to an organisation (`aws:PrincipalOrgID`) or to a service's work for an
    /// account (`aws:SourceAccount`, `aws:SourceArn`).
    std::vector<PolicyGrantee> grantees;
    /// The class of the document as a role's trust policy. All accounts that it names count, even
    /// beyond k_most_grantees.
    Trust trust = Trust::closed;
};

/// Reads policy documents, with a parser and memory that are reused.
class PolicyReader {
  public:
    /// Reads a document. The result is valid until the next call.
    const PolicyDocument& read(std::string_view text);

  private:
    json::OwnedJsonParser parser_ = json::make_json_parser();
    std::string padded_;
    PolicyDocument document_;
};

}  // namespace cloudhijack::log
