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

TEST_CASE("setup: after a mistake in [defaults] the value of the layer below stays") {
    const auto setup = setup_with("[defaults]\nspan = soon\nspam = 1\nmin_score = 2\n");
    REQUIRE(setup.mistakes.size() == 2);
    CHECK(to_text(setup.mistakes[0]).starts_with("local/cloudhijack.conf:2: [defaults] span: "));
    CHECK(to_text(setup.mistakes[1]) ==
          "local/cloudhijack.conf:3: [defaults] spam: unknown option; README/cloudhijack.conf.spec "
          "lists the options");
    CHECK(setup.default_config().volume.span == std::chrono::hours{1});
    CHECK(setup.default_config().volume.min_score == 2);
}

TEST_CASE("setup: a custom service has its own option") {
    const auto setup = setup_with("[service:polly]\nsource = polly\nvolume = SynthesizeSpeech\n");
    CHECK(std::ranges::find(setup.options, "polly_threshold", &config::Option::name) !=
          setup.options.end());
}

TEST_CASE("setup: the error for a conf file that cannot be read names it") {
    const auto missing = config::read_conf_file("/nonexistent/x.conf");
    REQUIRE_FALSE(missing);
    CHECK(missing.error().text.starts_with("/nonexistent/x.conf: cannot be read"));
    const auto folder = config::read_conf_file("/");
    CHECK_FALSE(folder);
}

TEST_CASE("setup: the built-in cloudhijack.conf has a default for each option that needs one") {
    const auto setup = config::read_built_in_setup();
    CHECK(setup.mistakes.empty());
    for (const config::Option& option : setup.options) {
        const bool can_be_absent = option.interface == config::Interface::shell ||
                                   option.name == "disabled_evidence" ||
                                   option.name == "memory_limit" || option.name == "own_accounts";
        CAPTURE(option.name);
        CHECK(option.default_value.empty() == can_be_absent);
    }
    const auto config = setup.default_config();
    CHECK(config.mode == config::Mode::volume);
    CHECK(config.input == config::Input::raw);
    CHECK(config.distributed);
    CHECK(config.hunt.min_risk == 21);
    CHECK(config.hunt.suspicious_names == config.volume.suspicious_names);
    CHECK(config.hunt.thresholds == rules::thresholds_of(setup.catalogue));
}

TEST_CASE("setup: a later layer can remove a default") {
    const auto setup = config::read_setup(
        std::array{embedded_catalogue(), parse("a", "[defaults]\ndisabled_evidence = burst\n"),
                   parse("b", "[defaults]\ndisabled_evidence =\n")});
    CHECK(setup.mistakes.empty());
    CHECK(setup.default_config().hunt.disabled.empty());
}

TEST_CASE(
    "setup: the command line uses a named file over the built-in one, or the installed setup") {
    CHECK(config::read_setup_of("")->mistakes.empty());
    CHECK_FALSE(config::read_setup_of("/nonexistent/x.conf"));
    CHECK(config::without_mistakes(config::read_setup_of("")));
    const auto missing = config::without_mistakes(config::read_setup_of("/nonexistent/x.conf"));
    REQUIRE_FALSE(missing);
    CHECK(missing.error().size() == 1);
    const auto wrong = config::without_mistakes(setup_with("[defaults]\nspam = 1\nspan = soon\n"));
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().size() == 2);
}
