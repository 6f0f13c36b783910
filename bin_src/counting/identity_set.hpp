#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cloudhijack::counting {

/// Distinct 64-bit hashes that distinguish calls, all of them: 8 to 16 bytes each, and up to 128
/// bytes for the first 16. What it holds depends only on which were added, not on order or
/// grouping. They are sorted, not hashed again, so nobody can slow it down by choosing them.
class IdentitySet {
  public:
    /// In logarithmic time on average; one that is there already changes nothing.
    void add(std::uint64_t identity);
    void merge(const IdentitySet& other);

    /// How many distinct ones there are. Takes as long as all().
    [[nodiscard]] std::size_t size() const { return all().size(); }
    /// Each once, ascending. Copies and sorts them.
    [[nodiscard]] std::vector<std::uint64_t> all() const;

  private:
    static constexpr std::size_t k_fewest = 16;

    std::vector<std::uint64_t> identities_;  ///< those added since the last sorting can repeat
    std::size_t sort_at_ = k_fewest;         ///< their number at which they are sorted again
};

}  // namespace cloudhijack::counting
