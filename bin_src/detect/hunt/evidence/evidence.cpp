#include "detect/hunt/evidence/evidence.hpp"

#include <algorithm>

namespace cloudhijack::detect {

std::span<const Evidence> all_evidence() {
    static const std::vector<Evidence> all = [] {
        std::vector<Evidence> joined;
        for (const auto group :
             {onboarding_evidence(), burst_evidence(), volume_evidence(), reputation_evidence(),
              access_evidence(), hiding_evidence(), spread_evidence(), new_source_evidence(),
              lineage_evidence(), source_evidence(), choice_evidence(), credential_evidence(),
              key_evidence(), marker_evidence()}) {
            joined.insert(joined.end(), group.begin(), group.end());
        }
        return joined;
    }();
    return all;
}

const Evidence* find_evidence(std::string_view id) {
    const auto found = std::ranges::find(all_evidence(), id, &Evidence::id);
    return found == all_evidence().end() ? nullptr : &*found;
}

}  // namespace cloudhijack::detect
