#include "scan/progress.hpp"

#include <doctest/doctest.h>

using namespace cloudhijack;
using std::chrono::seconds;

TEST_CASE("progress: bytes, events, findings and the time left") {
    CHECK(scan::progress_text(100'000'000, 400'000'000, 12, 1, seconds{5}) ==
          "100 of 400 MB, 12 events, 1 finding, 15 s left");
    CHECK(scan::progress_text(100'000'000, 0, 12, 2, seconds{5}) ==
          "100 MB, 12 events, 2 findings");
    CHECK(scan::progress_text(0, 400'000'000, 0, 0, seconds{0}) ==
          "0 of 400 MB, 0 events, 0 findings");
}
