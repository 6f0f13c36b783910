#include "log/envelopes.hpp"

#include <doctest/doctest.h>

#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "log/reported_records.hpp"

using namespace cloudhijack;
using log::record_of_call;
using log::results_of;

namespace {

using Names = std::vector<std::string>;

std::string as_json_string(const std::string& text) { return nlohmann::json(text).dump(); }

std::string as_base64(const std::string& text) {
    constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string encoded;
    unsigned held = 0;
    unsigned bits = 0;
    for (const char c : text) {
        held = held << 8U | static_cast<unsigned char>(c);
        for (bits += 8; bits >= 6; bits -= 6) encoded += digits[held >> (bits - 6) & 63U];
    }
    if (bits > 0) encoded += digits[held << (6 - bits) & 63U];
    return encoded + std::string((4 - encoded.size() % 4) % 4, '=');
}

/// An envelope: `@` in `form` is replaced by the enclosed text, `$` by the same as a JSON string,
/// `%` by the same in base64.
std::string filled(std::string_view form, const std::string& enclosed) {
    std::string text;
    for (const char c : form) {
        if (c == '@') {
            text += enclosed;
        } else if (c == '$') {
            text += as_json_string(enclosed);
        } else if (c == '%') {
            text += as_base64(enclosed);
        } else {
            text += c;
        }
    }
    return text;
}

// The forms of envelopes that services and tools write, with the number of levels of each.
struct EnvelopeForm {
    std::string_view text;
    int levels = 1;
};

constexpr std::array k_envelope_forms = {
    EnvelopeForm{R"({"Records":[@]})"},
    EnvelopeForm{R"({"records":[@]})"},
    EnvelopeForm{R"([@])"},
    EnvelopeForm{R"({"Events":[{"EventId":"1","CloudTrailEvent":$}],"NextToken":"x"})", 2},
    EnvelopeForm{R"({"EventName":"x","CloudTrailEvent":$})"},
    EnvelopeForm{R"([$])", 2},
    EnvelopeForm{R"({"version":"0","source":"aws.s3","detail":@,"region":"r"})"},
    EnvelopeForm{R"([{"detail":@}])", 2},
    EnvelopeForm{
        R"({"messageType":"DATA_MESSAGE","owner":"1","logGroup":"g","logStream":"s",)"
        R"("subscriptionFilters":["f"],"logEvents":[{"id":"1","timestamp":1,"message":$}]})"},
    EnvelopeForm{R"({"message":$,"logGroup":"g"})"},
    EnvelopeForm{R"({"logGroup":"g","message":$})"},
    EnvelopeForm{R"({"events":[{"logStreamName":"s","timestamp":1,"message":$}],"x":[]})", 2},
    EnvelopeForm{R"({"Type":"Notification","MessageId":"1","TopicArn":"t","Message":$})"},
    EnvelopeForm{R"({"Records":[{"messageId":"1","body":$,"eventSource":"aws:sqs"}]})", 2},
    EnvelopeForm{R"({"Records":[{"EventSource":"aws:sns","Sns":{"Type":"x","Message":$}}]})", 2},
    EnvelopeForm{R"({"Messages":[{"MessageId":"1","Body":$}]})", 2},
    EnvelopeForm{R"({"time":1,"host":"h","event":@})"},
    EnvelopeForm{R"({"time":1,"host":"h","event":$})"},
    EnvelopeForm{R"({"preview":false,"offset":0,"result":{"_raw":$,"_time":"x"}})"},
    EnvelopeForm{R"({"preview":false,"results":[{"_raw":$}]})", 2},
    EnvelopeForm{R"({"body":@})"},
    EnvelopeForm{R"({"body":{"records":[@]}})", 2},
    EnvelopeForm{R"({"data":@})"},
    EnvelopeForm{R"({"data":$,"attributes":{}})"},
    EnvelopeForm{R"({"message":{"data":"%","messageId":"1"},"subscription":"s"})"},
    EnvelopeForm{R"({"message":{"data":$,"messageId":"1"},"subscription":"s"})"},
    EnvelopeForm{R"({"_index":"i","_source":{"event":{"kind":"event","original":$}}})", 3},
    EnvelopeForm{R"({"timestamp":"t","event":{"original":$}})", 2},
    EnvelopeForm{R"({"integration":"aws","aws":@})"},
    EnvelopeForm{R"({"streams":[{"stream":{"a":"b"},"values":[["1700000000000000000",$]]}]})"},
    EnvelopeForm{R"({"event_id":"1","cloud_trail_event":@})"},
    EnvelopeForm{R"({"event_id":"1","cloud_trail_event":$})"},
    EnvelopeForm{R"({"events":[@],"meta":{"page":0}})"},
    EnvelopeForm{R"({"messages":[@]})"},
};

std::string form_text(const EnvelopeForm& form, const std::string& enclosed) {
    return filled(form.text, enclosed);
}

}  // namespace

