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

/// The search on an indexer: each chunk of events is answered with what it comes to, as partial
/// rows, and nothing is kept for the next one. So a restart, an end or a preview loses nothing.
class MapPhase {
  public:
    /// The setup must outlive it. `clock` times what is read.
    MapPhase(const config::Setup& setup, config::Config config, StageClock& clock);

    [[nodiscard]] static std::string getinfo_reply();

    /// Reads one chunk's body and answers it. The error ends the search.
    Result<> exchange(io::Window& body, bool finished, io::ByteSink& replies);

  private:
    /// Partial rows as Splunk's CSV.
    std::string to_rows(const detect::Activity& activity, ChunkTally tally,
                        const std::string& newest_time);

    const config::Setup* setup_;
    config::Config config_;
    StageClock* clock_;
    log::CallFilter filter_;
    partial::Header header_;
    std::uint64_t bytes_told_ = 0;
    StageTimes times_told_{};
};

/// Who counts and by which rules, as partial documents say it.
partial::Header header_of(const config::Setup& setup, const config::Config& config);

}  // namespace cloudhijack::search
