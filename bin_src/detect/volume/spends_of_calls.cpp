#include "detect/volume/spends_of_calls.hpp"

#include <algorithm>
#include <tuple>

namespace cloudhijack::detect {
namespace {

// Leaves one delivery of each call, in order of identity.
void keep_each_once(std::vector<CallSpend>& calls) {
    std::ranges::sort(calls, [](const CallSpend& a, const CallSpend& b) {
        if (a.identity != b.identity) return a.identity < b.identity;
        const auto size = [](const log::Spend& spent) {
            return std::tuple(spent.cost, spent.input_tokens, spent.output_tokens,
                              spent.cache_read_tokens, spent.cache_write_tokens);
        };
        return size(b.spent) < size(a.spent);
    });
    const auto repeated = std::ranges::unique(calls, {}, &CallSpend::identity);
    calls.erase(repeated.begin(), repeated.end());
}

}  // namespace

void SpendsOfCalls::add(const CallSpend& call) {
    calls_.push_back(call);
    if (calls_.size() < sort_at_) return;
    keep_each_once(calls_);
    sort_at_ = std::max(k_fewest, 2 * calls_.size());
}

void SpendsOfCalls::merge(const SpendsOfCalls& other, std::span<const std::uint32_t> models) {
    for (CallSpend call : other.calls_) {
        call.model = models[call.model];
        add(call);
    }
    for (const auto& [model, spent] : other.of_others_) add(models[model], spent);
}

std::vector<CallSpend> SpendsOfCalls::calls() const {
    std::vector<CallSpend> calls = calls_;
    keep_each_once(calls);
    return calls;
}

SpendsOfCalls::ByModel SpendsOfCalls::sums() const {
    ByModel sums = of_others_;
    for (const CallSpend& call : calls()) sums[call.model].add(call.spent);
    return sums;
}

}  // namespace cloudhijack::detect
