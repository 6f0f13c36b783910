#pragma once

#include <optional>
#include <string_view>

#include "text/time.hpp"

namespace cloudhijack::scan {

/// Bounds of the times of a file's events.
struct FileTimes {
    text::Time begin;  ///< no event is earlier
    text::Time end;    ///< every event is earlier
};

/// The bounds that a file's path shows; nullopt if it shows none. Object storage keeps the names
/// under which services write their logs. These are known:
///
/// | path ends with | written by | bounds |
/// | --- | --- | --- |
/// | `<account>_CloudTrail_<region>_20260311T1145Z_<id>` | CloudTrail | 15 minutes around |
/// | `20260311T101500000Z_<id>.json` | Bedrock's invocation log | the day and those beside it |
/// | `y=2026/m=03/d=11/h=10/m=00/<file>` | Azure Monitor | the same |
/// | `eventDay=20260311/<file>` | Security Lake | the same |
/// | `2026/03/11/<file>`, `2026/03/11/10/<file>` | CloudTrail, Firehose and others | the same |
///
/// Names can go on with any extensions, as files are unpacked and packed again. A date counts only
/// if it is in the calendar, and in the years 2000 to 2100.
std::optional<FileTimes> times_in_name(std::string_view path);

}  // namespace cloudhijack::scan
