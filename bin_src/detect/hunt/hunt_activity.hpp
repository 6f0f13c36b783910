#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "counting/hash.hpp"
#include "counting/hash_index.hpp"
#include "counting/interner.hpp"
#include "counting/recent_texts.hpp"
#include "detect/hunt/behaviour.hpp"
#include "detect/hunt/cached_principal.hpp"
#include "detect/hunt/hunt_finding.hpp"
#include "detect/hunt/hunt_overview.hpp"
#include "detect/hunt/principal_activity.hpp"
#include "detect/irregular_records.hpp"
#include "detect/mode_activity.hpp"
#include "log/condition.hpp"
#include "log/event.hpp"
#include "log/log.hpp"
#include "result.hpp"
#include "rules/catalogue.hpp"

namespace cloudhijack::detect {

/// The data of mode=hunt so far: the behaviour of each principal. The result depends neither on the
/// order of the events, nor on whether an event with an id is delivered again, nor on events that
/// the catalogue does not name.
class HuntActivity {
  public:
    /// The catalogue must outlive the activity and its findings.
    explicit HuntActivity(const rules::Catalogue& catalogue) : catalogue_(&catalogue) {}
    HuntActivity(const HuntActivity&) = delete;  // cached_ of a copy would point into the original
    HuntActivity& operator=(const HuntActivity&) = delete;
    HuntActivity(HuntActivity&&) = default;  // the nodes of maps stay in place
    HuntActivity& operator=(HuntActivity&&) = default;
    ~HuntActivity() = default;

    /// Counts the event at its own time, or else at its row's time.
    Added add(const log::Event& event);

    void merge(const HuntActivity& other);
    // In hunt_partial.cpp:
    void write(partial::DocumentWriter& documents) const;
    Result<> take(std::string_view list, partial::ItemReader& item);

    [[nodiscard]] std::size_t size() const { return principals_.size(); }

    /// The rows of mode=hunt, in order, and the effect of the rules' allowlist. In
    /// hunt_findings.cpp.
    [[nodiscard]] HuntFindings findings(const rules::HuntRules& rules) const;

    /// Calls `visit` for each principal, with the principal's own activity, which does not include
    /// the quarantine policy that AWS attached to it. Exceptions are ignored.
    void for_each_behaviour(const rules::HuntRules& rules,
                            const std::function<void(const Behaviour&)>& visit) const;

    using Accounts = std::set<std::string, std::less<>>;

    /// The accounts of the principals, each with the indexes of the services that they called.
    [[nodiscard]] std::map<std::string, std::set<std::size_t>> services_by_account() const;

    /// The accounts with a data event of a service; by the service's index.
    [[nodiscard]] const std::map<std::size_t, Accounts>& with_data_events() const {
        return with_data_events_;
    }

    /// The models, named as in price stanzas, that used tokens and have no price.
    [[nodiscard]] std::set<std::string> models_without_price(const rules::Prices& prices) const;

    /// The numbers of records with something missing.
    [[nodiscard]] const IrregularRecords& irregular() const { return irregular_; }

    /// Deliveries that repeat a call, which counts once.
    [[nodiscard]] std::uint64_t repeats() const;

    // In hunt_overview.cpp, for a report. All of these look at every call.
    [[nodiscard]] HuntOverview overview() const;
    /// The calls of all principals within each step.
    [[nodiscard]] std::vector<CallsOfStep> calls_over_time(
        const TimeSteps& steps, std::span<const HuntFinding> findings) const;
    /// The calls of each request's principals, in order of phase and step. The principals are named
    /// as in findings.
    [[nodiscard]] std::vector<std::vector<PhaseCalls>> phases_over_time(
        std::span<const PhaseRequest> requests) const;

  private:
    /// A user in an account to whom AWS attached its quarantine policy.
    using Attached = std::pair<std::string, std::string>;

    /// The meaning of a call for one service.
    struct ServiceCall {
        std::size_t service = 0;
        std::uint16_t call = 0;
        rules::PhaseSet phases;
        std::uint16_t weight = 1;  ///< the number of messages per call, if it is use
    };

    /// The name of the program that a user agent identifies.
    struct ClientName {
        std::string text;
        std::uint64_t hash = 0;
    };

    std::span<const ServiceCall> names_of(const log::Event& event,
                                          std::span<const rules::Catalogue::Entry> entries);
    void note_data_event(std::string_view account, std::span<const ServiceCall> names);
    CachedPrincipal& cached(const log::PrincipalParts& parts, CachedPrincipal& uncached);
    std::uint64_t identity_of(const log::Event& event, text::Time time, const HuntedCall& call,
                              std::span<const ServiceCall> names);
    void add_by_provider(const log::Event& event, text::Time time, const log::Call& meaning,
                         const log::CallDetails& details, std::span<const ServiceCall> names);
    void note_origin(const log::Event& event, const log::Call& meaning,
                     const log::CallDetails& details, CachedPrincipal& who);
    void note_caller(const log::Event& event, const log::Call& meaning, CachedPrincipal& who);
    void note_region_and_model(const log::Event& event, const log::CallDetails& details,
                               CachedPrincipal& who);
    static void note_model(const log::CallDetails& details, std::size_t service, std::int64_t hour,
                           CachedPrincipal& who);
    void count(const log::Event& event, const log::CallDetails& details, const ServiceCall& named,
               HuntedCall call, std::int64_t second, CachedPrincipal& who);
    ModelSpend spend_of(const log::CallDetails& details);
    /// For some principals, everything that counts as theirs; nullopt: it counts as another's.
    using WholeActivities = std::map<log::Principal, std::optional<PrincipalActivity>>;
    using VisitPrincipal = std::function<void(const log::Principal&, const PrincipalActivity&)>;

    /// The users by account and name, each with the principal of that name.
    [[nodiscard]] std::map<Attached, const log::Principal*> known_users() const;
    /// The roles that appear under two names, with their activity under both.
    [[nodiscard]] WholeActivities roles_of_two_names() const;
    /// Adds the attached policies to the principals to whom AWS attached them.
    void add_attached(WholeActivities& whole) const;
    /// Calls `visit` for each principal, in order. An activity in `whole` replaces the principal's
    /// own.
    void for_each_principal(const WholeActivities& whole, const VisitPrincipal& visit) const;
    /// Calls `visit` for each principal as findings have it, with everything that counts as its.
    void for_each_whole_principal(const VisitPrincipal& visit) const;

    const rules::Catalogue* catalogue_;
    log::ConditionReader conditions_;
    log::CallDetailsReader details_reader_;
    counting::Interner labels_;  ///< names of regions and models
    std::map<log::Principal, PrincipalActivity> principals_;
    std::map<Attached, PrincipalActivity> attached_;
    std::map<std::size_t, Accounts> with_data_events_;
    IrregularRecords irregular_;
    std::vector<ServiceCall> names_;  ///< of the current call
    std::string key_;                 ///< the data of the current call that is hashed
    counting::RecentTexts<ClientName> clients_;
    std::vector<CachedPrincipal> cached_;  ///< all principals except those with very long names
    counting::HashIndex cached_index_;
};

}  // namespace cloudhijack::detect
