#pragma once

#include <span>
#include <string>
#include <string_view>

namespace cloudhijack::log {

/// The facts about a principal from which a log makes the commands that stop it. Attackers choose
/// most of these texts: a command may contain them only by text::shell_word() or plain_word().
struct Suspect {
    std::string_view account;
    std::string_view name;         ///< as in Principal
    std::string_view caller_type;  ///< empty if it is not known
    std::span<const std::string_view> access_keys;
    std::span<const std::string_view> used_sources;  ///< the sources of its calls of the phase use
};

/// A step of a response: a sentence without a colon that says what the step does and what it
/// breaks, a colon, and the command.
inline std::string response_step(std::string_view sentence, std::string_view command) {
    std::string step(sentence);
    return step.append(": ").append(command);
}

}  // namespace cloudhijack::log
