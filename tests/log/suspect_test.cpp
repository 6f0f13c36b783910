#include "log/suspect.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "log/log_set.hpp"

using namespace cloudhijack;
using log::Suspect;
using Steps = std::vector<std::string>;

namespace {

const std::string k_deny =
    R"('{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}')";
const std::string k_azure_resource =
    " --name shop --resource-group RESOURCE_GROUP --subscription s1";

/// The commands of the steps that stop a suspect, without their sentences.
Steps commands_of(std::string_view log_id, const Suspect& suspect) {
    const log::Log* log = log::all_logs().find(log_id);
    REQUIRE(log != nullptr);
    Steps commands;
    for (const std::string& step : log->stop(suspect)) {
        const auto colon = step.find(": ");
        REQUIRE(colon != std::string::npos);
        commands.push_back(step.substr(colon + 2));
    }
    return commands;
}

std::string twilio_post(const std::string& what) {
    return "curl --fail-with-body --request POST --user AC1:\"$TWILIO_AUTH_TOKEN\" "
           "https://accounts.twilio.com/v1/AuthTokens/" +
           what;
}

std::string sendgrid_delete(const std::string& what) {
    return "curl --fail-with-body --request DELETE --header \"Authorization: Bearer "
           "$SENDGRID_API_KEY\" "
           "https://api.sendgrid.com/v3/" +
           what;
}

}  // namespace

TEST_CASE("suspects: every log knows how to stop its principals") {
    for (const auto& member : log::all_logs().members()) {
        CAPTURE(member.log->id);
        const bool has_function = member.log->stop != nullptr;
        CHECK(has_function);
    }
}

TEST_CASE("suspects: a sentence says what a step does and breaks, and has no colon") {
    const std::vector<std::string_view> keys = {"AKIA1"};
    for (const auto& member : log::all_logs().members()) {
        for (const std::string_view type :
             {"", "ServiceAccount", "User", "TwilioUser", "Teammate"}) {
            for (const std::string_view name :
                 {"arn:aws:iam::111122223333:user/eve", "arn:aws:iam::111122223333:role/app",
                  "arn:aws:iam::111122223333:root", "AKIA1", "identitycenter/u1", "key of shop",
                  "eve@example.com", "account AC1"}) {
                for (const std::string& step : member.log->stop({.account = "1",
                                                                 .name = name,
                                                                 .caller_type = type,
                                                                 .access_keys = keys,
                                                                 .used_sources = {}})) {
                    CAPTURE(step);
                    const std::string sentence = step.substr(0, step.find(": "));
                    CHECK(sentence.contains(';') != step.starts_with("Change the password"));
                    CHECK_FALSE(sentence.contains(':'));
                    CHECK_FALSE(step.contains('\n'));
                }
            }
        }
    }
}

TEST_CASE("suspects: a user of AWS") {
    const std::vector<std::string_view> keys = {"AKIA'1", "AKIA1", "AKIA2", "ASIA1"};
    const Suspect suspect{.account = "999988887777",
                          .name = "arn:aws:iam::111122223333:user/team/eve",
                          .caller_type = "IAMUser",
                          .access_keys = keys,
                          .used_sources = {}};
    const Steps commands = commands_of("cloudtrail", suspect);
    CHECK(commands == Steps{"aws iam put-user-policy --user-name eve --policy-name "
                            "CloudhijackQuarantine --policy-document " +
                                k_deny,
                            "aws iam update-access-key --user-name eve --access-key-id AKIA1 "
                            "--status Inactive"});
    CHECK(commands_of("ocsf", suspect) == commands);
    CHECK(commands_of("bedrock_invocations", suspect) == commands);
    // The user belongs to the account in its name, even if it called in another one.
    CHECK(log::all_logs()
              .find("cloudtrail")
              ->stop(suspect)[0]
              .starts_with("Deny everything to the user in account 111122223333; "));
    CHECK(commands_of("cloudtrail", {.account = {},
                                     .name = suspect.name,
                                     .caller_type = {},
                                     .access_keys = {},
                                     .used_sources = {}}) == Steps{commands[0]});
}

