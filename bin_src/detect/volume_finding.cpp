#include "detect/volume_finding.hpp"

#include <array>
#include <tuple>
#include <utility>

namespace cloudhijack::detect {
namespace {

// In the largest unit that divides it: "1h", "90s".
std::string to_text(std::chrono::seconds span) {
    constexpr std::array<std::pair<std::int64_t, char>, 3> units = {
        {{86'400, 'd'}, {3'600, 'h'}, {60, 'm'}}};
    for (const auto& [seconds, letter] : units) {
        if (span.count() % seconds == 0) return std::to_string(span.count() / seconds) + letter;
    }
    return std::to_string(span.count()) + 's';
}

}  // namespace

VolumeRules VolumeRules::of(const Catalogue& catalogue) {
    VolumeRules rules;
    rules.thresholds = thresholds_of(catalogue);
    rules.suspicious_names = default_suspicious_names();
    return rules;
}

VolumeFinding assess(VolumeGroup group, std::uint64_t threshold, const VolumeRules& rules) {
    VolumeFinding finding{.group = std::move(group), .threshold = threshold, .reasons = {}};
    const auto add = [&finding](std::uint64_t points, const std::string& reason) {
        finding.score += points;
        finding.reasons.push_back(reason + " (+" + std::to_string(points) + ")");
    };

    const std::uint64_t count = finding.group.event_count;
    const std::string calls = std::to_string(count) + (count == 1 ? " call" : " calls") + " in " +
                              to_text(rules.span) + ", more than ";
    const std::string limit = "the threshold of " + std::to_string(threshold);
    if (count > threshold * 10) {
        add(3, calls + "10 times " + limit);
    } else if (count > threshold * 3) {
        add(2, calls + "3 times " + limit);
    } else {
        add(1, calls + limit);
    }
    if (const auto addresses = finding.group.source_addresses.size(); addresses > 3) {
        add(1, std::to_string(addresses) + " source addresses, more than 3");
    }
    if (finding.group.caller_type == "AssumedRole") add(1, "the caller is an assumed role");
    if (re2::RE2::PartialMatch(finding.group.caller_arn, *rules.suspicious_names)) {
        add(1, "the caller's name matches " + rules.suspicious_names->pattern());
    }
    return finding;
}

bool comes_before(const VolumeFinding& a, const VolumeFinding& b) {
    const auto key = [](const VolumeFinding& finding) {
        const VolumeGroup& group = finding.group;
        const Service& service = *group.service;
        return std::tuple(group.span_start, std::string_view(service.label),
                          std::string_view(service.category), group.caller_arn, group.caller_type,
                          group.region);
    };
    if (a.score != b.score) return a.score > b.score;
    if (a.group.event_count != b.group.event_count) {
        return a.group.event_count > b.group.event_count;
    }
    return key(a) < key(b);
}

}  // namespace cloudhijack::detect
