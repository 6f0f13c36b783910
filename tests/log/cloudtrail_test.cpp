#include "log/cloudtrail.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>

#include "io/window.hpp"
#include "log/read_call.hpp"

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

TEST_CASE(
    "principal: all sessions of a role are one principal, people who share a role are several") {
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

TEST_CASE("principal: a federated user counts as its user; others have the first available name") {
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

namespace {

// The call in a CloudTrail record with this identity and further keys.
log::ReadCall call_of(const std::string& identity, const std::string& more = "") {
    return log::read_call(R"({"eventSource":"s.amazonaws.com","eventName":"x","userIdentity":)" +
                          identity + more + "}");
}

}  // namespace

TEST_CASE("principal: a session's ARN names its role if the record has no issuer") {
    const auto name_of = [](const std::string& identity) { return call_of(identity).caller; };
    CHECK(name_of(R"({"type":"AssumedRole","arn":"arn:aws:sts::1:assumed-role/app/i-1"})") ==
          k_role);
    CHECK(name_of(R"({"arn":"arn:aws:sts::1:assumed-role/app/i-1"})") == k_role);
    CHECK(name_of(R"({"type":"AssumedRole","arn":"arn:aws-cn:sts::1:assumed-role/app/i-1"})") ==
          "arn:aws-cn:iam::1:role/app");
    CHECK(name_of(R"({"type":"AssumedRole","sessionContext":{},)"
                  R"("arn":"arn:aws:sts::1:assumed-role/AWSReservedSSO_A_0/ann@x"})") ==
          "arn:aws:iam::1:role/AWSReservedSSO_A_0/ann@x");
    CHECK(name_of(R"({"type":"AssumedRole","principalId":"AROA1:i-1","accessKeyId":"ASIA1"})") ==
          "AROA1");
    CHECK(name_of(R"({"type":"AssumedRole","arn":"arn:aws:sts::1:assumed-role/"})") ==
          "arn:aws:sts::1:assumed-role/");
    CHECK(name_of(R"({"type":"FederatedUser","arn":"arn:aws:sts::1:federated-user/ann"})") ==
          "arn:aws:sts::1:federated-user/ann");
}

TEST_CASE("principal: Identity Center's users are distinguished, even if they use a role") {
    const std::string user = R"("onBehalfOf":{"userId":"5448-94e8"}})";
    const std::string person = R"({"type":"IdentityCenterUser","accountId":"1",)";
    CHECK(call_of(person + user).caller == "identitycenter/5448-94e8");
    CHECK(call_of(person + R"("x":1})").caller == "1");
    CHECK(call_of(person + R"("arn":"arn:x","principalId":"p",)" + user).caller ==
          "identitycenter/5448-94e8");
    CHECK(call_of(R"({"type":"IAMUser","accountId":"1",)" + user).caller == "1");
    const std::string role =
        R"({"type":"AssumedRole","arn":"arn:aws:sts::1:assumed-role/app/i-1",)";
    CHECK(call_of(role + user).caller == std::string(k_role) + "/5448-94e8");
}

TEST_CASE("cloudtrail: a call's id is its event id, or else its request id") {
    const auto id_of = [](std::string_view id, std::string_view request) {
        Event event;
        event.id = id;
        event.correlation = request;
        return log::cloudtrail().usable_id(event);
    };
    constexpr std::string_view uuid = "00000000-0000-4000-8000-000000000001";
    CHECK(id_of(uuid, "A1B2C3D4E5F60718") == uuid);
    CHECK(id_of("EXAMPLE", "A1B2C3D4E5F60718") == "A1B2C3D4E5F60718");
    CHECK(id_of("", uuid) == uuid);
    CHECK(id_of("", "") == "");
    CHECK(id_of("", "none") == "");
    CHECK(id_of("00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000000") ==
          "");
}

TEST_CASE(
    "cloudtrail: a session token made from a long-term key counts as one, unless it is the "
    "console's") {
    const auto has_key = [](std::string_view key, std::string_view type, std::string_view agent,
                            std::string_view console) {
        Event event;
        event.access_key = key;
        event.caller_type = type;
        event.user_agent = agent;
        event.console_session = console;
        return log::cloudtrail().interpret(event).has_long_term_key;
    };
    CHECK(has_key("AKIA1", "IAMUser", "aws-cli", ""));
    CHECK(has_key("AKIA1", "Root", "Mozilla/5.0", "true"));
    CHECK(has_key("ASIA1", "IAMUser", "aws-cli", ""));
    CHECK_FALSE(has_key("ASIA1", "IAMUser", "aws-cli", "true"));
    CHECK_FALSE(has_key("ASIA1", "IAMUser", "Mozilla/5.0", ""));
    CHECK_FALSE(has_key("ASIA1", "AssumedRole", "aws-cli", ""));
}

TEST_CASE("cloudtrail: credentials that work anywhere") {
    const auto anywhere = [](std::string_view type, std::string_view bearer = {}) {
        Event event;
        event.caller_type = type;
        event.bearer_token = bearer;
        return log::cloudtrail().interpret(event).credentials.has(log::CredentialSign::anywhere);
    };
    CHECK(anywhere("IAMUser"));
    CHECK(anywhere("Root"));
    CHECK(anywhere("FederatedUser"));
    CHECK(anywhere("AssumedRole", "true"));
    CHECK_FALSE(anywhere("AssumedRole"));
    CHECK_FALSE(anywhere("AssumedRole", "false"));
    CHECK_FALSE(anywhere("IdentityCenterUser"));
}

TEST_CASE("cloudtrail: use by a service with a customer's role") {
    Event event = session(k_role, "");
    const auto is_by_provider = [&event] {
        return log::cloudtrail().interpret(event).is_by_provider;
    };
    CHECK_FALSE(is_by_provider());
    event.invoked_by = "bedrock.amazonaws.com";
    CHECK(is_by_provider());
    event.invoked_by = "signin.amazonaws.com";
    CHECK_FALSE(is_by_provider());
    event.invoked_by = "bedrock.amazonaws.com";
    event.category = "Insight";
    CHECK_FALSE(is_by_provider());
    event.category = "";
    event.issuer = "arn:aws:iam::1:user/alice";
    CHECK_FALSE(is_by_provider());
    event.issuer = "arn:aws:iam::1:role/aws-service-role/x/AWSServiceRoleForSupport";
    CHECK_FALSE(is_by_provider());
}

TEST_CASE("principal: principals that do the same work have the same family") {
    const auto family = [](const std::string& rest) {
        return log::family_of("arn:aws:iam::1:" + rest);
    };
    CHECK(family("user/eve1").empty());
    CHECK(family("role/app") == "app");
    CHECK(family("role/team/pr-17") == "pr-#");
    CHECK(family("role/pr-100") == "pr-#");
    CHECK(family("role/web-Service3D9F1C2A-1A2B3C4D5E6F7") == "web-Service");
    CHECK(family("role/web-Service3D9F1C2A-1A2B3C4D5E6F") == "web-Service");
    CHECK(family("role/web-Service3D9F1C2A-1A2B3C4D5E6") == "web-Service-#A#");
    CHECK(family("role/web-1A2B3C4D5E6F78") == "web-#A#F#");
    CHECK(family("role/x3D9F1C2") == "x#D#F#C#");  // 7 digits are not a hash
    CHECK(family("role/3D9F1C2A") == "#D#F#C#A");  // nor are digits without a letter before them
    CHECK(family("role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Dev_0123/ann@x") ==
          "AWSReservedSSO_Dev_0123");
    CHECK(family("role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Dev_0123") ==
          "AWSReservedSSO_Dev_#");
}

TEST_CASE("principal: the key of a user or a role does not depend on its path") {
    CHECK(log::actor_key("arn:aws:iam::1:user/a/b/eve") == log::user_key("eve"));
    CHECK(log::actor_key("arn:aws:iam::1:role/a/app") == log::role_key("app"));
    CHECK(log::user_key("app") != log::role_key("app"));
    CHECK(log::actor_key("AKIA1") == "AKIA1");
}

TEST_CASE("principal: the account of a role, from its ARN") {
    CHECK(log::account_of_role("arn:aws:iam::111122223333:role/app") == "111122223333");
    CHECK(log::account_of_role("arn:aws-cn:iam::111122223333:role/team/app") == "111122223333");
    for (const std::string_view other :
         {"", "app", "arn:aws:iam::111122223333:role/", "arn:aws:iam::111122223333:role",
          "arn:aws:iam::111122223333:role/team/", "arn:aws:iam::111122223333:user/app",
          "arn:aws:iam::11112222333:role/app", "arn:aws:iam::1111222233334:role/app",
          "arn:aws:iam::11112222333x:role/app", "arn:aws:iam:us-east-1:111122223333:role/app",
          "arn:aws:sts::111122223333:assumed-role/app/s", "x:aws:iam::111122223333:role/app",
          "arn:aws:x:iam::111122223333:role/app", "arn:aws:iam::"}) {
        CAPTURE(other);
        CHECK(log::account_of_role(other).empty());
    }
}

TEST_CASE("principal: calls that AWS makes itself are excluded") {
    Event event = session(k_role, "");
    CHECK_FALSE(is_excluded(event));
    event.source_address = "AWS Internal";
    CHECK_FALSE(is_excluded(event));
    event.source_address = "appstream.amazonaws.com";
    CHECK_FALSE(is_excluded(event));  // a service's name there proves nothing
    CHECK(log::cloudtrail().interpret(event).source_service == "appstream.amazonaws.com");
    event.invoked_by = "signin.amazonaws.com";
    CHECK_FALSE(is_excluded(event));  // a person at the console
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

TEST_CASE("outcome: ok, denied, probe, throttled, failed") {
    CHECK(outcome("") == Outcome::ok);
    CHECK(outcome("200") == Outcome::ok);
    CHECK(outcome("AccessDenied") == Outcome::denied);
    CHECK(outcome("AccessDeniedException") == Outcome::denied);
    CHECK(outcome("UnauthorizedOperation") == Outcome::denied);
    CHECK(outcome("AuthorizationError") == Outcome::denied);
    CHECK(outcome("AuthorizationErrors") == Outcome::failed);
    CHECK(outcome("Client.UnauthorizedOperation") == Outcome::failed);
    for (const std::string_view code :
         {"ThrottlingException", "TooManyRequestsException", "ServiceQuotaExceededException",
          "LimitExceeded", "LimitExceededException", "LimitExceededFault"}) {
        CAPTURE(code);
        CHECK(outcome(code) == Outcome::throttled);
    }
    for (const std::string_view code :
         {"Throttling", "ThrottlingExceptions", "RequestLimitExceeded", "throttlingexception"}) {
        CAPTURE(code);
        CHECK(outcome(code) == Outcome::failed);
    }
    CHECK(outcome("success") == Outcome::failed);
    CHECK(outcome("ValidationException") == Outcome::failed);
    CHECK(outcome("ValidationException", "max_tokens_to_sample: range: 1..1,000,000") ==
          Outcome::probe);
    CHECK(outcome("ThrottlingException", "max_tokens: range: 1") == Outcome::throttled);
    CHECK(outcome("VpceAccessDenied") == Outcome::denied);
    for (const std::string_view words :
         {"Malformed input request: -1 is not greater or equal to 0, please reformat your input",
          "MALFORMED INPUT REQUEST: #/maxTokens: -1.0 is not greater or equal to 1",
          "The value of maxTokens must be greater than or equal to 1", "maxTokens: minimum is 1",
          "MAX_TOKENS: at least 1", "messages: at least one message is required",
          "Model use case details have not been submitted for this account.",
          "max_tokens_to_sample:\nrange: 1..1,000,000"}) {
        CAPTURE(words);
        CHECK(outcome("ValidationException", words) == Outcome::probe);
        CHECK(outcome("ResourceNotFoundException", words) == Outcome::probe);
        CHECK(outcome("InternalServerException", words) == Outcome::failed);
    }
    for (const std::string_view words :
         {"max_tokens: 8000 > 4096, which is the maximum allowed number of output tokens",
          "Malformed input request: 8192 is not less or equal to 8191",
          "-1 is not greater or equal to 0", "Input is too long for requested model."}) {
        CAPTURE(words);
        CHECK(outcome("ValidationException", words) == Outcome::failed);
    }
}

TEST_CASE("cloudtrail: facts about the caller's key and origin") {
    Event event;
    CHECK_FALSE(log::cloudtrail().interpret(event).has_long_term_key);
    CHECK_FALSE(log::cloudtrail().interpret(event).credentials.are_of_cloud());
    event.access_key = "AKIA1";
    event.bearer_token = "true";
    event.user_agent = "Boto3 exec-env/AWS_Lambda_python3.12";
    CHECK(log::cloudtrail().interpret(event).has_long_term_key);
    CHECK(log::cloudtrail().interpret(event).has_bearer_key);
    // Anyone can write this.
    CHECK_FALSE(log::cloudtrail().interpret(event).credentials.are_of_cloud());
    event.caller_type = "AssumedRole";
    CHECK(log::cloudtrail().interpret(event).credentials.are_of_cloud());
    CHECK_FALSE(log::cloudtrail().interpret(event).credentials.are_of_workload());
    event.workload_type = "AWS::Lambda::Function";
    CHECK(log::cloudtrail().interpret(event).credentials.are_of_workload());
    event.access_key = "ASIA1";
    event.bearer_token = "false";
    CHECK_FALSE(log::cloudtrail().interpret(event).has_long_term_key);
    CHECK_FALSE(log::cloudtrail().interpret(event).has_bearer_key);
    CHECK(log::is_role_session("AssumedRole"));
    CHECK_FALSE(log::is_role_session("IAMUser"));
}

namespace {

/// The details of a call, and the memory of their views.
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

    /// The subjects as text: `user bob via mailers, ...`.
    [[nodiscard]] std::string texts() const {
        constexpr std::array<std::string_view, static_cast<std::size_t>(log::SubjectKind::count)>
            kinds = {"thing",           "user",        "role",   "group", "policy",
                     "api_key_service", "mail_relay",  "quota",  "trail", "log_group",
                     "key_holder",      "application", "grantee"};
        std::string all;
        for (const log::CallSubject& subject : details_.subjects) {
            if (!all.empty()) all += ", ";
            all.append(kinds.at(static_cast<std::size_t>(subject.kind))).append(1, ' ');
            all += subject.text;
            if (!subject.via.empty()) all.append(" via ").append(subject.via);
        }
        return all;
    }

  private:
    std::string padded_;
    Event event_;
    log::CallDetailsReader reader_;
    log::CallDetails details_;
};

}  // namespace

TEST_CASE("cloudtrail: a call counts for at most as many messages as its service accepts") {
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

TEST_CASE("cloudtrail: the subjects of a call") {
    CHECK(Details("bedrock.amazonaws.com", "InvokeModel", R"({"modelId":"arn:x/claude"})")->model ==
          "claude");
    CHECK(
        Details("ses.amazonaws.com", "VerifyDomainIdentity", R"({"domain":"d.example"})").texts() ==
        "thing d.example");
    CHECK(Details("iam.amazonaws.com", "CreateUser", R"({"userName":"bob"})").texts() ==
          "user bob");
    CHECK(Details("iam.amazonaws.com", "CreateServiceSpecificCredential",
                  R"({"userName":"bob","serviceName":"bedrock.amazonaws.com"})")
              .texts() == "user bob, api_key_service bedrock.amazonaws.com");
    CHECK(Details("support.amazonaws.com", "CreateCase",
                  R"({"serviceCode":"ses","subject":"more","categoryCode":"limit"})")
              .texts() == "quota ses limit more");
    CHECK(Details("servicequotas.amazonaws.com", "StartAutoManagement", "{}").texts() ==
          "quota StartAutoManagement");
    CHECK(Details("iam.amazonaws.com", "AddUserToGroup",
                  R"({"userName":"bob","groupName":"mailers"})")
              .texts() == "user bob via mailers");
    CHECK(Details("iam.amazonaws.com", "AttachGroupPolicy",
                  R"({"groupName":"mailers","policyArn":"arn:aws:iam::1:policy/p"})")
              .texts() == "group mailers via p");
    CHECK(Details("iam.amazonaws.com", "CreateRole",
                  R"({"roleName":"app","assumeRolePolicyDocument":"{\"Statement\":{\"Effect\":)"
                  R"(\"Allow\",\"Principal\":{\"AWS\":[\"1\",\"999999999999\"]}}}"})")
              .texts() == "role app, grantee 999999999999");
    CHECK(Details("cloudtrail.amazonaws.com", "StopLogging",
                  R"({"name":"arn:aws:cloudtrail:us-east-1:1:trail/main"})")
              .texts() == "trail main");
    CHECK(
        Details("logs.amazonaws.com", "DeleteLogGroup", R"({"logGroupName":"/aws/ses"})").texts() ==
        "log_group /aws/ses");
}

TEST_CASE("cloudtrail: the accounts that a role trusts, including its own") {
    using enum log::Trust;
    constexpr std::string_view iam = "iam.amazonaws.com";
    const auto made = [](const std::string& principal) {
        return R"({"roleName":"app","assumeRolePolicyDocument":"{\"Statement\":{\"Effect\":)"
               R"(\"Allow\",\"Principal\":{)" +
               principal + R"(}}}"})";
    };
    const auto trust = [](const Details& details) { return details->subjects.front().trust; };
    const std::string own = R"(\"AWS\":\"111122223333\")";
    CHECK(Details(iam, "CreateRole", made(own)).texts() == "role app, grantee 111122223333");
    CHECK(trust(Details(iam, "CreateRole", made(own))) == open);
    CHECK(trust(Details(iam, "CreateRole", made(R"(\"Service\":\"x.amazonaws.com\")"))) == closed);
    CHECK(trust(Details(iam, "CreateRole", R"({"roleName":"app"})")) == closed);
    CHECK(trust(Details(iam, "CreateRole",
                        R"({"roleName":"app","assumeRolePolicyDocument":"{\"Statement\":"})")) ==
          closed);
    CHECK(trust(Details(iam, "UpdateAssumeRolePolicy",
                        R"({"roleName":"app","policyDocument":"{\"Statement\":{\"Effect\":)"
                        R"(\"Allow\",\"Principal\":\"*\",\"Condition\":{\"StringEquals\":)"
                        R"({\"sts:ExternalId\":\"x\"}}}}"})")) == partner);
    CHECK(trust(Details(iam, "CreateUser", R"({"userName":"bob"})")) == none);
}

TEST_CASE("cloudtrail: the role that a call assumes") {
    const auto texts = [](const std::string& parameters) {
        return Details("sts.amazonaws.com", "AssumeRole", parameters).texts();
    };
    CHECK(texts(R"({"roleArn":"arn:aws:iam::111122223333:role/team/app","roleSessionName":"s"})") ==
          "role arn:aws:iam::111122223333:role/team/app");
    CHECK(Details("sts.amazonaws.com", "AssumeRole",
                  R"({"roleArn":"arn:aws:iam::111122223333:role/app"})")
              ->subjects.front()
              .trust == log::Trust::none);
    CHECK(texts(R"({"roleSessionName":"s"})").empty());
    CHECK(texts(R"({"roleArn":["a"]})").empty());
    CHECK(texts("").empty());
    // A path that is too long is dropped completely: it would take the place of the name.
    const std::string long_path(300, 'p');
    CHECK(texts(R"({"roleArn":"arn:aws:iam::111122223333:role/)" + long_path + R"(/app"})") ==
          "role arn:aws:iam::111122223333:role/app");
    CHECK(texts(R"({"roleArn":")" + long_path + R"("})") == "role " + long_path);
}

TEST_CASE("cloudtrail: policies that lock a user's key, and policies that let a user send mail") {
    const auto attached = [](const std::string& policy, std::string_view source) {
        return Details(
            source, "AttachUserPolicy",
            R"({"userName":"bob","policyArn":"arn:aws:iam::aws:policy/)" + policy + "\"}");
    };
    constexpr std::string_view iam = "iam.amazonaws.com";
    CHECK(attached("AWSCompromisedKeyQuarantineV2", iam)->quarantined_user == "bob");
    CHECK(attached("AWSCompromisedKeyQuarantineV2", "x.amazonaws.com")->quarantined_user.empty());
    CHECK(attached("ReadOnlyAccess", iam)->quarantined_user.empty());
    CHECK(attached("AmazonSESFullAccess", iam)->subjects.front().grants_mail);
    CHECK_FALSE(attached("ReadOnlyAccess", iam)->subjects.front().grants_mail);
    CHECK(Details(
              iam, "PutUserPolicy",
              R"({"userName":"bob",)"
              R"("policyDocument":"{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"ses:*\"}}"})")
              ->subjects.front()
              .grants_mail);
}

TEST_CASE("cloudtrail: the principal of a user whom AWS names only by account and user name") {
    CHECK(log::user_principal("1", "bob") == "arn:aws:iam::1:user/bob");
    CHECK(log::user_of("arn:aws:iam::1:user/team/bob") == "bob");
    CHECK(log::user_of("arn:aws:iam::1:role/bob").empty());
}
