// Amazon Bedrock's model invocation log. Its records contain whole prompts and answers, which are
// not read.

#include "log/bedrock_invocations.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "log/aws_arn.hpp"
#include "log/aws_call.hpp"
#include "log/aws_response.hpp"
#include "text/path.hpp"
#include "text/uuid.hpp"

namespace cloudhijack::log {
namespace {

constexpr std::string_view k_schema = "ModelInvocationLog";

constexpr std::array k_invocation_paths = {
    in_raw_only("schemaType", &Event::product),
    in_raw_only("timestamp", &Event::time_text),
    in_raw_only("accountId", &Event::account),
    in_raw_only("identity.arn", &Event::caller),
    in_raw_only("region", &Event::region),
    in_raw_only("requestId", &Event::id),
    in_raw_only("operation", &Event::name),
    in_raw_only("modelId", &Event::model),
    in_raw_only("errorCode", &Event::error_code),
    in_raw_only("input.inputTokenCount", &Event::input_tokens),
    in_raw_only("inputTokenCount", &Event::input_tokens),
    in_raw_only("output.outputTokenCount", &Event::output_tokens),
    in_raw_only("outputTokenCount", &Event::output_tokens),
    in_raw_only("input.cacheReadInputTokenCount", &Event::cache_read_tokens),
    in_raw_only("cacheReadInputTokenCount", &Event::cache_read_tokens),
    in_raw_only("input.cacheWriteInputTokenCount", &Event::cache_write_tokens),
    in_raw_only("cacheWriteInputTokenCount", &Event::cache_write_tokens),
};

constexpr auto k_invocation_sources = std::to_array<std::string_view>({"bedrock-invocations"});

std::string_view caller_type_of(std::string_view kind) {
    if (kind == "assumed-role") return "AssumedRole";
    if (kind == "user") return "IAMUser";
    if (kind == "root") return "Root";
    return kind == "federated-user" ? "FederatedUser" : std::string_view{};
}

void complete_invocation(Event& event, EventTexts& texts) {
    const CallerArn arn = caller_arn_of(event.caller);
    event.caller_type = caller_type_of(arn.kind);
    event.caller_account = arn.account;
    complete_aws_call(event, texts);
}

Call interpret_invocation(const Event& event) {
    Call call = interpret_aws_call(event);
    call.is_data_event = true;
    return call;
}

CallDetails read_invocation_details(const Event& event, CallTopic, DetailsScratch& scratch) {
    CallDetails details;
    details.model = text::last_part(event.model);
    details.spend = spend_of(event);
    scratch.subjects.assign(details.model.empty() ? 0 : 1,
                            {.kind = SubjectKind::thing, .text = details.model});
    details.subjects = scratch.subjects;
    return details;
}

}  // namespace

const Log& bedrock_invocations() {
    static constexpr Log log = {
        .id = "bedrock_invocations",
        .label = "Bedrock invocation log",
        .mark = k_schema,
        .name_key = {},
        .sources = k_invocation_sources,
        .never_shows =
            "address, agent and key of the caller, regions without a logging "
            "configuration, batch jobs",
        .has_addresses = false,
        .counts_once = true,
        .paths = k_invocation_paths,
        .recognises = [](const Event& event) { return event.product == k_schema; },
        .complete = complete_invocation,
        .usable_id =
            [](const Event& event) {
                return text::is_nonzero_uuid(event.id) ? event.id : std::string_view{};
            },
        .interpret = interpret_invocation,
        .read_details = read_invocation_details,
        .stop = stop_aws_principal};
    return log;
}

}  // namespace cloudhijack::log
