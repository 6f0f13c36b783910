#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "detect/hunt/behaviour.hpp"

namespace cloudhijack::detect {

/// What the exceptions of the allowlist leave of a principal's behaviour for each evidence. A line
/// for one service covers the calls to it up to its last day, a line for all services all that the
/// principal did. What was usual stays what it was. A threshold covers nothing here; see
/// Behaviour::threshold().
class UncoveredBehaviours {
  public:
    /// `whole` must outlive it.
    explicit UncoveredBehaviours(const Behaviour& whole) : whole_(&whole) {}

    /// `whole` itself where nothing is covered, null where all is. Valid as long as this is.
    const Behaviour* left_for(std::string_view evidence);

  private:
    /// For each service, the second before which its calls are covered.
    using CoveredUntil = std::vector<std::int64_t>;

    struct Remainder {
        PrincipalActivity activity;
        std::optional<Behaviour> behaviour;  ///< of the activity; none where all is covered
    };

    [[nodiscard]] CoveredUntil covered_until(std::string_view evidence) const;
    [[nodiscard]] PrincipalActivity without_covered(const CoveredUntil& until) const;

    const Behaviour* whole_;
    std::map<CoveredUntil, Remainder> left_;
};

}  // namespace cloudhijack::detect
