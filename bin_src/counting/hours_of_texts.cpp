#include "counting/hours_of_texts.hpp"

#include <algorithm>
#include <cstddef>

#include "counting/hash.hpp"
#include "text/utf8.hpp"

namespace cloudhijack::counting {
void HoursOfTexts::add(std::string_view text, std::int64_t hour) {
    const std::int64_t hour_of_day = (hour % k_hours_a_day + k_hours_a_day) % k_hours_a_day;
    add_day(text, static_cast<std::int32_t>((hour - hour_of_day) / k_hours_a_day),
            std::uint32_t{1} << static_cast<unsigned>(hour_of_day));
}

void HoursOfTexts::add_day(std::string_view text, std::int32_t day, std::uint32_t hours) {
    if (text.empty()) return;
    const std::string_view kept = text::front_of(text, k_longest);
    const std::uint64_t hash = hash_of(kept);
    const auto place = std::ranges::lower_bound(texts_, hash, {}, &HashedText::first);
    const auto number = static_cast<std::size_t>(place - texts_.begin());
    if (place == texts_.end() || place->first != hash) {
        if (texts_.size() == k_most) {
            is_cut_ = true;
            if (number == k_most) return;
            texts_.pop_back();
        }
        texts_.insert(texts_.begin() + static_cast<std::ptrdiff_t>(number),
                      {hash, HoursOfText{.text = std::string(kept), .days = {}}});
    }
    texts_[number].second.days[day] |= hours;
}

void HoursOfTexts::merge(const HoursOfTexts& other) {
    for (const auto& [hash, text] : other.texts_) {
        for (const auto& [day, hours] : text.days) add_day(text.text, day, hours);
    }
    is_cut_ = is_cut_ || other.is_cut_;
}

}  // namespace cloudhijack::counting
