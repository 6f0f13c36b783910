#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cloudtrail/event_reader.hpp"
#include "detect/volume_activity.hpp"
#include "io/window.hpp"
#include "result.hpp"

namespace cloudhijack::command {

/// What became of the rows of a search.
struct Intake {
    std::uint64_t rows = 0;
    std::uint64_t counted = 0;
    std::uint64_t unreadable = 0;
    std::string first_reason;  ///< why the first unreadable row is one

    void skip(std::string_view reason);
};

/// Reads one chunk's body, a CSV of events with their record in `_raw`, into the activity. A row
/// that is no CloudTrail record is skipped and counted. The error ends the search.
Result<> read_event_rows(io::Window& body, cloudtrail::EventReader& reader,
                         detect::VolumeActivity& activity, Intake& intake);

}  // namespace cloudhijack::command
