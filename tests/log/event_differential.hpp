#pragma once

#include <string>
#include <string_view>

namespace cloudhijack::log {

/// Reads a record with the event reader and with a plain twin on nlohmann::json, and compares.
/// Empty where they agree, else what differs. The event reader may read what nlohmann refuses (it
/// does not look into skipped values), never the other way round.
std::string event_difference(std::string_view record);

/// Reads a record with the compact reader, with what the processor can do and without, quotes as
/// they are and doubled, and compares with the event reader. Empty where all agree or the compact
/// reader leaves the record to the other; event_difference() asks this too.
std::string compact_difference(std::string_view record);

}  // namespace cloudhijack::log
