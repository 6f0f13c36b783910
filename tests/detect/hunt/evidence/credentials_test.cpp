#include <doctest/doctest.h>

#include "detect/hunt/story.hpp"

using namespace cloudhijack;
using namespace cloudhijack::detect;
using namespace cloudhijack::log;

namespace {

StoryEvent quarantine(std::string user = "eve") {
    StoryEvent event =
        call("AttachUserPolicy",
             R"({"userName":")" + user +
                 R"(","policyArn":"arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3"})",
             60);
    event.type = "AWSService";
    event.arn = "";
    event.key = "AKIAAWS";
    event.address = "support.amazonaws.com";
    event.invoked_by = "support.amazonaws.com";
    return event;
}

const StoryEvent k_mail = call("SendEmail", "{}");
const StoryEvent k_make_user = call("CreateUser", R"({"userName":"smtp"})");

StoryEvent grant(std::int64_t second, std::string action, std::string user = "smtp") {
    return call("PutUserPolicy",
                R"({"userName":")" + user +
                    R"(","policyDocument":"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\")" +
                    action + R"(\"}]}"})",
                second);
}

}  // namespace

TEST_CASE("quarantined: counts for the user to whom AWS attached the policy") {
    CHECK(score("quarantined", {k_mail, quarantine()}) == 60);
    CHECK(score("quarantined", {quarantine()}) == 60);
    CHECK(score("quarantined", {k_mail}) == 0);
    StoryEvent denied = quarantine();
    denied.error = "AccessDenied";
    CHECK(score("quarantined", {k_mail, denied}) == 0);
    StoryEvent other = quarantine();
    other.parameters = R"({"userName":"eve","policyArn":"arn:aws:iam::aws:policy/ReadOnlyAccess"})";
    CHECK(score("quarantined", {k_mail, other}) == 0);
}

TEST_CASE(
    "quarantined: for the user of that account and name, or else for a new one of that name") {
    const auto findings = hunt({k_mail, quarantine(), quarantine("mallory")});
    REQUIRE(findings.size() == 2);
    CHECK(findings[0].principal.name == "arn:aws:iam::111122223333:user/eve");
    CHECK(findings[1].principal.name == "arn:aws:iam::111122223333:user/mallory");
    StoryEvent elsewhere = k_mail;
    elsewhere.account = "999999999999";
    CHECK(hunt({elsewhere, quarantine()}).size() == 2);
    StoryEvent in_path = k_mail;
    in_path.arn = "arn:aws:iam::111122223333:user/staff/eve";
    CHECK(hunt({in_path, quarantine()}).size() == 1);
    // A forged name that contains a path must not take over the user's own calls.
    const auto forged = hunt({in_path, quarantine("staff/eve")});
    REQUIRE(forged.size() == 1);
    CHECK(forged[0].use_count == 1);
}

TEST_CASE("quarantined: the address, agent and key of the policy's caller are ignored") {
    const auto findings = hunt({k_mail, quarantine()});
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].traits[Trait::address].values == std::vector<std::string>{"198.51.100.1"});
    CHECK(findings[0].traits[Trait::access_key].values == std::vector<std::string>{"ASIA1"});
    CHECK(findings[0].traits[Trait::client].size == 1);
    CHECK(findings[0].traits[Trait::caller_type].values == std::vector<std::string>{"IAMUser"});
    CHECK(findings[0].evidence == std::vector<std::string>{"quarantined"});
    CHECK(findings[0].event_ids ==
          std::vector<std::string>{"00000000-0000-4000-8000-000000000001"});
}

TEST_CASE("smtp_credentials: a user is made and may send mail, within an hour in either order") {
    CHECK(score("smtp_credentials", {k_make_user, grant(0, "ses:SendRawEmail")}) == 30);
    CHECK(score("smtp_credentials", {k_make_user, grant(3600, "ses:*")}) == 30);
    CHECK(score("smtp_credentials", {k_make_user, grant(3601, "ses:*")}) == 0);
    CHECK(score("smtp_credentials", {k_make_user, grant(-3600, "SES:Send*")}) == 30);
    CHECK(score("smtp_credentials", {k_make_user, grant(-3601, "ses:*")}) == 0);
    CHECK(score("smtp_credentials", {k_make_user, grant(1, "ses:GetSendQuota")}) == 0);
    CHECK(score("smtp_credentials", {k_make_user, grant(1, "*")}) == 0);
    CHECK(score("smtp_credentials", {k_make_user, grant(1, "ses:*", "other")}) == 0);
    CHECK(score("smtp_credentials",
                {call("CreateAccessKey", R"({"userName":"smtp"})"), grant(1, "ses:*")}) == 30);
    CHECK(score("smtp_credentials", {k_make_user, grant(1, "ses:*"), grant(2, "ses:*")}) == 30);
    CHECK(
        score(
            "smtp_credentials",
            {k_make_user,
             call(
                 "AttachUserPolicy",
                 R"({"userName":"smtp","policyArn":"arn:aws:iam::aws:policy/AmazonSESFullAccess"})")}) ==
        30);
    StoryEvent failed = grant(1, "ses:*");
    failed.error = "AccessDenied";
    CHECK(score("smtp_credentials", {k_make_user, failed}) == 0);
    CHECK(reason("smtp_credentials", {k_make_user, grant(14, "ses:*")}) ==
          "CreateUser and PutUserPolicy within 14 s from 2026-03-02T10:00:00Z allow smtp to send "
          "mail over SMTP, which CloudTrail does not log (+30)");
}

