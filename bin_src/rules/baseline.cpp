#include "rules/baseline.hpp"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

namespace cloudhijack::rules {

void Baseline::Row::add(const Row& other) {
    first_seen = std::min(first_seen, other.first_seen);
    last_seen = std::max(last_seen, other.last_seen);
    peak_hour = std::max(peak_hour, other.peak_hour);
    if (other.peak_day) peak_day = std::max(peak_day.value_or(0), *other.peak_day);
    if (other.peak_cost) peak_cost = std::max(peak_cost.value_or(0), *other.peak_cost);
    for (const auto& [week, peak] : other.peaks) {
        std::uint64_t& own = peaks[week];
        own = std::max(own, peak);
    }
    for (const auto list : {&Row::phases, &Row::models, &Row::regions, &Row::networks,
                            &Row::clients, &Row::parents}) {
        (this->*list).merge(other.*list);
    }
    for (const Making& making : other.made) add_making(making);
}

void Baseline::Row::add_making(const Making& making) {
    const auto key = [](const Making& one) { return std::tie(one.second, one.maker); };
    const auto place = std::ranges::lower_bound(made, key(making), {}, key);
    if (place != made.end() && key(*place) == key(making)) {
        place->is_from_known_source = place->is_from_known_source && making.is_from_known_source;
        return;
    }
    made.insert(place, making);
    if (made.size() > Making::k_most) made.erase(made.begin());
}

bool Baseline::Row::has_only_links() const {
    return !(made.empty() && parents.is_empty()) && !has_use() && phases.is_empty() &&
           networks.is_empty() && clients.is_empty() && first_seen == last_seen;
}

std::uint64_t Baseline::Row::day_peak() const {
    constexpr std::uint64_t hours = 24;
    if (peak_day) return *peak_day;
    return peak_hour < std::numeric_limits<std::uint64_t>::max() / hours
               ? peak_hour * hours
               : std::numeric_limits<std::uint64_t>::max();
}

void Baseline::add(const Pair& pair, const Row& row) {
    const auto [known, is_new] = rows_.try_emplace(pair, row);
    if (!is_new) known->second.add(row);
}

const Baseline::Row* Baseline::find(std::string_view account, std::string_view principal,
                                    std::string_view service) const {
    const auto found =
        rows_.find(PairView{.account = account, .principal = principal, .service = service});
    return found == rows_.end() ? nullptr : &found->second;
}

}  // namespace cloudhijack::rules
