#include "log/cloudtrail.hpp"

#include <doctest/doctest.h>

using namespace cloudhijack;
using log::Event;
using log::Outcome;

namespace {

log::Principal principal_of(const Event& event) {
    return log::cloudtrail().interpret(event).principal.joined();
}

bool is_excluded(const Event& event) { return log::cloudtrail().interpret(event).is_excluded; }

Outcome outcome(std::string_view code, std::string_view message = {}) {
    log::Event event;
    event.error_code = code;
    event.error_message = message;
    return log::cloudtrail().interpret(event).outcome;
}

Event session(std::string_view role, std::string_view name) {
    Event event;
    event.caller_type = "AssumedRole";
    event.issuer = role;
    event.caller = name;
    event.account = "1";
    return event;
}

constexpr std::string_view k_role = "arn:aws:iam::1:role/app";
constexpr std::string_view k_sso = "arn:aws:iam::1:role/aws-reserved/AWSReservedSSO_Admin_0";

}  // namespace

TEST_CASE("principal: a role is one over all its sessions, people who share one are not") {
    const Event app = session(k_role, "arn:aws:sts::1:assumed-role/app/i-1");
    CHECK(principal_of(app).name == k_role);
    Event ann = session(k_sso, "arn:aws:sts::1:assumed-role/AWSReservedSSO_Admin_0/ann@x");
    CHECK(principal_of(ann).name == std::string(k_sso) + "/ann@x");
    ann.source_identity = "ann";
    CHECK(principal_of(ann).name == std::string(k_sso) + "/ann");
    Event named = app;
    named.source_identity = "bob";
    CHECK(principal_of(named).name == std::string(k_role) + "/bob");
    Event by_id = session(k_sso, "");
    by_id.caller_id = "AROA:ann@x";
    CHECK(principal_of(by_id).name == std::string(k_sso) + "/ann@x");
    CHECK(principal_of(session(k_sso, "")).name == k_sso);
}

TEST_CASE("principal: a federated user is its user; others by the first name that is there") {
    Event event = session("arn:aws:iam::1:user/alice", "arn:aws:sts::1:federated-user/tmp");
    event.caller_type = "FederatedUser";
    CHECK(principal_of(event).name == "arn:aws:iam::1:user/alice");
    event.issuer = "";
    CHECK(principal_of(event).name == "arn:aws:sts::1:federated-user/tmp");
    event.caller = "";
    event.access_key = "AKIA1";
    event.caller_id = "AIDA";
    event.caller_account = "2";
    CHECK(principal_of(event).name == "AKIA1");
    event.access_key = "";
    CHECK(principal_of(event).name == "AIDA");
    CHECK(principal_of(event).one_actor);
    event.caller_id = "";
    CHECK(principal_of(event).name == "2");
    CHECK_FALSE(principal_of(event).one_actor);
    event.caller_account = "";
    CHECK(principal_of(event).name == "unknown");
    CHECK_FALSE(principal_of(event).one_actor);
    Event role;
    role.caller_type = "Role";
    role.caller = "arn:aws:iam::1:role/x";
    role.issuer = k_role;
    CHECK(principal_of(role).name == "arn:aws:iam::1:role/x");
}

TEST_CASE("principal: the account is the one in which the call was made") {
    Event event = session(k_role, "");
    event.caller_account = "2";
    CHECK(principal_of(event).account == "1");
    event.account = "";
    CHECK(principal_of(event).account == "2");
    event.caller_account = "";
    CHECK(principal_of(event).account == "unknown");
}

TEST_CASE("principal: what AWS does itself is left out") {
    Event event = session(k_role, "");
    CHECK_FALSE(is_excluded(event));
    event.source_address = "AWS Internal";
    CHECK_FALSE(is_excluded(event));
    event.source_address = "cloudformation.amazonaws.com";
    CHECK(is_excluded(event));
    event.source_address = "";
    event.invoked_by = "ec2.amazonaws.com.cn";
    CHECK(is_excluded(event));
    event.invoked_by = "amazonaws.com.example";
    CHECK_FALSE(is_excluded(event));
    event.caller_type = "AWSService";
    CHECK(is_excluded(event));
    CHECK(is_excluded(
        session("arn:aws:iam::1:role/aws-service-role/x/AWSServiceRoleForSupport", "")));
    for (const char* category : {"NetworkActivity", "Insight"}) {
        Event repeated = session(k_role, "");
        repeated.category = category;
        CHECK(is_excluded(repeated));
    }
    Event data = session(k_role, "");
    data.category = "Data";
    CHECK_FALSE(is_excluded(data));
}

TEST_CASE("outcome: ok, denied, probe, failed") {
    CHECK(outcome("") == Outcome::ok);
    CHECK(outcome("200") == Outcome::ok);
    CHECK(outcome("AccessDenied") == Outcome::denied);
    CHECK(outcome("AccessDeniedException") == Outcome::denied);
    CHECK(outcome("UnauthorizedOperation") == Outcome::denied);
    CHECK(outcome("AuthorizationError") == Outcome::denied);
    CHECK(outcome("AuthorizationErrors") == Outcome::failed);
    CHECK(outcome("Client.UnauthorizedOperation") == Outcome::failed);
    CHECK(outcome("ThrottlingException") == Outcome::failed);
    CHECK(outcome("success") == Outcome::failed);
    CHECK(outcome("ValidationException") == Outcome::failed);
    CHECK(outcome("ValidationException", "max_tokens_to_sample: range: 1..1,000,000") ==
          Outcome::probe);
    CHECK(outcome("ThrottlingException", "max_tokens: range: 1") == Outcome::failed);
}
