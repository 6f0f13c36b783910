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

/// Tells which of some keys a text is. The keys are known beforehand and are ours, so a hash that
/// is quick on short texts does: whatever is looked up, a look-up passes over few of them.
class KeyTable {
  public:
    KeyTable() = default;

    /// Of equal keys the first counts.
    explicit KeyTable(std::span<const std::string_view> keys)
        : keys_(keys.begin(), keys.end()), slots_(std::bit_ceil(keys.size() * 4 + 1)) {
        for (std::uint32_t place = 0; place < keys_.size(); ++place) {
            const std::uint32_t hash = hash_of(keys_[place]);
            KeySlot& slot = slots_[slot_of(keys_[place], hash)];
            if (slot.place == k_free) slot = {.hash = hash, .place = place};
        }
    }

    /// Its place among the keys; nullopt where it is none of them.
    [[nodiscard]] std::optional<std::size_t> find(std::string_view text) const {
        if (slots_.empty()) return std::nullopt;
        const std::uint32_t place = slots_[slot_of(text, hash_of(text))].place;
        return place == k_free ? std::nullopt : std::optional<std::size_t>(place);
    }

    [[nodiscard]] bool contains(std::string_view text) const { return find(text).has_value(); }

    /// As text == key, without the call of a function that only long texts are worth.
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
        std::uint32_t place = k_free;  ///< of a key
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

    // Where a text is, or would be.
    [[nodiscard]] std::size_t slot_of(std::string_view text, std::uint32_t hash) const {
        for (std::size_t slot = hash;; ++slot) {
            slot &= slots_.size() - 1;
            const KeySlot& at = slots_[slot];
            if (at.place == k_free) return slot;
            if (at.hash == hash && same(text, keys_[at.place])) return slot;
        }
    }

    std::vector<std::string> keys_;
    std::vector<KeySlot> slots_;  ///< at least three quarters of them free
};

}  // namespace cloudhijack::text
