#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "counting/interner.hpp"
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
    std::vector<HourActivity::Origin> origins;
    std::uint64_t limit = ~std::uint64_t{0};
};

/// One principal's behaviour as the evidences see it: what its activity holds, without repeats and
/// in order of time. Views lie in the activity, the catalogue and the region names.
class Behaviour {
  public:
    /// `exceptions` are those of the rules' allowlist that are to count.
    Behaviour(const rules::Catalogue& catalogue, const counting::Interner& regions,
              const rules::HuntRules& rules, const log::Principal& principal,
              const PrincipalActivity& activity, rules::Exceptions exceptions = {});

    /// The same principal with less activity, and with its whole history.
    [[nodiscard]] Behaviour with(const PrincipalActivity& part) const;

    [[nodiscard]] const log::Principal& principal() const { return *principal_; }
    [[nodiscard]] const PrincipalActivity& activity() const { return *activity_; }
    [[nodiscard]] const rules::Catalogue& catalogue() const { return *catalogue_; }
    [[nodiscard]] const counting::Interner& regions() const { return *regions_; }
    [[nodiscard]] const rules::HuntRules& rules() const { return *rules_; }
    [[nodiscard]] const rules::Exceptions& exceptions() const { return exceptions_; }

    /// By first second; of one second in an order of their own.
    [[nodiscard]] const std::vector<Calls>& calls() const { return calls_; }
    /// By UTC hour since 1970.
    [[nodiscard]] const std::map<std::int64_t, HourOrigins>& origins() const { return origins_; }

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
    /// itself: the messages of the busiest hour, 0 where the baseline knows the account and not the
    /// principal's use of the service; nullopt where neither tells.
    [[nodiscard]] std::optional<std::uint64_t> usual_peak(std::size_t service,
                                                          std::int64_t second) const;

    /// True where the baseline knows the account at a time.
    [[nodiscard]] bool is_known_account(std::int64_t second) const {
        return account_known_from_ && *account_known_from_ <= second;
    }
    /// What the baseline holds of the principal and the service; null for nothing.
    [[nodiscard]] const rules::Baseline::Use* usual_use(std::size_t service) const {
        return usual_use_[service];
    }

    /// True where an hour held more calls than are kept one by one: counts are by the minute, and
    /// repeats an estimate.
    [[nodiscard]] bool has_summed_hours() const { return has_summed_hours_; }

  private:
    void take_exact_hour(std::size_t service, std::int64_t hour, const HourActivity& activity);
    void take_summed_hour(std::size_t service, std::int64_t hour, const HourActivity& activity);
    void take_origins();

    const rules::Catalogue* catalogue_;
    const counting::Interner* regions_;
    const rules::HuntRules* rules_;
    const log::Principal* principal_;
    const PrincipalActivity* activity_;
    rules::Exceptions exceptions_;
    std::vector<Calls> calls_;
    std::vector<UseHistory> history_;                     ///< by service
    std::vector<const rules::Baseline::Use*> usual_use_;  ///< by service
    std::optional<std::int64_t> account_known_from_;      ///< by the baseline
    std::map<std::int64_t, HourOrigins> origins_;
    bool has_summed_hours_ = false;
};

}  // namespace cloudhijack::detect
