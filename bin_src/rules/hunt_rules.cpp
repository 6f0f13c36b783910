#include "rules/hunt_rules.hpp"

#include <utility>

namespace cloudhijack::rules {

HuntRules HuntRules::of(const Catalogue& catalogue, std::shared_ptr<const EvidenceTable> evidence) {
    return {.thresholds = thresholds_of(catalogue),
            .disabled = {},
            .suspicious_names = default_suspicious_names(),
            .evidence = std::move(evidence)};
}

}  // namespace cloudhijack::rules
