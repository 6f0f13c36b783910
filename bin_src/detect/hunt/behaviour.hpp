#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "counting/interner.hpp"
#include "detect/hunt/makings.hpp"
#include "detect/hunt/principal_activity.hpp"
#include "log/principal.hpp"
#include "rules/allowlist.hpp"
#include "rules/catalogue.hpp"
#include "rules/hunt_rules.hpp"

namespace cloudhijack::detect {

/// Calls that are alike: in one second, or of an hour beyond what is kept exactly in one minute.
struct Calls {
    std::int64_t minute = 0;       ///< since 1970
    counting::MinuteBits seconds;  ///< in which there were calls
    std::size_t service = 0;
    std::uint16_t call = 0;
    rules::PhaseSet phases;
    log::Outcome outcome = log::Outcome::ok;
    std::string_view region;  ///< empty: none
    std::uint64_t count = 0;
    std::uint64_t messages = 0;

    /// The first second, since 1970.
    [[nodiscard]] std::int64_t first() const;
    /// The last second.
    [[nodiscard]] std::int64_t last() const;
    /// The first second at or after another.
    [[nodiscard]] std::optional<std::int64_t> first_from(std::int64_t second) const;

    [[nodiscard]] bool is(rules::Phase phase) const { return phases.has(phase); }
    [[nodiscard]] bool is_ok() const { return outcome == log::Outcome::ok; }
};

/// What an origin is to its principal, by the history of both. Each kind is stranger than those
/// before it, but for the last two, which are those of a principal without a history.
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

/// The successful use of one service by hours, for asking what was usual at a time.
class UseHistory {
  public:
    /// Hours come in order.
    void add(std::int64_t hour, std::uint64_t messages);

    /// The largest message sum of the UTC hours that ended 12 h or more before a second; nullopt
    /// where there were none.
    [[nodiscard]] std::optional<std::uint64_t> peak_before(std::int64_t second) const;

  private:
    struct Hour {
        std::int64_t number = 0;  ///< since 1970
        std::uint64_t messages = 0;
        std::uint64_t peak = 0;  ///< of this hour and those before
    };

    std::vector<Hour> hours_;
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

/// One principal's behaviour as the evidences see it: what its activity holds, without repeats and
/// in order of time. Views lie in the activity, the catalogue and the region names.
class Behaviour {
  public:
    /// `exceptions` are those of the rules' allowlist that are to count.
    Behaviour(const rules::Catalogue& catalogue, const counting::Interner& regions,
              const rules::HuntRules& rules, const log::Principal& principal,
              const PrincipalActivity& activity, rules::Exceptions exceptions = {});

    Behaviour(const Behaviour&) = delete;  // a copy's uses_ would point into the original
    Behaviour& operator=(const Behaviour&) = delete;
    Behaviour(Behaviour&&) = default;
    Behaviour& operator=(Behaviour&&) = default;
    ~Behaviour() = default;

    /// The same principal with less activity, and with its whole history.
    [[nodiscard]] Behaviour with(const PrincipalActivity& part) const;

    [[nodiscard]] const log::Principal& principal() const { return *principal_; }
    [[nodiscard]] const PrincipalActivity& activity() const { return *activity_; }
    [[nodiscard]] const rules::Catalogue& catalogue() const { return *catalogue_; }
    [[nodiscard]] const counting::Interner& regions() const { return *regions_; }
    [[nodiscard]] const rules::HuntRules& rules() const { return *rules_; }
    [[nodiscard]] const rules::Exceptions& exceptions() const { return exceptions_; }

    /// By first second; of one second in an order of their own. Those that services of the provider
    /// made for the principal are not among them.
    [[nodiscard]] const std::vector<Calls>& calls() const { return calls_; }
    /// Use that services of the provider made for the principal, in the same order.
    [[nodiscard]] const std::vector<Calls>& calls_by_provider() const { return calls_by_provider_; }
    /// The successful use of a service, by whomever it was made, by first second.
    [[nodiscard]] const std::vector<const Calls*>& uses(std::size_t service) const {
        return uses_[service];
    }
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

