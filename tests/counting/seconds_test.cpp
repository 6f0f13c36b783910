#include "counting/seconds.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

using namespace cloudhijack::counting;

TEST_CASE("seconds: a set in order, before 1970 as well") {
    Seconds seconds;
    CHECK(seconds.is_empty());
    for (const std::int64_t second : {100, 59, 60, -1, 100, -61}) seconds.add(second);
    Seconds more;
    more.add(7);
    seconds.merge(more);
    std::vector<std::int64_t> all;
    seconds.for_each([&all](std::int64_t second) { all.push_back(second); });
    CHECK(all == std::vector<std::int64_t>{-61, -1, 7, 59, 60, 100});
    CHECK(seconds.first() == -61);
    CHECK(seconds.first_from(-61) == -61);
    CHECK(seconds.first_from(-60) == -1);
    CHECK(seconds.first_from(8) == 59);
    CHECK(seconds.first_from(60) == 60);
    CHECK(seconds.first_from(61) == 100);
    CHECK(seconds.first_from(101) == std::nullopt);
}

TEST_CASE("seconds: hours and minutes begin at multiples of their length") {
    CHECK(hour_of(3599) == 0);
    CHECK(hour_of(3600) == 1);
    CHECK(hour_of(-1) == -1);
    CHECK(hour_of(-3600) == -1);
    CHECK(minute_of(-61) == -2);
}

TEST_CASE("seconds: a unit of any length begins at a multiple of it, before 1970 as well") {
    CHECK(start_of_unit(0, 90) == 0);
    CHECK(start_of_unit(179, 90) == 90);
    CHECK(start_of_unit(-1, 90) == -90);
    CHECK(start_of_unit(-90, 90) == -90);
}

TEST_CASE("seconds: the bits of a minute") {
    MinuteBits bits = MinuteBits::of(3'600 + 59);
    CHECK(bits.bits == std::uint64_t{1} << 59U);
    CHECK(MinuteBits::of(-1) == bits);
    bits.add(MinuteBits::of(5));
    CHECK(bits.first() == 5);
    CHECK(bits.last() == 59);
    CHECK(bits.first_from(-1'000) == 5);
    CHECK(bits.first_from(5) == 5);
    CHECK(bits.first_from(6) == 59);
    CHECK(bits.first_from(60) == std::nullopt);
    CHECK(MinuteBits::of(5).first_from(6) == std::nullopt);
}

TEST_CASE("seconds: those of a minute before and from a second, which can be anywhere") {
    SecondsOfMinute some{.minute = -1, .bits = MinuteBits::of(0)};
    some.bits.add(MinuteBits::of(30));
    some.bits.add(MinuteBits::of(59));
    const auto listed = [](const SecondsOfMinute& seconds) {
        std::vector<std::int64_t> all;
        seconds.for_each([&all](std::int64_t second) { all.push_back(second); });
        return all;
    };
    CHECK(listed(some) == std::vector<std::int64_t>{-60, -30, -1});
    for (const std::int64_t second :
         {std::numeric_limits<std::int64_t>::min() / 2, std::int64_t{-61}, std::int64_t{-60},
          std::int64_t{-59}, std::int64_t{-30}, std::int64_t{-29}, std::int64_t{-1},
          std::int64_t{0}, std::int64_t{1}, std::numeric_limits<std::int64_t>::max()}) {
        CAPTURE(second);
        std::vector<std::int64_t> before;
        std::vector<std::int64_t> from;
        for (const std::int64_t one : {-60, -30, -1}) (one < second ? before : from).push_back(one);
        CHECK(listed(some.before(second)) == before);
        CHECK(listed(some.from(second)) == from);
        CHECK(some.first_from(second) ==
              (from.empty() ? std::nullopt : std::optional(from.front())));
    }
    CHECK(some.before(-60).is_empty());
    CHECK(some.first() == -60);
    CHECK(some.last() == -1);
}

TEST_CASE("seconds: the seconds from one on") {
    Seconds seconds;
    for (const std::int64_t second : {-61, -1, 7, 59, 60}) seconds.add(second);
    const auto listed = [](const Seconds& some) {
        std::vector<std::int64_t> all;
        some.for_each([&all](std::int64_t second) { all.push_back(second); });
        return all;
    };
    CHECK(listed(seconds.from(-100)) == listed(seconds));
    CHECK(listed(seconds.from(8)) == std::vector<std::int64_t>{59, 60});
    CHECK(seconds.from(60).minutes().size() == 1);
    CHECK(seconds.from(61).is_empty());
    CHECK(seconds.contains(59));
    CHECK_FALSE(seconds.contains(58));
}
