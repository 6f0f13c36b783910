#include "detect/hunt/hour_activity.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <functional>
#include <span>
#include <utility>

#include "counting/hash.hpp"
#include "detect/mode_activity.hpp"

namespace cloudhijack::detect {
namespace {

// Adds to the item with the same key, or inserts the item if its key is among the `most` smallest.
template <class Item, class Key, class Combine>
void add_to_smallest(std::vector<Item>& items, std::size_t most, const Item& item, Key key,
                     Combine combine) {
    if (items.size() == most && std::invoke(key, items.back()) < std::invoke(key, item)) return;
    const auto place = std::ranges::lower_bound(items, std::invoke(key, item), {}, key);
    if (place != items.end() && std::invoke(key, *place) == std::invoke(key, item)) {
        combine(*place, item);
        return;
    }
    const auto index = place - items.begin();
    if (items.size() == most) items.pop_back();  // first, so that the vector does not grow
    items.insert(items.begin() + index, item);
}

// A share of a count, at least 1 if the count is not 0; exactly the count if the share is 1.
std::uint64_t scaled(std::uint64_t count, double share) {
    if (share == 1.0 || count == 0) return count;
    constexpr double most = 9e18;  // the limit of llround
    return std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::llround(
                                          std::min(static_cast<double>(count) * share, most))));
}

}  // namespace

void HourActivity::CallTally::add(const CallTally& other) {
    add_to(calls, other.calls);
    first = std::min(first, other.first);
}

void HourActivity::Origin::add(const Origin& other) {
    credentials.add(other.credentials);
    add_to(messages, other.messages);
    all.add(other.all);
    without_workload.add(other.without_workload);
    without_cloud_sign.add(other.without_cloud_sign);
}

// A hash of a client and an address. Origins are sampled by it, consistently over all hours.
std::uint64_t HourActivity::origin_hash(std::uint64_t client, const text::Address& address) {
    std::array<char, sizeof(client) + 1 + sizeof(address.bytes)> key{};
    std::memcpy(key.data(), &client, sizeof(client));
    key[sizeof(client)] = static_cast<char>(address.family);
    std::memcpy(key.data() + sizeof(client) + 1, address.bytes.data(), address.bytes.size());
    return counting::hash_of({key.data(), key.size()});
}

HourActivity::Origin HourActivity::origin_of(const HuntedCall& call, std::uint64_t times) {
    const CallTally tally{.calls = times, .first = call.second};
    return {.hash = origin_hash(call.client, call.address),
            .client = call.client,
            .address = call.address,
            .credentials = call.credentials,
            .messages = call.outcome == log::Outcome::ok ? times * call.messages : 0,
            .all = tally,
            .without_workload = call.credentials.are_of_workload() ? CallTally{} : tally,
            .without_cloud_sign = call.credentials.are_of_cloud() ? CallTally{} : tally};
}

void HourActivity::add(const HuntedCall& call, const ModelSpend& spend) {
    if (summary_) return summary_->add(call, spend);
    if (is_of_each(call.identity)) return add_each(call, spend);
    const auto rank_of = [this](const HuntedCall& kept) { return kept.rank(spend_of(kept).spent); };
    auto place = std::ranges::lower_bound(calls_, call.identity, {}, &HuntedCall::identity);
    const auto is_same_call = [&] {
        return place != calls_.end() && place->identity == call.identity;
    };
    const auto rank = call.rank(spend.spent);
    const bool is_first = !is_same_call() || rank < rank_of(*place);
    while (is_same_call() && rank_of(*place) < rank) ++place;
    if (is_same_call() && rank_of(*place) == rank) {
        add_to(place->times, call.times);
        return;
    }
    if (is_first && is_same_call()) place->counts = false;
    insert(place, 1, call, is_first, spend);
}

