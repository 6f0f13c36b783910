#include "log/vertex_ai.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "io/window.hpp"
#include "log/call_filter.hpp"
#include "log/record_reader.hpp"
#include "log/reported_records.hpp"

using namespace cloudhijack;

namespace {

/// The values that the program derives from a record.
struct ReadVertexCall {
    std::string log;
    std::string source;
    std::string name;
    std::string account;
    std::string caller;
    std::string caller_type;
    std::string key;
    std::string agent;
    std::string region;
    std::string model;
    std::string id;
    log::Outcome outcome = log::Outcome::ok;
    bool one_actor = true;
    bool is_data_event = false;
    bool has_long_term_key = false;
    bool has_usable_id = false;
};

ReadVertexCall read_vertex(const std::string& record) {
    const log::CallFilter filter(json::NameKey(), {});
    log::RecordReader reader(log::all_logs(), filter);
    const std::string padded = record + std::string(io::k_padding, ' ');
    ReadVertexCall read;
    reader.read({.text = std::string_view(padded).substr(0, record.size())},
                {.take =
                     [&read](const log::Event& event) {
                         const log::Call call = event.log->interpret(event);
                         read = {.log = std::string(event.log->id),
                                 .source = std::string(event.source),
                                 .name = std::string(event.name),
                                 .account = std::string(call.principal.account),
                                 .caller = std::string(event.caller),
                                 .caller_type = std::string(event.caller_type),
                                 .key = std::string(event.access_key),
                                 .agent = std::string(event.user_agent),
                                 .region = std::string(event.region),
                                 .model = std::string(event.model),
                                 .id = std::string(event.id),
                                 .outcome = call.outcome,
                                 .one_actor = call.principal.one_actor,
                                 .is_data_event = call.is_data_event,
                                 .has_long_term_key = call.has_long_term_key,
                                 .has_usable_id = !event.log->usable_id(event).empty()};
                     },
                 .skip = [&read](const log::LostPart& part) { read.log = part.why; },
                 .miss = [&read](std::string_view) { read.log = "none"; },
                 .pass_over = [&read] { read.log = "passed over"; }});
    return read;
}

constexpr std::string_view k_bot = "bot@shop-4711.iam.gserviceaccount.com";
constexpr std::string_view k_model =
    "projects/shop-4711/locations/europe-west4/publishers/google/models/gemini-2.5-pro";

struct AuditRecord {
    std::string method = "google.cloud.aiplatform.v1.PredictionService.GenerateContent";
    std::string service = "aiplatform.googleapis.com";
    std::string caller = R"("principalEmail":"bot@shop-4711.iam.gserviceaccount.com")";
    std::string resource = std::string(k_model);
    std::string more_of_payload = {};  ///< begins with a comma
    std::string log = "data_access";
    std::string more = {};  ///< further members of the record itself; begins with a comma
};

std::string audit(const AuditRecord& record) {
    return R"({"protoPayload":{"@type":"type.googleapis.com/google.cloud.audit.AuditLog",)"
           R"("authenticationInfo":{)" +
           record.caller +
           R"(},"requestMetadata":{"callerIp":"192.0.2.44","callerSuppliedUserAgent":)"
           R"x("python-requests/2.32,gzip(gfe),gzip(gfe)"},"serviceName":")x" +
           record.service + R"(","methodName":")" + record.method + R"(","resourceName":")" +
           record.resource + '"' + record.more_of_payload +
           R"(},"insertId":"1x2y3z","resource":{"type":"audited_resource","labels":)"
           R"({"project_id":"shop-4711"}},"timestamp":"2026-03-02T10:00:00.123456789Z",)"
           R"("logName":"projects/shop-4711/logs/cloudaudit.googleapis.com%2F)" +
           record.log + '"' + record.more + "}";
}

std::string with_status(const std::string& status) {
    return audit({.more_of_payload = R"(,"status":)" + status});
}

std::string in_string(const std::string& text) {
    std::string quoted;
    for (const char c : text) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return '"' + quoted + '"';
}

}  // namespace

