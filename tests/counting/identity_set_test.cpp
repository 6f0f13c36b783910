#include "counting/identity_set.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <set>
#include <vector>

using cloudhijack::counting::IdentitySet;

TEST_CASE(
    "identity set: each identity counts once, however often and in whatever parts it is added") {
    for (unsigned seed = 0; seed < 50; ++seed) {
        CAPTURE(seed);
        std::mt19937_64 random(seed);
        const std::uint64_t different = std::uint64_t{1} << random() % 10U;
        std::set<std::uint64_t> plain;
        IdentitySet whole;
        std::vector<IdentitySet> parts(3);
        for (auto left = random() % 2000; left > 0; --left) {
            const std::uint64_t identity = UINT64_MAX - random() % different;
            plain.insert(identity);
            whole.add(identity);
            parts[random() % parts.size()].add(identity);
        }
        IdentitySet merged;
        for (const IdentitySet& part : parts) merged.merge(part);
        CHECK(whole.size() == plain.size());
        CHECK(std::ranges::equal(whole.all(), plain));
        CHECK(merged.all() == whole.all());
    }
}

TEST_CASE("identity set: an empty set") {
    IdentitySet set;
    set.merge(IdentitySet{});
    CHECK(set.size() == 0);
    CHECK(set.all().empty());
}
