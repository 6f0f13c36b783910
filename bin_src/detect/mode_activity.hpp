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

/// What became of an event that was given to an activity.
enum class Added {
    counted,
    failed,      ///< a call that the mode counts but was refused; mode=volume leaves it
    irrelevant,  ///< no call that the mode counts
    left_out,    ///< a call that the catalogue names, made by AWS itself or only reported again
    undated,     ///< a call that the catalogue names in any phase, without any time
};

/// Whether an event is a call that the mode is about, though it may not count.
inline bool is_relevant(Added added) {
    return added == Added::counted || added == Added::failed || added == Added::left_out;
}

/// What a mode has counted so far. Neither the order of the events matters, nor how they were
/// divided between activities: that is what makes chunks, parallel scans and search peers agree.
template <class Activity>
concept ModeActivity =
    std::movable<Activity> &&
    requires(Activity& activity, const Activity& same_mode, const log::Event& event,
             partial::DocumentWriter& documents, std::string_view list, partial::ItemReader& item) {
        /// Counts the event, and keeps no view of it.
        { activity.add(event) } -> std::same_as<Added>;
        /// Takes what another activity of the same catalogue and options has counted. In any order
        /// and grouping the result is the same.
        { activity.merge(same_mode) } -> std::same_as<void>;
        /// Writes all that it holds as items of partial documents.
        { same_mode.write(documents) } -> std::same_as<void>;
        /// Takes an item of a partial document of the same catalogue and options. The error says
        /// what is wrong with the item, to follow a noun.
        { activity.take(list, item) } -> std::same_as<Result<>>;
        /// How many groups, or principals, it holds.
        { same_mode.size() } -> std::same_as<std::size_t>;
    };

/// Adds to a count that other machines may have reported: a sum that is too large becomes the
/// largest number, so that no machine's count can hide those of the others.
template <std::unsigned_integral Count>
void add_to(Count& count, Count more) {
    const Count room = std::numeric_limits<Count>::max() - count;
    count += more < room ? more : room;
}

}  // namespace cloudhijack::detect
