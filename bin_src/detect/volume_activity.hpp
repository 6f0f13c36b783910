#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "cloudtrail/event.hpp"
#include "cloudtrail/parameters.hpp"
#include "detect/added.hpp"
#include "detect/catalogue.hpp"
#include "detect/hash.hpp"
#include "detect/interner.hpp"
#include "detect/partial/document_reader.hpp"
#include "detect/partial/document_writer.hpp"
#include "detect/volume_finding.hpp"
#include "result.hpp"

namespace cloudhijack::detect {

/// What mode=volume has counted so far. The order of the events does not matter; memory grows with
/// the groups and their distinct addresses. Of texts over 1 KiB (see bounded()) only the front is
/// kept.
class VolumeActivity {
  public:
    /// The catalogue must outlive the activity and its findings.
    VolumeActivity(const Catalogue& catalogue, std::chrono::seconds span)
        : catalogue_(&catalogue), span_(span) {}

    /// Counts the event at its row's time, else its own.
    Added add(const cloudtrail::Event& event);

    /// Takes what another activity of the same catalogue and span has counted. In any order and
    /// grouping the result is the same.
    void merge(const VolumeActivity& other);

    /// Writes all that it holds as items of partial documents.
    void write(partial::DocumentWriter& documents) const;

    /// Takes an item of a partial document of the same catalogue and span. The error says what is
    /// wrong with the item, to follow a noun.
    Result<> take(std::string_view list, partial::ItemReader& item);

    /// How many groups there are.
    [[nodiscard]] std::size_t size() const { return groups_.size(); }

    /// The rows of mode=volume, in order, and what the rules' allowlist changed. Their views are
    /// valid until the next add() or merge().
    [[nodiscard]] VolumeFindings findings(const VolumeRules& rules) const;

  private:
    struct Key {
        cloudtrail::Time span_start;
        std::size_t service;  ///< index in the catalogue's services
        std::string_view caller_arn;
        std::string_view caller_type;
        std::string_view region;

        /// Texts are kept once, so equal ones lie at one place.
        [[nodiscard]] std::array<std::uint64_t, 5> places() const {
            const auto place = [](std::string_view text) {
                return std::uint64_t{reinterpret_cast<std::uintptr_t>(text.data())};
            };
            return {static_cast<std::uint64_t>(span_start.time_since_epoch().count()), service,
                    place(caller_arn), place(caller_type), place(region)};
        }
        bool operator==(const Key& other) const { return places() == other.places(); }
    };

    struct KeyHash {
        std::size_t operator()(const Key& key) const {
            const auto places = key.places();
            return secret_hash_of({reinterpret_cast<const char*>(places.data()), sizeof(places)});
        }
    };

    struct Tally {
        std::uint64_t event_count = 0;
        std::set<std::string_view> source_addresses;
        cloudtrail::Time first_event = cloudtrail::Time::max();
        cloudtrail::Time last_event = cloudtrail::Time::min();

        void add(std::uint64_t events, cloudtrail::Time first, cloudtrail::Time last);
    };

    void count(const cloudtrail::Event& event, std::size_t service, cloudtrail::Time time);
    template <class Fields>
    static void describe(Fields& fields, const Catalogue& catalogue, Key& key, Tally& tally);
    Tally& group(const Key& key);
    std::string_view keep(std::string_view text);

    const Catalogue* catalogue_;
    std::chrono::seconds span_;
    cloudtrail::ParameterReader parameters_;
    Interner texts_;  ///< holds every text of the groups
    std::unordered_map<Key, Tally, KeyHash> groups_;
};

}  // namespace cloudhijack::detect
