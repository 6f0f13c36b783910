#include "scan/file_times.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <string_view>

#include "text/time.hpp"

using namespace cloudhijack;

namespace {

// `<begin> <end>`, or "none".
std::string times(std::string_view path) {
    const auto times = scan::times_in_name(path);
    return times ? text::to_utc(times->begin) + ' ' + text::to_utc(times->end) : "none";
}

constexpr std::string_view k_at_1145 = "2026-03-11T11:30:00Z 2026-03-11T12:00:00Z";
constexpr std::string_view k_days = "2026-03-10T00:00:00Z 2026-03-13T00:00:00Z";

const std::string k_trail = "AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/11/";

}  // namespace

TEST_CASE("file times: the stamp of a CloudTrail file counts, not its folder") {
    for (const auto* name :
         {"111122223333_CloudTrail_us-east-1_20260311T1145Z_Mu0KsOhtH1ar15ZZ.json.gz",
          "111122223333_CloudTrail_us-gov-west-1_20260311T1145Z_Mu0KsOhtH1ar15ZZ.json",
          "111122223333_CloudTrail_us-east-1_20260311T1145Z_x",
          "111122223333_CloudTrail_us-east-1_20260311T1145Z_Mu0KsOhtH1ar15ZZ.json.zst"}) {
        CAPTURE(name);
        for (const std::string& folder : {std::string(), std::string("/evidence/"), k_trail,
                                          std::string("AWSLogs/o-1/111122223333/2020/01/01/")}) {
            CHECK(times(folder + name) == k_at_1145);
        }
    }
    CHECK(times("111122223333_CloudTrail_us-east-1_20260101T0000Z_x") ==
          "2025-12-31T23:45:00Z 2026-01-01T00:15:00Z");
}

TEST_CASE("file times: files that are not logs of CloudTrail are judged by their folder") {
    for (const auto* name :
         {"111122223333_CloudTrail-Digest_us-east-1_trail_us-east-1_20260314T104500Z.json.gz",
          "111122223333_CloudTrail-Insight_us-east-1_20260314T1145Z_Mu0KsOhtH1ar15ZZ.json.gz",
          "111122223333_CloudTrail_us-east-1_20260314T1145Z.json.gz",     // no id
          "111122223333_CloudTrail_us-east-1_20260314T114500Z_x.json",    // seconds
          "111122223333_CloudTrail_us-east-1_20260230T1145Z_x.json.gz",   // not in the calendar
          "111122223333_CloudTrail_us-east-1_20260314T2445Z_x.json.gz",   // no such hour
          "x111122223333_CloudTrail_us-east-1_20260314T1145Z_x.json.gz",  // another name
          "11112222333_CloudTrail_us-east-1_20260314T1145Z_x.json.gz"}) {
        CAPTURE(name);
        CHECK(times(name) == "none");
        CHECK(times(k_trail + name) == k_days);
    }
}

TEST_CASE("file times: a day and those beside it") {
    for (const auto* path :
         {"2026/03/11/x", "./2026/03/11/x.json", "/logs/2026/03/11/10/stream-1-2026-03-11-10-00-x",
          "vertex/2026/03/11/08:00:00_08:59:59_S0.json",
          "p/AWSLogs/111122223333/BedrockModelInvocationLogs/us-east-1/2026/03/11/10/"
          "20260311T101500000Z_0123456789abcdef.json.gz",
          "20260311T101500000Z_0123456789abcdef.json.gz",
          "insights-logs-audit/resourceId=/SUBSCRIPTIONS/X/y=2026/m=03/d=11/h=10/m=00/PT1H.json",
          "aws/CLOUD_TRAIL_MGMT/2.0/region=us-east-1/accountId=111122223333/eventDay=20260311/"
          "x.gz.parquet",
          "eventDay=20260311/x"}) {
        CAPTURE(path);
        CHECK(times(path) == k_days);
    }
    CHECK(times("2024/02/29/x") == "2024-02-28T00:00:00Z 2024-03-02T00:00:00Z");
    CHECK(times("2000/01/01/x") == "1999-12-31T00:00:00Z 2000-01-03T00:00:00Z");
    CHECK(times("2100/12/31/x") == "2100-12-30T00:00:00Z 2101-01-02T00:00:00Z");
}

TEST_CASE("file times: other paths show nothing") {
    for (const auto* path :
         {"", "-", "trail.json", "2026/03/11", "2026/03/11/", "x/2026/3/11/x", "12026/03/11/x",
          "x2026/03/11/x", "2026/03/11x/x", "2026/02/30/x", "2026/13/01/x", "2026/00/10/x",
          "1999/12/31/x", "2101/01/01/x", "2026/03/x", "2026-03-11/x",
          // Folders around the innermost ones can be those of a case.
          "cases/2026/03/11/export/x", "2026/03/11/10/00/x", "2026/03/11/1/x",
          "eventDay=20260230/x", "eventDay=2026031/x", "eventDay=20260311/a/x",
          "eventday=20260311/x", "y=2026/m=03/d=11/PT1H.json",
          "y=2026/m=02/d=30/h=10/m=00/PT1H.json", "20260230T101500000Z_0123456789abcdef.json.gz",
          "20260311T101500Z_x.json", "20260311T101500000Z_x_input.json.gz"}) {
        CAPTURE(path);
        CHECK(times(path) == "none");
    }
}

TEST_CASE("file times: any bytes in the rest of a path") {
    std::mt19937 random(27);
    for (int i = 0; i < 1'000; ++i) {
        std::string rest;
        while (rest.size() < 20) {
            const auto byte = static_cast<char>(1 + random() % 255);
            if (byte != '/') rest += byte;
        }
        CHECK(times(rest + "/2026/03/11/" + rest) == k_days);
        CHECK(times(rest + "/111122223333_CloudTrail_us-east-1_20260311T1145Z_" + rest) ==
              k_at_1145);
    }
}
