#include "log/cloudtrail_outcome.hpp"

#include <doctest/doctest.h>

using namespace cloudhijack;
using log::Outcome;

namespace {

Outcome outcome(std::string_view code, std::string_view message = {}) {
    log::Event event;
    event.error_code = code;
    event.error_message = message;
    return log::outcome_of(event);
}

}  // namespace

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
