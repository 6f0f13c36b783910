#include "log/log_set.hpp"

#include <doctest/doctest.h>

#include <array>

#include "log/ledger_log.hpp"

using namespace cloudhijack;
using log::Log;
using log::LogSet;

TEST_CASE("log set: the list keys are those of all logs, the name key is the main log's") {
    const auto& cloudtrail = log::all_logs().record_keys();
    CHECK(cloudtrail.name.text() == "eventName");
    CHECK(cloudtrail.lists.contains("Records"));
    CHECK(cloudtrail.lists.contains("Events"));
    CHECK(cloudtrail.lists.contains("records"));
    CHECK(cloudtrail.lists.contains("Messages"));
    CHECK(cloudtrail.lists.contains("results"));
    CHECK_FALSE(cloudtrail.lists.contains("event"));
    CHECK(log::all_logs().other_marks() ==
          std::vector<std::string_view>{"\"sg_", "ModelInvocationLog", "product", "category",
                                        "category", "operationName", "\"AE", "com.twilio.", "\"sid",
                                        "protoPayload"});

    const auto& both = log::two_logs().record_keys();
    CHECK(both.name.text() == "eventName");
    CHECK(both.lists.contains("Records"));
    CHECK(both.lists.contains("records"));
    CHECK(log::two_logs().other_marks() == std::vector<std::string_view>{"ledger_id"});
}

TEST_CASE("log set: the main log is the first one with a name key, or the first one") {
    const std::array two = {&log::ledger(), &log::cloudtrail()};
    const LogSet both(two);
    CHECK(both.main().log == &log::cloudtrail());
    CHECK(both.record_keys().name.text() == "eventName");
    CHECK(both.other_marks() == std::vector<std::string_view>{"ledger_id"});

    const std::array one = {&log::ledger()};
    const LogSet alone(one);
    CHECK(alone.main().log == &log::ledger());
    CHECK(alone.record_keys().name.text().empty());
    CHECK(alone.other_marks().empty());
}

TEST_CASE("log set: the possible sources of a log's calls") {
    CHECK(log::cloudtrail().own_source().empty());
    CHECK(log::cloudtrail().can_show("ses.amazonaws.com"));
    CHECK(log::cloudtrail().can_show("ses.amazonaws.com.cn"));
    CHECK_FALSE(log::cloudtrail().can_show("ses"));
    CHECK_FALSE(log::cloudtrail().can_show("ledger"));
    CHECK_FALSE(log::cloudtrail().can_show(""));
    CHECK(log::ledger().own_source() == "ledger");
    CHECK(log::ledger().can_show("ledger-archive"));
    CHECK_FALSE(log::ledger().can_show("the-ledger"));
    CHECK_FALSE(log::ledger().can_show("ses.amazonaws.com"));
    CHECK(log::two_logs().can_show("ledger"));
    CHECK(log::two_logs().can_show("ses.amazonaws.com"));
    CHECK_FALSE(log::all_logs().can_show("ledger"));
}

TEST_CASE("log set: every log has the texts that rows and messages need") {
    for (const LogSet::ShapedLog& member : log::all_logs().members()) {
        CAPTURE(member.log->id);
        CHECK_FALSE(member.log->label.empty());
        CHECK_FALSE(member.log->sources.empty());
        CHECK_FALSE(member.log->never_shows.empty());
        CHECK_FALSE(member.log->never_shows.ends_with('.'));
    }
}

TEST_CASE("log set: topics of calls are known for each log, other calls have none") {
    CHECK(log::topic_of("CreateAccessKey") == log::CallTopic::access_key);
    CHECK(log::topic_of("AttachUserPolicy") == log::CallTopic::policy);
    CHECK(log::topic_of("PutUserPolicy") == log::CallTopic::rights);
    CHECK(log::topic_of("CreateCase") == log::CallTopic::quota);
    CHECK(log::topic_of("InvokeModel") == log::CallTopic::other);
}
