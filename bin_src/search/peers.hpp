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

/// Reads the partial rows that the map phases on the search peers have sent, and records which of
/// them could not be used.
class Peers {
  public:
    /// The setup and the config must outlive the object.
    Peers(const config::Setup& setup, const config::Config& config);

    /// Adds the content of a partial row's document. Either all of it counts, or nothing, with a
    /// complaint.
    void read(std::string_view document, detect::Activity& activity, IntakeStats& intake,
              StageClock& clock);

    /// One message for each peer whose data is incomplete, in the order of their names.
    [[nodiscard]] std::vector<std::string> complaints() const;

    [[nodiscard]] std::uint64_t documents() const { return documents_; }
    /// Bytes read, and the times per stage, summed over all peers.
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
    [[nodiscard]] const StageTimes& times() const { return times_; }

  private:
    /// Statistics on the documents of one peer.
    struct Peer {
        std::uint64_t arrived = 0;
        std::uint64_t announced = 0;
        std::uint64_t broken = 0;
        std::string first_reason;  ///< why the first one is unreadable
        std::uint64_t of_another_format = 0;
        std::uint64_t format = 0;
        std::string other_rules;  ///< a description of the peer's differing rules
        std::uint64_t records_by_other_rules = 0;
    };

    /// The content of one document, before it counts.
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
