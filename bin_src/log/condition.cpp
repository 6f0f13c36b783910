#include "log/condition.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

#include "json/json.hpp"

namespace cloudhijack::log {
namespace {

namespace ondemand = simdjson::ondemand;

using Path = std::span<const std::string>;

bool holds_in(ondemand::object object, Path path, std::string_view wanted);

// The recursion depth depends on the path, which is trusted, and not on the input: an array inside
// an array is skipped.
bool holds_at(ondemand::value value, Path path, std::string_view wanted, bool in_array = false) {
    auto type = ondemand::json_type::null;
    if (value.type().get(type) != simdjson::SUCCESS) return false;
    if (type == ondemand::json_type::array) {
        ondemand::array array;
        if (in_array || value.get_array().get(array) != simdjson::SUCCESS) return false;
        for (auto item : array) {
            ondemand::value element;
            if (std::move(item).get(element) != simdjson::SUCCESS) return false;
            if (holds_at(element, path, wanted, true)) return true;
        }
        return false;
    }
    if (!path.empty()) {
        ondemand::object object;
        return value.get_object().get(object) == simdjson::SUCCESS &&
               holds_in(object, path, wanted);
    }
    if (type == ondemand::json_type::object || type == ondemand::json_type::null) return false;
    std::string_view text;
    return json::read_text(value, text) == simdjson::SUCCESS && text == wanted;
}

bool holds_in(ondemand::object object, Path path, std::string_view wanted) {
    bool holds = false;
    json::for_each_member(object, [&](std::string_view key, ondemand::value value) {
        if (key != path.front()) return true;
        holds = holds_at(value, path.subspan(1), wanted);
        return false;  // the first of duplicate keys counts
    });
    return holds;
}

}  // namespace

bool ConditionReader::all_hold(std::string_view object, std::span<const Condition> conditions) {
    return std::ranges::all_of(conditions, [&](const Condition& condition) {
        ondemand::document document;
        ondemand::object parameters;
        return json::parse_object(*parser_, object, document, parameters) == simdjson::SUCCESS &&
               holds_in(parameters, condition.path, condition.value);
    });
}

}  // namespace cloudhijack::log
