#include "detect/hunt/hour_sums.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace cloudhijack;
using namespace cloudhijack::detect;

namespace {

using RegionSums = std::map<std::string, std::uint64_t>;

/// Some calls of one kind, in numbered regions.
struct RegionCalls {
    int region = 0;
    std::uint64_t count = 1;
};

std::string region_name(int number) { return "region-" + std::to_string(number); }

void add(HourSums& sums, counting::Interner& labels, const RegionCalls& calls) {
    sums.add({.minute = static_cast<std::uint8_t>(calls.region % 60),
              .call = static_cast<std::uint16_t>(calls.region % 2),
              .phases = {},
              .region = labels.keep(region_name(calls.region))},
             {.count = calls.count, .seconds = counting::MinuteBits::of(calls.region % 60)});
    sums.limit_regions(labels);
}

RegionSums by_region(const HourSums& sums, const counting::Interner& labels) {
    RegionSums all;
    sums.for_each([&](const HourSums::SumKey& key, const HourSums::Sum& sum) {
        all[std::string(labels.text(key.region))] += sum.count;
    });
    return all;
}

RegionSums sums_of(const std::vector<RegionCalls>& all) {
    HourSums sums;
    counting::Interner labels;
    for (const RegionCalls& calls : all) add(sums, labels, calls);
    return by_region(sums, labels);
}

}  // namespace

TEST_CASE("hour sums: regions are kept up to the bound") {
    std::vector<RegionCalls> all;
    for (int region = 0; region < static_cast<int>(HourSums::k_most_regions); ++region) {
        all.push_back({.region = region, .count = 2});
        all.push_back({.region = region, .count = 1});
    }
    const RegionSums sums = sums_of(all);
    CHECK(sums.size() == HourSums::k_most_regions);
    CHECK(std::ranges::all_of(sums, [](const auto& sum) { return sum.second == 3; }));
}

TEST_CASE("hour sums: beyond the bound the same regions are kept in any order, and none is lost") {
    std::vector<RegionCalls> all;
    for (int region = 0; region < 500; ++region) {
        all.push_back({.region = region, .count = 1});
        if (region % 3 == 0) all.push_back({.region = region, .count = 5});
    }
    const RegionSums expected = sums_of(all);
    CHECK(expected.size() == HourSums::k_most_regions + 1);
    REQUIRE(expected.contains(std::string(HourSums::k_other_regions)));
    std::uint64_t total = 0;
    for (const auto& [region, count] : expected) total += count;
    CHECK(total == 500 + 167 * 5);
    for (unsigned seed = 0; seed < 20; ++seed) {
        CAPTURE(seed);
        std::mt19937 random(seed);
        std::ranges::shuffle(all, random);
        CHECK(sums_of(all) == expected);
        // In two parts, of which one is added to the other, with its own numbers of regions.
        HourSums parts[2];
        counting::Interner labels[2];
        for (std::size_t i = 0; i < all.size(); ++i) add(parts[i % 2], labels[i % 2], all[i]);
        parts[1].for_each([&](HourSums::SumKey key, const HourSums::Sum& sum) {
            key.region = labels[0].keep(labels[1].text(key.region));
            parts[0].add(key, sum);
            parts[0].limit_regions(labels[0]);
        });
        CHECK(by_region(parts[0], labels[0]) == expected);
    }
}

TEST_CASE("hour sums: the number of sums is bounded whatever the regions") {
    HourSums sums;
    counting::Interner labels;
    for (int region = 0; region < 20'000; ++region) add(sums, labels, {.region = region});
    std::size_t count = 0;
    sums.for_each([&count](const HourSums::SumKey&, const HourSums::Sum&) { ++count; });
    CHECK(count <= HourSums::k_most_regions + std::size_t{2} * 60);
}
