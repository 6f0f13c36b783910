#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "log/event.hpp"
#include "text/key_table.hpp"

namespace cloudhijack::log {

/// What the value at a path is to the reader.
enum class Holds : std::uint8_t {
    inner,    ///< nothing itself; paths go through it
    text,     ///< a field's text
    object,   ///< a field's JSON object, kept as text
    json,     ///< a field's JSON object or array, kept as text
    numbers,  ///< a field's number, or JSON array of numbers, kept as text
    records,  ///< of an envelope: a record, or what holds some
    sign,     ///< of an envelope: that the key is there says what its neighbours are
};

/// One line of a shape: which JSON path of a record feeds which field of the event.
///
/// Dots separate keys; a key with dots in it comes in square brackets, `claims[a.b]`. After a key,
/// `^` opens a string that holds JSON in place, and `[]` takes every element of an array. If
/// several lines feed one field, the first that has a text counts.
struct ShapePath {
    std::string_view path;
    Holds holds = Holds::text;
    std::string_view Event::* field = nullptr;  ///< of `text`, `object` and `json`
    /// Whether the field may also come as a column of its own, for what can do without the record.
    bool in_columns = holds == Holds::text;
};

/// The line of a text that only the record itself has.
constexpr ShapePath in_raw_only(std::string_view path, std::string_view Event::* field) {
    return {.path = path, .holds = Holds::text, .field = field, .in_columns = false};
}

/// The paths of a log's records as a tree of keys, for reading them in document order. Another log
/// is another table of paths.
class Shape {
  public:
    struct Node {
        std::string key;
        Holds holds = Holds::inner;
        std::string_view Event::* field = nullptr;
        bool opens_strings = false;  ///< JSON in a string counts as the value
        bool in_string = false;      ///< its record can come in a string: a key before it opens one
        bool of_elements = false;    ///< of an array each element counts as the value
        std::uint8_t rank = 0;       ///< its line's number: of two for one field the lower counts
        std::uint8_t slot = 0;       ///< of its field, among the shape's fields
        std::vector<Node> children;
        text::KeyTable keys;      ///< the children's
        std::uint32_t index = 0;  ///< of this node among all, below k_max_nodes - 1

        /// Null where no path goes through the key.
        [[nodiscard]] const Node* child(std::string_view wanted) const {
            const auto place = keys.find(wanted);
            return place ? &children[*place] : nullptr;
        }
    };

    static constexpr std::uint32_t k_max_nodes = 64;

    /// `paths` must outlive the shape.
    explicit Shape(std::span<const ShapePath> paths);

    /// The record itself; its children are the keys at top level.
    [[nodiscard]] const Node& root() const { return root_; }

    /// The table that the shape was made of.
    [[nodiscard]] std::span<const ShapePath> paths() const { return paths_; }

  private:
    std::span<const ShapePath> paths_;
    Node root_;
};

}  // namespace cloudhijack::log
