#include <doctest/doctest.h>

#include "detect/hunt/story.hpp"

using namespace cloudhijack;
using namespace cloudhijack::detect;

namespace {

const Told k_use{.call = "InvokeModel"};  // threshold 50

Story uses(std::int64_t first_second, int times, std::int64_t apart = 1) {
    return repeated(k_use, first_second, times, apart);
}

constexpr std::int64_t hours(std::int64_t count) { return count * 3600; }

}  // namespace

TEST_CASE("burst: more messages than the threshold in 60 minutes") {
    CHECK(score("burst", uses(0, 50)) == 0);
    CHECK(score("burst", uses(0, 51)) == 25);
    CHECK(score("burst", uses(0, 150)) == 25);
    CHECK(score("burst", uses(0, 151)) == 30);
    CHECK(score("burst", uses(0, 500)) == 30);
    CHECK(score("burst", uses(0, 501)) == 35);
    CHECK(score("burst", uses(0, 51), "[service:bedrock]\nthreshold = 51\n") == 0);
}

TEST_CASE("burst: 60 minutes on end, wherever the hour begins") {
    CHECK(score("burst", uses(-30, 51)) == 25);
    CHECK(score("burst", uses(0, 50) + uses(59 * 60 + 59, 1)) == 25);
    CHECK(score("burst", uses(0, 50) + uses(hours(1), 1)) == 0);
}

TEST_CASE("burst: only successful uses of one service count, each with its messages") {
    Story failed = uses(0, 51);
    failed.back().error = "ThrottlingException";
    CHECK(score("burst", failed) == 0);
    Told mail{.call = "SendEmail",
              .parameters = R"({"destination":{"toAddresses":["a","b"],"ccAddresses":["c"]}})"};
    CHECK(score("burst", repeated(mail, 0, 33)) == 0);
    CHECK(score("burst", repeated(mail, 0, 34)) == 25);
    CHECK(
        reason("burst", repeated(mail, 0, 34)).starts_with("102 messages in 34 successful calls"));
    CHECK(score("burst", uses(0, 50) + repeated(mail, 0, 33)) == 0);
}

TEST_CASE("burst: with a history it must exceed three times the busiest hour") {
    const Story before = uses(0, 40);
    const std::int64_t later = hours(13);  // the hour of `before` ended 12 h ago
    CHECK(score("burst", before + uses(later, 120)) == 0);
    CHECK(score("burst", before + uses(later, 121)) == 35);
    CHECK(score("burst", before + uses(later, 151)) == 45);
    CHECK(score("burst", before + uses(later, 501)) == 55);
    CHECK(score("burst", before + uses(later - 60, 120)) == 25);  // no history yet
    Story failed = before;
    for (Told& told : failed) told.error = "AccessDenied";
    CHECK(score("burst", failed + uses(later, 120)) == 25);
    const std::string text = reason("burst", before + uses(later, 121));
    CHECK(text ==
          "121 successful calls of AWS Bedrock in 60 min from "
          "2026-03-02T23:00:00Z, more than the threshold of 50 and than 3 times the "
          "busiest hour before, 40 (+35)");
}

TEST_CASE("burst: what comes every night is a burst in the first one alone") {
    Story nights;
    for (int night = 0; night < 5; ++night) nights = nights + uses(hours(night * 24), 60);
    CHECK(score("burst", nights) == 25);
    CHECK(reason("burst", nights) ==
          "60 successful calls of AWS Bedrock in 60 min from "
          "2026-03-02T10:00:00Z, more than the threshold of 50; no history (+25)");
}
