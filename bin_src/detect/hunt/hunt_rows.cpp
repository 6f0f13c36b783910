#include "detect/hunt/hunt_rows.hpp"

#include <array>
#include <string>
#include <utility>

#include "text/path.hpp"

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

}  // namespace

std::span<const Column> hunt_columns() {
    static constexpr std::array columns = {
        Column{.name = "_time"},
        Column{.name = "Principal"},
        Column{.name = "Account"},
        Column{.name = "RiskScore"},
        Column{.name = "Severity"},
        Column{.name = "Services", .multivalue = true},
        Column{.name = "Phases", .multivalue = true},
        Column{.name = "Evidence", .multivalue = true},
        Column{.name = "Reasons", .multivalue = true},
        Column{.name = "UseCount"},
        Column{.name = "MessageCount"},
        Column{.name = "FailedCount"},
        Column{.name = "PeakPerHour"},
        Column{.name = "UniqueIPs"},
        Column{.name = "SourceIPs", .multivalue = true},
        Column{.name = "UniqueRegions"},
        Column{.name = "Regions", .multivalue = true},
        Column{.name = "UniqueClients"},
        Column{.name = "Clients", .multivalue = true},
        Column{.name = "UniqueAccessKeys"},
        Column{.name = "AccessKeys", .multivalue = true},
        Column{.name = "UniqueModels"},
        Column{.name = "Models", .multivalue = true},
        Column{.name = "CallerType", .multivalue = true},
        Column{.name = "Workload", .multivalue = true},
        Column{.name = "FirstEvent"},
        Column{.name = "LastEvent"},
        Column{.name = "Timeline", .multivalue = true},
        Column{.name = "EventIDs", .multivalue = true},
        Column{.name = "Truncated", .multivalue = true},
        Column{.name = "user"},
        Column{.name = "src", .multivalue = true},
        Column{.name = "vendor_account"},
        Column{.name = "vendor_region", .multivalue = true},
        Column{.name = "user_agent", .multivalue = true},
        Column{.name = "risk_object"},
        Column{.name = "risk_object_type"},
        Column{.name = "risk_score"},
        Column{.name = "risk_message"},
        Column{.name = "threat_object", .multivalue = true},
        Column{.name = "threat_object_type"},
        Column{.name = "mitre_technique_id"},
    };
    return columns;
}

Row to_row(const HuntFinding& finding) {
    return {
        number(finding.first_evidence),
        finding.principal.name,
        finding.principal.account,
        number(finding.risk_score),
        std::string(finding.severity),
        finding.services,
        finding.phases,
        finding.evidence,
        finding.reasons,
        number(finding.use_count),
        number(finding.message_count),
        number(finding.failed_count),
        number(finding.peak_per_hour),
        number(finding.addresses.size),
        finding.addresses.values,
        number(finding.regions.size),
        finding.regions.values,
        number(finding.clients.size),
        finding.clients.values,
        number(finding.access_keys.size),
        finding.access_keys.values,
        number(finding.models.size),
        finding.models.values,
        finding.caller_types.values,
        finding.workloads.values,
        number(finding.first_event),
        number(finding.last_event),
        finding.timeline,
        finding.event_ids,
        truncated(finding),
        std::string(text::last_part(finding.principal.name)),
        finding.addresses.values,
        finding.principal.account,
        finding.regions.values,
        finding.agents.values,
        finding.principal.name,
        "user",
        number(finding.risk_score),
        risk_message(finding),
        finding.addresses.values,
        finding.addresses.values.empty() ? "" : "ip_address",
        "T1496.004",
    };
}

}  // namespace cloudhijack::detect
