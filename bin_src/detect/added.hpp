#pragma once

namespace cloudhijack::detect {

/// What became of an event that was given to an activity.
enum class Added {
    counted,
    failed,      ///< a call that the mode counts but was refused; mode=volume leaves it
    irrelevant,  ///< no call that the mode counts
    left_out,    ///< a call that the catalogue names, made by AWS itself or only reported again
    undated,     ///< a call that the catalogue names in any phase, without any time
};

}  // namespace cloudhijack::detect
