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
#include "result.hpp"

namespace cloudhijack::output {

/// What came of the events, by mode.
using Findings = std::variant<detect::VolumeFindings, detect::HuntFindings, detect::BaselineUpdate,
                              std::vector<detect::CoverageFinding>>;

/// The rows of a search or a scan.
struct Answer {
    std::span<const detect::Column> columns;
    std::vector<detect::Row> rows;
};

/// An empty activity of the mode that the user asked for. The setup's catalogue and its logs must
/// outlive it.
detect::Activity new_activity(const config::Setup& setup, const config::Config& config);

/// What comes of what was counted. Volume findings view the activity. The error ends the search: a
/// baseline has become larger than can be read again.
Result<Findings> findings_of(const detect::Activity& activity, const config::Config& config);

Answer answer_of(const Findings& findings);

/// What the user should know of how the rows came about; nothing that is wrong.
std::vector<std::string> notes_of(const Findings& findings, const detect::Activity& activity,
                                  const config::Setup& setup);

/// What of the events or the rows is not as it should be.
std::vector<std::string> warnings_of(const Findings& findings);

/// What the user can do if the answer has too many rows; a sentence without its full stop.
std::string_view way_to_fewer_rows(config::Mode mode);

/// How many of some records could not be read, and the bytes that this cost if that is known.
/// Without records there are bytes.
std::string unreadable_in_words(std::uint64_t unreadable, std::uint64_t records,
                                std::uint64_t bytes);

/// How many objects are records of no log; `first` says where the first is and what it has, as in
/// `row 1, has the key "a"`.
std::string unknown_in_words(std::uint64_t count, std::string_view first);

/// Of the records of an answer.
struct RecordCounts {
    std::uint64_t read = 0;      ///< those that could be read
    std::uint64_t relevant = 0;  ///< of these, calls that the mode is about
    std::uint64_t failed = 0;    ///< of these, calls that were refused
};

/// What to say if no record counted; empty if one did.
std::string nothing_relevant_in_words(const RecordCounts& records, const Findings& findings,
                                      config::Mode mode);

/// What of the events was not counted, and why; empty where there is nothing to say.
std::string uncounted_in_words(std::uint64_t left_out, std::uint64_t repeats);

}  // namespace cloudhijack::output