    [[nodiscard]] std::string_view name_of(const Calls& calls) const {
        return catalogue_->call_name(calls.service, calls.call);
    }
    [[nodiscard]] std::string_view label_of(std::size_t service) const {
        return catalogue_->services()[service].label;
    }
    [[nodiscard]] std::size_t service_count() const { return catalogue_->services().size(); }

    /// How many messages of a service in 60 minutes at a time are not much: the service's
    /// threshold, or what an exception allows. nullopt: any number is allowed.
    [[nodiscard]] std::optional<std::uint64_t> threshold(std::size_t service,
                                                         std::int64_t second) const;

    /// What was usual for the principal and the service at a time, by the baseline and by the range
    /// itself: the messages of the busiest hour, 0 if the baseline knows the account and not the
    /// principal's use of the service; nullopt if neither knows.
    [[nodiscard]] std::optional<std::uint64_t> usual_peak(std::size_t service,
                                                          std::int64_t second) const;
    /// The same by the range alone.
    [[nodiscard]] std::optional<std::uint64_t> peak_in_range(std::size_t service,
                                                             std::int64_t second) const {
        return history_[service].peak_before(second);
    }

    /// Whether the baseline knows the account at a time.
    [[nodiscard]] bool is_known_account(std::int64_t second) const {
        return account_history_ != nullptr && account_history_->known_from <= second;
    }
    /// Null if the baseline has nothing of the account, or of the principal.
    [[nodiscard]] const rules::History::AccountHistory* account_history() const {
        return account_history_;
    }
    [[nodiscard]] const rules::History::PrincipalHistory* history() const {
        return principal_history_;
    }
    /// The principal's history if it is not too young at a time; else null.
    [[nodiscard]] const rules::History::PrincipalHistory* grown_history(std::int64_t second) const;
    /// The row of the principal and a service, whatever its age; null if there is none.
    [[nodiscard]] const rules::Baseline::Row* row(std::size_t service) const {
        return rows_[service];
    }
    /// Notes how the principal came to be in the range.
    void set_makings(const FirstMakings& makings) { makings_ = makings; }
    /// Whether at least one making of the principal is known at a time, and all that are known came
    /// from known sources.
    [[nodiscard]] bool is_vouched_for(std::int64_t second) const;
    /// Whether a phase is routine for the principal and the service of the calls.
    [[nodiscard]] bool is_routine(std::size_t service, rules::Phase phase) const;
    /// The peaks of those who use the service for the same work as the principal, which does not
    /// use it itself. None in hours with a client that nobody in the account uses.
    [[nodiscard]] std::optional<rules::History::Peaks> peers(std::size_t service,
                                                             std::int64_t first,
                                                             std::int64_t last) const;

    /// True where an hour held more calls than are kept one by one: counts are by the minute, and
    /// repeats an estimate.
    [[nodiscard]] bool has_summed_hours() const { return has_summed_hours_; }

  private:
    void take_exact_hour(std::size_t service, std::int64_t hour, const HourActivity& activity);
    void take_summed_hour(std::size_t service, std::int64_t hour, const HourActivity& activity);
    void note_uses();
    void take_origins();
    // In judged_origins.cpp:
    void judge_origins();
    void judge_hour(std::int64_t hour, HourOrigins& origins) const;
    [[nodiscard]] SourceKind kind_of(const JudgedOrigin& origin,
                                     const rules::History::PrincipalHistory* history) const;
    void judge_bulk();

    const rules::Catalogue* catalogue_;
    const counting::Interner* regions_;
    const rules::HuntRules* rules_;
    const log::Principal* principal_;
    const PrincipalActivity* activity_;
    rules::Exceptions exceptions_;
    std::vector<Calls> calls_;
    std::vector<Calls> calls_by_provider_;
    std::vector<std::vector<const Calls*>> uses_;  ///< by service
    std::vector<UseHistory> history_;              ///< by service
    const rules::History::AccountHistory* account_history_;
    const rules::History::PrincipalHistory* principal_history_ = nullptr;
    std::vector<const rules::Baseline::Row*> rows_;  ///< by service
    std::map<std::int64_t, HourOrigins> origins_;
    FirstMakings makings_;
    bool has_summed_hours_ = false;
};

}  // namespace cloudhijack::detect
