#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "cloudtrail/event.hpp"
#include "detect/interner.hpp"
#include "detect/volume_finding.hpp"

namespace cloudhijack::detect {

/// What mode=volume has counted so far. The order of the events does not matter; memory grows with
/// the groups and their distinct addresses.
class VolumeActivity {
  public:
    enum class Added {
        counted,
        irrelevant,  ///< no call that the catalogue names, or one that failed
        undated,     ///< a call that the catalogue names, without any time
    };

    explicit VolumeActivity(std::chrono::seconds span) : span_(span) {}

    /// `row_time` is the time that came with the event, if one did; it goes before the event's own.
    Added add(const cloudtrail::Event& event, std::optional<cloudtrail::Time> row_time);

    /// The rows of mode=volume, in order. Their views are valid until the next add().
    [[nodiscard]] std::vector<VolumeFinding> findings(const VolumeRules& rules) const;

  private:
    struct Key {
        cloudtrail::Time span_start;
        std::size_t service;
        std::string_view caller_arn;
        std::string_view caller_type;
        std::string_view region;

        auto operator<=>(const Key&) const = default;
    };

    struct Tally {
        std::uint64_t event_count = 0;
        std::set<std::string_view> source_addresses;
        cloudtrail::Time first_event = cloudtrail::Time::max();
        cloudtrail::Time last_event = cloudtrail::Time::min();
    };

    std::chrono::seconds span_;
    Interner texts_;  ///< holds every text of the groups
    std::map<Key, Tally> groups_;
};

}  // namespace cloudhijack::detect
