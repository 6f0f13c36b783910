// The list of logs: add a line here for a new one. If two logs recognise a record, the first one
// counts.

#include <algorithm>
#include <array>
#include <span>

#include "log/azure.hpp"
#include "log/bedrock_invocations.hpp"
#include "log/cloudtrail.hpp"
#include "log/log_set.hpp"
#include "log/ocsf.hpp"
#include "log/sendgrid.hpp"
#include "log/twilio.hpp"
#include "log/vertex_ai.hpp"

namespace cloudhijack::log {
namespace {

// SendGrid's log is the first, because its users can give events keys of any name. The list is in a
// function so that static initialisers can use it.
std::span<const Log* const> list_of_logs() {
    static const std::array logs = {
        &sendgrid(),        &bedrock_invocations(), &ocsf(),     &azure_openai(),
        &azure_gateway(),   &azure_activity(),      &twilio(),   &twilio_streams(),
        &twilio_messages(), &cloudtrail(),          &vertex_ai()};
    return logs;
}

}  // namespace

const LogSet& all_logs() {
    static const LogSet logs(list_of_logs());
    return logs;
}

CallTopic topic_of(std::string_view call_name) {
    for (const Log* log : list_of_logs()) {
        const auto found = std::ranges::find(log->topics, call_name, &TopicOfCall::name);
        if (found != log->topics.end()) return found->topic;
    }
    return CallTopic::other;
}

}  // namespace cloudhijack::log
