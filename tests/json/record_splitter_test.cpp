#include "json/record_splitter.hpp"

#include <doctest/doctest.h>

#include <array>
#include <functional>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "byte_pieces.hpp"

using namespace cloudhijack;
using namespace cloudhijack::simd;
using json::RecordSplitter;
using Texts = std::vector<std::string>;

namespace {

const json::RecordKeys k_keys = {
    .lists = text::KeyTable(std::array<std::string_view, 2>{"Records", "Events"}),
    .name = json::NameKey("eventName")};

constexpr std::string_view k_error = "error: ";

// The documents of a stream, and the error that ended it, if there was one.
Texts split(io::ByteSource source, Cpu cpu = best_cpu()) {
    io::Window window(std::move(source), std::size_t{128} * 1024);
    RecordSplitter splitter(window, k_keys, cpu);
    Texts texts;
    while (true) {
        const auto document = splitter.next();
        if (!document) texts.push_back(std::string(k_error) + document.error().text);
        if (!document || !*document) return texts;
        texts.emplace_back((*document)->text);
    }
}

Texts split(const std::string& text) { return split(in_pieces(text, 1'000)); }

constexpr std::size_t k_all = std::numeric_limits<std::size_t>::max();

const std::string k_cut_list = std::string(k_error) + "ends inside its list of records";

}  // namespace

TEST_CASE("splitter: consecutive documents, with or without line breaks") {
    CHECK(split("").empty());
    CHECK(split(" \r\n\t").empty());
    CHECK(split("{}") == Texts{"{}"});
    CHECK(split("{\"a\":1}{\"b\":2} {\"c\":3}\r\n{\"d\":4}\n") ==
          Texts{"{\"a\":1}", "{\"b\":2}", "{\"c\":3}", "{\"d\":4}"});
    CHECK(split("{\n \"a\": {\n  \"b\": [1]\n }\n}\n{\n}\n") ==
          Texts{"{\n \"a\": {\n  \"b\": [1]\n }\n}", "{\n}"});
}

TEST_CASE("splitter: arrays, and consecutive arrays") {
    CHECK(split("[]").empty());
    CHECK(split("[{\"a\":1},\n{\"b\":2}]") == Texts{"{\"a\":1}", "{\"b\":2}"});
    CHECK(split("[{}]\n[{},{}]{\"a\":1}") == Texts{"{}", "{}", "{}", "{\"a\":1}"});
    CHECK(split("[1, \"a,]b\", [2], null]") == Texts{"1", "\"a,]b\"", "[2]", "null"});
}

TEST_CASE("splitter: an array under a list key, with any members around it") {
    CHECK(split("{\"Records\":[{\"a\":1},{\"b\":2}]}") == Texts{"{\"a\":1}", "{\"b\":2}"});
    CHECK(split("{ \"x\" : {\"Records\":[0]}, \"Records\" : [ {\"a\":1} ] , \"y\":[{}], "
                "\"z\":\"]}\" }{}") == Texts{"{\"a\":1}", "{}"});
    CHECK(split("{\"Events\":[{}],\"Records\":[{\"second\":1}]}") == Texts{"{}", "{\"second\":1}"});
    CHECK(split("{\"Records\":[]}").empty());
}

TEST_CASE("splitter: a list key elsewhere does not make a list") {
    for (const std::string whole :
         {R"({"Records":{"a":[1]}})", R"({"a":"Records","b":[1]})", R"({"a":{"Records":[1]}})",
          R"({"records":[1]})", R"({"a":["Records",[1]]})", R"({"Records":1,"b":[1]})"}) {
        CAPTURE(whole);
        CHECK(split(whole) == Texts{whole});
    }
}

TEST_CASE("splitter: quotes and escapes hide brackets") {
    CHECK(split(R"({"a":"}\"}\\"}{"b":"[{\\\""})") ==
          Texts{R"({"a":"}\"}\\"})", R"({"b":"[{\\\""})"});
}

TEST_CASE("splitter: text that is not JSON is returned line by line") {
    CHECK(split("hello world\n{}\n7") == Texts{"hello world", "{}", "7"});
    CHECK(split("}\n{}") == Texts{"}", "{}"});
}

