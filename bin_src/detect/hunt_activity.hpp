#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "cloudtrail/call_details.hpp"
#include "cloudtrail/event.hpp"
#include "cloudtrail/parameters.hpp"
#include "detect/added.hpp"
#include "detect/catalogue.hpp"
#include "detect/hunt_finding.hpp"
#include "detect/partial/document_reader.hpp"
#include "detect/partial/document_writer.hpp"
#include "detect/principal.hpp"
#include "detect/principal_activity.hpp"
#include "detect/recent_texts.hpp"
#include "detect/region_names.hpp"
#include "result.hpp"

namespace cloudhijack::detect {

/// What mode=hunt keeps of the events so far: the behaviour of each principal. Neither the order of
/// the events matters, nor whether one is delivered again, nor what the catalogue does not name.
class HuntActivity {
  public:
    /// The catalogue must outlive the activity and its findings.
    explicit HuntActivity(const Catalogue& catalogue) : catalogue_(&catalogue) {}

    /// Takes the event at its own time, else at its row's.
    Added add(const cloudtrail::Event& event);

    /// Takes what another activity of the same catalogue holds. In any order and grouping the
    /// result is the same.
    void merge(const HuntActivity& other);

    /// Writes all that it holds as items of partial documents.
    void write(partial::DocumentWriter& documents) const;

    /// Takes an item of a partial document of the same catalogue. The error says what is wrong with
    /// the item, to follow a noun.
    Result<> take(std::string_view list, partial::ItemReader& item);

    /// How many principals there are.
    [[nodiscard]] std::size_t size() const { return principals_.size(); }

    /// The rows of mode=hunt, in order, and what the rules' allowlist changed.
    [[nodiscard]] HuntFindings findings(const HuntRules& rules) const;

    /// Calls `visit` for each principal; exceptions do not count.
    void for_each_behaviour(const HuntRules& rules,
                            const std::function<void(const Behaviour&)>& visit) const;

    using Accounts = std::set<std::string, std::less<>>;

    /// Those of its principals.
    [[nodiscard]] Accounts accounts() const;

    /// The accounts in which there was a data event of a service; by the service's index.
    [[nodiscard]] const std::map<std::size_t, Accounts>& with_data_events() const {
        return with_data_events_;
    }

    /// Calls that were delivered again and count once.
    [[nodiscard]] std::uint64_t repeats() const;

  private:
    /// A user in an account, to whom AWS attached its quarantine policy.
    using Attached = std::pair<std::string, std::string>;

    /// What a call is for one service.
    struct Named {
        std::size_t service = 0;
        std::uint16_t call = 0;
        PhaseSet phases;
    };

    /// The program behind a user agent.
    struct Client {
        std::string name;
        std::uint64_t hash = 0;
    };

    std::span<const Named> names_of(const cloudtrail::Event& event,
                                    std::span<const Catalogue::Entry> entries);
    void note_data_event(const cloudtrail::Event& event, std::span<const Named> names);
    PrincipalActivity& activity_of(const cloudtrail::Event& event);
    std::uint64_t identity_of(const cloudtrail::Event& event, cloudtrail::Time time,
                              const HuntedCall& call, std::span<const Named> names);
    void note_caller(const cloudtrail::Event& event, HuntedCall& call, PrincipalActivity& activity);
    void count(const cloudtrail::Event& event, const cloudtrail::CallDetails& details,
               const Named& named, HuntedCall call, std::int64_t second,
               PrincipalActivity& activity);
    /// The user's name in each account, and who goes by it.
    [[nodiscard]] std::map<Attached, const Principal*> known_users() const;
    /// Calls `take` for each principal, with what AWS attached to it.
    void for_each_principal(
        const std::function<void(const Principal&, const PrincipalActivity&)>& take) const;

    const Catalogue* catalogue_;
    cloudtrail::ParameterReader parameters_;
    cloudtrail::CallDetailsReader details_reader_;
    RegionNames regions_;
    std::map<Principal, PrincipalActivity> principals_;
    std::map<Attached, PrincipalActivity> attached_;
    std::map<std::size_t, Accounts> with_data_events_;
    std::vector<Named> names_;  ///< of the call at hand
    std::string key_;           ///< what is hashed of it
    RecentTexts<Client> clients_;
    /// Of principals, by a secret hash of what names them. Of two with one hash, which hardly
    /// happens, the second is found without it.
    std::unordered_map<std::uint64_t, std::map<Principal, PrincipalActivity>::value_type*> found_;
};

}  // namespace cloudhijack::detect
