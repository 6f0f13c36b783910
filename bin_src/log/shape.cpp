#include "log/shape.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace cloudhijack::log {
namespace {

constexpr ShapePath in_raw_only(std::string_view path, std::string_view Event::* field) {
    return {.path = path, .holds = Holds::text, .field = field, .in_columns = false};
}

constexpr std::array k_cloudtrail_paths = {
    ShapePath{.path = "eventTime", .field = &Event::time_text},
    ShapePath{.path = "eventSource", .field = &Event::source},
    ShapePath{.path = "eventName", .field = &Event::name},
    ShapePath{.path = "errorCode", .field = &Event::error_code},
    ShapePath{.path = "userIdentity.type", .field = &Event::caller_type},
    ShapePath{.path = "userIdentity.arn", .field = &Event::caller_arn},
    ShapePath{.path = "userIdentity.principalId", .field = &Event::caller_principal_id},
    ShapePath{.path = "sourceIPAddress", .field = &Event::source_address},
    ShapePath{.path = "awsRegion", .field = &Event::region},
    in_raw_only("errorMessage", &Event::error_message),
    in_raw_only("eventID", &Event::id),
    in_raw_only("eventCategory", &Event::category),
    in_raw_only("recipientAccountId", &Event::recipient_account),
    in_raw_only("userAgent", &Event::user_agent),
    in_raw_only("userIdentity.accountId", &Event::caller_account),
    in_raw_only("userIdentity.accessKeyId", &Event::access_key),
    in_raw_only("userIdentity.invokedBy", &Event::invoked_by),
    in_raw_only("userIdentity.inScopeOf.issuerType", &Event::workload_type),
    in_raw_only("userIdentity.inScopeOf.credentialsIssuedTo", &Event::workload),
    in_raw_only("userIdentity.sessionContext.sessionIssuer.arn", &Event::issuer_arn),
    in_raw_only("userIdentity.sessionContext.sourceIdentity", &Event::source_identity),
    in_raw_only("userIdentity.sessionContext.webIdFederationData.federatedProvider",
                &Event::web_identity_provider),
    in_raw_only("additionalEventData.callWithBearerToken", &Event::with_bearer_token),
    ShapePath{
        .path = "requestParameters", .holds = Holds::object, .field = &Event::request_parameters},
    ShapePath{.path = "detail", .holds = Holds::record},
    ShapePath{.path = "CloudTrailEvent", .holds = Holds::record_text},
    ShapePath{.path = "Records", .holds = Holds::records},
    ShapePath{.path = "Events", .holds = Holds::records},
};

// Recurses as deep as the paths go.
void index_keys(Shape::Node& node) {
    std::vector<std::string_view> keys;
    for (Shape::Node& child : node.children) {
        keys.emplace_back(child.key);
        index_keys(child);
    }
    node.keys = text::KeyTable(keys);
}

json::RecordKeys record_keys_of(std::span<const ShapePath> paths) {
    std::vector<std::string_view> lists;
    std::string_view name;
    for (const ShapePath& line : paths) {
        const bool is_at_top = !line.path.contains('.');
        if (line.holds == Holds::records && is_at_top) lists.push_back(line.path);
        if (line.field == &Event::name) name = line.path.substr(line.path.rfind('.') + 1);
    }
    return {.lists = text::KeyTable(lists), .name = json::NameKey(name)};
}

}  // namespace

Shape::Shape(std::span<const ShapePath> paths)
    : paths_(paths), record_keys_(record_keys_of(paths)) {
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

const Shape& Shape::cloudtrail() {
    static const Shape shape(k_cloudtrail_paths);
    return shape;
}

}  // namespace cloudhijack::log
