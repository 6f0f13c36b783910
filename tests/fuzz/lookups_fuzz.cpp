// Any bytes as each lookup: every problem names the file, and if it names a line, one that the file
// has; and a baseline is written as it was read.

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/lookups.hpp"
#include "config/settings_lookup.hpp"
#include "fuzz_modes.hpp"
#include "memory_file.hpp"

namespace {

using namespace cloudhijack;

constexpr std::int64_t k_now = 1'775'000'000;  // 31 March 2026

const config::Setup& setup() {
    static const config::Setup made = config::setup_with();
    return made;
}

void check_problems(const std::vector<std::string>& problems, const std::string& path,
                    std::size_t lines) {
    constexpr std::string_view place = ", line ";
    for (const std::string& problem : problems) {
        must(problem.starts_with(path), "a problem does not name the file: " + problem);
        must(!problem.contains('\n'), "a problem has several lines: " + problem);
        const std::string_view rest = std::string_view(problem).substr(path.size());
        if (!rest.starts_with(place)) continue;
        std::size_t line = 0;
        std::from_chars(rest.data() + place.size(), rest.data() + rest.size(), line);
        must(line >= 1 && line <= lines, "a problem is in a line that is not there: " + problem);
    }
}

config::LookupProblems read(config::Config& config, const std::string& path, std::size_t lines) {
    auto problems = config::read_lookups(setup().catalogue, "", config, k_now);
    for (const auto* texts : {&problems.bad_lines, &problems.bad_values, &problems.unread}) {
        check_problems(*texts, path, lines);
    }
    return problems;
}

// The baseline that a scan of nothing makes.
std::string updated(const config::Config& config) {
    const auto findings = output::findings_of(output::new_activity(setup(), config), config);
    if (!findings) return {};  // it is too large to be read again
    const auto answer = output::answer_of(*findings);
    return output::to_csv(answer.columns, answer.rows, true);
}

void check_baseline(const std::string& path, std::size_t lines) {
    config::Config config = shown(setup(), config::Mode::baseline);
    config.baseline_file = path;
    const auto first = read(config, path, lines);
    if (!first.unread.empty()) return;
    const std::string written = updated(config);
    if (written.empty()) return;

    const MemoryFile file(written);
    config::Config again = shown(setup(), config::Mode::baseline);
    again.baseline_file = file.path();
    const auto problems = read(again, file.path(), written.size());
    // A line with an account that a spreadsheet has damaged is kept, with the same problem.
    const bool is_good = problems.bad_values.empty() || !first.bad_values.empty();
    must(problems.unread.empty() && problems.bad_lines.empty() && is_good,
         "a baseline that was written has a problem");
    must(updated(again) == written, "a baseline changes when it is read and written");
}

void check_others(const std::string& path, std::size_t lines) {
    config::Config hunt = shown(setup(), config::Mode::hunt);
    hunt.allowlist_file = path;
    read(hunt, path, lines);
    config::Config networks = shown(setup(), config::Mode::hunt);
    networks.networks_file = path;
    read(networks, path, lines);
}

void check_settings(const std::string& path, std::size_t lines) {
    const std::array layers = {config::embedded_catalogue()};
    const auto layer = config::read_settings_lookup(path, layers);
    check_problems(layer.problems.bad_lines, path, lines);
    check_problems(layer.problems.unread, path, lines);
    must(layer.problems.unread.empty() || layer.conf.settings.empty(), "a refused file counts");
    for (const rules::Mistake& mistake : layer.conf.mistakes) {
        must(mistake.place.line >= 1 && mistake.place.line <= lines && !mistake.text.empty(),
             "a mistake without a place");
    }
    for (const rules::Setting& setting : layer.conf.settings) {
        must(setting.place.line >= 1 && setting.place.line <= lines, "a setting without a place");
        must(!setting.place.stanza.empty() && !setting.place.key.empty(), "a setting of nothing");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto lines = 1 + static_cast<std::size_t>(std::ranges::count(text, '\n'));
    const MemoryFile file(text);
    check_baseline(file.path(), lines);
    check_others(file.path(), lines);
    check_settings(file.path(), lines);
    return 0;
}
