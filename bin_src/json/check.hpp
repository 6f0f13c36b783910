#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cloudhijack::json {

/// How far a text conforms to the grammar of RFC 8259 as a single JSON object or array.
struct Check {
    enum class End : std::uint8_t {
        closed,   ///< the bracket that closes the first one was found
        cut_off,  ///< the text ends before that and is correct up to there
        damaged   ///< the grammar does not allow the next byte
    };

    End end = End::cut_off;
    std::size_t size = 0;  ///< bytes of the correct part, up to the last bracket or the damage
    /// The position of the last string or word before the damage. The damage may be in it: if the
    /// quote at the end of a string is missing, that shows only at the next quote.
    std::size_t last_token = 0;
    /// The position of the last closed object. If the damage follows it directly, the object may be
    /// the one after a truncated object, in the place of a missing value.
    std::size_t last_object = 0;
    std::string_view expected;  ///< what the grammar allows at the damage, for a message
    bool is_too_deep = false;   ///< the only damage is that the brackets are nested too deeply
    bool is_in_array = false;   ///< an array is open at the end of the correct part
    bool is_in_string = false;  ///< the damage, or the end of a truncated text, is in a string
    /// The position of the first escape or number that is not valid JSON. Such a value can be
    /// skipped, so the rest still counts as correct.
    std::optional<std::size_t> bad_value;
};

/// Checks a text from its first non-blank byte, which must be `{` or `[`. Takes time linear in the
/// length of the text and memory linear in its nesting depth, of which 1,024 brackets are allowed.
Check check(std::string_view text);

/// Whether a text is a JSON number, of any size.
bool is_number(std::string_view text);

/// Whether a text is a single JSON object or array with nothing but blanks around it.
bool is_whole(std::string_view text);

/// Whether a text is a truncated JSON object or array that is correct up to its end.
bool is_cut_off(std::string_view text);

/// Describes why a text is not the JSON object that it should be, as a phrase that follows a noun:
/// `is damaged JSON: at byte 17 it has "e" instead of a comma or a closing bracket`. Bytes are
/// counted from 0.
std::string damage_in_words(std::string_view text);

}  // namespace cloudhijack::json
