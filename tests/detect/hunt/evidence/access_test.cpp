#include <doctest/doctest.h>

#include "detect/hunt/story.hpp"

using namespace cloudhijack;
using namespace cloudhijack::detect;
using namespace cloudhijack::log;
using namespace cloudhijack::rules;

namespace {

constexpr std::int64_t k_day = 24 * 3600;

StoryEvent use(std::int64_t second, std::string error = {}) {
    return {.time = clock(second), .call = "InvokeModel", .error = std::move(error)};
}

StoryEvent probing(std::string message, std::string call = "InvokeModel") {
    return {.time = "10:00:00",
            .call = std::move(call),
            .error = "ValidationException",
            .message = std::move(message)};
}

const std::string k_denied = "AccessDeniedException";

}  // namespace

TEST_CASE("probe: a use that is refused for its parameters") {
    CHECK(score("probe", {probing("max_tokens_to_sample: range: 1..1,000,000")}) == 40);
    CHECK(score("probe", {probing("maxTokens: must be at least 1")}) == 40);
    CHECK(score("probe", {probing("maxtokens: must be greater than or equal to 1")}) == 40);
    CHECK(score("probe", {probing("max_tokens: 8000 > 4096, which is the maximum allowed")}) == 0);
    CHECK(score("probe", {probing("range: 1")}) == 0);
    CHECK(score("probe", {probing("max_tokens: range: 1", "ListFoundationModels")}) == 0);
    StoryEvent other = probing("max_tokens: range: 1");
    other.error = "AccessDeniedException";
    CHECK(score("probe", {other}) == 0);
    CHECK(reason("probe", {probing("max_tokens: range: 1")}) ==
          "1 probing call (InvokeModel with parameters that are rejected, as key checkers send "
          "them) in 1 "
          "region from 2026-03-02T10:00:00Z; no use succeeded (+40)");
    CHECK(reason("probe", {probing("max_tokens: range: 1"), use(9), use(10)})
              .ends_with("; 2 other uses succeeded (+40)"));
}

TEST_CASE("denied_use: three denied uses within 24 h") {
    CHECK(score("denied_use", {use(0, k_denied), use(1, k_denied)}) == 0);
    CHECK(score("denied_use", {use(0, k_denied), use(0, k_denied), use(k_day, k_denied)}) == 20);
    CHECK(score("denied_use", {use(0, k_denied), use(1, k_denied), use(k_day + 1, k_denied)}) == 0);
    const StoryEvent mail{.time = "10:00:02", .call = "SendEmail", .error = k_denied};
    CHECK(score("denied_use", {use(0, k_denied), use(1, k_denied), mail}) == 0);
    for (const std::string code : {"AccessDenied", "UnauthorizedOperation", "AuthorizationError"}) {
        CHECK(score("denied_use", {use(0, code), use(1, code), use(2, code)}) == 20);
    }
    CHECK(score("denied_use", repeated(use(0, "ThrottlingException"), 0, 3)) == 0);
}

TEST_CASE("denied_use: no success within 20 min after the first denial") {
    const Story denied = {use(0, k_denied), use(1, k_denied), use(2, k_denied)};
    CHECK(score("denied_use", denied + Story{use(5)}) == 0);
    CHECK(score("denied_use", denied + Story{use(1200)}) == 0);
    CHECK(score("denied_use", denied + Story{use(1201)}) == 20);
    CHECK(score("denied_use", Story{use(-1)} + denied) == 20);
    // First access to a model is denied while AWS subscribes; later denials are evidence.
    CHECK(score("denied_use", denied + Story{use(300)} + repeated(use(0, k_denied), 9000, 3)) ==
          20);
}

TEST_CASE("denied_use: twenty uses that failed in any way") {
    CHECK(score("denied_use", repeated(use(0, "ThrottlingException"), 0, 19, 60)) == 0);
    CHECK(score("denied_use", repeated(use(0, "ThrottlingException"), 0, 20, 60)) == 20);
    CHECK(reason("denied_use", repeated(use(0, k_denied), 0, 14) + Story{use(4000), use(4001)}) ==
          "14 of 16 AWS Bedrock calls denied from 2026-03-02T10:00:00Z, none succeeded within 20 "
          "min (+20)");
}

TEST_CASE("enable_denied: a denied enable call") {
    StoryEvent enable{.time = "10:00:00", .call = "PutUseCaseForModelAccess", .error = k_denied};
    CHECK(score("enable_denied", {enable}) == 15);
    CHECK(reason("enable_denied", {enable}) ==
          "1 call to enable a service denied from 2026-03-02T10:00:00Z: PutUseCaseForModelAccess "
          "(+15)");
    enable.error = "ValidationException";
    CHECK(score("enable_denied", {enable}) == 0);
    CHECK(score("enable_denied", {use(0, k_denied)}) == 0);
}
