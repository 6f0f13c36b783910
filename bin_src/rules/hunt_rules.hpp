#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/allowlist.hpp"
#include "rules/baseline.hpp"
#include "rules/catalogue.hpp"
#include "rules/evidence_settings.hpp"

namespace cloudhijack::rules {

inline constexpr std::uint64_t k_highest_risk = 100;
/// The first that is more than informational.
inline constexpr std::uint64_t k_default_min_risk = 21;

/// How mode=hunt judges the behaviour of a principal.
struct HuntRules {
    std::vector<std::uint64_t> thresholds;  ///< one for each of the catalogue's services, in order
    std::uint64_t min_risk = k_default_min_risk;
    std::set<std::string, std::less<>> disabled;  ///< besides those that their stanza switches off
    Pattern suspicious_names;                     ///< never null
    std::shared_ptr<const EvidenceTable> evidence;  ///< never null
    /// What is usual, and what is expected; never null.
    std::shared_ptr<const Baseline> baseline = std::make_shared<const Baseline>();
    std::shared_ptr<const Allowlist> allowlist = std::make_shared<const Allowlist>();

    /// The catalogue's thresholds, and nothing switched off but by its stanza.
    static HuntRules of(const Catalogue& catalogue, std::shared_ptr<const EvidenceTable> evidence) {
        return {.thresholds = thresholds_of(catalogue),
                .disabled = {},
                .suspicious_names = default_suspicious_names(),
                .evidence = std::move(evidence)};
    }

    /// Null where the evidence is switched off.
    [[nodiscard]] const EvidenceSettings* settings_of(std::string_view id) const {
        const auto found = evidence->find(id);
        const bool off =
            found == evidence->end() || found->second.is_disabled || disabled.contains(id);
        return off ? nullptr : &found->second;
    }
};

}  // namespace cloudhijack::rules
