#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "detect/hunt/behaviour.hpp"

namespace cloudhijack::detect {

/// For each service, the second before which exceptions cover its calls.
using CoveredUntil = std::vector<std::int64_t>;

/// The calls that exceptions cover for an evidence rule. A line for one service covers the calls to
/// it up to the line's last day; a line for all services covers everything that the principal did.
/// A threshold covers nothing; see Behaviour::threshold(). With an empty `evidence`, only lines for
/// all evidence count. nullopt: nothing is covered.
std::optional<CoveredUntil> covered_until(const rules::Exceptions& exceptions,
                                          std::string_view evidence, std::size_t services);

/// An activity without the calls that are covered.
PrincipalActivity without_covered(const PrincipalActivity& all, const CoveredUntil& until);

/// Whether an activity has no calls left.
bool is_empty(const PrincipalActivity& activity);

/// The behaviour that the exceptions of the allowlist leave for each evidence rule, member by
/// member. The members' history stays whole.
class UncoveredBehaviours {
  public:
    /// `whole` must outlive it.
    explicit UncoveredBehaviours(const Behaviour& whole);

    /// `whole` itself if nothing is covered, null if everything is. Valid as long as this object.
    const Behaviour* left_for(std::string_view evidence);

  private:
    /// The covered part of each member.
    using Cover = std::vector<std::optional<CoveredUntil>>;

    struct Remainder {
        std::vector<PrincipalActivity> activities;  ///< by member
        std::optional<Behaviour> behaviour;         ///< of these; nullopt if everything is covered
    };

    [[nodiscard]] Remainder remainder(const Cover& cover) const;

    const Behaviour* whole_;
    bool has_exceptions_;
    std::map<Cover, Remainder> left_;
};

}  // namespace cloudhijack::detect
