#include "counting/identity_set.hpp"

#include <algorithm>

namespace cloudhijack::counting {
namespace {

void keep_distinct(std::vector<std::uint64_t>& identities) {
    std::ranges::sort(identities);
    const auto repeated = std::ranges::unique(identities);
    identities.erase(repeated.begin(), repeated.end());
}

}  // namespace

void IdentitySet::add(std::uint64_t identity) {
    identities_.push_back(identity);
    if (identities_.size() < sort_at_) return;
    keep_distinct(identities_);
    sort_at_ = std::max(k_fewest, 2 * identities_.size());
    identities_.reserve(sort_at_);
}

void IdentitySet::merge(const IdentitySet& other) {
    for (const std::uint64_t identity : other.identities_) add(identity);
}

std::vector<std::uint64_t> IdentitySet::all() const {
    std::vector<std::uint64_t> identities = identities_;
    keep_distinct(identities);
    return identities;
}

}  // namespace cloudhijack::counting
