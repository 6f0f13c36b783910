#pragma once

#include <concepts>
#include <cstddef>
#include <limits>
#include <string_view>

#include "log/event.hpp"
#include "result.hpp"

namespace cloudhijack::partial {
class DocumentWriter;
class ItemReader;
}  // namespace cloudhijack::partial

namespace cloudhijack::detect {

/// What an activity did with an event.
enum class Added {
    counted,
    failed,      ///< a call that the mode counts, but that was refused; mode=volume ignores it
    irrelevant,  ///< not a call that the mode counts
    /// A call in the catalogue that AWS itself made, or that is only a report of another.
    left_out,
    undated,  ///< a call in the catalogue, in any phase, without any time
};

/// Whether an event is a call that the mode is about, even if it does not count.
inline bool is_relevant(Added added) {
    return added == Added::counted || added == Added::failed || added == Added::left_out;
}

/// The counts of one mode so far. The result depends neither on the order of the events nor on how
/// they were divided between activities, so chunks, parallel scans and search peers agree.
template <class Activity>
concept ModeActivity =
    std::movable<Activity> &&
    requires(Activity& activity, const Activity& same_mode, const log::Event& event,
             partial::DocumentWriter& documents, std::string_view list, partial::ItemReader& item) {
        /// Counts the event, and keeps no view of it.
        { activity.add(event) } -> std::same_as<Added>;
        /// Adds the counts of another activity with the same catalogue and options. The result is
        /// the same in any order and grouping.
        { activity.merge(same_mode) } -> std::same_as<void>;
        /// Writes all counts as items of partial documents.
        { same_mode.write(documents) } -> std::same_as<void>;
        /// Adds an item of a partial document of the same catalogue and options. The error says
        /// what is wrong with the item, in words that follow a noun.
        { activity.take(list, item) } -> std::same_as<Result<>>;
        /// The number of groups, or of principals.
        { same_mode.size() } -> std::same_as<std::size_t>;
    };

/// Adds to a count that other machines may have reported. A sum that is too large becomes the
/// largest number, so that no machine's count can hide those of the others.
template <std::unsigned_integral Count>
void add_to(Count& count, Count more) {
    const Count room = std::numeric_limits<Count>::max() - count;
    count += more < room ? more : room;
}

}  // namespace cloudhijack::detect
