#include "cloudtrail/shape.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace cloudhijack::cloudtrail {
namespace {

constexpr std::array k_cloudtrail_paths = {
    FieldPath{.path = "eventTime", .field = &Event::time_text},
    FieldPath{.path = "eventSource", .field = &Event::source},
    FieldPath{.path = "eventName", .field = &Event::name},
    FieldPath{.path = "errorCode", .field = &Event::error_code},
    FieldPath{.path = "userIdentity.type", .field = &Event::caller_type},
    FieldPath{.path = "userIdentity.arn", .field = &Event::caller_arn},
    FieldPath{.path = "userIdentity.principalId", .field = &Event::caller_principal_id},
    FieldPath{.path = "sourceIPAddress", .field = &Event::source_address},
    FieldPath{.path = "awsRegion", .field = &Event::region},
};

}  // namespace

const Shape::Node* Shape::Node::child(std::string_view wanted) const {
    const auto found = std::ranges::find(children, wanted, &Node::key);
    return found != children.end() ? &*found : nullptr;
}

Shape::Shape(std::span<const FieldPath> paths) {
    std::uint32_t nodes = 0;
    for (const auto& [path, field] : paths) {
        Node* node = &root_;
        for (std::string_view rest = path; !rest.empty();) {
            const auto dot = rest.find('.');
            const std::string_view key = rest.substr(0, dot);
            rest = dot == std::string_view::npos ? std::string_view{} : rest.substr(dot + 1);
            auto next = std::ranges::find(node->children, key, &Node::key);
            if (next == node->children.end()) {
                node->children.push_back(
                    {.key = std::string(key), .children = {}, .index = nodes++});
                next = node->children.end() - 1;
            }
            node = &*next;
        }
        node->field = field;
    }
    assert(nodes <= k_max_nodes);
}

const Shape& Shape::cloudtrail() {
    static const Shape shape(k_cloudtrail_paths);
    return shape;
}

}  // namespace cloudhijack::cloudtrail
