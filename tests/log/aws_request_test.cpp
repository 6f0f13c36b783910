#include "log/aws_request.hpp"

#include <doctest/doctest.h>

#include <string>

#include "io/window.hpp"

using namespace cloudhijack;

namespace {

/// Parameters with their padding, and the values read from them.
class Request {
  public:
    explicit Request(const std::string& json) : padded_(json + std::string(io::k_padding, '"')) {
        request_ = log::read_request(std::string_view(padded_).substr(0, json.size()), scratch_);
    }
    const log::RequestParameters* operator->() const { return &request_; }

  private:
    std::string padded_;
    log::DetailsScratch scratch_;
    log::RequestParameters request_;
};

bool allows_mail(const std::string& policy) {
    std::string escaped;
    for (const char c : policy) escaped += c == '"' ? "\\\"" : std::string(1, c);
    const Request request(R"({"policyDocument":")" + escaped + "\"}");
    return request->policy != nullptr && request->policy->allows_mail;
}

}  // namespace

TEST_CASE("request: texts by their keys, the first of duplicate keys") {
    const Request request(
        R"({"modelId":"m","emailIdentity":"e","emailAddress":"a","domain":"d","identity":"i",)"
        R"("userName":"u","roleArn":"r","policyArn":"p","serviceName":"s","serviceCode":7,"categoryCode":true,)"
        R"("subject":"\u00e9","modelId":"other"})");
    CHECK(request->model == "m");
    CHECK(request->email_identity == "e");
    CHECK(request->email_address == "a");
    CHECK(request->domain == "d");
    CHECK(request->identity == "i");
    CHECK(request->user_name == "u");
    CHECK(request->role_arn == "r");
    CHECK(request->policy_arn == "p");
    CHECK(request->service_name == "s");
    CHECK(request->service_code == "7");
    CHECK(request->category_code == "true");
    CHECK(request->case_subject == "\xC3\xA9");
}

TEST_CASE("request: values that are missing, damaged or of another type are absent") {
    for (const std::string json : {"", "{}", "null", "[1]", "{\"modelId\":null}",
                                   "{\"modelId\":{\"a\":1}}", "{\"modelId\":[\"m\"]}", "{\"x\""}) {
        CAPTURE(json);
        const Request request(json);
        CHECK(request->model.empty());
        CHECK(request->recipients == 0);
        CHECK(request->batch_entries == 0);
        CHECK(request->policy == nullptr);
    }
}

TEST_CASE("request: recipients of mails") {
    CHECK(Request(R"({"destination":{"toAddresses":["a","b"],"ccAddresses":["c"],)"
                  R"("bccAddresses":["d"],"x":["y"]}})")
              ->recipients == 4);
    CHECK(Request(R"({"destination":{"toAddresses":"a"}})")->recipients == 0);
    CHECK(Request(R"({"destinations":["a","b","c"]})")->recipients == 3);
    CHECK(Request(R"({"destinations":[{"destination":{"toAddresses":["a","b"]}},{},1]})")
              ->recipients == 4);
    CHECK(Request(R"({"bulkEmailEntries":[{"destination":{"toAddresses":[]}},)"
                  R"({"destination":{"bccAddresses":["a","b","c"]}}]})")
              ->recipients == 4);
    CHECK(Request(R"({"publishBatchRequestEntries":[{"id":"1"},{"id":"2"}]})")->batch_entries == 2);
}

TEST_CASE("request: policies that allow sending mail") {
    CHECK(allows_mail(R"({"Statement":{"Effect":"Allow","Action":"ses:SendRawEmail"}})"));
    CHECK(allows_mail(R"({"Statement":[{"Effect":"Allow","Action":["s3:*","SES:*"]}]})"));
    CHECK(allows_mail(R"({"Statement":[{"Action":"ses:Send*","Effect":"Allow"}],"Version":"1"})"));
    CHECK_FALSE(allows_mail(R"({"Statement":[{"Effect":"Deny","Action":"ses:*"}]})"));
    CHECK_FALSE(allows_mail(R"({"Statement":[{"Effect":"Allow","NotAction":"ses:*"}]})"));
    CHECK_FALSE(allows_mail(R"({"Statement":[{"Effect":"Allow","Action":"*"}]})"));
    CHECK_FALSE(allows_mail(R"({"Statement":[{"Effect":"Allow","Action":"ses:GetSendQuota"}]})"));
    CHECK_FALSE(allows_mail(R"([{"Effect":"Allow","Action":"ses:*"}])"));
    CHECK_FALSE(allows_mail(R"({"Statement":{"Effect":"Allow","Action":"ses:*"})"));  // truncated
    CHECK_FALSE(allows_mail(""));
    CHECK(Request(R"({"policyDocument":{"Statement":[]}})")->policy == nullptr);
}

TEST_CASE("request: a policy with a damaged statement allows nothing, and does no harm") {
    for (const std::string policy :
         {R"({"Statement":[{"Effect":"Allow","Action":"ses:*""Resource":"*"}]})",
          R"({"Statement":{"Effect":"Allow","Action":"ses:*"""""})",
          R"({"Statement":{"Effect":"Allow","Action":["ses:*""a"]}})",
          R"({"Statement":[{"Effect":"Allow","Action":"ses:*"}{}]})",
          R"({"Statement":[{"Effect":"Allow","Action":"ses:*"})",
          R"({"Statement":{"Effect":"Allow","Action":"ses:*"})"}) {
        CAPTURE(policy);
        CHECK_FALSE(allows_mail(policy));
    }
}
