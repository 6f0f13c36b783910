#include "detect/hunt/subjects.hpp"

#include <iterator>

#include "counting/hash.hpp"
#include "text/utf8.hpp"

namespace cloudhijack::detect {

void Subjects::add(std::string_view text, const CallKind& kind, std::int64_t second) {
    if (counting::Seconds* own = find_or_insert(text, kind)) own->add(second);
}

void Subjects::add(std::string_view text, const CallKind& kind, const counting::Seconds& seconds) {
    if (seconds.is_empty()) return;
    if (counting::Seconds* own = find_or_insert(text, kind)) own->merge(seconds);
}

void Subjects::merge(const Subjects& other) {
    is_cut_ |= other.is_cut_;
    for (const auto& [key, theirs] : other.subjects_) {
        Subject* mine = find_or_insert(key, theirs.text);
        if (mine == nullptr) continue;
        for (const auto& [kind, seconds] : theirs.calls) {
            if (counting::Seconds* own = find_or_insert(*mine, kind)) own->merge(seconds);
        }
    }
}

// Null if it is not kept, and so in the overloads below.
counting::Seconds* Subjects::find_or_insert(std::string_view text, const CallKind& kind) {
    text = text::front_of(text, k_longest);
    if (text.empty()) return nullptr;
    const auto hash = counting::hash_of(std::to_string(kind.service) + ':' + std::string(text));
    Subject* subject = find_or_insert({kind.kind, hash}, text);
    return subject == nullptr ? nullptr : find_or_insert(*subject, kind);
}

counting::Seconds* Subjects::find_or_insert(Subject& subject, const CallKind& kind) {
    if (const auto found = subject.calls.find(kind); found != subject.calls.end()) {
        return &found->second;
    }
    if (subject.calls.size() == k_most_kinds) {
        is_cut_ = true;
        const auto last = std::prev(subject.calls.end());
        if (last->first < kind) return nullptr;
        subject.calls.erase(last);
    }
    return &subject.calls[kind];
}

Subjects::Subject* Subjects::find_or_insert(Key key, std::string_view text) {
    if (const auto found = subjects_.find(key); found != subjects_.end()) return &found->second;
    std::uint16_t& size = sizes_.at(static_cast<std::size_t>(key.first));
    if (size == k_most) {
        is_cut_ = true;
        constexpr std::uint64_t largest_hash = ~std::uint64_t{0};
        const auto last = std::prev(subjects_.upper_bound({key.first, largest_hash}));
        if (key.second > last->first.second) return nullptr;
        subjects_.erase(last);
        --size;
    }
    ++size;
    return &subjects_.emplace(key, Subject{.text = std::string(text), .calls = {}}).first->second;
}

}  // namespace cloudhijack::detect
