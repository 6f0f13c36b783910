#include "counting/bounded_set.hpp"

#include <algorithm>
#include <cmath>

#include "counting/hash.hpp"
#include "text/utf8.hpp"

namespace cloudhijack::counting {

void BoundedSet::add(std::string_view text) {
    text = text::front_of(text, k_longest);
    if (text.empty()) return;
    if (is_estimated()) add_hash(hash_of(text));
    const auto place = std::ranges::lower_bound(texts_, text);
    if (place != texts_.end() && *place == text) return;
    if (!is_estimated()) {
        texts_.emplace(place, text);
        if (texts_.size() > k_exact) keep_samples_only();
    } else if (place != texts_.end() || texts_.size() < k_shown) {
        texts_.emplace(place, text);
        if (texts_.size() > k_shown) texts_.pop_back();
    }
}

void BoundedSet::merge(const BoundedSet& other) {
    for (const std::uint64_t hash : other.hashes_) add_sampled(hash);
    for (const std::string& text : other.texts_) add(text);
}

void BoundedSet::add_sampled(std::uint64_t hash) {
    if (!is_estimated()) keep_samples_only();
    add_hash(hash);
}

std::uint64_t BoundedSet::size() const {
    if (!is_estimated()) return texts_.size();
    if (hashes_.size() < k_exact) return hashes_.size();  // some parts of the set have not arrived
    // Of n texts the k-th smallest hash is at about k/n of the hash range; (k-1) makes it unbiased.
    const double part = static_cast<double>(hashes_.back()) / std::ldexp(1.0, 64);
    constexpr double most = 1e18;  // hashes that another machine sent can have any value
    return static_cast<std::uint64_t>(
        std::llround(std::min(static_cast<double>(k_exact - 1) / part, most)));
}

std::span<const std::string> BoundedSet::shown() const {
    return std::span(texts_).first(std::min(texts_.size(), k_shown));
}

void BoundedSet::add_hash(std::uint64_t hash) {
    if (hashes_.size() == k_exact && hash >= hashes_.back()) return;
    const auto place = std::ranges::lower_bound(hashes_, hash);
    if (place != hashes_.end() && *place == hash) return;
    hashes_.insert(place, hash);
    if (hashes_.size() > k_exact) hashes_.pop_back();
}

void BoundedSet::keep_samples_only() {
    for (const std::string& text : texts_) add_hash(hash_of(text));
    texts_.resize(std::min(texts_.size(), k_shown));
    texts_.shrink_to_fit();
}

}  // namespace cloudhijack::counting
