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

/// What became of the rows of a search, and of the records in them.
struct IntakeStats {
    std::uint64_t rows = 0;  ///< with an event each
    std::uint64_t records = 0;
    std::uint64_t counted = 0;
    std::uint64_t failed = 0;          ///< calls that the mode counts but were refused
    std::uint64_t left_out = 0;        ///< calls of AWS itself, and events that repeat calls
    std::uint64_t unreadable = 0;      ///< rows, or records inside a row that holds many
    std::uint64_t lost_bytes = 0;      ///< of these, and of what is between records
    std::string first_reason;          ///< why the first of them is unreadable
    std::uint64_t unknown = 0;         ///< objects that are records of no log, and not in records
    std::string first_unknown;         ///< where the first of them is, and its keys
    std::uint64_t fields = 0;          ///< of the widest chunk, without Splunk's internal ones
    std::optional<text::Time> newest;  ///< row's `_time`
    bool saw_call_columns = false;     ///< eventSource and eventName

    [[nodiscard]] bool lost_something() const { return unreadable > 0 || lost_bytes > 0; }
    [[nodiscard]] std::uint64_t relevant() const { return counted + failed + left_out; }

    /// Counts a record by what became of it; one without a time is skip()ped.
    void take(detect::Added added);

    /// Counts a part of a row that is left out. Its reason follows the row's number and a colon.
    void skip(const log::LostPart& part);

    /// Counts an object that is a record of no log, by its first keys.
    void miss(std::string_view first_keys);

    /// Counts a row of which no field is one of the log's calls, for input=fields.
    void miss_in_fields(const log::Log& log);

    /// Adds what a search peer took in.
    void add(const IntakeStats& other, std::string_view host);
};

/// What a map phase tells of a chunk besides what it counted.
struct ChunkTally {
    IntakeStats intake;
    std::uint64_t bytes = 0;
    StageTimes times{};
    std::uint64_t documents = 0;  ///< that the chunk is answered with
};

/// The list of partial documents that holds it.
inline constexpr std::string_view k_tally_list = "tally";

/// The fields of its item, for a partial::ItemWriter and a partial::ItemReader alike.
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
