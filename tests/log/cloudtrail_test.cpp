#include "log/cloudtrail.hpp"

#include <doctest/doctest.h>

#include <string>

#include "io/window.hpp"

using namespace cloudhijack;
using log::Event;
using log::Outcome;

namespace {

log::Principal principal_of(const Event& event) {
    return log::cloudtrail().interpret(event).principal.joined();
}

bool is_excluded(const Event& event) { return log::cloudtrail().interpret(event).is_excluded; }

Outcome outcome(std::string_view code, std::string_view message = {}) {
    log::Event event;
    event.error_code = code;
    event.error_message = message;
    return log::cloudtrail().interpret(event).outcome;
}

Event session(std::string_view role, std::string_view name) {
    Event event;
    event.caller_type = "AssumedRole";
    event.issuer = role;
    event.caller = name;
    event.account = "1";
    return event;
}

constexpr std::string_view k_role = "arn:aws:iam::1:role/app";
constexpr std::string_view k_sso = "arn:aws:iam::1:role/aws-reserved/AWSReservedSSO_Admin_0";

}  // namespace

TEST_CASE("principal: a role is one over all its sessions, people who share one are not") {
    const Event app = session(k_role, "arn:aws:sts::1:assumed-role/app/i-1");
    CHECK(principal_of(app).name == k_role);
    Event ann = session(k_sso, "arn:aws:sts::1:assumed-role/AWSReservedSSO_Admin_0/ann@x");
    CHECK(principal_of(ann).name == std::string(k_sso) + "/ann@x");
    ann.source_identity = "ann";
    CHECK(principal_of(ann).name == std::string(k_sso) + "/ann");
    Event named = app;
    named.source_identity = "bob";
    CHECK(principal_of(named).name == std::string(k_role) + "/bob");
    Event by_id = session(k_sso, "");
    by_id.caller_id = "AROA:ann@x";
    CHECK(principal_of(by_id).name == std::string(k_sso) + "/ann@x");
    CHECK(principal_of(session(k_sso, "")).name == k_sso);
}

TEST_CASE("principal: a federated user is its user; others by the first name that is there") {
    Event event = session("arn:aws:iam::1:user/alice", "arn:aws:sts::1:federated-user/tmp");
    event.caller_type = "FederatedUser";
    CHECK(principal_of(event).name == "arn:aws:iam::1:user/alice");
    event.issuer = "";
    CHECK(principal_of(event).name == "arn:aws:sts::1:federated-user/tmp");
    event.caller = "";
    event.access_key = "AKIA1";
    event.caller_id = "AIDA";
    event.caller_account = "2";
    CHECK(principal_of(event).name == "AKIA1");
    event.access_key = "";
    CHECK(principal_of(event).name == "AIDA");
    CHECK(principal_of(event).one_actor);
    event.caller_id = "";
    CHECK(principal_of(event).name == "2");
    CHECK_FALSE(principal_of(event).one_actor);
    event.caller_account = "";
    CHECK(principal_of(event).name == "unknown");
    CHECK_FALSE(principal_of(event).one_actor);
    Event role;
    role.caller_type = "Role";
    role.caller = "arn:aws:iam::1:role/x";
    role.issuer = k_role;
    CHECK(principal_of(role).name == "arn:aws:iam::1:role/x");
}

TEST_CASE("principal: the account is the one in which the call was made") {
    Event event = session(k_role, "");
    event.caller_account = "2";
    CHECK(principal_of(event).account == "1");
    event.account = "";
    CHECK(principal_of(event).account == "2");
    event.caller_account = "";
    CHECK(principal_of(event).account == "unknown");
}

TEST_CASE("principal: what AWS does itself is left out") {
    Event event = session(k_role, "");
    CHECK_FALSE(is_excluded(event));
    event.source_address = "AWS Internal";
    CHECK_FALSE(is_excluded(event));
    event.source_address = "cloudformation.amazonaws.com";
    CHECK(is_excluded(event));
    event.source_address = "";
    event.invoked_by = "ec2.amazonaws.com.cn";
    CHECK(is_excluded(event));
    event.invoked_by = "amazonaws.com.example";
    CHECK_FALSE(is_excluded(event));
    event.caller_type = "AWSService";
    CHECK(is_excluded(event));
    CHECK(is_excluded(
        session("arn:aws:iam::1:role/aws-service-role/x/AWSServiceRoleForSupport", "")));
    for (const char* category : {"NetworkActivity", "Insight"}) {
        Event repeated = session(k_role, "");
        repeated.category = category;
        CHECK(is_excluded(repeated));
    }
    Event data = session(k_role, "");
    data.category = "Data";
    CHECK_FALSE(is_excluded(data));
}

TEST_CASE("outcome: ok, denied, probe, failed") {
    CHECK(outcome("") == Outcome::ok);
    CHECK(outcome("200") == Outcome::ok);
    CHECK(outcome("AccessDenied") == Outcome::denied);
    CHECK(outcome("AccessDeniedException") == Outcome::denied);
    CHECK(outcome("UnauthorizedOperation") == Outcome::denied);
    CHECK(outcome("AuthorizationError") == Outcome::denied);
    CHECK(outcome("AuthorizationErrors") == Outcome::failed);
    CHECK(outcome("Client.UnauthorizedOperation") == Outcome::failed);
    CHECK(outcome("ThrottlingException") == Outcome::failed);
    CHECK(outcome("success") == Outcome::failed);
    CHECK(outcome("ValidationException") == Outcome::failed);
    CHECK(outcome("ValidationException", "max_tokens_to_sample: range: 1..1,000,000") ==
          Outcome::probe);
    CHECK(outcome("ThrottlingException", "max_tokens: range: 1") == Outcome::failed);
}

