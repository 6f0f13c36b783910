#include "log/twilio.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "log/calling_codes.hpp"
#include "log/read_call.hpp"

using namespace cloudhijack;
using log::read_call;
using log::ReadCall;
using log::with_part;

namespace {

using Texts = std::vector<std::string>;

std::string monitor_event(const std::string& type, const std::string& actor,
                          const std::string& properties = "null") {
    return R"({"sid":"AE01","account_sid":"AC01","actor_sid":)" + actor + R"(,"event_type":")" +
           type +
           R"(","event_date":"2026-03-02T10:00:00Z","source_ip_address":"2001:db8::1",)"
           R"("resource_sid":"PN01","event_data":{"resource_properties":)" +
           properties + "}}";
}

std::string stream_event(const std::string& type, const std::string& data) {
    return R"({"specversion":"1.0","type":"com.twilio.)" + type +
           R"(","source":"/2010-04-01/Accounts/AC02/Messages/SM02.json","id":"EZ01",)"
           R"("time":"2026-03-02T10:00:00.707Z","data":{)" +
           data + "}}";
}

std::string sent_to(const std::string& number) {
    return stream_event("messaging.message.sent",
                        R"("messageSid":"SM02","accountSid":"AC01","to":")" + number + '"');
}

std::string message(const std::string& more, const std::string& sid = "SM02") {
    return R"({"sid":")" + sid +
           R"(","account_sid":"AC01","date_created":"Mon, 02 Mar 2026 10:00:00 +0000",)"
           R"("direction":"outbound-api","to":"+447700900123","num_segments":"3",)"
           R"("body":"secret words",)" +
           more + R"("uri":"/x"})";
}

}  // namespace

TEST_CASE("twilio: a change of the account by a user") {
    const ReadCall call = read_call(monitor_event("phone-number.created", R"("US01")"));
    CHECK(call.log == "twilio");
    CHECK(call.source == "twilio");
    CHECK(call.name == "phone-number.created");
    CHECK(call.time == "2026-03-02T10:00:00Z");
    CHECK(call.account == "AC01");
    CHECK(call.caller == "US01");
    CHECK(call.caller_type == "TwilioUser");
    CHECK(call.one_actor);
    CHECK(call.address == "2001:db8::1");
    CHECK(call.id == "AE01");
    CHECK(call.has_usable_id);
    CHECK(call.outcome == log::Outcome::ok);
    CHECK_FALSE(call.is_data_event);
    CHECK(call.subjects == Texts{"PN01"});
    CHECK(call.key_holders.empty());
}

TEST_CASE("twilio: a change through the API is attributed to anyone who has a key of the account") {
    for (const char* actor : {"null", R"("AC01")", R"("")"}) {
        CAPTURE(actor);
        const ReadCall call = read_call(monitor_event("phone-number.created", actor));
        CHECK(call.caller == "account AC01");
        CHECK(call.caller_type == "Account");
        CHECK_FALSE(call.one_actor);
    }
}

TEST_CASE("twilio: an event in camel case, with the placeholders of the documentation") {
    const ReadCall call = read_call(
        R"({"accountSid":"ACxxxxxxxxxxxx","actorSid":"USyyyyyyyyyyyy","eventData":{)"
        R"("resource_properties":{"friendly_name":{"updated":"x","previous":null}}},)"
        R"("eventDate":"2026-03-02T10:00:00.000Z","eventType":"account-api-keys.created",)"
        R"("resourceSid":"SKxx","sid":"AEzzzzzzzzzzzz","source":"api",)"
        R"("sourceIpAddress":"2001:db8::1"})");
    CHECK(call.log == "twilio");
    CHECK(call.name == "account-api-keys.created");
    CHECK(call.account == "ACxxxxxxxxxxxx");
    CHECK(call.caller == "USyyyyyyyyyyyy");
    CHECK(call.address == "2001:db8::1");
    CHECK(call.time == "2026-03-02T10:00:00Z");
    CHECK(call.has_usable_id);
}

TEST_CASE("twilio: a new key links its creator to anyone who uses the account's keys") {
    for (const char* type :
         {"account-api-keys.created", "account-keys.created", "account-auth-token.created",
          "account-auth-token.promoted", "account-auth-token.secondary-created"}) {
        CAPTURE(type);
        CHECK(log::topic_of(type) == log::CallTopic::key_read);
        CHECK(read_call(monitor_event(type, R"("US01")")).key_holders == Texts{"account AC01"});
    }
}