// Keeps every delivery as a separate call.
void HourActivity::add_each(HuntedCall call, const ModelSpend& spend) {
    const auto key_of = [this](const HuntedCall& kept) {
        return std::pair(kept.identity, kept.rank(spend_of(kept).spent));
    };
    const std::pair key{call.identity, call.rank(spend.spent)};
    const auto deliveries = std::exchange(call.times, 1U);
    const auto kept = std::min<std::size_t>(deliveries, k_exact + 1 - calls_.size());
    const auto place = std::ranges::upper_bound(calls_, key, {}, key_of);
    insert(place, kept, call, /*counts=*/true, spend);
    call.times = deliveries - static_cast<std::uint32_t>(kept);
    if (call.times > 0) summary_->add(call, spend);
}

void HourActivity::insert(std::vector<HuntedCall>::const_iterator place, std::size_t times,
                          const HuntedCall& call, bool counts, const ModelSpend& spend) {
    for (HuntedCall& kept : std::span(calls_.insert(place, times, call), times)) {
        kept.counts = counts;
        kept.spend = 0;
        if (spend.spent.is_none()) continue;
        spends_.push_back(spend);
        kept.spend = static_cast<std::uint32_t>(spends_.size());
    }
    if (calls_.size() > k_exact) keep_sums_only();
}

void HourActivity::merge(const HourActivity& other, std::span<const std::uint32_t> labels) {
    const auto own = [labels](std::uint32_t label) {
        return labels.empty() ? label : labels[label];
    };
    for (HuntedCall call : other.calls_) {
        ModelSpend spend = other.spend_of(call);
        if (!spend.spent.is_none()) spend.model = own(spend.model);
        call.region = own(call.region);
        add(call, spend);
    }
    if (!other.summary_) return;
    Summary& mine = summary();
    other.summary_->sums.for_each([&](SumKey key, const Sum& sum) {
        key.region = own(key.region);
        mine.sums.add(key, sum);
    });
    for (const auto& [key, sum] : other.summary_->spends) {
        SpendKey own_key = key;
        own_key.model = own(key.model);
        mine.spends[own_key].add(sum);
    }
    for (const SampledCall& sampled : other.summary_->sample) mine.add(sampled);
    for (const SampledSpend& sampled : other.summary_->spend_sample) mine.add(sampled);
    for (const Origin& origin : other.summary_->origins) mine.add(origin);
}

void HourActivity::keep_sums_only() {
    summary_ = std::make_unique<Summary>();
    for (const HuntedCall& call : std::exchange(calls_, {})) summary_->add(call, spend_of(call));
    spends_ = {};
}

std::map<HourActivity::SumKey, HourActivity::Sum> HourActivity::sums() const {
    if (!summary_) return {};
    std::map<SumKey, Sum> sums;
    const double share = summary_->share_of_calls();
    summary_->sums.for_each([&](const SumKey& key, const Sum& sum) {
        sums.emplace(key, Sum{.count = scaled(sum.count, share),
                              .messages = scaled(sum.messages, share),
                              .seconds = sum.seconds});
    });
    return sums;
}

std::map<HourActivity::SpendKey, rules::SpendSum> HourActivity::spends() const {
    if (!summary_) return {};
    auto spends = summary_->spends;
    const double share = summary_->share_of_spends();
    for (auto& [key, sum] : spends) {
        for (std::uint64_t* one : {&sum.input_tokens, &sum.output_tokens, &sum.cache_read_tokens,
                                   &sum.cache_write_tokens, &sum.cost}) {
            *one = scaled(*one, share);
        }
    }
    return spends;
}

std::vector<HourActivity::Origin> HourActivity::origins() const {
    if (!summary_) return {};
    auto origins = summary_->origins;
    const double share = summary_->share_of_calls();
    for (Origin& origin : origins) {
        for (CallTally* tally :
             {&origin.all, &origin.without_workload, &origin.without_cloud_sign}) {
            tally->calls = scaled(tally->calls, share);
        }
        origin.messages = scaled(origin.messages, share);
    }
    return origins;
}

