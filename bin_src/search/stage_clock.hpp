#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "io/byte_stream.hpp"
#include "result.hpp"

namespace cloudhijack::search {

/// The stages of a search, for measuring its time.
enum class Stage : std::uint8_t { read, csv, json, group, write };

inline constexpr std::array<std::string_view, 5> k_stage_names = {"read", "csv", "json", "group",
                                                                  "write"};

/// Times in microseconds, indexed by stage.
using StageTimes = std::array<std::uint64_t, k_stage_names.size()>;

/// Measures the stages of a search. Reading and writing are timed as a whole. The steps within a
/// row are too short for that: each of the first k_sampled_rows rows is timed, and later one row in
/// k_sampled_rows, which counts for all of them.
template <class Clock>
class BasicStageClock {
  public:
    static constexpr std::uint64_t k_sampled_rows = 64;

    /// Wraps a source so that its reads are timed and its bytes counted. The clock must outlive it.
    io::ByteSource timed(io::ByteSource source) {
        return [this, source = std::move(source)](std::span<char> buffer) mutable {
            const Time begin = Clock::now();
            auto count = source(buffer);
            total(Stage::read) += Clock::now() - begin;
            if (count) bytes_ += *count;
            return count;
        };
    }

    /// Runs and times a stage that is not part of a row.
    auto timed(Stage stage, const auto& run) {
        const Time begin = Clock::now();
        auto result = run();
        total(stage) += Clock::now() - begin;
        return result;
    }

    void start_row() {
        weight_ = rows_ < k_sampled_rows ? 1 : k_sampled_rows;
        is_sampled_ = rows_++ % static_cast<std::uint64_t>(weight_) == 0;
        if (is_sampled_) mark();
    }

    /// Assigns the time since the row's start or the last lap, apart from reading, to a stage.
    void lap(Stage stage) {
        if (!is_sampled_) return;
        const auto reading = total(Stage::read) - reading_at_mark_;
        total(stage) += (Clock::now() - mark_ - reading) * weight_;
        mark();
    }

    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

    [[nodiscard]] StageTimes times() const {
        StageTimes times{};
        for (std::size_t stage = 0; stage < times.size(); ++stage) {
            const auto whole =
                std::chrono::duration_cast<std::chrono::microseconds>(totals_.at(stage));
            times.at(stage) = static_cast<std::uint64_t>(whole.count());
        }
        return times;
    }

  private:
    using Time = Clock::time_point;
    using Duration = Clock::duration;

    Duration& total(Stage stage) { return totals_.at(static_cast<std::size_t>(stage)); }

    void mark() {
        mark_ = Clock::now();
        reading_at_mark_ = total(Stage::read);
    }

    std::array<Duration, k_stage_names.size()> totals_{};
    std::uint64_t bytes_ = 0;
    std::uint64_t rows_ = 0;
    std::int64_t weight_ = 1;
    bool is_sampled_ = false;
    Time mark_;
    Duration reading_at_mark_{};
};

using StageClock = BasicStageClock<std::chrono::steady_clock>;

}  // namespace cloudhijack::search
