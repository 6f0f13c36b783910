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

/// A record with its padding, and the reader into which its event's views point.
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

    /// The texts in an envelope, without the bytes around them.
    [[nodiscard]] std::vector<std::string> enclosed() const {
        std::vector<std::string> texts;
        for (const log::EnclosedText& one : reading_->enclosed) texts.emplace_back(one.text);
        return texts;
    }
    [[nodiscard]] std::string first_keys() const {
        CHECK(kind() == Kind::unknown);
        return std::string(reading_->first_keys);
    }

  private:
    std::size_t size_;
    std::string padded_;
    EventReader reader_{log::all_logs()};
    Result<log::EventReading> reading_;
};

// A record with the given members in addition to those that make it a record.
Reading read_record(std::string_view members) {
    return Reading(R"({"eventSource":"s","eventName":"n",)" + std::string(members) + "}");
}

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

TEST_CASE("event: numbers and booleans count as their text, other values are absent") {
    const auto code = [](std::string_view value) {
        const Reading reading =
            read_record("\"errorCode\":" + std::string(value) + ",\"awsRegion\":\"after\"");
        CHECK(reading.event().region == "after");
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
    for (const std::string_view invalid : {"01", "1.", "-", "1e", "+1", "nul", "tru", "1x"}) {
        CAPTURE(invalid);
        CHECK_FALSE(read_record("\"errorCode\":" + std::string(invalid)).readable());
    }
}

TEST_CASE("event: a userIdentity that is not an object is absent") {
    for (const std::string_view identity : {"null", "\"x\"", "1", "[{\"arn\":\"a\"}]", "{}"}) {
        CAPTURE(identity);
        const Reading reading = read_record("\"userIdentity\":" + std::string(identity));
        CHECK(reading.event().caller.empty());
        CHECK(reading.event().name == "n");
    }
}

TEST_CASE("event: the first of duplicate keys counts, at every level") {
    CHECK(Reading(R"({"eventSource":"s","eventName":"a","eventName":"b"})").event().name == "a");
    CHECK(Reading(R"({"eventSource":"s","eventName":null,"eventName":"b"})").kind() ==
          Kind::unknown);
    CHECK(read_record(R"("errorCode":null,"errorCode":"b")").event().error_code.empty());
    const Reading twice = read_record(
        R"("userIdentity":{"arn":"a","arn":"b"},"userIdentity":{"arn":"c","type":"d"})");
    CHECK(twice.event().caller == "a");
    CHECK(twice.event().caller_type.empty());
    CHECK(read_record(R"("userIdentity":null,"userIdentity":{"arn":"c"})").event().caller.empty());
}

TEST_CASE("event: keys and values with escapes") {
    const auto name_in = [](std::string_view member) {
        return std::string(
            Reading(R"({"eventSource":"s",)" + std::string(member) + "}").event().name);
    };
    CHECK(name_in(R"("event\u004eame":"a\"\\\u00e9\n")") == "a\"\\\xC3\xA9\n");
    CHECK(name_in(R"("eventName":"\ud83d\ude00")") == "\xF0\x9F\x98\x80");
    CHECK(name_in(R"("eventName":"x\ud800y")") == "x\xEF\xBF\xBDy");
    CHECK(name_in(R"("\ud800":1,"eventName":"n")") == "n");
    CHECK_FALSE(Reading(R"({"eventSource":"s","eventName":"\x"})").readable());
}

TEST_CASE("event: bytes that are not UTF-8 are replaced inside strings and refused elsewhere") {
    CHECK(Reading("{\"eventSource\":\"s\",\"eventName\":\"a\xFFz\"}").event().name ==
          "a\xEF\xBF\xBDz");
    CHECK(read_record("\"x\":\"\xC3\"").event().name == "n");
    CHECK_FALSE(Reading("{\"eventSource\":\"s\",\"eventName\":\xFF}").readable());
    CHECK_FALSE(Reading("{\"eventSource\":\"s\",\"eventName\":\"a\xFF").readable());
}

TEST_CASE("event: an object with a name and a source is a record, unless it is a notification") {
    CHECK(Reading(R"({"eventSource":"s","eventName":"n"})").kind() == Kind::record);
    for (const std::string_view other :
         {R"({"eventName":"n"})", R"({"eventSource":"s"})", R"({"eventSource":"","eventName":"n"})",
          R"({"eventSource":"s","eventName":""})", R"({"eventSource":null,"eventName":"n"})",
          R"({"eventSource":["s"],"eventName":"n"})",
          R"({"x":{"eventSource":"s","eventName":"n"}})",
          R"({"eventSource":"aws:s3","eventName":"ObjectCreated:Put"})",
          R"({"eventSource":"aws:sqs","eventName":"n","body":"text"})"}) {
        CAPTURE(other);
        CHECK(Reading(other).kind() == Kind::unknown);
    }
}

TEST_CASE("event: the first keys of an unknown object, for messages") {
    CHECK(Reading(" {} ").first_keys().empty());
    CHECK(Reading(R"({"a":{"b":1}})").first_keys() == R"("a")");
    CHECK(Reading(R"({"a":1,"b\n":[],"a":"","d":0})").first_keys() == R"("a", ..., "a")");
    // Addresses or numbers that are used as keys must not appear in a message.
    CHECK(Reading(R"({"a@example.com":1,"+15551230000":2,"my key":3})").first_keys() ==
          R"(..., ..., "my key")");
}

TEST_CASE("event: the error says why a text is not a record") {
    CHECK(Reading("").error().contains("is empty"));
    CHECK(Reading("  \n").error().contains("is empty"));
    for (const std::string_view text : {"[]", "\"x\"", "1", "null", "true", "[{}]"}) {
        CAPTURE(text);
        CHECK(Reading(text).error().contains("is not a JSON object"));
    }
    for (const std::string_view text : {"{}{}", "{} {}", "{\"a\":1}\n{\"a\":2}", "{} x", "{},"}) {
        CAPTURE(text);
        CHECK_FALSE(Reading(text).readable());
    }
    CHECK(Reading("{} {}").error().contains("text after the end"));
    CHECK(Reading("{\"a\":\"\x01\"}").error().contains("damaged"));
}

TEST_CASE("event: a record truncated anywhere is unreadable, whatever follows it") {
    for (std::size_t size = 0; size < k_full_record.size(); ++size) {
        CAPTURE(size);
        CHECK_FALSE(Reading(k_full_record.substr(0, size)).readable());
    }
}

TEST_CASE("event: deep nesting does no harm") {
    const std::string deep = std::string(200'000, '[') + std::string(200'000, ']');
    CHECK(read_record("\"x\":" + deep).event().name == "n");
    const std::string open = "{\"x\":" + std::string(200'000, '{');
    CHECK_FALSE(Reading(open).readable());
}

TEST_CASE("event: the reader frees the memory of a large record") {
    EventReader reader(log::all_logs());
    const auto name_of = [&reader](const std::string& record) {
        const std::string padded = record + std::string(io::k_padding, ' ');
        const auto reading = reader.read(std::string_view(padded).substr(0, record.size()));
        REQUIRE(reading);
        return std::string(reading->event.name);
    };
    const std::string large = "{\"x\":\"" + std::string(5'000'000, 'x') +
                              "\",\"eventSource\":\"s\",\"eventName\":\"big\"}";
    const std::string small = R"({"eventSource":"s","eventName":"small"})";
    CHECK(name_of(small) == "small");
    CHECK(name_of(large) == "big");
    CHECK(name_of(small) == "small");
}

TEST_CASE("event: agrees with a simple reader on mutated records, for many seeds") {
    constexpr std::string_view bytes = "{}[]\",:\\u0d8tfn1-.e \n\xC3\xFF";
    for (unsigned seed = 0; seed < 5'000; ++seed) {
        const std::string record = with_changes(std::string(k_full_record), seed, 3, bytes);
        CAPTURE(seed);
        CHECK(log::event_difference(record) == "");
    }
}

TEST_CASE("event: the request's parameters are kept as text") {
    CHECK(read_record(R"("requestParameters":{"a":[1,{"b":"}"}]} ,"x":1)").event().parameters ==
          R"({"a":[1,{"b":"}"}]})");
    CHECK(read_record(R"("requestParameters":null)").event().parameters.empty());
    CHECK(read_record(R"("requestParameters":"{}")").event().parameters.empty());
}

TEST_CASE("event: an envelope gives its complete contents") {
    const Reading reading(
        R"({"version":"0","source":"aws.sns","detail-type":"AWS API Call via CloudTrail",)"
        R"("time":"2020-01-01T00:00:00Z","detail": {"eventName":"Publish","x":"}"} ,)"
        R"("region":"us-east-1"})");
    CHECK(reading.kind() == Kind::envelope);
    CHECK(reading.enclosed() == std::vector<std::string>{R"({"eventName":"Publish","x":"}"})"});
    const Reading item(R"({"EventId":"1","EventTime":1,"CloudTrailEvent":"{\"a\":\"\u00e9\"}"})");
    CHECK(item.kind() == Kind::envelope);
    CHECK(item.enclosed() == std::vector<std::string>{"{\"a\":\"\xC3\xA9\"}"});
    CHECK(Reading("{\"CloudTrailEvent\":\"{\\\"a\\\":\\\"\xFF\\\"}\"}").enclosed() ==
          std::vector<std::string>{"{\"a\":\"\xEF\xBF\xBD\"}"});
    CHECK(Reading(R"({"Records":[{"a":1},2],"detail":{}})").enclosed() ==
          std::vector<std::string>{R"([{"a":1},2])", "{}"});
    CHECK(Reading(R"({"Events":[],"NextToken":"x"})").kind() == Kind::envelope);
    CHECK_FALSE(Reading(R"({"Records":[{"eventName":"n"})").readable());
}

TEST_CASE("event: a record with a key of an envelope is a record") {
    const Reading reading = read_record(
        R"("detail":{"eventSource":"s","eventName":"inner"},"CloudTrailEvent":"{}","Records":[])");
    CHECK(reading.kind() == Kind::record);
    CHECK(reading.event().name == "n");
    CHECK(reading.enclosed().empty());
    CHECK(Reading(R"({"detail":null})").kind() == Kind::unknown);
}

TEST_CASE("event: the caller, the origin and the ids of a call") {
    const Reading reading = read_record(
        R"("errorMessage":"m","eventID":"e","eventCategory":"Data","recipientAccountId":"1",)"
        R"("userAgent":"u","additionalEventData":{"callWithBearerToken":true},)"
        R"("userIdentity":{"accountId":"2","accessKeyId":"AKIA","invokedBy":"i",)"
        R"("inScopeOf":{"issuerType":"t","credentialsIssuedTo":"w"},)"
        R"("sessionContext":{"sessionIssuer":{"arn":"r"},"sourceIdentity":"s",)"
        R"("webIdFederationData":{"federatedProvider":"p"}}})");
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
