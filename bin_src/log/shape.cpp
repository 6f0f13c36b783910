#include "log/shape.hpp"

#include <algorithm>
#include <cassert>

namespace cloudhijack::log {
namespace {

// Sets the members of a node that depend on the whole tree. The recursion is as deep as the paths.
void complete_node(Shape::Node& node) {
    std::vector<std::string_view> keys;
    for (Shape::Node& child : node.children) {
        keys.emplace_back(child.key);
        child.in_string = node.in_string || node.opens_strings;
        complete_node(child);
    }
    node.keys = text::KeyTable(keys);
}

// Removes a text from the front; false if the path does not begin with it.
bool take_front(std::string_view& path, std::string_view front) {
    if (!path.starts_with(front)) return false;
    path.remove_prefix(front.size());
    return true;
}

// Removes the first key of a path and returns it.
std::string_view take_key(std::string_view& path) {
    const bool in_brackets = take_front(path, "[");
    const std::string_view key = path.substr(0, path.find_first_of(in_brackets ? "]" : ".^["));
    path.remove_prefix(key.size() + (in_brackets ? 1 : 0));
    return key;
}

}  // namespace

Shape::Shape(std::span<const ShapePath> paths) : paths_(paths) {
    std::uint32_t nodes = 0;
    std::vector<std::string_view Event::*> fields;
    for (const ShapePath& line : paths) {
        Node* node = &root_;
        for (std::string_view rest = line.path; !rest.empty();) {
            const std::string_view key = take_key(rest);
            auto next = std::ranges::find(node->children, key, &Node::key);
            if (next == node->children.end()) {
                Node child;
                child.key = key;
                child.index = nodes++;
                node->children.push_back(std::move(child));
                next = node->children.end() - 1;
            }
            node = &*next;
            node->opens_strings |= take_front(rest, "^");
            node->of_elements |= take_front(rest, "[]");
            node->opens_strings |= take_front(rest, "^");
            take_front(rest, ".");
        }
        node->holds = line.holds;
        node->field = line.field;
        node->rank = static_cast<std::uint8_t>(&line - paths.data());
        if (line.field == nullptr) continue;
        const auto field = std::ranges::find(fields, line.field);
        node->slot = static_cast<std::uint8_t>(field - fields.begin());
        if (field == fields.end()) fields.push_back(line.field);
    }
    assert(nodes < k_max_nodes);
    complete_node(root_);
}

}  // namespace cloudhijack::log