TEST_CASE("envelopes: each form is opened, alone, inside others and around others") {
    const std::string record = record_of_call("a");
    for (const EnvelopeForm& form : k_envelope_forms) {
        CAPTURE(form.text);
        const std::string text = form_text(form, record);
        CHECK(results_of(text) == Names{"a"});
        CHECK(results_of(" " + text + "\n") == Names{"a"});
        CHECK(results_of(filled(R"({"detail":@})", text)) == Names{"a"});
        CHECK(results_of(filled(R"({"event":$})", text)) == Names{"a"});
        CHECK(results_of(filled(R"({"Records":[@,@]})", text)) == Names{"a", "a"});
        CHECK(results_of(form_text(form, R"({"event":)" + record + "}")) == Names{"a"});
        CHECK(results_of(form_text(form, "[" + record + "," + record + "]")) == Names{"a", "a"});
    }
}

TEST_CASE("envelopes: four nested envelopes are opened, more are reported") {
    const Names too_many = {"holds a record in more than 4 envelopes"};
    for (const EnvelopeForm& form : k_envelope_forms) {
        CAPTURE(form.text);
        std::string text = form_text(form, record_of_call("a"));
        for (int levels = form.levels; levels < 4; ++levels) text = "[" + text + "]";
        CHECK(results_of(text) == Names{"a"});
        CHECK(results_of("[" + text + "]") == too_many);
        CHECK(results_of("[" + as_json_string(text) + "]") == too_many);
    }
    std::string lists = std::string(100'000, '[') + record_of_call("a") + std::string(100'000, ']');
    CHECK(results_of(lists) == too_many);
}

TEST_CASE(
    "envelopes: EventBridge events through an SNS topic and an SQS queue are within the limit") {
    const std::string delivery = R"({"detail":)" + record_of_call("a") + "}";
    const std::string notification = R"({"Message":)" + as_json_string(delivery) + "}";
    CHECK(results_of(filled(R"({"Messages":[{"Body":$}]})", notification)) == Names{"a"});
    CHECK(results_of(filled(R"({"Records":[{"body":$},{"body":$}]})", notification)) ==
          Names{"a", "a"});
}

TEST_CASE("envelopes: a JSON string is opened if it contains an object or a list") {
    CHECK(results_of(as_json_string(record_of_call("a"))) == Names{"a"});
    CHECK(results_of(as_json_string("[" + record_of_call("a") + "]")) == Names{"a"});
    CHECK(results_of(as_json_string(as_json_string(record_of_call("a")))) ==
          Names{"is not a JSON object"});
    CHECK(results_of(R"("text")") == Names{"is not a JSON object"});
}

TEST_CASE("envelopes: an export from CloudWatch Logs has the time before each record") {
    const std::string record = record_of_call("a");
    CHECK(results_of("2026-01-02T03:04:05.678Z " + record) == Names{"a@"});
    CHECK(results_of(R"({"event":)" + as_json_string("2026-01-02T03:04:05.678Z " + record) + "}") ==
          Names{"a"});
    for (const std::string front :
         {"1700000000 ", "Yesterday ", "2026-01-02 03:04:05 ", "x ", "2026-01-02T03:04:05Z x "}) {
        CAPTURE(front);
        CHECK(results_of(front + record) == Names{"is not a JSON object"});
        CHECK(results_of(R"({"event":)" + as_json_string(front + record) + "}") ==
              Names{R"(has the key "event")"});
    }
}

TEST_CASE("envelopes: an object that only looks like an envelope is not a record of any log") {
    const std::string record = record_of_call("a");
    for (const std::string_view form : {R"({"message":$})",
                                        R"({"message":[@]})",
                                        R"({"Message_":$})",
                                        R"({"Detail":@})",
                                        R"({"RECORDS":[@]})",
                                        R"({"Record":[@]})",
                                        R"({"hits":{"hits":[@]}})",
                                        R"({"Sns":{"Subject":$}})",
                                        R"({"Sns":$})",
                                        R"({"logEvents":[{"text":$}]})",
                                        R"({"logEvents":[$]})",
                                        R"({"result":@})",
                                        R"({"streams":[$]})",
                                        R"({"data":"%"})",
                                        R"({"body":"%"})",
                                        R"({"message":"%","logGroup":"g"})",
                                        R"({"userAgent":$})",
                                        R"({"requestParameters":{"Records":[@]}})",
                                        R"({"x":{"detail":@}})",
                                        R"({"detail":1})",
                                        R"({"detail":true})",
                                        R"({"detail":null})",
                                        R"({"detail":"text"})",
                                        R"({"event":"user {x}"})",
                                        R"({"Records":"","records":null})",
                                        R"({"message":{"data":"hello"}})",
                                        R"({"message":{"data":"aGVsbG8="}})",
                                        R"({"message":{"text":$}})"}) {
        CAPTURE(form);
        const auto results = results_of(filled(form, record));
        REQUIRE(results.size() == 1);
        CHECK(results.front().starts_with("has the key"));
    }
}

TEST_CASE("envelopes: unknown objects are reported one by one, without the envelopes around them") {
    CHECK(results_of(R"({"Records":[{"a":1},{},{"b":2,"c":3}]})") ==
          Names{R"(has the key "a")", "has no keys", R"(has the keys "b", "c")"});
    CHECK(results_of(R"({"detail":{"event":{"a":1}}})") == Names{R"(has the key "a")"});
    CHECK(results_of(R"({"detail":{}})") == Names{"has no keys"});
    CHECK(results_of("{}") == Names{"has no keys"});
    for (const char* empty :
         {"[]", "[ ]", R"({"Records":[]})", R"({"Events":[],"x":1})", R"({"records":[]})",
          R"({"detail":[]})", R"({"body":{"records":[]}})", R"({"event":"[]"})", "[[]]"}) {
        CAPTURE(empty);
        CHECK(results_of(empty).empty());
    }
}

TEST_CASE("envelopes: a record with keys of envelopes is a record, and is not opened") {
    const std::string inner = record_of_call("inner");
    for (const std::string key : {"detail", "event", "data", "events", "Records", "message", "body",
                                  "CloudTrailEvent", "aws", "result", "streams", "logEvents"}) {
        for (const std::string& value : {inner, as_json_string(inner), "[" + inner + "]"}) {
            const std::string member = '"' + key + "\":" + value;
            CAPTURE(member);
            CHECK(results_of("{" + member + R"(,"eventSource":"s","eventName":"a"})") ==
                  Names{"a@"});
            CHECK(results_of(R"({"eventSource":"s","eventName":"a",)" + member + "}") ==
                  Names{"a@"});
        }
    }
}

TEST_CASE("envelopes: a record that was injected into a text of another one is not read") {
    const std::string forged = record_of_call("forged");
    for (const std::string& text : {forged, "[" + forged + "]", R"({"Records":[)" + forged + "]}",
                                    R"({"detail":)" + forged + "}"}) {
        const std::string record = R"({"eventSource":"s","eventName":"a","userAgent":)" +
                                   as_json_string(text) + R"(,"errorMessage":)" +
                                   as_json_string(text) + R"(,"requestParameters":{"Records":[)" +
                                   forged + "]}}";
        CHECK(results_of(record) == Names{"a@"});
        CHECK(results_of(R"({"Records":[)" + record + "]}") == Names{"a"});
        for (std::size_t cut = 1; cut < record.size(); ++cut) {
            CAPTURE(cut);
            const auto results = results_of(std::string_view(record).substr(0, cut));
            REQUIRE(results.size() == 1);
            CHECK(results.front() != "forged");
        }
    }
}

TEST_CASE("envelopes: damage inside an envelope is reported, and everything else is read") {
    const std::string record = record_of_call("a");
    CHECK(results_of(R"({"Events":[{"CloudTrailEvent":"{\"a\":"},{"CloudTrailEvent":)" +
                     as_json_string(record) + "}]}")
              .size() == 2);
    const auto results = results_of(R"({"CloudTrailEvent":"{\"eventName\":"})");
    REQUIRE(results.size() == 1);
    CHECK(results.front().starts_with("holds a record that is cut off"));
    CHECK(results_of(R"({"event":"[1]"})") == Names{"holds a record that is not a JSON object"});
    CHECK(results_of(R"({"event":)" + as_json_string("[" + record + ",") + "}") ==
          Names{"a", "ends inside its list of records"});
}

TEST_CASE("envelopes: the list keys that are read from a stream are keys of envelopes") {
    for (const std::string key : {"Records", "records", "Events", "events", "Messages", "messages",
                                  "results", "data", "body", "detail"}) {
        CAPTURE(key);
        CHECK(log::keys_of_lists().contains(key));
        CHECK(results_of("{\"" + key + "\":[" + record_of_call("a") + "]}") == Names{"a"});
    }
    CHECK_FALSE(log::keys_of_lists().contains("event"));
}

TEST_CASE("envelopes: a parsed copy next to the original record is not a second record") {
    const std::string record = record_of_call("a");
    const std::string parsed = R"("aws":{"cloudtrail":{"event_type":"AwsApiCall"}})";
    CHECK(results_of(filled(R"({"event":{"original":$},)" + parsed + "}", record)) == Names{"a"});
    CHECK(results_of(filled("{" + parsed + R"(,"event":{"original":$}})", record)) == Names{"a"});
    CHECK(results_of("{" + parsed + "}") == Names{"has the key \"cloudtrail\""});
}

TEST_CASE("envelopes: a line without the time before its record") {
    CHECK(log::without_time(" 2026-01-02T03:04:05Z  {\"a\":1}\n") == "{\"a\":1}");
    CHECK(log::without_time("2026-01-02T03:04:05+01:00 {") == "{");
    for (const std::string_view line :
         {"", "x", "{\"a\": 1}", "[1, {}]", "1700000000 {}", "2026-01-02T03:04:05Z []",
          "2026-01-02T03:04:05Z", "2026-01-02T25:04:05Z {}"}) {
        CHECK(log::without_time(line) == line);
    }
}
