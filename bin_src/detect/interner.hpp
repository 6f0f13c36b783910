#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>

namespace cloudhijack::detect {

/// Keeps each distinct text once. Texts come from attackers, so the look-up is a tree, which no
/// choice of texts can slow down.
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
        auto found = texts_.lower_bound(text);
        if (found == texts_.end() || *found != text) found = texts_.emplace_hint(found, text);
        return *found;
    }

  private:
    std::set<std::string, std::less<>> texts_;
};

}  // namespace cloudhijack::detect