TEST_CASE("twilio: a removed resource is not a subject") {
    CHECK(read_call(monitor_event("message.deleted", R"("US01")")).subjects.empty());
}

TEST_CASE("twilio: the countries that a change of permissions enables") {
    const std::string properties =
        R"({"falkland_islands":{"previous":"disabled","updated":"enabled"},)"
        R"("france":{"previous":"enabled","updated":"disabled"},"spain":null,"italy":"enabled",)"
        R"("sri_lanka":{"previous":"disabled","updated":"enabled"}})";
    CHECK(read_call(monitor_event("sms-geographic-permissions.updated", "null", properties))
              .subjects ==
          Texts{"falkland_islands", "sri_lanka (which needs a login to the Console, not a key)"});
    CHECK(read_call(monitor_event("voice-geographic-permissions.updated", "null", properties))
              .subjects == Texts{"falkland_islands", "sri_lanka"});
    for (const char* other : {"null", "[]", R"("enabled")", "{}"}) {
        CHECK(read_call(monitor_event("sms-geographic-permissions.updated", "null", other))
                  .subjects.empty());
    }
    std::string many = "{";
    for (int i = 0; i < 200; ++i) {
        many += (i == 0 ? "\"c" : ",\"c") + std::to_string(i) + R"(":{"updated":"enabled"})";
    }
    CHECK(read_call(monitor_event("sms-geographic-permissions.updated", "null", many + '}'))
              .subjects.size() == 16);
}

TEST_CASE("twilio: a message that Event Streams deliver") {
    const ReadCall call = read_call(stream_event(
        "messaging.message.sent",
        R"("messageSid":"SM02","accountSid":"AC01","to":"+447700900123","numberOfSegments":2)"));
    CHECK(call.log == "twilio_streams");
    CHECK(call.source == "twilio-messages");
    CHECK(call.name == "sent");
    CHECK(call.time == "2026-03-02T10:00:00Z");
    CHECK(call.account == "AC01");
    CHECK(call.caller == "account AC01");
    CHECK(call.caller_type == "Account");
    CHECK_FALSE(call.one_actor);
    CHECK(call.address.empty());
    CHECK(call.id == "SM02");
    CHECK(call.region == "GB");
    CHECK(call.country == "GB");
    CHECK(call.messages == 2);
    CHECK(call.is_data_event);
    CHECK(call.outcome == log::Outcome::ok);
    CHECK(call.subjects.empty());
}

TEST_CASE("twilio: the account and the id of a message that does not state them") {
    const ReadCall call = read_call(stream_event("messaging.message.sent", R"("to":"+1")"));
    CHECK(call.account == "AC02");
    CHECK(call.id == "EZ01");
    const ReadCall nobody =
        read_call(R"({"specversion":"1.0","type":"com.twilio.messaging.message.sent","id":"EZ1"})");
    CHECK(nobody.account == "unknown");
    CHECK(nobody.caller == "account unknown");
}

TEST_CASE("twilio: codes sent by Verify") {
    const std::string data =
        R"("created_at":"2026-03-02T10:00:00Z","account_sid":"AC01","error_code":"",)"
        R"("mcc":"460","to":"","number_segments":2)";
    for (const char* subject : {"message", "attempt-dlr"}) {
        const std::string type = "accountsecurity.verify." + std::string(subject);
        const ReadCall sent = read_call(stream_event(type + ".sent", data));
        CHECK(sent.name == "verify-sent");
        CHECK(sent.region == "460");
        CHECK(sent.messages == 2);
        CHECK(sent.outcome == log::Outcome::ok);
        CHECK(read_call(stream_event(type + ".failed", data)).outcome == log::Outcome::failed);
        CHECK(read_call(stream_event(type + ".failed", data)).name == "verify-failed");
        CHECK(read_call(stream_event(type + ".delivered", data)).name.empty());
    }
    CHECK(read_call(stream_event("accountsecurity.verify.verification.approved", data)).name ==
          "verify-approved");
}

