#include "detect/coverage/coverage_finding.hpp"

#include <array>

namespace cloudhijack::detect {
namespace {

// A missing time is an empty value, not a number.
Value time(const std::optional<std::int64_t>& second) {
    if (second) return number(*second);
    return std::string();
}

// One text for each log, in byte order without repeats, as logs can share a label.
std::vector<std::string> sorted_texts(const LogsById& logs,
                                      std::string (*text_of)(const log::Log&)) {
    std::set<std::string> texts;
    for (const log::Log* log : logs) texts.insert(text_of(*log));
    return {texts.begin(), texts.end()};
}

std::vector<std::string> labels(const CoverageFinding& finding) {
    return sorted_texts(finding.logs, [](const log::Log& log) { return std::string(log.label); });
}

constexpr auto k_coverage_row = std::to_array<ColumnOf<CoverageFinding>>({
    {"Account", [](const auto& finding) { return finding.account; }},
    {"Service", [](const auto& finding) { return label_of(finding); }},
    {"Region", [](const auto& finding) { return finding.region; }},
    {"ManagementEvents", [](const auto& finding) { return number(finding.management); }},
    {"DataEvents", [](const auto& finding) { return number(finding.data); }},
    {"FirstEvent", [](const auto& finding) { return time(finding.first); }},
    {"LastEvent", [](const auto& finding) { return time(finding.last); }},
    {"NotSeen", [](const auto& finding) { return not_seen(finding); }},
    {"NeverLogged", [](const auto& finding) { return never_logged(finding); }},
    {"Logs", [](const auto& finding) { return labels(finding); }},
    {"NeverShown", [](const auto& finding) { return never_shown(finding); }},
});

}  // namespace

std::string label_of(const CoverageFinding& finding) {
    return finding.service == nullptr ? std::string() : finding.service->label;
}

std::string never_logged(const CoverageFinding& finding) {
    return finding.service == nullptr ? std::string() : finding.service->never_logged;
}

std::string not_seen(const CoverageFinding& finding) {
    if (finding.service == nullptr) {
        return "any service: there was no event for a call in the catalogue";
    }
    if (!finding.ended_by.empty()) {
        return "anything after " + std::string(finding.ended_by) +
               ": no later event in the account is in the catalogue";
    }
    const bool is_seen = finding.data > 0 || finding.has_data_elsewhere;
    if (is_seen || finding.service->data_events.empty()) return {};
    const bool nothing = finding.management == 0;
    return (nothing ? "no event at all; without data events nothing is seen of "
                    : "no data events, so nothing is seen of ") +
           finding.service->data_events;
}

std::vector<std::string> never_shown(const CoverageFinding& finding) {
    return sorted_texts(finding.logs, [](const log::Log& log) {
        return std::string(log.label) + ": " + std::string(log.never_shows);
    });
}

std::span<const Column> coverage_columns() {
    static constexpr auto columns = columns_of(k_coverage_row);
    return columns;
}

Row to_row(const CoverageFinding& finding) { return row_of(k_coverage_row, finding); }

}  // namespace cloudhijack::detect
