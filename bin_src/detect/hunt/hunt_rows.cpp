#include "detect/hunt/hunt_rows.hpp"

#include <array>
#include <string>
#include <utility>

#include "log/cloudtrail_principal.hpp"

namespace cloudhijack::detect {
namespace {

std::vector<std::string> truncated(const HuntFinding& finding) {
    std::vector<std::string> names;
    // Evidence is sought in what is kept.
    if (finding.subjects_are_cut || finding.agents.is_estimated) names.emplace_back("Evidence");
    if (finding.counts_are_sums) {
        names.insert(names.end(), {"UseCount", "MessageCount", "FailedCount", "PeakPerHour"});
    }
    const auto add = [&names](const ShownList& list, std::string_view count,
                              std::string_view values) {
        if (list.is_estimated && !count.empty()) names.emplace_back(count);
        if (list.is_cut()) names.emplace_back(values);
    };
    add(finding.addresses, "UniqueIPs", "SourceIPs");
    add(finding.regions, "UniqueRegions", "Regions");
    add(finding.clients, "UniqueClients", "Clients");
    add(finding.access_keys, "UniqueAccessKeys", "AccessKeys");
    add(finding.models, "UniqueModels", "Models");
    add(finding.caller_types, "", "CallerType");
    add(finding.workloads, "", "Workload");
    add(finding.agents, "", "user_agent");
    return names;
}

std::string risk_message(const HuntFinding& finding) {
    std::string message = finding.principal.name + " behaves like a hijacker of cloud services";
    std::string_view separator = ": ";
    for (const std::string& reason : finding.reasons) {
        message += std::string(separator) + reason;
        separator = "; ";
    }
    return message;
}

std::string threat_object_type(const HuntFinding& finding) {
    return finding.addresses.values.empty() ? "" : "ip_address";
}

constexpr auto k_hunt_row = std::to_array<ColumnOf<HuntFinding>>({
    {"_time", [](const auto& finding) { return number(finding.first_evidence); }},
    {"Principal", [](const auto& finding) { return finding.principal.name; }},
    {"Account", [](const auto& finding) { return finding.principal.account; }},
    {"RiskScore", [](const auto& finding) { return number(finding.risk_score); }},
    {"Severity", [](const auto& finding) { return std::string(finding.severity); }},
    {"Services", [](const auto& finding) { return finding.services; }},
    {"Phases", [](const auto& finding) { return finding.phases; }},
    {"Evidence", [](const auto& finding) { return finding.evidence; }},
    {"Reasons", [](const auto& finding) { return finding.reasons; }},
    {"UseCount", [](const auto& finding) { return number(finding.use_count); }},
    {"MessageCount", [](const auto& finding) { return number(finding.message_count); }},
    {"FailedCount", [](const auto& finding) { return number(finding.failed_count); }},
    {"PeakPerHour", [](const auto& finding) { return number(finding.peak_per_hour); }},
    {"UniqueIPs", [](const auto& finding) { return number(finding.addresses.size); }},
    {"SourceIPs", [](const auto& finding) { return finding.addresses.values; }},
    {"UniqueRegions", [](const auto& finding) { return number(finding.regions.size); }},
    {"Regions", [](const auto& finding) { return finding.regions.values; }},
    {"UniqueClients", [](const auto& finding) { return number(finding.clients.size); }},
    {"Clients", [](const auto& finding) { return finding.clients.values; }},
    {"UniqueAccessKeys", [](const auto& finding) { return number(finding.access_keys.size); }},
    {"AccessKeys", [](const auto& finding) { return finding.access_keys.values; }},
    {"UniqueModels", [](const auto& finding) { return number(finding.models.size); }},
    {"Models", [](const auto& finding) { return finding.models.values; }},
    {"CallerType", [](const auto& finding) { return finding.caller_types.values; }},
    {"Workload", [](const auto& finding) { return finding.workloads.values; }},
    {"FirstEvent", [](const auto& finding) { return number(finding.first_event); }},
    {"LastEvent", [](const auto& finding) { return number(finding.last_event); }},
    {"Timeline", [](const auto& finding) { return finding.timeline; }},
    {"EventIDs", [](const auto& finding) { return finding.event_ids; }},
    {"Truncated", [](const auto& finding) { return truncated(finding); }},
    {"user",
     [](const auto& finding) { return std::string(log::last_part(finding.principal.name)); }},
    {"src", [](const auto& finding) { return finding.addresses.values; }},
    {"vendor_account", [](const auto& finding) { return finding.principal.account; }},
    {"vendor_region", [](const auto& finding) { return finding.regions.values; }},
    {"user_agent", [](const auto& finding) { return finding.agents.values; }},
    {"risk_object", [](const auto& finding) { return finding.principal.name; }},
    {"risk_object_type", [](const auto& /*finding*/) { return std::string("user"); }},
    {"risk_score", [](const auto& finding) { return number(finding.risk_score); }},
    {"risk_message", [](const auto& finding) { return risk_message(finding); }},
    {"threat_object", [](const auto& finding) { return finding.addresses.values; }},
    {"threat_object_type", [](const auto& finding) { return threat_object_type(finding); }},
    {"mitre_technique_id", [](const auto& /*finding*/) { return std::string("T1496.004"); }},
});

}  // namespace

std::span<const Column> hunt_columns() {
    static constexpr auto columns = columns_of(k_hunt_row);
    return columns;
}

Row to_row(const HuntFinding& finding) { return row_of(k_hunt_row, finding); }

}  // namespace cloudhijack::detect
