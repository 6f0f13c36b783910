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

TEST_CASE("progress: the size of the unpacked text") {
    CHECK(scan::progress_text(100'000'000, 400'000'000, 12, 1, seconds{5}, 900'000'000) ==
          "100 of 400 MB, 900 MB unpacked, 12 events, 1 finding, 15 s left");
    CHECK(scan::progress_text(3'000'000, 0, 0, {}, seconds{5}, 900'000'000) ==
          "3 MB, 900 MB unpacked, 0 events");
    // Bytes that are not packed are used as they are read, or one piece later.
    for (const unsigned text : {99'000'000U, 100'000'000U}) {
        CHECK(scan::progress_text(100'000'000, 0, 12, 2, seconds{5}, text) ==
              "100 MB, 12 events, 2 findings");
    }
}

TEST_CASE("progress: no time left if the bytes do not allow an estimate") {
    // With so few bytes the rate of the others is unknown.
    CHECK(scan::progress_text(3'999'999, 400'000'000, 0, 0, seconds{100}) ==
          "3 of 400 MB, 0 events, 0 findings");
    CHECK(scan::progress_text(4'000'000, 400'000'000, 0, 0, seconds{100}) ==
          "4 of 400 MB, 0 events, 0 findings, 9900 s left");
    // All bytes are used, but not all of their text.
    CHECK(scan::progress_text(3'000'000, 3'000'000, 0, 0, seconds{5}, 900'000'000) ==
          "3 of 3 MB, 900 MB unpacked, 0 events, 0 findings");
    // A file that grows has no known end.
    CHECK(scan::progress_text(5'000'000, 3'000'000, 0, 0, seconds{5}) ==
          "5 MB, 0 events, 0 findings");
}