std::int64_t HourActivity::first_second() const {
    std::int64_t first = counting::k_seconds_an_hour;
    for (const HuntedCall& call : calls_) first = std::min<std::int64_t>(first, call.second);
    if (summary_ == nullptr) return first;
    summary_->sums.for_each([&first](const SumKey& key, const Sum& sum) {
        first = std::min(first, key.minute * counting::k_seconds_a_minute + sum.seconds.first());
    });
    return first;
}

std::uint64_t HourActivity::repeats() const {
    std::uint64_t repeats = 0;
    for (const HuntedCall& call : calls_) repeats += call.times - (call.counts ? 1 : 0);
    if (!summary_) return repeats;
    std::uint64_t deliveries = 0;
    summary_->sums.for_each(
        [&deliveries](const SumKey&, const Sum& sum) { deliveries += sum.count; });
    return deliveries - scaled(deliveries, summary_->share_of_calls());
}

void HourActivity::Summary::add(const HuntedCall& call, const ModelSpend& spend) {
    const std::uint64_t times = call.times;
    const auto minute = static_cast<std::uint8_t>(call.second / counting::k_seconds_a_minute);
    if (!spend.spent.is_none()) {
        spends[{.minute = minute,
                .model = spend.model,
                .is_success = call.outcome == log::Outcome::ok}]
            .add(spend.spent, times);
    }
    sums.add({.minute = minute,
              .call = call.call,
              .phases = call.phases,
              .outcome = call.outcome,
              .region = call.region,
              .is_by_provider = call.is_by_provider},
             {.count = times,
              .messages = times * call.messages,
              .seconds = counting::MinuteBits::of(call.second)});
    add(SampledCall{.identity = call.identity, .times = times});
    if (!spend.spent.is_none()) {
        const std::uint64_t size = spend.spent.size();
        const std::uint64_t once = is_of_each(call.identity) ? size * times : size;
        add(SampledSpend{.identity = call.identity, .once = once, .in_all = size * times});
    }
    if (call.is_of_client) add(origin_of(call, times));
}

void HourActivity::Summary::add(const SampledCall& sampled) {
    add_to_smallest(
        sample, k_exact, sampled, &SampledCall::identity,
        [](SampledCall& mine, const SampledCall& other) { add_to(mine.times, other.times); });
}

void HourActivity::Summary::add(const SampledSpend& sampled) {
    add_to_smallest(spend_sample, k_exact, sampled, &SampledSpend::identity,
                    [](SampledSpend& mine, const SampledSpend& other) {
                        if (is_of_each(mine.identity)) {
                            add_to(mine.once, other.once);
                        } else {
                            mine.once = std::max(mine.once, other.once);
                        }
                        add_to(mine.in_all, other.in_all);
                    });
}

void HourActivity::Summary::add(const Origin& origin) {
    add_to_smallest(origins, k_most_origins, origin, &Origin::hash,
                    [](Origin& mine, const Origin& other) { mine.add(other); });
}

double HourActivity::Summary::share_of_spends() const {
    std::uint64_t once = 0;
    std::uint64_t in_all = 0;
    for (const SampledSpend& sampled : spend_sample) {
        add_to(once, sampled.once);
        add_to(in_all, sampled.in_all);
    }
    if (in_all == 0) return 1.0;  // some parts of the sample have not arrived
    return std::min(1.0, static_cast<double>(once) / static_cast<double>(in_all));
}

double HourActivity::Summary::share_of_calls() const {
    std::uint64_t calls = 0;
    std::uint64_t deliveries = 0;
    for (const SampledCall& sampled : sample) {
        add_to(calls, is_of_each(sampled.identity) ? sampled.times : 1);
        add_to(deliveries, sampled.times);
    }
    if (deliveries == 0) return 1.0;  // some parts of the sample have not arrived
    return static_cast<double>(calls) / static_cast<double>(deliveries);
}

}  // namespace cloudhijack::detect
