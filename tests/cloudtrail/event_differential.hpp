#pragma once

#include <string>
#include <string_view>

namespace cloudhijack {

/// Reads a record with the event reader and with a plain twin on nlohmann::json, and compares.
/// Empty where they agree, else what differs. The event reader may read what nlohmann refuses (it
/// does not look into skipped values), never the other way round.
std::string event_difference(std::string_view record);

}  // namespace cloudhijack
