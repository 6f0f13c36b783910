#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "detect/hunt/behaviour.hpp"
#include "detect/hunt/campaign/campaigns.hpp"

namespace cloudhijack::detect {

/// The column `Links` of a campaign.
struct LinkLines {
    static constexpr std::size_t k_most = 10;

    /// In order of time: `2026-03-05T10:12:00Z admin-key made mailer by CreateAccessKey`. The
    /// children that one parent made by calls of one name share a line, and so do the members that
    /// acted from one address on one day. If links were dropped, an additional line says so.
    std::vector<std::string> lines;
    bool is_cut = false;
};

LinkLines link_lines(const Behaviour& behaviour, const Campaign& campaign);

}  // namespace cloudhijack::detect
