#include "scp/metadata.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

using namespace cloudhijack;
using Json = nlohmann::json;

TEST_CASE("metadata: a getinfo as Splunk sends it") {
    const auto request = scp::parse_request(
        R"({"action":"getinfo","preview":false,"searchinfo":{"args":["span=2h","a b"],)"
        R"("raw_args":["span=2h","\"a b\""],"sid":"1.2","earliest_time":0,"latest_time":"0",)"
        R"("maxresultrows":100,"new_key":{"a":[1,{"b":null}]}}})");
    REQUIRE(request);
    CHECK(request->action == "getinfo");
    CHECK(request->args == std::vector<std::string>{"span=2h", "a b"});
    CHECK(request->max_result_rows == 100);
}

TEST_CASE("metadata: an execute, and the defaults of missing keys") {
    const auto last = scp::parse_request(R"({"action":"execute","finished":true})");
    REQUIRE(last);
    CHECK(last->finished);
    const auto bare = scp::parse_request(R"({"action":"getinfo"})");
    REQUIRE(bare);
    CHECK_FALSE(bare->finished);
    CHECK(bare->args.empty());
    CHECK(bare->max_result_rows == 50'000);
    CHECK(scp::parse_request(R"({"action":"getinfo","searchinfo":{"maxresultrows":"many"}})")
              ->max_result_rows == 50'000);
}

TEST_CASE("metadata: the error describes what is malformed") {
    const std::vector<std::pair<std::string, std::string>> malformed = {
        {"", "not JSON"},
        {"{\"action\":", "not JSON"},
        {"{\"action\":\"getinfo\"} x", "not JSON"},
        {"{\"action\":\"getinfo\"}{}", "text after"},
        {"[]", "not a JSON object"},
        {"{}", "no \"action\""},
        {R"({"action":1})", "\"action\" is not a string"},
        {R"({"action":"execute","finished":"yes"})", "\"finished\""},
        {R"({"action":"getinfo","searchinfo":[]})", "\"searchinfo\""},
        {R"({"action":"getinfo","searchinfo":{"args":"span=1h"}})", "\"args\""},
        {R"({"action":"getinfo","searchinfo":{"args":[1]}})", "\"args\""},
        {R"({"action":"getinfo","searchinfo":{"args":[["a"]]}})", "\"args\""},
    };
    for (const auto& [metadata, why] : malformed) {
        CAPTURE(metadata);
        const auto request = scp::parse_request(metadata);
        REQUIRE_FALSE(request);
        CHECK(request.error().text.contains("malformed metadata"));
        CHECK(request.error().text.contains(why));
    }
}

TEST_CASE("metadata: null is an absent value") {
    const auto request = scp::parse_request(
        R"({"action":"execute","finished":null,"searchinfo":{"args":null,"maxresultrows":null}})");
    REQUIRE(request);
    CHECK_FALSE(request->finished);
    CHECK(request->max_result_rows == 50'000);
}

TEST_CASE("metadata: text of events in the search does not stop it, even with invalid bytes") {
    for (const std::string search : {"\xff\xc3", "\\ud800", "\\u0000", "a\\\"b"}) {
        CAPTURE(search);
        const auto request =
            scp::parse_request(R"({"searchinfo":{"search":")" + search + R"(","args":["x)" +
                               search + R"("]},"action":"getinfo"})");
        REQUIRE(request);
        REQUIRE(request->args.size() == 1);
        CHECK(request->args[0].starts_with("x"));
    }
}

TEST_CASE("metadata: the error for too many arguments names the limit") {
    std::string args = "\"a\"";
    for (int i = 0; i < 1'000; ++i) args += ",\"a\"";
    const auto request =
        scp::parse_request(R"({"action":"getinfo","searchinfo":{"args":[)" + args + "]}}");
    REQUIRE_FALSE(request);
    CHECK(request.error().text.contains("more than 1000 arguments"));
}

TEST_CASE("metadata: deep nesting does no harm") {
    const std::string deep(1'000'000, '[');
    CHECK_FALSE(scp::parse_request("{\"action\":\"getinfo\",\"x\":" + deep));
    const std::string closed = deep + std::string(1'000'000, ']');
    CHECK(scp::parse_request("{\"action\":\"getinfo\",\"x\":" + closed + "}"));
    CHECK(scp::parse_request("{\"action\":\"getinfo\",\"searchinfo\":{\"x\":" + closed + "}}"));
    CHECK_FALSE(scp::parse_request("{\"action\":" + closed + "}"));
}

TEST_CASE("metadata: replies") {
    CHECK(Json::parse(scp::reporting_getinfo_reply({"_time", "_raw"})) ==
          Json{{"type", "reporting"},
               {"generating", false},
               {"required_fields", {"_time", "_raw"}},
               {"finished", false}});
    CHECK(scp::execute_reply(false) == R"({"finished":false})");
    const scp::Inspector inspector{
        .messages = {{scp::Severity::warn, "careful"}, {scp::Severity::info, "so"}},
        .metrics = {{"cloudhijack", 0.5, 2, 30, 4}}};
    CHECK(scp::execute_reply(true, inspector) ==
          R"({"finished":true,"inspector":{"messages":[["WARN","careful"],["INFO","so"]],)"
          R"("metric.cloudhijack":[0.5,2,30,4]}})");
}

TEST_CASE("metadata: an error reply is UTF-8 even if the text quotes invalid bytes") {
    CHECK(scp::error_reply("bad \xff\" byte") ==
          "{\"finished\":true,\"error\":\"bad \xEF\xBF\xBD\\\" byte\"}");
}
