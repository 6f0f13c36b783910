#include "search/search_command.hpp"

#include <doctest/doctest.h>

#include <regex>
#include <string>

#include "byte_pieces.hpp"
#include "chunk_frame.hpp"
#include "config/setup_for_tests.hpp"
#include "csv/row_writer.hpp"

using namespace cloudhijack;
using namespace cloudhijack::config;

namespace {

const std::string k_getinfo =
    chunk_frame(R"({"action":"getinfo","searchinfo":{"args":["sns_threshold=1"]}})");

std::string session() {
    std::string body = "_time,_raw\n";
    for (int i = 0; i < 2; ++i) {
        body += "1767225600,";
        csv::append_cell(body, R"({"eventSource":"sns.amazonaws.com","eventName":"Publish"})");
        body += '\n';
    }
    return k_getinfo + chunk_frame(R"({"action":"execute","finished":false})", body + "1,x\n") +
           chunk_frame(R"({"action":"execute","finished":true})");
}

struct Answer {
    Result<> ended;
    std::string replies;
    std::size_t leftovers = 0;  ///< bytes that were read after an early end
};

Answer answer(io::ByteSource requests, std::string_view conf_text = {}) {
    Answer made;
    made.ended = search::run_search_command(
        setup_with(conf_text),
        {.requests = std::move(requests),
         .leftovers = [&made](std::span<char> buffer) -> Result<std::size_t> {
             made.leftovers += buffer.size();
             return buffer.size();
         },
         .replies = into(made.replies)});
    // Removes values that differ from run to run, or that depend on how the input is cut.
    made.replies =
        std::regex_replace(made.replies, std::regex(R"(("metric[^"]*":\[)[^,]*)"), "$010");
    made.replies =
        std::regex_replace(made.replies, std::regex("chunked 1.0,[0-9]+"), "chunked 1.0,n");
    return made;
}

}  // namespace

TEST_CASE("search command: a whole session") {
    const Answer made = answer(in_pieces(session(), 100'000));
    CHECK(made.ended);
    CHECK(made.leftovers == 0);
    CHECK(made.replies.contains(R"({"type":"reporting","generating":false,)"
                                R"("required_fields":["_time","_raw","cloudhijack_partial"],)"
                                R"("streaming_preop":"cloudhijack phase=map mode=volume )"
                                R"(input=raw span=3600s catalogue=)"));
    CHECK(made.replies.contains("chunked 1.0,n,0\n{\"finished\":false}chunked"));
    CHECK(made.replies.contains("1 of 3 records could not be read"));
    CHECK(made.replies.contains("row 3: its _raw is not a JSON object"));
    CHECK(made.replies.contains(
        "\n1767225600,AWS SNS,SMS Pumping or Bulk Spam,2,1,1,unknown,unknown,0,"));
}

TEST_CASE("search command: the answer does not depend on where the input is cut") {
    const std::string bytes = session();
    const std::string whole = answer(in_pieces(bytes, bytes.size())).replies;
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        CHECK(answer(cut_at(bytes, cut)).replies == whole);
    }
}

TEST_CASE("search command: an end of input at any byte is a normal end without an error reply") {
    const std::string bytes = session();
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        const Answer made = answer(in_pieces(bytes.substr(0, size), 1'000));
        CHECK(made.ended);
        CHECK_FALSE(made.replies.contains("error"));
    }
}

TEST_CASE(
    "search command: mistakes are reported in a reply, and the session ends without an error") {
    const auto error_in = [](const std::string& bytes) {
        const Answer made = answer(in_pieces(bytes, 1'000));
        CHECK(made.ended);
        const auto begin = made.replies.rfind(R"({"finished":true,"error":")");
        return begin == std::string::npos ? "no error" : made.replies.substr(begin);
    };
    CHECK(error_in("hello").contains("malformed chunk header"));
    CHECK(error_in(chunk_frame("{")).contains("malformed metadata"));
    CHECK(error_in(chunk_frame(R"({"action":"execute"})")).contains("instead of \\\"getinfo\\\""));
    CHECK(error_in(k_getinfo + k_getinfo).contains("instead of \\\"execute\\\""));
    CHECK(error_in(chunk_frame(R"({"action":"getinfo","searchinfo":{"args":["a=b"]}})"))
              .contains("unknown option"));
    CHECK(error_in(k_getinfo + chunk_frame(R"({"action":"execute"})", "a\n1\n"))
              .contains("no field _raw"));
}

TEST_CASE("search command: after an early end the rest of the chunk is read, but at most 256 MiB") {
    const Answer some = answer(in_pieces("chunked 1.0,20000000,100\n", 1'000));
    CHECK(some.leftovers == 20'000'100);
    const Answer absurd = answer(in_pieces("chunked 1.0,1000000000000000000,1\n", 1'000));
    CHECK(absurd.leftovers == std::size_t{256} * 1024 * 1024);
}

TEST_CASE("search command: the legacy protocol gets a reply in its own form") {
    const Answer made = answer(in_pieces("splunkVersion:6.3\n\n_raw\n", 1'000));
    CHECK(made.ended);
    CHECK(made.replies.starts_with("ERROR\n"));
    CHECK(made.replies.contains("set chunked = true"));
}

TEST_CASE("search command: a reader that has gone is not an error, but a failed write is") {
    const auto run_into = [](io::ByteSink sink) {
        return search::run_search_command(setup_with(), {.requests = in_pieces(session(), 1'000),
                                                         .leftovers = in_pieces("", 1),
                                                         .replies = std::move(sink)});
    };
    CHECK(run_into([](std::string_view) -> Result<> { return peer_gone(); }));
    const auto ended = run_into([](std::string_view) -> Result<> { return failure("disk full"); });
    REQUIRE_FALSE(ended);
    CHECK(ended.error().text == "disk full");
}

TEST_CASE("search command: a mistake in the conf file is a message, and the search continues") {
    const Answer made =
        answer(in_pieces(session(), 1'000), "[service:sns]\nthreshold = x\n[defaults]\nspan = y\n");
    CHECK(
        made.replies.contains(R"(["ERROR","local/cloudhijack.conf:2: [service:sns] threshold: )"));
    CHECK(made.replies.contains(R"(["ERROR","local/cloudhijack.conf:4: [defaults] span: )"));
    CHECK(made.replies.contains("the built-in value is used"));
    CHECK(made.replies.contains("\n1767225600,AWS SNS"));
}

TEST_CASE("search command: conditions cannot be checked with input=fields") {
    const std::string getinfo =
        chunk_frame(R"({"action":"getinfo","searchinfo":{"args":["input=fields"]}})");
    const std::string conf = "[service:x]\nsource = s3\nvolume = PutObject(a=b)\n";
    CHECK(answer(in_pieces(getinfo, 100), conf).replies.contains("input=fields cannot check"));
    CHECK_FALSE(answer(in_pieces(getinfo, 100)).replies.contains("\"error\":"));
}

TEST_CASE("search command: missing fields are reported") {
    const std::string bytes =
        chunk_frame(R"({"action":"getinfo","searchinfo":{"args":["input=fields"]}})") +
        chunk_frame(R"({"action":"execute","finished":true})", "_raw\n{}\n");
    CHECK(answer(in_pieces(bytes, 1'000)).replies.contains("no event has the fields eventSource"));
}
