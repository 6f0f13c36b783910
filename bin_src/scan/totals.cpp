#include "scan/totals.hpp"

namespace cloudhijack::scan {
namespace {

bool was_read(const FileOutcome& outcome) { return !outcome.error || outcome.records > 0; }

}  // namespace

ScanTotals totals_of(std::span<const FileOutcome> outcomes, std::size_t unopened) {
    ScanTotals totals;
    totals.files = outcomes.size() + unopened;
    totals.unopened = unopened;
    for (const FileOutcome& outcome : outcomes) {
        totals.read += was_read(outcome) ? 1U : 0U;
        totals.unread += was_read(outcome) || outcome.is_other_file ? 0U : 1U;
        totals.done += outcome.stage == FileStage::done ? 1U : 0U;
        totals.records += outcome.records;
        totals.unreadable += outcome.unreadable;
        totals.relevant += outcome.relevant;
        totals.failed += outcome.failed;
        totals.left_out += outcome.left_out;
        totals.outside.add(outcome.outside);
        totals.unknown += outcome.unknown;
    }
    return totals;
}

}  // namespace cloudhijack::scan
