#include "config/options.hpp"

#include <doctest/doctest.h>
#include <re2/re2.h>

#include <string>
#include <vector>

#include "config/setup_for_tests.hpp"
#include "rules/builtin.hpp"

using namespace cloudhijack;
using namespace cloudhijack::config;
using namespace cloudhijack::rules;
using Arguments = std::vector<std::string>;

namespace {

Result<config::Config> parse_search_arguments(const Arguments& arguments) {
    static const config::Setup setup = setup_with();
    config::Config config = setup.default_config();
    if (auto read = read_search_arguments(arguments, setup.options, config); !read) {
        return std::unexpected(read.error());
    }
    return config;
}

std::string error_of(const Arguments& arguments) {
    const auto config = parse_search_arguments(arguments);
    return config ? "no error" : config.error().text;
}

std::chrono::seconds span_of(const Arguments& arguments) {
    const auto config = parse_search_arguments(arguments);
    REQUIRE(config);
    return config->volume.span;
}

std::uint64_t threshold_of(const config::Config& config, std::string_view id) {
    return config.volume.thresholds.at(service_index(id));
}

}  // namespace

TEST_CASE("options: the defaults equal the search that the command replaces") {
    const auto config = parse_search_arguments({});
    REQUIRE(config);
    CHECK(config->volume.span == std::chrono::hours{1});
    CHECK(threshold_of(*config, "ses") == 100);
    CHECK(threshold_of(*config, "sns") == 200);
    CHECK(threshold_of(*config, "bedrock") == 50);
    CHECK(config->input == config::Input::raw);
    CHECK(config->volume.min_score == 0);
    CHECK(config->volume.suspicious_names->pattern() == "(temp|tmp|test|anon|random)");
}

