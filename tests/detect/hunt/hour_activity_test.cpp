#include "detect/hunt/hour_activity.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <vector>

#include "counting/hash.hpp"

using namespace cloudhijack::detect;
using namespace cloudhijack::counting;
using namespace cloudhijack::rules;
using namespace cloudhijack::text;

namespace {

constexpr std::array<std::uint32_t, 3> k_same_regions = {0, 1, 2};

HuntedCall call(std::uint64_t number) {
    HuntedCall call;
    call.identity = identity_by_id(hash_of("call " + std::to_string(number)));
    call.client = number % 2;
    call.address = {.family = Address::Family::v4,
                    .bytes = {10, static_cast<std::uint8_t>(number % 200)}};
    call.phases.add(Phase::use);
    call.messages = static_cast<std::uint8_t>(1 + number % 3);
    call.second = static_cast<std::uint16_t>(number * 7 % 3600);
    call.call = static_cast<std::uint16_t>(number % 2);
    call.region = static_cast<std::uint32_t>(number % 3);
    if (number % 5 == 0) call.credentials.add(cloudhijack::log::CredentialSign::scoped);
    if (number % 7 == 0) call.credentials.add(cloudhijack::log::CredentialSign::anywhere);
    return call;
}

HourActivity hour_of_calls(std::uint64_t count, int deliveries = 1) {
    HourActivity hour;
    for (int i = 0; i < deliveries; ++i) {
        for (std::uint64_t number = 0; number < count; ++number) hour.add(call(number));
    }
    return hour;
}

struct Totals {
    std::uint64_t count = 0;
    std::uint64_t messages = 0;
    auto operator<=>(const Totals&) const = default;
};

Totals totals(const HourActivity& hour) {
    Totals totals;
    for (const HuntedCall& one : hour.calls()) {
        ++totals.count;
        totals.messages += one.messages;
    }
    for (const auto& [key, sum] : hour.sums()) {
        totals.count += sum.count;
        totals.messages += sum.messages;
    }
    return totals;
}

void check_same(const HourActivity& a, const HourActivity& b) {
    REQUIRE(a.is_exact() == b.is_exact());
    CHECK(
        std::ranges::equal(a.calls(), b.calls(), {}, &HuntedCall::identity, &HuntedCall::identity));
    const auto sums = [](const HourActivity& hour) {
        std::vector<std::uint64_t> numbers;
        for (const auto& [key, sum] : hour.sums()) {
            numbers.insert(numbers.end(), {key.minute, key.call, key.region, sum.count,
                                           sum.messages, sum.seconds.bits});
        }
        for (const auto& origin : hour.origins()) {
            numbers.insert(numbers.end(),
                           {origin.hash, origin.client, origin.all.calls, origin.all.first,
                            origin.without_cloud_sign.calls, origin.without_cloud_sign.first});
        }
        return numbers;
    };
    CHECK(sums(a) == sums(b));
    CHECK(a.repeats() == b.repeats());
}

}  // namespace

TEST_CASE("hour: calls are kept one by one up to the bound, and a repeat counts once") {
    const HourActivity hour = hour_of_calls(HourActivity::k_exact, 3);
    CHECK(hour.is_exact());
    CHECK(hour.deliveries().size() == HourActivity::k_exact);
    CHECK(hour.repeats() == 2 * HourActivity::k_exact);
    CHECK(totals(hour) == totals(hour_of_calls(HourActivity::k_exact)));
}

TEST_CASE("hour: without an id each delivery is a call, in any split, exact or not") {
    for (const std::uint64_t count : {100U, 700U, 3000U}) {
        CAPTURE(count);
        HourActivity whole;
        HourActivity parts;
        std::array<HourActivity, 3> three;
        for (std::uint64_t number = 0; number < count; ++number) {
            HuntedCall one = call(number % 40);
            one.identity = identity_of_each(one.identity);
            whole.add(one);
            three.at(number % 3).add(one);
        }
        for (const HourActivity& part : three) parts.merge(part, k_same_regions);
        CHECK(whole.is_exact() == (count <= HourActivity::k_exact));
        CHECK(totals(whole).count == count);
        CHECK(whole.repeats() == 0);
        check_same(whole, parts);
        HourActivity twice;
        twice.merge(whole, k_same_regions);
        twice.merge(parts, k_same_regions);
        CHECK(totals(twice).count == 2 * count);
    }
    HuntedCall many = call(1);
    many.identity = identity_of_each(many.identity);
    many.times = 4'000'000'000;
    HourActivity hour;
    hour.add(many);
    CHECK(totals(hour).count == many.times);
}

