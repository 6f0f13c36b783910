#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "detect/hash.hpp"

namespace cloudhijack::detect {

/// Keeps each distinct text once. Texts come from attackers, so the hash has a seed that nobody can
/// know beforehand: no choice of texts makes them meet at one place.
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
        const auto found = texts_.find(text);
        return found != texts_.end() ? *found : *texts_.emplace(text).first;
    }

  private:
    struct Hash {
        using is_transparent = void;  // NOLINT(readability-identifier-naming): the library's name
        std::size_t operator()(std::string_view text) const { return secret_hash_of(text); }
    };

    std::unordered_set<std::string, Hash, std::equal_to<>> texts_;
};

}  // namespace cloudhijack::detect
