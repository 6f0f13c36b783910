#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

#include "text/key_table.hpp"

namespace cloudhijack::json {

/// The key under which the records of a log name their call, and the rarest pair of adjacent
/// letters in it: a search for that pair skips nearly all other text.
class NameKey {
  public:
    /// No key, so nothing is searched for.
    NameKey() = default;

    /// A key of fewer than two bytes counts as no key.
    explicit NameKey(std::string_view key) {
        if (key.size() < 2) return;
        text_ = key;
        pair_ = rarest_pair(key);
        first_ = key[pair_];
        second_ = key[pair_ + 1];
    }

    /// Empty if there is no key.
    [[nodiscard]] std::string_view text() const { return text_; }

    /// The offset of the pair in the key.
    [[nodiscard]] std::size_t pair() const { return pair_; }
    [[nodiscard]] char first() const { return first_; }
    [[nodiscard]] char second() const { return second_; }

    /// Whether the text contains the key at a position, which must not be after its end.
    [[nodiscard]] bool is_at(std::size_t position, std::string_view text) const {
        return !text_.empty() && text_.size() <= text.size() - position &&
               text::KeyTable::same(text.substr(position, text_.size()), text_);
    }

  private:
    static bool is_lower_case(char c) { return c >= 'a' && c <= 'z'; }

    // The rank of a letter by its frequency in English, from rare to common; 0 for any other byte.
    static std::size_t commonness(char c) {
        constexpr std::string_view from_rare_to_common = "zqjxkvbpygfwmucldrhsnioate";
        const auto position = from_rare_to_common.find(c);
        return position == std::string_view::npos ? 0 : position + 1;
    }

    // The boundary between two words is the rarest pair, as in `eventName`: many names in logs
    // contain "Na", few contain "tN". Without such a boundary, the pair of the least common letters
    // is used.
    static std::size_t rarest_pair(std::string_view key) {
        std::size_t rarest = 0;
        std::size_t least = std::numeric_limits<std::size_t>::max();
        for (std::size_t pair = 0; pair + 1 < key.size(); ++pair) {
            const char first = key[pair];
            const char second = key[pair + 1];
            const bool words_meet = is_lower_case(first) && !is_lower_case(second);
            const std::size_t common = words_meet ? 0 : commonness(first) + commonness(second);
            if (common >= least) continue;
            least = common;
            rarest = pair;
        }
        return rarest;
    }

    std::string text_;
    std::size_t pair_ = 0;
    char first_ = 0;
    char second_ = 0;
};

/// The keys that are needed to find a log's records in a stream of JSON.
struct RecordKeys {
    text::KeyTable lists;  ///< keys at the top level of a document that hold an array of records
    NameKey name;
};

}  // namespace cloudhijack::json