TEST_CASE("vertex: a call of a model with a key of a service account") {
    const auto call = read_vertex(audit(
        {.caller =
             R"("principalEmail":"bot@shop-4711.iam.gserviceaccount.com",)"
             R"("serviceAccountKeyName":"//iam.googleapis.com/projects/shop-4711/)"
             R"(serviceAccounts/bot@shop-4711.iam.gserviceaccount.com/keys/0a1b2c","principalSubject":)"
             R"("serviceAccount:other@shop-4711.iam.gserviceaccount.com")"}));
    CHECK(call.log == "vertex_ai");
    CHECK(call.source == "aiplatform.googleapis.com");
    CHECK(call.name == "GenerateContent");
    CHECK(call.account == "shop-4711");
    CHECK(call.caller == k_bot);
    CHECK(call.caller_type == "ServiceAccount");
    CHECK(call.key == "0a1b2c");
    CHECK(call.has_long_term_key);
    CHECK(call.agent == "python-requests/2.32");
    CHECK(call.region == "europe-west4");
    CHECK(call.model == "gemini-2.5-pro");
    CHECK(call.id == "1x2y3z 2026-03-02T10:00:00.123456789Z GenerateContent");
    CHECK(call.has_usable_id);
    CHECK(call.outcome == log::Outcome::ok);
    CHECK(call.one_actor);
    CHECK(call.is_data_event);
}

TEST_CASE("vertex: the caller, with or without a mail address") {
    const auto caller = [](const std::string& text) {
        return read_vertex(audit({.caller = text}));
    };
    const auto person = caller(R"("principalEmail":"ann@example.org")");
    CHECK(person.caller == "ann@example.org");
    CHECK(person.caller_type == "User");
    CHECK_FALSE(person.has_long_term_key);
    CHECK(caller(R"("principalSubject":"user:ann@example.org")").caller == "ann@example.org");
    const auto bot = caller(R"("principalSubject":"serviceAccount:)" + std::string(k_bot) + '"');
    CHECK(bot.caller == k_bot);
    CHECK(bot.caller_type == "ServiceAccount");
    const std::string subject =
        "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/"
        "subject/s";
    const auto federated = caller(R"("principalSubject":")" + subject + '"');
    CHECK(federated.caller == subject);
    CHECK(federated.caller_type == "Federated");
    const auto nobody = caller("");
    CHECK(nobody.caller_type.empty());
    CHECK_FALSE(nobody.one_actor);
}

TEST_CASE("vertex: the outcome of a call, from its status") {
    using enum log::Outcome;
    const auto outcome = [](const std::string& status) {
        return read_vertex(with_status(status)).outcome;
    };
    for (const char* status : {"{}", "null", R"({"code":0})", R"({"message":"7"})"}) {
        CHECK(outcome(status) == ok);
    }
    for (const char* status : {R"({"code":7,"message":"no"})", R"({"code":16})"}) {
        CHECK(outcome(status) == denied);
    }
    CHECK(outcome(R"({"code":8})") == throttled);
    for (const char* status : {R"({"code":3})", R"({"code":10})", R"({"code":13})"}) {
        CHECK(outcome(status) == failed);
    }
}

TEST_CASE("vertex: the first of an operation's two records is the call") {
    const auto name = [](const std::string& operation) {
        return read_vertex(
                   audit({.method = "google.cloud.aiplatform.v1.EndpointService.DeployModel",
                          .log = "activity",
                          .more = R"(,"operation":)" + operation}))
            .name;
    };
    CHECK(name(R"({"id":"1","first":true})") == "DeployModel");
    CHECK(name(R"({"id":"1","first":true,"last":true})") == "DeployModel");
    CHECK(name(R"({"id":"1","first":false})") == "DeployModel");
    CHECK(name(R"({"id":"1","last":true})").empty());
    CHECK(name(R"({"id":"1","first":false,"last":true})").empty());
}

