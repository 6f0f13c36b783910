#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "counting/hash.hpp"

namespace cloudhijack::counting {

/// Caches a value that is computed from texts of which a few come again and again. The hash of a
/// text decides its place; the place keeps the last text that had it.
template <class Value>
class RecentTexts {
  public:
    /// The result of `work_out` for the text; valid until the next call.
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
    static constexpr std::size_t k_longest = 1024;  ///< bytes of a text that is remembered

    struct RememberedText {
        std::string text;
        std::optional<Value> value;
    };

    std::vector<RememberedText> places_;
    RememberedText long_text_;  ///< for the last text that is not remembered; its own text is empty
};

}  // namespace cloudhijack::counting
