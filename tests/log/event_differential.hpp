#pragma once

#include <string>
#include <string_view>

namespace cloudhijack::log {

/// Compares the event reader with a simple twin based on nlohmann::json for one record. Empty if
/// they agree, otherwise a description of the difference. The event reader may read records that
/// nlohmann refuses, as it does not check skipped values, but never the other way round.
std::string event_difference(std::string_view record);

/// Compares the compact reader, at the best and the plain processor level and with single and
/// doubled quotes, with the event reader for one record. Empty if all agree or the compact reader
/// leaves the record to the other. event_difference() includes this comparison.
std::string compact_difference(std::string_view record);

}  // namespace cloudhijack::log
