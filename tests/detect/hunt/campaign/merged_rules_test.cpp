// Rules that are evaluated on the calls of all members of a campaign.

#include <doctest/doctest.h>

#include <algorithm>

#include "detect/hunt/campaign/campaign_story.hpp"

using namespace cloudhijack;
using namespace cloudhijack::detect;

namespace {

const StoryEvent k_made = k_eve.makes("mailer", 0);

constexpr std::int64_t k_hour = 3600;

// This many mails of a member, in as few calls as possible.
Story mails(const Caller& caller, std::int64_t second, int messages) {
    Story story;
    for (int left = messages; left > 0; left -= 50) {
        std::string recipients;
        for (int i = 0; i < std::min(left, 50); ++i) recipients += i == 0 ? "1" : ",1";
        story.push_back(caller.calls("SendEmail", second + left / 50,
                                     R"({"destination":{"toAddresses":[)" + recipients + "]}}"));
    }
    return story;
}

Caller sender(int number) {
    return {.name = "user/sender" + std::to_string(number), .address = k_afar};
}

// Senders made by eve, each of which sends a little.
Story senders(int count, int messages) {
    Story story;
    for (int i = 0; i < count; ++i) {
        story.push_back(k_eve.makes("sender" + std::to_string(i), i));
        story = story + mails(sender(i), 60 + i, messages);
    }
    return story;
}

Habit habit(const Caller& caller, std::string service, std::vector<std::string> phases,
            std::uint64_t peak_hour = 0, std::optional<std::uint64_t> peak_day = {}) {
    return {.principal = caller.arn(),
            .service = std::move(service),
            .peak_hour = peak_hour,
            .peak_day = peak_day,
            .phases = std::move(phases)};
}

}  // namespace

TEST_CASE("campaign: enabling by one member and use by another match as enabling and use") {
    const Story apart = {k_eve.calls("CreateFoundationModelAgreement", 10),
                         k_mailer.calls("InvokeModel", 94)};
    CHECK(score("enable_then_use", apart) == 0);
    CHECK(score("enable_then_use", apart + Story{k_made}) == 45);
    CHECK(reason("enable_then_use", apart + Story{k_made}) ==
          "eve: Enabled AWS Bedrock at 2026-03-02T10:00:10Z with CreateFoundationModelAgreement "
          "and mailer used it 84 s later with InvokeModel (us-east-1) (+45)");
    Story denied = apart + Story{k_made};
    denied[1].error = "AccessDenied";
    CHECK(reason("enable_then_use", denied)
              .contains("and mailer tried to use it and was denied 84 s later with"));
    const Story by_one = {k_made, k_mailer.calls("CreateFoundationModelAgreement", 10),
                          k_mailer.calls("InvokeModel", 94)};
    CHECK(reason("enable_then_use", by_one)
              .starts_with("mailer: Enabled AWS Bedrock at 2026-03-02T10:00:10Z with "
                           "CreateFoundationModelAgreement and used it 84 s later"));
}

TEST_CASE("campaign: enabling is routine by the habits of its caller, use by those of the user") {
    const Story story = {k_made, k_eve.calls("CreateFoundationModelAgreement", 10),
                         k_mailer.calls("InvokeModel", 94)};
    const auto scored = [&](std::vector<std::string> eves, std::vector<std::string> mailers) {
        return score("enable_then_use", story, {},
                     with_habits({habit(k_eve, "bedrock", std::move(eves)),
                                  habit(k_mailer, "bedrock", std::move(mailers))}));
    };
    CHECK(scored({"enable"}, {"use"}) == 10);
    CHECK(scored({"enable"}, {"enable"}) == 45);
    CHECK(scored({"use"}, {"use"}) == 45);
    CHECK(scored({"use"}, {"enable"}) == 45);
    CHECK(scored({"enable", "use"}, {}) == 45);
}

