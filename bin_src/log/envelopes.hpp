#pragma once

#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "log/opened_texts.hpp"
#include "text/key_table.hpp"

namespace cloudhijack::log {

/// The form in which an envelope holds something.
enum class EnclosedForm : std::uint8_t {
    json,   ///< an object or an array, in the envelope's own text
    text,   ///< what a string says
    base64  ///< the same, encoded
};

/// Something in an envelope that may be a record, or hold one.
struct EnclosedText {
    EnclosedForm form = EnclosedForm::json;
    std::string_view text;
};

/// Finds what an object encloses, in its order; empty where it is no envelope. How the services and
/// tools that carry records wrap them is the same for all logs: envelopes.cpp has the table. The
/// texts are valid as long as the object's.
simdjson::error_code read_envelope(simdjson::ondemand::object object, OpenedTexts& opened,
                                   std::vector<EnclosedText>& enclosed);

/// A line of an export from CloudWatch Logs without the time in front of its record; any other text
/// as it is, without blanks around it.
std::string_view without_time(std::string_view line);

/// The keys under which files hold a list of records, whole elements of which can be taken from a
/// stream before its end is seen. No record of any log has one of them.
const text::KeyTable& keys_of_lists();

/// The most envelopes inside one another.
inline constexpr std::size_t k_most_envelopes = 4;

}  // namespace cloudhijack::log
