#include "log/shape.hpp"

#include <algorithm>
#include <cassert>

namespace cloudhijack::log {
namespace {

// Recurses as deep as the paths go.
void index_keys(Shape::Node& node) {
    std::vector<std::string_view> keys;
    for (Shape::Node& child : node.children) {
        keys.emplace_back(child.key);
        index_keys(child);
    }
    node.keys = text::KeyTable(keys);
}

}  // namespace

Shape::Shape(std::span<const ShapePath> paths) : paths_(paths) {
    std::uint32_t nodes = 0;
    for (const ShapePath& line : paths) {
        Node* node = &root_;
        for (std::string_view rest = line.path; !rest.empty();) {
            const auto dot = rest.find('.');
            const std::string_view key = rest.substr(0, dot);
            rest = dot == std::string_view::npos ? std::string_view{} : rest.substr(dot + 1);
            auto next = std::ranges::find(node->children, key, &Node::key);
            if (next == node->children.end()) {
                Node child;
                child.key = key;
                child.index = nodes++;
                node->children.push_back(std::move(child));
                next = node->children.end() - 1;
            }
            node = &*next;
        }
        node->holds = line.holds;
        node->field = line.field;
    }
    assert(nodes <= k_max_nodes);
    index_keys(root_);
}

}  // namespace cloudhijack::log
