// The paths of AWS CloudTrail's records. aws_call.cpp and aws_details.cpp interpret them.

#include "log/cloudtrail.hpp"

#include <array>

#include "log/aws_call.hpp"
#include "log/aws_details.hpp"
#include "log/aws_response.hpp"

namespace cloudhijack::log {
namespace {

constexpr std::array k_cloudtrail_paths = {
    ShapePath{.path = "eventTime", .field = &Event::time_text},
    ShapePath{.path = "eventSource", .field = &Event::source},
    ShapePath{.path = "eventName", .field = &Event::name},
    ShapePath{.path = "errorCode", .field = &Event::error_code},
    ShapePath{.path = "userIdentity.type", .field = &Event::caller_type},
    ShapePath{.path = "userIdentity.arn", .field = &Event::caller},
    ShapePath{.path = "userIdentity.principalId", .field = &Event::caller_id},
    ShapePath{.path = "sourceIPAddress", .field = &Event::source_address},
    ShapePath{.path = "awsRegion", .field = &Event::region},
    in_raw_only("errorMessage", &Event::error_message),
    in_raw_only("eventID", &Event::id),
    in_raw_only("requestID", &Event::correlation),
    ShapePath{.path = "eventCategory", .field = &Event::category},
    // The value is not used. Twilio's events have this key as well: listing it here keeps
    // CloudTrail's records on the fast path.
    in_raw_only("eventType", &Event::product),
    in_raw_only("recipientAccountId", &Event::account),
    in_raw_only("userAgent", &Event::user_agent),
    in_raw_only("userIdentity.accountId", &Event::caller_account),
    in_raw_only("userIdentity.accessKeyId", &Event::access_key),
    in_raw_only("userIdentity.invokedBy", &Event::invoked_by),
    ShapePath{.path = "userIdentity.onBehalfOf.userId", .field = &Event::on_behalf_of},
    in_raw_only("userIdentity.inScopeOf.issuerType", &Event::workload_type),
    in_raw_only("userIdentity.inScopeOf.credentialsIssuedTo", &Event::workload),
    in_raw_only("userIdentity.sessionContext.sessionIssuer.arn", &Event::issuer),
    in_raw_only("userIdentity.sessionContext.sourceIdentity", &Event::source_identity),
    in_raw_only("userIdentity.sessionContext.webIdFederationData.federatedProvider",
                &Event::web_identity_provider),
    in_raw_only("additionalEventData.callWithBearerToken", &Event::bearer_token),
    in_raw_only("sessionCredentialFromConsole", &Event::console_session),
    ShapePath{.path = "requestParameters", .holds = Holds::object, .field = &Event::parameters},
};

constexpr std::string_view k_never_shows =
    "data events that no trail is set to log, regions without a trail";

// Notifications of S3 and SQS have a source that begins with `aws:`.
bool recognises(const Event& event) {
    return !event.name.empty() && !event.source.empty() && !event.source.starts_with("aws:");
}

}  // namespace

const Log& cloudtrail() {
    static constexpr Log log = {.id = "cloudtrail",
                                .label = "CloudTrail",
                                .mark = "eventName",
                                .name_key = "eventName",
                                .first_key = "eventVersion",
                                .second_key = "userIdentity",
                                .sources = k_aws_sources,
                                .never_shows = k_never_shows,
                                .is_compact = true,
                                .paths = k_cloudtrail_paths,
                                .recognises = recognises,
                                .complete = complete_aws_call,
                                .usable_id = usable_aws_id,
                                .is_report = is_aws_report,
                                .interpret = interpret_aws_call,
                                .read_details = read_aws_details,
                                .topics = k_aws_topics,
                                .stop = stop_aws_principal};
    return log;
}

}  // namespace cloudhijack::log
