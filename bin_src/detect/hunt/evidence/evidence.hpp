#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "detect/hunt/behaviour.hpp"

namespace cloudhijack::detect {

/// Within a group, only the rule with the highest score counts. All markers count, but they never
/// make a row on their own.
enum class EvidenceGroup : std::uint8_t {
    onboarding,
    volume,
    access,
    hiding,
    spread,
    sources,
    choices,
    credentials,
    markers
};

/// The result of an evidence rule that fires for a behaviour.
struct Match {
    std::uint64_t score = 0;
    std::string reason;
    std::int64_t first = 0;  ///< the second of the first event behind the evidence
    /// The calls behind the evidence; their known events are shown.
    std::set<CallKey> behind;
    bool says_who = false;  ///< in a campaign, the reason already names its members
};

struct ParameterSpec {
    std::string_view key;
    rules::ParameterKind kind = rules::ParameterKind::number;
    std::uint64_t least = 0;  ///< the bounds of a number
    std::uint64_t most = 1'000'000'000;
};

/// An evidence rule, which detects a sign of a hijacker: a pure function of a principal's behaviour
/// and of the parameters in the stanza `[evidence:<id>]`. Every rule has the parameter `score`.
struct Evidence {
    using MatchFunction = std::optional<Match> (*)(const Behaviour&,
                                                   const rules::EvidenceSettings&);

    /// `parameters` are those other than `score`.
    constexpr Evidence(std::string_view id, EvidenceGroup group, MatchFunction match,
                       std::span<const ParameterSpec> parameters = {})
        : id(id), group(group), match(match), parameters(parameters) {}

    std::string_view id;
    EvidenceGroup group;
    MatchFunction match;
    std::span<const ParameterSpec> parameters;
};

/// Every evidence rule, in the order in which rows list them. A file of this folder contains the
/// rules of one group; to add a rule, write it there and give it a stanza in
/// default/cloudhijack.conf.
std::span<const Evidence> all_evidence();

/// The rules of each file. The groups volume and sources have three files each, credentials has
/// two.
std::span<const Evidence> onboarding_evidence();
std::span<const Evidence> burst_evidence();
std::span<const Evidence> reputation_evidence();
std::span<const Evidence> volume_evidence();
std::span<const Evidence> access_evidence();
std::span<const Evidence> hiding_evidence();
std::span<const Evidence> spread_evidence();
std::span<const Evidence> new_source_evidence();
std::span<const Evidence> lineage_evidence();
std::span<const Evidence> source_evidence();
std::span<const Evidence> choice_evidence();
std::span<const Evidence> credential_evidence();
std::span<const Evidence> key_evidence();
std::span<const Evidence> marker_evidence();

/// Null if the id is unknown.
const Evidence* find_evidence(std::string_view id);

}  // namespace cloudhijack::detect
