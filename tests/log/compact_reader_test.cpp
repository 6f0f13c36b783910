#include "log/compact_reader.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "changed_texts.hpp"
#include "io/window.hpp"
#include "log/event_differential.hpp"

using namespace cloudhijack;
using namespace cloudhijack::log;
using json::Quotes;
using log::CompactReader;
using log::Event;

namespace {

constexpr std::string_view k_record =
    R"({"eventVersion":"1.08","userIdentity":{"type":"AssumedRole","principalId":"AROA:x",)"
    R"("arn":"arn:aws:sts::1:assumed-role/r/x","sessionContext":{"sessionIssuer":{"arn":"r"},)"
    R"("webIdFederationData":{},"attributes":{"mfaAuthenticated":"false"}}},)"
    R"("eventTime":"2026-01-02T03:04:05Z","eventSource":"bedrock.amazonaws.com",)"
    R"("eventName":"InvokeModel","errorCode":null,"sourceIPAddress":"","x":-1.5e+3,)"
    R"("additionalEventData":{"callWithBearerToken":true},)"
    R"("requestParameters":{"modelId":"m","list":[1,{"eventName":"Publish"},[]],"y":{}},)"
    R"("responseElements":null,"eventID":"6c86daf7-000c-4000-a000-9A6B6B416C86","z":[false,"]"]})";

std::string with(std::string_view part, std::string_view other) {
    std::string record(k_record);
    return record.replace(record.find(part), part.size(), other);
}

bool reads(const std::string& record) {
    CAPTURE(record);
    CHECK(compact_difference(record) == "");
    const std::string padded = record + std::string(io::k_padding, '}');
    CompactReader reader(log::all_logs());
    return reader.read(std::string_view(padded).substr(0, record.size()), Quotes::single) !=
           nullptr;
}

}  // namespace

TEST_CASE("compact: the fields of a record as AWS writes it") {
    const std::string padded = std::string(k_record) + std::string(io::k_padding, ' ');
    CompactReader reader(log::all_logs());
    const Event* event =
        reader.read(std::string_view(padded).substr(0, k_record.size()), Quotes::single);
    REQUIRE(event != nullptr);
    CHECK(event->source == "bedrock.amazonaws.com");
    CHECK(event->name == "InvokeModel");
    CHECK(event->error_code.empty());
    CHECK(event->source_address.empty());
    CHECK(event->caller == "arn:aws:sts::1:assumed-role/r/x");
    CHECK(event->issuer == "r");
    CHECK(event->bearer_token == "true");
    CHECK(event->parameters == R"({"modelId":"m","list":[1,{"eventName":"Publish"},[]],"y":{}})");
}

