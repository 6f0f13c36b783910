#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <new>
#include <vector>

namespace cloudhijack::counting {

/// Finds the items of a list that is stored elsewhere, by hashes of the items: a flat table of
/// their numbers with linear probing. Attackers must not be able to predict the hash. The table
/// grows and never shrinks; it needs 11 to 21 bytes per item.
class HashIndex {
  public:
    /// The number of the item with this hash for which `is_it(number)` holds. If there is none, the
    /// number that `make()` returns after it has added the item to the list. If `make` throws, the
    /// index is unchanged.
    template <class IsIt, class Make>
    std::uint32_t find_or_make(std::uint32_t hash, IsIt is_it, Make make) {
        if ((size_ + 1) * 4 > slots_.size() * 3) grow();
        for (std::size_t at = place_of(hash);; at = (at + 1) & (slots_.size() - 1)) {
            IndexSlot& slot = slots_[at];
            if (slot.number == k_none) {
                slot = {.hash = hash, .number = make()};
                ++size_;
                return slot.number;
            }
            if (slot.hash == hash && is_it(slot.number)) return slot.number;
        }
    }

    /// Prefetches the memory that find_or_make() will read for a hash.
    void prefetch(std::uint32_t hash) const {
        if (!slots_.empty()) __builtin_prefetch(&slots_[place_of(hash)]);
    }

  private:
    static constexpr std::uint32_t k_none = std::numeric_limits<std::uint32_t>::max();
    static constexpr std::size_t k_fewest_slots = 16;
    static constexpr std::size_t k_most_slots = std::size_t{1} << 32U;

    struct IndexSlot {
        std::uint32_t hash = 0;
        std::uint32_t number = k_none;
    };

    // Uses the leading bits of the hash: a larger table has its items in the same order, so growing
    // fills it from one end to the other.
    [[nodiscard]] std::size_t place_of(std::uint32_t hash) const {
        return static_cast<std::size_t>((std::uint64_t{hash} * slots_.size()) >> 32U);
    }

    void grow() {
        if (slots_.size() == k_most_slots) throw std::bad_alloc();
        std::vector<IndexSlot> old(slots_.empty() ? k_fewest_slots : slots_.size() * 2);
        slots_.swap(old);
        for (const IndexSlot& slot : old) {
            if (slot.number == k_none) continue;
            std::size_t at = place_of(slot.hash);
            while (slots_[at].number != k_none) at = (at + 1) & (slots_.size() - 1);
            slots_[at] = slot;
        }
    }

    std::vector<IndexSlot> slots_;  ///< their number is a power of two, or zero
    std::size_t size_ = 0;
};

}  // namespace cloudhijack::counting
