#pragma once

#include <memory>

namespace re2 {
class RE2;
}

namespace cloudhijack::rules {

/// A regular expression that somebody gave. Who matches by it includes re2/re2.h, which is large.
using Pattern = std::shared_ptr<const re2::RE2>;

}  // namespace cloudhijack::rules
