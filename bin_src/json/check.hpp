#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cloudhijack::json {

/// How far a text is one JSON object or array, by the grammar of RFC 8259.
struct Check {
    enum class End : std::uint8_t {
        closed,   ///< it ends with the bracket that closes the first one
        cut_off,  ///< the text ends before that, and is right so far
        damaged   ///< a byte follows that the grammar does not allow
    };

    End end = End::cut_off;
    std::size_t size = 0;  ///< of the correct part: it ends with the last bracket, or at the damage
    /// Where the last string or word before the damage begins. The damage may be in it: a quote
    /// that is missing at the end of a string shows only at the next one.
    std::size_t last_token = 0;
    /// Where the last closed object begins. If the damage follows it directly, it may be the object
    /// after one that was cut, in the place of a value.
    std::size_t last_object = 0;
    std::string_view expected;  ///< what the grammar has at the damage
    bool is_too_deep = false;   ///< the damage is only that there are more brackets in one another
    bool is_in_array = false;   ///< where it ends, an array is open in it
    bool is_in_string = false;  ///< the damage, or the end of a text that is cut off
    /// The first place of an escape or a number that the grammar does not have. Such a value can be
    /// passed over, so the rest is right all the same.
    std::optional<std::size_t> bad_value;
};

/// Checks a text from its first byte but blanks, which must be `{` or `[`. Takes time linear in the
/// text and memory in its depth, which may be 1,024 brackets.
Check check(std::string_view text);

/// Whether a text is a number as JSON writes it, of any size.
bool is_number(std::string_view text);

/// Whether a text is one JSON object or array, with nothing but blanks around it.
bool is_whole(std::string_view text);

/// Whether a text is the beginning of a JSON object or array that is right as far as it goes.
bool is_cut_off(std::string_view text);

/// Why a text that should be a JSON object is not one, to follow a noun: `is damaged JSON: at byte
/// 17 it has "e" instead of a comma or a closing bracket`. The first byte is byte 0.
std::string damage_in_words(std::string_view text);

}  // namespace cloudhijack::json
