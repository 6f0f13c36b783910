#include "command/event_rows.hpp"

#include <doctest/doctest.h>

#include <string>

#include "byte_pieces.hpp"
#include "csv/row_writer.hpp"
#include "scp/limits.hpp"

using namespace cloudhijack;

namespace {

constexpr std::chrono::hours k_hour{1};

struct Read {
    Result<> ended;
    command::Intake intake;
};

Read read(const std::string& body) {
    io::Window window(in_pieces(body, 1'000), scp::k_row_cap);
    window.set_limit(body.size());
    cloudtrail::EventReader reader(cloudtrail::Shape::cloudtrail());
    detect::VolumeActivity activity(k_hour);
    Read made;
    made.ended = command::read_event_rows(window, reader, activity, made.intake);
    return made;
}

std::string quoted(std::string_view text) {
    std::string cell;
    csv::append_cell(cell, text);
    return cell;
}

const std::string k_call = quoted(
    R"({"eventSource":"sns.amazonaws.com","eventName":"Publish","eventTime":"2026-01-01T00:00:00Z"})");
const std::string k_undated =
    quoted(R"({"eventSource":"sns.amazonaws.com","eventName":"Publish"})");

}  // namespace

TEST_CASE("event rows: an empty chunk is fine, with or without a header") {
    for (const std::string body : {"", "\n", "a,b\n", "_time,_raw\n", "_time,_raw"}) {
        const Read made = read(body);
        CHECK(made.ended);
        CHECK(made.intake.rows == 0);
    }
}

TEST_CASE("event rows: rows without a _raw column end the search with what to do") {
    const Read made = read("_time,host\n1,a\n");
    REQUIRE_FALSE(made.ended);
    CHECK(made.ended.error().text.contains("no _raw"));
    CHECK(made.ended.error().text.contains("| fields _time, _raw"));
}

TEST_CASE("event rows: columns in any order, twins in any place, short rows") {
    CHECK(read("_raw,_time\n" + k_call + ",1\n").intake.counted == 1);
    CHECK(read("a,__mv_a,_raw,__mv__raw,_time\nx,," + k_call + ",,1\n").intake.counted == 1);
    CHECK(read("_raw,a,b\n" + k_call + "\n").intake.counted == 1);
    CHECK(read("_raw,_raw\n" + k_call + ",x\n").intake.counted == 1);
}

TEST_CASE("event rows: what cannot be read is counted and its first reason kept") {
    const Read made =
        read("_time,_raw\n1," + k_call + "\n1,{}\n1,x\n1,\n,{\n," + k_undated + "\nx," + k_undated);
    CHECK(made.ended);
    CHECK(made.intake.rows == 7);
    CHECK(made.intake.counted == 1);
    CHECK(made.intake.unreadable == 5);
    CHECK(made.intake.first_reason == "row 3: its _raw is no JSON object");
    CHECK(read("_raw\n" + k_undated).intake.first_reason.contains("eventTime"));
    CHECK(read("_raw,_time\n,1\n").intake.first_reason == "row 1: its _raw is empty");
    CHECK(read("_raw,_time\n\"{}").intake.first_reason.contains("inside a quoted cell"));
    CHECK(read("\"_raw").intake.first_reason.contains("inside a quoted cell"));
}

TEST_CASE("event rows: a header over its cap names it") {
    const std::string widest(scp::k_column_cap - 1, ',');
    CHECK(read("_raw" + widest + "\n" + k_call + "\n").intake.counted == 1);
    const Read made = read("_raw," + widest + "\n" + k_call + "\n");
    REQUIRE_FALSE(made.ended);
    CHECK(made.ended.error().text.contains("10000 columns"));
}
