#pragma once

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "detect/hash.hpp"

namespace cloudhijack::detect {

/// Keeps each distinct text once. Texts come from attackers, so the look-up is a tree, which no
/// choice of texts can slow down. Most texts have come before, and are found by their hash in a
/// table of the latest, where the worst choice of texts only has to look them up in the tree.
class Interner {
  public:
    Interner() = default;
    Interner(const Interner&) = delete;  // a copy's users would still view the original's texts
    Interner& operator=(const Interner&) = delete;
    Interner(Interner&&) = default;
    Interner& operator=(Interner&&) = default;
    ~Interner() = default;

    /// An equal text that is valid as long as the interner.
    std::string_view keep(std::string_view text) {
        if (latest_.empty()) latest_.resize(k_latest);
        std::string_view& latest = latest_[hash_of(text) % k_latest];
        if (latest.data() != nullptr && latest == text) return latest;
        auto found = texts_.lower_bound(text);
        if (found == texts_.end() || *found != text) found = texts_.emplace_hint(found, text);
        latest = *found;
        return latest;
    }

  private:
    static constexpr std::size_t k_latest = 4096;

    std::vector<std::string_view> latest_;
    std::set<std::string, std::less<>> texts_;
};

}  // namespace cloudhijack::detect
