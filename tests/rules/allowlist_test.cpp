#include "rules/allowlist.hpp"

#include <doctest/doctest.h>

#include <random>
#include <regex>

#include "detect/hunt/story.hpp"
#include "detect/volume/volume_activity.hpp"
#include "rules/builtin.hpp"

using namespace cloudhijack;
using namespace cloudhijack::detect;
using namespace cloudhijack::rules;
using rules::Exception;
using rules::matches_wildcards;

namespace {

constexpr std::string_view k_eve = "arn:aws:iam::111122223333:user/eve";
constexpr std::int64_t k_day = 86'400;
constexpr std::int64_t k_second_of_march = 1'772'409'600;  // 00:00, the day of the stories

Usual allowing(std::vector<Exception> exceptions) {
    Usual usual;
    for (Exception& exception : exceptions) usual.allowlist.add(std::move(exception));
    return usual;
}

Exception all_for(std::string principal) {
    return {.principal = std::move(principal),
            .service = {},
            .is_for_all_evidence = true,
            .evidence = {},
            .threshold = {},
            .expires = {}};
}

Exception evidence_for(std::string id, std::optional<std::size_t> service = {}) {
    return {.principal = "*/eve",
            .service = service,
            .evidence = {std::move(id)},
            .threshold = {},
            .expires = {}};
}

}  // namespace

TEST_CASE("wildcards: a star stands for any text, including none, and the rest for itself") {
    CHECK(matches_wildcards("eve", "eve"));
    CHECK_FALSE(matches_wildcards("eve", "eve2"));
    CHECK_FALSE(matches_wildcards("eve", "Eve"));
    CHECK(matches_wildcards("*", ""));
    CHECK(matches_wildcards("*", k_eve));
    CHECK(matches_wildcards("arn:*:user/eve", k_eve));
    CHECK(matches_wildcards("*user*", k_eve));
    CHECK(matches_wildcards("*eve*", "eve"));
    CHECK_FALSE(matches_wildcards("eve*eve", "eve"));  // the two parts must not overlap
    CHECK(matches_wildcards("a*b*c", "abbbc"));
    CHECK_FALSE(matches_wildcards("a*b*c", "acb"));
    CHECK(matches_wildcards("a**b", "ab"));
    CHECK_FALSE(matches_wildcards("", "a"));
    CHECK(matches_wildcards("[ab]?.", "[ab]?."));
}

