#include "detect/coverage/coverage_activity.hpp"

#include <doctest/doctest.h>

#include <array>
#include <nlohmann/json.hpp>
#include <random>
#include <utility>

#include "config/setup_for_tests.hpp"
#include "detect/coverage/coverage_finding.hpp"
#include "detect/hunt/story.hpp"
#include "log/cloudtrail.hpp"
#include "log/ledger_log.hpp"
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

// `account service region management data` of each row.
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

const config::Setup& ledger_setup() {
    static const config::Setup setup = config::setup_with(log::k_ledger_stanza, log::two_logs());
    return setup;
}

detect::CoverageActivity activity_of_two_logs() {
    return detect::CoverageActivity(ledger_setup().catalogue, log::two_logs());
}

log::Event event_of(const log::Log& log, std::string_view source, std::string_view name,
                    std::string_view account) {
    log::Event event;
    event.log = &log;
    event.source = source;
    event.name = name;
    event.account = account;
    event.time_text = "2026-03-02T10:00:00Z";
    return event;
}

log::Event print_in(std::string_view account) {
    return event_of(log::ledger(), "ledger", "print", account);
}

log::Event mail_in(std::string_view account) {
    return event_of(log::cloudtrail(), "ses.amazonaws.com", "SendEmail", account);
}

// `account service region: log log` of each row.
std::vector<std::string> logs_of(const detect::CoverageActivity& activity) {
    std::vector<std::string> rows;
    for (const auto& finding : activity.findings()) {
        std::string& row = rows.emplace_back(finding.account + ' ' + finding.service->id + ' ' +
                                             finding.region + ':');
        for (const log::Log* log : finding.logs) row += ' ' + std::string(log->id);
    }
    return rows;
}

}  // namespace

