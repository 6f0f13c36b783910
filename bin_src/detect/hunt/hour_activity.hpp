#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <ranges>
#include <span>
#include <utility>
#include <vector>

#include "counting/interner.hpp"
#include "counting/seconds.hpp"
#include "detect/hunt/hour_sums.hpp"
#include "detect/hunt/hunted_call.hpp"
#include "rules/prices.hpp"

namespace cloudhijack::detect {

/// The calls of one principal to one service in one UTC hour, in bounded memory.
///
/// Up to k_exact distinct calls are kept one by one, so a call that was delivered again counts
/// once, if it has an id. Beyond that only sums are kept, by call, region, outcome and minute, with
/// the seconds of the minute in which there were calls. The k_exact smallest identities are kept as
/// well, each with the number of its deliveries; their share of repeats corrects the sums. The
/// content depends only on which calls were added how often, not on their order or grouping: a hash
/// among the smallest of all is among the smallest of every part.
class HourActivity {
  public:
    static constexpr std::size_t k_exact = 1024;
    static constexpr std::size_t k_most_origins = 1000;

    using SumKey = HourSums::SumKey;
    using Sum = HourSums::Sum;

    /// Calls with usage of the same kind, except for the second.
    struct SpendKey {
        std::uint8_t minute = 0;  ///< in the hour
        std::uint32_t model = 0;
        bool is_success = true;  ///< true for calls that succeeded, and for notes

        auto operator<=>(const SpendKey&) const = default;
    };

    /// The number of calls, and the second of the first one, counted from the start of the hour.
    struct CallTally {
        static constexpr std::uint16_t k_none = 0xFFFF;

        std::uint64_t calls = 0;
        std::uint16_t first = k_none;

        void add(const CallTally& other);
    };

    /// The source of calls.
    struct Origin {
        std::uint64_t hash = 0;  ///< of client and address
        std::uint64_t client = 0;
        text::Address address;
        log::CredentialSigns credentials;  ///< of any of the calls
        std::uint64_t messages = 0;        ///< of successful use
        CallTally all;
        /// Calls for which the log does not show that a workload made them.
        CallTally without_workload;
        CallTally without_cloud_sign;  ///< calls for which the agent does not show it either

        void add(const Origin& other);
    };

    /// A call, and the number of its deliveries.
    struct SampledCall {
        std::uint64_t identity = 0;
        std::uint64_t times = 0;
    };

    /// The usage of a call, in tokens plus millionths of a dollar: that of its largest delivery,
    /// and that of all deliveries together.
    struct SampledSpend {
        std::uint64_t identity = 0;
        std::uint64_t once = 0;
        std::uint64_t in_all = 0;
    };

    /// The data that is kept beyond k_exact calls; counts include repeats.
    struct Summary {
        HourSums sums;
        std::map<SpendKey, rules::SpendSum> spends;
        std::vector<SampledCall> sample;         ///< sorted by identity
        std::vector<SampledSpend> spend_sample;  ///< of calls with usage, sorted likewise
        std::vector<Origin> origins;             ///< sorted by hash

        void add(const HuntedCall& call, const ModelSpend& spend);
        void add(const SampledCall& sampled);
        void add(const SampledSpend& sampled);
        void add(const Origin& origin);
        /// The share of deliveries that count, estimated from the sample: 1 if no call was
        /// delivered again.
        [[nodiscard]] double share_of_calls() const;
        /// The same for the usage of deliveries, weighted by its amount: not every log of a call
        /// states its usage, and calls with a large usage can be delivered more often than others.
        [[nodiscard]] double share_of_spends() const;
    };

    /// The origin of calls of the same kind.
    static Origin origin_of(const HuntedCall& call, std::uint64_t times);
    static std::uint64_t origin_hash(std::uint64_t client, const text::Address& address);

    /// `spend` is the usage of the call, if it has any; `call.spend` is ignored.
    void add(const HuntedCall& call, const ModelSpend& spend = {});

    /// See HourSums; has to follow additions and merges.
    void limit_regions(counting::Interner& labels) {
        if (summary_) summary_->sums.limit_regions(labels);
    }

    /// The summary to which another hour's data beyond k_exact calls, or a part of it, is added.
    Summary& summary() {
        if (!summary_) keep_sums_only();
        return *summary_;
    }
    /// Null if is_exact().
    [[nodiscard]] const Summary* kept_summary() const { return summary_.get(); }

    /// `labels[n]` is this activity's number for the other's label n; without `labels` the numbers
    /// are the same.
    void merge(const HourActivity& other, std::span<const std::uint32_t> labels = {});

    /// Whether every call is kept. Otherwise calls() is empty, and sums() and origins() have the
    /// data.
    [[nodiscard]] bool is_exact() const { return summary_ == nullptr; }
    [[nodiscard]] auto calls() const { return calls_ | std::views::filter(&HuntedCall::counts); }

    /// The usage of one of calls() or deliveries().
    [[nodiscard]] const ModelSpend& spend_of(const HuntedCall& call) const {
        static constexpr ModelSpend none;
        return call.spend == 0 ? none : spends_[call.spend - 1];
    }

    /// Includes the deliveries that do not count, as partial documents contain them.
    [[nodiscard]] std::span<const HuntedCall> deliveries() const { return calls_; }

    /// Without repeats, as far as these are known.
    [[nodiscard]] std::map<SumKey, Sum> sums() const;
    /// The usage by minute and model, without repeats like sums().
    [[nodiscard]] std::map<SpendKey, rules::SpendSum> spends() const;
    /// The origins with the smallest hashes, at most k_most_origins, without repeats like sums().
    [[nodiscard]] std::vector<Origin> origins() const;
    /// The second of the first call, counted from the start of the hour.
    [[nodiscard]] std::int64_t first_second() const;
    /// Calls that were delivered again; an estimate unless is_exact().
    [[nodiscard]] std::uint64_t repeats() const;

  private:
    void add_each(HuntedCall call, const ModelSpend& spend);
    void insert(std::vector<HuntedCall>::const_iterator place, std::size_t times,
                const HuntedCall& call, bool counts, const ModelSpend& spend);
    void keep_sums_only();

    /// Sorted by identity; of each identity, the delivery that counts comes first.
    std::vector<HuntedCall> calls_;
    std::vector<ModelSpend> spends_;
    std::unique_ptr<Summary> summary_;
};

}  // namespace cloudhijack::detect
