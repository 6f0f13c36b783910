#include <doctest/doctest.h>

#include "detect/hunt/story.hpp"

using namespace cloudhijack;
using namespace cloudhijack::detect;
using namespace cloudhijack::log;

namespace {

Told quarantine(std::string user = "eve") {
    Told told =
        call("AttachUserPolicy",
             R"({"userName":")" + user +
                 R"(","policyArn":"arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3"})",
             60);
    told.type = "AWSService";
    told.arn = "";
    told.key = "AKIAAWS";
    told.address = "support.amazonaws.com";
    told.invoked_by = "support.amazonaws.com";
    return told;
}

const Told k_mail = call("SendEmail", "{}");
const Told k_make_user = call("CreateUser", R"({"userName":"smtp"})");

Told grant(std::int64_t second, std::string action, std::string user = "smtp") {
    return call("PutUserPolicy",
                R"({"userName":")" + user +
                    R"(","policyDocument":"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\")" +
                    action + R"(\"}]}"})",
                second);
}

}  // namespace

TEST_CASE("quarantined: credited to the user to whom AWS attached the policy") {
    CHECK(score("quarantined", {k_mail, quarantine()}) == 60);
    CHECK(score("quarantined", {quarantine()}) == 60);
    CHECK(score("quarantined", {k_mail}) == 0);
    Told denied = quarantine();
    denied.error = "AccessDenied";
    CHECK(score("quarantined", {k_mail, denied}) == 0);
    Told other = quarantine();
    other.parameters = R"({"userName":"eve","policyArn":"arn:aws:iam::aws:policy/ReadOnlyAccess"})";
    CHECK(score("quarantined", {k_mail, other}) == 0);
}

TEST_CASE("quarantined: to the user of that account and name, else to one of that name") {
    const auto findings = hunt({k_mail, quarantine(), quarantine("mallory")});
    REQUIRE(findings.size() == 2);
    CHECK(findings[0].principal.name == "arn:aws:iam::111122223333:user/eve");
    CHECK(findings[1].principal.name == "arn:aws:iam::111122223333:user/mallory");
    Told elsewhere = k_mail;
    elsewhere.account = "999999999999";
    CHECK(hunt({elsewhere, quarantine()}).size() == 2);
    Told in_path = k_mail;
    in_path.arn = "arn:aws:iam::111122223333:user/staff/eve";
    CHECK(hunt({in_path, quarantine()}).size() == 1);
    // A forged name that holds a path must not take the user's own calls away.
    const auto forged = hunt({in_path, quarantine("staff/eve")});
    REQUIRE(forged.size() == 1);
    CHECK(forged[0].use_count == 1);
}

TEST_CASE("quarantined: its caller's address, agent and key do not count") {
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
    Told failed = grant(1, "ses:*");
    failed.error = "AccessDenied";
    CHECK(score("smtp_credentials", {k_make_user, failed}) == 0);
    CHECK(reason("smtp_credentials", {k_make_user, grant(14, "ses:*")}) ==
          "CreateUser and PutUserPolicy within 14 s from 2026-03-02T10:00:00Z let smtp send mail "
          "over SMTP, which is not logged (+30)");
}

TEST_CASE("api_key_made: a service specific credential for Bedrock") {
    const auto made = [](const std::string& service, std::string error = {}) {
        return call("CreateServiceSpecificCredential",
                    R"({"userName":"u","serviceName":")" + service + "\"}", 0, std::move(error));
    };
    CHECK(score("api_key_made", {made("bedrock.amazonaws.com")}) == 20);
    CHECK(score("api_key_made", {made("codecommit.amazonaws.com")}) == 0);
    CHECK(score("api_key_made", {made("bedrock.amazonaws.com", "AccessDenied")}) == 0);
}

TEST_CASE("quota_asked: for a service that is hijacked") {
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
        "Asked for a higher quota at 2026-03-02T10:00:00Z with CreateCase: \"ses More\" (+15)");
}