TEST_CASE("campaign: of uses in one second, one that is not routine counts") {
    const Caller zed{.name = "user/zed", .address = k_afar};
    Story story = {k_made, k_eve.makes("zed", 0), k_eve.calls("CreateFoundationModelAgreement", 10),
                   k_mailer.calls("InvokeModel", 94), zed.calls("InvokeModel", 94)};
    const auto reason_with = [&](const Caller& usual_user) {
        return reason("enable_then_use", story, {},
                      with_habits({habit(k_eve, "bedrock", {"enable"}),
                                   habit(usual_user, "bedrock", {"use"})}));
    };
    CHECK(reason_with(k_mailer).contains("and zed used it 84 s later"));
    CHECK(reason_with(zed).contains("and mailer used it 84 s later"));
    CHECK(reason_with(k_eve).contains("and mailer used it 84 s later"));
}

TEST_CASE("campaign: late use counts if the enabling member came from a stranger's source") {
    const auto scored = [](const Caller& enabler) {
        const Story story = {k_made, enabler.calls("CreateFoundationModelAgreement", 2 * k_hour),
                             k_mailer.calls("InvokeModel", 10 * k_hour)};
        return score("enable_then_use", story, {}, with_habits({}));
    };
    CHECK(scored(k_eve) == 20);
    CHECK(scored(k_eve.from(k_office)) == 0);
}

TEST_CASE("campaign: recon by one member and use by another match as recon and use") {
    Story story = {k_made, k_eve.calls("GetSendQuota", 10), k_eve.calls("GetAccount", 20),
                   k_mailer.calls("SendEmail", 60)};
    CHECK(score("recon_then_use", story) == 20);
    CHECK(reason("recon_then_use", story).starts_with("eve and mailer: 2 different recon calls"));
    story[0] = k_eve.calls("GetSendQuota", 0);
    CHECK(score("recon_then_use", story) == 0);
    // Each makes one recon call, and the key of one of them is a long-term key.
    story = {k_made, k_eve.calls("GetSendQuota", 10), k_mailer.calls("GetAccount", 20),
             k_mailer.calls("SendEmail", 60)};
    CHECK(score("recon_then_use", story) == 20);
    story[1].key = "AKIA1";
    CHECK(score("recon_then_use", story) == 30);
    // An earlier use by any member is the first use.
    story.push_back(k_eve.calls("SendEmail", 5));
    CHECK(score("recon_then_use", story) == 0);
}

TEST_CASE("campaign: recon is routine by the habits of its caller, use by those of the user") {
    const Story story = {k_made, k_eve.calls("GetSendQuota", 10), k_mailer.calls("GetAccount", 20),
                         k_mailer.calls("SendEmail", 60)};
    const auto scored = [&](std::vector<std::string> eves, std::vector<std::string> mailers) {
        return score("recon_then_use", story, {},
                     with_habits({habit(k_eve, "ses", std::move(eves)),
                                  habit(k_mailer, "ses", std::move(mailers))}));
    };
    CHECK(scored({"recon"}, {"recon", "use"}) == 10);
    CHECK(scored({}, {"recon", "use"}) == 20);
    CHECK(scored({"recon"}, {"use"}) == 20);
    CHECK(scored({"recon", "use"}, {"recon"}) == 20);
}

TEST_CASE("campaign: forty senders of ninety mails an hour are a burst") {
    CHECK(score("burst", Story{k_made} + mails(k_mailer, 60, 90)) == 0);
    CHECK(score("burst", senders(40, 90)) == 35);
    CHECK(score("burst", senders(40, 90), {}, with_habits({})) == 55);
    CHECK(reason("burst", senders(40, 90))
              .starts_with("sender0, sender1, sender10 and 37 more: 3600 messages in 80 successful "
                           "calls to AWS SES in 60 min from"));
}

TEST_CASE("campaign: a member's exception raises the threshold of all by the amount it adds") {
    const auto scored = [](const std::vector<std::optional<std::uint64_t>>& thresholds,
                           int count = 3) {
        std::vector<rules::Exception> lines;
        for (const auto& threshold : thresholds) {
            lines.push_back(
                evidence_of(sender(static_cast<int>(lines.size())), "burst", threshold));
        }
        return score("burst", senders(count, 90), {}, with_lines(lines));
    };
    CHECK(scored({}) == 25);  // 270 mails
    CHECK(scored({200}) == 25);
    CHECK(scored({269}) == 25);
    CHECK(scored({270}) == 0);
    CHECK(scored({185, 184}) == 25);
    CHECK(scored({185, 185}) == 0);
    CHECK(scored({50}) == 25);  // below the service's own threshold
    // Use without a limit is not counted at all, and the others' threshold is unchanged.
    CHECK(scored({std::nullopt}) == 25);
    CHECK(scored({std::nullopt, std::nullopt}) == 0);
    CHECK(scored({std::nullopt}, 2) == 0);
    CHECK(scored({std::nullopt, 180}) == 0);
    CHECK(scored({std::nullopt, 179}) == 25);
}

