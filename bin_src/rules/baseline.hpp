#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "counting/seconds.hpp"

namespace cloudhijack::rules {

/// What is usual: which principals have used which services with success, since when, and how much.
/// Times are seconds since 1970.
class Baseline {
  public:
    /// Before its oldest pair is so old, an account is being learned and nothing in it is unusual.
    static constexpr std::int64_t k_learning = 14 * counting::k_seconds_a_day;

    struct PairView {
        std::string_view account;
        std::string_view principal;
        std::string_view service;

        auto operator<=>(const PairView&) const = default;
    };

    /// A principal in an account, and a service's id.
    struct Pair {
        std::string account;
        std::string principal;
        std::string service;

        auto operator<=>(const Pair&) const = default;
        auto operator<=>(const PairView& other) const {
            const PairView own{.account = account, .principal = principal, .service = service};
            return own <=> other;
        }
    };

    /// Successful use.
    struct Use {
        std::int64_t first_seen = 0;
        std::int64_t last_seen = 0;
        std::uint64_t peak_hour = 0;  ///< the most messages in a UTC hour

        void add(const Use& other);
        bool operator==(const Use&) const = default;
    };

    /// Adds to what is known of the pair.
    void add(const Pair& pair, const Use& use);

    /// Null where the pair is not known.
    [[nodiscard]] const Use* find(std::string_view account, std::string_view principal,
                                  std::string_view service) const;
    [[nodiscard]] const Use* find(const Pair& pair) const {
        return find(pair.account, pair.principal, pair.service);
    }

    /// The second from which on the account is known; nullopt for an account without a pair.
    [[nodiscard]] std::optional<std::int64_t> known_from(std::string_view account) const;

    /// True where any principal of the account has used the service.
    [[nodiscard]] bool has_used(std::string_view account, std::string_view service) const;

    [[nodiscard]] const auto& pairs() const { return pairs_; }

  private:
    struct Account {
        std::int64_t oldest = 0;  ///< first_seen
        std::set<std::string, std::less<>> services;
    };

    std::map<Pair, Use, std::less<>> pairs_;
    std::map<std::string, Account, std::less<>> accounts_;
};

}  // namespace cloudhijack::rules
