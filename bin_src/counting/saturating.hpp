#pragma once

#include <concepts>
#include <limits>

namespace cloudhijack::counting {

/// Adds to a count that other machines may have told: what is too large stays the largest, so that
/// no count of one hides those of the others.
template <std::unsigned_integral Count>
void add_to(Count& count, Count more) {
    const Count room = std::numeric_limits<Count>::max() - count;
    count += more < room ? more : room;
}

}  // namespace cloudhijack::counting