TEST_CASE("campaign: the normal use of the members adds up") {
    // Both have a history and call from usual networks, so only volume counts.
    const Caller mailer = k_mailer.from(k_office);
    const auto scored = [&](int messages, std::uint64_t eves, std::uint64_t mailers) {
        Story story = {k_eve.makes("mailer", 0, "CreateAccessKey")};
        story = story + mails(k_eve.from(k_office), 2 * k_hour, messages / 2) +
                mails(mailer, 2 * k_hour, messages - messages / 2);
        return score("burst", story, {},
                     with_habits({habit(k_eve, "ses", {"use"}, eves),
                                  habit(mailer, "ses", {"use"}, mailers)}));
    };
    CHECK(scored(300, 40, 60) == 0);
    CHECK(scored(301, 40, 60) == 30);  // more than three times the threshold and the peaks
    CHECK(scored(301, 41, 60) == 0);
    CHECK(scored(301, 0, 100) == 30);
    CHECK(scored(301, 101, 0) == 0);
}

TEST_CASE("campaign: a member that takes no part in a burst does not lend its history") {
    const Caller mailer = k_mailer.from(k_office);
    const Story story =
        Story{k_eve.makes("mailer", 0, "CreateAccessKey")} + mails(mailer, 2 * k_hour, 301);
    const auto scored = [&](const Story& more, std::uint64_t eves, std::uint64_t mailers) {
        return score("burst", story + more, {},
                     with_habits({habit(k_eve, "ses", {"use"}, eves),
                                  habit(mailer, "ses", {"use"}, mailers)}));
    };
    CHECK(scored({}, 1000, 100) == 30);
    CHECK(scored({}, 1000, 101) == 0);
    // One mail in the window is enough to take part.
    const Caller eve = k_eve.from(k_office);
    CHECK(scored({eve.calls("SendEmail", 2 * k_hour)}, 1000, 100) == 0);
    StoryEvent denied = eve.calls("SendEmail", 2 * k_hour);
    denied.error = "AccessDenied";
    CHECK(scored({denied}, 1000, 100) == 30);
    CHECK(scored({eve.calls("SendEmail", 3 * k_hour + 60)}, 1000, 100) == 30);
}

TEST_CASE("campaign: a family lends its peaks once, whichever of its roles takes part") {
    const auto role = [](const std::string& name) {
        return Caller{.name = "role/" + name, .address = k_office, .agent = "colleague"};
    };
    Story story;
    for (const char* name : {"web-1", "web-2", "api-1"}) {
        story.push_back(k_eve.makes_role(name, k_open_trust, 0));
        story = story + mails(role(name), 2 * k_hour, 101);
    }
    const auto scored = [&](std::uint64_t web, std::uint64_t api) {
        return score("burst", story, {},
                     with_habits({habit(role("web-9"), "ses", {"use"}, web),
                                  habit(role("api-9"), "ses", {"use"}, api)}));
    };
    // 303 mails, which is more than three times the threshold.
    CHECK(scored(100, 0) == 30);
    CHECK(scored(101, 0) == 0);
    CHECK(scored(50, 50) == 30);
    CHECK(scored(51, 50) == 0);
}

