#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/options.hpp"
#include "config/setup.hpp"
#include "detect/activity.hpp"
#include "detect/baseline/baseline_update.hpp"
#include "detect/row.hpp"
#include "partial/document.hpp"
#include "result.hpp"

namespace cloudhijack::output {

/// The findings of a search or a scan, by mode.
using Findings = std::variant<detect::VolumeFindings, detect::HuntFindings, detect::BaselineUpdate,
                              std::vector<detect::CoverageFinding>>;

/// The rows of a search or a scan.
struct Answer {
    std::span<const detect::Column> columns;
    std::vector<detect::Row> rows;
};

/// Makes an empty activity for the mode of the config. The setup's catalogue and its logs must
/// outlive it.
detect::Activity new_activity(const config::Setup& setup, const config::Config& config);

/// The header of the partial documents with an activity's counts: it names this machine and the
/// rules by which it counts.
partial::Header header_of(const config::Setup& setup, const config::Config& config);

/// The findings in an activity. Volume findings are views into the activity. The error ends the
/// search: a new baseline is too large to be read again.
Result<Findings> findings_of(const detect::Activity& activity, const config::Config& config);

Answer answer_of(const Findings& findings);

/// Notes on how the rows came about, for the user; they do not report problems.
std::vector<std::string> notes_of(const Findings& findings, const detect::Activity& activity,
                                  const config::Setup& setup);

/// Warnings about problems in the events or the rows.
std::vector<std::string> warnings_of(const Findings& findings);

/// What the user can do if the answer has too many rows: a sentence without its full stop.
std::string_view way_to_fewer_rows(config::Mode mode);

/// Says how many of the records could not be read, and how many bytes were lost if that is known.
/// If there is no such record, there must be lost bytes.
std::string unreadable_in_words(std::uint64_t unreadable, std::uint64_t records,
                                std::uint64_t bytes);

/// Says how many objects are not records of any log. `first` describes the first one, as in `row 1,
/// has the key "a"`.
std::string unknown_in_words(std::uint64_t count, std::string_view first);

/// Counts of the records of an answer.
struct RecordCounts {
    std::uint64_t read = 0;      ///< records that could be read
    std::uint64_t relevant = 0;  ///< of these, calls that the mode considers
    std::uint64_t failed = 0;    ///< of these, calls that were refused
    std::uint64_t outside = 0;   ///< calls that are not in relevant because of their time
};

/// The message if no record counted; empty if one did.
std::string nothing_relevant_in_words(const RecordCounts& records, const Findings& findings,
                                      config::Mode mode);

/// Says which events were not counted, and why; empty if there are none.
std::string uncounted_in_words(std::uint64_t left_out, std::uint64_t repeats);

}  // namespace cloudhijack::output