TEST_CASE("compact: a CSV cell is read without unquoting it") {
    const std::string cell = with_doubled_quotes(k_record);
    const std::string padded = cell + "\",\"next\"\n" + std::string(io::k_padding, '"');
    CompactReader reader(log::all_logs());
    const Event* event =
        reader.read(std::string_view(padded).substr(0, cell.size()), Quotes::doubled);
    REQUIRE(event != nullptr);
    CHECK(event->name == "InvokeModel");
    CHECK(event->parameters == R"({"modelId":"m","list":[1,{"eventName":"Publish"},[]],"y":{}})");
    for (const char* other : {R"({""eventName"":""a"b"",)", R"({""eventName"":"")"}) {
        const std::string text = other + std::string(io::k_padding, '"');
        CHECK(reader.read(std::string_view(text).substr(0, std::string_view(other).size()),
                          Quotes::doubled) == nullptr);
    }
}

TEST_CASE("compact: a record that needs parsing is left to the other reader") {
    CHECK(reads(std::string(k_record)));
    for (const auto& record : {with("InvokeModel", "Invoke\\u004dodel"),
                               with("InvokeModel", "Invok\xC3\xA9"),
                               with("InvokeModel", "a\x01"),
                               with("InvokeModel", "a\xFF"),
                               with("\":\"m\"", "\": \"m\""),
                               with("}", "} "),
                               with("\"errorCode\":null", "\"errorCode\":200"),
                               with("null", "nul"),
                               with("true", "truE"),
                               with("\"eventSource\":\"bedrock.amazonaws.com\",", ""),
                               with("bedrock.amazonaws.com", ""),
                               with("bedrock.amazonaws.com", "aws:s3"),
                               with("InvokeModel", ""),
                               with("[]", "[]]"),
                               with("[]", "[}"),
                               with("[]", "[,]"),
                               with("[]", "[1,]"),
                               with("{}", "{,}"),
                               with("{}", "{\"a\"}"),
                               with("{}", "{\"a\":}"),
                               with("{}", "{1:1}"),
                               with("{}", "{\"a\":\"b\"\"c\"}"),
                               with("-1.5e+3", "[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]"),
                               with("-1.5e+3", ""),
                               with("-1.5e+3", "e5"),
                               with("\"requestParameters\":", "\"requestParameters\":e,\"w\":"),
                               with("\"requestParameters\":", "\"requestParameters\":+5,\"w\":"),
                               std::string(k_record) + "}",
                               std::string(k_record) + "\n",
                               std::string("{}"),
                               std::string("[]"),
                               std::string(),
                               " " + std::string(k_record)}) {
        CHECK_FALSE(reads(record));
    }
}

TEST_CASE("compact: numbers, words and empty values may appear anywhere") {
    CHECK(reads(with("\"errorCode\":null", "\"errorCode\":{\"a\":[]}")));
    CHECK(reads(with("\"errorCode\":null", "\"errorCode\":[\"x\"]")));
    CHECK(reads(with("\"errorCode\":null", "\"errorCode\":\"\"")));
    CHECK(reads(with("\"errorCode\":null", "\"errorCode\":\"\",\"errorCode\":\"x\"")));
    CHECK(reads(with("\"requestParameters\":", "\"requestParameters\":null,\"w\":")));
    CHECK(reads(with("\"requestParameters\":", "\"requestParameters\":{},\"requestParameters\":")));
    CHECK(reads(with("{\"callWithBearerToken\":true}", "\"x\"")));
    CHECK(reads(with("-1.5e+3", "0")));
}

TEST_CASE("compact: a record with a key of an envelope is a record") {
    for (const char* key : {"detail", "Records", "CloudTrailEvent", "message"}) {
        CHECK(reads(with("\"x\":", '"' + std::string(key) + "\":")));
    }
    // Records of other logs have these keys, too, so the record must be parsed.
    for (const char* key : {"event", "data"}) {
        CHECK_FALSE(reads(with("\"x\":", '"' + std::string(key) + "\":")));
    }
    CHECK(reads(with("\"x\":-1.5e+3", "\"detail\":{\"eventName\":\"a\"}")));
}

TEST_CASE("compact: a record truncated anywhere is not read, whatever follows it") {
    CompactReader reader(log::all_logs());
    for (const char following : {'}', '"', ',', '1', ']', ':', '\0'}) {
        for (std::size_t size = 0; size < k_record.size(); ++size) {
            std::string record(k_record.substr(0, size));
            record.append(io::k_padding, following);
            CAPTURE(size);
            CHECK(reader.read(std::string_view(record).substr(0, size), Quotes::single) == nullptr);
        }
    }
}

TEST_CASE("compact: a large record is left to the other reader") {
    CHECK(reads(with("-1.5e+3", '"' + std::string(120'000, 'x') + '"')));
    CHECK_FALSE(reads(with("-1.5e+3", '"' + std::string(270'000, 'x') + '"')));
}

TEST_CASE("compact: agrees with the other reader on mutated records, for many seeds") {
    constexpr std::string_view bytes = "{}[]\",:\\u0d8tfn1-.e \n\xC3\xFF";
    int read = 0;
    for (unsigned seed = 0; seed < 20'000; ++seed) {
        const std::string record = with_changes(std::string(k_record), seed, 2, bytes);
        CAPTURE(seed);
        read += reads(record) ? 1 : 0;
    }
    CHECK(read > 5'000);
    CHECK(read < 15'000);
}

TEST_CASE("compact: a record with a key that only other logs have is left to the other reader") {
    CHECK(reads(std::string(k_record)));
    for (const char* key : {"category", "operationName", "metadata"}) {
        CAPTURE(key);
        CHECK_FALSE(reads(with("\"x\"", '"' + std::string(key) + '"')));
        CHECK(reads(with("\"list\"", '"' + std::string(key) + '"')));
    }
}