TEST_CASE("api_key_made: a service-specific credential for Bedrock") {
    const auto made = [](const std::string& service, std::string error = {}) {
        return call("CreateServiceSpecificCredential",
                    R"({"userName":"u","serviceName":")" + service + "\"}", 0, std::move(error));
    };
    CHECK(score("api_key_made", {made("bedrock.amazonaws.com")}) == 20);
    CHECK(score("api_key_made", {made("codecommit.amazonaws.com")}) == 0);
    CHECK(score("api_key_made", {made("bedrock.amazonaws.com", "AccessDenied")}) == 0);
}

TEST_CASE("quota_asked: for a service that attackers hijack") {
    const auto asked = [](const std::string& parameters) {
        return score("quota_asked", {call("CreateCase", parameters)});
    };
    CHECK(asked(R"({"subject":"SES: limit increase"})") == 15);
    CHECK(asked(R"({"serviceCode":"amazon-sns"})") == 15);
    CHECK(asked(R"({"categoryCode":"sms-limits"})") == 15);
    CHECK(asked(R"({"subject":"More Bedrock tokens"})") == 15);
    CHECK(asked(R"({"subject":"End User Messaging"})") == 15);
    CHECK(asked(R"({"subject":"assess our sessions"})") == 0);
    CHECK(asked(R"({"communicationBody":"SES"})") == 0);
    CHECK(score("quota_asked", {call("RequestServiceQuotaIncrease", R"({"serviceCode":"bedrock"})",
                                     0, "AccessDenied")}) == 15);
    CHECK(score("quota_asked", {call("RequestServiceQuotaIncrease", R"({"serviceCode":"ec2"})")}) ==
          0);
    CHECK(
        reason("quota_asked", {call("CreateCase", R"({"serviceCode":"ses","subject":"More"})")}) ==
        "Requested a higher quota at 2026-03-02T10:00:00Z with CreateCase: \"ses More\" (+15)");
}

TEST_CASE("foreign_grant: access for an account that is not the organisation's") {
    const auto trusting = [](const std::string& statement) {
        std::string text;
        for (const char c : R"({"Statement":[{"Effect":"Allow",)" + statement + "}]}") {
            if (c == '"') text += '\\';
            text += c;
        }
        return call("UpdateAssumeRolePolicy",
                    R"({"roleName":"app","policyDocument":")" + text + "\"}");
    };
    const auto scored = [&](const std::string& statement, const Usual& usual = {}) {
        return score("foreign_grant", {trusting(statement)}, {}, usual);
    };
    CHECK(scored(R"("Principal":{"AWS":"999999999999"})") == 30);
    CHECK(scored(R"("Principal":{"AWS":"arn:aws:iam::999999999999:role/x"})") == 30);
    CHECK(scored(R"("Principal":{"AWS":["111122223333","999999999999"]})") == 30);
    CHECK(scored(R"("Principal":{"AWS":"111122223333"})") == 0);
    CHECK(scored(R"("Principal":{"Service":"ec2.amazonaws.com"})") == 0);
    CHECK(scored(R"("Principal":{"AWS":"AIDAUNIQUEID"})") == 0);
    CHECK(scored(R"("Principal":"*")") == 40);
    CHECK(scored(R"("Principal":{"AWS":"*"})") == 40);
    CHECK(scored(R"("NotPrincipal":{"AWS":"111122223333"})") == 40);
    CHECK(scored(R"("Principal":{"AWS":"999999999999"},)"
                 R"("Condition":{"StringEquals":{"sts:ExternalId":"x"}})") == 10);
    CHECK(scored(R"("Principal":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}})") ==
          0);
    Usual own = with_habits({});
    own.own_accounts.insert("999999999999");
    CHECK(scored(R"("Principal":{"AWS":"999999999999"})", own) == 0);
    const Usual seen = with_habits({{.account = "999999999999"}});
    CHECK(scored(R"("Principal":{"AWS":"999999999999"})", seen) == 0);
    StoryEvent denied = trusting(R"("Principal":"*")");
    denied.error = "AccessDenied";
    CHECK(score("foreign_grant", {denied}) == 0);
    CHECK(reason("foreign_grant", {trusting(R"("Principal":{"AWS":"999999999999"})")}) ==
          "UpdateAssumeRolePolicy at 2026-03-02T10:00:00Z gives access to account 999999999999, "
          "which is neither in the baseline nor in own_accounts (+30)");
}

