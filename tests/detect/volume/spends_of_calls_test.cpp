#include "detect/volume/spends_of_calls.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <random>
#include <vector>

using namespace cloudhijack;
using namespace cloudhijack::detect;

namespace {

CallSpend spend(std::uint64_t identity, std::uint32_t model, std::uint32_t tokens) {
    return {.identity = identity, .model = model, .spent = {.input_tokens = tokens}};
}

}  // namespace

TEST_CASE("SpendsOfCalls: deliveries of one call count once, with the most expensive one") {
    SpendsOfCalls spends;
    spends.add(spend(1, 0, 10));
    spends.add(spend(1, 0, 30));
    spends.add(spend(1, 0, 20));
    spends.add(spend(2, 1, 5));
    spends.add(0, rules::SpendSum{.input_tokens = 100});
    CHECK(spends.calls().size() == 2);
    CHECK(spends.sums().at(0).input_tokens == 130);
    CHECK(spends.sums().at(1).input_tokens == 5);
}

TEST_CASE("SpendsOfCalls: the result is the same however the calls are divided") {
    constexpr std::array<std::uint32_t, 3> same = {0, 1, 2};
    for (unsigned seed = 0; seed < 50; ++seed) {
        std::mt19937 random(seed);
        std::vector<CallSpend> calls;
        std::map<std::uint64_t, CallSpend> dearest;
        for (int i = 0; i < 200; ++i) {
            const std::uint64_t identity = random() % 90;
            const auto model = static_cast<std::uint32_t>(identity % 3);
            calls.push_back(spend(identity, model, static_cast<std::uint32_t>(random() % 50)));
            CallSpend& best = dearest.try_emplace(identity, calls.back()).first->second;
            if (best.spent.input_tokens < calls.back().spent.input_tokens) best = calls.back();
        }
        SpendsOfCalls::ByModel expected;
        for (const auto& [identity, call] : dearest) expected[call.model].add(call.spent);
        std::array<SpendsOfCalls, 4> parts;
        for (const CallSpend& call : calls) parts.at(random() % parts.size()).add(call);
        std::ranges::shuffle(parts, random);
        SpendsOfCalls all;
        for (const SpendsOfCalls& part : parts) all.merge(part, same);
        CHECK(all.sums() == expected);
        all.merge(parts.front(), same);
        CHECK(all.sums() == expected);
    }
}
