#pragma once

#include <bitset>
#include <cstddef>
#include <string>
#include <string_view>

#include "cloudtrail/event.hpp"
#include "cloudtrail/quote_index.hpp"
#include "cloudtrail/shape.hpp"

namespace cloudhijack::cloudtrail {

/// Reads records as AWS writes nearly all of them: an object in ASCII, without escapes and without
/// blanks between its tokens, that has a UUID for an id. The texts of such a record stand in it as
/// they are, so one walk from quote to quote reads it, even where it is a CSV cell with all its
/// quotes doubled.
///
/// Whatever else a text is, this reader leaves it to the EventReader, its twin: of what both read,
/// they give the same event. So it is strict where the other is lenient.
class CompactReader {
  public:
    explicit CompactReader(const Shape& shape, Cpu cpu = cpu_at_hand())
        : shape_(&shape), cpu_(cpu), index_(cpu) {}

    /// The event of a record; null where the text is not such a record. io::k_padding bytes behind
    /// the text must be readable. The event and its views, which lie in the text and the reader,
    /// are valid until either changes. Its `record` is empty where quotes are doubled; it has no
    /// time from outside, which is the caller's to set.
    Event* read(std::string_view json, Quotes quotes);

  private:
    const Shape* shape_;
    Cpu cpu_;
    QuoteIndex index_;
    Event event_;
    std::string parameters_;  ///< with their padding, where quotes are doubled
};

}  // namespace cloudhijack::cloudtrail