TEST_CASE("foreign_grant: a sending policy, and one that denies") {
    const auto policy = [](const std::string& effect) {
        return call("CreateEmailIdentityPolicy",
                    R"({"emailIdentity":"x.example","policyName":"p","policy":"{\"Statement\":)"
                    R"({\"Effect\":\")" +
                        effect +
                        R"(\",\"Principal\":{\"AWS\":\"999999999999\"},)"
                        R"(\"Action\":\"ses:SendEmail\"}}"})");
    };
    CHECK(score("foreign_grant", {policy("Allow")}) == 30);
    CHECK(score("foreign_grant", {policy("Deny")}) == 0);
}

TEST_CASE("smtp_credentials: through a group, a custom policy, and a relay") {
    const StoryEvent joined = call(
        "AddUserToGroup", R"({"userName":"smtp","groupName":"AWSSESSendingGroupDoNotRename"})", 5);
    CHECK(score("smtp_credentials", {k_make_user, joined}) == 30);
    const StoryEvent other =
        call("AddUserToGroup", R"({"userName":"smtp","groupName":"senders"})", 5);
    CHECK(score("smtp_credentials", {k_make_user, other}) == 0);
    const std::string document =
        R"("policyDocument":"{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"ses:*\"}}")";
    const StoryEvent group_given =
        call("PutGroupPolicy", R"({"groupName":"senders",)" + document + "}", 90'000);
    CHECK(score("smtp_credentials", {k_make_user, other, group_given}) == 30);
    CHECK(score("smtp_credentials",
                {k_make_user, other,
                 call("AttachGroupPolicy", R"({"groupName":"senders",)"
                                           R"("policyArn":"arn:aws:iam::aws:policy/)"
                                           R"(AmazonSESFullAccess"})")}) == 30);
    const StoryEvent made =
        call("CreatePolicy", R"({"policyName":"mail",)" + document + "}", -9000);
    const StoryEvent attached = call(
        "AttachUserPolicy", R"({"userName":"smtp","policyArn":"arn:aws:iam::1:policy/mail"})", 9);
    CHECK(score("smtp_credentials", {k_make_user, attached}) == 0);
    CHECK(score("smtp_credentials", {k_make_user, attached, made}) == 30);
    CHECK(score("smtp_credentials",
                {k_make_user, other, made,
                 call("AttachGroupPolicy",
                      R"({"groupName":"senders","policyArn":"arn:aws:iam::1:policy/mail"})")}) ==
          30);
    CHECK(score("smtp_credentials", {call("CreateIngressPoint", R"({"type":"AUTH"})")}) == 30);
    CHECK(score("smtp_credentials", {call("CreateIngressPoint", R"({"type":"OPEN"})")}) == 0);
    CHECK(score("smtp_credentials", {call("CreateRelay")}) == 30);
}

TEST_CASE("credentials: activity that the principal performs regularly is routine") {
    const Usual usual = with_habits({{.phases = {"credential"}}});
    CHECK(score("smtp_credentials", {k_make_user, grant(0, "ses:*")}, {}, usual) == 10);
    CHECK(score("smtp_credentials", {call("CreateRelay")}, {}, usual) == 10);
    CHECK(score("api_key_made",
                {call("CreateServiceSpecificCredential",
                      R"({"userName":"u","serviceName":"bedrock.amazonaws.com"})")},
                {}, usual) == 10);
}

TEST_CASE("quota_asked: automatic management and the organisation's template") {
    CHECK(score("quota_asked",
                {call("StartAutoManagement", R"({"optInType":"NotifyAndAdjust"})")}) == 15);
    CHECK(score("quota_asked", {call("StartAutoManagement", R"({"optInType":"NotifyOnly"})")}) ==
          0);
    CHECK(score("quota_asked", {call("PutServiceQuotaIncreaseRequestIntoTemplate",
                                     R"({"serviceCode":"bedrock"})")}) == 15);
    CHECK(score("quota_asked", {call("PutServiceQuotaIncreaseRequestIntoTemplate",
                                     R"({"serviceCode":"ec2"})")}) == 0);
}
