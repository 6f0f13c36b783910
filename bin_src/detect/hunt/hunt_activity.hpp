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
#include "detect/hunt/principal_activity.hpp"
#include "detect/irregular_records.hpp"
#include "detect/mode_activity.hpp"
#include "log/condition.hpp"
#include "log/event.hpp"
#include "log/log.hpp"
#include "result.hpp"
#include "rules/catalogue.hpp"

namespace cloudhijack::detect {

/// What mode=hunt keeps of the events so far: the behaviour of each principal. Neither the order of
/// the events matters, nor whether one is delivered again that has an id, nor what the catalogue
/// does not name.
class HuntActivity {
  public:
    /// The catalogue must outlive the activity and its findings.
    explicit HuntActivity(const rules::Catalogue& catalogue) : catalogue_(&catalogue) {}
    HuntActivity(const HuntActivity&) = delete;  // a copy's cached_ would point into the original
    HuntActivity& operator=(const HuntActivity&) = delete;
    HuntActivity(HuntActivity&&) = default;  // nodes of maps keep their places
    HuntActivity& operator=(HuntActivity&&) = default;
    ~HuntActivity() = default;

    /// Takes the event at its own time, else at its row's.
    Added add(const log::Event& event);

    void merge(const HuntActivity& other);
    // In hunt_partial.cpp:
    void write(partial::DocumentWriter& documents) const;
    Result<> take(std::string_view list, partial::ItemReader& item);

    [[nodiscard]] std::size_t size() const { return principals_.size(); }

    /// The rows of mode=hunt, in order, and what the rules' allowlist changed. In
    /// hunt_findings.cpp.
    [[nodiscard]] HuntFindings findings(const rules::HuntRules& rules) const;

    /// Calls `visit` for each principal, with what it did itself: the quarantine policy that AWS
    /// attached to it is not its own. Exceptions do not count.
    void for_each_behaviour(const rules::HuntRules& rules,
                            const std::function<void(const Behaviour&)>& visit) const;

    using Accounts = std::set<std::string, std::less<>>;

    /// The accounts of its principals, each with the services that they called, by index.
    [[nodiscard]] std::map<std::string, std::set<std::size_t>> services_by_account() const;

    /// The accounts in which there was a data event of a service; by the service's index.
    [[nodiscard]] const std::map<std::size_t, Accounts>& with_data_events() const {
        return with_data_events_;
    }

    /// The names of the models, as price stanzas have them, of which tokens have no price.
    [[nodiscard]] std::set<std::string> models_without_price(const rules::Prices& prices) const;

    /// Calls whose records lack something.
    [[nodiscard]] const IrregularRecords& irregular() const { return irregular_; }

    /// Calls that were delivered again and count once.
    [[nodiscard]] std::uint64_t repeats() const;

  private:
    /// A user in an account, to whom AWS attached its quarantine policy.
    using Attached = std::pair<std::string, std::string>;

    /// What a call is to one service.
    struct ServiceCall {
        std::size_t service = 0;
        std::uint16_t call = 0;
        rules::PhaseSet phases;
        std::uint16_t weight = 1;  ///< of its use
    };

    /// The program that a user agent stands for.
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
    /// Of some principals all that counts as theirs; nullopt: it counts as another's.
    using WholeActivities = std::map<log::Principal, std::optional<PrincipalActivity>>;
    using VisitPrincipal = std::function<void(const log::Principal&, const PrincipalActivity&)>;

    /// The user's name in each account, and who goes by it.
    [[nodiscard]] std::map<Attached, const log::Principal*> known_users() const;
    /// The roles that have two names, with all that they did under both.
    [[nodiscard]] WholeActivities roles_of_two_names() const;
    /// Adds to the principals to whom AWS attached its quarantine policy what it attached.
    void add_attached(WholeActivities& whole) const;
    /// Calls `visit` for each principal, in order, with what is in `whole` instead of its own.
    void for_each_principal(const WholeActivities& whole, const VisitPrincipal& visit) const;

    const rules::Catalogue* catalogue_;
    log::ConditionReader conditions_;
    log::CallDetailsReader details_reader_;
    counting::Interner labels_;  ///< names of regions and models
    std::map<log::Principal, PrincipalActivity> principals_;
    std::map<Attached, PrincipalActivity> attached_;
    std::map<std::size_t, Accounts> with_data_events_;
    IrregularRecords irregular_;
    std::vector<ServiceCall> names_;  ///< of the current call
    std::string key_;                 ///< what is hashed of it
    counting::RecentTexts<ClientName> clients_;
    std::vector<CachedPrincipal> cached_;  ///< principals, but for those with very long names
    counting::HashIndex cached_index_;
};

}  // namespace cloudhijack::detect
