#pragma once

#include <cstdint>
#include <string_view>

#include "log/log.hpp"
#include "log/policy_document.hpp"

namespace cloudhijack::log {

/// The values that hunt mode uses from CloudTrail's `requestParameters`. An empty view is an absent
/// value.
struct RequestParameters {
    std::string_view model;  ///< `modelId`
    std::string_view email_identity;
    std::string_view email_address;
    std::string_view domain;
    std::string_view identity;
    std::string_view user_name;
    std::string_view policy_arn;
    std::string_view service_name;
    std::string_view service_code;
    std::string_view category_code;
    std::string_view case_subject;
    std::string_view role_name;
    std::string_view role_arn;
    std::string_view group_name;
    std::string_view policy_name;
    std::string_view name;  ///< the name of a trail
    std::string_view trail_name;
    std::string_view event_data_store;
    std::string_view log_group_name;
    bool is_omitted = false;      ///< CloudTrail omitted the parameters, and says so in their place
    bool has_bearer_key = false;  ///< the call came with an API key
    /// The policy in the call, under any key; null if there is none. Valid as long as the views.
    const PolicyDocument* policy = nullptr;

    /// The number of recipients of all mails in the call (to, cc, bcc; at least one per bulk
    /// entry). SES masks the addresses in its records but keeps the arrays.
    std::uint64_t recipients = 0;
    std::uint64_t batch_entries = 0;  ///< the number of entries of SNS's PublishBatch
};

/// Reads the values in one pass. `object` is JSON text with io::k_padding readable bytes after it.
/// A value that is empty, damaged or of an unexpected type is absent. The views are valid until the
/// object or the scratch changes.
RequestParameters read_request(std::string_view object, DetailsScratch& scratch);

}  // namespace cloudhijack::log
