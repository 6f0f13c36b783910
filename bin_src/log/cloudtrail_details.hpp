#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "json/json_parser.hpp"

namespace cloudhijack::log {

/// The most messages that one call can send: SES takes 50 recipients, SNS batches of 10 messages.
inline constexpr std::uint8_t k_most_messages = 50;

/// What a call is about and how many messages it sends, out of its request's parameters. An empty
/// view is an absent value; views are valid until the reader's next read.
struct CallDetails {
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
    bool policy_allows_mail = false;  ///< the policy document allows to send over SES

    /// Recipients of all mails in the call (to, cc, bcc; at least one for each entry of a bulk).
    /// SES masks addresses in its records but keeps the arrays.
    std::uint64_t recipients = 0;
    std::uint64_t batch_entries = 0;  ///< of SNS' PublishBatch
};

/// Reads what the hunt asks of `requestParameters`, in one pass and with parsers of its own.
class CallDetailsReader {
  public:
    /// `object` is JSON text with io::k_padding readable bytes behind it. What is empty, broken or
    /// of another type than expected is absent.
    CallDetails read(std::string_view object);

  private:
    bool allows_mail(std::string_view document);

    json::OwnedJsonParser parser_ = json::make_json_parser();
    json::OwnedJsonParser policy_parser_ = json::make_json_parser();
    std::string policy_;  ///< a policy document with its padding
};

}  // namespace cloudhijack::log
