#include "output/shell.hpp"

#include <unistd.h>

#include <iostream>
#include <string>

#include "io/file_descriptor.hpp"
#include "output/terminal_text.hpp"

namespace cloudhijack::output {

int print(std::string_view text) {
    const auto written = io::write_to(STDOUT_FILENO)(text);
    const bool failed = !written && written.error().kind == Error::Kind::failed;
    return failed ? print_error(written.error().text) : k_exit_ok;
}

void print_message(std::string_view text) {
    // The text is made first: if there is no memory for it, nothing of the line is written.
    const std::string line = "cloudhijack: " + for_terminal(text, 0) + '\n';
    std::cerr << line;
}

int print_error(std::string_view text) {
    print_message(text);
    return k_exit_error;
}

int print_errors(std::span<const std::string> texts) {
    for (const std::string& text : texts) print_message(text);
    return k_exit_error;
}

}  // namespace cloudhijack::output