TEST_CASE("coverage: the activity by account, service and region, and the services without any") {
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
    const StoryEvents story_events(story);
    const auto activity = activity_of(story_events.events());
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

TEST_CASE("coverage: rows say what these events do not show and what no trail shows") {
    const StoryEvents story_events({{.time = "10:00:00", .call = "GetSendQuota"},
                                    {.time = "10:00:00", .call = "Publish", .category = "Data"}});
    const std::string text = as_text(activity_of(story_events.events()));
    CHECK(text.contains(R"("Service":"AWS SES","Region":"us-east-1","ManagementEvents":1,)"));
    CHECK(text.contains("no data events, so nothing is seen of mail"));
    CHECK(text.contains("mail sent over SMTP (see CloudWatch AWS/SES Send)"));
    CHECK(text.contains("no event at all; without data events nothing is seen of text"));
    CHECK(text.contains(
        R"("DataEvents":1,"FirstEvent":1772445600,"LastEvent":1772445600,"NotSeen":"")"));
    CHECK(text.contains("SMSMonthToDateSpentUSD"));
    CHECK(
        text.contains(R"("Logs":["CloudTrail"],"NeverShown":["CloudTrail: data events that no )"));
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

TEST_CASE("coverage: parts add up in any order, also through documents") {
    Story story;
    for (int i = 0; i < 300; ++i) {
        story.push_back({.time = clock(i * 37 % 1000),
                         .call = i % 3 == 0 ? "Publish" : "GetSendQuota",
                         .region = "region-" + std::to_string(i % 7),
                         .account = std::to_string(i % 11),
                         .category = i % 2 == 0 ? "Data" : "Management"});
    }
    const StoryEvents story_events(story);
    const auto& all = story_events.events();
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

TEST_CASE("coverage: an account whose events end when its trail stops") {
    const auto not_seen_of = [](const Story& story) {
        const StoryEvents story_events(story);
        const auto activity = activity_of(story_events.events());
        std::string texts;
        for (const auto& finding : activity.findings()) {
            if (finding.service->id == "account") texts += detect::not_seen(finding);
        }
        return texts;
    };
    const StoryEvent stopped{.time = "10:00:05", .call = "StopLogging"};
    StoryEvent denied = stopped;
    denied.error = "AccessDenied";
    const StoryEvent before{.time = "10:00:00", .call = "InvokeModel"};
    const StoryEvent after{.time = "10:00:06", .call = "InvokeModel", .region = "eu-west-1"};
    StoryEvent elsewhere = after;
    elsewhere.account = "444455556666";
    const std::string ended =
        "anything after StopLogging: no later event in the account is in the catalogue";
    CHECK(not_seen_of({before, stopped}) == ended);
    CHECK(not_seen_of({stopped, elsewhere, before}) == ended);
    CHECK(not_seen_of({before, stopped, after}).empty());
    CHECK(not_seen_of({before, denied}).empty());
    CHECK(not_seen_of({before, {.time = "10:00:05", .call = "DeleteLogGroup"}}).empty());
}

TEST_CASE("coverage: an account has the services that its logs can show, with these logs") {
    auto activity = activity_of_two_logs();
    CHECK(activity.add(print_in("h1")) == detect::Added::counted);
    // Neither of the two logs has Google's source, so any of them may have it.
    const std::vector<std::string> of_ledger = {"h1 vertex : ledger", "h1 ledger unknown: ledger"};
    CHECK(logs_of(activity) == of_ledger);

    CHECK(activity.add(mail_in("1")) == detect::Added::counted);
    CHECK(logs_of(activity) ==
          std::vector<std::string>{
              "1 bedrock : cloudtrail", "1 agentcore : cloudtrail", "1 sagemaker : cloudtrail",
              "1 azure_openai : cloudtrail",  // neither of the two logs is Azure's
              "1 ses unknown: cloudtrail", "1 sns : cloudtrail", "1 sms_voice : cloudtrail",
              "1 voice : cloudtrail", "1 workmail : cloudtrail",
              "1 bedrock_invocations : cloudtrail", "1 sendgrid : cloudtrail",
              "1 twilio : cloudtrail", "1 vertex : cloudtrail", "h1 vertex : ledger",
              "h1 ledger unknown: ledger"});

    auto both = activity_of_two_logs();
    both.add(print_in("1"));
    both.add(mail_in("1"));
    CHECK(logs_of(both).size() == 14);
    CHECK(logs_of(both).front() == "1 bedrock : cloudtrail");
    CHECK(logs_of(both).back() == "1 ledger unknown: ledger");
    both.add(event_of(log::cloudtrail(), "ledger", "print", "1"));
    CHECK(logs_of(both).back() == "1 ledger unknown: cloudtrail ledger");
}

TEST_CASE("coverage: a source that no log is known to have may be in any of them") {
    const auto setup =
        config::setup_with("[service:partner]\nuse = partner.example.com:Send\n", log::two_logs());
    detect::CoverageActivity activity(setup.catalogue, log::two_logs());
    activity.add(mail_in("1"));
    CHECK(logs_of(activity).back() == "1 partner : cloudtrail");
}

TEST_CASE("coverage: rows say what each of their logs can never show") {
    auto activity = activity_of_two_logs();
    activity.add(print_in("1"));
    activity.add(event_of(log::cloudtrail(), "ledger", "print", "1"));
    activity.add(print_in("2"));
    const std::string text = as_text(activity);
    CHECK(text.contains(
        R"("Logs":["CloudTrail","Ledger"],"NeverShown":["CloudTrail: data events that no trail is )"
        R"(set to log, regions without a trail","Ledger: orders that were made by telephone"]})"));
    CHECK(text.contains(R"("Logs":["Ledger"],"NeverShown":["Ledger: orders)"));

    // Logs that share a label share a line.
    log::Log other = log::ledger();
    other.id = "ledger-of-another-form";
    detect::CoverageFinding finding;
    finding.service = &ledger_setup().catalogue.services().front();
    finding.logs = {&log::ledger(), &other};
    CHECK(detect::never_shown(finding).size() == 1);
}

TEST_CASE("coverage: the logs of parts add up in any order, also through documents") {
    auto expected = activity_of_two_logs();
    auto front = activity_of_two_logs();
    auto back = activity_of_two_logs();
    for (int i = 0; i < 50; ++i) {
        const std::string account = std::to_string(i % 7);
        const auto event = i % 3 == 0 ? mail_in(account) : print_in(account);
        expected.add(event);
        (i < 20 ? front : back).add(event);
    }
    auto merged = back;
    merged.merge(front);
    CHECK(as_text(merged) == as_text(expected));
    merge_documents(front, back, activity_of_two_logs);
    CHECK(as_text(front) == as_text(expected));
}

TEST_CASE("coverage: a document without a known log is refused") {
    auto activity = activity_of_two_logs();
    activity.add(print_in("1"));
    activity.add(event_of(log::cloudtrail(), "ledger", "print", "1"));
    const std::string document = documents_of(activity).front();
    const auto is_taken = [](const std::string& text) {
        auto read = activity_of_two_logs();
        return read_document(text, read).has_value();
    };
    CHECK(is_taken(document));
    auto unknown = document;
    unknown.replace(unknown.find("\"ledger\""), 8, "\"Ledger\"");
    CHECK_FALSE(is_taken(unknown));
    detect::CoverageActivity of_aws(ledger_setup().catalogue);  // only knows CloudTrail
    CHECK_FALSE(read_document(document, of_aws));

    // After nine other fields come the number of logs and the texts of their ids.
    const auto parsed = nlohmann::ordered_json::parse(document);
    constexpr std::size_t count = 9;
    REQUIRE(parsed["coverage"][0].size() == count + 3);
    CHECK(parsed["coverage"][0][count] == 2);
    const auto with_count = [&](const nlohmann::ordered_json& value) {
        auto forged = parsed;
        forged["coverage"][0][count] = value;
        return is_taken(forged.dump());
    };
    CHECK(with_count(2));
    for (const std::string value : {"0", "1", "3", "-1", "18446744073709551615", "\"2\""}) {
        CAPTURE(value);
        CHECK_FALSE(with_count(nlohmann::ordered_json::parse(value)));
    }
    auto without = parsed;
    without["coverage"][0].erase(count);
    CHECK_FALSE(is_taken(without.dump()));
}

TEST_CASE("coverage: a changed document is read or refused, and rows can be made") {
    auto activity = activity_of_two_logs();
    for (const std::string_view account : {"1", "2", "h1"}) {
        activity.add(print_in(account));
        activity.add(mail_in(account));
    }
    const std::string document = documents_of(activity).front();
    std::size_t taken = 0;
    for (unsigned seed = 0; seed < 2000; ++seed) {
        std::mt19937 random(seed);
        std::string changed = document;
        constexpr std::string_view bytes = "0123456789-,[]\"{}x";
        for (auto left = 1 + random() % 2; left > 0; --left) {
            changed[random() % changed.size()] = bytes[random() % bytes.size()];
        }
        auto read = activity_of_two_logs();
        if (!read_document(changed, read)) continue;
        ++taken;
        auto merged = activity;
        merged.merge(read);
        for (const auto& finding : merged.findings()) {
            CHECK_FALSE(finding.logs.empty());
            detect::to_row(finding);
        }
    }
    CHECK(taken > 50);
    CHECK(taken < 1950);
}
