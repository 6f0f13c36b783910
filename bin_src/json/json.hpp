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

/// Has simdjson use no more of the processor than a level (see wanted_cpu()) allows, in the whole
/// process. If the processor has less, or the level is none, simdjson's own choice stays.
void limit_json_kernel(std::string_view cpu);

/// Starts to read a JSON text that is an object. io::k_padding bytes behind the text must be
/// readable. `object` reads out of `document`, and both out of the text and the parser: they are
/// valid until any of them changes. EMPTY if the text is blank, INCORRECT_TYPE if it is JSON of
/// another type; what follows the object is for the caller to check with document.at_end().
simdjson::error_code parse_object(simdjson::ondemand::parser& parser, std::string_view text,
                                  simdjson::ondemand::document& document,
                                  simdjson::ondemand::object& object);

/// The same of a text that is an array, which comes as its text.
simdjson::error_code parse_list(simdjson::ondemand::parser& parser, std::string_view text,
                                simdjson::ondemand::document& document, std::string_view& list);

/// The text of a JSON string that is a document of its own; nullopt if it is none. Valid as long as
/// the parser's document.
std::optional<std::string_view> string_of(simdjson::ondemand::parser& parser,
                                          std::string_view json);

/// A value as text, valid as long as the parser's document: strings unescaped, numbers and booleans
/// as they are written. Null, arrays and objects leave `text` as it is.
simdjson::error_code read_text(simdjson::ondemand::value value, std::string_view& text);

/// The same; empty for what is no text, or damaged.
std::string_view text_of(simdjson::ondemand::value value);

/// A key, unescaped where it must be.
simdjson::error_code read_key(simdjson::ondemand::field& field, std::string_view& key);

/// Calls `take(key, value)` for each member of an object, in the order of the text and with
/// duplicate keys as often as they occur. `take` returns nothing, or an error code, which ends the
/// walk unless it is SUCCESS, or whether to go on. Returns the first error: of the text, or of
/// `take`. Values that `take` does not read are skipped.
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