TEST_CASE("campaign: activity in one account is not evidence in another") {
    const std::string elsewhere = "444455556666";
    Caller app{.name = "role/app", .address = k_office, .account = elsewhere};
    const Usual usual = with_habits({{.principal = "arn:aws:iam::444455556666:role/colleague",
                                      .networks = {"203.0.0.0/16"},
                                      .account = elsewhere}});
    const auto scored = [&](const char* evidence, const std::vector<StoryEvent>& calls) {
        const Story story = Story{k_eve.assumes("app", 0, app.account)} + calls;
        CHECK(groups(story, k_with_role_sessions, usual) == List{"app+eve"});
        return score(evidence, story, k_with_role_sessions, usual);
    };
    const auto enables_and_uses = [&] {
        return scored("enable_then_use", {k_eve.calls("CreateFoundationModelAgreement", 10),
                                          app.calls("InvokeModel", 60)});
    };
    const auto evades_and_restores = [&] {
        return scored("evade",
                      {k_eve.calls("DeleteModelInvocationLoggingConfiguration", 10),
                       app.calls("PutModelInvocationLoggingConfiguration", 60,
                                 R"({"loggingConfig":{"textDataDeliveryEnabled":true}})")});
    };
    const auto deletes_and_makes = [&] {
        return scored("trail_tampering", {k_eve.calls("DeleteTrail", 10, R"({"name":"a"})"),
                                          app.calls("CreateTrail", 60, R"({"name":"b"})")});
    };
    const auto tries = [&](int eves, const StoryEvent& apps) {
        Story story = repeated(k_eve.calls("InvokeModel", 0), 10, eves);
        for (StoryEvent& event : story) event.error = "AccessDenied";
        return scored("denied_use", story + Story{apps});
    };
    const auto is_denied = [&] {
        StoryEvent denied = app.calls("InvokeModel", 60);
        denied.error = "AccessDenied";
        return denied;
    };
    CHECK(enables_and_uses() == 0);
    CHECK(evades_and_restores() == 40);
    CHECK(deletes_and_makes() == 40);
    CHECK(tries(2, is_denied()) == 0);
    CHECK(tries(3, app.calls("InvokeModel", 60)) == 20);
    app.account = k_eve.account;
    CHECK(enables_and_uses() == 45);
    CHECK(evades_and_restores() == 10);
    CHECK(deletes_and_makes() == 15);
    CHECK(tries(2, is_denied()) == 20);
    CHECK(tries(3, app.calls("InvokeModel", 60)) == 0);
}

TEST_CASE("campaign: a drip by several members is compared with the sum of their days") {
    const Caller mailer = k_mailer.from(k_office);
    Story story = {k_eve.makes("mailer", 0, "CreateAccessKey")};
    for (int hour = 1; hour <= 10; ++hour) {
        story = story + mails(hour % 2 == 0 ? mailer : k_eve.from(k_office), hour * k_hour,
                              hour == 10 ? 61 : 60);
    }
    CHECK(score("drip", story, {}, with_habits({})) == 25);  // 601 messages
    CHECK(score("drip", story) == 0);
    const auto scored = [&](std::uint64_t eves, std::uint64_t mailers) {
        return score("drip", story, {},
                     with_habits({habit(k_eve, "ses", {"use"}, 1, eves),
                                  habit(mailer, "ses", {"use"}, 1, mailers)}));
    };
    CHECK(scored(100, 100) == 25);
    CHECK(scored(100, 101) == 0);
    CHECK(scored(201, 0) == 0);
    // Neither member alone uses it in enough hours.
    story[0] = k_eve.calls("GetSendQuota", 0);
    CHECK(score("drip", story, {}, with_habits({})) == 0);
}

