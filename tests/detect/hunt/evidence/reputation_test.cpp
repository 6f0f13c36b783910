#include <doctest/doctest.h>

#include "detect/hunt/story.hpp"

using namespace cloudhijack;
using namespace cloudhijack::detect;

namespace {

StoryEvent mail(std::string name) {
    return {.call = std::move(name),
            .address = "",
            .agent = "",
            .key = "",
            .type = "Account",
            .arn = "account 21358997",
            .account = "21358997",
            .log = "sendgrid"};
}

Story mails(std::string name, int count, std::int64_t first_second = 0) {
    Story story = repeated(mail(name), first_second, count);
    const bool has_ended_badly = name != "processed" && name != "spamreport";
    if (has_ended_badly) {
        for (StoryEvent& event : story) event.error = name;
    }
    return story;
}

}  // namespace

TEST_CASE("reputation: a tenth of a hundred mails bounced or were dropped") {
    CHECK(score("reputation", mails("processed", 100) + mails("bounce", 10)) == 20);
    CHECK(score("reputation", mails("processed", 100) + mails("bounce", 9)) == 0);
    CHECK(score("reputation", mails("processed", 99) + mails("bounce", 50)) == 0);
    CHECK(score("reputation", mails("processed", 100) + mails("bounce", 6) + mails("dropped", 4)) ==
          20);
    CHECK(reason("reputation", mails("processed", 100) + mails("bounce", 10)) ==
          "Of 100 emails sent through SendGrid in 24 h from 2026-03-02T10:00:00Z, 10 bounced or "
          "were dropped "
          "and 0 were reported as spam (+20)");
}

TEST_CASE("reputation: one of a thousand mails was reported as spam") {
    CHECK(score("reputation", mails("processed", 1000) + mails("spamreport", 1)) == 20);
    CHECK(score("reputation", mails("processed", 1001) + mails("spamreport", 1)) == 0);
    CHECK(score("reputation", mails("processed", 1000) + mails("spamreport", 1),
                "[evidence:reputation]\nreported_per_1000 = 2\n") == 0);
}

TEST_CASE("reputation: in 24 consecutive hours") {
    CHECK(score("reputation", mails("processed", 100) + mails("bounce", 10, hours(23))) == 20);
    CHECK(score("reputation", mails("processed", 100) + mails("bounce", 10, hours(24))) == 0);
    CHECK(score("reputation", mails("processed", 50) + mails("processed", 50, hours(23)) +
                                  mails("bounce", 10, hours(12))) == 20);
}

TEST_CASE("quarantined: the provider suspended the account") {
    StoryEvent suspension = mail("account_status_change");
    suspension.result = "compliance_suspend";
    Story story = repeated(suspension, 0, 1);
    CHECK(score("quarantined", story) == 60);
    CHECK(reason("quarantined", story)
              .starts_with("The provider suspended the account at 2026-03-02T10:00:00Z"));
    story.front().result = "activate";
    CHECK(score("quarantined", story) == 0);
}

TEST_CASE("notes are not a phase of an attack, and not use") {
    const auto findings = hunt(mails("processed", 101) + mails("bounce", 5));
    REQUIRE(findings.size() == 1);
    CHECK(findings.front().phases == std::vector<std::string>{"use"});
    CHECK(findings.front().use_count == 101);
    CHECK(findings.front().failed_count == 0);
}