TEST_CASE("wildcards: the same result as a regular expression, over many texts") {
    std::mt19937 random(11);
    const auto any = [&random](std::string_view alphabet) {
        std::string text(random() % 9, ' ');
        for (char& c : text) c = alphabet[random() % alphabet.size()];
        return text;
    };
    int matches = 0;
    for (int i = 0; i < 20'000; ++i) {
        const std::string pattern = any("ab**");
        const std::string text = any("ab");
        const std::regex expression(std::regex_replace(pattern, std::regex("\\*"), ".*"));
        const bool expected = std::regex_match(text, expression);
        CAPTURE(pattern);
        CAPTURE(text);
        CHECK(matches_wildcards(pattern, text) == expected);
        matches += expected ? 1 : 0;
    }
    CHECK(matches > 1'000);
}

TEST_CASE("wildcards: a pattern made to be slow is not slow") {
    std::string pattern;
    for (int i = 0; i < 250; ++i) pattern += "a*a*";
    const std::string text = std::string(1000, 'a') + "b";
    CHECK_FALSE(matches_wildcards(pattern + "c", text));
}

TEST_CASE("allowlist: the exceptions of a principal, in their order") {
    const auto list =
        allowing({all_for("b*"), all_for("bob"), all_for("*b"), all_for("alice"), all_for("*")})
            .allowlist;
    const auto patterns = [&list](std::string_view principal) {
        std::vector<std::string> found;
        for (const Exception* one : list.of(principal)) found.push_back(one->principal);
        return found;
    };
    CHECK(patterns("bob") == std::vector<std::string>{"b*", "bob", "*b", "*"});
    CHECK(patterns("alice") == std::vector<std::string>{"alice", "*"});
    CHECK(patterns("") == std::vector<std::string>{"*"});
}

TEST_CASE("allowlist: the same exceptions as if each pattern were tried, over many lists") {
    std::mt19937 random(7);
    const auto any = [&random](std::string_view alphabet, std::size_t most) {
        std::string text(random() % most, ' ');
        for (char& c : text) c = alphabet[random() % alphabet.size()];
        return text;
    };
    std::size_t matches = 0;
    for (int list = 0; list < 300; ++list) {
        std::vector<Exception> exceptions;
        for (int i = 0; i < 40; ++i) {
            exceptions.push_back(all_for(any("aabc*", 14)));
            exceptions.back().service = i;  // so that none extends another one
        }
        const Usual usual = allowing(exceptions);
        for (int i = 0; i < 20; ++i) {
            const std::string principal = any("aabc", 24) + (i == 0 ? "*" : "");
            CAPTURE(principal);
            std::vector<std::size_t> expected;
            for (const Exception& one : exceptions) {
                if (matches_wildcards(one.principal, principal)) expected.push_back(*one.service);
            }
            std::vector<std::size_t> found;
            for (const Exception* one : usual.allowlist.of(principal)) {
                found.push_back(*one->service);
            }
            CHECK(found == expected);
            matches += found.size();
        }
    }
    CHECK(matches > 5'000);
}

TEST_CASE("allowlist: lines that differ in their last days are one exception") {
    Allowlist list;
    const auto until = [](std::optional<std::int64_t> second) {
        Exception exception = all_for("*/eve");
        exception.expires = second;
        return exception;
    };
    const auto only = [&list] {
        const Exceptions exceptions = list.of(k_eve);
        REQUIRE(exceptions.size() == 1);
        return exceptions.front()->expires;
    };
    CHECK(list.add(until(2 * k_day)));
    CHECK(list.add(until(3 * k_day)));
    CHECK(list.add(until(k_day)));
    CHECK(only() == 3 * k_day);
    for (int i = 0; i < 1'000; ++i) CHECK(list.add(until(std::nullopt)));
    CHECK(list.add(until(k_day)));
    CHECK(only() == std::nullopt);

    Exception limited = until(std::nullopt);
    limited.threshold = 5;
    CHECK(list.add(limited));
    limited.service = 0;
    CHECK(list.add(limited));
    CHECK(list.of(k_eve).size() == 3);
}

TEST_CASE("allowlist: the exceptions that nothing sets apart from others are limited") {
    const auto limited_to = [](std::string pattern, std::size_t threshold) {
        Exception exception = all_for(std::move(pattern));
        exception.threshold = threshold;
        return exception;
    };
    for (const std::string_view pattern : {"*", "a*", "*ev*", "**", k_eve.data()}) {
        CAPTURE(pattern);
        const std::size_t most =
            pattern == k_eve ? Allowlist::k_most_of_name : Allowlist::k_most_of_window;
        Allowlist list;
        for (std::size_t i = 0; i < most; ++i) CHECK(list.add(limited_to(std::string(pattern), i)));
        CHECK_FALSE(list.add(limited_to(std::string(pattern), most)));
        CHECK(list.add(limited_to(std::string(pattern), 0)));  // which is there already
        CHECK(list.add(all_for("*user*")));                    // which another text sets apart
        CHECK(list.of(k_eve).size() == 1 + most);
    }
    // 100,000 lines, of which a name matches all, leave a list that is tried in few steps.
    Allowlist list;
    std::size_t added = 0;
    for (std::size_t i = 0; i < 100'000; ++i) {
        added += list.add(all_for("*e" + std::string(i % 900, '*') + "*v*")) ? 1 : 0;
    }
    CHECK(added >= Allowlist::k_most_of_window);
    CHECK(list.of(k_eve).size() <= 2 * Allowlist::k_most_of_window);
}

TEST_CASE("allowlist: an exception silences the evidence that it names, and no other") {
    const Story story = repeated({.call = "InvokeModel"}, 0, 60) +
                        Story{{.time = clock(70), .call = "DeleteGuardrail"}};
    CHECK(score("burst", story, {}, allowing({evidence_for("burst")})) == 0);
    CHECK(score("evade", story, {}, allowing({evidence_for("burst")})) == 10);
    CHECK(score("burst", story, {}, allowing({evidence_for("evade")})) == 25);
    CHECK(score("burst", story, {}, allowing({all_for("*/eve")})) == 0);
    CHECK(score("evade", story, {}, allowing({all_for("*/eve")})) == 0);
    CHECK(score("burst", story, {}, allowing({all_for("*/eva")})) == 25);
}

TEST_CASE("allowlist: an exception for one service hides nothing of another") {
    const Story both =
        repeated({.call = "InvokeModel"}, 0, 60) + repeated({.call = "SendEmail"}, 100, 110);
    const auto burst_of = [&both](std::string_view allowed) {
        return reason("burst", both, {}, allowing({evidence_for("burst", service_index(allowed))}));
    };
    CHECK(burst_of("ses").contains("AWS Bedrock"));
    CHECK(burst_of("bedrock").contains("AWS SES"));
    const Story onboarding = {{.time = clock(0), .call = "CreateEmailIdentity"},
                              {.time = clock(5), .call = "SendEmail"},
                              {.time = clock(100), .call = "SetSMSAttributes"},
                              {.time = clock(160), .call = "Publish"}};
    const auto usual = allowing({evidence_for("enable_then_use", service_index("ses"))});
    CHECK(reason("enable_then_use", onboarding).contains("AWS SES"));
    CHECK(reason("enable_then_use", onboarding, {}, usual).contains("AWS SNS"));
}

TEST_CASE("allowlist: activity up to a threshold is expected, and more is a finding") {
    Exception exception = evidence_for("burst");
    exception.threshold = 100;
    const auto uses = [](int times) { return repeated({.call = "InvokeModel"}, 0, times); };
    CHECK(score("burst", uses(100), {}, allowing({exception})) == 0);
    CHECK(score("burst", uses(101), {}, allowing({exception})) == 25);
    CHECK(score("burst", uses(301), {}, allowing({exception})) == 30);
    CHECK(reason("burst", uses(101), {}, allowing({exception})).contains("the threshold of 100"));
    exception.threshold = 10;  // an exception never makes a finding
    CHECK(score("burst", uses(50), {}, allowing({exception})) == 0);
    // All evidence is allowed without a limit, and volume up to the threshold.
    Exception limited = all_for("*");
    limited.threshold = 100;
    CHECK(score("burst", uses(101), {}, allowing({limited})) == 25);
    const Story probed = {{.time = clock(0),
                           .call = "InvokeModel",
                           .error = "ValidationException",
                           .message = "max_tokens_to_sample: range: 1..1,000,000"}};
    CHECK(score("probe", probed) == 40);
    CHECK(score("probe", probed, {}, allowing({limited})) == 0);
}

TEST_CASE("allowlist: an exception ends with its last day, by the events' time") {
    Exception exception = evidence_for("evade");
    exception.expires = k_second_of_march + k_day;
    const auto at = [](std::string_view time) {
        return Story{{.time = std::string(time), .call = "DeleteGuardrail"}};
    };
    const auto usual = allowing({exception});
    CHECK(score("evade", at("2026-03-02T23:59:59Z"), {}, usual) == 0);
    CHECK(score("evade", at("2026-03-03T00:00:00Z"), {}, usual) == 10);
    const Story both = at("2026-03-02T23:59:59Z") + at("2026-03-03T00:00:01Z");
    CHECK(reason("evade", both, {}, usual).contains("2026-03-03T00:00:01Z"));
}

TEST_CASE("allowlist: activity that was normal before an exception ended stays normal") {
    Exception exception = evidence_for("burst");
    exception.expires = k_second_of_march + k_day;
    const StoryEvent use{.call = "InvokeModel"};
    const Story story = repeated(use, 0, 100) + repeated(use, 2 * k_day, 200);
    CHECK(score("burst", story, {}, allowing({exception})) == 0);
    CHECK(score("burst", story + repeated(use, 2 * k_day + 300, 101), {}, allowing({exception})) ==
          45);
}

TEST_CASE("allowlist: markers, sources and quarantine can be expected as well") {
    const Story probed = {{.time = clock(0), .call = "InvokeModel", .key = "AKIA1"}};
    CHECK(score("long_term_key", probed) == 5);
    CHECK(score("long_term_key", probed, {}, allowing({evidence_for("long_term_key")})) == 0);
    Story many;
    for (int i = 0; i < 4; ++i) {
        many.push_back({.time = clock(i),
                        .call = "GetSendQuota",
                        .address = "198.51.100." + std::to_string(i)});
    }
    CHECK(score("many_ips", many) == 10);
    CHECK(score("many_ips", many, {}, allowing({evidence_for("many_ips")})) == 0);
    const Story attached = {
        {.time = clock(0),
         .call = "AttachUserPolicy",
         .parameters = R"({"userName":"eve","policyArn":"x/AWSCompromisedKeyQuarantineV3"})"}};
    CHECK(score("quarantined", attached) == 60);
    CHECK(score("quarantined", attached, {}, allowing({evidence_for("quarantined")})) == 0);
    // The creation of users can be expected, but not the discovery of a key in public by AWS.
    Exception account = all_for("*/eve");
    account.service = service_index("account");
    CHECK(score("quarantined", attached, {}, allowing({account})) == 60);
}

TEST_CASE("allowlist: an exception never adds evidence or raises its score") {
    Exception until = all_for("*/eve");
    until.expires = k_second_of_march + k_day;
    const auto later = [](std::int64_t second, std::string call) {
        return StoryEvent{.time = clock(k_day + second), .call = std::move(call), .key = "AKIA1"};
    };
    // The use on the day before is covered, but the later use is still not the first.
    const Story story = {{.time = clock(0), .call = "InvokeModel"},
                         later(0, "ListGuardrails"),
                         later(1, "GetUseCaseForModelAccess"),
                         later(2, "InvokeModel")};
    CHECK(score("recon_then_use", story) == 0);
    CHECK(score("recon_then_use", story, {}, allowing({until})) == 0);
    // The addresses are many for the calls to one service, but not for all calls.
    Story many = repeated({.call = "SendEmail"}, 0, 60);
    for (int i = 0; i < 6; ++i) {
        many.push_back({.time = clock(i),
                        .call = "ListFoundationModels",
                        .address = "10." + std::to_string(i) + ".0.1"});
    }
    Exception mail = all_for("*/eve");
    mail.service = service_index("ses");
    CHECK(score("rotating_ips", many) == 0);
    CHECK(score("rotating_ips", many, {}, allowing({mail})) == 0);
}

TEST_CASE("allowlist: long lists are searched by the beginnings and ends of the patterns") {
    std::vector<Exception> many;
    for (int i = 0; i < 50'000; ++i) {
        many.push_back(all_for("*:role/thing-" + std::to_string(i)));
        many.push_back(all_for("arn:aws:iam::" + std::to_string(i) + ":role/*"));
    }
    const auto list = allowing(std::move(many)).allowlist;
    for (int i = 0; i < 20'000; ++i) {
        const std::string account = std::to_string(100'000 + i);
        CHECK(list.of("arn:aws:iam::" + account + ":role/thing-" + std::to_string(i)).size() == 1);
    }
}

TEST_CASE("allowlist: the rows that it removes are counted") {
    const auto setup = [](std::vector<Exception> exceptions) {
        auto rules = builtin_config().hunt;
        rules.allowlist =
            std::make_shared<const rules::Allowlist>(allowing(std::move(exceptions)).allowlist);
        return rules;
    };
    const Story story = repeated({.call = "InvokeModel"}, 0, 60) +
                        Story{{.time = clock(70), .call = "DeleteGuardrail"}};
    const StoryEvents story_events(story);
    detect::HuntActivity activity(builtin_catalogue());
    for (const auto& event : story_events.events()) activity.add(event);

    const auto none = activity.findings(setup({}));
    CHECK(none.rows.size() == 1);
    CHECK(none.allowed_rows + none.lessened_rows == 0);
    const auto hidden = activity.findings(setup({evidence_for("burst")}));
    CHECK(hidden.rows.empty());  // the guardrail alone does not make a row
    CHECK(hidden.allowed_rows == 1);
    const auto lessened = activity.findings(setup({evidence_for("evade")}));
    CHECK(lessened.rows.size() == 1);
    CHECK(lessened.allowed_rows == 0);
    CHECK(lessened.lessened_rows == 1);
    const auto other = activity.findings(setup({evidence_for("probe")}));
    CHECK(other.rows.size() == 1);
    CHECK(other.allowed_rows + other.lessened_rows == 0);
}

TEST_CASE("allowlist: rows of mode=volume follow the exceptions for volume") {
    detect::VolumeActivity activity(builtin_catalogue(), std::chrono::hours{1});
    const StoryEvents story_events(repeated({.call = "InvokeModel"}, 0, 160));
    for (const auto& event : story_events.events()) activity.add(event);
    const auto findings = [&activity](std::vector<Exception> exceptions) {
        auto rules = builtin_config().volume;
        rules.allowlist =
            std::make_shared<const rules::Allowlist>(allowing(std::move(exceptions)).allowlist);
        return activity.findings(rules);
    };
    const auto usual = findings({});
    REQUIRE(usual.rows.size() == 1);
    CHECK(usual.rows.front().threshold == 50);
    CHECK(usual.rows.front().score == 2);
    for (const Exception& exception : {all_for("*/eve"), evidence_for("burst")}) {
        const auto allowed = findings({exception});
        CHECK(allowed.rows.empty());
        CHECK(allowed.allowed_rows == 1);
    }
    for (const Exception& exception :
         {all_for("*/eva"), evidence_for("probe"), evidence_for("burst", service_index("ses"))}) {
        const auto other = findings({exception});
        CHECK(other.rows.size() == 1);
        CHECK(other.allowed_rows == 0);
    }
    Exception limited = evidence_for("burst");
    limited.threshold = 159;
    const auto above = findings({limited});
    REQUIRE(above.rows.size() == 1);
    CHECK(above.rows.front().threshold == 159);
    CHECK(above.rows.front().score == 1);
    CHECK(above.rows.front().reasons.front().contains("the threshold of 159"));
    auto rules = builtin_config().volume;
    rules.min_score = 2;  // which the row reaches only with the service's own threshold
    rules.allowlist = std::make_shared<const rules::Allowlist>(allowing({limited}).allowlist);
    CHECK(activity.findings(rules).rows.empty());
    CHECK(activity.findings(rules).allowed_rows == 1);
    limited.threshold = 160;
    CHECK(findings({limited}).rows.empty());
    limited.expires = k_second_of_march;  // before the story's day
    CHECK(findings({limited}).rows.front().threshold == 50);
}
