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
#include "rules/geo_databases.hpp"
#include "rules/history.hpp"
#include "rules/prices.hpp"

namespace cloudhijack::rules {

inline constexpr std::uint64_t k_highest_risk = 100;

/// How mode=hunt scores the behaviour of a principal. cloudhijack.conf has the defaults.
struct HuntRules {
    std::vector<std::uint64_t> thresholds;  ///< one for each of the catalogue's services, in order
    std::uint64_t min_risk = 0;
    /// Rule ids, in addition to those that their stanza switches off.
    std::set<std::string, std::less<>> disabled;
    Pattern suspicious_names;                                                 ///< never null
    std::shared_ptr<const EvidenceTable> evidence;                            ///< never null
    std::shared_ptr<const Prices> prices = std::make_shared<const Prices>();  ///< never null
    /// Normal activity, and the activity that the allowlist expects; never null.
    std::shared_ptr<const History> history = std::make_shared<const History>();
    std::shared_ptr<const Allowlist> allowlist = std::make_shared<const Allowlist>();
    /// Where addresses are; no evidence depends on it. Never null.
    std::shared_ptr<const GeoDatabases> geo = std::make_shared<const GeoDatabases>();

    /// Null if the rule is switched off.
    [[nodiscard]] const EvidenceSettings* settings_of(std::string_view id) const {
        const auto found = evidence->find(id);
        const bool off =
            found == evidence->end() || found->second.is_disabled || disabled.contains(id);
        return off ? nullptr : &found->second;
    }
};

}  // namespace cloudhijack::rules
