#include "detect/hunt/hunt_rows.hpp"

#include <array>
#include <string>
#include <utility>

#include "detect/hunt/evidence/words.hpp"
#include "text/path.hpp"

namespace cloudhijack::detect {
namespace {

// The names of the columns with truncated or estimated values in a row, in the order of the
// columns.
std::vector<std::string> truncated(const HuntFinding& finding);

std::string risk_message(const HuntFinding& finding) {
    const std::size_t others = finding.members.size() > 1 ? finding.members.size() - 1 : 0;
    std::string message =
        finding.principal.name +
        (others == 0 ? " behaves like a hijacker"
                     : " and " + counted(others, "linked principal") + " behave like hijackers") +
        " of cloud services";
    std::string_view separator = ": ";
    for (const std::string& reason : finding.reasons) {
        message += std::string(separator) + reason;
        separator = "; ";
    }
    return message;
}

// `2 groups, history known`
std::string confidence(const HuntFinding& finding) {
    return counted(finding.group_count, "group") +
           (finding.is_history_known ? ", history known" : ", no history");
}

std::string threat_object_type(const HuntFinding& finding) {
    return finding.traits[Trait::address].values.empty() ? "" : "ip_address";
}

// Evidence rules only see the subjects, regions and agents that are kept.
bool is_evidence_cut(const HuntFinding& finding) {
    return finding.subjects_are_cut || finding.regions_are_cut ||
           finding.traits[Trait::agent].is_estimated;
}

std::vector<std::string> member_names(const HuntFinding& finding) {
    std::vector<std::string> names;
    names.reserve(finding.members.size());
    for (const log::Principal& member : finding.members) names.push_back(member.name);
    return names;
}

bool are_members_cut(const HuntFinding& finding) {
    return finding.members.size() < finding.member_count;
}

bool has_sums(const HuntFinding& finding) { return finding.counts_are_sums; }

template <Trait trait>
constexpr ColumnOf<HuntFinding> count_of(std::string_view name) {
    return {name, [](const auto& finding) { return number(finding.traits[trait].size); },
            [](const auto& finding) { return finding.traits[trait].is_estimated; }};
}

template <Trait trait>
constexpr ColumnOf<HuntFinding> values_of(std::string_view name) {
    return {name, [](const auto& finding) { return finding.traits[trait].values; },
            [](const auto& finding) { return finding.traits[trait].is_cut(); }};
}

template <std::uint64_t rules::SpendSum::* tokens>
constexpr ColumnOf<HuntFinding> token_count(std::string_view name) {
    return {
        name,
        [](const auto& finding) { return tokens_or_none(finding.spent.*tokens, finding.spent); },
        [](const auto& finding) { return finding.counts_are_sums && finding.spent.has_tokens(); }};
}

constexpr auto k_hunt_row = std::to_array<ColumnOf<HuntFinding>>({
    {"_time", [](const auto& finding) { return number(finding.first_evidence); }},
    {"Principal", [](const auto& finding) { return finding.principal.name; }},
    {"Account", [](const auto& finding) { return finding.principal.account; }},
    {"RiskScore", [](const auto& finding) { return number(finding.risk_score); }},
    {"Severity", [](const auto& finding) { return std::string(finding.severity); }},
    {"Services", [](const auto& finding) { return finding.services; }},
    {"Phases", [](const auto& finding) { return finding.phases; }},
    {"Evidence", [](const auto& finding) { return finding.evidence; }, is_evidence_cut},
    {"Reasons", [](const auto& finding) { return finding.reasons; }},
    {"UseCount", [](const auto& finding) { return number(finding.use_count); }, has_sums},
    {"MessageCount", [](const auto& finding) { return number(finding.message_count); }, has_sums},
    {"FailedCount", [](const auto& finding) { return number(finding.failed_count); }, has_sums},
    {"PeakPerHour", [](const auto& finding) { return number(finding.peak_per_hour); }, has_sums},
    count_of<Trait::address>("UniqueIPs"),
    values_of<Trait::address>("SourceIPs"),
    {"SourceCountries", [](const auto& finding) { return finding.source_countries; },
     [](const auto& finding) { return finding.are_source_countries_cut; }},
    {"Networks", [](const auto& finding) { return finding.source_networks; },
     [](const auto& finding) { return finding.are_source_networks_cut; }},
    count_of<Trait::region>("UniqueRegions"),
    values_of<Trait::region>("Regions"),
    count_of<Trait::client>("UniqueClients"),
    values_of<Trait::client>("Clients"),
    count_of<Trait::access_key>("UniqueAccessKeys"),
    values_of<Trait::access_key>("AccessKeys"),
    count_of<Trait::model>("UniqueModels"),
    values_of<Trait::model>("Models"),
    values_of<Trait::caller_type>("CallerType"),
    values_of<Trait::workload>("Workload"),
    {"FirstEvent", [](const auto& finding) { return number(finding.first_event); }},
    {"LastEvent", [](const auto& finding) { return number(finding.last_event); }},
    {"Timeline", [](const auto& finding) { return finding.timeline; },
     [](const auto& finding) { return finding.is_timeline_cut; }},
    {"EventIDs", [](const auto& finding) { return finding.event_ids; }},
    {"Truncated", [](const auto& finding) { return truncated(finding); }},
    {"Confidence", [](const auto& finding) { return confidence(finding); }},
    {"Learning",
     [](const auto& finding) { return std::string(finding.is_history_known ? "false" : "true"); }},
    {"Members", [](const auto& finding) { return member_names(finding); }, are_members_cut},
    {"UniqueMembers", [](const auto& finding) { return number(finding.member_count); }},
    {"Links", [](const auto& finding) { return finding.links; },
     [](const auto& finding) { return finding.are_links_cut; }},
    {"Response", [](const auto& finding) { return finding.response; }},
    token_count<&rules::SpendSum::input_tokens>("InputTokens"),
    token_count<&rules::SpendSum::output_tokens>("OutputTokens"),
    token_count<&rules::SpendSum::cache_read_tokens>("CachedTokens"),
    {"EstimatedCost", [](const auto& finding) { return dollars_or_none(finding.cost); },
     [](const auto& finding) {
         return finding.is_cost_partial || (finding.counts_are_sums && finding.cost);
     }},
    values_of<Trait::country>("Countries"),
    {"user",
     [](const auto& finding) { return std::string(text::last_part(finding.principal.name)); }},
    {"src", [](const auto& finding) { return finding.traits[Trait::address].values; }},
    {"vendor_account", [](const auto& finding) { return finding.principal.account; }},
    {"vendor_region", [](const auto& finding) { return finding.traits[Trait::region].values; }},
    values_of<Trait::agent>("user_agent"),
    {"risk_object", [](const auto& finding) { return finding.principal.name; }},
    {"risk_object_type", [](const auto& /*finding*/) { return std::string("user"); }},
    {"risk_score", [](const auto& finding) { return number(finding.risk_score); }},
    {"risk_message", [](const auto& finding) { return risk_message(finding); }},
    {"threat_object", [](const auto& finding) { return finding.traits[Trait::address].values; }},
    {"threat_object_type", [](const auto& finding) { return threat_object_type(finding); }},
    {"mitre_technique_id", [](const auto& /*finding*/) { return std::string("T1496.004"); }},
});

std::vector<std::string> truncated(const HuntFinding& finding) {
    std::vector<std::string> names;
    for (const auto& [column, value, is_truncated] : k_hunt_row) {
        if (is_truncated != nullptr && is_truncated(finding)) names.emplace_back(column.name);
    }
    return names;
}

}  // namespace

std::span<const Column> hunt_columns() {
    static constexpr auto columns = columns_of(k_hunt_row);
    return columns;
}

Row to_row(const HuntFinding& finding) { return row_of(k_hunt_row, finding); }

}  // namespace cloudhijack::detect
