#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <new>
#include <vector>

namespace cloudhijack::counting {

/// Finds the items of a list, which stands elsewhere, by hashes of them: a flat table of their
/// numbers, probed one slot after the other. The hash must be one that attackers cannot know.
/// Grows, never shrinks; 11 to 21 bytes an item.
class HashIndex {
  public:
    /// The number of the item with this hash for which `is_it(number)` holds; where there is none,
    /// what `make()` returns, which adds the item to the list. `make` may throw, and then nothing
    /// has changed here.
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

    /// Begins to fetch from memory what find_or_make() will need for a hash.
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

    // By the first bits: a larger table has its items in the same order, so it fills from one end
    // to the other.
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

    std::vector<IndexSlot> slots_;  ///< as many as a power of two, or none
    std::size_t size_ = 0;
};

}  // namespace cloudhijack::counting
