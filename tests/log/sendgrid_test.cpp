#include "log/sendgrid.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "log/read_call.hpp"

using namespace cloudhijack;
using log::read_call;
using log::ReadCall;
using log::with_part;

namespace {

// In base64: `processed-421-0-a`, `drop-10994919-LRzXl_NHStOGhQ4kofSm_A-0`,
// `delivered-0-421-a`, `bounce-1-421-a`, `deferred-2-421-a`, `421-terminate-1709669667`.
const std::string k_processed_id = "cHJvY2Vzc2VkLTQyMS0wLWE";
const std::string k_dropped_id = "ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA";
const std::string k_delivered_id = "ZGVsaXZlcmVkLTAtNDIxLWE";
const std::string k_bounce_id = "Ym91bmNlLTEtNDIxLWE=";
const std::string k_deferred_id = "ZGVmZXJyZWQtMi00MjEtYQ==";
const std::string k_terminate_id = "NDIxLXRlcm1pbmF0ZS0xNzA5NjY5NjY3";

std::string mail_event(const std::string& event, const std::string& id = k_processed_id,
                       const std::string& more = "") {
    return R"({"email":"reader@example.com","event":")" + event + R"(","sg_event_id":")" + id +
           R"(","sg_message_id":"m1","timestamp":1772445600,"ip":"2001:db8::9",)"
           R"("useragent":"Mozilla/5.0")" +
           more + "}";
}

const std::string k_sent_with_key =
    R"({"event":"received","recv_msgid":"r","sg_event_id":"e1","timestamp":1772445600,)"
    R"("api_key_id":"KEY1","client_ip":"2001:db8::7","protocol":"HTTP","recipient_count":3,)"
    R"("size":9,"useragent":"curl/8.5"})";

}  // namespace

TEST_CASE("sendgrid: a mail reported by the webhook") {
    const ReadCall call = read_call(mail_event("processed"));
    CHECK(call.log == "sendgrid");
    CHECK(call.source == "sendgrid");
    CHECK(call.name == "processed");
    CHECK(call.time == "2026-03-02T10:00:00Z");
    CHECK(call.account == "421");
    CHECK(call.caller == "account 421");
    CHECK(call.caller_type == "Account");
    CHECK_FALSE(call.one_actor);
    CHECK(call.address.empty());
    CHECK(call.agent.empty());
    CHECK(call.region.empty());
    CHECK(call.messages == 1);
    CHECK(call.is_data_event);
    CHECK(call.has_usable_id);
    CHECK(call.outcome == log::Outcome::ok);
    CHECK_FALSE(call.all_texts.contains("reader@"));
}

