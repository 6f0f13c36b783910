#include "log/cloudtrail_details.hpp"

#include <doctest/doctest.h>

#include <string>

#include "io/window.hpp"

using namespace cloudhijack;

namespace {

/// Parameters with their padding, and what was read of them.
class Details {
  public:
    explicit Details(const std::string& json) : padded_(json + std::string(io::k_padding, '"')) {
        details_ = reader_.read(std::string_view(padded_).substr(0, json.size()));
    }
    const log::CallDetails* operator->() const { return &details_; }

  private:
    std::string padded_;
    log::CallDetailsReader reader_;
    log::CallDetails details_;
};

bool allows_mail(const std::string& policy) {
    std::string escaped;
    for (const char c : policy) escaped += c == '"' ? "\\\"" : std::string(1, c);
    return Details(R"({"policyDocument":")" + escaped + "\"}")->policy_allows_mail;
}

}  // namespace

TEST_CASE("call details: texts by their keys, of duplicate keys the first") {
    const Details details(
        R"({"modelId":"m","emailIdentity":"e","emailAddress":"a","domain":"d","identity":"i",)"
        R"("userName":"u","policyArn":"p","serviceName":"s","serviceCode":7,"categoryCode":true,)"
        R"("subject":"\u00e9","modelId":"other"})");
    CHECK(details->model == "m");
    CHECK(details->email_identity == "e");
    CHECK(details->email_address == "a");
    CHECK(details->domain == "d");
    CHECK(details->identity == "i");
    CHECK(details->user_name == "u");
    CHECK(details->policy_arn == "p");
    CHECK(details->service_name == "s");
    CHECK(details->service_code == "7");
    CHECK(details->category_code == "true");
    CHECK(details->case_subject == "\xC3\xA9");
}

TEST_CASE("call details: what is absent, broken or of another type is absent") {
    for (const std::string json : {"", "{}", "null", "[1]", "{\"modelId\":null}",
                                   "{\"modelId\":{\"a\":1}}", "{\"modelId\":[\"m\"]}", "{\"x\""}) {
        CAPTURE(json);
        const Details details(json);
        CHECK(details->model.empty());
        CHECK(details->recipients == 0);
        CHECK(details->batch_entries == 0);
        CHECK_FALSE(details->policy_allows_mail);
    }
}

TEST_CASE("call details: recipients of mails") {
    CHECK(Details(R"({"destination":{"toAddresses":["a","b"],"ccAddresses":["c"],)"
                  R"("bccAddresses":["d"],"x":["y"]}})")
              ->recipients == 4);
    CHECK(Details(R"({"destination":{"toAddresses":"a"}})")->recipients == 0);
    CHECK(Details(R"({"destinations":["a","b","c"]})")->recipients == 3);
    CHECK(Details(R"({"destinations":[{"destination":{"toAddresses":["a","b"]}},{},1]})")
              ->recipients == 4);
    CHECK(Details(R"({"bulkEmailEntries":[{"destination":{"toAddresses":[]}},)"
                  R"({"destination":{"bccAddresses":["a","b","c"]}}]})")
              ->recipients == 4);
    CHECK(Details(R"({"publishBatchRequestEntries":[{"id":"1"},{"id":"2"}]})")->batch_entries == 2);
}

TEST_CASE("call details: policies that allow to send mail") {
    CHECK(allows_mail(R"({"Statement":{"Effect":"Allow","Action":"ses:SendRawEmail"}})"));
    CHECK(allows_mail(R"({"Statement":[{"Effect":"Allow","Action":["s3:*","SES:*"]}]})"));
    CHECK(allows_mail(R"({"Statement":[{"Action":"ses:Send*","Effect":"Allow"}],"Version":"1"})"));
    CHECK_FALSE(allows_mail(R"({"Statement":[{"Effect":"Deny","Action":"ses:*"}]})"));
    CHECK_FALSE(allows_mail(R"({"Statement":[{"Effect":"Allow","NotAction":"ses:*"}]})"));
    CHECK_FALSE(allows_mail(R"({"Statement":[{"Effect":"Allow","Action":"*"}]})"));
    CHECK_FALSE(allows_mail(R"({"Statement":[{"Effect":"Allow","Action":"ses:GetSendQuota"}]})"));
    CHECK_FALSE(allows_mail(R"([{"Effect":"Allow","Action":"ses:*"}])"));
    CHECK_FALSE(allows_mail(R"({"Statement":{"Effect":"Allow","Action":"ses:*"})"));  // cut
    CHECK_FALSE(allows_mail(""));
    CHECK_FALSE(Details(R"({"policyDocument":{"Statement":[]}})")->policy_allows_mail);
}
