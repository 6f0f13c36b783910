// Any bytes as a file of states, in every mode: it is accepted or refused, and an accepted file can
// be written as one state, which gives the same rows.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "counting/hash.hpp"
#include "fuzz_modes.hpp"
#include "scan/state_merger.hpp"
#include "scan/state_reader.hpp"
#include "scan/state_writer.hpp"
#include "version.hpp"

namespace {

using namespace cloudhijack;

/// A file of states, merged.
struct MergedFile {
    MergedFile(const config::Setup& setup, const config::Config& config)
        : activity(output::new_activity(setup, config)) {}

    detect::Activity activity;
    std::string state;
    bool is_accepted = false;
};

MergedFile merged(const config::Setup& setup, const config::Config& config,
                  std::string_view bytes) {
    MergedFile file(setup, config);
    scan::StateWriter writer(setup, config, [&file](std::string_view written) -> Result<> {
        file.state += written;
        return {};
    });
    scan::StateMerger merger(
        scan::state_header(setup, config), "first", file.activity, [](const std::string&) {},
        &writer);
    scan::StateReader reader("fuzz", io::read_from_memory(bytes));
    auto header = reader.next_header();
    while (header && *header) {
        if (!merger.add(reader, **header)) return file;
        header = reader.next_header();
    }
    must(header || !header.error().text.empty(), "an error has no text");
    file.is_accepted = header.has_value();
    must(writer.finish(file.activity, merger.totals(), merger.range()).has_value(),
         "a state cannot be written");
    return file;
}

void replace_all(std::string& text, std::string_view old, const std::string& now) {
    for (auto at = text.find(old); at != std::string::npos; at = text.find(old, at + now.size())) {
        text.replace(at, old.size(), now);
    }
}

// Makes what a fuzzer cannot guess: the fingerprint of the catalogue, the program's version, and at
// the end of each state the number of its documents and their hash, in the places that the seeds
// have for them.
std::string completed(std::string text, const config::Setup& setup) {
    constexpr std::string_view place = "DOCUMENTS,HASH";
    replace_all(text, "CATALOGUE", setup.catalogue.fingerprint());
    replace_all(text, "PROGRAM", std::string(k_version));
    std::string whole;
    counting::RunningHash hash;
    std::uint64_t documents = 0;
    for (std::string_view rest = text; !rest.empty();) {
        const auto end = rest.find('\n');
        std::string line(rest.substr(0, end == std::string_view::npos ? end : end + 1));
        rest.remove_prefix(line.size());
        ++documents;
        if (line.contains(place)) {
            const auto [low, high] = hash.value();
            replace_all(
                line, place,
                std::to_string(documents) + ',' + std::to_string(low) + ',' + std::to_string(high));
            hash.reset();
            documents = 0;
        } else {
            hash.add(line);
        }
        whole += line;
    }
    return whole;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const config::Setup setup = config::setup_with();
    const std::string bytes = completed({reinterpret_cast<const char*>(data), size}, setup);
    for (const config::Mode mode : k_counting_modes) {
        const config::Config config = shown(setup, mode);
        const MergedFile file = merged(setup, config, bytes);
        if (!file.is_accepted) continue;
        const std::string rows = rows_of(file.activity, config);
        const MergedFile again = merged(setup, config, file.state);
        // Sums of forged counts can be larger than what a document may contain.
        if (again.is_accepted) {
            must(rows_of(again.activity, config) == rows,
                 "a state that is written gives other rows");
        }
    }
    return 0;
}
