#include "detect/catalogue.hpp"

#include <algorithm>
#include <array>

namespace cloudhijack::detect {
namespace {

constexpr std::array<std::string_view, 4> k_ses_volume = {
    "SendEmail", "SendRawEmail", "SendBulkTemplatedEmail", "SendBulkEmail"};
constexpr std::array<std::string_view, 2> k_sns_volume = {"Publish", "PublishBatch"};
constexpr std::array<std::string_view, 3> k_bedrock_volume = {
    "InvokeModel", "InvokeModelWithResponseStream", "CreateModelInvocationJob"};

constexpr std::array k_services = {
    Service{.id = "ses",
            .label = "AWS SES",
            .category = "Email Spam or Phishing Campaign",
            .threshold = 100,
            .source = "ses.amazonaws.com",
            .volume_calls = k_ses_volume},
    Service{.id = "sns",
            .label = "AWS SNS",
            .category = "SMS Pumping or Bulk Spam",
            .threshold = 200,
            .source = "sns.amazonaws.com",
            .volume_calls = k_sns_volume},
    Service{.id = "bedrock",
            .label = "AWS Bedrock",
            .category = "LLM Resource Hijacking (LLMJacking)",
            .threshold = 50,
            .source = "bedrock.amazonaws.com",
            .volume_calls = k_bedrock_volume},
};

}  // namespace

std::span<const Service> services() { return k_services; }

std::optional<std::size_t> find_volume_service(std::string_view source, std::string_view name) {
    const auto service = std::ranges::find(k_services, source, &Service::source);
    if (service == k_services.end()) return std::nullopt;
    if (std::ranges::find(service->volume_calls, name) == service->volume_calls.end()) {
        return std::nullopt;
    }
    return static_cast<std::size_t>(service - k_services.begin());
}

}  // namespace cloudhijack::detect