TEST_CASE("vertex: a call of another service has its full source, not one of AWS") {
    const auto call = read_vertex(audit({.method = "google.iam.admin.v1.CreateServiceAccountKey",
                                         .service = "iam.googleapis.com",
                                         .resource = "projects/-/serviceAccounts/1234567890",
                                         .log = "activity"}));
    CHECK(call.source == "iam.googleapis.com");
    CHECK(call.name == "CreateServiceAccountKey");
    CHECK(call.account == "shop-4711");
    CHECK(call.region.empty());
    CHECK(call.model.empty());
    CHECK_FALSE(call.is_data_event);
}

TEST_CASE("vertex: a resource's project counts, unless it is a number or a wildcard") {
    const auto account = [](const std::string& resource) {
        return read_vertex(audit({.resource = resource})).account;
    };
    CHECK(account("projects/other-1/locations/l/endpoints/7") == "other-1");
    CHECK(account("projects/123456/locations/l/endpoints/7") == "shop-4711");
    CHECK(account("") == "shop-4711");
    CHECK(read_vertex(audit({.resource = "projects/models/locations/l/models/m@2"})).model ==
          "m@2");
}

TEST_CASE("vertex: other logs of Google, and records that look like Google's, are not recognised") {
    auto other = audit({});
    const std::string log = "cloudaudit.googleapis.com%2Fdata_access";
    other.replace(other.find(log), log.size(), "cloudaudit");
    CHECK(read_vertex(other).log == "none");
    CHECK(read_vertex(R"({"logName":"projects/p/logs/cloudaudit.googleapis.com%2Factivity",)"
                      R"("textPayload":"protoPayload"})")
              .log == "none");
}

TEST_CASE("vertex: a record without an id has no usable id") {
    auto record = audit({});
    const std::string id = R"("insertId":"1x2y3z",)";
    record.erase(record.find(id), id.size());
    CHECK_FALSE(read_vertex(record).has_usable_id);
}

TEST_CASE("vertex: a record is read in the envelopes of Pub/Sub and exports") {
    const std::string record = audit({});
    for (const std::string& carried :
         {R"({"data":)" + record + R"(,"publish_time":1772445600.1,"attributes":{}})",
          R"({"data":)" + in_string(record) + "}", R"({"event":)" + record + "}",
          "[" + record + "]", R"({"result":{"_raw":)" + in_string(record) + "}}"}) {
        CAPTURE(carried);
        CHECK(log::results_of(carried) == std::vector<std::string>{"GenerateContent"});
    }
}

TEST_CASE("vertex: a record that contains records of other logs is still Google's") {
    const std::string cloudtrail = log::record_of_call("SendEmail");
    const std::string azure =
        R"({"category":"RequestResponse","operationName":"ChatCompletions_Create","resourceId":)"
        R"("/subscriptions/s/providers/Microsoft.CognitiveServices/accounts/a"})";
    for (const std::string& other : {cloudtrail, azure, audit({.method = "other.Predict"})}) {
        CAPTURE(other);
        for (const std::string& held : {other, in_string(other)}) {
            const auto call = read_vertex(audit(
                {.more_of_payload = R"(,"request":{"contents":)" + held + R"(},"response":)" + held,
                 .more = R"(,"labels":{"note":)" + held + "}"}));
            CHECK(call.log == "vertex_ai");
            CHECK(call.name == "GenerateContent");
            CHECK(call.caller == k_bot);
        }
    }
    const std::string held = R"({"eventSource":"s","eventName":"e","requestParameters":)";
    CHECK(read_vertex(held + audit({}) + "}").log == "cloudtrail");
}

TEST_CASE("vertex: a record truncated anywhere is unreadable, and not another log's") {
    const std::string record = audit(
        {.more = R"(,"operation":{"id":"1","producer":"aiplatform.googleapis.com","first":true})"});
    const auto whole = log::results_of(record);
    CHECK(whole == std::vector<std::string>{"GenerateContent@"});
    for (std::size_t size = 1; size < record.size(); ++size) {
        CAPTURE(size);
        const auto results = log::results_of(record.substr(0, size));
        REQUIRE(results.size() == 1);
        CHECK(results.front().contains("JSON"));
    }
}