TEST_CASE("splitter: a truncated document does not take the next ones with it") {
    CHECK(split("{\"a\":\"x\n{\"b\":1}\n") == Texts{"{\"a\":\"x", "{\"b\":1}"});
    CHECK(split("{\"a\":\"x\\\n{\"b\":1}\n") == Texts{"{\"a\":\"x\\", "{\"b\":1}"});
    CHECK(split("\"x\\\n{\"b\":1}\n") == Texts{"\"x\\", "{\"b\":1}"});
    CHECK(split("{\"a\":{\"c\":1\n{\"b\":1}\n{\"d\":1}") ==
          Texts{"{\"a\":{\"c\":1\n", "{\"b\":1}", "{\"d\":1}"});
    CHECK(split("{\n{\"b\":1}") == Texts{"{\n", "{\"b\":1}"});
    CHECK(split("[{\"a\":1\n{\"b\":1},{\"c\":1}]") ==
          Texts{"{\"a\":1\n", "{\"b\":1}", "{\"c\":1}"});
    CHECK(split("{\"Records\":[{\"a\":{}\n{\"Records\":[{}]}") ==
          Texts{"{\"a\":{}\n", "{}", k_cut_list});
    CHECK(split("[{\"a\":1}\n{\"b\":1},\n{\"Records\":[{}]}\n") ==
          Texts{"{\"a\":1}", "{\"b\":1}", "{}", k_cut_list});
    CHECK(split("{\"a\":1") == Texts{"{\"a\":1"});
    CHECK(split("{\"a\":\"\\") == Texts{"{\"a\":\"\\"});
}

TEST_CASE("splitter: valid JSON is never torn, wherever its lines begin") {
    for (const std::string whole : {"{\"a\":\n{\"b\":1}}", "{\"a\":[\n{},\n{}\n]}",
                                    "{\"a\":[{}\n,\n{}]}", "{\n\"a\":\n\n{\n}\n}"}) {
        CAPTURE(whole);
        CHECK(split(whole) == Texts{whole});
        CHECK(split("[" + whole + "]") == Texts{whole});
        CHECK(split(whole + "\n" + whole) == Texts{whole, whole});
    }
}

TEST_CASE("splitter: a list's key may be written with escapes") {
    CHECK(split("{\"Rec\\u006frds\":[{\"a\":1}]}") == Texts{"{\"a\":1}"});
    CHECK(split("{\"Rec\\u006\":[1]}") == Texts{"{\"Rec\\u006\":[1]}"});
}

TEST_CASE("splitter: a stream that ends inside a list is an error, after the documents before it") {
    CHECK(split("[{}") == Texts{"{}", k_cut_list});
    CHECK(split("{\"Records\":[{},{\"a\":") == Texts{"{}", "{\"a\":"});
    CHECK(split("{\"Records\":[{}]") == Texts{"{}", k_cut_list});
    CHECK(split("{\"Records\":[{}],\"x\":\"") == Texts{"{}", k_cut_list});
}

