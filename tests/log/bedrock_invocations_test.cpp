#include "log/bedrock_invocations.hpp"

#include <doctest/doctest.h>

#include <string>

#include "log/read_call.hpp"

using namespace cloudhijack;
using namespace cloudhijack::log;

namespace {

const std::string k_session = "arn:aws:sts::111122223333:assumed-role/app/i-0abc";

// A record as Bedrock writes it, with a body that contains misleading values.
std::string record(const std::string& caller = k_session, const std::string& more = {}) {
    return R"({"timestamp":"2026-09-08T12:10:33Z","accountId":"111122223333","region":"us-east-1",)"
           R"("requestId":"7b0f3a52-0a3c-4c55-9a55-0b6c3f0f1a11","operation":"ConverseStream",)"
           R"("modelId":"arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.)"
           R"(claude-sonnet-4-20250514-v1:0","input":{"inputContentType":"application/json",)"
           R"("inputBodyJson":{"modelId":"other","identity":{"arn":"arn:aws:iam::1:user/eve"},)"
           R"("inputTokenCount":999},"inputTokenCount":12,"cacheReadInputTokenCount":900,)"
           R"("cacheWriteInputTokenCount":40},"output":{"outputTokenCount":8},)"
           R"("identity":{"arn":")" +
           caller + "\"}" + more + R"(,"schemaType":"ModelInvocationLog","schemaVersion":"1.0"})";
}

}  // namespace

TEST_CASE("bedrock_invocations: a role's call, with its tokens") {
    const ReadCall call = read_call(record());
    CHECK(call.log == "bedrock_invocations");
    CHECK(call.source == "bedrock-invocations");
    CHECK(call.name == "ConverseStream");
    CHECK(call.account == "111122223333");
    CHECK(call.caller == "arn:aws:iam::111122223333:role/app");
    CHECK(call.caller_type == "AssumedRole");
    CHECK(call.region == "us-east-1");
    CHECK(call.address == "");
    CHECK(call.has_usable_id);
    CHECK(call.is_data_event);
    CHECK(call.outcome == Outcome::ok);
    CHECK(call.model == "us.anthropic.claude-sonnet-4-20250514-v1:0");
    CHECK(call.spend == Spend{.input_tokens = 12,
                              .output_tokens = 8,
                              .cache_read_tokens = 900,
                              .cache_write_tokens = 40});
}

TEST_CASE("bedrock_invocations: other callers") {
    const ReadCall user = read_call(record("arn:aws:iam::111122223333:user/team/eve"));
    CHECK(user.caller == "arn:aws:iam::111122223333:user/team/eve");
    CHECK(user.caller_type == "IAMUser");
    CHECK(read_call(record("arn:aws:iam::111122223333:root")).caller_type == "Root");
    const ReadCall person = read_call(record(
        "arn:aws-cn:sts::111122223333:assumed-role/AWSReservedSSO_Dev_0a1b/ann@example.com"));
    CHECK(person.caller ==
          "arn:aws-cn:iam::111122223333:role/AWSReservedSSO_Dev_0a1b/ann@example.com");
    CHECK(read_call(record("")).caller == "unknown");
    CHECK(read_call(record("arn:aws:sts")).caller == "arn:aws:sts");
}

TEST_CASE("bedrock_invocations: refusals, and tokens at the top level") {
    CHECK(read_call(record(k_session, R"(,"errorCode":"ThrottlingException")")).outcome ==
          Outcome::throttled);
    CHECK(read_call(record(k_session, R"(,"errorCode":"AccessDeniedException")")).outcome ==
          Outcome::denied);
    const std::string flat =
        R"({"schemaType":"ModelInvocationLog","operation":"InvokeModel","requestId":"x",)"
        R"("inputTokenCount":"7","outputTokenCount":3,"cacheReadInputTokenCount":2})";
    CHECK(read_call(flat).spend ==
          Spend{.input_tokens = 7, .output_tokens = 3, .cache_read_tokens = 2});
    CHECK_FALSE(read_call(flat).has_usable_id);
    CHECK(read_call(flat).time == "");
}

TEST_CASE("bedrock_invocations: numbers that are not counts of tokens") {
    const auto tokens_of = [](const std::string& count) {
        return read_call(R"({"schemaType":"ModelInvocationLog","inputTokenCount":)" + count + "}")
            .spend.input_tokens;
    };
    CHECK(tokens_of("5") == 5);
    CHECK(tokens_of("-5") == 0);
    CHECK(tokens_of("1.5") == 0);
    CHECK(tokens_of("1e3") == 0);
    CHECK(tokens_of("null") == 0);
    CHECK(tokens_of("[5]") == 0);
    CHECK(tokens_of("99999999999999999999") == Spend::k_most_tokens);
}

TEST_CASE("bedrock_invocations: a truncated record has lost its mark") {
    const std::string whole = record();
    for (std::size_t size = 1; size < whole.size(); ++size) {
        const ReadCall call = read_call(whole.substr(0, size));
        CHECK(call.log != "bedrock_invocations");
        CHECK(call.name == "");
    }
}
