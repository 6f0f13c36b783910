#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

#include "text/key_table.hpp"

namespace cloudhijack::json {

/// The key under which the records of a log have the name of their call, and two neighbouring
/// letters of it by which a search for it passes over nearly all other text.
class NameKey {
  public:
    /// No key: nothing is searched for.
    NameKey() = default;

    /// A key of fewer than two letters counts as no key.
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

    /// Whether a text has the key at a place, which can be anywhere in it.
    [[nodiscard]] bool is_at(std::size_t place, std::string_view text) const {
        return !text_.empty() && text_.size() <= text.size() - place &&
               text::KeyTable::same(text.substr(place, text_.size()), text_);
    }

  private:
    static bool is_small(char c) { return c >= 'a' && c <= 'z'; }

    // Of the letters of English, how common one is in comparison with others; 0 for any other byte.
    static std::size_t commonness(char c) {
        constexpr std::string_view from_rare_to_common = "zqjxkvbpygfwmucldrhsnioate";
        const auto place = from_rare_to_common.find(c);
        return place == std::string_view::npos ? 0 : place + 1;
    }

    // A word that ends before another one begins is rarest, as in `eventName`: "Na" is in many
    // names of logs, "tN" in few. Without such a place, the pair of the least common letters.
    static std::size_t rarest_pair(std::string_view key) {
        std::size_t rarest = 0;
        std::size_t least = std::numeric_limits<std::size_t>::max();
        for (std::size_t pair = 0; pair + 1 < key.size(); ++pair) {
            const char first = key[pair];
            const char second = key[pair + 1];
            const bool words_meet = is_small(first) && !is_small(second);
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

/// The keys of a log's records that matter for finding them in a stream of JSON.
struct RecordKeys {
    text::KeyTable lists;  ///< keys at the top level of a document that hold an array of records
    NameKey name;
};

}  // namespace cloudhijack::json
