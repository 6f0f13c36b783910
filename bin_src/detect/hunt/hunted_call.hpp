#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <tuple>

#include "log/call.hpp"
#include "rules/catalogue.hpp"
#include "rules/phase.hpp"
#include "text/address.hpp"

namespace cloudhijack::detect {

/// The most messages of one call, after its weight is applied.
inline constexpr std::uint16_t k_most_hunted_messages = std::numeric_limits<std::uint16_t>::max();

/// Bytes of the name of a region; the rest is cut off. Real names are shorter.
inline constexpr std::size_t k_longest_region = 64;

/// The identity of records without an id: each of them is a call, even if several have the same
/// identity. The lowest bit is set in such identities, whatever the hash.
constexpr std::uint64_t identity_of_each(std::uint64_t hash) { return hash | 1U; }
/// The identity of a call with an id.
constexpr std::uint64_t identity_by_id(std::uint64_t hash) { return hash & ~std::uint64_t{1}; }
constexpr bool is_of_each(std::uint64_t identity) { return (identity & 1U) != 0; }

/// One call as mode=hunt keeps it, for one service and within one UTC hour.
struct HuntedCall {
    /// A hash of the data that distinguishes the call: calls with equal identities are one call,
    /// delivered again. See identity_of_each() for the exception.
    std::uint64_t identity = 0;
    std::uint64_t client = 0;  ///< a hash
    text::Address address;
    log::CredentialSigns credentials;
    /// False if the sender is not known, or says nothing about the client.
    bool is_of_client = true;
    bool is_by_provider = false;  ///< see log::Call
    log::Outcome outcome = log::Outcome::ok;
    rules::PhaseSet phases;
    std::uint16_t messages = 0;  ///< of a use call, with its weight; 0 for any other
    std::uint16_t second = 0;    ///< counted from the start of the hour
    std::uint16_t call = 0;      ///< see Catalogue::call_name
    std::uint32_t region = 0;    ///< its number among the activity's labels
    std::uint32_t spend = 0;     ///< see HourActivity::spend_of
    std::uint32_t times = 1;     ///< the number of its deliveries
    bool counts = true;          ///< false: another delivery of the same call counts

    /// Of several deliveries of one call, the one with the lowest rank counts: one that succeeded,
    /// then the one with the most messages, then the one with the highest usage. The rank excludes
    /// the numbers of labels, which depend on the order of events.
    [[nodiscard]] auto rank(const log::Spend& spent) const {
        return std::tuple(
            outcome != log::Outcome::ok, k_most_hunted_messages - messages,
            k_most_cost - spent.cost, k_most_tokens - spent.input_tokens,
            k_most_tokens - spent.output_tokens, k_most_tokens - spent.cache_read_tokens,
            k_most_tokens - spent.cache_write_tokens, outcome, second, call, phases.bits(), client,
            address, credentials, is_of_client, is_by_provider);
    }

  private:
    static constexpr std::uint32_t k_most_cost = log::Spend::k_most_cost;
    static constexpr std::uint32_t k_most_tokens = log::Spend::k_most_tokens;
};

/// The usage of a call, and its model.
struct ModelSpend {
    std::uint32_t model = 0;  ///< its number among the activity's labels
    log::Spend spent;
};

}  // namespace cloudhijack::detect
