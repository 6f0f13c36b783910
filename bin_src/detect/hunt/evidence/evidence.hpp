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

/// Of one group only the evidence with the highest score counts; of markers all do, but they never
/// make a row.
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

/// That an evidence rule fires for a behaviour, and why.
struct Match {
    std::uint64_t score = 0;
    std::string reason;
    std::int64_t first = 0;  ///< the second of the first event behind it
    /// The calls behind it, of which the known events are shown.
    std::set<CallKey> behind;
    bool says_who = false;  ///< in a campaign the reason names its members itself
};

struct ParameterSpec {
    std::string_view key;
    rules::ParameterKind kind = rules::ParameterKind::number;
    std::uint64_t least = 0;  ///< of a number
    std::uint64_t most = 1'000'000'000;
};

/// A sign of a hijacker: a pure function of a principal's behaviour and of the parameters in the
/// stanza `[evidence:<id>]`. Every one has the parameter `score`.
struct Evidence {
    using MatchFunction = std::optional<Match> (*)(const Behaviour&,
                                                   const rules::EvidenceSettings&);

    /// The parameters are those besides `score`.
    constexpr Evidence(std::string_view id, EvidenceGroup group, MatchFunction match,
                       std::span<const ParameterSpec> parameters = {})
        : id(id), group(group), match(match), parameters(parameters) {}

    std::string_view id;
    EvidenceGroup group;
    MatchFunction match;
    std::span<const ParameterSpec> parameters;
};

/// Every evidence, in the order in which rows list them. A file of this folder holds those of one
/// group; to add one, write it there and give it a stanza in default/cloudhijack.conf.
std::span<const Evidence> all_evidence();

/// Those of one group, each in the file of its name; the volume and the sources are in three, the
/// credentials in two.
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

/// Null for an unknown id.
const Evidence* find_evidence(std::string_view id);

}  // namespace cloudhijack::detect
