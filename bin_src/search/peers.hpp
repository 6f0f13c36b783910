#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/options.hpp"
#include "config/setup.hpp"
#include "detect/activity.hpp"
#include "partial/document_reader.hpp"
#include "search/intake.hpp"

namespace cloudhijack::search {

/// What map phases on the search peers have sent: reads their partial rows, and knows what of them
/// could not be used.
class Peers {
  public:
    /// The setup must outlive it.
    Peers(const config::Setup& setup, const config::Config& config);

    /// Adds what the document of a partial row holds. All of it counts, or nothing and a complaint.
    void read(std::string_view document, detect::Activity& activity, IntakeStats& intake,
              StageClock& clock);

    /// One for each peer of which something is missing, by its name.
    [[nodiscard]] std::vector<std::string> complaints() const;

    [[nodiscard]] std::uint64_t documents() const { return documents_; }
    /// Summed over all peers.
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
    [[nodiscard]] const StageTimes& times() const { return times_; }

  private:
    /// What one peer has sent that was not as it should be.
    struct Peer {
        std::uint64_t arrived = 0;
        std::uint64_t announced = 0;
        std::uint64_t broken = 0;
        std::string first_reason;  ///< why the first is broken
        std::uint64_t of_another_format = 0;
        std::uint64_t format = 0;
        std::string other_rules;  ///< what they are
        std::uint64_t records_by_other_rules = 0;
    };

    /// One document, before it counts.
    struct Reading {
        detect::Activity activity;
        ChunkTally tally;
        partial::Header header;
        bool has_same_rules = true;
    };

    Result<> read(std::string_view document, Reading& reading);
    Peer& peer(const std::string& host);
    static std::string complaint(const std::string& host, const Peer& peer);

    const config::Setup* setup_;
    const config::Config* config_;
    partial::Header own_;
    partial::DocumentReader reader_;
    std::map<std::string, Peer> peers_;
    std::uint64_t documents_ = 0;
    std::uint64_t bytes_ = 0;
    StageTimes times_{};
};

}  // namespace cloudhijack::search
