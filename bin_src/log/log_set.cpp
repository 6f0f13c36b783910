#include "log/log_set.hpp"

#include <algorithm>

namespace cloudhijack::log {

LogSet::LogSet(std::span<const Log* const> logs) {
    members_.reserve(logs.size());
    std::vector<std::string_view> lists;
    for (const Log* log : logs) {
        members_.push_back({.log = log, .shape = Shape(log->paths)});
        for (const ShapePath& line : log->paths) {
            const bool is_at_top = !line.path.contains('.');
            if (line.holds == Holds::records && is_at_top) lists.push_back(line.path);
        }
    }
    record_keys_.lists = text::KeyTable(lists);
    if (const Log* named = named_log()) record_keys_.name = json::NameKey(named->name_key);
}

const Log* LogSet::named_log() const {
    const auto found = std::ranges::find_if(
        members_, [](const ShapedLog& member) { return !member.log->name_key.empty(); });
    return found == members_.end() ? nullptr : found->log;
}

std::vector<std::string_view> LogSet::other_marks() const {
    std::vector<std::string_view> marks;
    for (const ShapedLog& member : members_) {
        if (member.log != named_log()) marks.push_back(member.log->mark);
    }
    return marks;
}

}  // namespace cloudhijack::log
