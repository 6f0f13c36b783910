#include "log/azure.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "io/window.hpp"
#include "log/call_filter.hpp"
#include "log/read_call.hpp"
#include "log/record_reader.hpp"

using namespace cloudhijack;

namespace {

/// The values that the program derives from a record.
struct ReadAzureCall {
    std::string log;
    std::string source;
    std::string name;
    std::string account;
    std::string caller;
    std::string caller_type;
    std::string address;
    std::string model;
    std::string resource;
    std::string application;
    log::Outcome outcome = log::Outcome::ok;
    bool one_actor = true;
    bool has_usable_id = false;
};

ReadAzureCall read_azure(const std::string& record) {
    const log::CallFilter filter(json::NameKey(), {});
    log::RecordReader reader(log::all_logs(), filter);
    const std::string padded = record + std::string(io::k_padding, ' ');
    ReadAzureCall read;
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
                                 .address = std::string(event.source_address),
                                 .model = std::string(event.model),
                                 .resource = std::string(event.resource),
                                 .application = std::string(event.application),
                                 .outcome = call.outcome,
                                 .one_actor = call.principal.one_actor,
                                 .has_usable_id = !event.log->usable_id(event).empty()};
                     },
                 .skip = [&read](const log::LostPart& part) { read.log = part.why; },
                 .miss = [&read](std::string_view) { read.log = "none"; },
                 .pass_over = [&read] { read.log = "passed over"; }});
    return read;
}

constexpr std::string_view k_account_id =
    R"("resourceId":"/SUBSCRIPTIONS/AB-12/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.COGNITIVESERVICES/)"
    R"(ACCOUNTS/Shop-AI")";

std::string request(const std::string& status, const std::string& properties,
                    const std::string& more = "") {
    return R"({"category":"RequestResponse","operationName":"ChatCompletions_Create",)" +
           std::string(k_account_id) + R"(,"time":"2026-03-02T10:00:00.1234567Z",)" +
           R"("resultSignature":")" + status + R"(","correlationId":"c-1",)" +
           R"("callerIpAddress":"81.2.69.***","properties":)" + properties + more + "}";
}

const std::string k_with_model = R"({"modelName":"gpt-4o"})";

std::string activity(const std::string& operation, const std::string& more,
                     const std::string& result = "Success") {
    return R"({"operationName":")" + operation + R"(",)" + std::string(k_account_id) +
           R"(,"time":"2026-03-02T10:00:00Z","resultType":")" + result +
           R"(","correlationId":"c",)" +
           R"("identity":{"claims":{"http://schemas.microsoft.com/identity/claims/objectidentifier":)" +
           R"("oid","appid":"app"}})" + more + "}";
}

}  // namespace

TEST_CASE("azure: a call with a key is attributed to anyone who has the key") {
    const auto call = read_azure(request("200", k_with_model));
    CHECK(call.log == "azure_openai");
    CHECK(call.source == "azure-openai");
    CHECK(call.name == "ChatCompletions_Create");
    CHECK(call.account == "ab-12");
    CHECK(call.caller == "key of shop-ai");
    CHECK(call.caller_type == "ApiKey");
    CHECK_FALSE(call.one_actor);
    CHECK(call.address == "81.2.69.***");
    CHECK(call.model == "gpt-4o");
    CHECK(call.resource == "shop-ai");
    CHECK(call.outcome == log::Outcome::ok);
    CHECK(call.has_usable_id);
}

TEST_CASE("azure: a call of an identity, with properties in any form") {
    for (const std::string properties :
         {R"({"objectId":"oid","modelName":"m"})",
          R"("{\"objectId\":\"oid\",\"modelName\":\"m\"}")",
          R"({"objectId":"","callerObjectId":"oid","modelDeploymentName":"m"})"}) {
        CAPTURE(properties);
        const auto call = read_azure(request("200", properties));
        CHECK(call.caller == "oid");
        CHECK(call.caller_type == "EntraId");
        CHECK(call.one_actor);
        CHECK(call.model == "m");
    }
}

