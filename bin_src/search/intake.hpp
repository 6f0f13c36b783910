#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "detect/mode_activity.hpp"
#include "log/log.hpp"
#include "log/record_reader.hpp"
#include "search/stage_clock.hpp"
#include "text/time.hpp"

namespace cloudhijack::search {

/// Statistics on the rows of a search and the records in them.
struct IntakeStats {
    std::uint64_t rows = 0;  ///< rows with events
    std::uint64_t records = 0;
    std::uint64_t counted = 0;
    std::uint64_t failed = 0;          ///< calls that the mode considers but that failed
    std::uint64_t left_out = 0;        ///< calls made by the provider, and events that repeat calls
    std::uint64_t unreadable = 0;      ///< rows, or records in rows with several records
    std::uint64_t lost_bytes = 0;      ///< bytes of these, and of text between records
    std::string first_reason;          ///< the reason for the first loss
    std::uint64_t unknown = 0;         ///< objects that no log knows; not counted in records
    std::string first_unknown;         ///< the row and the keys of the first of them
    std::uint64_t fields = 0;          ///< most fields in a chunk, without Splunk's internal ones
    std::optional<text::Time> newest;  ///< the latest `_time` of a row
    bool saw_call_columns = false;     ///< there were columns eventSource and eventName

    [[nodiscard]] bool lost_something() const { return unreadable > 0 || lost_bytes > 0; }
    [[nodiscard]] std::uint64_t relevant() const { return counted + failed + left_out; }

    /// Counts a record by the way it was added. Call skip() for a record without a time.
    void take(detect::Added added);

    /// Counts a part of a row that could not be read. Its reason is reported after the row's number
    /// and a colon.
    void skip(const log::LostPart& part);

    /// Counts an object that is not a record of any log, and keeps the first keys of the first one.
    void miss(std::string_view first_keys);

    /// Counts a row whose fields are not a call of the log, for input=fields.
    void miss_in_fields(const log::Log& log);

    /// Adds the statistics of a chunk on a search peer.
    void add(const IntakeStats& other, std::string_view host);
};

/// The statistics on a chunk that a map phase reports in addition to its counts.
struct ChunkTally {
    IntakeStats intake;
    std::uint64_t bytes = 0;
    StageTimes times{};
    std::uint64_t documents = 0;  ///< the number of documents in the reply to the chunk
};

/// The list in partial documents that holds the tally.
inline constexpr std::string_view k_tally_list = "tally";

/// Describes the fields of the tally's item, for a partial::ItemWriter as well as a
/// partial::ItemReader.
template <class Fields>
void describe(Fields& fields, ChunkTally& tally, std::uint64_t most) {
    IntakeStats& intake = tally.intake;
    for (std::uint64_t* number :
         {&intake.rows, &intake.records, &intake.counted, &intake.failed, &intake.left_out,
          &intake.unreadable, &intake.lost_bytes, &intake.unknown, &intake.fields, &tally.bytes,
          &tally.documents}) {
        fields.number(*number, most);
    }
    std::ranges::for_each(tally.times, [&](std::uint64_t& time) { fields.number(time, most); });
    fields.flag(intake.saw_call_columns);
    fields.text(intake.first_reason);
    fields.text(intake.first_unknown);
}

}  // namespace cloudhijack::search
