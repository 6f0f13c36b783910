#include "log/log_differential.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <string_view>

#include "changed_texts.hpp"
#include "log/azure.hpp"
#include "log/bedrock_invocations.hpp"
#include "log/ocsf.hpp"
#include "log/sendgrid.hpp"
#include "log/twilio.hpp"
#include "log/vertex_ai.hpp"

using namespace cloudhijack;

namespace {

struct SampleOfLog {
    const log::Log* log;
    std::string_view record;
};

// A record of each log in which every path has a value.
const std::array k_samples = {
    SampleOfLog{
        .log = &log::ocsf(),
        .record =
            R"({"metadata":{"product":{"name":"CloudTrail","feature":{"name":"Data"}},"uid":"u"},)"
            R"("time":1600726972000,"time_dt":"2020-09-21T22:22:52Z","api":{"operation":"Publish",)"
            R"("service":{"name":"sns.amazonaws.com"},"request":{"data":"{\"topicArn\":\"t\"}"},)"
            R"("response":{"error":"AccessDenied","message":"no"}},"cloud":{"region":"r",)"
            R"("account":{"uid":"1"}},"src_endpoint":{"ip":"2001:db8::1","domain":"d"},)"
            R"("http_request":{"user_agent":"a"},"actor":{"user":{"type":"IAMUser","uid":"AIDA",)"
            R"("uuid":"arn:x","uid_alt":"y","account":{"uid":"2"},"account_uid":"3",)"
            R"("credential_uid":"AKIA"},"session":{"issuer":"i","credential_uid":"ASIA"},)"
            R"("invoked_by":"b"},"unmapped":{"recipientAccountId":"4"}})"},
    SampleOfLog{
        .log = &log::azure_openai(),
        .record =
            R"({"category":"RequestResponse","resourceId":"/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/)"
            R"(PROVIDERS/MICROSOFT.COGNITIVESERVICES/ACCOUNTS/SHOP","time":"2026-03-02T10:00:00Z",)"
            R"("operationName":"ChatCompletions_Create","resultSignature":"200","location":"eastus",)"
            R"("Tenant":"t","callerIpAddress":"192.0.2.***","correlationId":"c","properties":)"
            R"("{\"objectId\":\"\",\"callerObjectId\":\"o\",\"modelName\":\"m\"}"})"},
    SampleOfLog{
        .log = &log::azure_gateway(),
        .record =
            R"({"category":"GatewayLogs","resourceId":"/SUBSCRIPTIONS/S","time":"1",)"
            R"("callerIpAddress":"192.0.2.1","location":"l","correlationId":"c","properties":{)"
            R"("url":"https://g/completions","operationId":"o","responseCode":400,"userId":"u",)"
            R"("subscriptionId":"s","backendUrl":"https://shop.openai.azure.com/","backendResponseBody")"
            R"(:"{\"error\":{\"code\":\"content_filter\"}}"}})"},
    SampleOfLog{
        .log = &log::azure_activity(),
        .record =
            R"({"operationName":{"value":"Microsoft.CognitiveServices/accounts/write"},)"
            R"("resourceId":"/subscriptions/s","eventTimestamp":"t","status":{"value":"Succeeded"},)"
            R"("subStatus":{"value":"Created"},"caller":"a@b.example","claims":{"appid":"p",)"
            R"("ipaddr":"1"},"identity":{"claims":{"http://schemas.microsoft.com/identity/claims/)"
            R"(objectidentifier":"o","upn":"u","appid":"q","ipaddr":"2"}},"eventDataId":"e",)"
            R"("correlationId":"c","location":"l","properties":{"statusCode":"OK","requestbody":)"
            R"("{\"properties\":{\"disableLocalAuth\":false}}"}})"},
    SampleOfLog{
        .log = &log::sendgrid(),
        .record =
            R"({"event":"received","timestamp":1772445600,"sg_event_id":"e","sg_message_id":"m",)"
            R"("reason":"r","type":"t","api_key_id":"k","teammate":"u","client_ip":"2001:db8::1",)"
            R"("useragent":"a","recipient_count":2,"category":["c"],"newsletter":{"event":"x"}})"},
    SampleOfLog{
        .log = &log::twilio(),
        .record =
            R"({"sid":"AE1","event_type":"","eventType":"account-api-keys.created",)"
            R"("event_date":null,"eventDate":"2026-03-02T10:00:00Z","account_sid":"AC1",)"
            R"("actor_sid":"US1","actorSid":"US2","source_ip_address":"2001:db8::1",)"
            R"("resource_sid":"SK1","event_data":{"resource_properties":{"status":{"updated":)"
            R"("Active"}}},"links":{"sid":"x"}})"},
    SampleOfLog{
        .log = &log::twilio_streams(),
        .record =
            R"({"specversion":"1.0","type":"com.twilio.messaging.message.sent","source":"/s",)"
            R"("id":"EZ1","time":"2026-03-02T10:00:00.1Z","data":{"messageSid":"SM1",)"
            R"("timestamp":"2026-03-02T10:00:01Z","errorCode":30007,"error_code":"1",)"
            R"("accountSid":"AC1","account_sid":"AC2","numberOfSegments":2,"to":"+441",)"
            R"("mcc":"234"}})"},
    SampleOfLog{.log = &log::twilio_messages(),
                .record =
                    R"({"sid":"SM1","account_sid":"AC1","date_sent":null,"date_created":)"
                    R"("Mon, 02 Mar 2026 10:00:00 +0000","error_code":30007,"num_segments":"1",)"
                    R"("to":"+441","price":"-0.02","price_unit":"USD","direction":"outbound-api",)"
                    R"("subresource_uris":{"sid":"x"}})"},
    SampleOfLog{
        .log = &log::bedrock_invocations(),
        .record =
            R"({"timestamp":"2026-09-08T12:10:33Z","accountId":"1","region":"r","requestId":"q",)"
            R"("operation":"Converse","modelId":"m","errorCode":"e","inputTokenCount":3,"input":)"
            R"({"inputTokenCount":1,"cacheReadInputTokenCount":2,"cacheWriteInputTokenCount":3},)"
            R"("output":{"outputTokenCount":8},"identity":{"arn":"arn:aws:iam::1:user/eve"},)"
            R"("outputTokenCount":4,"schemaType":"ModelInvocationLog"})"},
    SampleOfLog{
        .log = &log::vertex_ai(),
        .record =
            R"({"protoPayload":{"status":{"code":7,"message":"no"},"authenticationInfo":{)"
            R"("principalEmail":"a@b.example","serviceAccountKeyName":"//k/keys/1",)"
            R"("principalSubject":"user:a@b.example"},"requestMetadata":{"callerIp":"192.0.2.1",)"
            R"x("callerSuppliedUserAgent":"a,gzip(gfe)"},"serviceName":"aiplatform.googleapis.com",)x"
            R"("methodName":"x.PredictionService.Predict","resourceName":"projects/p/locations/l"},)"
            R"("insertId":"i","resource":{"labels":{"project_id":"p","email_id":"e"}},"timestamp":"t",)"
            R"("operation":{"first":true,"last":true},"logName":"projects/p/logs/cloudaudit.)"
            R"(googleapis.com%2Fdata_access"})"},
};

}  // namespace

TEST_CASE("logs: each agrees with a simple reader on its sample and on every prefix of it") {
    for (const SampleOfLog& sample : k_samples) {
        CAPTURE(sample.log->id);
        CHECK(log::log_difference(*sample.log, sample.record) == "");
        for (std::size_t size = 0; size < sample.record.size(); ++size) {
            CAPTURE(size);
            CHECK(log::log_difference(*sample.log, sample.record.substr(0, size)) == "");
        }
    }
}

TEST_CASE("logs: each agrees with a simple reader on mutated records, for many seeds") {
    constexpr std::string_view bytes = "{}[]\",:\\u0d8tfn1-.e \n\xC3\xFF";
    for (const SampleOfLog& sample : k_samples) {
        CAPTURE(sample.log->id);
        for (unsigned seed = 0; seed < 1'500; ++seed) {
            const std::string record = with_changes(std::string(sample.record), seed, 3, bytes);
            CAPTURE(seed);
            CHECK(log::log_difference(*sample.log, record) == "");
        }
    }
}
