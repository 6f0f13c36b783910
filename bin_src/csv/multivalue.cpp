#include "csv/multivalue.hpp"

namespace cloudhijack::csv {

std::string joined_by_newlines(std::span<const std::string> values) {
    std::string text;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i > 0) text += '\n';
        text += values[i];
    }
    return text;
}

std::string multivalue_twin(std::span<const std::string> values) {
    std::string text;
    if (values.size() < 2) return text;
    for (const std::string& value : values) {
        if (!text.empty()) text += ';';
        text += '$';
        for (const char c : value) {
            if (c == '$') text += '$';
            text += c;
        }
        text += '$';
    }
    return text;
}

std::string first_of_twin(std::string_view twin) {
    std::string value;
    if (twin.starts_with('$')) twin.remove_prefix(1);
    for (std::size_t i = 0; i < twin.size(); ++i) {
        if (twin[i] == '$') {
            const bool doubled = i + 1 < twin.size() && twin[i + 1] == '$';
            if (!doubled) return value;
            ++i;
        }
        value += twin[i];
    }
    return value;
}

}  // namespace cloudhijack::csv
