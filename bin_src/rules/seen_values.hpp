#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "text/utf8.hpp"

namespace cloudhijack::rules {

/// The first and the last UTC day on which a value was seen, in days since 1970.
struct SeenDays {
    /// A value is usual once it was seen on two days at least this many days apart: a visit of
    /// seven days is not enough.
    static constexpr std::int32_t k_usual_after = 7;

    std::int32_t first = 0;
    std::int32_t last = 0;

    void add(const SeenDays& other) {
        first = std::min(first, other.first);
        last = std::max(last, other.last);
    }
    [[nodiscard]] bool is_usual() const { return last - first >= k_usual_after; }
    bool operator==(const SeenDays&) const = default;
};

/// Values that a principal shows (networks, clients, models, ...), each with the days on which it
/// was seen: one list of a baseline. Merging two lists is commutative, associative and idempotent.
class SeenValues {
  public:
    static constexpr std::size_t k_longest = 256;  ///< bytes of a value; the rest is cut off

    void add(std::string_view value, const SeenDays& days) {
        const std::string_view kept = text::front_of(value, k_longest);
        const auto found = days_.find(kept);
        if (found == days_.end()) {
            days_.emplace(kept, days);
        } else {
            found->second.add(days);
        }
    }
    /// Notes that more values than a list may contain were seen on these days; see cap().
    void add_too_many(const SeenDays& days) {
        if (too_many_) {
            too_many_->add(days);
        } else {
            too_many_ = days;
        }
    }
    void merge(const SeenValues& other) {
        for (const auto& [value, days] : other.days_) add(value, days);
        if (other.too_many_) add_too_many(*other.too_many_);
    }

    /// Forgets values that were last seen before a day.
    void expire(std::int32_t day) {
        std::erase_if(days_, [day](const auto& seen) { return seen.second.last < day; });
        if (too_many_ && too_many_->last < day) too_many_.reset();
    }
    /// Replaces more than `most` values by the days on which they were seen: such a list gives no
    /// evidence. Later values are listed beside these days, so that a list recovers once the days
    /// have expired.
    void cap(std::size_t most) {
        if (days_.size() <= most) return;
        for (const auto& [value, days] : days_) add_too_many(days);
        days_.clear();
    }

    /// Whether a day lies within the days with too many values, so that single values of that day
    /// are not recorded.
    [[nodiscard]] bool has_too_many_on(std::int32_t day) const {
        return too_many_ && too_many_->first <= day && day <= too_many_->last;
    }

    [[nodiscard]] const std::map<std::string, SeenDays, std::less<>>& values() const {
        return days_;
    }
    [[nodiscard]] const std::optional<SeenDays>& too_many() const { return too_many_; }
    [[nodiscard]] bool is_empty() const { return days_.empty() && !too_many_; }

    /// The last day on which anything was seen; nullopt if nothing was.
    [[nodiscard]] std::optional<std::int32_t> last_day() const {
        std::optional<std::int32_t> last;
        if (too_many_) last = too_many_->last;
        for (const auto& [value, days] : days_)
            last = std::max(last.value_or(days.last), days.last);
        return last;
    }

    [[nodiscard]] bool is_usual(std::string_view value) const {
        const auto found = days_.find(text::front_of(value, k_longest));
        return found != days_.end() && found->second.is_usual();
    }
    /// Whether an unusual value is a sign of anything. It is not if no value is usual yet (a
    /// baseline that has only begun to keep the list) or if too many values were seen.
    [[nodiscard]] bool is_informative() const {
        return !too_many_ &&
               std::ranges::any_of(days_, [](const auto& seen) { return seen.second.is_usual(); });
    }

    bool operator==(const SeenValues&) const = default;

  private:
    std::map<std::string, SeenDays, std::less<>> days_;
    std::optional<SeenDays> too_many_;
};

}  // namespace cloudhijack::rules
