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

/// The counts of mode=volume so far. The order of the events does not matter. Memory grows with the
/// groups and their distinct addresses. Of texts over 1 KiB (see bounded()) only the front is kept.
/// Calls of a log with counts_once need a counting::IdentitySet per group, which is 8 to 16 bytes
/// per call.
class VolumeActivity {
  public:
    /// The catalogue must outlive the activity and its findings.
    VolumeActivity(const rules::Catalogue& catalogue, std::chrono::seconds span)
        : catalogue_(&catalogue), span_(span) {}

    /// Counts the event at its row's time, or else at its own; events of a log with counts_once at
    /// their own time, or else at the row's. Deliveries of one call of such a log count once in
    /// each group in which they appear; the group's addresses and its first and last event cover
    /// all deliveries.
    Added add(const log::Event& event);

    void merge(const VolumeActivity& other);
    // In volume_partial.cpp:
    void write(partial::DocumentWriter& documents) const;
    Result<> take(std::string_view list, partial::ItemReader& item);

    [[nodiscard]] std::size_t size() const { return groups_.size(); }
    /// Deliveries that repeat a call, in logs that count a call once. Sorts the identities of the
    /// calls.
    [[nodiscard]] std::uint64_t repeats() const;
    /// Counts records without a usable id only for logs that count a call once.
    [[nodiscard]] const IrregularRecords& irregular() const { return irregular_; }

    /// The models, named as in price stanzas, that used tokens and have no price.
    [[nodiscard]] std::set<std::string> models_without_price(const rules::Prices& prices) const;

    /// The rows of mode=volume, in order, and the effect of the rules' allowlist. Their views are
    /// valid until the next add() or merge().
    [[nodiscard]] VolumeFindings findings(const VolumeRules& rules) const;

  private:
    /// A call of a service, by its index and by Catalogue::call_name.
    using ServiceCall = std::pair<std::size_t, std::uint16_t>;

    /// The caller of a group's calls, and their service, region and span.
    struct Name {
        text::Time span_start;
        std::size_t service = 0;  ///< index in the catalogue's services
        std::string_view caller_arn;
        std::string_view caller_type;
        std::string_view region;
    };

    /// The same with the texts' numbers, so that equal keys are equal bytes.
    struct Key {
        text::Time span_start;
        std::uint32_t service = 0;
        std::uint32_t caller_arn = 0;
        std::uint32_t caller_type = 0;
        std::uint32_t region = 0;

        bool operator==(const Key&) const = default;
    };

    struct GroupTally {
        std::uint64_t event_count = 0;  ///< excludes the calls that count once
        text::Time first_event = text::Time::max();
        text::Time last_event = text::Time::min();

        void add(const GroupTally& other);
    };

    static constexpr std::uint32_t k_none = std::numeric_limits<std::uint32_t>::max();

    /// A group of calls. Most groups have one address, which the group itself contains.
    struct Group {
        Key key;
        GroupTally tally;
        std::uint32_t hash = 0;
        std::uint32_t address = k_none;         ///< the number of the first address's text
        std::uint32_t more_addresses = k_none;  ///< the last further address, in more_addresses_
        std::uint32_t calls = k_none;           ///< the calls that count once, in identified_calls_
        std::uint32_t spends = k_none;          ///< the usage of its calls, in spends_
    };

    /// The calls of a group that count once.
    struct IdentifiedCalls {
        std::uint64_t deliveries = 0;
        counting::IdentitySet identities;  ///< hashes of log and id, equal on every machine
    };

    /// A further address of a group.
    struct MoreAddress {
        std::uint32_t group = 0;
        std::uint32_t address = 0;
        std::uint32_t before = k_none;  ///< the previous further address of the group
    };

    /// A text to be kept, cut if it is too long. Its constructor prefetches the memory that the
    /// look-up needs, which in a large table takes most of the look-up's time.
    class LookedUpText {
      public:
        LookedUpText(std::string_view text, const counting::Interner& texts);

        [[nodiscard]] std::string_view text() const { return front_.empty() ? text_ : front_; }
        [[nodiscard]] std::uint32_t hash() const { return hash_; }

      private:
        std::string_view text_;
        std::string front_;  ///< the kept part, if the text is cut
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
    counting::Interner texts_;  ///< every text of the groups
    std::vector<Group> groups_;
    counting::HashIndex group_index_;
    std::vector<MoreAddress> more_addresses_;
    counting::HashIndex more_address_index_;
    std::vector<IdentifiedCalls> identified_calls_;
    std::vector<SpendsOfCalls> spends_;
    IrregularRecords irregular_;
    std::map<ServiceCall, std::uint64_t> other_use_;  ///< successful calls, counted per delivery
    std::string key_;                                 ///< the data that is hashed
};

}  // namespace cloudhijack::detect
