#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "detect/hunt/behaviour.hpp"

namespace cloudhijack::detect {

/// For each service, the second before which its calls are covered.
using CoveredUntil = std::vector<std::int64_t>;

/// What exceptions cover for an evidence. A line for one service covers the calls to it up to its
/// last day, a line for all services all that the principal did. A threshold covers nothing; see
/// Behaviour::threshold(). With an empty evidence, what lines for all evidence cover. nullopt:
/// nothing.
std::optional<CoveredUntil> covered_until(const rules::Exceptions& exceptions,
                                          std::string_view evidence, std::size_t services);

/// What is left of an activity without the calls that are covered.
PrincipalActivity without_covered(const PrincipalActivity& all, const CoveredUntil& until,
                                  const counting::Interner& labels);

/// Whether nothing is left of an activity.
bool is_empty(const PrincipalActivity& activity);

/// What the exceptions of the allowlist leave of a behaviour for each evidence, member by member.
/// What was usual stays what it was.
class UncoveredBehaviours {
  public:
    /// `whole` must outlive it.
    explicit UncoveredBehaviours(const Behaviour& whole);

    /// `whole` itself where nothing is covered, null where all is. Valid as long as this is.
    const Behaviour* left_for(std::string_view evidence);

  private:
    /// What is covered of each member.
    using Cover = std::vector<std::optional<CoveredUntil>>;

    struct Remainder {
        std::vector<PrincipalActivity> activities;  ///< by member
        std::optional<Behaviour> behaviour;         ///< of these; none where all is covered
    };

    [[nodiscard]] Remainder remainder(const Cover& cover) const;

    const Behaviour* whole_;
    bool has_exceptions_;
    std::map<Cover, Remainder> left_;
};

}  // namespace cloudhijack::detect
