#include "log/event_reader.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "changed_texts.hpp"
#include "io/window.hpp"
#include "log/event_differential.hpp"

using namespace cloudhijack;
using log::Event;
using log::EventReader;
using Kind = log::DocumentKind;

namespace {

/// A record with its padding, and the reader that its event views.
class Reading {
  public:
    explicit Reading(std::string_view record)
        : size_(record.size()), padded_(std::string(record) + std::string(io::k_padding, '"')) {
        reading_ = reader_.read(std::string_view(padded_).substr(0, size_));
    }

    [[nodiscard]] const Event& event() const {
        REQUIRE(reading_);
        return reading_->event;
    }
    [[nodiscard]] Kind kind() const {
        REQUIRE(reading_);
        return reading_->kind;
    }
    [[nodiscard]] std::string error() const {
        REQUIRE_FALSE(reading_);
        return reading_.error().text;
    }
    [[nodiscard]] bool readable() const { return reading_.has_value(); }

  private:
    std::size_t size_;
    std::string padded_;
    EventReader reader_{log::all_logs()};
    Result<log::EventReading> reading_;
};

constexpr std::string_view k_full_record = R"({
  "eventVersion": "1.08",
  "userIdentity": {"type": "AssumedRole", "principalId": "AROA:x", "arn": "arn:aws:sts::1:assumed-role/r/x",
    "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::1:role/r"}}},
  "eventTime": "2026-01-02T03:04:05Z", "eventSource": "bedrock.amazonaws.com",
  "eventName": "InvokeModel", "awsRegion": "us-east-1", "sourceIPAddress": "2001:db8::1",
  "requestParameters": {"modelId": "m", "eventName": "Publish", "userIdentity": {"arn": "other"}},
  "errorCode": "AccessDenied"
})";

}  // namespace

TEST_CASE("event: the fields of a record, nested ones by their path") {
    const Reading reading(k_full_record);
    const Event& event = reading.event();
    CHECK(event.source == "bedrock.amazonaws.com");
    CHECK(event.name == "InvokeModel");
    CHECK(event.error_code == "AccessDenied");
    CHECK(event.caller_type == "AssumedRole");
    CHECK(event.caller == "arn:aws:sts::1:assumed-role/r/x");
    CHECK(event.caller_id == "AROA:x");
    CHECK(event.source_address == "2001:db8::1");
    CHECK(event.region == "us-east-1");
    REQUIRE(event.time());
    CHECK(text::to_epoch_seconds(*event.time()) == "1767323045");
}

TEST_CASE("event: numbers and booleans stand for their text, other values are absent") {
    const auto code = [](std::string_view value) {
        const Reading reading("{\"errorCode\":" + std::string(value) + ",\"eventName\":\"after\"}");
        CHECK(reading.event().name == "after");
        return std::string(reading.event().error_code);
    };
    CHECK(code("200") == "200");
    CHECK(code("-1.50e+3 ") == "-1.50e+3");
    CHECK(code("123456789012345678901234567890") == "123456789012345678901234567890");
    CHECK(code("1e999") == "1e999");
    CHECK(code("true") == "true");
    CHECK(code("false") == "false");
    CHECK(code("null").empty());
    CHECK(code("\"\"").empty());
    CHECK(code("[\"x\"]").empty());
    CHECK(code("{\"errorCode\":\"x\"}").empty());
    for (const std::string_view broken : {"01", "1.", "-", "1e", "+1", "nul", "tru", "1x"}) {
        CAPTURE(broken);
        CHECK_FALSE(Reading("{\"errorCode\":" + std::string(broken) + "}").readable());
    }
}

TEST_CASE("event: a userIdentity that is no object is absent") {
    for (const std::string_view identity : {"null", "\"x\"", "1", "[{\"arn\":\"a\"}]", "{}"}) {
        CAPTURE(identity);
        const Reading reading("{\"userIdentity\":" + std::string(identity) +
                              ",\"eventName\":\"n\"}");
        CHECK(reading.event().caller.empty());
        CHECK(reading.event().name == "n");
    }
}

TEST_CASE("event: of duplicate keys the first counts, at every level") {
    CHECK(Reading(R"({"eventName":"a","eventName":"b"})").event().name == "a");
    CHECK(Reading(R"({"eventName":null,"eventName":"b"})").event().name.empty());
    const Reading twice(
        R"({"userIdentity":{"arn":"a","arn":"b"},"userIdentity":{"arn":"c","type":"d"}})");
    CHECK(twice.event().caller == "a");
    CHECK(twice.event().caller_type.empty());
    CHECK(Reading(R"({"userIdentity":null,"userIdentity":{"arn":"c"}})").event().caller.empty());
}

