#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "config/lookups.hpp"
#include "config/setup.hpp"
#include "detect/activity.hpp"
#include "io/byte_stream.hpp"
#include "io/window.hpp"
#include "output/answer.hpp"
#include "result.hpp"
#include "scp/metadata.hpp"
#include "search/event_rows.hpp"
#include "search/peers.hpp"

namespace cloudhijack::search {

/// The search on the search head: counts events and adds the counts of map phases, in any mixture
/// and order, and answers after the last chunk.
class ReducePhase {
  public:
    /// The setup and the clock must outlive the phase. `clock` times the stages.
    ReducePhase(const config::Setup& setup, config::Config config, StageClock& clock,
                std::uint64_t max_result_rows);
    ReducePhase(const ReducePhase&) = delete;  // rows_ refers to other members
    ReducePhase& operator=(const ReducePhase&) = delete;
    ReducePhase(ReducePhase&&) = delete;
    ReducePhase& operator=(ReducePhase&&) = delete;
    ~ReducePhase() = default;

    [[nodiscard]] std::string getinfo_reply() const;

    /// Reads the lookup files; to be called once, before the first chunk. The error ends the
    /// search.
    Result<> begin();

    /// Adds a note to the messages of the answer, unless it is empty.
    void add_note(std::string note);

    /// Reads the body of a chunk and replies to it. The reply to the last chunk contains the
    /// findings, and messages on how they came about. The error ends the search.
    Result<> exchange(io::Window& body, bool finished, io::ByteSink& replies);

  private:
    std::function<void(std::string_view)> take_partial();
    Result<> answer(io::ByteSink& replies);
    [[nodiscard]] scp::Inspector report(const output::Findings& findings, std::uint64_t rows,
                                        std::uint64_t bytes_out) const;
    [[nodiscard]] std::vector<scp::Message> messages(const output::Findings& findings,
                                                     std::uint64_t rows,
                                                     std::uint64_t repeats) const;
    [[nodiscard]] std::vector<scp::Metric> metrics(std::uint64_t rows, std::uint64_t repeats,
                                                   std::uint64_t bytes_out) const;

    const config::Setup* setup_;
    config::Config config_;
    StageClock* clock_;
    std::uint64_t max_result_rows_;
    detect::Activity activity_;
    IntakeStats intake_;
    Peers peers_;
    config::LookupProblems lookup_problems_;
    std::vector<std::string> notes_;  ///< on how the search runs
    log::CallFilter filter_;
    EventRows rows_;
    std::uint64_t chunks_ = 0;
    std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

}  // namespace cloudhijack::search
