#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/setup.hpp"
#include "detect/activity.hpp"
#include "io/byte_stream.hpp"
#include "io/window.hpp"
#include "partial/document.hpp"
#include "result.hpp"
#include "search/event_rows.hpp"
#include "text/time.hpp"

namespace cloudhijack::search {

/// The search on an indexer: the reply to each chunk contains its counts as partial rows, and
/// nothing is kept for the next chunk. So a restart, an early end or a preview loses nothing.
class MapPhase {
  public:
    /// The setup and the clock must outlive the phase. `clock` times the stages.
    MapPhase(const config::Setup& setup, config::Config config, StageClock& clock);

    [[nodiscard]] static std::string getinfo_reply();

    /// The map phase reads no lookup files.
    static Result<> begin() { return {}; }

    /// A map phase has no messages: a note goes to standard error, which Splunk puts into the
    /// search.log of the indexer.
    static void add_note(const std::string& note);

    /// Reads the body of a chunk and replies to it. The error ends the search.
    Result<> exchange(io::Window& body, bool finished, io::ByteSink& replies);

  private:
    /// The partial rows in Splunk's CSV format.
    std::string to_rows(const detect::Activity& activity, ChunkTally tally,
                        const std::string& newest_time);

    const config::Setup* setup_;
    config::Config config_;
    StageClock* clock_;
    log::CallFilter filter_;
    partial::Header header_;
    std::uint64_t bytes_reported_ = 0;
    StageTimes times_reported_{};
};

}  // namespace cloudhijack::search