TEST_CASE("event: keys and values with escapes") {
    CHECK(Reading(R"({"event\u004eame":"a\"\\\u00e9\n"})").event().name == "a\"\\\xC3\xA9\n");
    CHECK(Reading(R"({"eventName":"\ud83d\ude00"})").event().name == "\xF0\x9F\x98\x80");
    CHECK(Reading(R"({"eventName":"x\ud800y"})").event().name == "x\xEF\xBF\xBDy");
    CHECK(Reading(R"({"\ud800":1,"eventName":"n"})").event().name == "n");
    CHECK_FALSE(Reading(R"({"eventName":"\x"})").readable());
}

TEST_CASE("event: bytes that are not UTF-8 are replaced inside strings and refused elsewhere") {
    CHECK(Reading("{\"eventName\":\"a\xFFz\"}").event().name == "a\xEF\xBF\xBDz");
    CHECK(Reading("{\"x\":\"\xC3\",\"eventName\":\"n\"}").event().name == "n");
    CHECK_FALSE(Reading("{\"eventName\":\xFF}").readable());
    CHECK_FALSE(Reading("{\"eventName\":\"a\xFF").readable());
}

TEST_CASE("event: an empty object is readable and says nothing") {
    const Reading reading(" {} ");
    CHECK(reading.event().source.empty());
    CHECK_FALSE(reading.event().time());
}

TEST_CASE("event: what is no record is told in words") {
    CHECK(Reading("").error().contains("is empty"));
    CHECK(Reading("  \n").error().contains("is empty"));
    for (const std::string_view text : {"[]", "\"x\"", "1", "null", "true", "[{}]"}) {
        CAPTURE(text);
        CHECK(Reading(text).error().contains("is no JSON object"));
    }
    for (const std::string_view text : {"{}{}", "{} {}", "{\"a\":1}\n{\"a\":2}", "{} x", "{},"}) {
        CAPTURE(text);
        CHECK_FALSE(Reading(text).readable());
    }
    CHECK(Reading("{} {}").error().contains("text behind the end"));
    CHECK(Reading("{\"a\":\"\x01\"}").error().contains("broken"));
}

TEST_CASE("event: a record cut off anywhere is unreadable, whatever lies behind it") {
    for (std::size_t size = 0; size < k_full_record.size(); ++size) {
        CAPTURE(size);
        CHECK_FALSE(Reading(k_full_record.substr(0, size)).readable());
    }
}

