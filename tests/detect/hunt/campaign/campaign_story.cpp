#include "detect/hunt/campaign/campaign_story.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "config/setup_for_tests.hpp"
#include "detect/hunt/hunt_rows.hpp"

namespace cloudhijack::detect {
namespace {

std::string escaped(std::string_view text) {
    std::string all;
    for (const char c : text) all += c == '"' ? std::string("\\\"") : std::string(1, c);
    return all;
}

List short_names(const HuntFinding& finding) {
    List names;
    for (const log::Principal& member : finding.members) {
        names.push_back(member.name.substr(member.name.rfind('/') + 1));
    }
    return names;
}

std::string joined(const List& names) {
    std::string all;
    for (const std::string& name : names) all += (all.empty() ? "" : "+") + name;
    return all;
}

}  // namespace

StoryEvent Caller::calls(std::string call, std::int64_t second, std::string parameters) const {
    StoryEvent story_event{.time = clock(second),
                           .call = std::move(call),
                           .address = address,
                           .agent = agent,
                           .parameters = std::move(parameters),
                           .arn = arn(),
                           .account = account};
    if (name.starts_with("role/")) {
        story_event.type = "AssumedRole";
        story_event.issuer = story_event.arn;
        story_event.arn = "arn:aws:sts::" + account + ":assumed-role/" +
                          name.substr(name.rfind('/') + 1) + "/session";
    }
    return story_event;
}

StoryEvent Caller::makes(std::string_view user, std::int64_t second, std::string call) const {
    return calls(std::move(call), second,
                 R"({"userName":")" + std::string(user) + R"(","status":"Active"})");
}

StoryEvent Caller::makes_role(std::string_view role, std::string_view trust, std::int64_t second,
                              std::string call) const {
    const std::string key = call == "CreateRole" ? "assumeRolePolicyDocument" : "policyDocument";
    const std::string document = R"({"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",)" +
                                 std::string(trust) + "}]}";
    return calls(std::move(call), second,
                 R"({"roleName":")" + std::string(role) + R"(",")" + key + R"(":")" +
                     escaped(document) + R"("})");
}

StoryEvent Caller::assumes(std::string_view role, std::int64_t second,
                           std::string_view role_account) const {
    return calls("AssumeRole", second,
                 R"({"roleArn":"arn:aws:iam::)" +
                     (role_account.empty() ? account : std::string(role_account)) + ":role/" +
                     std::string(role) + R"(","roleSessionName":"s"})");
}

Caller Caller::from(std::string other_address) const {
    Caller other = *this;
    other.address = std::move(other_address);
    return other;
}

std::string members_of(const HuntFinding& finding) { return joined(short_names(finding)); }

List groups(const Story& story, std::string_view conf, const Usual& usual) {
    List all;
    for (const HuntFinding& finding : hunt(story, conf, usual)) {
        List names = short_names(finding);
        std::ranges::sort(names);
        all.push_back(joined(names));
    }
    std::ranges::sort(all);
    return all;
}

const HuntFinding& row_with(const std::vector<HuntFinding>& findings, const Caller& caller) {
    const auto found = std::ranges::find_if(findings, [&](const HuntFinding& finding) {
        return std::ranges::any_of(finding.members, [&](const log::Principal& member) {
            return member.name == caller.arn() && member.account == caller.account;
        });
    });
    REQUIRE(found != findings.end());
    return *found;
}

List column(const HuntFinding& finding, std::string_view name) {
    const auto columns = hunt_columns();
    const auto found = std::ranges::find(columns, name, &Column::name);
    REQUIRE(found != columns.end());
    const auto row = to_row(finding);
    const Value& value = row[static_cast<std::size_t>(found - columns.begin())];
    if (const auto* list = std::get_if<List>(&value)) return *list;
    if (const auto* number = std::get_if<Number>(&value)) return {number->digits};
    return {std::get<std::string>(value)};
}

HuntFindings findings_with(const Story& story, const Usual& usual, std::uint64_t min_risk,
                           std::string_view conf) {
    const auto setup = config::setup_with(conf);
    const StoryEvents events(story);
    HuntActivity activity(setup.catalogue);
    for (const auto& event : events.events()) activity.add(event);
    return activity.findings(rules_for_all(setup, usual, min_risk));
}

rules::Exception all_of(const Caller& caller) {
    rules::Exception exception;
    exception.principal = caller.arn();
    exception.is_for_all_evidence = true;
    return exception;
}

rules::Exception evidence_of(const Caller& caller, std::string evidence,
                             std::optional<std::uint64_t> threshold) {
    rules::Exception exception;
    exception.principal = caller.arn();
    exception.evidence.insert(std::move(evidence));
    exception.threshold = threshold;
    return exception;
}

Usual with_lines(const std::vector<rules::Exception>& lines, Usual usual) {
    for (const rules::Exception& line : lines) usual.allowlist.add(line);
    return usual;
}

List numbered_names(const std::string& name, int count) {
    List names;
    for (int i = 1; i <= count; ++i) names.push_back(name + std::to_string(i));
    return names;
}

}  // namespace cloudhijack::detect
