#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "counting/seconds.hpp"
#include "detect/hunt/campaign/link.hpp"
#include "detect/hunt/principal_activity.hpp"
#include "log/principal.hpp"
#include "rules/allowlist.hpp"
#include "rules/catalogue.hpp"
#include "rules/hunt_rules.hpp"

namespace cloudhijack::detect {

/// The class of an origin for its principal, by the history of the principal and its account. The
/// last two are for a principal without a history.
enum class SourceKind : std::uint8_t {
    ordinary,
    away,          ///< a stranger's network, and a client that the principal uses
    away_in_bulk,  ///< the same, with many messages and credentials that work anywhere
    unusual,   ///< a network of others in the account, and a client that is new to the principal
    strange,   ///< a stranger's network and a client that is new to the principal
    stolen,    ///< the same, while the credentials are also used from their usual place
    newcomer,  ///< a stranger's network, used by a role with a client that the account uses
    strange_newcomer,
};

/// An origin of calls, and its class for the principal.
struct JudgedOrigin {
    HourActivity::Origin from;
    bool is_usual_network = false;  ///< for the principal
    bool is_strangers = false;      ///< in a network that nobody in the account uses
    SourceKind kind = SourceKind::ordinary;

    /// Whether it is new for the principal, as the rule `burst` defines it.
    [[nodiscard]] bool is_new() const {
        return kind != SourceKind::ordinary && kind != SourceKind::away &&
               kind != SourceKind::newcomer;
    }
};

/// The origins of the calls of one hour. Origins are pairs of client and address; if there are more
/// than are kept, all of those with a hash of at most `limit` are present.
struct HourOrigins {
    std::vector<JudgedOrigin> origins;
    std::uint64_t limit = ~std::uint64_t{0};
    bool has_stranger = false;    ///< see JudgedOrigin::is_strangers
    bool is_known = false;        ///< all are known: from history, listed or private
    bool works_anywhere = false;  ///< some came with credentials that work anywhere
    bool has_new_client = false;  ///< nobody in the account uses one of the clients
    bool has_new_source = false;  ///< see JudgedOrigin::is_new
    bool has_address = false;     ///< or the name of a service in its place
};

/// A principal's part in a behaviour: its activity, and what the baseline knows of it. Questions
/// about a second, since 1970, are answered from its own sources and its own history.
class Member {
  public:
    /// The data from which a behaviour is made. All pointers must outlive the behaviour.
    struct Basis {
        const log::Principal* principal = nullptr;
        const PrincipalActivity* activity = nullptr;
        rules::Exceptions exceptions;         ///< the exceptions of the rules' allowlist that apply
        const LinksToChild* links = nullptr;  ///< how it was created; null: nothing is known
    };

    Member(const rules::Catalogue& catalogue, const rules::HuntRules& rules, std::size_t index,
           const Basis& part);

    [[nodiscard]] std::size_t index() const { return index_; }  ///< among the members
    [[nodiscard]] const Basis& part() const { return part_; }
    [[nodiscard]] const log::Principal& principal() const { return *part_.principal; }
    [[nodiscard]] const PrincipalActivity& activity() const { return *part_.activity; }
    [[nodiscard]] const LinksToChild& links() const;

    /// By UTC hour since 1970.
    [[nodiscard]] const std::map<std::int64_t, HourOrigins>& origins() const { return origins_; }
    /// The name of the service that an address represents; empty if it is not known.
    [[nodiscard]] std::string_view service_name(const text::Address& address) const;
    /// Whether calls of the second's hour came from a network that nobody in the account uses.
    [[nodiscard]] bool is_strangers(std::int64_t second) const;
    /// Whether all calls of the second's hour came from known sources. Without a history, only
    /// private and listed sources are known.
    [[nodiscard]] bool is_known_source(std::int64_t second) const;
    /// Whether `holds(hour_origins)` is true for any hour from one second to another.
    [[nodiscard]] bool any_hour(std::int64_t first, std::int64_t last, auto holds) const {
        const auto end = origins_.upper_bound(counting::hour_of(last));
        for (auto at = origins_.lower_bound(counting::hour_of(first)); at != end; ++at) {
            if (holds(at->second)) return true;
        }
        return false;
    }
    /// Whether an origin between the two seconds is new for the principal.
    [[nodiscard]] bool has_new_source(std::int64_t first, std::int64_t last) const;

    /// Whether the baseline knows the account at a given second.
    [[nodiscard]] bool is_known_account(std::int64_t second) const {
        return account_history_ != nullptr && account_history_->known_from <= second;
    }
    /// Null if the baseline does not contain the account.
    [[nodiscard]] const rules::History::AccountHistory* account_history() const {
        return account_history_;
    }
    /// The principal's history if it is old enough at a given second; else null.
    [[nodiscard]] const rules::History::PrincipalHistory* grown_history(std::int64_t second) const;
    /// The row of the principal and a service, whatever its age; null if there is none.
    [[nodiscard]] const rules::Baseline::Row* row(std::size_t service) const {
        return rows_[service];
    }
    /// The row if it shows use and the principal's history is old enough at a given second; else
    /// null.
    [[nodiscard]] const rules::Baseline::Row* grown_use(std::size_t service,
                                                        std::int64_t second) const;
    /// Whether the service's calls in a phase are routine for the principal.
    [[nodiscard]] bool is_routine(std::size_t service, rules::Phase phase) const;
    /// The peaks of the principals that use the service for the same work as this principal, which
    /// has not used it itself. nullopt if there are none, or in hours with a client that nobody in
    /// the account uses.
    [[nodiscard]] std::optional<rules::History::Peaks> peers(std::size_t service,
                                                             std::int64_t first,
                                                             std::int64_t last) const;
    /// See Vouching.
    [[nodiscard]] bool is_vouched_for(std::int64_t second) const;

  private:
    void take_origins();
    // In judged_origins.cpp:
    void judge_origins();
    void judge_hour(std::int64_t hour, HourOrigins& origins) const;
    [[nodiscard]] SourceKind kind_of(const JudgedOrigin& origin,
                                     const rules::History::PrincipalHistory* history) const;
    void judge_bulk();

    const rules::Catalogue* catalogue_;
    const rules::HuntRules* rules_;
    std::size_t index_;
    Basis part_;
    const rules::History::AccountHistory* account_history_;
    const rules::History::PrincipalHistory* principal_history_ = nullptr;
    std::vector<const rules::Baseline::Row*> rows_;  ///< by service
    std::map<std::int64_t, HourOrigins> origins_;
};

}  // namespace cloudhijack::detect
