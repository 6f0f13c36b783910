#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cloudhijack::detect {

/// A number in decimal digits, kept as text so that every format shows the same.
struct Number {
    std::string digits;
};

Number number(std::integral auto value) { return {std::to_string(value)}; }

/// One cell of the answer; a list is what Splunk calls a multivalue.
using Value = std::variant<std::string, Number, std::vector<std::string>>;

struct Column {
    std::string_view name;
    bool multivalue = false;
};

using Row = std::vector<Value>;  ///< a value for each column, in their order

}  // namespace cloudhijack::detect
