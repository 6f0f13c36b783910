// The memory that a principal needs, by the allocator's own count.

#include <doctest/doctest.h>
#include <malloc.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "detect/hunt/hunt_activity.hpp"
#include "detect/hunt/story.hpp"
#include "rules/builtin.hpp"

// A sanitizer's allocator has its own counters.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define COUNTS_NOTHING
#endif
#endif

#ifndef COUNTS_NOTHING

using namespace cloudhijack;
using namespace cloudhijack::detect;
using namespace cloudhijack::rules;

namespace {

constexpr std::size_t k_kilobyte = 1024;

/// The bytes that an activity keeps after it is given this many numbered events, one at a time.
std::size_t cost(std::size_t count, auto event_of) {
    // The first event allocates everything that is allocated only once.
    const StoryEvents first(Story{event_of(0)});
    detect::HuntActivity(builtin_catalogue()).add(first.events().front());
    const std::size_t before = mallinfo2().uordblks;
    detect::HuntActivity activity(builtin_catalogue());
    for (std::size_t i = 0; i < count; ++i) {
        const StoryEvents events(Story{event_of(i)});
        activity.add(events.events().front());
    }
    return mallinfo2().uordblks - before;
}

StoryEvent numbered(std::size_t number, std::string call = "InvokeModel") {
    StoryEvent event{.call = std::move(call)};
    std::string digits = std::to_string(number);
    event.id = "00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
    event.time = clock(static_cast<std::int64_t>(number % 3600));
    return event;
}

StoryEvent with_ever_new_sources(std::size_t number) {
    StoryEvent event = numbered(number);
    event.address = "10." + std::to_string(number >> 16U) + '.' +
                    std::to_string(number >> 8U & 0xFFU) + '.' + std::to_string(number & 0xFFU);
    // Letters, as digits would not stay in the client's name.
    for (const char digit : std::to_string(number)) event.agent += static_cast<char>(digit + 0x30);
    return event;
}

// Ten calls an hour by each principal.
StoryEvent of_many(std::size_t number, std::size_t principals, std::size_t hours) {
    StoryEvent event = numbered(number, "SendEmail");
    event.arn = "arn:aws:iam::111122223333:user/u" + std::to_string(number % principals);
    event.time = clock(static_cast<std::int64_t>(number / principals % hours * 3600 +
                                                 number / principals / hours * 60));
    return event;
}

std::size_t cost_of_many(std::size_t principals, std::size_t hours) {
    return cost(principals * hours * 10,
                [&](std::size_t i) { return of_many(i, principals, hours); });
}

}  // namespace

TEST_CASE("hunt memory: 100,000 calls in an hour cost a principal under 100 kB") {
    CHECK(cost(100'000, [](std::size_t i) { return numbered(i); }) < 100 * k_kilobyte);
    CHECK(cost(100'000, [](std::size_t i) {
              StoryEvent event = numbered(i, i % 3 == 0 ? "InvokeModel" : "Converse");
              event.region = i % 4 == 0 ? "us-east-1" : "us-west-2";
              event.address = "10.0.0." + std::to_string(i % 100);
              return event;
          }) < 100 * k_kilobyte);
}

TEST_CASE("hunt memory: two calls in 17 regions in each minute cost a principal under 120 kB") {
    const auto in_regions = [](std::size_t i) {
        StoryEvent event = numbered(i, i % 2 == 0 ? "InvokeModel" : "Converse");
        event.region = "region-" + std::to_string(i / 2 % 17);
        event.time = clock(static_cast<std::int64_t>(i / 34 % 3600));
        return event;
    };
    CHECK(cost(34 * 3600, in_regions) < 120 * k_kilobyte);
}

TEST_CASE("hunt memory: ever new regions of any length cost under 200 bytes for each") {
    const auto ever_new = [](std::size_t i) {
        StoryEvent event = numbered(i);
        event.region = std::to_string(i) + std::string(500, 'x');
        return event;
    };
    const std::size_t some = cost(20'000, ever_new);
    CHECK(cost(40'000, ever_new) < some + 20'000 * 200);
}

TEST_CASE("hunt memory: 100,000 addresses and agents cost a bounded amount") {
    const std::size_t once = cost(100'000, with_ever_new_sources);
    CHECK(once < 300 * k_kilobyte);
    CHECK(cost(200'000, with_ever_new_sources) < once + 10 * k_kilobyte);
}

TEST_CASE("hunt memory: repeated deliveries cost nothing") {
    const std::size_t once = cost(1000, [](std::size_t i) { return numbered(i); });
    CHECK(cost(20'000, [](std::size_t i) { return numbered(i % 1000); }) <= once);
}

TEST_CASE("hunt memory: linear in principals and in hours") {
    const auto some = static_cast<double>(cost_of_many(20, 48));
    CHECK(static_cast<double>(cost_of_many(40, 48)) < 2.2 * some);
    CHECK(static_cast<double>(cost_of_many(20, 96)) < 2.2 * some);
    CHECK(some / (20 * 48) < 2 * k_kilobyte);  // an hour of ten calls
}

#endif
