#include "detect/volume/volume_finding.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "counting/seconds.hpp"
#include "log/principal.hpp"

namespace cloudhijack::detect {
namespace {

// A span in the largest unit that divides it: "1h", "90s".
std::string to_text(std::chrono::seconds span) {
    constexpr std::array<std::pair<std::int64_t, char>, 3> units = {
        {{counting::k_seconds_a_day, 'd'},
         {counting::k_seconds_an_hour, 'h'},
         {counting::k_seconds_a_minute, 'm'}}};
    for (const auto& [seconds, letter] : units) {
        if (span.count() % seconds == 0) return std::to_string(span.count() / seconds) + letter;
    }
    return std::to_string(span.count()) + 's';
}

std::uint64_t points_of_count(std::uint64_t count, std::uint64_t threshold) {
    if (count > threshold * 10) return 3;
    return count > threshold * 3 ? 2 : 1;
}

// Each of these properties adds one point.

bool has_many_addresses(const VolumeGroup& group) { return group.source_addresses.size() > 3; }

bool is_of_assumed_role(const VolumeGroup& group) {
    return log::is_role_session(group.caller_type);
}

bool has_suspicious_name(const VolumeGroup& group, const VolumeRules& rules) {
    return re2::RE2::PartialMatch(group.caller_arn, *rules.suspicious_names);
}

Number time(text::Time value) { return {text::to_epoch_seconds(value)}; }

constexpr auto k_volume_row = std::to_array<ColumnOf<VolumeFinding>>({
    {"_time", [](const auto& finding) { return time(finding.group.span_start); }},
    {"ServiceAbused", [](const auto& finding) { return finding.group.service->label; }},
    {"AttackCategory", [](const auto& finding) { return finding.group.service->category; }},
    {"EventCount", [](const auto& finding) { return number(finding.group.event_count); }},
    {"Threshold", [](const auto& finding) { return number(finding.threshold); }},
    {"SuspicionScore", [](const auto& finding) { return number(finding.score); }},
    {"CallerARN", [](const auto& finding) { return std::string(finding.group.caller_arn); }},
    {"CallerType", [](const auto& finding) { return std::string(finding.group.caller_type); }},
    {"UniqueIPs",
     [](const auto& finding) { return number(finding.group.source_addresses.size()); }},
    {"SourceIPs",
     [](const auto& finding) {
         const auto& addresses = finding.group.source_addresses;
         return std::vector<std::string>(addresses.begin(), addresses.end());
     }},
    {"awsRegion", [](const auto& finding) { return std::string(finding.group.region); }},
    {"FirstEvent", [](const auto& finding) { return time(finding.group.first_event); }},
    {"LastEvent", [](const auto& finding) { return time(finding.group.last_event); }},
    {"Reasons", [](const auto& finding) { return finding.reasons; }},
    {"InputTokens",
     [](const auto& finding) {
         return tokens_or_none(finding.group.spent.input_tokens, finding.group.spent);
     }},
    {"OutputTokens",
     [](const auto& finding) {
         return tokens_or_none(finding.group.spent.output_tokens, finding.group.spent);
     }},
    {"EstimatedCost", [](const auto& finding) { return dollars_or_none(finding.group.cost); }},
});

}  // namespace

bool reaches_min_score(const VolumeGroup& group, std::uint64_t threshold,
                       const VolumeRules& rules) {
    const std::uint64_t points = points_of_count(group.event_count, threshold) +
                                 (has_many_addresses(group) ? 1U : 0U) +
                                 (is_of_assumed_role(group) ? 1U : 0U);
    if (points >= rules.min_score) return true;
    return points + 1 == rules.min_score && has_suspicious_name(group, rules);
}

VolumeFinding assess(VolumeGroup group, std::uint64_t threshold, const VolumeRules& rules) {
    VolumeFinding finding{.group = std::move(group), .threshold = threshold, .reasons = {}};
    const auto add = [&finding](std::uint64_t points, const std::string& reason) {
        finding.score += points;
        finding.reasons.push_back(reason + " (+" + std::to_string(points) + ")");
    };

    const std::uint64_t count = finding.group.event_count;
    const std::uint64_t points = points_of_count(count, threshold);
    const std::string_view factor = points == 3 ? "10 times " : points == 2 ? "3 times " : "";
    add(points, std::to_string(count) + (count == 1 ? " call" : " calls") + " in " +
                    to_text(rules.span) + ", more than " + std::string(factor) +
                    "the threshold of " + std::to_string(threshold));
    if (has_many_addresses(finding.group)) {
        add(1, std::to_string(finding.group.source_addresses.size()) +
                   " source addresses, more than 3");
    }
    if (is_of_assumed_role(finding.group)) add(1, "the caller is an assumed role");
    if (has_suspicious_name(finding.group, rules)) {
        add(1, "the caller's name matches " + rules.suspicious_names->pattern());
    }
    if (log::is_account_principal(finding.group.caller_arn)) {
        add(0, "many callers share this account");
    } else if (log::is_key_principal(finding.group.caller_arn)) {
        add(0, "many callers share this key");
    }
    return finding;
}

void VolumeFindings::sort() {
    const auto key = [](const VolumeFinding& finding) {
        const VolumeGroup& group = finding.group;
        const rules::Service& service = *group.service;
        return std::tuple(group.span_start, std::string_view(service.label),
                          std::string_view(service.category), group.caller_arn, group.caller_type,
                          group.region);
    };
    std::ranges::sort(rows, [&](const VolumeFinding& a, const VolumeFinding& b) {
        if (a.score != b.score) return a.score > b.score;
        if (a.group.event_count != b.group.event_count) {
            return a.group.event_count > b.group.event_count;
        }
        return key(a) < key(b);
    });
}

std::span<const Column> volume_columns() {
    static constexpr auto columns = columns_of(k_volume_row);
    return columns;
}

Row to_row(const VolumeFinding& finding) { return row_of(k_volume_row, finding); }

}  // namespace cloudhijack::detect
