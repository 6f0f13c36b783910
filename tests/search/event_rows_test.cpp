#include "search/event_rows.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "byte_pieces.hpp"
#include "csv/row_writer.hpp"
#include "rules/builtin.hpp"
#include "scp/limits.hpp"

using namespace cloudhijack;
using namespace cloudhijack::rules;
using config::Input;
using search::EventRows;

namespace {

constexpr std::chrono::hours k_hour{1};

struct Read {
    Result<> ended;
    search::IntakeStats intake;
    std::vector<std::string> partial;  ///< documents
};

Read read(const std::string& body, Input input = Input::raw) {
    io::Window window(in_pieces(body, 1'000), scp::k_row_cap);
    window.set_limit(body.size());
    detect::Activity activity = detect::VolumeActivity(builtin_catalogue(), k_hour);
    Read made;
    search::StageClock clock;
    const log::CallFilter filter(log::all_logs(), builtin_catalogue().call_names());
    search::EventRows rows(
        input, log::all_logs(),
        {.activity = activity,
         .intake = made.intake,
         .clock = clock,
         .filter = filter,
         .take_partial = [&made](std::string_view one) { made.partial.emplace_back(one); }});
    made.ended = rows.read_chunk(window);
    return made;
}

std::string cell(std::string_view text) {
    std::string quoted;
    csv::append_cell(quoted, text);
    return quoted;
}

const std::string k_call = cell(
    R"({"eventSource":"sns.amazonaws.com","eventName":"Publish","eventTime":"2026-01-01T00:00:00Z"})");
const std::string k_undated = cell(R"({"eventSource":"sns.amazonaws.com","eventName":"Publish"})");

}  // namespace

TEST_CASE("event rows: an empty chunk is valid, with or without a header") {
    for (const std::string body : {"", "\n", "a,b\n", "_time,_raw\n", "_time,_raw"}) {
        const Read made = read(body);
        CHECK(made.ended);
        CHECK(made.intake.rows == 0);
    }
}

TEST_CASE("event rows: rows without a _raw column end the search with advice") {
    const Read made = read("_time,host\n1,a\n");
    REQUIRE_FALSE(made.ended);
    CHECK(made.ended.error().text.contains("no field _raw"));
    CHECK(made.ended.error().text.contains("| fields _time, _raw"));
}

TEST_CASE("event rows: columns in any order, twins in any place, short rows") {
    CHECK(read("_raw,_time\n" + k_call + ",1\n").intake.counted == 1);
    CHECK(read("a,__mv_a,_raw,__mv__raw,_time\nx,," + k_call + ",,1\n").intake.counted == 1);
    CHECK(read("_raw,a,b\n" + k_call + "\n").intake.counted == 1);
    CHECK(read("_raw,_raw\n" + k_call + ",x\n").intake.counted == 1);
}

TEST_CASE("event rows: unreadable rows are counted, and the first reason is kept") {
    const Read made =
        read("_time,_raw\n1," + k_call + "\n1,{}\n1,x\n1,\n,{\n," + k_undated + "\nx," + k_undated);
    CHECK(made.ended);
    CHECK(made.intake.rows == 7);
    CHECK(made.intake.counted == 1);
    CHECK(made.intake.unreadable == 5);
    CHECK(made.intake.first_reason == "row 3: its _raw is not a JSON object");
    CHECK(made.intake.records == 6);
    CHECK(made.intake.unknown == 1);
    CHECK(made.intake.first_unknown == "row 2, has no keys");
    CHECK(read("_raw\n" + k_undated).intake.first_reason.contains("eventTime"));
    CHECK(read("_raw,_time\n,1\n").intake.first_reason == "row 1: its _raw is empty");
    CHECK(read("_raw,_time\n\"{}").intake.first_reason.contains("inside a quoted cell"));
    CHECK(read("\"_raw").intake.first_reason.contains("inside a quoted cell"));
}

TEST_CASE("event rows: the error for a header above the limit names the limit") {
    const std::string widest(scp::k_column_cap - 1, ',');
    CHECK(read("_raw" + widest + "\n" + k_call + "\n").intake.counted == 1);
    const Read made = read("_raw," + widest + "\n" + k_call + "\n");
    REQUIRE_FALSE(made.ended);
    CHECK(made.ended.error().text.contains("10000 columns"));
}

TEST_CASE(
    "event rows: each record of a row counts, and the row's time does not apply in an envelope") {
    const std::string record = R"({"eventSource":"sns.amazonaws.com","eventName":"Publish"})";
    const std::string list = cell("{\"Records\":[" + record + ",x," + record + "]}");
    const Read made = read("_time,_raw\n1," + list + "\n");
    CHECK(made.intake.rows == 1);
    CHECK(made.intake.records == 3);
    CHECK(made.intake.unreadable == 3);
    CHECK(made.intake.first_reason.contains("row 1: neither _time nor"));
}

TEST_CASE("event rows: objects that no log knows are counted separately, with the first keys") {
    const std::string digest = cell(
        R"({"awsAccountId":"1","digestStartTime":"2026","digestEndTime":"2026","logFiles":[]})");
    const Read made = read("_time,_raw\n1," + k_call + "\n1," + digest + "\n1,{}\n");
    CHECK(made.intake.rows == 3);
    CHECK(made.intake.records == 1);
    CHECK(made.intake.unreadable == 0);
    CHECK(made.intake.unknown == 2);
    CHECK(made.intake.first_unknown ==
          R"(row 2, has the keys "awsAccountId", "digestStartTime", "digestEndTime")");
    CHECK(read("_raw\n" + cell(R"({"Records":[]})")).intake.unknown == 0);
}

TEST_CASE("event rows: required fields of each input") {
    using Fields = std::vector<std::string>;
    const auto& logs = log::all_logs();
    CHECK(EventRows::required_fields(Input::raw, true, logs) ==
          Fields{"_time", "_raw", "cloudhijack_partial"});
    CHECK(EventRows::required_fields(Input::raw, false, logs) == Fields{"_time", "_raw"});
    CHECK(EventRows::required_fields(Input::fields, false, logs)[1] == "eventTime");
    CHECK(EventRows::required_fields(Input::fields, true, logs) ==
          Fields{"_time", "_raw", "cloudhijack_partial", "eventTime", "eventSource", "eventName",
                 "errorCode", "userIdentity.type", "userIdentity.arn", "userIdentity.principalId",
                 "sourceIPAddress", "awsRegion", "eventCategory",
                 "userIdentity.onBehalfOf.userId"});
}

TEST_CASE("event rows: fields that Splunk extracted") {
    const std::string header = "_time,eventSource,eventName,errorCode,__mv_eventName\n";
    const auto counted = [&header](const std::string& row) {
        const Read made = read(header + row, Input::fields);
        CHECK(made.intake.saw_call_columns);
        return made.intake.counted;
    };
    CHECK(counted("1,sns.amazonaws.com,Publish,,\n") == 1);
    CHECK(counted("1,sns.amazonaws.com,Publish,success,\n") == 1);
    CHECK(counted("1,sns.amazonaws.com,Publish,SUCCESS,\n") == 1);
    CHECK(counted("1,sns.amazonaws.com,Publish,successful,\n") == 0);
    CHECK(counted("1,sns.amazonaws.com,Publish,AccessDenied,\n") == 0);
    CHECK(counted("1,sns.amazonaws.com,\"Publish\nPublish\",,$Publish$;$Publish$\n") == 1);
    CHECK(counted("1,sns.amazonaws.com\n") == 0);
    CHECK(read(header + "x,sns.amazonaws.com,Publish\n", Input::fields).intake.unreadable == 1);
    const Read other = read("_raw\n{}\n", Input::fields);
    CHECK(other.ended);
    CHECK_FALSE(other.intake.saw_call_columns);
}

TEST_CASE("event rows: a row is a partial one only if it has no event") {
    const std::string header = "_time,_raw,cloudhijack_partial,eventName,host\n";
    const auto partial = [&header](const std::string& row, Input input = Input::raw) {
        const Read made = read(header + row, input);
        CHECK(made.intake.rows + made.partial.size() == 1);
        return !made.partial.empty();
    };
    for (const Input input : {Input::raw, Input::fields}) {
        CHECK(partial("1,,x,,\n", input));
        CHECK(partial("1,,x,,a\n", input));
        CHECK_FALSE(partial("1," + k_call + ",x,,\n", input));
        CHECK_FALSE(partial("1,,x,Publish,\n", input));
        CHECK_FALSE(partial("1,,,,\n", input));
    }
    CHECK(read("cloudhijack_partial\nx\n").partial == std::vector<std::string>{"x"});
    CHECK(read("cloudhijack_partial\n\"\"\n").intake.first_reason == "row 1: its _raw is empty");
}

TEST_CASE("event rows: the widest header is reported, without twins and Splunk's internal fields") {
    CHECK(read("_time,_raw,__mv__raw,_cd,a,__mv_a,b\n").intake.fields == 2);
    CHECK(read("_time,_raw\n").intake.fields == 0);
}
