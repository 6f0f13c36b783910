#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "log/call.hpp"
#include "rules/prices.hpp"

namespace cloudhijack::detect {

/// What a call that counts once used up.
struct CallSpend {
    std::uint64_t identity = 0;
    std::uint32_t model = 0;  ///< a number that its name has
    log::Spend spent;
};

/// What the calls of a group used up, by model. Of several deliveries of one call that differ, the
/// dearest counts. 32 to 64 bytes a call that used up anything and has an id.
class SpendsOfCalls {
  public:
    using ByModel = std::map<std::uint32_t, rules::SpendSum>;

    void add(const CallSpend& call);
    /// Of calls that have no id: each delivery counts.
    void add(std::uint32_t model, const rules::SpendSum& spent) { of_others_[model].add(spent); }
    /// `models[n]` is the number here of the other's model n.
    void merge(const SpendsOfCalls& other, std::span<const std::uint32_t> models);

    /// Each call once, by identity.
    [[nodiscard]] std::vector<CallSpend> calls() const;
    [[nodiscard]] const ByModel& of_others() const { return of_others_; }
    /// Of all together.
    [[nodiscard]] ByModel sums() const;

  private:
    static constexpr std::size_t k_fewest = 16;

    std::vector<CallSpend> calls_;  ///< those added since the last sorting can repeat
    std::size_t sort_at_ = k_fewest;
    ByModel of_others_;
};

}  // namespace cloudhijack::detect
