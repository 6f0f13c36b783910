#include "json/json.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <new>
#include <string>

#include "io/window.hpp"
#include "json/check.hpp"
#include "text/trim.hpp"

namespace cloudhijack::json {
namespace {

namespace ondemand = simdjson::ondemand;

static_assert(io::k_padding >= simdjson::SIMDJSON_PADDING);

struct Kernel {
    std::string_view cpu;
    std::string_view name;  ///< simdjson's name of the implementation
};

constexpr std::array k_kernels = {
    Kernel{.cpu = "plain", .name = "fallback"}, Kernel{.cpu = "sse4.2", .name = "westmere"},
    Kernel{.cpu = "avx2", .name = "haswell"}, Kernel{.cpu = "avx512", .name = "icelake"}};

/// Reaches the buffer into which a document's strings are unescaped.
struct DocumentWithBuffer : ondemand::document {
    static bool has_buffer(ondemand::document& document) {
        return (document.*&DocumentWithBuffer::iter).string_buf_loc() != nullptr;
    }
};

}  // namespace

simdjson::error_code start(ondemand::parser& parser, std::string_view text,
                           ondemand::document& document) {
    const simdjson::padded_string_view padded(text.data(), text.size(),
                                              text.size() + io::k_padding);
    const auto error = parser.iterate(padded).get(document);
    // simdjson does not check whether it got the memory for the buffer.
    if (error == simdjson::MEMALLOC ||
        (error == simdjson::SUCCESS && !DocumentWithBuffer::has_buffer(document))) {
        throw std::bad_alloc();
    }
    return error;
}

void limit_json_kernel(std::string_view cpu) {
    const auto* const wanted = std::ranges::find(k_kernels, cpu, &Kernel::cpu);
    if (wanted == k_kernels.end()) return;
    const auto* const kernel = simdjson::get_available_implementations()[std::string(wanted->name)];
    if (kernel == nullptr || !kernel->supported_by_runtime_system()) return;
    simdjson::get_active_implementation() = kernel;
}

void JsonParserEnd::operator()(JsonParser* parser) const {
    std::default_delete<JsonParser>{}(parser);
}

OwnedJsonParser make_json_parser() {
    return OwnedJsonParser(std::make_unique<JsonParser>().release());
}

simdjson::error_code parse_object(ondemand::parser& parser, std::string_view text,
                                  ondemand::document& document, ondemand::object& object) {
    if (const auto error = start(parser, text, document)) return error;
    return document.get_object().get(object);
}

simdjson::error_code parse_list(ondemand::parser& parser, std::string_view text,
                                ondemand::document& document, std::string_view& list) {
    if (const auto error = start(parser, text, document)) return error;
    ondemand::array array;
    if (const auto error = document.get_array().get(array)) return error;
    return array.raw_json().get(list);
}

std::optional<std::string_view> string_of(ondemand::parser& parser, std::string_view json) {
    ondemand::document document;
    std::string_view text;
    if (start(parser, json, document)) return std::nullopt;
    if (document.get_string(/*allow_replacement=*/true).get(text)) return std::nullopt;
    return document.at_end() ? std::optional(text) : std::nullopt;
}

simdjson::error_code read_text(ondemand::value value, std::string_view& text) {
    auto type = ondemand::json_type::null;
    if (const auto error = value.type().get(type)) return error;
    switch (type) {
        case ondemand::json_type::string:
            return value.get_string(/*allow_replacement=*/true).get(text);
        case ondemand::json_type::number: {
            const std::string_view token = value.raw_json_token();
            text = token.substr(0, token.find_last_not_of(text::k_blanks) + 1);
            return is_number(text) ? simdjson::SUCCESS : simdjson::NUMBER_ERROR;
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

std::string_view text_of(ondemand::value value) {
    std::string_view text;
    return read_text(value, text) == simdjson::SUCCESS ? text : std::string_view{};
}

simdjson::error_code read_key(ondemand::field& field, std::string_view& key) {
    key = field.escaped_key();
    if (!key.contains('\\')) return simdjson::SUCCESS;
    return field.unescaped_key(/*allow_replacement=*/true).get(key);
}

}  // namespace cloudhijack::json