TEST_CASE("sendgrid: the account, from the forms of an event's id") {
    const auto account = [](const std::string& event, const std::string& id) {
        const ReadCall call = read_call(mail_event(event, id));
        CHECK(call.caller == "account " + call.account);
        return call.account;
    };
    CHECK(account("dropped", k_dropped_id) == "10994919");
    CHECK(account("delivered", k_delivered_id) == "421");
    CHECK(account("bounce", k_bounce_id) == "421");
    CHECK(account("deferred", k_deferred_id) == "421");
    CHECK(account("account_status_change", k_terminate_id) == "421");
    CHECK(account("processed", k_terminate_id) == "unknown");
    // `22048958-da78-4425-ab2c-052e56fad91f`, which begins with digits and is random.
    const std::string uuid = "MjIwNDg5NTgtZGE3OC00NDI1LWFiMmMtMDUyZTU2ZmFkOTFm";
    CHECK(account("open", uuid) == "unknown");
    CHECK(account("account_status_change", uuid) == "unknown");
    for (const char* id : {"ZyjAM5rnQmuI1KFInHQ3Nw", "zmzJhfJgAfUSOW80yEbPyw==", "not base64!",
                           "cHJvY2Vzc2VkLQ==", "cHJvY2Vzc2VkLWFiYy0w", "ZGVsaXZlcmVkLTQyMQ=="}) {
        CAPTURE(id);  // the last three: `processed-`, `processed-abc-0`, `delivered-421`
        CHECK(account("processed", id) == "unknown");
    }
    CHECK(account("processed", std::string(5'000, 'A')) == "unknown");
}

TEST_CASE("sendgrid: the outcome of a mail") {
    using enum log::Outcome;
    const auto outcome = [](const std::string& event, const std::string& more) {
        return read_call(mail_event(event, k_processed_id, ',' + more)).outcome;
    };
    CHECK(outcome("dropped", R"("reason":"Bounced Address")") == failed);
    CHECK(outcome("dropped", R"("x":1)") == failed);
    CHECK(outcome("dropped", R"("reason":"Spam Content")") == blocked);
    CHECK(outcome("dropped", R"("reason":"recipient list over package quota")") == blocked);
    CHECK(outcome("bounce", R"("type":"bounce")") == failed);
    CHECK(outcome("bounce", R"("x":1)") == failed);
    for (const char* type : {R"("type":"blocked")", R"("type":"block")", R"("type":"Blocked")"}) {
        CHECK(outcome("bounce", type) == blocked);
    }
    for (const char* event : {"processed", "delivered", "open", "spamreport", "received"}) {
        CHECK(outcome(event, R"("reason":"spam content","type":"blocked")") == ok);
    }
    const ReadCall bounce = read_call(mail_event(
        "bounce", k_bounce_id, R"(,"reason":"550 <victim@example.com> unknown","type":"bounce")"));
    CHECK(bounce.name == "bounce");
    CHECK_FALSE(bounce.all_texts.contains("victim"));
}

TEST_CASE("sendgrid: an account that the provider suspended") {
    const auto suspends = [](const std::string& event, const std::string& type) {
        return read_call(mail_event(event, k_terminate_id, R"(,"type":")" + type + '"'))
            .suspends_account;
    };
    for (const char* type :
         {"compliance_suspend", "COMPLIANCE_SUSPEND", "ban", "Banned", "terminate", "terminated"}) {
        CAPTURE(type);
        CHECK(suspends("account_status_change", type));
        CHECK_FALSE(suspends("processed", type));
    }
    for (const char* type : {"", "compliance_reactivate", "active", "unban"}) {
        CHECK_FALSE(suspends("account_status_change", type));
    }
}

TEST_CASE("sendgrid: ids that distinguish calls, and placeholders") {
    CHECK(read_call(mail_event("processed", "x")).has_usable_id);
    for (const char* id : {"", "sg_event_id", "sendgrid_internal_event_id",
                           "00000000-0000-0000-0000-000000000000"}) {
        CAPTURE(id);
        const ReadCall call = read_call(mail_event("processed", id));
        CHECK(call.log == "sendgrid");
        CHECK_FALSE(call.has_usable_id);
    }
}

TEST_CASE("sendgrid: Email Logs name the key, the teammate, the address and the agent") {
    const ReadCall call = read_call(k_sent_with_key);
    CHECK(call.name == "received");
    CHECK(call.account == "unknown");
    CHECK(call.caller == "KEY1");
    CHECK(call.caller_type == "SendGridKey");
    CHECK_FALSE(call.one_actor);
    CHECK(call.address == "2001:db8::7");
    CHECK(call.agent == "curl/8.5");
    CHECK(call.messages == 3);
    const ReadCall teammate =
        read_call(with_part(k_sent_with_key, R"("KEY1")", R"("","teammate":"ann")"));
    CHECK(teammate.caller == "ann");
    CHECK(teammate.caller_type == "Teammate");
    CHECK(teammate.one_actor);
    const ReadCall nobody = read_call(with_part(k_sent_with_key, R"("KEY1")", "null"));
    CHECK(nobody.caller == "account unknown");
    CHECK(nobody.caller_type == "Account");
    CHECK(read_call(with_part(k_sent_with_key, ":3,", ":2000,")).messages == k_most_messages);
}

TEST_CASE("sendgrid: each event of a mail in Email Logs equals the webhook's report") {
    const std::string processed =
        R"({"event":"processed","email":"t@example.com","sg_event_id":"cHJvY2Vzc2VkLTQyMS0wLWE",)"
        R"("sg_message_id":"m1","smtp-id":"x","timestamp":1772445601})";
    const auto calls = log::read_calls(
        R"({"from_email":"a@example.com","sg_message_id":"m1","subject":"s","status":"processed",)"
        R"("to_email":"t@example.com","api_key_id":"KEY1","client_ip":"2001:db8::7","events":[)" +
        processed + ',' + k_sent_with_key + "]}");
    REQUIRE(calls.size() == 2);
    CHECK(calls[0].name == "processed");
    CHECK(calls[0].id == read_call(mail_event("processed")).id);  // so the two count once
    CHECK(calls[1].name == "received");
    CHECK(calls[1].caller == "KEY1");
    // An entry in the list of mails has no event.
    CHECK(read_call(R"({"messages":[{"sg_message_id":"m1","status":"processed"}]})").log == "none");
}

TEST_CASE("sendgrid: keys added by a sender change neither the caller nor the outcome") {
    const ReadCall plain = read_call(mail_event("processed"));
    const ReadCall call = read_call(mail_event(
        "processed", k_processed_id,
        R"(,"api_key_id":"OTHER","teammate":"other","client_ip":"2001:db8::bad",)"
        R"("recipient_count":40,"type":"compliance_suspend","reason":"spam content",)"
        R"("account":"other","caller":"other","eventName":"SendEmail",)"
        R"("eventSource":"ses.amazonaws.com","schemaType":"ModelInvocationLog",)"
        R"("category":"RequestResponse","resourceId":"/x","sid":"SM1","account_sid":"AC1",)"
        R"("specversion":"1.0","event_type":"x","protoPayload":{},"error_code":"30007",)"
        R"("event":"received","sg_event_id":"other","timestamp":1,"events":"x")"));
    CHECK(call.log == "sendgrid");
    CHECK(call.name == plain.name);
    CHECK(call.time == plain.time);
    CHECK(call.id == plain.id);
    CHECK(call.caller == plain.caller);
    CHECK(call.account == plain.account);
    CHECK(call.messages == 1);
    CHECK(call.outcome == plain.outcome);
    CHECK_FALSE(call.suspends_account);
    CHECK(call.address.empty());
    CHECK_FALSE(call.all_texts.contains("OTHER"));
    CHECK_FALSE(call.all_texts.contains("2001:db8::bad"));
}

TEST_CASE("sendgrid: an event needs one of SendGrid's ids") {
    CHECK(read_call(R"({"event":"processed","timestamp":1})").log == "none");
    CHECK(read_call(R"({"sg_event_id":"x","sg_message_id":"y"})").log == "none");
    CHECK(read_call(R"({"event":"processed","sg_message_id":"y"})").log == "sendgrid");
    CHECK(read_call(R"({"event":{"event":"processed","sg_event_id":"x"}})").log == "sendgrid");
}

TEST_CASE("sendgrid: the complete events of a truncated batch count") {
    const std::string event = mail_event("processed");
    const auto calls =
        log::read_calls('[' + event + ',' + event + ',' + event.substr(0, event.size() / 2));
    REQUIRE(calls.size() == 3);
    CHECK(calls[0].log == "sendgrid");
    CHECK(calls[1].log == "sendgrid");
    CHECK(calls[2].log != "sendgrid");
}
