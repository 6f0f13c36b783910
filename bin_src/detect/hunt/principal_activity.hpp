#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "counting/bounded_set.hpp"
#include "counting/hours_of_texts.hpp"
#include "counting/seconds.hpp"
#include "detect/hunt/hour_activity.hpp"
#include "detect/hunt/subjects.hpp"
#include "text/address.hpp"

namespace cloudhijack::detect {

/// An event as the columns `Timeline` and `EventIDs` show it.
template <class Text>
struct BasicShownEvent {
    std::int64_t second = 0;  ///< since 1970
    Text id;
    Text region;
    text::Address address;
    rules::PhaseSet phases;

    auto operator<=>(const BasicShownEvent&) const = default;

    /// The same event with texts of another type.
    template <class Other>
    [[nodiscard]] BasicShownEvent<Other> with() const {
        return {second, Other(id), Other(region), address, phases};
    }
};

using ShownEvent = BasicShownEvent<std::string>;
using ShownEventView = BasicShownEvent<std::string_view>;

/// A trait of calls, of which mode=hunt keeps the distinct values for each principal. Partial
/// documents contain the numbers of the enumerators, so new ones go at the end.
enum class Trait : std::uint8_t {
    address,
    agent,   ///< the user agent as logged
    client,  ///< see client_of
    access_key,
    model,
    region,
    caller_type,
    workload,
    source_service,  ///< see log::Call
    country,         ///< the destination of messages
    count            ///< the number of traits
};

/// One item for each trait.
template <class Item>
struct PerTrait {
    std::array<Item, static_cast<std::size_t>(Trait::count)> items;  ///< in the traits' order

    Item& operator[](Trait trait) { return items.at(static_cast<std::size_t>(trait)); }
    const Item& operator[](Trait trait) const { return items.at(static_cast<std::size_t>(trait)); }
};

/// The data that mode=hunt keeps of one principal. All of it adds up in any order and grouping of
/// the calls, and its sets are bounded whatever the calls contain. Its hours, and the seconds of
/// subjects, grow with the time that the calls span.
struct PrincipalActivity {
    /// Calls of the same kind, of which the first and the last event are kept.
    struct ShownKey {
        std::size_t service = 0;
        std::uint16_t call = 0;
        log::Outcome outcome = log::Outcome::ok;

        auto operator<=>(const ShownKey&) const = default;
    };

    struct FirstAndLast {
        ShownEvent first;
        ShownEvent last;

        void take(const ShownEventView& event);
    };

    /// The calls by service and UTC hour, in hours since 1970.
    std::map<std::pair<std::size_t, std::int64_t>, HourActivity> hours;
    std::map<ShownKey, FirstAndLast> shown;
    Subjects subjects;
    /// The models of its own successful use, by service.
    std::map<std::size_t, counting::HoursOfTexts> models;
    PerTrait<counting::BoundedSet> traits;
    counting::Seconds quarantined;  ///< the seconds at which AWS attached its quarantine policy
    bool has_long_term_key = false;
    bool has_bearer_key = false;

    /// Adds an event; returns the first and the last event of its kind so far.
    FirstAndLast& show(const ShownKey& key, const ShownEventView& event);

    /// The second of the first call; nullopt if there is none.
    [[nodiscard]] std::optional<std::int64_t> first_second() const;

    /// Adds another activity's sets of texts and its flags for keys.
    void take_texts(const PrincipalActivity& other);

    /// See HourActivity::merge for the labels.
    void merge(const PrincipalActivity& other, std::span<const std::uint32_t> labels = {});
};

}  // namespace cloudhijack::detect
