#pragma once

#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "log/opened_texts.hpp"
#include "text/key_table.hpp"

namespace cloudhijack::log {

/// The form in which an envelope contains a text.
enum class EnclosedForm : std::uint8_t {
    json,   ///< an object or an array that is part of the envelope's text
    text,   ///< the value of a string
    base64  ///< the value of a string, encoded in base64
};

/// A text in an envelope that may be a record or contain one.
struct EnclosedText {
    EnclosedForm form = EnclosedForm::json;
    std::string_view text;
};

/// Finds the texts that an object encloses, in order; none if it is not an envelope. Services and
/// tools wrap the records of all logs in the same way: envelopes.cpp has the table. The texts are
/// valid as long as the object's.
simdjson::error_code read_envelope(simdjson::ondemand::object object, OpenedTexts& opened,
                                   std::vector<EnclosedText>& enclosed);

/// A line of an export from CloudWatch Logs without the time before its record; any other text
/// without surrounding blanks.
std::string_view without_time(std::string_view line);

/// The keys under which files have a list of records, so that its elements can be read from a
/// stream before the end of the list. No record of any log has one of these keys.
const text::KeyTable& keys_of_lists();

/// The deepest nesting of envelopes.
inline constexpr std::size_t k_most_envelopes = 4;

}  // namespace cloudhijack::log
