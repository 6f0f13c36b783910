// The list of logs: a new one gets a line here.

#include <algorithm>
#include <array>

#include "log/cloudtrail.hpp"
#include "log/log_set.hpp"

namespace cloudhijack::log {
namespace {

const std::array k_logs = {&cloudtrail()};

}  // namespace

const LogSet& all_logs() {
    static const LogSet logs(k_logs);
    return logs;
}

CallTopic topic_of(std::string_view call_name) {
    for (const Log* log : k_logs) {
        const auto found = std::ranges::find(log->topics, call_name, &TopicOfCall::name);
        if (found != log->topics.end()) return found->topic;
    }
    return CallTopic::other;
}

}  // namespace cloudhijack::log
