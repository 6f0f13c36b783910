#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace cloudhijack::text {

/// A point in time in UTC with microsecond resolution.
using Time = std::chrono::sys_time<std::chrono::microseconds>;

/// Parses a time as CloudTrail, Splunk and common exports write it; nullopt for any other text:
/// - epoch seconds, with or without a fraction: `1700000000.25`; or epoch milliseconds, in 13
///   digits
/// - `YYYY-MM-DDThh:mm:ss`, or with a blank instead of the T, with or without a fraction, followed
///   by `Z`, `+hh:mm`, `+hhmm`, `+hh` or nothing, which means UTC
/// - the format of e-mail (RFC 2822): `Thu, 30 Jul 2015 20:12:31 +0000`
/// - the American format, taken as UTC: `1/9/2007 9:41:00 AM`
/// Digits of a fraction after the sixth are cut. Years are 0001 to 9999.
std::optional<Time> parse_time(std::string_view text);

/// Parses a time as people type it; nullopt for any other text: a time in the second form of
/// parse_time, of which the seconds can be missing, or a date, `2026-03-11`, which is its 00:00
/// UTC.
std::optional<Time> parse_iso_time(std::string_view text);

/// Epoch seconds with up to six digits of fraction, without trailing zeros: `1700000000.25`.
std::string to_epoch_seconds(Time time);
void append_epoch_seconds(std::string& text, Time time);

/// `2026-01-02T03:04:05Z`.
std::string to_utc(Time time);

}  // namespace cloudhijack::text
