#include "detect/hunt/campaign/link.hpp"

#include <algorithm>

namespace cloudhijack::detect {

std::optional<LinksToChild::LinkMoment> LinksToChild::first_from(const LinkToChild::Kind& kind,
                                                                 std::int64_t second) const {
    const auto of_kind = std::ranges::equal_range(links, kind, {}, &LinkToChild::kind);
    const std::int64_t minute = counting::minute_of(second);
    const auto minute_of_link = [](const LinkToChild& link) { return link.seconds.minute; };
    std::optional<LinkMoment> first;
    // A minute has at most 60 links, as they have no second in common.
    auto at = std::ranges::lower_bound(of_kind, minute, {}, minute_of_link);
    for (; at != of_kind.end() && at->seconds.minute == minute; ++at) {
        const auto found = at->seconds.first_from(second);
        if (found && (!first || *found < first->second)) first = {.link = &*at, .second = *found};
    }
    if (first || at == of_kind.end()) return first;
    return LinkMoment{.link = &*at, .second = at->seconds.first()};
}

}  // namespace cloudhijack::detect
