#include "detect/mode_activity.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>

using namespace cloudhijack::detect;

TEST_CASE("mode activity: a count that is too large saturates") {
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t count = 2;
    add_to(count, std::uint64_t{3});
    CHECK(count == 5);
    add_to(count, most - 6);
    CHECK(count == most - 1);
    add_to(count, std::uint64_t{1});
    CHECK(count == most);
    add_to(count, most);
    CHECK(count == most);
    std::uint32_t times = 1;
    add_to(times, std::numeric_limits<std::uint32_t>::max());
    CHECK(times == std::numeric_limits<std::uint32_t>::max());
}
