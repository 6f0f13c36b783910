#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "counting/seconds.hpp"
#include "rules/baseline.hpp"
#include "rules/networks.hpp"
#include "rules/prices.hpp"
#include "text/address.hpp"

namespace cloudhijack::rules {

/// Normal activity as the baseline and the organisation's own lists (networks, accounts) describe
/// it, indexed once for a search in hunt mode. Seconds and hours are counted from 1970. Views and
/// pointers are valid as long as the History.
class History {
  public:
    /// An account is known once its oldest row is this old, in seconds; before that, nothing in it
    /// is unusual.
    static constexpr std::int64_t k_learning = 14 * counting::k_seconds_a_day;
    /// A principal whose oldest row is younger than this, in seconds, has no history.
    static constexpr std::int64_t k_young = 7 * counting::k_seconds_a_day;

    /// The part of a hash of a client's name that a baseline keeps.
    using ClientId = std::uint32_t;
    static constexpr ClientId client_id(std::uint64_t client_hash) {
        return static_cast<ClientId>(client_hash >> 32U);
    }

    /// The history of one principal.
    struct PrincipalHistory {
        std::int64_t oldest = 0;                                        ///< its first_seen
        std::map<std::string, const Baseline::Row*, std::less<>> rows;  ///< by service id
        std::set<text::Address> usual_networks;
        std::set<ClientId> usual_clients;
        bool networks_are_informative = false;  ///< see SeenValues::is_informative
        bool clients_are_informative = false;
        bool clients_are_too_many = false;

        [[nodiscard]] bool is_young_at(std::int64_t second) const { return second < grown_from(); }
        /// The first second at which it is not young.
        [[nodiscard]] std::int64_t grown_from() const { return oldest + k_young; }
        /// Null if there is no row for the service.
        [[nodiscard]] const Baseline::Row* row(std::string_view service) const;
    };

    /// The busiest hour and day of some principals, in messages, and their most expensive hour.
    struct Peaks {
        std::uint64_t hour = 0;
        std::uint64_t day = 0;
        Cost cost = 0;
    };

    /// The peaks of the principals of a family that have used a service, and for each principal
    /// those of the others. For this the two largest peaks of each kind are enough.
    class FamilyPeaks {
      public:
        void add(std::string_view principal, const Baseline::Row& row);

        /// The peaks of all principals but one; nullopt if there is no other.
        [[nodiscard]] std::optional<Peaks> without(std::string_view principal) const;

      private:
        struct TwoLargest {
            std::string_view principal;  ///< the one with the largest peak
            std::uint64_t largest = 0;
            std::uint64_t second = 0;

            void add(std::string_view whose, std::uint64_t peak);
        };

        std::set<std::string_view> principals_;
        TwoLargest hour_;
        TwoLargest day_;
        TwoLargest cost_;
    };

    /// The seconds at which a user or role was created or got a credential, sorted.
    struct MakingTimes {
        std::vector<std::int64_t> all;
        std::vector<std::int64_t> from_unknown_source;
    };

    struct AccountHistory {
        std::int64_t known_from = 0;
        std::set<std::string, std::less<>> used_services;
        std::set<text::Address> usual_networks;  ///< of any principal
        std::set<ClientId> usual_clients;        ///< of any principal
        std::map<std::string, PrincipalHistory, std::less<>> principals;
        /// By service id and family.
        std::map<std::pair<std::string, std::string>, FamilyPeaks> family_peaks;
        /// How users and roles were created, by log::actor_key().
        std::map<std::string, MakingTimes, std::less<>> makings;

        [[nodiscard]] const PrincipalHistory* principal(std::string_view name) const;
        /// The peaks of the principal's peers, which are the other principals of its family, in the
        /// service; nullopt if none of them has used it.
        [[nodiscard]] std::optional<Peaks> peers_of(std::string_view principal,
                                                    std::string_view service) const;
    };

    History() : History(std::make_shared<const Baseline>()) {}
    explicit History(std::shared_ptr<const Baseline> baseline, Networks networks = {},
                     std::set<std::string, std::less<>> own_accounts = {});

    /// The same networks and accounts, with another baseline.
    [[nodiscard]] History with(std::shared_ptr<const Baseline> baseline) const;

    [[nodiscard]] const Baseline& baseline() const { return *baseline_; }
    /// Null if the baseline does not contain the account.
    [[nodiscard]] const AccountHistory* account(std::string_view account) const;
    /// The principals that assume a role of an account, by log::actor_key(): from all of the role's
    /// rows, whatever its path. This does not make the account known, as the role can belong to
    /// somebody else.
    [[nodiscard]] const SeenValues& parents_of(std::string_view account,
                                               std::string_view actor_key) const;
    /// Whether the account belongs to the organisation, by the baseline or by its own list.
    [[nodiscard]] bool is_own_account(std::string_view account) const {
        return own_accounts_.contains(account) || this->account(account) != nullptr;
    }
    /// Whether a source counts as known without any history: it has no address, or the address is
    /// private or listed.
    [[nodiscard]] bool is_listed_or_private(const text::Address& address) const {
        if (address.is_service()) return false;
        return !address.is_there() || is_private(address) || networks_.contain(address);
    }

  private:
    void add(const Baseline::Pair& pair, const Baseline::Row& row);

    std::shared_ptr<const Baseline> baseline_;
    Networks networks_;
    std::set<std::string, std::less<>> own_accounts_;
    std::map<std::string, AccountHistory, std::less<>> accounts_;
    /// By account and log::actor_key().
    std::map<std::string, std::map<std::string, SeenValues, std::less<>>, std::less<>> parents_;
};

}  // namespace cloudhijack::rules
