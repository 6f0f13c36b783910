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

#include "counting/seconds.hpp"
#include "detect/hunt/hunted_call.hpp"
#include "rules/prices.hpp"

namespace cloudhijack::detect {

/// The calls of one principal to one service in one UTC hour, in bounded memory.
///
/// Up to k_exact distinct calls are kept one by one, so a call that was delivered again counts
/// once, if it has an id. Beyond that only sums are kept, by call, region, outcome and minute, with
/// the seconds of the minute in which there were calls; and the k_exact smallest identities with
/// how often each was delivered, whose share of repeats corrects the sums. What it holds depends
/// only on which calls were added how often, not on order or grouping: a smallest hash of all was
/// one of the smallest in every part.
class HourActivity {
  public:
    static constexpr std::size_t k_exact = 1024;
    static constexpr std::size_t k_most_origins = 1000;

    /// Calls alike, except for the second.
    struct SumKey {
        std::uint8_t minute = 0;  ///< in the hour
        std::uint16_t call = 0;
        rules::PhaseSet phases;
        log::Outcome outcome = log::Outcome::ok;
        std::uint32_t region = 0;
        bool is_by_provider = false;

        auto operator<=>(const SumKey&) const = default;
    };

    struct Sum {
        std::uint64_t count = 0;
        std::uint64_t messages = 0;
        counting::MinuteBits seconds;  ///< in which there were calls
    };

    /// Calls alike in what they used up, except for the second.
    struct SpendKey {
        std::uint8_t minute = 0;  ///< in the hour
        std::uint32_t model = 0;
        bool is_success = true;  ///< of calls that succeeded, and of notes

        auto operator<=>(const SpendKey&) const = default;
    };

    /// How many calls there were, and the second in the hour of the first.
    struct CallTally {
        static constexpr std::uint16_t k_none = 0xFFFF;

        std::uint64_t calls = 0;
        std::uint16_t first = k_none;

        void add(const CallTally& other);
    };

    /// Where calls came from.
    struct Origin {
        std::uint64_t hash = 0;  ///< of client and address
        std::uint64_t client = 0;
        text::Address address;
        log::CredentialSigns credentials;  ///< of any of the calls
        std::uint64_t messages = 0;        ///< of successful use
        CallTally all;
        CallTally without_workload;    ///< the log does not show that a workload made them
        CallTally without_cloud_sign;  ///< nor does the agent

        void add(const Origin& other);
    };

    /// A call, and how often it was delivered.
    struct SampledCall {
        std::uint64_t identity = 0;
        std::uint64_t times = 0;
    };

    /// What a call used up, tokens and millionths of a dollar together: in its largest delivery,
    /// and in all.
    struct SampledSpend {
        std::uint64_t identity = 0;
        std::uint64_t once = 0;
        std::uint64_t in_all = 0;
    };

    /// What is kept beyond k_exact calls; counts include repeats.
    struct Summary {
        std::map<SumKey, Sum> sums;
        std::map<SpendKey, rules::SpendSum> spends;
        std::vector<SampledCall> sample;         ///< sorted by identity
        std::vector<SampledSpend> spend_sample;  ///< of calls that used up something, the same
        std::vector<Origin> origins;             ///< sorted by hash

        void add(const HuntedCall& call, const ModelSpend& spend);
        void add(const SumKey& key, const Sum& sum);
        void add(const SampledCall& sampled);
        void add(const SampledSpend& sampled);
        void add(const Origin& origin);
        /// Of deliveries, by the sample: 1 where nothing was delivered again.
        [[nodiscard]] double share_of_calls() const;
        /// The same of what the deliveries used up, by how much that is: not all logs of a call say
        /// what it used up, and a call that used up much can be delivered more often than others.
        [[nodiscard]] double share_of_spends() const;
    };

    /// The origin of calls alike.
    static Origin origin_of(const HuntedCall& call, std::uint64_t times);
    static std::uint64_t origin_hash(std::uint64_t client, const text::Address& address);

    /// `spend` is what the call used up, if it has any; `call.spend` is ignored.
    void add(const HuntedCall& call, const ModelSpend& spend = {});

    /// What another hour keeps beyond k_exact calls, or a part of it.
    Summary& summary() {
        if (!summary_) keep_sums_only();
        return *summary_;
    }
    /// Null where is_exact().
    [[nodiscard]] const Summary* kept_summary() const { return summary_.get(); }

    /// `labels[n]` is this activity's number for the other's label n.
    void merge(const HourActivity& other, std::span<const std::uint32_t> labels);

    /// True where every call is kept. Otherwise calls() is empty, and sums() and origins() hold.
    [[nodiscard]] bool is_exact() const { return summary_ == nullptr; }
    [[nodiscard]] auto calls() const { return calls_ | std::views::filter(&HuntedCall::counts); }

    /// What one of calls() or deliveries() used up.
    [[nodiscard]] const ModelSpend& spend_of(const HuntedCall& call) const {
        static constexpr ModelSpend none;
        return call.spend == 0 ? none : spends_[call.spend - 1];
    }

    /// Also those deliveries of calls that do not count, as partial documents have them.
    [[nodiscard]] std::span<const HuntedCall> deliveries() const { return calls_; }

    /// Without repeats, as far as is known.
    [[nodiscard]] std::map<SumKey, Sum> sums() const;
    /// What was used up, by minute and model, without repeats as sums().
    [[nodiscard]] std::map<SpendKey, rules::SpendSum> spends() const;
    /// Those with the smallest hashes, at most k_most_origins; without repeats as sums().
    [[nodiscard]] std::vector<Origin> origins() const;
    /// The second in the hour of the first call.
    [[nodiscard]] std::int64_t first_second() const;
    /// Calls that were delivered again; an estimate unless is_exact().
    [[nodiscard]] std::uint64_t repeats() const;

  private:
    void add_each(HuntedCall call, const ModelSpend& spend);
    void insert(std::vector<HuntedCall>::const_iterator place, const HuntedCall& call, bool counts,
                const ModelSpend& spend);
    void keep_sums_only();

    std::vector<HuntedCall> calls_;  ///< sorted by identity, the one that counts first
    std::vector<ModelSpend> spends_;
    std::unique_ptr<Summary> summary_;
};

}  // namespace cloudhijack::detect
