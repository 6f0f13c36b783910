#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cloudhijack::counting {

/// Distinct texts and the UTC hours in which each occurred, in bounded memory. Of more than k_most
/// texts those with the smallest hashes stay, each with all of its hours, so it does not depend on
/// the order in which they came.
class HoursOfTexts {
  public:
    static constexpr std::int64_t k_hours_a_day = 24;
    static constexpr std::size_t k_most = 1000;
    static constexpr std::size_t k_longest = 512;  ///< bytes of a text; the rest is cut

    struct HoursOfText {
        std::string text;
        /// Days since 1970, in order; bit h: the hour that begins h hours after midnight UTC.
        std::vector<std::pair<std::int32_t, std::uint32_t>> days;

        /// Calls `take(hour)` for each, in order.
        void for_each_hour(auto take) const {
            for (const auto& [day, hours] : days) {
                for (std::uint32_t left = hours; left != 0; left &= left - 1) {
                    take(std::int64_t{day} * k_hours_a_day + std::countr_zero(left));
                }
            }
        }
    };

    /// Hours are those since 1970. An empty text is none.
    void add(std::string_view text, std::int64_t hour);
    void add_day(std::string_view text, std::int32_t day, std::uint32_t hours);
    void merge(const HoursOfTexts& other);

    using HashedText = std::pair<std::uint64_t, HoursOfText>;

    /// By hash.
    [[nodiscard]] const std::vector<HashedText>& all() const { return texts_; }
    [[nodiscard]] bool is_cut() const { return is_cut_; }
    /// Some were cut before they came here.
    void note_cut() { is_cut_ = true; }

  private:
    std::vector<HashedText> texts_;  ///< sorted: most principals have one, so maps cost too much
    bool is_cut_ = false;
};

}  // namespace cloudhijack::counting
