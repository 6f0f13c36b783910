#include "config/setup.hpp"

#include <doctest/doctest.h>
#include <re2/re2.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

#include "config/setup_for_tests.hpp"

using namespace cloudhijack;
using namespace cloudhijack::config;
using namespace cloudhijack::rules;

TEST_CASE("setup: [defaults] set options, later layers over earlier ones") {
    const auto setup = setup_with("[defaults]\nspan = 2h\nmin_score = 3\nses_threshold = 9\n");
    CHECK(setup.mistakes.empty());
    const auto config = setup.default_config();
    CHECK(config.volume.span == std::chrono::hours{2});
    CHECK(config.volume.min_score == 3);
    CHECK(config.volume.suspicious_names->pattern() == "(temp|tmp|test|anon|random)");
    CHECK(std::ranges::count(config.volume.thresholds, 9U) == 1);
}

TEST_CASE("setup: a mistake in [defaults] leaves the value below it") {
    const auto setup = setup_with("[defaults]\nspan = soon\nspam = 1\nmin_score = 2\n");
    REQUIRE(setup.mistakes.size() == 2);
    CHECK(to_text(setup.mistakes[0]).starts_with("local/cloudhijack.conf:2: [defaults] span: "));
    CHECK(to_text(setup.mistakes[1]) == "local/cloudhijack.conf:3: [defaults] spam: is no option");
    CHECK(setup.default_config().volume.span == std::chrono::hours{1});
    CHECK(setup.default_config().volume.min_score == 2);
}

TEST_CASE("setup: a service of one's own has an option of its own") {
    const auto setup = setup_with("[service:polly]\nsource = polly\nvolume = SynthesizeSpeech\n");
    CHECK(std::ranges::find(setup.options, "polly_threshold", &config::Option::name) !=
          setup.options.end());
}

TEST_CASE("setup: a conf file that cannot be read is told with its name") {
    const auto missing = config::read_conf_file("/nonexistent/x.conf");
    REQUIRE_FALSE(missing);
    CHECK(missing.error().text.starts_with("/nonexistent/x.conf: cannot be read"));
    const auto folder = config::read_conf_file("/");
    CHECK_FALSE(folder);
}
