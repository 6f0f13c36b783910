#pragma once

#include <simdjson.h>

#include <concepts>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include "json/json_parser.hpp"

namespace cloudhijack::json {

struct JsonParser : simdjson::ondemand::parser {};

/// Limits simdjson, for the whole process, to the instruction sets of a level (see wanted_cpu()).
/// If the processor does not support the level, or there is no such level, simdjson's own choice
/// stays.
void limit_json_kernel(std::string_view cpu);

/// Starts to read a JSON text. io::k_padding bytes after it must be readable. A lack of memory is
/// not an error of the text: this and all functions below throw std::bad_alloc.
simdjson::error_code start(simdjson::ondemand::parser& parser, std::string_view text,
                           simdjson::ondemand::document& document);

/// Starts to read a JSON text that is an object. io::k_padding bytes after the text must be
/// readable. `object` reads from `document`, and both read from the text and the parser: they are
/// valid until any of these changes. The error is EMPTY if the text is blank, and INCORRECT_TYPE if
/// it is JSON of another type. The caller must check with document.at_end() that nothing follows
/// the object.
simdjson::error_code parse_object(simdjson::ondemand::parser& parser, std::string_view text,
                                  simdjson::ondemand::document& document,
                                  simdjson::ondemand::object& object);

/// The same for a text that is an array; `list` is its JSON text.
simdjson::error_code parse_list(simdjson::ondemand::parser& parser, std::string_view text,
                                simdjson::ondemand::document& document, std::string_view& list);

/// The value of a JSON document that consists of one string; nullopt for any other text. Valid as
/// long as the parser's document.
std::optional<std::string_view> string_of(simdjson::ondemand::parser& parser,
                                          std::string_view json);

/// Reads a value as text that is valid as long as the parser's document: strings unescaped, numbers
/// and booleans as they are written. For null, arrays and objects `text` is unchanged.
simdjson::error_code read_text(simdjson::ondemand::value value, std::string_view& text);

/// The same; empty if the value is damaged, null, an array or an object.
std::string_view text_of(simdjson::ondemand::value value);

/// Reads a key and unescapes it if necessary.
simdjson::error_code read_key(simdjson::ondemand::field& field, std::string_view& key);

/// Calls `take(key, value)` for each member of an object, in the order of the text; a duplicate key
/// is passed each time it occurs. `take` returns nothing, or whether to continue, or an error code,
/// of which any but SUCCESS ends the walk. Returns the first error of the text or of `take`. Values
/// that `take` does not read are skipped.
template <class Take>
simdjson::error_code for_each_member(simdjson::ondemand::object object, Take take) {
    using Answer = std::invoke_result_t<Take&, std::string_view, simdjson::ondemand::value>;
    for (auto item : object) {
        simdjson::ondemand::field field;
        if (const auto error = std::move(item).get(field)) return error;
        std::string_view key;
        if (const auto error = read_key(field, key)) return error;
        if constexpr (std::same_as<Answer, bool>) {
            if (!take(key, field.value())) return simdjson::SUCCESS;
        } else if constexpr (std::same_as<Answer, simdjson::error_code>) {
            if (const auto error = take(key, field.value())) return error;
        } else {
            static_assert(std::is_void_v<Answer>);
            take(key, field.value());
        }
    }
    return simdjson::SUCCESS;
}

}  // namespace cloudhijack::json
