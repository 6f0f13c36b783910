#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "log/event.hpp"
#include "text/key_table.hpp"

namespace cloudhijack::log {

/// The meaning of the value at a path.
enum class Holds : std::uint8_t {
    inner,    ///< no value; paths go through it
    text,     ///< a field's text
    object,   ///< a field's JSON object, kept as text
    json,     ///< a field's JSON object or array, kept as text
    numbers,  ///< a field's number, or JSON array of numbers, kept as text
    records,  ///< in an envelope: a record, or a text that contains records
    sign,     ///< in an envelope: the presence of the key identifies its siblings
};

/// One line of a shape: a JSON path in a record, and the field of the event that it feeds.
///
/// Dots separate keys; a key that contains dots is written in square brackets, `claims[a.b]`. After
/// a key, `^` opens a string that holds JSON in place, and `[]` selects every element of an array.
/// If several lines feed the same field, the first one with a text counts.
struct ShapePath {
    std::string_view path;
    Holds holds = Holds::text;
    std::string_view Event::* field = nullptr;  ///< for a field's kinds of Holds
    /// Whether the field may also come as a separate column, for modes that can work without the
    /// record.
    bool in_columns = holds == Holds::text;
};

/// The line of a text that is only in the record itself, never in a column.
constexpr ShapePath in_raw_only(std::string_view path, std::string_view Event::* field) {
    return {.path = path, .holds = Holds::text, .field = field, .in_columns = false};
}

/// The paths of a log's records as a tree of keys, for reading records in document order. Each log
/// has its own table of paths.
class Shape {
  public:
    struct Node {
        std::string key;
        Holds holds = Holds::inner;
        std::string_view Event::* field = nullptr;
        bool opens_strings = false;  ///< a string that holds JSON counts as that value
        bool in_string = false;      ///< a key on the path to it opens a string
        bool of_elements = false;    ///< each element of an array counts as the value
        std::uint8_t rank = 0;       ///< its line's number; the lowest one for a field counts
        std::uint8_t slot = 0;       ///< the number of its field among the shape's fields
        std::vector<Node> children;
        text::KeyTable keys;      ///< the keys of the children
        std::uint32_t index = 0;  ///< the number of this node, below k_max_nodes - 1

        /// The child for a key; null if no path goes through it.
        [[nodiscard]] const Node* child(std::string_view wanted) const {
            const auto place = keys.find(wanted);
            return place ? &children[*place] : nullptr;
        }
    };

    static constexpr std::uint32_t k_max_nodes = 64;

    /// `paths` must outlive the shape.
    explicit Shape(std::span<const ShapePath> paths);

    /// The record itself; its children are the top-level keys.
    [[nodiscard]] const Node& root() const { return root_; }

    /// The table from which the shape was built.
    [[nodiscard]] std::span<const ShapePath> paths() const { return paths_; }

  private:
    std::span<const ShapePath> paths_;
    Node root_;
};

}  // namespace cloudhijack::log