TEST_CASE("options: each accepts its values") {
    const auto config = parse_search_arguments(
        {"mode=volume", "input=fields", "span=15m", "ses_threshold=0", "sns_threshold=7",
         "bedrock_threshold=1000000000", "min_score=6", "suspicious_names=a b=c"});
    REQUIRE(config);
    CHECK(config->volume.span == std::chrono::minutes{15});
    CHECK(threshold_of(*config, "ses") == 0);
    CHECK(threshold_of(*config, "sns") == 7);
    CHECK(threshold_of(*config, "bedrock") == 1'000'000'000);
    CHECK(config->input == config::Input::fields);
    CHECK(config->volume.min_score == 6);
    CHECK(config->volume.suspicious_names->pattern() == "a b=c");
    CHECK(span_of({"span=90s"}) == std::chrono::seconds{90});
    CHECK(span_of({"span=366d"}) == std::chrono::days{366});
}

TEST_CASE("options: an assignment with blanks, which Splunk splits into several arguments") {
    for (const Arguments& split :
         {Arguments{"span", "=", "2h"}, {"span=", "2h"}, {"span", "=2h"}, {"span=2h"}}) {
        CHECK(span_of(split) == std::chrono::hours{2});
        Arguments more = split;
        more.insert(more.begin(), {"min_score", "=", "1"});
        more.insert(more.end(), {"ses_threshold=", "5"});
        CHECK(span_of(more) == std::chrono::hours{2});
    }
}

TEST_CASE("options: a value may contain the equals sign, and an empty argument consumes nothing") {
    const auto pattern_of = [](const Arguments& arguments) {
        const auto config = parse_search_arguments(arguments);
        REQUIRE(config);
        return config->volume.suspicious_names->pattern();
    };
    CHECK(pattern_of({"suspicious_names", "=", "a=b"}) == "a=b");
    CHECK(pattern_of({"suspicious_names=", "a=b"}) == "a=b");
    CHECK(pattern_of({"suspicious_names", "=a=b", "span", "=", "1h"}) == "a=b");
    CHECK(error_of({"suspicious_names=", "span=1h"})
              .contains("(an empty pattern matches every name); it accepts a regular"));
    CHECK(error_of({"", "foo"}).contains("argument \"\": not an option"));
}

TEST_CASE(
    "options: the error for a bad value names the option, the accepted values and the given one") {
    for (const std::string value : {"", "1", "h", "0h", "-1h", "1.5h", "1w", "1h ", "367d", "1 h",
                                    "99999999999999999999s", "1hh"}) {
        CAPTURE(value);
        const std::string error = error_of({"span=" + value});
        CHECK(error.contains("; it accepts a whole number with s, m, h or d"));
        CHECK(error.contains("option span: invalid value \"" + value + "\"; "));
    }
    for (const std::string value : {"", "-1", "1.5", "x", "1000000001", "0x10", "1,000"}) {
        CAPTURE(value);
        CHECK(error_of({"sns_threshold=" + value})
                  .contains("; it accepts a whole number from 0 to 1000000000"));
    }
    CHECK(error_of({"min_score=7"})
              .contains(
                  "option min_score: invalid value \"7\"; it accepts a whole number from 0 to 6"));
    CHECK(error_of({"input=xml"})
              .contains("option input: invalid value \"xml\"; it accepts raw or fields"));
    CHECK(error_of({"mode=hunted"})
              .contains("option mode: invalid value \"hunted\"; it accepts volume, hunt, baseline "
                        "or coverage"));
    CHECK(error_of({"suspicious_names=(a"}).contains("missing )"));
    CHECK(error_of({"suspicious_names=(?=a)"}).contains("RE2"));
    CHECK(error_of({"suspicious_names="})
              .contains("(an empty pattern matches every name); it accepts a regular"));
}

TEST_CASE("options: the pipeline for the indexers, with and without fields before the command") {
    const auto pipeline = [](const Arguments& arguments, auto... keeps_only_raw) {
        const auto config = parse_search_arguments(arguments);
        REQUIRE(config);
        return map_pipeline(*config, "0123456789abcdef", keeps_only_raw...);
    };
    const std::string hunt = "cloudhijack phase=map mode=hunt input=raw catalogue=0123456789abcdef";
    CHECK(pipeline({"mode=hunt"}, false) == hunt);
    CHECK(pipeline({"mode=hunt"}, true) == "fields _time, _raw | " + hunt);
    CHECK(pipeline({"mode=hunt"}) == hunt);  // as shipped
    const std::string fields =
        "cloudhijack phase=map mode=volume input=fields span=600s catalogue=0123456789abcdef";
    for (const bool keeps_only_raw : {false, true}) {
        CHECK(pipeline({"input=fields", "span=10m"}, keeps_only_raw) == fields);
    }
}

TEST_CASE("options: the error for an unknown option lists the known ones") {
    CHECK(error_of({"spam=1h"})
              .contains("unknown option \"spam\"; the options are mode, input, span, min_score"));
    CHECK(error_of({"spam=1h"}).contains("bedrock_threshold"));
    CHECK(error_of({"account_threshold=1"}).contains("unknown option"));
    CHECK(error_of({"SPAN=1h"}).contains("unknown option"));
    CHECK(error_of({"1h"}).contains("argument \"1h\": not an option; write options as name=value"));
    CHECK(error_of({""}).contains(": not an option"));
    CHECK(error_of({"=1h"}).contains(": not an option"));
    CHECK(error_of({"span"}).contains("argument \"span\": not an option"));
    CHECK(error_of({"="}).contains(": not an option"));
    CHECK(error_of({"span=1h", "span=1h"}).contains("option span: given more than once"));
}

TEST_CASE("options: the accounts of the organisation") {
    const auto config =
        parse_search_arguments({"mode=hunt", "own_accounts=111122223333, 210987654321"});
    REQUIRE(config);
    CHECK(config->own_accounts.size() == 2);
    CHECK(config->own_accounts.contains("210987654321"));
    CHECK(parse_search_arguments({"mode=baseline", "own_accounts="})->own_accounts.empty());
    for (const std::string value : {"21098765432", "2.10988E+11", "2109876543210", "prod"}) {
        CHECK(error_of({"mode=hunt", "own_accounts=111122223333," + value})
                  .contains("option own_accounts: invalid value \"111122223333," + value +
                            "\" (\"" + value +
                            "\" is not 12 digits); it accepts account ids of 12 digits separated "
                            "by commas or spaces"));
    }
    CHECK(error_of({"mode=coverage", "own_accounts=111122223333"})
              .contains("belongs to mode hunt or baseline"));
}

TEST_CASE("options: hunt mode has its own options, and an option of another mode is an error") {
    const auto config = parse_search_arguments({"mode=hunt", "min_risk=41",
                                                "disabled_evidence=burst, many_ips  probe",
                                                "sms_voice_threshold=7"});
    REQUIRE(config);
    CHECK(config->mode == config::Mode::hunt);
    CHECK(config->hunt.min_risk == 41);
    CHECK(config->hunt.disabled.size() == 3);
    CHECK(config->hunt.settings_of("burst") == nullptr);
    CHECK(config->hunt.settings_of("evade") != nullptr);
    CHECK(config->hunt.thresholds[service_index("sms_voice")] == 7);
    CHECK(parse_search_arguments({"mode=hunt", "ses_threshold=1", "suspicious_names=x"}));
    for (const std::string option : {"span=1h", "min_score=1"}) {
        CHECK(error_of({"mode=hunt", option})
                  .contains(
                      "option " + option.substr(0, option.find('=')) +
                      ": not used in mode hunt; it belongs to mode volume and accepts a whole"));
    }
    for (const std::string option :
         {"min_risk=1", "disabled_evidence=burst", "sms_voice_threshold=1"}) {
        CHECK(error_of({option}).contains(
            ": not used in mode volume; it belongs to mode hunt and accepts "));
    }
    CHECK(error_of({"mode=hunt", "min_risk=101"}).contains("a whole number from 0 to 100"));
    CHECK(error_of({"mode=hunt", "disabled_evidence=burts"})
              .contains("unknown evidence rule \"burts\""));
}
