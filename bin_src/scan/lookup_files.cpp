#include "scan/lookup_files.hpp"

#include <filesystem>
#include <string>
#include <system_error>

#include "config/lookups.hpp"
#include "output/shell.hpp"

namespace cloudhijack::scan {
namespace {

void tell_problems(const config::LookupProblems& problems, MessageLog& messages) {
    for (const auto* texts : {&problems.bad_lines, &problems.bad_values, &problems.unread}) {
        messages.tell(*texts);
    }
}

}  // namespace

bool take_lookups(const config::Setup& setup, config::Config& config, MessageLog& messages) {
    tell_problems(setup.settings_problems, messages);
    if (!setup.settings_problems.unread.empty()) return false;
    std::error_code error;
    const std::string& baseline = config.baseline_file;
    if (!baseline.empty() && std::filesystem::file_size(baseline, error) == 0 && !error) {
        output::print_message(
            baseline +
            ": is empty and has no header; a shell empties the target of > before the program "
            "starts, so write it with -o");
        return false;
    }
    const auto problems = config::read_lookups(setup.catalogue, {}, config);
    tell_problems(problems, messages);
    if (config.mode != config::Mode::baseline) return problems.unread.empty();
    const auto whole = config::check_whole(problems);
    if (!whole) output::print_message(whole.error().text);
    return whole.has_value();
}

}  // namespace cloudhijack::scan