TEST_CASE("twilio: delivery reports and inbound messages are not calls") {
    for (const char* state : {"queued", "delivered", "undelivered", "read"}) {
        CAPTURE(state);
        const ReadCall call =
            read_call(stream_event("messaging.message." + std::string(state), ""));
        CHECK(call.log == "twilio_streams");
        CHECK(call.name.empty());
    }
    CHECK(read_call(stream_event("messaging.inbound-message.received", "")).name.empty());
    CHECK(read_call(message(R"("x":1,)")).name == "message");
    const std::string inbound = with_part(message(""), "outbound-api", "inbound");
    CHECK(read_call(inbound).log == "twilio_messages");
    CHECK(read_call(inbound).name.empty());
}

TEST_CASE("twilio: events of other products are not mistaken for messages") {
    CHECK(read_call(stream_event("voice.status-callback.call.failed", "")).name ==
          "voice.status-callback.call.failed");
    CHECK(read_call(stream_event("x", "")).name == "x");
    CHECK(read_call(stream_event("", "")).name.empty());
    CHECK(read_call(stream_event("failed", "")).outcome == log::Outcome::ok);
}

TEST_CASE("twilio: the only errors that count as calls are wrong credentials") {
    const auto error = [](const std::string& code) {
        return read_call(stream_event("error-logs.error.logged",
                                      R"("account_sid":"AC01","error_code":")" + code + '"'));
    };
    CHECK(error("20003").source == "twilio-errors");
    CHECK(error("20003").name == "logged");
    CHECK(error("20003").outcome == log::Outcome::denied);
    CHECK(error("11200").source == "twilio-errors");
    CHECK(error("11200").name.empty());
}

TEST_CASE("twilio: a message as the REST API returns it") {
    const ReadCall call = read_call(message(R"("price":"-0.02000","price_unit":"USD",)"));
    CHECK(call.log == "twilio_messages");
    CHECK(call.source == "twilio-messages");
    CHECK(call.name == "message");
    CHECK(call.time == "2026-03-02T10:00:00Z");
    CHECK(call.account == "AC01");
    CHECK(call.caller == "account AC01");
    CHECK(call.region == "GB");
    CHECK(call.messages == 3);
    CHECK(call.spend.cost == 20'000);
    CHECK(call.id == "SM02");
    CHECK(call.is_data_event);
    CHECK(read_call(message(R"("price":"-0.02000","price_unit":"EUR",)")).spend.cost == 0);
    CHECK(read_call(message(R"("price":null,"price_unit":"USD",)")).spend.cost == 0);
    CHECK(read_call(message("", "MM02")).name == "message");
    const ReadCall camel = read_call(
        R"({"sid":"SM02","accountSid":"AC01","dateSent":"2026-03-02T10:00:00.000Z","to":"+4930",)"
        R"("numSegments":"70","errorCode":30007,"price":"-1","priceUnit":"usd"})");
    CHECK(camel.region == "DE");
    CHECK(camel.messages == 70);
    CHECK(camel.outcome == log::Outcome::blocked);
    CHECK(camel.spend.cost == 1'000'000);
    CHECK(camel.time == "2026-03-02T10:00:00Z");
}

TEST_CASE("twilio: a message of either form has the same id and region") {
    const ReadCall streamed = read_call(sent_to("+447700900123"));
    const ReadCall listed = read_call(message(""));
    CHECK(streamed.id == listed.id);
    CHECK(streamed.region == listed.region);
    CHECK(streamed.source == listed.source);
    CHECK(streamed.caller == listed.caller);
}

TEST_CASE("twilio: the outcome of a call, from a code that is a number or a text") {
    using enum log::Outcome;
    const auto outcome = [](const std::string& code) {
        return read_call(message(R"("error_code":)" + code + ',')).outcome;
    };
    for (const char* code : {"null", "0", R"("")", R"("0")"}) CHECK(outcome(code) == ok);
    for (const char* code : {"30004", "30007", R"("30450")", "60410"}) {
        CHECK(outcome(code) == blocked);
    }
    for (const char* code : {"21215", "21408", "13227", "32205", "60605", R"("20003")"}) {
        CHECK(outcome(code) == denied);
    }
    for (const char* code : {"20429", "30001", "14107", R"("63018")"}) {
        CHECK(outcome(code) == throttled);
    }
    for (const char* code : {"30003", "30008", "-1", R"("x")", "300077"}) {
        CHECK(outcome(code) == failed);
    }
    const auto streamed = [](const std::string& state, const std::string& data) {
        return read_call(stream_event("messaging.message." + state, data)).outcome;
    };
    CHECK(streamed("failed", "\"x\":1") == failed);
    CHECK(streamed("failed", R"("errorCode":30007)") == blocked);
    CHECK(streamed("sent", R"("errorCode":21408)") == denied);
}

TEST_CASE("twilio: segments count up to a limit") {
    const auto messages = [](const std::string& segments) {
        return read_call(
                   stream_event("messaging.message.sent", R"("numberOfSegments":)" + segments))
            .messages;
    };
    CHECK(messages("0") == 1);
    CHECK(messages("7") == 7);
    CHECK(messages("1001") == 1000);
    CHECK(messages("99999999999999999999999") == 1);
    CHECK(messages("-3") == 1);
    CHECK(messages("\"2\"") == 2);
    CHECK(messages("[2]") == 1);
}

TEST_CASE("twilio: a number is not in the event, and its channel does not matter") {
    for (const std::string number :
         {"+447700900123", "whatsapp:+447700900123", "rcs:+447700900123", "447700900123",
          "client:alice", "messenger:123456", "+0447700900123"}) {
        CAPTURE(number);
        for (const std::string& record :
             {sent_to(number), with_part(message(""), "+447700900123", number)}) {
            const ReadCall call = read_call(record);
            CHECK_FALSE(call.all_texts.contains("7700900123"));
            CHECK_FALSE(call.all_texts.contains("alice"));
            CHECK_FALSE(call.all_texts.contains("secret"));
            CHECK(call.region == (number.contains("+44") ? "GB" : ""));
        }
    }
}

TEST_CASE("twilio: countries, by the longest calling code") {
    CHECK(log::country_of_number("+14155550100") == "US/CA");
    CHECK(log::country_of_number("+12425550100") == "BS");
    CHECK(log::country_of_number("+12465550100") == "BB");
    CHECK(log::country_of_number("+18765550100") == "JM");
    CHECK(log::country_of_number("+78005550100") == "RU/KZ");
    CHECK(log::country_of_number("+77005550100") == "RU/KZ");
    CHECK(log::country_of_number("+599955501") == "CW");
    CHECK(log::country_of_number("+599755501") == "BQ");
    CHECK(log::country_of_number("+8816555501") == "+881");
    CHECK(log::country_of_number("+35820555") == "FI");
    CHECK(log::country_of_number("+992") == "TJ");
    CHECK(log::country_of_number("+1") == "US/CA");
    for (const char* none : {"", "+", "14155550100", "+0", "+999", "+210", "+x", "a:b"}) {
        CAPTURE(none);
        CHECK(log::country_of_number(none).empty());
    }
}

TEST_CASE("twilio: no name that a user can choose makes a record one of Twilio's") {
    for (const char* record :
         {R"({"sid":"AE01"})", R"({"event_type":"x","sid":"SM1"})", R"({"sid":"SM01"})",
          R"({"sid":"SM01","account_sid":"x"})", R"({"type":"com.twilio.messaging.message.sent"})",
          R"({"specversion":"1.0","type":"com.example.sent"})"}) {
        CAPTURE(record);
        CHECK(read_call(record).log == "none");
    }
}

TEST_CASE("twilio: a record of another log in a text or a body is not read") {
    const std::string other =
        R"({\"eventName\":\"SendEmail\",\"eventSource\":\"ses.amazonaws.com\",\"sg_event_id\":\"x\"})";
    const ReadCall call = read_call(message("\"friendly_name\":\"" + other + "\","));
    CHECK(call.log == "twilio_messages");
    CHECK(call.caller == "account AC01");
    const ReadCall event = read_call(
        monitor_event("phone-number.created", R"("US01")",
                      R"({"account_sid":{"updated":"AC99"},"actor_sid":"US99","sid":"AE99"})"));
    CHECK(event.account == "AC01");
    CHECK(event.caller == "US01");
    CHECK(event.id == "AE01");
    const ReadCall stream = read_call(stream_event(
        "messaging.message.sent", R"("accountSid":"AC01","tags":{"accountSid":"AC99"},"to":"+1")"));
    CHECK(stream.account == "AC01");
}

TEST_CASE("twilio: batches and pages") {
    const std::string event = monitor_event("phone-number.created", "null");
    for (const std::string& text :
         {'[' + event + ',' + event + ']', R"({"events":[)" + event + ',' + event + "]}",
          R"({"messages":[)" + message("") + ',' + sent_to("+1") + R"(],"page":0})"}) {
        CAPTURE(text);
        CHECK(log::read_calls(text).size() == 2);
    }
}
