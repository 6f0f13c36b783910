#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "counting/seconds.hpp"
#include "detect/hunt/principal_activity.hpp"
#include "log/principal.hpp"

namespace cloudhijack::detect {

/// The times at which a principal was first made in a range, in seconds since 1970.
struct FirstMakings {
    std::optional<std::int64_t> any;
    std::optional<std::int64_t> from_unknown_source;
    /// A role made from a known source with an external id.
    std::optional<std::int64_t> for_partner;
};

/// Successful calls by which a parent made a principal, gave it a credential, or assumed its role.
struct LinkToChild {
    bool is_assumed = false;
    counting::SecondsOfMinute seconds;
    const log::Principal* parent = nullptr;
    PrincipalActivity::ShownKey call;
    bool is_from_stranger = false;  ///< the parent's source was a stranger's

    /// Links of one kind have the same score.
    using Kind = std::pair<bool, bool>;
    [[nodiscard]] Kind kind() const { return {is_assumed, is_from_stranger}; }
};

/// The calls by which a principal was created or assumed.
struct LinksToChild {
    FirstMakings makings;
    /// The links that count, and those that would count if nobody vouched for the principal: by
    /// kind, and within a kind in order of their first seconds. Links of one kind have no second in
    /// common: the first one by the names of its parent and call has it.
    std::vector<LinkToChild> links;

    /// A link, and one of its seconds.
    struct LinkMoment {
        const LinkToChild* link = nullptr;
        std::int64_t second = 0;
    };

    /// The first moment of a kind at or after a second.
    [[nodiscard]] std::optional<LinkMoment> first_from(const LinkToChild::Kind& kind,
                                                       std::int64_t second) const;
};

}  // namespace cloudhijack::detect
