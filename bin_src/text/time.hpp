#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace cloudhijack::text {

/// A point in time, UTC, to the microsecond.
using Time = std::chrono::sys_time<std::chrono::microseconds>;

/// Reads a time as CloudTrail, Splunk and people's exports write it; nullopt for anything else:
/// - epoch seconds, with or without a fraction: `1700000000.25`; or milliseconds, in 13 digits
/// - `YYYY-MM-DDThh:mm:ss`, or with a blank for the T, with or without a fraction, and with `Z`,
///   `+hh:mm`, `+hhmm`, `+hh` or nothing (which is UTC) behind it
/// - as e-mail has it, in RFC 2822: `Thu, 30 Jul 2015 20:12:31 +0000`
/// - as Americans write it: `1/9/2007 9:41:00 AM`, which is UTC
/// Digits of a fraction beyond the sixth are cut. Years are 0001 to 9999.
std::optional<Time> parse_time(std::string_view text);

/// Epoch seconds with up to six digits of fraction, without trailing zeros: `1700000000.25`.
std::string to_epoch_seconds(Time time);
void append_epoch_seconds(std::string& text, Time time);

/// `2026-01-02T03:04:05Z`.
std::string to_utc(Time time);

}  // namespace cloudhijack::text
