#include "counting/hash_index.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <map>
#include <random>
#include <stdexcept>
#include <vector>

using cloudhijack::counting::HashIndex;

namespace {

/// Values in the order in which they were first added.
struct Numbers {
    std::vector<std::uint32_t> values;
    HashIndex index;

    std::uint32_t place_of(std::uint32_t value, std::uint32_t hash) {
        return index.find_or_make(
            hash, [&](std::uint32_t place) { return values[place] == value; },
            [&] {
                values.push_back(value);
                return static_cast<std::uint32_t>(values.size() - 1);
            });
    }
};

}  // namespace

TEST_CASE("hash index: finds the same items as a map, whatever the hashes are") {
    constexpr std::uint32_t all = UINT32_MAX;
    // All collide; few places; neighbours; all at the end, from where the table continues at its
    // start.
    for (const std::uint32_t kept : {0U, all << 29U, all << 16U, all}) {
        for (const std::uint32_t set : {0U, all << 2U}) {
            std::mt19937 random(kept ^ set);
            Numbers numbers;
            std::map<std::uint32_t, std::uint32_t> plain;
            for (int i = 0; i < 3000; ++i) {
                const auto value = static_cast<std::uint32_t>(random() % 1000);
                const std::uint32_t hash = (value * 0x9E3779B9U & kept) | set;
                const auto [found, is_new] =
                    plain.emplace(value, static_cast<std::uint32_t>(plain.size()));
                CHECK(numbers.place_of(value, hash) == found->second);
            }
            CHECK(numbers.values.size() == plain.size());
        }
    }
}

TEST_CASE("hash index: an item that could not be made is not in the index") {
    Numbers numbers;
    for (std::uint32_t value = 0; value < 100; ++value) {
        const auto fail = [](auto...) -> std::uint32_t { throw std::length_error("full"); };
        CHECK_THROWS_AS(numbers.index.find_or_make(
                            value << 8U, [](std::uint32_t) { return false; }, fail),
                        std::length_error);
        CHECK(numbers.place_of(value, value << 8U) == value);
    }
    CHECK(numbers.values.size() == 100);
}
