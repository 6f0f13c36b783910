#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "rules/prices.hpp"

namespace cloudhijack::detect {

/// A decimal number, kept as text so that every output format shows the same digits.
struct Number {
    std::string digits;
};

Number number(std::integral auto value) { return {std::to_string(value)}; }

/// One cell of the results; a list is a multivalue field in Splunk.
using Value = std::variant<std::string, Number, std::vector<std::string>>;

struct Column {
    std::string_view name;
    bool multivalue = false;
};

/// A number of tokens; empty if no record says how many there were.
inline Value tokens_or_none(std::uint64_t tokens, const rules::SpendSum& spent) {
    return spent.has_tokens() ? Value(number(tokens)) : Value(std::string());
}

/// US dollars with four decimals; empty if the cost is not known.
inline Value dollars_or_none(const std::optional<rules::Cost>& cost) {
    return cost ? Value(Number{rules::dollars(*cost)}) : Value(std::string());
}

using Row = std::vector<Value>;  ///< a value for each column, in their order

/// A column and the function for its value in the row of a finding. Each mode has one table of
/// these, from which both its columns and its rows are made.
template <class Finding>
struct ColumnOf {
    /// `Get` is a lambda without captures that returns a Value for a finding, or one of a Value's
    /// types: the column is multivalue if that type is a list.
    template <class Get>
        requires std::is_empty_v<Get>
    constexpr ColumnOf(std::string_view name, Get /*get*/,
                       bool (*is_truncated)(const Finding&) = nullptr)
        : column{.name = name,
                 .multivalue = std::same_as<std::invoke_result_t<Get, const Finding&>,
                                            std::vector<std::string>>},
          value([](const Finding& finding) -> Value { return Get{}(finding); }),
          is_truncated(is_truncated) {}

    Column column;
    Value (*value)(const Finding&);
    /// Whether the value is incomplete or estimated; null: never.
    bool (*is_truncated)(const Finding&);
};

template <class Finding, std::size_t Size>
constexpr std::array<Column, Size> columns_of(const std::array<ColumnOf<Finding>, Size>& table) {
    std::array<Column, Size> columns;
    for (std::size_t i = 0; i < Size; ++i) columns[i] = table[i].column;
    return columns;
}

template <class Finding, std::size_t Size>
Row row_of(const std::array<ColumnOf<Finding>, Size>& table, const Finding& finding) {
    Row row;
    row.reserve(Size);
    for (const auto& column : table) row.push_back(column.value(finding));
    return row;
}

}  // namespace cloudhijack::detect
