#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cloudhijack::text {

/// Finds a text among keys that are known beforehand. The keys are fixed and trusted, so a weak but
/// fast hash is enough: no input can fill the table with colliding keys.
class KeyTable {
  public:
    KeyTable() = default;

    /// If two keys are equal, the first one counts.
    explicit KeyTable(std::span<const std::string_view> keys)
        : keys_(keys.begin(), keys.end()), slots_(std::bit_ceil(keys.size() * 4 + 1)) {
        for (std::uint32_t index = 0; index < keys_.size(); ++index) {
            const std::uint32_t hash = hash_of(keys_[index]);
            KeySlot& slot = slots_[slot_of(keys_[index], hash)];
            if (slot.index == k_free) slot = {.hash = hash, .index = index};
        }
    }

    /// The index of the text among the keys; nullopt if it is not a key.
    [[nodiscard]] std::optional<std::size_t> find(std::string_view text) const {
        if (slots_.empty()) return std::nullopt;
        const std::uint32_t index = slots_[slot_of(text, hash_of(text))].index;
        return index == k_free ? std::nullopt : std::optional<std::size_t>(index);
    }

    [[nodiscard]] bool contains(std::string_view text) const { return find(text).has_value(); }

    /// The same as text == key, without a call of memcmp, which pays off only for long texts.
    static bool same(std::string_view text, std::string_view key) {
        constexpr std::size_t step = sizeof(std::uint64_t);
        if (text.size() != key.size()) return false;
        if (text.size() < step) return text == key;
        for (std::size_t at = 0; at + step < text.size(); at += step) {
            if (load<std::uint64_t>(text.data() + at) != load<std::uint64_t>(key.data() + at)) {
                return false;
            }
        }
        const std::size_t last = text.size() - step;
        return load<std::uint64_t>(text.data() + last) == load<std::uint64_t>(key.data() + last);
    }

  private:
    static constexpr std::uint32_t k_free = 0xFFFFFFFF;

    template <class Word>
    static Word load(const char* bytes) {
        Word word = 0;
        std::memcpy(&word, bytes, sizeof(word));
        return word;
    }

    struct KeySlot {
        std::uint32_t hash = 0;
        std::uint32_t index = k_free;  ///< the index of a key
    };

    static std::uint32_t hash_of(std::string_view text) {
        std::uint64_t front = 0;
        std::uint64_t back = 0;
        if (text.size() >= sizeof(std::uint32_t)) {
            front = load<std::uint32_t>(text.data());
            back = load<std::uint32_t>(text.data() + text.size() - sizeof(std::uint32_t));
        } else {
            for (const char c : text) front = front << 8U | static_cast<unsigned char>(c);
        }
        const std::uint64_t mixed = (front << 32U | back) ^ text.size();
        return static_cast<std::uint32_t>((mixed * 0x9E3779B97F4A7C15U) >> 32U);
    }

    // The slot that holds the text, or the free slot where it would go.
    [[nodiscard]] std::size_t slot_of(std::string_view text, std::uint32_t hash) const {
        for (std::size_t slot = hash;; ++slot) {
            slot &= slots_.size() - 1;
            const KeySlot& at = slots_[slot];
            if (at.index == k_free) return slot;
            if (at.hash == hash && same(text, keys_[at.index])) return slot;
        }
    }

    std::vector<std::string> keys_;
    std::vector<KeySlot> slots_;  ///< at least three quarters of them are free
};

}  // namespace cloudhijack::text