TEST_CASE("suspects: a role of AWS loses its sessions, and then the services that it used") {
    const std::vector<std::string_view> sources = {"ses.amazonaws.com", "bedrock-invocations",
                                                   "bedrock.amazonaws.com"};
    const std::string put = "aws iam put-role-policy --role-name app --policy-name ";
    const auto commands = [&](std::string_view name, std::span<const std::string_view> used) {
        return commands_of("cloudtrail", {.account = "111122223333",
                                          .name = name,
                                          .caller_type = "AssumedRole",
                                          .access_keys = {},
                                          .used_sources = used});
    };
    const Steps revoked = commands("arn:aws:iam::111122223333:role/app", sources);
    CHECK(revoked ==
          Steps{put + R"x(AWSRevokeOlderSessions --policy-document '{"Version":"2012-10-17",)x"
                      R"x("Statement":[{"Effect":"Deny","Action":"*","Resource":"*","Condition":)x"
                      R"x({"DateLessThan":{"aws:TokenIssueTime":"'"$(date -u )x"
                      R"x(+%Y-%m-%dT%H:%M:%SZ)"'"}}}]}')x",
                put + R"(CloudhijackQuarantine --policy-document '{"Version":"2012-10-17",)"
                      R"("Statement":[{"Effect":"Deny","Action":["bedrock:*","ses:*"],)"
                      R"("Resource":"*"}]}')"});
    CHECK(commands("arn:aws:iam::111122223333:role/app", {})[1] ==
          put + "CloudhijackQuarantine --policy-document " + k_deny);
    CHECK(commands("arn:aws:iam::111122223333:role/app", std::span(sources).first(1))[1].contains(
        R"("Action":"ses:*")"));
}

TEST_CASE(
    "suspects: a role's name is left open if it could be that of a person who uses the role") {
    for (const std::string name :
         {"role/app/admin", "role/team/path/app", "role/service-role/app", "role/", "role",
          "role/app/AWSReservedSSO_x", "role/AWSReservedSSO_x/app"}) {
        CAPTURE(name);
        const std::string arn = "arn:aws:iam::111122223333:" + name;
        const Steps commands = commands_of("cloudtrail", {.account = "111122223333",
                                                          .name = arn,
                                                          .caller_type = "AssumedRole",
                                                          .access_keys = {},
                                                          .used_sources = {}});
        REQUIRE(commands.size() == 2);
        for (const std::string& command : commands) {
            CHECK(command.starts_with("aws iam put-role-policy --role-name ROLE_NAME "));
        }
    }
}

TEST_CASE("suspects: other principals of AWS") {
    const std::vector<std::string_view> keys = {"AKIA1"};
    const auto commands = [&](std::string_view name, bool has_key = true) {
        return commands_of(
            "cloudtrail",
            {.account = "111122223333",
             .name = name,
             .caller_type = {},
             .access_keys = has_key ? std::span(keys) : std::span<const std::string_view>{},
             .used_sources = {}});
    };
    CHECK(commands("arn:aws:iam::111122223333:root") ==
          Steps{"aws iam update-access-key --access-key-id AKIA1 --status Inactive"});
    CHECK(commands("arn:aws:iam::111122223333:root", false) ==
          Steps{"sign in as the root user at "
                "https://console.aws.amazon.com/iam/home#/security_credentials"});
    CHECK(commands("AKIA7") == Steps{"aws iam update-access-key --access-key-id AKIA7 --status "
                                     "Inactive --user-name \"$(aws iam get-access-key-last-used "
                                     "--access-key-id AKIA7 --query UserName --output text)\""});
    const std::string assignment =
        "aws sso-admin delete-account-assignment --instance-arn INSTANCE_ARN --permission-set-arn "
        "PERMISSION_SET_ARN --principal-type USER --principal-id ";
    CHECK(commands("identitycenter/u-1") ==
          Steps{assignment + "u-1 --target-type AWS_ACCOUNT --target-id 111122223333"});
    CHECK(commands("arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/"
                   "AWSReservedSSO_Admin_0123456789abcdef/ann@example.com") ==
          Steps{assignment + "USER_ID --target-type AWS_ACCOUNT --target-id 111122223333"});
    for (const std::string_view name : {"AROA1", "111122223333", "unknown", "AKIA'1", ""}) {
        CAPTURE(name);
        CHECK(commands(name).empty());
    }
}

