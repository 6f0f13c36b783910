#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "counting/hash.hpp"
#include "counting/hash_index.hpp"

namespace cloudhijack::counting {

/// Keeps each distinct text once and numbers the texts: 0 for the first, and so on. Attackers
/// choose the texts, so the hash has a seed that nobody can know beforehand: no choice of texts
/// makes them collide.
class Interner {
  public:
    Interner() = default;
    Interner(const Interner&) =
        delete;  // views into the original's texts would be left in a copy's users
    Interner& operator=(const Interner&) = delete;
    Interner(Interner&&) = default;
    Interner& operator=(Interner&&) = default;
    ~Interner() = default;

    static std::uint32_t hash_of(std::string_view text) {
        return static_cast<std::uint32_t>(secret_hash_of(text) >> 32U);
    }

    /// The number of an equal text. The text is shorter than 4 GiB; the hash is hash_of(text).
    std::uint32_t keep(std::string_view text) { return keep(text, hash_of(text)); }
    std::uint32_t keep(std::string_view text, std::uint32_t hash) {
        return index_.find_or_make(
            hash, [&](std::uint32_t number) { return texts_[number].view() == text; },
            [&] {
                const auto size = static_cast<std::uint32_t>(text.size());
                texts_.push_back({.begin = store(text), .size = size, .hash = hash});
                return static_cast<std::uint32_t>(texts_.size() - 1);
            });
    }

    /// Prefetches the memory that keep() will read for a text with this hash.
    void prefetch(std::uint32_t hash) const { index_.prefetch(hash); }

    /// The numbers that keep() returns for another interner's texts, in the order of their numbers
    /// there.
    std::vector<std::uint32_t> keep_all(const Interner& other) {
        constexpr std::size_t ahead = 8;
        std::vector<std::uint32_t> numbers;
        numbers.reserve(other.texts_.size());
        for (std::size_t i = 0; i < other.texts_.size(); ++i) {
            if (i + ahead < other.texts_.size()) prefetch(other.texts_[i + ahead].hash);
            numbers.push_back(keep(other.texts_[i].view(), other.texts_[i].hash));
        }
        return numbers;
    }

    /// Valid as long as the interner exists.
    [[nodiscard]] std::string_view text(std::uint32_t number) const {
        return texts_[number].view();
    }
    [[nodiscard]] std::uint32_t hash(std::uint32_t number) const { return texts_[number].hash; }

  private:
    static constexpr std::size_t k_first_block = 1024;
    static constexpr std::size_t k_largest_block = std::size_t{256} * 1024;

    struct Text {
        const char* begin = nullptr;
        std::uint32_t size = 0;
        std::uint32_t hash = 0;

        [[nodiscard]] std::string_view view() const { return {begin, size}; }
    };

    /// A block of texts that are stored back to back.
    struct TextBlock {
        std::unique_ptr<char[]> bytes;
        std::size_t size = 0;
        std::size_t used = 0;
    };

    const char* store(std::string_view text) {
        if (blocks_.empty() || text.size() > blocks_.back().size - blocks_.back().used) {
            const std::size_t next = blocks_.empty() ? k_first_block : blocks_.back().size * 2;
            const std::size_t size = std::max(text.size(), std::min(next, k_largest_block));
            blocks_.push_back(
                {.bytes = std::make_unique_for_overwrite<char[]>(size), .size = size});
        }
        TextBlock& block = blocks_.back();
        char* begin = block.bytes.get() + block.used;
        std::ranges::copy(text, begin);
        block.used += text.size();
        return begin;
    }

    std::vector<Text> texts_;
    HashIndex index_;
    std::vector<TextBlock> blocks_;  ///< the storage of the texts
};

}  // namespace cloudhijack::counting
