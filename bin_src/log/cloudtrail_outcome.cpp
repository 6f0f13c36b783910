#include "log/cloudtrail_outcome.hpp"

#include <re2/re2.h>

namespace cloudhijack::log {

Outcome outcome_of(const Event& event) {
    const std::string_view code = event.error_code;
    if (code.empty() || code == "200") return Outcome::ok;  // real records have "200" on a success
    if (code.starts_with("AccessDenied") || code == "UnauthorizedOperation" ||
        code == "AuthorizationError") {
        return Outcome::denied;
    }
    // "max_tokens_to_sample: range: 1..1,000,000" is the known key checker's; "max_tokens: 8000 >
    // 4096, which is the maximum allowed" is an everyday mistake.
    static const re2::RE2 out_of_range(
        R"(max_?tokens\w*.*(range: *\d|greater than or equal|at least|minimum))");
    const bool is_probe =
        code == "ValidationException" && re2::RE2::PartialMatch(event.error_message, out_of_range);
    return is_probe ? Outcome::probe : Outcome::failed;
}

}  // namespace cloudhijack::log
