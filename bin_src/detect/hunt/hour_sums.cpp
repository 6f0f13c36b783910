#include "detect/hunt/hour_sums.hpp"

#include <algorithm>
#include <utility>

#include "counting/hash.hpp"
#include "detect/mode_activity.hpp"

namespace cloudhijack::detect {

void HourSums::Sum::add(const Sum& other) {
    add_to(count, other.count);
    add_to(messages, other.messages);
    seconds.add(other.seconds);
}

void HourSums::add(const SumKey& key, const Sum& sum) {
    add(SumKind{.region = key.region,
                .call = key.call,
                .phases = key.phases,
                .outcome = key.outcome,
                .is_by_provider = key.is_by_provider},
        MinuteSum{.minute = key.minute, .sum = sum});
}

void HourSums::add(const SumKind& kind, const MinuteSum& minute) {
    const auto [place, is_new] = kinds_.try_emplace(kind);
    if (is_new) regions_.try_emplace(kind.region);
    std::vector<MinuteSum>& minutes = place->second;
    const auto own = std::ranges::lower_bound(minutes, minute.minute, {}, &MinuteSum::minute);
    if (own != minutes.end() && own->minute == minute.minute) {
        own->sum.add(minute.sum);
    } else {
        minutes.insert(own, minute);
    }
}

void HourSums::drop_regions(counting::Interner& labels) {
    const std::uint32_t others = labels.keep(k_other_regions);
    regions_.erase(others);
    std::vector<std::pair<std::uint64_t, std::uint32_t>> by_hash;
    by_hash.reserve(regions_.size());
    for (auto& [region, hash] : regions_) {
        if (!hash) hash = counting::hash_of(labels.text(region));
        by_hash.emplace_back(*hash, region);
    }
    std::ranges::sort(by_hash);
    for (std::size_t i = k_most_regions; i < by_hash.size(); ++i) {
        drop_region(by_hash[i].second, others);
    }
}

void HourSums::drop_region(std::uint32_t region, std::uint32_t others) {
    regions_.erase(region);
    auto at = kinds_.lower_bound(SumKind{.region = region});
    while (at != kinds_.end() && at->first.region == region) {
        const auto node = kinds_.extract(at++);
        SumKind kind = node.key();
        kind.region = others;
        for (const MinuteSum& minute : node.mapped()) add(kind, minute);
    }
    regions_.erase(others);
}

}  // namespace cloudhijack::detect
