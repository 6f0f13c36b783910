#include "detect/coverage/coverage_activity.hpp"

#include <doctest/doctest.h>

#include "detect/coverage/coverage_finding.hpp"
#include "detect/hunt/story.hpp"
#include "log/cloudtrail.hpp"
#include "output/csv_and_ndjson.hpp"
#include "partial/through_documents.hpp"
#include "rules/builtin.hpp"

using namespace cloudhijack;
using namespace cloudhijack::detect;
using namespace cloudhijack::partial;
using namespace cloudhijack::rules;

namespace {

detect::CoverageActivity activity_of(const std::vector<log::Event>& events) {
    detect::CoverageActivity activity(builtin_catalogue());
    for (const auto& event : events) activity.add(event);
    return activity;
}

// `account service region management data`
std::vector<std::string> seen(const detect::CoverageActivity& activity) {
    std::vector<std::string> rows;
    for (const auto& finding : activity.findings()) {
        rows.push_back(finding.account + ' ' + finding.service->id + ' ' +
                       (finding.region.empty() ? "-" : finding.region) + ' ' +
                       std::to_string(finding.management) + ' ' + std::to_string(finding.data));
    }
    return rows;
}

std::string as_text(const detect::CoverageActivity& activity) {
    std::vector<detect::Row> rows;
    for (const auto& finding : activity.findings()) rows.push_back(detect::to_row(finding));
    return output::to_ndjson(detect::coverage_columns(), rows);
}

}  // namespace

TEST_CASE("coverage: what was seen by account, service and region, and what was not") {
    const Story story = {
        {.time = "10:00:00", .call = "InvokeModel", .category = "Management"},
        {.time = "10:00:05", .call = "InvokeAgent", .category = "Data"},
        {.time = "10:00:03", .call = "InvokeModel", .error = "AccessDenied"},
        {.time = "11:00:00", .call = "InvokeModel", .region = "eu-west-1"},
        {.time = "11:00:00", .call = "Publish", .account = "444455556666", .category = "Data"},
        {.time = "11:00:00", .call = "CreateUser"},
        {.time = "11:00:00", .call = "InvokeModel", .category = "NetworkActivity"},
        {.time = "11:00:00", .call = "GetObject"},
    };
    const ToldEvents told(story);
    const auto activity = activity_of(told.events());
    CHECK(seen(activity) == std::vector<std::string>{
                                "111122223333 bedrock eu-west-1 1 0",
                                "111122223333 bedrock us-east-1 2 1",
                                "111122223333 agentcore - 0 0", "111122223333 sagemaker - 0 0",
                                "111122223333 ses - 0 0", "111122223333 sns - 0 0",
                                "111122223333 sms_voice - 0 0", "111122223333 voice - 0 0",
                                "111122223333 workmail - 0 0", "111122223333 account us-east-1 1 0",
                                "444455556666 bedrock - 0 0", "444455556666 agentcore - 0 0",
                                "444455556666 sagemaker - 0 0", "444455556666 ses - 0 0",
                                "444455556666 sns us-east-1 0 1", "444455556666 sms_voice - 0 0",
                                "444455556666 voice - 0 0", "444455556666 workmail - 0 0"});
    const auto findings = activity.findings();
    CHECK(findings[1].first == 1'772'445'600);
    CHECK(findings[1].last == 1'772'445'605);
    CHECK_FALSE(findings[2].first);
}

TEST_CASE("coverage: rows say what these events leave open and what no trail shows") {
    const ToldEvents told({{.time = "10:00:00", .call = "GetSendQuota"},
                           {.time = "10:00:00", .call = "Publish", .category = "Data"}});
    const std::string text = as_text(activity_of(told.events()));
    CHECK(text.contains(R"("Service":"AWS SES","Region":"us-east-1","ManagementEvents":1,)"));
    CHECK(text.contains("no data events, so nothing is seen of mail"));
    CHECK(text.contains("mail sent over SMTP (CloudWatch AWS/SES Send)"));
    CHECK(text.contains("no event at all; without data events nothing is seen of text"));
    CHECK(text.contains(
        R"("DataEvents":1,"FirstEvent":1772445600,"LastEvent":1772445600,"NotSeen":"")"));
    CHECK(text.contains("SMSMonthToDateSpentUSD"));
}

TEST_CASE("coverage: an event without any time is not counted") {
    detect::CoverageActivity activity(builtin_catalogue());
    log::Event event;
    event.log = &log::cloudtrail();
    event.source = "ses.amazonaws.com";
    event.name = "SendEmail";
    CHECK(activity.add(event) == detect::Added::undated);
    event.row_time = text::Time{std::chrono::seconds{5}};
    CHECK(activity.add(event) == detect::Added::counted);
    CHECK(activity.findings().front().account == "unknown");
}

TEST_CASE("coverage: parts add up in any order, as documents too") {
    Story story;
    for (int i = 0; i < 300; ++i) {
        story.push_back({.time = clock(i * 37 % 1000),
                         .call = i % 3 == 0 ? "Publish" : "GetSendQuota",
                         .region = "region-" + std::to_string(i % 7),
                         .account = std::to_string(i % 11),
                         .category = i % 2 == 0 ? "Data" : "Management"});
    }
    const ToldEvents told(story);
    const auto& all = told.events();
    const std::string expected = as_text(activity_of(all));
    const std::vector<log::Event> front(all.begin(), all.begin() + 100);
    const std::vector<log::Event> back(all.begin() + 100, all.end());
    auto merged = activity_of(back);
    merged.merge(activity_of(front));
    CHECK(as_text(merged) == expected);
    auto sent = activity_of(front);
    merge_documents(sent, activity_of(back),
                    [] { return detect::CoverageActivity(builtin_catalogue()); });
    CHECK(as_text(sent) == expected);
}

TEST_CASE("coverage: an account whose events end when its trail does") {
    const auto not_seen_of = [](const Story& story) {
        const ToldEvents told(story);
        const auto activity = activity_of(told.events());
        std::string texts;
        for (const auto& finding : activity.findings()) {
            if (finding.service->id == "account") texts += detect::not_seen(finding);
        }
        return texts;
    };
    const Told stopped{.time = "10:00:05", .call = "StopLogging"};
    Told denied = stopped;
    denied.error = "AccessDenied";
    const Told before{.time = "10:00:00", .call = "InvokeModel"};
    const Told after{.time = "10:00:06", .call = "InvokeModel", .region = "eu-west-1"};
    Told elsewhere = after;
    elsewhere.account = "444455556666";
    const std::string ended =
        "anything after StopLogging: no event that the catalogue names follows it in the account";
    CHECK(not_seen_of({before, stopped}) == ended);
    CHECK(not_seen_of({stopped, elsewhere, before}) == ended);
    CHECK(not_seen_of({before, stopped, after}).empty());
    CHECK(not_seen_of({before, denied}).empty());
    CHECK(not_seen_of({before, {.time = "10:00:05", .call = "DeleteLogGroup"}}).empty());
}
