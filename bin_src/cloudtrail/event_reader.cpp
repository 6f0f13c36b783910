#include "cloudtrail/event_reader.hpp"

#include <algorithm>
#include <bitset>

#include "cloudtrail/utf8.hpp"
#include "io/window.hpp"

namespace cloudhijack::cloudtrail {
namespace {

namespace ondemand = simdjson::ondemand;

static_assert(io::k_padding >= simdjson::SIMDJSON_PADDING);

/// A parser that a larger record has grown is given back before the next one.
constexpr std::size_t k_kept_parser_capacity = std::size_t{1024} * 1024;

using SeenNodes = std::bitset<Shape::k_max_nodes>;

std::unexpected<Error> broken(simdjson::error_code code) {
    return failure(std::string("is broken or cut-off JSON: ") + simdjson::error_message(code));
}

// The grammar of RFC 8259, section 6. The text itself is kept, so a number of any size will do.
bool is_json_number(std::string_view text) {
    const auto take_digits = [&text] {
        const auto end = std::min(text.find_first_not_of("0123456789"), text.size());
        text.remove_prefix(end);
        return end;
    };
    if (text.starts_with('-')) text.remove_prefix(1);
    const bool leading_zero = text.starts_with('0');
    const auto whole_digits = take_digits();
    if (whole_digits == 0 || (leading_zero && whole_digits > 1)) return false;
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        if (take_digits() == 0) return false;
    }
    if (text.starts_with('e') || text.starts_with('E')) {
        text.remove_prefix(1);
        if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
        if (take_digits() == 0) return false;
    }
    return text.empty();
}

simdjson::error_code read_text(ondemand::value value, std::string_view& text) {
    ondemand::json_type type{};
    if (const auto error = value.type().get(type)) return error;
    switch (type) {
        case ondemand::json_type::string:
            return value.get_string(/*allow_replacement=*/true).get(text);
        case ondemand::json_type::number: {
            const std::string_view token = value.raw_json_token();
            text = token.substr(0, token.find_last_not_of(" \t\r\n") + 1);
            return is_json_number(text) ? simdjson::SUCCESS : simdjson::NUMBER_ERROR;
        }
        case ondemand::json_type::boolean: {
            bool is_true = false;
            if (const auto error = value.get_bool().get(is_true)) return error;
            text = is_true ? "true" : "false";
            return simdjson::SUCCESS;
        }
        case ondemand::json_type::null:
            return value.is_null().error();
        default:
            return simdjson::SUCCESS;  // arrays and objects are absent; the reader skips them
    }
}

simdjson::error_code key_of(ondemand::field& field, std::string_view& key) {
    key = field.escaped_key();
    if (!key.contains('\\')) return simdjson::SUCCESS;
    return field.unescaped_key(/*allow_replacement=*/true).get(key);
}

// Recurses as deep as the shape's paths go, whatever the input does.
simdjson::error_code read_object(ondemand::object object, const Shape::Node& node, Event& event,
                                 SeenNodes& seen) {
    for (auto item : object) {
        ondemand::field field;
        if (const auto error = std::move(item).get(field)) return error;
        std::string_view key;
        if (const auto error = key_of(field, key)) return error;
        const Shape::Node* child = node.child(key);
        if (child == nullptr || seen.test(child->index)) continue;
        seen.set(child->index);
        if (child->field != nullptr) {
            if (const auto error = read_text(field.value(), event.*child->field)) return error;
            continue;
        }
        ondemand::object inner;
        const auto error = field.value().get_object().get(inner);
        if (error == simdjson::INCORRECT_TYPE) continue;
        if (error) return error;
        if (const auto inner_error = read_object(inner, *child, event, seen)) return inner_error;
    }
    return simdjson::SUCCESS;
}

}  // namespace

Result<Event> EventReader::read(std::string_view record) {
    if (parser_.capacity() > k_kept_parser_capacity && record.size() <= k_kept_parser_capacity) {
        parser_ = ondemand::parser{};
    }
    auto event = read_json(record);
    const bool is_utf8 = event || simdjson::validate_utf8(record.data(), record.size());
    if (is_utf8) return event;
    repaired_.clear();
    append_valid_utf8(repaired_, record);
    const std::size_t size = repaired_.size();
    repaired_.append(io::k_padding, ' ');
    return read_json(std::string_view(repaired_).substr(0, size));
}

Result<Event> EventReader::read_json(std::string_view json) {
    const simdjson::padded_string_view padded(json.data(), json.size(),
                                              json.size() + io::k_padding);
    ondemand::document document;
    if (const auto error = parser_.iterate(padded).get(document)) {
        return error == simdjson::EMPTY ? failure("is empty") : broken(error);
    }
    ondemand::object object;
    const auto error = document.get_object().get(object);
    if (error == simdjson::INCORRECT_TYPE) return failure("is no JSON object");
    if (error) return broken(error);
    Event event;
    SeenNodes seen;
    if (const auto read_error = read_object(object, shape_->root(), event, seen)) {
        return broken(read_error);
    }
    if (!document.at_end()) return failure("has text behind the end of its JSON object");
    return event;
}

}  // namespace cloudhijack::cloudtrail