TEST_CASE("azure: the outcome of a call, by number and by word") {
    using enum log::Outcome;
    const auto outcome = [](const std::string& status) {
        return read_azure(request(status, k_with_model)).outcome;
    };
    for (const char* status : {"200", "201", "OK", "Created"}) CHECK(outcome(status) == ok);
    for (const char* status : {"401", "403", "Unauthorized", "forbidden"}) {
        CHECK(outcome(status) == denied);
    }
    for (const char* status : {"429", "TooManyRequests"}) CHECK(outcome(status) == throttled);
    for (const char* status : {"400", "404", "500", "BadRequest", "", "2", "2000", "20x"}) {
        CHECK(outcome(status) == failed);
    }
}

TEST_CASE("azure: categories and names ignore case") {
    std::string record = request("200", k_with_model);
    const std::string category = "RequestResponse";
    record.replace(record.find(category), category.size(), "requestresponse");
    CHECK(read_azure(record).log == "azure_openai");
    CHECK(log::azure_openai().ignores_case);
}

TEST_CASE("azure: a record with damaged properties is not one, a record with a damaged body is") {
    CHECK(read_azure(request("200", R"("{\"modelName\":\"m\",\"objectId\":\"o\"")")).log ==
          "has damaged or cut-off JSON in \"properties\"");
    CHECK(read_azure(activity("Microsoft.CognitiveServices/accounts/deployments/write",
                              R"(,"properties":{"requestbody":"{\"properties\":{"})"))
              .name == "accounts/deployments/write");
}

TEST_CASE("azure: a record that names neither a caller nor a model is not a call") {
    CHECK(read_azure(request("200", R"({"objectId":""})")).name.empty());
    CHECK(read_azure(request("400", R"({"objectId":""})")).name == "ChatCompletions_Create");
    const auto note = read_azure(R"({"category":"Trace",)" + std::string(k_account_id) +
                                 R"(,"operationName":"x"})");
    CHECK(note.log == "azure_openai");
    CHECK(note.name.empty());
}

TEST_CASE("azure: values in a body are not mistaken for the record's own") {
    const std::string forged = R"({"modelName":"m","request":{"objectId":"other",)"
                               R"("eventName":"SendEmail","eventSource":"ses.amazonaws.com"}})";
    const auto call = read_azure(request("200", forged));
    CHECK(call.log == "azure_openai");
    CHECK(call.caller == "key of shop-ai");
    const auto in_text = read_azure(request(
        "200", R"({"modelName":"m","prompt":"{\"properties\":{\"objectId\":\"other\"}}"})"));
    CHECK(in_text.caller == "key of shop-ai");
}

TEST_CASE("azure: an id of zeros or a missing id does not distinguish calls") {
    auto record = request("200", k_with_model);
    const std::string id = "c-1";
    record.replace(record.find(id), id.size(), "00000000-0000-0000-0000-000000000000");
    CHECK_FALSE(read_azure(record).has_usable_id);
    CHECK_FALSE(read_azure(R"({"category":"Audit","operationName":"ListKey",)" +
                           std::string(k_account_id) + R"(,"properties":{"objectId":"o"}})")
                    .has_usable_id);
}

TEST_CASE("azure: a gateway's calls have the names of the calls that it forwards") {
    const auto gateway = [](const std::string& properties) {
        return read_azure(
            R"({"category":"GatewayLogs","resourceId":"/subscriptions/S/x","time":"1",)"
            R"("correlationId":"c","callerIpAddress":"192.0.2.1:443","properties":{)" +
            properties + "}}");
    };
    const std::string backend =
        R"("backendUrl":"https://Shop.openai.azure.com/openai/deployments/gpt/chat?v=1")";
    const auto call =
        gateway(R"("operationId":"getChatCompletions","responseCode":200,)" + backend);
    CHECK(call.log == "azure_gateway");
    CHECK(call.source == "azure-apim");
    CHECK(call.name == "ChatCompletions_Create");
    CHECK(call.caller == "key of shop");
    CHECK(call.model == "gpt");
    CHECK(call.address == "192.0.2.1");
    CHECK(call.account == "s");
    CHECK(gateway(R"("url":"https://g/openai/images/generations?x=1","responseCode":403)").name ==
          "ImageGenerations_Create");
    const auto name_of_url = [&gateway](const std::string& url) {
        return gateway(R"("url":")" + url + R"(","responseCode":200)").name;
    };
    for (const char* url :
         {"https://g/openai/chat/completions/?v=1", "https://g/Chat/Completions#x"}) {
        CHECK(name_of_url(url) == "ChatCompletions_Create");
    }
    CHECK(name_of_url("https://g/openai/deployments/d/completions") == "Completions_Create");
    for (const char* url :
         {"https://g/lms/course-completions", "https://g/forms/1/surveyresponses"}) {
        CHECK(name_of_url(url).empty());
    }
    const auto name_of = [&gateway](const std::string& operation) {
        return gateway(R"("operationId":")" + operation +
                       R"(","url":"https://g/embeddings","responseCode":200)")
            .name;
    };
    CHECK(name_of("createResponses") == "responses");
    CHECK(name_of("deleteResponses") == "Embeddings_Create");  // named by hand: the URL decides
    CHECK(gateway(R"("backendUrl":"https://10.1.2.3:8443/OpenAI/Deployments/d/x")").caller ==
          "key of 10.1.2.3");
    CHECK(gateway(R"("backendUrl":"https://u:p@[2001:db8::1]/")").caller == "key of 2001:db8::1");
    CHECK(gateway(R"("backendUrl":"https://10.1.2.3:8443/OpenAI/Deployments/d/x")").model == "d");
    CHECK(gateway(R"("responseCode":null,"operationId":"completions")").outcome ==
          log::Outcome::failed);
    CHECK(gateway(R"("operationId":"completions","subscriptionId":"team","responseCode":200)")
              .caller == "team");
    CHECK(gateway(R"("operationId":"responses","responseCode":400,"backendResponseBody":)"
                  R"("{\"error\":{\"code\":\"content_filter\"}}")")
              .outcome == log::Outcome::blocked);
}

TEST_CASE("azure: operations on resources, in either form") {
    const auto read =
        read_azure(activity("MICROSOFT.COGNITIVESERVICES/ACCOUNTS/LISTKEYS/ACTION", ""));
    CHECK(read.log == "azure_activity");
    CHECK(read.name == "ACCOUNTS/LISTKEYS/ACTION");
    CHECK(read.caller == "oid");
    CHECK(read.application == "app");
    CHECK(read.resource == "shop-ai");
    const auto rest = read_azure(
        R"({"operationName":{"value":"Microsoft.CognitiveServices/accounts/listKeys/action"},)"
        R"("eventTimestamp":"2026-03-02T10:00:00Z","caller":"a@example.org","status":)"
        R"x({"value":"Failed"},"subStatus":{"value":"Forbidden (HTTP Status Code: 403)"},)x"
        R"("claims":{"appid":"app","ipaddr":"192.0.2.7"},)" +
        std::string(k_account_id) + "}");
    CHECK(rest.name == "accounts/listKeys/action");
    CHECK(rest.caller == "a@example.org");
    CHECK(rest.application == "app");
    CHECK(rest.address == "192.0.2.7");
    CHECK(rest.outcome == log::Outcome::denied);
    CHECK(read_azure(activity("Microsoft.CognitiveServices/accounts/listKeys/action", "", "Start"))
              .name.empty());
    CHECK(read_azure(R"({"operationName":"a/b","correlationId":"c","time":"1"})").log == "none");
}

TEST_CASE("azure: an account is enabled if its keys work again or it is new") {
    const std::string write = "Microsoft.CognitiveServices/accounts/write";
    const std::string body =
        R"(,"properties":{"requestbody":"{\"properties\":{\"disableLocalAuth\":false}}"})";
    CHECK(read_azure(activity(write, body)).name == "accounts/write");
    CHECK(read_azure(activity(write, R"(,"resultSignature":"Succeeded.Created.")")).name ==
          "accounts/write");
    CHECK(read_azure(activity(write, R"(,"properties":{"disableLocalAuth":"False"})")).name ==
          "accounts/write");
    CHECK(read_azure(activity(write, "")).name.empty());
    CHECK(
        read_azure(activity("Microsoft.Storage/storageAccounts/listKeys/action", "")).name.empty());
    CHECK(read_azure(activity("microsoft.insights/diagnosticSettings/delete", "")).name ==
          "diagnosticSettings/delete");
}

TEST_CASE("azure: records that count tokens are notes on a resource") {
    const std::string usage =
        R"({"category":"AzureOpenAIRequestUsage","correlationId":"c1","time":"2026-03-02T10:00:00Z",)"
        R"("resourceId":"/SUBSCRIPTIONS/S1/RESOURCEGROUPS/AI/PROVIDERS/)"
        R"(MICROSOFT.COGNITIVESERVICES/ACCOUNTS/SHOP","location":"eastus","properties":)"
        R"({"modelName":"gpt-4o","promptTokens":[1000,200],"cachedTokens":[900],)"
        R"("generatedTokens":[30, 4]}})";
    const log::ReadCall note = log::read_call(usage);
    CHECK(note.log == "azure_openai");
    CHECK(note.name == "AzureOpenAIRequestUsage");
    CHECK(note.caller == "resource shop");
    CHECK_FALSE(note.one_actor);
    CHECK(note.model == "gpt-4o");
    CHECK(note.spend ==
          log::Spend{.input_tokens = 1200, .output_tokens = 34, .cache_read_tokens = 900});
    CHECK(note.id == "c1 azureopenairequestusage");

    const std::string gateway =
        R"({"category":"GatewayLlmLogs","correlationId":"c1","time":"2026-03-02T10:00:00Z",)"
        R"("resourceId":"/SUBSCRIPTIONS/S1/RESOURCEGROUPS/AI/PROVIDERS/MICROSOFT.APIMANAGEMENT/)"
        R"(SERVICE/Gate","properties":{"modelName":"gpt-4o","promptTokens":70,)"
        R"("completionTokens":8,"promptCachedTokens":64}})";
    const log::ReadCall tokens = log::read_call(gateway);
    CHECK(tokens.log == "azure_gateway");
    CHECK(tokens.name == "GatewayLlmLogs");
    CHECK(tokens.caller == "resource gate");
    CHECK(tokens.spend ==
          log::Spend{.input_tokens = 70, .output_tokens = 8, .cache_read_tokens = 64});
    CHECK(log::read_call(log::with_part(gateway, R"("modelName":"gpt-4o",)", "")).name == "");
}

TEST_CASE("azure: tokens of calls, in the record or in the body that the gateway forwarded") {
    const std::string request =
        R"({"category":"RequestResponse","operationName":"ChatCompletions_Create",)"
        R"("resultSignature":"200","resourceId":"/subscriptions/s1/providers/)"
        R"(microsoft.cognitiveservices/accounts/shop","properties":{"modelName":"gpt-4o",)"
        R"("promptTokens":12,"completionTokens":3}})";
    CHECK(log::read_call(request).spend == log::Spend{.input_tokens = 12, .output_tokens = 3});
    const std::string gateway =
        R"({"category":"GatewayLogs","properties":{"operationId":"chatCompletions",)"
        R"("responseCode":200,"backendUrl":"https://shop.openai.azure.com/openai/deployments/d/x",)"
        R"("backendResponseBody":"{\"usage\":{\"prompt_tokens\":20,\"completion_tokens\":5,)"
        R"(\"prompt_tokens_details\":{\"cached_tokens\":16}}}"}})";
    const log::ReadCall call = log::read_call(gateway);
    CHECK(call.caller == "key of shop");
    CHECK(call.model == "d");
    CHECK(call.spend ==
          log::Spend{.input_tokens = 20, .output_tokens = 5, .cache_read_tokens = 16});
}
