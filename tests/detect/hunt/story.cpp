#include "detect/hunt/story.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <iterator>
#include <random>
#include <utility>

#include "config/setup_for_tests.hpp"
#include "counting/hash.hpp"
#include "detect/hunt/evidence/evidence.hpp"
#include "detect/hunt/hunt_rows.hpp"
#include "io/window.hpp"
#include "log/log_set.hpp"
#include "output/csv_and_ndjson.hpp"
#include "partial/through_documents.hpp"
#include "rules/builtin.hpp"

using namespace cloudhijack::config;
using namespace cloudhijack::partial;
using namespace cloudhijack::rules;

namespace cloudhijack::detect {
namespace {

constexpr std::int64_t k_ten = 1'772'445'600;  // 2026-03-02T10:00:00Z
constexpr std::int32_t k_day = 20'514;         // 2026-03-02

std::string source_of(const rules::Catalogue& catalogue, std::string_view call) {
    if (call == "AssumeRole") return "sts.amazonaws.com";  // its service is disabled
    for (const rules::Service& service : catalogue.services()) {
        for (const auto& phase : service.calls) {
            for (const rules::CatalogueCall& one : phase) {
                if (one.name == call) return one.source;
            }
        }
    }
    return "s3.amazonaws.com";
}

// Only one evidence rule is enabled.
rules::HuntRules rules_for(const config::Setup& setup, const Usual& usual, std::string_view id) {
    auto rules = rules_for_all(setup, usual);
    for (const Evidence& evidence : all_evidence()) {
        if (evidence.id != id) rules.disabled.emplace(evidence.id);
    }
    return rules;
}

std::string as_text(const std::vector<HuntFinding>& findings) {
    std::vector<Row> rows;
    for (const auto& finding : findings) rows.push_back(to_row(finding));
    return output::to_ndjson(hunt_columns(), rows);
}

HuntActivity activity_of(const config::Setup& setup, const std::vector<log::Event>& events) {
    HuntActivity activity(setup.catalogue);
    for (const auto& event : events) activity.add(event);
    return activity;
}

// The findings, after a check that they are the same however the events are delivered.
std::vector<HuntFinding> findings_of(const Story& story, const config::Setup& setup,
                                     const rules::HuntRules& rules) {
    const StoryEvents story_events(story);
    auto findings = activity_of(setup, story_events.events()).findings(rules).rows;
    const std::string expected = as_text(findings);

    std::vector<log::Event> twice = story_events.events();
    std::ranges::copy_if(
        story_events.events(), std::back_inserter(twice), [](const log::Event& event) {
            return !event.log->usable_id(event).empty();  // without an id each delivery is a call
        });
    std::ranges::reverse(twice);
    CHECK(as_text(activity_of(setup, twice).findings(rules).rows) == expected);

    std::ranges::shuffle(twice, std::mt19937(7));
    const auto middle = twice.begin() + static_cast<std::ptrdiff_t>(twice.size() / 3);
    auto merged = activity_of(setup, {middle, twice.end()});
    merged.merge(activity_of(setup, {twice.begin(), middle}));
    CHECK(as_text(merged.findings(rules).rows) == expected);

    const auto empty = [&setup] { return HuntActivity(setup.catalogue); };
    auto sent = activity_of(setup, {middle, twice.end()});
    merge_documents(sent, activity_of(setup, {twice.begin(), middle}), empty);
    CHECK(as_text(sent.findings(rules).rows) == expected);
    return findings;
}

}  // namespace

rules::HuntRules rules_for_all(const config::Setup& setup, const Usual& usual,
                               std::uint64_t min_risk) {
    auto rules = setup.default_config().hunt;
    rules.min_risk = min_risk;
    rules.history = std::make_shared<const rules::History>(
        std::make_shared<const rules::Baseline>(usual.baseline), usual.networks,
        usual.own_accounts);
    rules.allowlist = std::make_shared<const rules::Allowlist>(usual.allowlist);
    return rules;
}

Usual with_habits(const std::vector<Habit>& habits) {
    Usual usual;
    Habit colleague{.principal = "arn:aws:iam::111122223333:role/colleague",
                    .networks = {"203.0.0.0/16"},
                    .clients = {"colleague"}};
    auto all = habits;
    all.push_back(colleague);
    for (const Habit& habit : all) {
        const rules::SeenDays days{.first = k_day - habit.days, .last = k_day - 1};
        rules::Baseline::Row row;
        row.first_seen = k_ten - habit.days * counting::k_seconds_a_day;
        row.last_seen = k_ten - counting::k_seconds_a_day;
        row.peak_hour = habit.peak_hour;
        row.peak_day = habit.peak_day;
        if (habit.peak_dollars) row.peak_cost = *habit.peak_dollars * rules::k_dollar;
        for (const auto& phase : habit.phases) row.phases.add(phase, days);
        for (const auto& model : habit.models) row.models.add(model, days);
        for (const auto& region : habit.regions) row.regions.add(region, days);
        for (const auto& network : habit.networks) row.networks.add(network, days);
        for (const auto& client : habit.clients) {
            std::array<char, 9> text{};
            std::snprintf(text.data(), text.size(), "%08x",
                          rules::History::client_id(counting::hash_of(client)));
            row.clients.add(text.data(), days);
        }
        usual.baseline.add(
            {.account = habit.account, .principal = habit.principal, .service = habit.service},
            row);
    }
    return usual;
}

void add_making(Usual& usual, std::string principal, std::int64_t days, bool is_from_known_source) {
    rules::Baseline::Row row;
    row.first_seen = row.last_seen = k_ten - days * counting::k_seconds_a_day;
    row.made.push_back({.second = row.first_seen,
                        .maker = "arn:aws:iam::111122223333:role/maker",
                        .is_from_known_source = is_from_known_source});
    usual.baseline.add(
        {.account = "111122223333", .principal = std::move(principal), .service = "account"}, row);
}

std::string clock(std::int64_t seconds_after_ten) {
    return std::to_string(k_ten + seconds_after_ten);
}

StoryEvents::StoryEvents(const Story& story) {
    const auto keep = [this](std::string text) -> std::string_view {
        return texts_.emplace_back(std::move(text));
    };
    for (const StoryEvent& story_event : story) {
        log::Event event;
        event.log = log::all_logs().find(story_event.log);
        event.time_text = keep(story_event.time.size() == 8 ? "2026-03-02T" + story_event.time + 'Z'
                                                            : story_event.time);
        event.source = event.log->own_source();
        if (event.source.empty())
            event.source = keep(source_of(builtin_catalogue(), story_event.call));
        event.name = keep(story_event.call);
        event.error_code = keep(story_event.error);
        event.error_message = keep(story_event.message);
        event.region = keep(story_event.region);
        event.source_address = keep(story_event.address);
        event.user_agent = keep(story_event.agent);
        const std::string_view parameters =
            keep(story_event.parameters + std::string(io::k_padding, ' '));
        event.parameters = parameters.substr(0, story_event.parameters.size());
        event.access_key = keep(story_event.key);
        event.console_session = keep(story_event.console);
        event.caller_type = keep(story_event.type);
        event.caller = keep(story_event.arn);
        event.issuer = keep(story_event.issuer);
        event.account = event.caller_account = keep(story_event.account);
        event.invoked_by = keep(story_event.invoked_by);
        event.category = keep(story_event.category);
        event.workload = keep(story_event.workload);
        event.web_identity_provider = keep(story_event.provider);
        event.bearer_token = keep(story_event.bearer);
        std::array<char, 40> id{};
        std::snprintf(id.data(), id.size(), "00000000-0000-4000-8000-%012zu", events_.size());
        event.id = keep(story_event.id.empty() ? id.data() : story_event.id);
        event.model = keep(story_event.model);
        event.result = keep(story_event.result);
        event.input_tokens = keep(std::to_string(story_event.input_tokens));
        event.output_tokens = keep(std::to_string(story_event.output_tokens));
        event.cache_read_tokens = keep(std::to_string(story_event.cache_read_tokens));
        events_.push_back(event);
    }
}

std::vector<HuntFinding> hunt(const Story& story, std::string_view conf, const Usual& usual) {
    const auto setup = setup_with(conf);
    auto rules = rules_for_all(setup, usual);
    return findings_of(story, setup, rules);
}

std::uint64_t score(std::string_view evidence, const Story& story, std::string_view conf,
                    const Usual& usual) {
    const auto setup = setup_with(conf);
    REQUIRE(setup.mistakes.empty());
    const auto rules = rules_for(setup, usual, evidence);
    const auto findings = findings_of(story, setup, rules);
    if (findings.empty() || findings.front().evidence.empty()) return 0;
    CHECK(findings.front().evidence == std::vector<std::string>{std::string(evidence)});

    auto without = rules_for_all(setup, usual);
    without.disabled.emplace(evidence);
    const std::string stanza = "\n[evidence:" + std::string(evidence) + "]\ndisabled = true\n";
    const auto off = setup_with(std::string(conf) + stanza);
    const auto has = [evidence](const std::vector<HuntFinding>& found) {
        return std::ranges::find(found.front().evidence, evidence) != found.front().evidence.end();
    };
    CHECK(has(findings_of(story, setup, rules_for_all(setup, usual))));
    CHECK_FALSE(has(findings_of(story, setup, without)));
    CHECK_FALSE(has(findings_of(story, off, rules_for_all(off, usual))));
    return findings.front().risk_score;
}

std::string reason(std::string_view evidence, const Story& story, std::string_view conf,
                   const Usual& usual) {
    const auto setup = setup_with(conf);
    const auto findings = findings_of(story, setup, rules_for(setup, usual, evidence));
    return findings.empty() || findings.front().reasons.empty() ? ""
                                                                : findings.front().reasons.front();
}

StoryEvent call(std::string name, std::string parameters, std::int64_t second, std::string error) {
    return {.time = clock(second),
            .call = std::move(name),
            .error = std::move(error),
            .parameters = std::move(parameters)};
}

Story operator+(Story story, const Story& more) {
    story.insert(story.end(), more.begin(), more.end());
    return story;
}

Story repeated(const StoryEvent& story_event, std::int64_t first_second, int times,
               std::int64_t apart) {
    Story story(static_cast<std::size_t>(times), story_event);
    for (int i = 0; i < times; ++i) {
        story[static_cast<std::size_t>(i)].time = clock(first_second + i * apart);
    }
    return story;
}

}  // namespace cloudhijack::detect
