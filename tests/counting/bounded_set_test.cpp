#include "counting/bounded_set.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <set>
#include <string>
#include <vector>

using cloudhijack::counting::BoundedSet;

namespace {

std::vector<std::string> texts(std::size_t count) {
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < count; ++i) texts.push_back("text-" + std::to_string(i * 7919));
    return texts;
}

BoundedSet set_of(const std::vector<std::string>& texts) {
    BoundedSet set;
    for (const std::string& text : texts) set.add(text);
    return set;
}

void check_same(const BoundedSet& a, const BoundedSet& b) {
    CHECK(a.size() == b.size());
    CHECK(a.is_estimated() == b.is_estimated());
    CHECK(std::ranges::equal(a.texts(), b.texts()));
}

}  // namespace

TEST_CASE("bounded set: exact up to its bound, beyond it the first texts in byte order") {
    for (const std::size_t count : {0U, 1U, 99U, 100U, 101U, 999U, 1000U, 1001U, 5000U}) {
        CAPTURE(count);
        auto all = texts(count);
        const BoundedSet set = set_of(all);
        std::ranges::sort(all);
        CHECK(set.is_estimated() == (count > BoundedSet::k_exact));
        if (!set.is_estimated()) CHECK(set.size() == count);
        all.resize(std::min(count, BoundedSet::k_shown));
        CHECK(std::ranges::equal(set.shown(), all));
    }
}

TEST_CASE("bounded set: beyond its bound the size is an estimate within 10 percent") {
    for (const std::size_t count : {1500U, 10'000U, 100'000U}) {
        const auto size = static_cast<double>(set_of(texts(count)).size());
        CHECK(std::abs(size / static_cast<double>(count) - 1) < 0.1);
    }
}

TEST_CASE("bounded set: any split, order and repetition gives the same set") {
    for (unsigned seed = 0; seed < 200; ++seed) {
        CAPTURE(seed);
        std::mt19937 random(seed);
        const auto all = texts(900 + random() % 1300);
        std::vector<std::string> delivered = all;
        for (std::size_t i = 0; i < all.size() / 2; ++i) {
            delivered.push_back(all[random() % all.size()]);
        }
        std::ranges::shuffle(delivered, random);
        std::vector<BoundedSet> parts(1 + random() % 5);
        for (const std::string& text : delivered) parts[random() % parts.size()].add(text);
        BoundedSet merged;
        for (const BoundedSet& part : parts) merged.merge(part);
        check_same(merged, set_of(all));
    }
}

TEST_CASE("bounded set: long texts are cut between characters, an empty one is ignored") {
    BoundedSet set;
    set.add("");
    CHECK(set.is_empty());
    const std::string text(BoundedSet::k_longest - 1, 'a');
    set.add(text + "\xC3\xA9");
    set.add(text);
    CHECK(set.size() == 1);
    set.add(std::string(BoundedSet::k_longest, 'b'));
    set.add(std::string(BoundedSet::k_longest + 9, 'b'));
    CHECK(set.size() == 2);
    CHECK(set.texts()[1].size() == BoundedSet::k_longest);
}
