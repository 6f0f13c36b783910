#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "counting/hash_index.hpp"
#include "counting/interner.hpp"
#include "detect/mode_activity.hpp"
#include "detect/volume/volume_finding.hpp"
#include "log/condition.hpp"
#include "log/event.hpp"
#include "result.hpp"
#include "rules/catalogue.hpp"

namespace cloudhijack::detect {

/// What mode=volume has counted so far. The order of the events does not matter; memory grows with
/// the groups and their distinct addresses. Of texts over 1 KiB (see bounded()) only the front is
/// kept.
class VolumeActivity {
  public:
    /// The catalogue must outlive the activity and its findings.
    VolumeActivity(const rules::Catalogue& catalogue, std::chrono::seconds span)
        : catalogue_(&catalogue), span_(span) {}

    /// Counts the event at its row's time, else its own.
    Added add(const log::Event& event);

    void merge(const VolumeActivity& other);
    // In volume_partial.cpp:
    void write(partial::DocumentWriter& documents) const;
    Result<> take(std::string_view list, partial::ItemReader& item);

    [[nodiscard]] std::size_t size() const { return groups_.size(); }

    /// The rows of mode=volume, in order, and what the rules' allowlist changed. Their views are
    /// valid until the next add() or merge().
    [[nodiscard]] VolumeFindings findings(const VolumeRules& rules) const;

  private:
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
        std::uint64_t event_count = 0;
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

    void count(const log::Event& event, std::size_t service, text::Time time);
    template <class Fields>
    static void describe(Fields& fields, const rules::Catalogue& catalogue, Name& name,
                         GroupTally& tally);
    std::uint32_t group(const Name& name);
    std::uint32_t group(const Key& key, std::uint32_t hash);
    void add_address(std::uint32_t group, std::uint32_t address);
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
};

}  // namespace cloudhijack::detect