TEST_CASE("event: depth is no danger") {
    const std::string deep = std::string(200'000, '[') + std::string(200'000, ']');
    CHECK(Reading("{\"x\":" + deep + ",\"eventName\":\"n\"}").event().name == "n");
    const std::string open = "{\"x\":" + std::string(200'000, '{');
    CHECK_FALSE(Reading(open).readable());
}

TEST_CASE("event: a large record leaves the reader as it was") {
    EventReader reader(log::all_logs());
    const auto name_of = [&reader](const std::string& record) {
        const std::string padded = record + std::string(io::k_padding, ' ');
        const auto reading = reader.read(std::string_view(padded).substr(0, record.size()));
        REQUIRE(reading);
        return std::string(reading->event.name);
    };
    const std::string large =
        "{\"x\":\"" + std::string(5'000'000, 'x') + "\",\"eventName\":\"big\"}";
    CHECK(name_of("{\"eventName\":\"small\"}") == "small");
    CHECK(name_of(large) == "big");
    CHECK(name_of("{\"eventName\":\"small\"}") == "small");
}

TEST_CASE("event: agrees with a plain reader on mutated records, over many seeds") {
    constexpr std::string_view bytes = "{}[]\",:\\u0d8tfn1-.e \n\xC3\xFF";
    for (unsigned seed = 0; seed < 5'000; ++seed) {
        const std::string record = with_changes(std::string(k_full_record), seed, 3, bytes);
        CAPTURE(seed);
        CHECK(log::event_difference(record) == "");
    }
}

TEST_CASE("event: the request's parameters are kept as text") {
    CHECK(Reading(R"({"requestParameters":{"a":[1,{"b":"}"}]} ,"eventName":"n"})")
              .event()
              .parameters == R"({"a":[1,{"b":"}"}]})");
    CHECK(Reading(R"({"requestParameters":null})").event().parameters.empty());
    CHECK(Reading(R"({"requestParameters":"{}"})").event().parameters.empty());
}

TEST_CASE("event: an EventBridge envelope") {
    const Reading reading(
        R"({"version":"0","source":"aws.sns","detail-type":"AWS API Call via CloudTrail",)"
        R"("time":"2020-01-01T00:00:00Z","detail":{"eventName":"Publish",)"
        R"("eventSource":"sns.amazonaws.com","userIdentity":{"arn":"a"},)"
        R"("detail":{"eventName":"inner"}},"region":"us-east-1"})");
    CHECK(reading.kind() == Kind::enveloped);
    CHECK(reading.event().name == "Publish");
    CHECK(reading.event().source == "sns.amazonaws.com");
    CHECK(reading.event().caller == "a");
    CHECK(reading.event().region.empty());
}

TEST_CASE("event: a record that has a key as an envelope has is a record") {
    const Reading reading(
        R"({"detail":{"eventName":"inner"},"eventName":"outer","CloudTrailEvent":"{}"})");
    CHECK(reading.kind() == Kind::record);
    CHECK(reading.event().name == "outer");
    CHECK(Reading(R"({"detail":"x","eventName":"n"})").event().name == "n");
    CHECK(Reading(R"({"detail":null})").kind() == Kind::record);
}

TEST_CASE("event: a lookup-events item holds the record as a string") {
    const Reading reading(R"({"EventId":"1","EventTime":1,"CloudTrailEvent":"{\"eventName\":)"
                          R"(\"Publish\",\"userIdentity\":{\"arn\":\"\u00e9\"}}"})");
    CHECK(reading.kind() == Kind::enveloped);
    CHECK(reading.event().name == "Publish");
    CHECK(reading.event().caller == "\xC3\xA9");
    CHECK(Reading(R"({"CloudTrailEvent":"{\"eventName\":"})")
              .error()
              .contains("holds a record that"));
    CHECK(Reading("{\"CloudTrailEvent\":\"{\\\"eventName\\\":\\\"a\xFF\\\"}\"}").event().name ==
          "a\xEF\xBF\xBD");
}

TEST_CASE("event: an array of records is a list, whatever stands around it") {
    CHECK(Reading(R"({"Records":[{"eventName":"n"}]})").kind() == Kind::list);
    CHECK(Reading(R"({"Events":[],"NextToken":"x"})").kind() == Kind::list);
    CHECK(Reading(R"({"Records":{},"eventName":"n"})").kind() == Kind::record);
    CHECK_FALSE(Reading(R"({"Records":[{"eventName":"n"})").readable());
}

TEST_CASE("event: the record's own bytes are kept, in an envelope those of the record") {
    constexpr std::string_view record = R"({"eventName":"n","a":{"b":"}"}})";
    CHECK(Reading(" " + std::string(record) + "\n").event().record == record);
    CHECK(Reading(R"({"detail": )" + std::string(record) + R"( ,"x":1})").event().record == record);
    CHECK(Reading(R"({"CloudTrailEvent":"{\"eventName\":\"n\"}"})").event().record ==
          R"({"eventName":"n"})");
}

TEST_CASE("event: who called, from where, and what the call's ids are") {
    const Reading reading(
        R"({"errorMessage":"m","eventID":"e","eventCategory":"Data","recipientAccountId":"1",)"
        R"("userAgent":"u","additionalEventData":{"callWithBearerToken":true},)"
        R"("userIdentity":{"accountId":"2","accessKeyId":"AKIA","invokedBy":"i",)"
        R"("inScopeOf":{"issuerType":"t","credentialsIssuedTo":"w"},)"
        R"("sessionContext":{"sessionIssuer":{"arn":"r"},"sourceIdentity":"s",)"
        R"("webIdFederationData":{"federatedProvider":"p"}}}})");
    const Event& event = reading.event();
    CHECK(event.error_message == "m");
    CHECK(event.id == "e");
    CHECK(event.category == "Data");
    CHECK(event.account == "1");
    CHECK(event.user_agent == "u");
    CHECK(event.bearer_token == "true");
    CHECK(event.caller_account == "2");
    CHECK(event.access_key == "AKIA");
    CHECK(event.invoked_by == "i");
    CHECK(event.workload_type == "t");
    CHECK(event.workload == "w");
    CHECK(event.issuer == "r");
    CHECK(event.source_identity == "s");
    CHECK(event.web_identity_provider == "p");
}
