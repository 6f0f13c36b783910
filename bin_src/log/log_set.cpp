#include "log/log_set.hpp"

#include <algorithm>

#include "log/envelopes.hpp"

namespace cloudhijack::log {

LogSet::LogSet(std::span<const Log* const> logs) {
    members_.reserve(logs.size());
    for (const Log* log : logs) members_.push_back({.log = log, .shape = Shape(log->paths)});
    const auto named = std::ranges::find_if(
        members_, [](const ShapedLog& member) { return !member.log->name_key.empty(); });
    if (named != members_.end()) main_ = static_cast<std::size_t>(named - members_.begin());
    record_keys_ = {.lists = keys_of_lists(), .name = json::NameKey(main().log->name_key)};
}

const Log* LogSet::find(std::string_view id) const {
    const auto found = std::ranges::find_if(
        members_, [id](const ShapedLog& member) { return member.log->id == id; });
    return found == members_.end() ? nullptr : found->log;
}

bool LogSet::can_show(std::string_view source) const {
    return std::ranges::any_of(
        members_, [source](const ShapedLog& member) { return member.log->can_show(source); });
}

bool LogSet::has_addresses(std::string_view source) const {
    return std::ranges::none_of(members_, [source](const ShapedLog& member) {
        return !member.log->has_addresses && member.log->can_show(source);
    });
}

text::KeyTable LogSet::keys_of_others() const {
    std::vector<std::string_view> keys;
    for (const ShapedLog& member : members_) {
        if (member.log == main().log) continue;
        for (const Shape::Node& node : member.shape.root().children) {
            if (main().shape.root().child(node.key) == nullptr) keys.emplace_back(node.key);
        }
    }
    return text::KeyTable(keys);
}

std::vector<std::string_view> LogSet::other_marks() const {
    std::vector<std::string_view> marks;
    for (const ShapedLog& member : members_) {
        if (member.log != main().log) marks.push_back(member.log->mark);
    }
    return marks;
}

}  // namespace cloudhijack::log