TEST_CASE("hour: of deliveries of one call that differ one counts, in any order and split") {
    std::mt19937 random(1);
    std::vector<HuntedCall> deliveries;
    for (std::uint64_t number = 0; number < 900; ++number) {
        HuntedCall one = call(number);
        one.outcome =
            number % 3 == 0 ? cloudhijack::log::Outcome::throttled : cloudhijack::log::Outcome::ok;
        deliveries.push_back(one);
        if (number % 4 != 0) continue;
        one.outcome = cloudhijack::log::Outcome::failed;
        deliveries.push_back(one);
        one.outcome = cloudhijack::log::Outcome::ok;
        one.messages = static_cast<std::uint16_t>(one.messages + number % 2);
        deliveries.push_back(one);
    }
    for (const std::size_t count : {std::size_t{600}, deliveries.size()}) {
        HourActivity whole;
        for (std::size_t i = 0; i < count; ++i) whole.add(deliveries[i]);
        CHECK(whole.is_exact() == (count == 600));
        for (int order = 0; order < 10; ++order) {
            std::shuffle(deliveries.begin(),
                         deliveries.begin() + static_cast<std::ptrdiff_t>(count), random);
            HourActivity first;
            HourActivity second;
            for (std::size_t i = 0; i < count; ++i) {
                (random() % 2 == 0 ? first : second).add(deliveries[i]);
            }
            first.merge(second, k_same_regions);
            check_same(first, whole);
            CHECK(totals(first) == totals(whole));
        }
    }
    HourActivity twice;
    HuntedCall refused = call(1);
    refused.outcome = cloudhijack::log::Outcome::throttled;
    twice.add(refused);
    twice.add(call(1));
    REQUIRE(totals(twice).count == 1);
    CHECK(twice.calls().front().outcome == cloudhijack::log::Outcome::ok);
    CHECK(twice.repeats() == 1);
}

TEST_CASE("hour: beyond the bound the sums are exact if nothing repeats") {
    const HourActivity hour = hour_of_calls(5000);
    CHECK_FALSE(hour.is_exact());
    CHECK(hour.calls().empty());
    CHECK(totals(hour).count == 5000);
    CHECK(hour.repeats() == 0);
    std::uint64_t calls = 0;
    for (const auto& origin : hour.origins()) calls += origin.all.calls;
    CHECK(calls == 5000);
}

TEST_CASE("hour: beyond the bound whole repeats are removed, and partial ones by estimate") {
    const auto near = [](std::uint64_t value, std::uint64_t expected, double error) {
        return std::abs(static_cast<double>(value) / static_cast<double>(expected) - 1) < error;
    };
    // Each sum is rounded by itself.
    CHECK(near(totals(hour_of_calls(5000, 2)).count, 5000, 0.02));
    HourActivity half = hour_of_calls(5000);
    for (std::uint64_t number = 0; number < 2500; ++number) half.add(call(number));
    CHECK(near(totals(half).count, 5000, 0.06));
    CHECK(near(half.repeats(), 2500, 0.15));
}

TEST_CASE("hour: any split, order and grouping gives the same content") {
    for (unsigned seed = 0; seed < 200; ++seed) {
        CAPTURE(seed);
        std::mt19937 random(seed);
        const std::uint64_t count = 700 + random() % 800;
        std::vector<std::uint64_t> delivered;
        for (std::uint64_t number = 0; number < count; ++number) {
            const int times = 1 + (random() % 3 == 0 ? 1 : 0);
            for (int i = 0; i < times; ++i) delivered.push_back(number);
        }
        HourActivity expected;
        for (const std::uint64_t number : delivered) expected.add(call(number));
        std::ranges::shuffle(delivered, random);
        std::vector<HourActivity> parts(1 + random() % 5);
        for (const std::uint64_t number : delivered) {
            parts[random() % parts.size()].add(call(number));
        }
        while (parts.size() > 1) {
            const std::size_t into = random() % (parts.size() - 1);
            parts[into].merge(parts.back(), k_same_regions);
            parts.pop_back();
        }
        check_same(parts.front(), expected);
    }
}

TEST_CASE("hour: another activity's regions have other numbers") {
    HourActivity theirs;
    theirs.add(call(1));  // region 1
    HourActivity mine;
    mine.merge(theirs, std::array<std::uint32_t, 2>{5, 9});
    CHECK(mine.calls().front().region == 9);
}
