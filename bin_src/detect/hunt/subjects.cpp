#include "detect/hunt/subjects.hpp"

#include <iterator>

#include "counting/hash.hpp"
#include "text/utf8.hpp"

namespace cloudhijack::detect {
namespace {

constexpr std::size_t k_longest = 256;

}  // namespace

void Subjects::add(std::string_view text, const CallKind& kind, std::int64_t second) {
    text = text::front_of(text, k_longest);
    if (text.empty()) return;
    const auto hash = counting::hash_of(std::to_string(kind.service) + ':' + std::string(text));
    if (Subject* subject = find_or_insert(hash, text)) subject->calls[kind].add(second);
}

void Subjects::merge(const Subjects& other) {
    is_cut_ |= other.is_cut_;
    for (const auto& [hash, theirs] : other.subjects_) {
        Subject* mine = find_or_insert(hash, theirs.text);
        if (mine == nullptr) continue;
        for (const auto& [kind, seconds] : theirs.calls) mine->calls[kind].merge(seconds);
    }
}

// Null where a text of this hash is not kept.
Subjects::Subject* Subjects::find_or_insert(std::uint64_t hash, std::string_view text) {
    if (const auto found = subjects_.find(hash); found != subjects_.end()) return &found->second;
    if (subjects_.size() == k_most) {
        is_cut_ = true;
        if (hash > subjects_.rbegin()->first) return nullptr;
        subjects_.erase(std::prev(subjects_.end()));
    }
    return &subjects_.emplace(hash, Subject{.text = std::string(text), .calls = {}}).first->second;
}

}  // namespace cloudhijack::detect
