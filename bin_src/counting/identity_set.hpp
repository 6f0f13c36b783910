#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cloudhijack::counting {

/// Distinct 64-bit hashes that identify calls, all of them: 8 to 16 bytes each, and up to 128 bytes
/// for the first 16. The content depends only on which hashes were added, not on their order or
/// grouping. They are sorted, not hashed again, so nobody can slow the set down by choosing them.
class IdentitySet {
  public:
    /// Takes logarithmic time on average. Adding a hash that is in the set changes nothing.
    void add(std::uint64_t identity);
    void merge(const IdentitySet& other);

    /// The number of distinct hashes. Takes as long as all().
    [[nodiscard]] std::size_t size() const { return all().size(); }
    /// Each hash once, in ascending order. Copies and sorts them.
    [[nodiscard]] std::vector<std::uint64_t> all() const;

  private:
    static constexpr std::size_t k_fewest = 16;

    std::vector<std::uint64_t> identities_;  ///< those added since the last sort can repeat
    std::size_t sort_at_ = k_fewest;         ///< the number of them at which they are sorted again
};

}  // namespace cloudhijack::counting
