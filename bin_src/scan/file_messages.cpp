#include "scan/file_messages.hpp"

#include <algorithm>
#include <cstdint>

#include "detect/hunt/evidence/words.hpp"
#include "log/record_reader.hpp"
#include "output/answer.hpp"
#include "text/number.hpp"

namespace cloudhijack::scan {
namespace {

using detect::counted;

std::string records_read_from(const FileOutcome& outcome) {
    return counted(outcome.records, "record") + (outcome.records == 1 ? " was" : " were") +
           " read from it";
}

}  // namespace

std::vector<std::string> problems_of(const File& file, const FileOutcome& outcome) {
    const std::string name = shown_name(file.path);
    if (outcome.is_other_file) return {name + ": skipped, it " + *outcome.error};
    std::vector<std::string> problems;
    if (outcome.lost_something()) {
        problems.push_back(
            name + ": " +
            output::unreadable_in_words(outcome.unreadable, outcome.records, outcome.lost_bytes) +
            "; the first, at byte " + std::to_string(outcome.first_unreadable_at) + ", " +
            outcome.first_reason);
    }
    if (outcome.error) {
        const bool has_records = outcome.begins_as_json || outcome.records > 0;
        problems.push_back(name + ": " + *outcome.error +
                           (has_records ? "; " + records_read_from(outcome) : ""));
    }
    return problems;
}

std::string unknown_objects(const ScanTotals& totals) {
    if (totals.unknown == 0) return {};
    const UnknownObject& first = totals.first_unknown;
    return output::unknown_in_words(totals.unknown, "at byte " + std::to_string(first.position) +
                                                        " of " + first.file + ", has " +
                                                        log::keys_in_words(first.first_keys));
}

std::vector<std::string> unfinished_files(std::span<const File> files,
                                          std::span<const FileOutcome> outcomes,
                                          const std::string& why, std::uint64_t bytes) {
    std::vector<std::string> messages;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        if (outcomes[i].stage != FileStage::stopped) continue;
        messages.push_back(shown_name(files[i].path) + ": was not read to the end; " +
                           records_read_from(outcomes[i]));
    }
    const auto done = std::ranges::count(outcomes, FileStage::done, &FileOutcome::stage);
    const std::uint64_t size = size_of(files);
    messages.push_back(why + ", so the answer is incomplete: " + std::to_string(done) + " of " +
                       counted(outcomes.size(), "file") +
                       (outcomes.size() == 1 ? " was" : " were") + " read to the end, " +
                       std::to_string(bytes) + (size > 0 ? " of " + std::to_string(size) : "") +
                       " bytes");
    return messages;
}

std::string nothing_read(const ScanTotals& totals, const TimeRange& range) {
    if (totals.read > 0 || totals.is_incomplete()) return {};
    const std::uint64_t opened = totals.files - totals.unopened;
    if (opened == 0 && totals.unopened > 0) {
        return "nothing was read: the " +
               (totals.unopened == 1 ? "name of the file shows that it is"
                                     : "names of all " + std::to_string(totals.unopened) +
                                           " files show that they are") +
               " outside " + with_name(range);
    }
    if (opened == 0) return totals.problems == 0 ? "nothing was read: there are no files" : "";
    if (totals.found == 0) return {};
    const std::string verb = totals.unopened > 0 ? "opened" : "found";
    return "nothing was read: " + counted(opened, "file") +
           (opened == 1 ? " was " + verb + ", which is not a log"
                        : " were " + verb + ", none of which is a log") +
           " that scan reads";
}

std::string out_of_memory(std::uint64_t limit, std::string_view remedy) {
    std::string text = "out of memory";
    if (limit > 0) {
        text += " within the memory limit of " + text::in_mebibytes(limit) +
                "; raise --memory-limit, or ";
    } else {
        text += "; ";
    }
    return text.append(remedy);
}

std::uint64_t size_of(std::span<const File> files) {
    std::uint64_t size = 0;
    for (const File& file : files) {
        if (file.is_pipe) return 0;
        size += file.size;
    }
    return size;
}

}  // namespace cloudhijack::scan
