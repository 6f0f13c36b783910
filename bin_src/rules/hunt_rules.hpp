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
#include "rules/evidence_settings.hpp"
#include "rules/history.hpp"
#include "rules/prices.hpp"

namespace cloudhijack::rules {

inline constexpr std::uint64_t k_highest_risk = 100;

/// How mode=hunt judges the behaviour of a principal. cloudhijack.conf has the defaults.
struct HuntRules {
    std::vector<std::uint64_t> thresholds;  ///< one for each of the catalogue's services, in order
    std::uint64_t min_risk = 0;
    std::set<std::string, std::less<>> disabled;  ///< besides those that their stanza switches off
    Pattern suspicious_names;                     ///< never null
    std::shared_ptr<const EvidenceTable> evidence;                            ///< never null
    std::shared_ptr<const Prices> prices = std::make_shared<const Prices>();  ///< never null
    /// What is normal, and what is expected; never null.
    std::shared_ptr<const History> history = std::make_shared<const History>();
    std::shared_ptr<const Allowlist> allowlist = std::make_shared<const Allowlist>();

    /// Null where the evidence is switched off.
    [[nodiscard]] const EvidenceSettings* settings_of(std::string_view id) const {
        const auto found = evidence->find(id);
        const bool off =
            found == evidence->end() || found->second.is_disabled || disabled.contains(id);
        return off ? nullptr : &found->second;
    }
};

}  // namespace cloudhijack::rules