TEST_CASE("cloudtrail: what is known of the caller's key and place") {
    Event event;
    CHECK_FALSE(log::cloudtrail().interpret(event).has_long_term_key);
    CHECK_FALSE(log::cloudtrail().interpret(event).has_cloud_sign);
    event.access_key = "AKIA1";
    event.bearer_token = "true";
    event.user_agent = "Boto3 exec-env/AWS_Lambda_python3.12";
    CHECK(log::cloudtrail().interpret(event).has_long_term_key);
    CHECK(log::cloudtrail().interpret(event).has_bearer_key);
    CHECK_FALSE(log::cloudtrail().interpret(event).has_cloud_sign);  // anybody can say so
    event.caller_type = "AssumedRole";
    CHECK(log::cloudtrail().interpret(event).has_cloud_sign);
    event.access_key = "ASIA1";
    event.bearer_token = "false";
    CHECK_FALSE(log::cloudtrail().interpret(event).has_long_term_key);
    CHECK_FALSE(log::cloudtrail().interpret(event).has_bearer_key);
    CHECK(log::is_role_session("AssumedRole"));
    CHECK_FALSE(log::is_role_session("IAMUser"));
}

namespace {

/// The details of a call, with what their views need.
class Details {
  public:
    Details(std::string_view source, std::string_view name, const std::string& parameters)
        : padded_(parameters + std::string(io::k_padding, ' ')) {
        event_.log = &log::cloudtrail();
        event_.source = source;
        event_.name = name;
        event_.parameters = std::string_view(padded_).substr(0, parameters.size());
        details_ = reader_.read(event_, log::topic_of(name));
    }
    const log::CallDetails* operator->() const { return &details_; }

  private:
    std::string padded_;
    Event event_;
    log::CallDetailsReader reader_;
    log::CallDetails details_;
};

}  // namespace

TEST_CASE("cloudtrail: a call is as many messages as its service takes, and no more") {
    const auto mails = [](int count) {
        std::string list;
        for (int i = 0; i < count; ++i) list += std::string(i > 0 ? "," : "") + "\"a\"";
        return R"({"destination":{"toAddresses":[)" + list + "]}}";
    };
    CHECK(Details("ses.amazonaws.com", "SendEmail", "")->messages == 1);
    CHECK(Details("ses.amazonaws.com", "SendEmail", mails(3))->messages == 3);
    CHECK(Details("ses.amazonaws.com", "SendEmail", mails(51))->messages == 50);
    CHECK(Details("bedrock.amazonaws.com", "InvokeModel", mails(3))->messages == 1);
    std::string entries;
    for (int i = 0; i < 12; ++i) entries += std::string(i > 0 ? "," : "") + "{}";
    CHECK(Details("sns.amazonaws.com", "PublishBatch",
                  R"({"publishBatchRequestEntries":[)" + entries + "]}")
              ->messages == 10);
}

TEST_CASE("cloudtrail: what a call is about") {
    CHECK(Details("bedrock.amazonaws.com", "InvokeModel", R"({"modelId":"arn:x/claude"})")->model ==
          "claude");
    CHECK(Details("ses.amazonaws.com", "VerifyDomainIdentity", R"({"domain":"d.example"})")
              ->mail_identity == "d.example");
    CHECK(Details("iam.amazonaws.com", "CreateUser", R"({"userName":"bob"})")->subject == "bob");
    CHECK(Details("iam.amazonaws.com", "CreateServiceSpecificCredential",
                  R"({"userName":"bob","serviceName":"bedrock.amazonaws.com"})")
              ->subject == "bedrock.amazonaws.com");
    CHECK(Details("support.amazonaws.com", "CreateCase",
                  R"({"serviceCode":"ses","subject":"more","categoryCode":"limit"})")
              ->subject == "ses limit more");
}

TEST_CASE("cloudtrail: policies that lock a user's key, and that let a user send mail") {
    const auto attached = [](const std::string& policy, std::string_view source) {
        return Details(
            source, "AttachUserPolicy",
            R"({"userName":"bob","policyArn":"arn:aws:iam::aws:policy/)" + policy + "\"}");
    };
    constexpr std::string_view iam = "iam.amazonaws.com";
    CHECK(attached("AWSCompromisedKeyQuarantineV2", iam)->quarantined_user == "bob");
    CHECK(attached("AWSCompromisedKeyQuarantineV2", "x.amazonaws.com")->quarantined_user.empty());
    CHECK(attached("ReadOnlyAccess", iam)->quarantined_user.empty());
    CHECK(attached("AmazonSESFullAccess", iam)->grants_mail);
    CHECK_FALSE(attached("ReadOnlyAccess", iam)->grants_mail);
    CHECK(Details(
              iam, "PutUserPolicy",
              R"({"policyDocument":"{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"ses:*\"}}"})")
              ->grants_mail);
}

TEST_CASE("cloudtrail: the name of a user that AWS names only by account and user") {
    CHECK(log::user_principal("1", "bob") == "arn:aws:iam::1:user/bob");
    CHECK(log::user_of("arn:aws:iam::1:user/team/bob") == "bob");
    CHECK(log::user_of("arn:aws:iam::1:role/bob").empty());
}