TEST_CASE("suspects: principals of Azure") {
    const auto commands = [](std::string_view name, std::string_view account = "s1",
                             std::string_view type = "EntraId") {
        return commands_of("azure_openai", {.account = account,
                                            .name = name,
                                            .caller_type = type,
                                            .access_keys = {},
                                            .used_sources = {}});
    };
    CHECK(commands("key of shop") ==
          Steps{"for key in Key1 Key2; do az cognitiveservices account keys regenerate" +
                    k_azure_resource + " --key-name \"$key\"; done",
                "az resource update" + k_azure_resource +
                    " --resource-type Microsoft.CognitiveServices/accounts --set "
                    "properties.disableLocalAuth=true"});
    CHECK(commands("key of ", "")[0].contains(
        "--name RESOURCE --resource-group RESOURCE_GROUP --subscription SUBSCRIPTION "));
    CHECK(commands("eve@example.com") ==
          Steps{"az ad user update --id eve@example.com --account-enabled false"});
    CHECK(
        commands("6d616c6c-6f72-4a79-8000-000000000001") ==
        Steps{"az ad user update --id 6d616c6c-6f72-4a79-8000-000000000001 --account-enabled false "
              "|| az ad sp update --id 6d616c6c-6f72-4a79-8000-000000000001 --set "
              "accountEnabled=false"});
    // A subscription of a gateway has no type, and its name is chosen freely.
    CHECK(commands("team-7", "s1", {}).empty());
    CHECK(commands("ceo@example.com", "s1", {}).empty());
    CHECK(commands("6d616c6c-6f72-4a79-8000-000000000001", "s1", {}).empty());
}

TEST_CASE("suspects: principals of Twilio") {
    const std::string remove =
        "curl --fail-with-body --request DELETE --user AC1:\"$TWILIO_AUTH_TOKEN\" ";
    const Steps account = {
        remove + "https://api.twilio.com/2010-04-01/Accounts/AC1/Keys/API_KEY_SID.json",
        remove + "https://accounts.twilio.com/v1/AuthTokens/Secondary; " +
            twilio_post("Secondary") + " && " + twilio_post("Promote")};
    Suspect suspect{.account = "AC1",
                    .name = "account AC1",
                    .caller_type = "Account",
                    .access_keys = {},
                    .used_sources = {}};
    CHECK(commands_of("twilio_messages", suspect) == account);
    suspect.name = "US1";
    suspect.caller_type = "TwilioUser";
    CHECK(commands_of("twilio", suspect) ==
          Steps{"in the Twilio Console, remove US1 under Admin > Account access", account[0],
                account[1]});
    suspect.account = {};
    CHECK(commands_of("twilio", suspect)[1].contains(
        "--user ACCOUNT_SID:\"$TWILIO_AUTH_TOKEN\" "
        "https://api.twilio.com/2010-04-01/Accounts/ACCOUNT_SID/"));
}

TEST_CASE("suspects: principals of SendGrid") {
    const auto commands = [](std::string_view type, std::string_view name) {
        return commands_of("sendgrid", {.account = "421",
                                        .name = name,
                                        .caller_type = type,
                                        .access_keys = {},
                                        .used_sources = {}});
    };
    CHECK(commands("SendGridKey", "KEY_1") == Steps{sendgrid_delete("api_keys/KEY_1")});
    CHECK(commands("SendGridKey", "../x") == Steps{sendgrid_delete("api_keys/API_KEY_ID")});
    CHECK(commands("Account", "account 421") == Steps{sendgrid_delete("api_keys/API_KEY_ID")});
    CHECK(commands("Teammate", "eve") == Steps{sendgrid_delete("teammates/eve")});
    CHECK(commands("Teammate", "a?b") == Steps{sendgrid_delete("teammates/USERNAME")});
}

TEST_CASE("suspects: principals of Google Cloud") {
    const std::vector<std::string_view> keys = {"0a1b"};
    const std::string bot = "bot@shop.iam.gserviceaccount.com";
    Suspect suspect{.account = "shop",
                    .name = bot,
                    .caller_type = "ServiceAccount",
                    .access_keys = keys,
                    .used_sources = {}};
    const Steps commands = commands_of("vertex_ai", suspect);
    CHECK(commands == Steps{"gcloud iam service-accounts disable " + bot,
                            "gcloud iam service-accounts keys disable 0a1b --iam-account=" + bot});
    suspect.access_keys = {};
    CHECK(commands_of("vertex_ai", suspect) == Steps{commands[0]});
    suspect.name = "eve@example.com";
    suspect.caller_type = "User";
    CHECK(commands_of("vertex_ai", suspect) ==
          Steps{"gcloud projects remove-iam-policy-binding shop --member=user:eve@example.com "
                "--role=ROLE --all"});
    suspect.caller_type = "Federated";
    CHECK(commands_of("vertex_ai", suspect).empty());
}
