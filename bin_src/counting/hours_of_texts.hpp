#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cloudhijack::counting {

/// Distinct texts and the UTC hours in which each occurred, in bounded memory. Of more than k_most
/// texts, those with the smallest hashes are kept, each with all of its hours, so the result does
/// not depend on the order of the texts.
class HoursOfTexts {
  public:
    static constexpr std::int64_t k_hours_a_day = 24;
    static constexpr std::size_t k_most = 1000;
    static constexpr std::size_t k_longest = 512;  ///< bytes of a text; the rest is cut off

    struct HoursOfText {
        std::string text;
        /// By day since 1970; bit h is the hour that begins h hours after midnight UTC. Documents
        /// of others can have any number of days in any order.
        std::map<std::int32_t, std::uint32_t> days;

        /// Calls `take(hour)` for each hour, in order.
        void for_each_hour(auto take) const {
            for (const auto& [day, hours] : days) {
                for (std::uint32_t left = hours; left != 0; left &= left - 1) {
                    take(std::int64_t{day} * k_hours_a_day + std::countr_zero(left));
                }
            }
        }
    };

    /// Hours are counted from 1970. Ignores an empty text.
    void add(std::string_view text, std::int64_t hour);
    void add_day(std::string_view text, std::int32_t day, std::uint32_t hours);
    void merge(const HoursOfTexts& other);

    using HashedText = std::pair<std::uint64_t, HoursOfText>;

    /// In order of the hash.
    [[nodiscard]] const std::vector<HashedText>& all() const { return texts_; }
    [[nodiscard]] bool is_cut() const { return is_cut_; }
    /// Notes that texts were dropped before they were added here.
    void note_cut() { is_cut_ = true; }

  private:
    /// Sorted; not a map, which would cost too much as most principals have one text.
    std::vector<HashedText> texts_;
    bool is_cut_ = false;
};

}  // namespace cloudhijack::counting
