#include "log/aws_arn.hpp"

#include <algorithm>

namespace cloudhijack::log {
namespace {

std::string_view take_part(std::string_view& text, char end) {
    const std::string_view part = text.substr(0, text.find(end));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    return part;
}

}  // namespace

CallerArn caller_arn_of(std::string_view arn) {
    CallerArn parts;
    if (take_part(arn, ':') != "arn") return parts;
    parts.partition = take_part(arn, ':');
    take_part(arn, ':');  // the service
    take_part(arn, ':');  // the region
    parts.account = take_part(arn, ':');
    parts.kind = take_part(arn, '/');
    parts.name = take_part(arn, '/');
    return parts;
}

bool is_role_session(const CallerArn& arn) { return arn.kind == "assumed-role"; }

void write_role_of_session(const CallerArn& arn, std::string& role) {
    role.clear();
    for (const std::string_view part :
         {std::string_view("arn:"), arn.partition, std::string_view(":iam::"), arn.account,
          std::string_view(":role/"), arn.name}) {
        role += part;
    }
}

}  // namespace cloudhijack::log
