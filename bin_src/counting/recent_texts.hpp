#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "counting/hash.hpp"

namespace cloudhijack::counting {

/// Remembers what was worked out of the texts that came last, where few texts come again and again.
/// Each text has one place, by its hash, and gives it up to the next that has it.
template <class Value>
class RecentTexts {
  public:
    /// What `work_out` gives for the text; valid until the next call.
    const Value& of(std::string_view text, auto work_out) {
        if (places_.empty()) places_.resize(k_places);
        RememberedText& place =
            text.size() > k_longest ? long_text_ : places_[secret_hash_of(text) % k_places];
        if (!place.value || place.text != text) {
            place.value.reset();
            place.text = text.size() > k_longest ? std::string_view{} : text;
            place.value = work_out(text);
        }
        return *place.value;
    }

  private:
    static constexpr std::size_t k_places = 64;
    static constexpr std::size_t k_longest = 1024;  ///< of a text that is remembered

    struct RememberedText {
        std::string text;
        std::optional<Value> value;
    };

    std::vector<RememberedText> places_;
    RememberedText long_text_;  ///< of the last one that is not remembered; its text is empty
};

}  // namespace cloudhijack::counting
