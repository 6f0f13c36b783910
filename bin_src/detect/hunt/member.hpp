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

/// What an origin is to its principal, by the history of both. The last two are those of a
/// principal without a history.
enum class SourceKind : std::uint8_t {
    ordinary,
    away,          ///< a stranger's network, and a client that the principal uses
    away_in_bulk,  ///< the same, with many messages by credentials that work anywhere
    unusual,   ///< a network of others in the account, and a client that is new to the principal
    strange,   ///< a stranger's network and a client that is new to the principal
    stolen,    ///< the same, while the credentials are used where they belong
    newcomer,  ///< a stranger's network, by a role with a client of the account
    strange_newcomer,
};

/// An origin of calls, and what it is to the principal.
struct JudgedOrigin {
    HourActivity::Origin from;
    bool is_usual_network = false;  ///< for the principal
    bool is_strangers = false;      ///< of a network that nobody in the account uses
    SourceKind kind = SourceKind::ordinary;

    /// Whether it is new for the principal, as the burst asks.
    [[nodiscard]] bool is_new() const {
        return kind != SourceKind::ordinary && kind != SourceKind::away &&
               kind != SourceKind::newcomer;
    }
};

/// Where the calls of one hour came from. Origins are pairs of client and address; of more than
/// are kept, those whose hash is at most `limit` are all there.
struct HourOrigins {
    std::vector<JudgedOrigin> origins;
    std::uint64_t limit = ~std::uint64_t{0};
    bool has_stranger = false;    ///< see JudgedOrigin::is_strangers
    bool is_known = false;        ///< all are known: by history, listed or private
    bool works_anywhere = false;  ///< some came with credentials that work anywhere
    bool has_new_client = false;  ///< some client is nobody's in the account
};

/// A principal's part in a behaviour: what it did, and what the baseline knows of it. What is asked
/// of it at a second, since 1970, is answered by its own sources and its own history.
class Member {
  public:
    /// What a behaviour is made of. All that it points to must outlive the behaviour.
    struct Basis {
        const log::Principal* principal = nullptr;
        const PrincipalActivity* activity = nullptr;
        rules::Exceptions exceptions;         ///< those of the rules' allowlist that are to count
        const LinksToChild* links = nullptr;  ///< how it came to be; null: nothing is known
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
    /// The name of a service that is named instead of an address; empty if it is not known.
    [[nodiscard]] std::string_view service_name(const text::Address& address) const;
    /// Whether the calls of a second's hour came from a network that nobody in the account uses.
    [[nodiscard]] bool is_strangers(std::int64_t second) const;
    /// Whether all of them came from known sources. Without a history only private and listed ones
    /// are known.
    [[nodiscard]] bool is_known_source(std::int64_t second) const;
    /// Whether, in the hours from one second to another, `holds(hour_origins)` for one.
    [[nodiscard]] bool any_hour(std::int64_t first, std::int64_t last, auto holds) const {
        const auto end = origins_.upper_bound(counting::hour_of(last));
        for (auto at = origins_.lower_bound(counting::hour_of(first)); at != end; ++at) {
            if (holds(at->second)) return true;
        }
        return false;
    }
    /// Whether one of them is new for the principal.
    [[nodiscard]] bool has_new_source(std::int64_t first, std::int64_t last) const;

    /// Whether the baseline knows the account at a time.
    [[nodiscard]] bool is_known_account(std::int64_t second) const {
        return account_history_ != nullptr && account_history_->known_from <= second;
    }
    /// Null if the baseline has nothing of the account.
    [[nodiscard]] const rules::History::AccountHistory* account_history() const {
        return account_history_;
    }
    /// The principal's history if it is not too young at a time; else null.
    [[nodiscard]] const rules::History::PrincipalHistory* grown_history(std::int64_t second) const;
    /// The row of the principal and a service, whatever its age; null if there is none.
    [[nodiscard]] const rules::Baseline::Row* row(std::size_t service) const {
        return rows_[service];
    }
    /// The row if it tells of use, and the principal is not too young at a time; else null.
    [[nodiscard]] const rules::Baseline::Row* grown_use(std::size_t service,
                                                        std::int64_t second) const;
    /// Whether a phase is routine for the principal and the service of the calls.
    [[nodiscard]] bool is_routine(std::size_t service, rules::Phase phase) const;
    /// The peaks of those who use the service for the same work as the principal, which does not
    /// use it itself. None in hours with a client that nobody in the account uses.
    [[nodiscard]] std::optional<rules::History::Peaks> peers(std::size_t service,
                                                             std::int64_t first,
                                                             std::int64_t last) const;
    /// See detect::is_vouched_for.
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