TEST_CASE("splitter: a document that exceeds the window is an error") {
    const Texts texts = split("{}\n{\"a\":\"" + std::string(600'000, 'x') + "\"}");
    REQUIRE(texts.size() == 2);
    CHECK(texts[1].contains("has a record larger than"));
    // Skipped text may be of any length.
    CHECK(split("{\"Records\":[{}],\"x\":\"" + std::string(300'000, 'x') + "\"}{}") ==
          Texts{"{}", "{}"});
}

// The documents of a stream with their positions. After each document, `hands_out` decides whether
// another splitter splits the run that follows, of which `enough` bytes are requested.
Texts split_by_runs(io::ByteSource source, const std::function<bool()>& hands_out,
                    const std::function<std::size_t()>& enough) {
    io::Window window(std::move(source), std::size_t{128} * 1024);
    RecordSplitter splitter(window, k_keys);
    Texts texts;
    bool has_error = false;
    const auto take = [&](RecordSplitter& from) {
        const auto document = from.next();
        has_error |= !document;
        if (!document || !*document) return false;
        texts.push_back(std::to_string((*document)->position) + ' ' +
                        std::string((*document)->text));
        return true;
    };
    while (take(splitter)) {
        if (!hands_out()) continue;
        const RecordSplitter::DocumentRun run = splitter.take_run(enough());
        const std::string kept(run.text);
        io::Window part(in_pieces(kept, 7), std::size_t{128} * 1024);
        RecordSplitter other(part, k_keys, run);
        while (take(other)) {
        }
    }
    if (has_error) texts.push_back(k_cut_list);
    return texts;
}

TEST_CASE("splitter: runs that another splitter splits give the same documents, for many seeds") {
    constexpr std::array<std::string_view, 14> pieces = {"{\"a\":1}",
                                                         "\n",
                                                         "}\n{",
                                                         ",",
                                                         "{\"Records\":[{\"b\":{}}",
                                                         "]}",
                                                         "[{\"c\":2}",
                                                         "]",
                                                         "{\"Records\":[{},{}],\"x\":{}}\n",
                                                         "{\"a\":{\"b\":1}\n",
                                                         "\"",
                                                         "bare\n",
                                                         " ",
                                                         "{\"d\":\"e}\n"};
    std::size_t documents = 0;
    for (unsigned seed = 0; seed < 20'000; ++seed) {
        std::mt19937 random(seed);
        std::string text;
        for (auto left = random() % 30; left > 0; --left) text += pieces[random() % pieces.size()];
        CAPTURE(text);
        const Texts whole =
            split_by_runs(in_pieces(text, 300), [] { return false; }, [] { return k_all; });
        CHECK(split_by_runs(
                  in_pieces(text, 1 + random() % 200), [&random] { return random() % 2 == 0; },
                  [&random] { return random() % 2 == 0 ? k_all : random() % 60; }) == whole);
        documents += whole.size();
    }
    CHECK(documents > 100'000);
}

TEST_CASE("splitter: a run is all that the window has, with any separator of records") {
    for (const std::string separator : {"\n", "\r\n", "", "\n\n", " \n", ",\n"}) {
        CAPTURE(separator);
        std::string text = separator.starts_with(',') ? "[" : "";
        for (int i = 0; i < 1'000; ++i) text += "{\"a\":{\"b\":1}}" + separator;
        io::Window window(in_pieces(text, text.size()), std::size_t{128} * 1024);
        RecordSplitter splitter(window, k_keys);
        REQUIRE(splitter.next().value());
        CHECK(splitter.take_run(k_all).text.size() > text.size() - 100);
    }
}

TEST_CASE("splitter: a run ends soon after the requested size") {
    for (const std::string separator : {"\n", ","}) {
        CAPTURE(separator);
        std::string text = "[";
        for (int i = 0; i < 1'000; ++i) text += "{\"a\":{\"b\":1}}" + separator;
        io::Window window(in_pieces(text, text.size()), std::size_t{128} * 1024);
        RecordSplitter splitter(window, k_keys);
        REQUIRE(splitter.next().value());
        for (int i = 0; i < 10; ++i) {
            const auto size = splitter.take_run(1'000).text.size();
            CHECK(size > 950);
            CHECK(size < 1'050);
        }
    }
}

TEST_CASE("splitter: positions are relative to the stream's first byte") {
    const std::string text = "[ {\"a\":1},\n" + std::string(300'000, ' ') + "{\"b\":2}]";
    io::Window window(in_pieces(text, 5'000), std::size_t{64} * 1024);
    RecordSplitter splitter(window, k_keys);
    CHECK((*splitter.next().value()).position == 2);
    CHECK((*splitter.next().value()).position == text.find("{\"b\""));
    CHECK(!splitter.next().value());
    CHECK(splitter.position() == text.size());
}

TEST_CASE("splitter: the documents do not depend on where the stream is cut") {
    const std::string text =
        "[{\"a\":\"]\\\"\"}, 5]{\"k\":[],\"Records\":[{\"b\":{}} "
        ",\"x\"],\"z\":{}}\n{\"c\":\"\n{\"d\":[{\n{}\n}]}\nbare\n{";
    const Texts whole = split(in_pieces(text, text.size()));
    CHECK(whole.size() == 9);
    for (std::size_t cut = 0; cut <= text.size(); ++cut) CHECK(split(cut_at(text, cut)) == whole);
    CHECK(split(in_pieces(text, 1)) == whole);
}

TEST_CASE("splitter: a list after a list is found, wherever the stream is cut") {
    const std::string long_key(300, 'k');
    const std::string text = "{\"Records\":[{\"a\":1}],\"x\":2,\"Records\":[{\"b\":2}],\"" +
                             long_key + "\":\"Records\",\"\\u0052ecords\":[{\"c\":3}]}";
    const Texts whole = split(in_pieces(text, text.size()));
    CHECK(whole == Texts{"{\"a\":1}", "{\"b\":2}", "{\"c\":3}"});
    for (std::size_t cut = 0; cut <= text.size(); ++cut) CHECK(split(cut_at(text, cut)) == whole);
    CHECK(split(in_pieces(text, 1)) == whole);
}

TEST_CASE("splitter: anything after a list is skipped, wherever the stream is cut") {
    const std::string text = "{\"Records\":[{\"a\":\"\n],\"x\":\n{. ],\"y|{}\"}{\"b\":1}";
    const Texts whole = split(in_pieces(text, text.size()));
    for (std::size_t cut = 0; cut <= text.size(); ++cut) CHECK(split(cut_at(text, cut)) == whole);
    CHECK(split(in_pieces(text, 1)) == whole);
    CHECK(whole.back() == "{\"b\":1}");
}

TEST_CASE("splitter: terminates on any bytes, and cuts change nothing, for many seeds") {
    constexpr std::string_view alphabet = "{}[]\",:\\\n aR";
    for (unsigned seed = 0; seed < 3'000; ++seed) {
        std::mt19937 random(seed);
        std::string text = seed % 3 == 0 ? "{\"Records\":[" : "";
        for (auto left = random() % 60; left > 0; --left)
            text += alphabet[random() % alphabet.size()];
        CAPTURE(text);
        CHECK(split(in_pieces(text, 1)) == split(in_pieces(text, text.size() + 1)));
    }
}

TEST_CASE("splitter: a closed object is distinguished from a truncated one") {
    const std::string text =
        "{\"a\":{\"b\":1}\n{\"a\":{\"b\":1}}\n[{\"c\":\"x\n{},{\n\"d\":[1]}]{\"e\":{}";
    for (const Cpu cpu : {Cpu::plain, best_cpu()}) {
        io::Window window(in_pieces(text, text.size()), std::size_t{64} * 1024);
        RecordSplitter splitter(window, k_keys, cpu);
        for (const bool is_closed : {false, true, false, true, true, false}) {
            const auto document = splitter.next().value();
            REQUIRE(document);
            CAPTURE(document->text);
            CHECK(document->is_closed == is_closed);
        }
        CHECK(!splitter.next().value());
    }
}

// Concatenates pieces of JSON that are mostly complete, so that objects are longer than a block and
// unusual bytes occur at every position of a block.
TEST_CASE("splitter: 64 bytes at a time give the same as byte by byte, for many seeds") {
    constexpr std::array<std::string_view, 26> pieces = {
        "{",
        "}",
        "}",
        "[",
        "]",
        "\"key\":",
        "\"Records\":[",
        "\"Rec\\u006frds\" : [",
        "\"a\"",
        ",",
        "\"resources\":[{\"ARN\":\"x\"}]",
        "\"long\":\"",
        "\"",
        "\\",
        "\\\"",
        "\\\\",
        "\n",
        "}\n{",
        " ",
        "{\"userIdentity\":{\"type\":\"IAMUser\",\"arn\":\"arn:aws:iam::1:user/a\"},",
        "\"requestParameters\":{\"a\":{\"b\":[{\"c\":\"{\\\"d\\\":[]}\"}]}},",
        "\"k\" \"l\":[",
        "1",
        "\"Events\"\n:\n[",
        "\"x\\\\\":[{}]",
        "\"x\\\"\":[]"};
    std::size_t documents = 0;
    for (unsigned seed = 0; seed < 20'000; ++seed) {
        std::mt19937 random(seed);
        std::string text = seed % 4 == 0 ? "{\"Records\":[" : "{";
        for (auto left = random() % 40; left > 0; --left) text += pieces[random() % pieces.size()];
        if (seed % 2 == 0) text += "}}}}\n{\"a\":[" + std::string(random() % 70, '1') + "]}\n";
        CAPTURE(text);
        const Texts slow = split(in_pieces(text, text.size()), Cpu::plain);
        CHECK(split(in_pieces(text, text.size())) == slow);
        documents += slow.size();
    }
    CHECK(documents > 40'000);
}

TEST_CASE("splitter: other list keys and name keys") {
    const json::RecordKeys keys = {
        .lists = text::KeyTable(std::array<std::string_view, 1>{"value"}),
        .name = json::NameKey("operationName")};
    const std::string text =
        R"({"Records":[{"x":1}],"operationName":"a"}{"value":[{"operationName":"b"},)"
        R"({"operationName":"c","y":"operationName"},{"eventName":"d"},{"operationName":"\u0065"}]})";
    const std::vector<std::string> expected = {
        R"({"Records":[{"x":1}],"operationName":"a"})", R"({"operationName":"b"})",
        R"({"operationName":"c","y":"operationName"})", R"({"eventName":"d"})",
        R"({"operationName":"\u0065"})"};
    for (const Cpu cpu : {Cpu::plain, best_cpu()}) {
        io::Window window(in_pieces(text, text.size()), std::size_t{64} * 1024);
        RecordSplitter splitter(window, keys, cpu);
        for (const std::string& record : expected) {
            const auto document = splitter.next().value();
            REQUIRE(document);
            CHECK(document->text == record);
            if (cpu != Cpu::avx2) continue;
            const bool is_only = record.contains("Records") || record.contains("\"b\"");
            CHECK(document->only_name_key.has_value() == is_only);
            if (is_only) CHECK(document->only_name_key == record.find("operationName"));
        }
        CHECK(!splitter.next().value());
    }
}

TEST_CASE("splitter: without a name key no name is looked for") {
    const json::RecordKeys keys;
    const std::string text = "{\"eventName\":\"a\"}" + std::string(100, '\0');
    io::Window window(in_pieces(text, text.size()), std::size_t{64} * 1024);
    RecordSplitter splitter(window, keys);
    const auto document = splitter.next().value();
    REQUIRE(document);
    CHECK(document->text == "{\"eventName\":\"a\"}");
    CHECK_FALSE(document->only_name_key);
}
