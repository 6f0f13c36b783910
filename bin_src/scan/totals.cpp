#include "scan/totals.hpp"

#include <utility>

#include "detect/mode_activity.hpp"
#include "output/terminal_text.hpp"
#include "text/bounded_text.hpp"

namespace cloudhijack::scan {
namespace {

bool was_read(const FileOutcome& outcome) { return !outcome.error || outcome.records > 0; }

UnknownObject first_unknown_of(const File& file, const FileOutcome& outcome) {
    return {.file = output::for_terminal(shown_name(file.path), 0),
            .position = outcome.first_unknown_at,
            .first_keys = text::bounded(output::for_terminal(outcome.first_unknown_keys, 0))};
}

}  // namespace

void ScanTotals::add(ScanTotals other) {
    const bool is_first =
        other.unknown > 0 && (unknown == 0 || other.first_unknown < first_unknown);
    if (is_first) first_unknown = std::move(other.first_unknown);
    outside.add(other.outside);
    const auto numbers = numbers_of(*this);
    const auto more = numbers_of(other);
    for (std::size_t i = 0; i < numbers.size(); ++i) detect::add_to(*numbers.at(i), *more.at(i));
}

ScanTotals totals_of(std::span<const File> files, std::span<const FileOutcome> outcomes,
                     const UnlistedPaths& others) {
    ScanTotals totals;
    totals.files = totals.unopened = others.unopened;
    totals.problems = others.problems;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        const FileOutcome& outcome = outcomes[i];
        const bool read = was_read(outcome);
        const bool has_problem =
            !outcome.is_other_file && (outcome.error || outcome.lost_something());
        totals.add({.files = 1,
                    .found = files[i].named ? 0U : 1U,
                    .read = read ? 1U : 0U,
                    .unread = read || outcome.is_other_file ? 0U : 1U,
                    .done = outcome.stage == FileStage::done ? 1U : 0U,
                    .problems = has_problem ? 1U : 0U,
                    .records = outcome.records,
                    .unreadable = outcome.unreadable,
                    .relevant = outcome.relevant,
                    .failed = outcome.failed,
                    .left_out = outcome.left_out,
                    .outside = outcome.outside,
                    .unknown = outcome.unknown,
                    .first_unknown = outcome.unknown > 0 ? first_unknown_of(files[i], outcome)
                                                         : UnknownObject()});
    }
    return totals;
}

}  // namespace cloudhijack::scan
