#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "counting/interner.hpp"
#include "counting/seconds.hpp"
#include "log/call.hpp"
#include "rules/phase.hpp"

namespace cloudhijack::detect {

/// Sums of calls in one UTC hour, by kind and minute, in bounded memory: 32 bytes for each minute
/// of a kind.
class HourSums {
  public:
    /// Real clouds have fewer regions. Of more, those whose names have the smallest hashes are
    /// kept, and the calls of the others are counted under k_other_regions.
    static constexpr std::size_t k_most_regions = 64;
    static constexpr std::string_view k_other_regions = "other regions";

    /// Calls of the same kind, except for the second.
    struct SumKey {
        std::uint8_t minute = 0;  ///< in the hour
        std::uint16_t call = 0;
        rules::PhaseSet phases;
        log::Outcome outcome = log::Outcome::ok;
        std::uint32_t region = 0;  ///< its number among the activity's labels
        bool is_by_provider = false;

        auto operator<=>(const SumKey&) const = default;
    };

    struct Sum {
        std::uint64_t count = 0;
        std::uint64_t messages = 0;
        counting::MinuteBits seconds;  ///< the seconds of the minute with such calls

        void add(const Sum& other);
    };

    void add(const SumKey& key, const Sum& sum);

    /// Keeps k_most_regions. Has to follow each addition.
    void limit_regions(counting::Interner& labels) {
        if (regions_.size() > k_most_regions) drop_regions(labels);
    }

    /// Calls `take(key, sum)` for all sums, in a fixed order.
    void for_each(auto take) const {
        for (const auto& [kind, minutes] : kinds_) {
            for (const auto& [minute, sum] : minutes) {
                take(SumKey{.minute = minute,
                            .call = kind.call,
                            .phases = kind.phases,
                            .outcome = kind.outcome,
                            .region = kind.region,
                            .is_by_provider = kind.is_by_provider},
                     sum);
            }
        }
    }

  private:
    struct SumKind {
        std::uint32_t region = 0;
        std::uint16_t call = 0;
        rules::PhaseSet phases = {};
        log::Outcome outcome = log::Outcome::ok;
        bool is_by_provider = false;

        auto operator<=>(const SumKind&) const = default;
    };

    struct MinuteSum {
        std::uint8_t minute = 0;
        Sum sum;
    };

    void add(const SumKind& kind, const MinuteSum& minute);
    void drop_regions(counting::Interner& labels);
    void drop_region(std::uint32_t region, std::uint32_t others);

    std::map<SumKind, std::vector<MinuteSum>> kinds_;  ///< each sorted by minute
    /// The regions of the kinds, with the hashes of their names as far as these were needed.
    std::map<std::uint32_t, std::optional<std::uint64_t>> regions_;
};

}  // namespace cloudhijack::detect
