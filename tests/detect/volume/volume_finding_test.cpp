#include "detect/volume/volume_finding.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "rules/builtin.hpp"

using namespace cloudhijack;
using namespace cloudhijack::detect;
using namespace cloudhijack::rules;

namespace {

const std::size_t k_bedrock = service_index("bedrock");  // threshold 50

VolumeGroup group(std::uint64_t count) {
    VolumeGroup made;
    made.service_index = k_bedrock;
    made.service = &builtin_catalogue().services()[k_bedrock];
    made.event_count = count;
    made.caller_arn = "arn:aws:iam::1:user/alice";
    made.caller_type = "IAMUser";
    made.region = "us-east-1";
    made.source_addresses = {"2001:db8::1"};
    return made;
}

}  // namespace

TEST_CASE("volume finding: the steps of the count") {
    const auto rules = builtin_config().volume;
    CHECK(assess(group(51), rules.thresholds[k_bedrock], rules).score == 1);
    CHECK(assess(group(150), rules.thresholds[k_bedrock], rules).score == 1);
    CHECK(assess(group(151), rules.thresholds[k_bedrock], rules).score == 2);
    CHECK(assess(group(500), rules.thresholds[k_bedrock], rules).score == 2);
    CHECK(assess(group(501), rules.thresholds[k_bedrock], rules).score == 3);
}

TEST_CASE("volume finding: the points of the caller, each with its reason") {
    const auto rules = builtin_config().volume;
    auto caller = group(501);
    caller.caller_type = "AssumedRole";
    caller.caller_arn = "arn:aws:sts::1:assumed-role/tmp-role/x";
    caller.source_addresses = {"a", "b", "c"};
    CHECK(assess(caller, rules.thresholds[k_bedrock], rules).score == 5);
    caller.source_addresses.emplace_back("d");
    const auto finding = assess(caller, rules.thresholds[k_bedrock], rules);
    CHECK(finding.score == k_highest_volume_score);
    CHECK(finding.reasons ==
          std::vector<std::string>{"501 calls in 1h, more than 10 times the threshold of 50 (+3)",
                                   "4 source addresses, more than 3 (+1)",
                                   "the caller is an assumed role (+1)",
                                   "the caller's name matches (temp|tmp|test|anon|random) (+1)"});
}

TEST_CASE("volume finding: reaches_min_score() agrees with the score") {
    auto rules = builtin_config().volume;
    for (const std::uint64_t count : {51U, 151U, 501U}) {
        for (const auto* type : {"IAMUser", "AssumedRole"}) {
            for (const auto* arn : {"arn:aws:iam::1:user/alice", "arn:aws:iam::1:user/test"}) {
                for (const std::size_t addresses : {3U, 4U}) {
                    auto caller = group(count);
                    caller.caller_type = type;
                    caller.caller_arn = arn;
                    caller.source_addresses.assign(addresses, "a");
                    const std::uint64_t threshold = rules.thresholds[k_bedrock];
                    const std::uint64_t score = assess(caller, threshold, rules).score;
                    for (std::uint64_t least = 0; least <= k_highest_volume_score + 1; ++least) {
                        rules.min_score = least;
                        CHECK(reaches_min_score(caller, threshold, rules) == (score >= least));
                    }
                }
            }
        }
    }
}

TEST_CASE("volume finding: names match anywhere, with case") {
    const auto rules = builtin_config().volume;
    auto caller = group(51);
    caller.caller_arn = "arn:aws:iam::1:user/contest";
    CHECK(assess(caller, rules.thresholds[k_bedrock], rules).score == 2);
    caller.caller_arn = "arn:aws:iam::1:user/Test";
    CHECK(assess(caller, rules.thresholds[k_bedrock], rules).score == 1);
}

TEST_CASE("volume finding: a threshold of zero, and spans in words") {
    auto rules = builtin_config().volume;
    rules.thresholds[k_bedrock] = 0;
    rules.span = std::chrono::seconds{90};
    CHECK(assess(group(1), rules.thresholds[k_bedrock], rules).reasons.front() ==
          "1 call in 90s, more than 10 times the threshold of 0 (+3)");
    rules.span = std::chrono::days{2};
    CHECK(assess(group(2), rules.thresholds[k_bedrock], rules)
              .reasons.front()
              .starts_with("2 calls in 2d"));
    rules.span = std::chrono::minutes{90};
    CHECK(assess(group(2), rules.thresholds[k_bedrock], rules)
              .reasons.front()
              .starts_with("2 calls in 90m"));
}

TEST_CASE("volume finding: the order of rows") {
    const auto rules = builtin_config().volume;
    std::vector<VolumeFinding> ordered;
    for (const std::uint64_t count : {501U, 500U, 499U}) {
        for (const int hour : {0, 1}) {
            for (const std::string_view region : {"a", "b", "\xC3\xA9"}) {
                auto made = group(count);
                made.span_start = text::Time{std::chrono::hours{hour}};
                made.region = region;
                ordered.push_back(assess(made, rules.thresholds[k_bedrock], rules));
            }
        }
    }
    VolumeFindings sorted{.rows = ordered};
    std::ranges::reverse(sorted.rows);
    sorted.sort();
    for (std::size_t i = 0; i < ordered.size(); ++i) {
        CHECK(sorted.rows[i].group.event_count == ordered[i].group.event_count);
        CHECK(sorted.rows[i].group.span_start == ordered[i].group.span_start);
        CHECK(sorted.rows[i].group.region == ordered[i].group.region);
    }
}
