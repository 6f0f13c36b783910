#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "counting/hash_index.hpp"
#include "counting/identity_set.hpp"
#include "counting/interner.hpp"
#include "detect/irregular_records.hpp"
#include "detect/mode_activity.hpp"
#include "detect/volume/spends_of_calls.hpp"
#include "detect/volume/volume_finding.hpp"
#include "log/condition.hpp"
#include "log/event.hpp"
#include "result.hpp"
#include "rules/catalogue.hpp"

namespace cloudhijack::detect {

/// What mode=volume has counted so far. The order of the events does not matter; memory grows with
/// the groups and their distinct addresses. Of texts over 1 KiB (see bounded()) only the front is
/// kept. Calls of a log that counts_once cost a counting::IdentitySet for each group, so 8 to 16
/// bytes a call.
class VolumeActivity {
  public:
    /// The catalogue must outlive the activity and its findings.
    VolumeActivity(const rules::Catalogue& catalogue, std::chrono::seconds span)
        : catalogue_(&catalogue), span_(span) {}

    /// Counts the event at its row's time, else its own; of a log that counts_once at its own, else
    /// the row's. Deliveries of one call of such a log count once in each group that they are in;
    /// the group's addresses, first and last event are those of all of them.
    Added add(const log::Event& event);

    void merge(const VolumeActivity& other);
    // In volume_partial.cpp:
    void write(partial::DocumentWriter& documents) const;
    Result<> take(std::string_view list, partial::ItemReader& item);

    [[nodiscard]] std::size_t size() const { return groups_.size(); }
    /// Deliveries of calls that had been counted already, of logs that count a call once. Sorts
    /// their identities.
    [[nodiscard]] std::uint64_t repeats() const;
    /// Records without a usable id count only for logs that count a call once.
    [[nodiscard]] const IrregularRecords& irregular() const { return irregular_; }

    /// The names of the models, as price stanzas have them, of which tokens have no price.
    [[nodiscard]] std::set<std::string> models_without_price(const rules::Prices& prices) const;

    /// The rows of mode=volume, in order, and what the rules' allowlist changed. Their views are
    /// valid until the next add() or merge().
    [[nodiscard]] VolumeFindings findings(const VolumeRules& rules) const;

  private:
    /// A call of a service, by its index and by Catalogue::call_name.
    using ServiceCall = std::pair<std::size_t, std::uint16_t>;

    /// Whose calls a group is, to what and when.
    struct Name {
        text::Time span_start;
        std::size_t service = 0;  ///< index in the catalogue's services
        std::string_view caller_arn;
        std::string_view caller_type;
        std::string_view region;
    };

    /// The same with the texts' numbers: equal ones are the same bytes.
    struct Key {
        text::Time span_start;
        std::uint32_t service = 0;
        std::uint32_t caller_arn = 0;
        std::uint32_t caller_type = 0;
        std::uint32_t region = 0;

        bool operator==(const Key&) const = default;
    };

    struct GroupTally {
        std::uint64_t event_count = 0;  ///< without the calls that count once
        text::Time first_event = text::Time::max();
        text::Time last_event = text::Time::min();

        void add(const GroupTally& other);
    };

    static constexpr std::uint32_t k_none = std::numeric_limits<std::uint32_t>::max();

    /// Most groups have one address, which the group itself holds.
    struct Group {
        Key key;
        GroupTally tally;
        std::uint32_t hash = 0;
        std::uint32_t address = k_none;         ///< number of the first one's text
        std::uint32_t more_addresses = k_none;  ///< the last of them, in more_addresses_
        std::uint32_t calls = k_none;           ///< those that count once, in identified_calls_
        std::uint32_t spends = k_none;          ///< what they used up, in spends_
    };

    /// Calls of a group that count once.
    struct IdentifiedCalls {
        std::uint64_t deliveries = 0;
        counting::IdentitySet identities;  ///< hashes of log and id, the same on every machine
    };

    /// One more address of a group.
    struct MoreAddress {
        std::uint32_t group = 0;
        std::uint32_t address = 0;
        std::uint32_t before = k_none;  ///< another one of the group's
    };

    /// A text to be kept, cut where it is too long. What finding it needs is on its way from memory
    /// as soon as there is one of these: in a large table that is most of the time it takes.
    class LookedUpText {
      public:
        LookedUpText(std::string_view text, const counting::Interner& texts);

        [[nodiscard]] std::string_view text() const { return front_.empty() ? text_ : front_; }
        [[nodiscard]] std::uint32_t hash() const { return hash_; }

      private:
        std::string_view text_;
        std::string front_;  ///< of a text that is cut
        std::uint32_t hash_;
    };

    Added add_other(const log::Event& event, std::span<const rules::Catalogue::Entry> entries);
    [[nodiscard]] std::vector<OtherUse> other_use(const VolumeRules& rules) const;
    std::optional<std::uint64_t> identity_of(const log::Event& event);
    void count(const log::Event& event, std::size_t service, text::Time time,
               std::optional<std::uint64_t> identity);
    void count_spend(const log::Event& event, std::uint32_t group,
                     std::optional<std::uint64_t> identity);
    void price(const Group& group, const rules::Prices& prices, VolumeGroup& priced) const;
    template <class Fields>
    static void describe(Fields& fields, const rules::Catalogue& catalogue, ServiceCall& call,
                         std::uint64_t& calls);
    template <class Fields>
    static void describe(Fields& fields, const rules::Catalogue& catalogue, Name& name,
                         GroupTally& tally);
    std::uint32_t group(const Name& name);
    std::uint32_t group(const Key& key, std::uint32_t hash);
    void add_address(std::uint32_t group, std::uint32_t address);
    IdentifiedCalls& identified_calls(std::uint32_t group);
    [[nodiscard]] std::uint64_t count_of(const Group& group) const;
    void take_group(partial::ItemReader& item);
    SpendsOfCalls& spends(std::uint32_t group);
    void take_identified_calls(partial::ItemReader& item);
    std::uint32_t take_group_of_item(partial::ItemReader& item);
    void take_spends(partial::ItemReader& item);
    void take_spend_sums(partial::ItemReader& item);
    std::uint32_t keep(const LookedUpText& text) { return texts_.keep(text.text(), text.hash()); }
    std::uint32_t keep(std::string_view text) { return keep(LookedUpText(text, texts_)); }
    [[nodiscard]] Name name_of(const Key& key) const;
    void list_addresses(const Group& group, std::vector<std::string_view>& addresses) const;

    const rules::Catalogue* catalogue_;
    std::chrono::seconds span_;
    log::ConditionReader conditions_;
    counting::Interner texts_;  ///< holds every text of the groups
    std::vector<Group> groups_;
    counting::HashIndex group_index_;
    std::vector<MoreAddress> more_addresses_;
    counting::HashIndex more_address_index_;
    std::vector<IdentifiedCalls> identified_calls_;
    std::vector<SpendsOfCalls> spends_;
    IrregularRecords irregular_;
    std::map<ServiceCall, std::uint64_t> other_use_;  ///< successful calls, as delivered
    std::string key_;                                 ///< what is hashed
};

}  // namespace cloudhijack::detect
