#pragma once

#include <string>
#include <string_view>

namespace cloudhijack::text {

/// Any text as one word of a POSIX shell's command line, in single quotes if it needs them.
std::string quoted_for_shell(std::string_view text);

/// A text of the input as one word of a POSIX shell's command line, in single quotes if it needs
/// them. The word is `placeholder` if the text is empty or cannot be trusted in a command that a
/// person pastes: if it has characters that are not printable ASCII, if a program could mistake it
/// for an option, for the name of a file to read or for an address, or if it is longer than 256
/// bytes.
std::string shell_word(std::string_view text, std::string_view placeholder);

/// A text that consists only of letters, digits and `-._`, and begins with a letter or a digit, so
/// that it means the same in any quotes, in JSON and in a URL. Any other text, and one that is
/// longer than 256 bytes, gives `placeholder`.
std::string plain_word(std::string_view text, std::string_view placeholder);

}  // namespace cloudhijack::text