TEST_CASE("campaign: one member makes a credential, and another grants it the right to send mail") {
    const Caller zed{.name = "user/zed", .address = k_afar};
    const auto lets_send = [](const Caller& caller, std::int64_t second) {
        return caller.calls("AttachUserPolicy", second,
                            R"({"userName":"smtp","policyArn":)"
                            R"("arn:aws:iam::aws:policy/AmazonSESFullAccess"})");
    };
    Story story = {k_made, k_mailer.makes("smtp", 60, "CreateAccessKey"), lets_send(k_eve, 120)};
    CHECK(score("smtp_credentials", story) == 30);
    CHECK(reason("smtp_credentials", story)
              .starts_with("eve and mailer: CreateAccessKey and AttachUserPolicy within 60 s"));
    story[2] = lets_send(zed, 120);
    CHECK(score("smtp_credentials", story) == 0);
    story[2] = lets_send(k_eve, 60 + 3601);
    CHECK(score("smtp_credentials", story) == 0);

    // Two that share an address: it is routine if it is routine for both.
    const Caller mailer = k_mailer.from(k_abroad);
    story = {mailer.makes("smtp", 60, "CreateAccessKey"), lets_send(k_eve, 120)};
    const auto scored = [&](std::vector<std::string> eves, std::vector<std::string> mailers) {
        Habit eve = habit(k_eve, "account", std::move(eves));
        Habit other = habit(mailer, "account", std::move(mailers));
        eve.networks = other.networks = {"192.0.0.0/16"};
        eve.clients = other.clients = {"Boto3"};
        return score("smtp_credentials", story, {}, with_habits({eve, other}));
    };
    CHECK(scored({"credential"}, {"credential"}) == 10);
    CHECK(scored({"credential"}, {}) == 30);
    CHECK(scored({}, {"credential"}) == 30);
}

TEST_CASE("campaign: logging that another member restores scores less") {
    const std::string on = R"({"loggingConfig":{"textDataDeliveryEnabled":true}})";
    Story story = {k_made, k_eve.calls("DeleteModelInvocationLoggingConfiguration", 60),
                   k_mailer.calls("PutModelInvocationLoggingConfiguration", 660, on)};
    CHECK(score("evade", story) == 10);
    story[2] = k_mailer.calls("PutModelInvocationLoggingConfiguration", 661, on);
    CHECK(score("evade", story) == 40);
    const auto scored = [&](const Caller& caller) {
        return score("evade", story, {}, with_habits({habit(caller, "bedrock", {"evade"})}));
    };
    CHECK(scored(k_eve) == 15);
    CHECK(scored(k_mailer) == 40);
}

TEST_CASE("campaign: routine is judged by the member that acts") {
    const Story story = {k_made, k_mailer.calls("DeleteTrail", 60, R"({"name":"main"})")};
    const auto scored = [&](const Caller& caller) {
        return score("trail_tampering", story, {},
                     with_habits({habit(caller, "account", {"tamper"})}));
    };
    CHECK(scored(k_mailer) == 15);
    CHECK(scored(k_eve) == 40);
}

TEST_CASE("campaign: first recon counts for members that have never used or called the service") {
    const Story story = {k_made, k_eve.calls("GetSendQuota", 10), k_mailer.calls("GetAccount", 20)};
    CHECK(score("first_recon", story, {}, with_habits({})) == 15);
    CHECK(score("first_recon", story, {}, with_habits({habit(k_eve, "ses", {"recon"})})) == 0);
}

TEST_CASE("campaign: columns with one value show the head's, and lists show those of all") {
    StoryEvent mail = k_mailer.calls("SendEmail", 60);
    mail.region = "eu-west-1";
    mail.key = "AKIA1";
    mail.type = "FederatedUser";
    mail.workload = "arn:aws:lambda:::f";
    const auto findings = hunt({k_made, mail});
    REQUIRE(findings.size() == 1);
    const HuntFinding& row = findings.front();
    CHECK(column(row, "Principal") == List{k_eve.arn()});
    CHECK(column(row, "user") == List{"eve"});
    CHECK(column(row, "risk_object") == List{k_eve.arn()});
    CHECK(column(row, "CallerType") == List{"IAMUser"});
    CHECK(column(row, "Workload").empty());
    CHECK(column(row, "SourceIPs") == List{k_afar, k_abroad});
    CHECK(column(row, "UniqueIPs") == List{"2"});
    CHECK(column(row, "Regions") == List{"eu-west-1", "us-east-1"});
    CHECK(column(row, "AccessKeys") == List{"AKIA1", "ASIA1"});
    CHECK(column(row, "UseCount") == List{"1"});
    CHECK(column(row, "FirstEvent") == List{clock(0)});
    CHECK(column(row, "LastEvent") == List{clock(60)});
    CHECK(column(row, "Members") == List{k_eve.arn(), k_mailer.arn()});
    CHECK(column(row, "UniqueMembers") == List{"2"});
    CHECK(column(row, "Phases") == List{"credential", "use"});
}
