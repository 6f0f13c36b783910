#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "log/call.hpp"
#include "rules/prices.hpp"

namespace cloudhijack::detect {

/// The usage of a call that counts once.
struct CallSpend {
    std::uint64_t identity = 0;
    std::uint32_t model = 0;  ///< the number of the model's name
    log::Spend spent;
};

/// The usage of a group's calls, by model. If deliveries of one call differ, the most expensive one
/// counts. Needs 32 to 64 bytes per call that has an id and any usage.
class SpendsOfCalls {
  public:
    using ByModel = std::map<std::uint32_t, rules::SpendSum>;

    void add(const CallSpend& call);
    /// For calls without an id, of which each delivery counts.
    void add(std::uint32_t model, const rules::SpendSum& spent) { of_others_[model].add(spent); }
    /// `models[n]` is the number that the other's model n has here.
    void merge(const SpendsOfCalls& other, std::span<const std::uint32_t> models);

    /// Each call once, by identity.
    [[nodiscard]] std::vector<CallSpend> calls() const;
    [[nodiscard]] const ByModel& of_others() const { return of_others_; }
    /// The usage of all calls together.
    [[nodiscard]] ByModel sums() const;

  private:
    static constexpr std::size_t k_fewest = 16;

    std::vector<CallSpend> calls_;  ///< those added since the last sort can repeat
    std::size_t sort_at_ = k_fewest;
    ByModel of_others_;
};

}  // namespace cloudhijack::detect
