#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cloudtrail/event.hpp"

namespace cloudhijack::cloudtrail {

/// Which JSON path of a record feeds which field of the event. Keys are parted by dots.
struct FieldPath {
    std::string_view path;
    std::string_view Event::* field;
};

/// The paths of a log's records as a tree of keys, for reading them in document order. Another log
/// is another table of paths.
class Shape {
  public:
    struct Node {
        std::string key;
        std::string_view Event::* field = nullptr;  ///< null in an inner node
        std::vector<Node> children;
        std::uint32_t index = 0;  ///< of this node among all, below k_max_nodes

        /// Null where no path goes through the key.
        [[nodiscard]] const Node* child(std::string_view wanted) const;
    };

    static constexpr std::uint32_t k_max_nodes = 64;

    explicit Shape(std::span<const FieldPath> paths);

    /// The record itself; its children are the keys at top level.
    [[nodiscard]] const Node& root() const { return root_; }

    /// The records of AWS CloudTrail.
    static const Shape& cloudtrail();

  private:
    Node root_;
};

}  // namespace cloudhijack::cloudtrail
