#include "search/peers.hpp"

#include <algorithm>

#include "detect/hunt/evidence/words.hpp"
#include "output/answer.hpp"
#include "text/quote.hpp"

namespace cloudhijack::search {

using detect::counted;

namespace {

/// Names can be forged; all peers beyond these are reported as one.
constexpr std::size_t k_most_peers = 1000;
constexpr std::string_view k_other_peers = "other search peers";
constexpr std::string_view k_unknown_peer = "a search peer without a name";

constexpr std::string_view k_lag =
    "Wait until the knowledge bundle has reached the peer, or search with distributed=false";

}  // namespace

Peers::Peers(const config::Setup& setup, const config::Config& config)
    : setup_(&setup), config_(&config), own_(output::header_of(setup, config)) {}

void Peers::read(std::string_view document, detect::Activity& activity, IntakeStats& intake,
                 StageClock& clock) {
    ++documents_;
    Reading reading{.activity = output::new_activity(*setup_, *config_),
                    .tally = {},
                    .header = {},
                    .has_same_rules = true};
    const auto read_whole = read(document, reading);
    clock.lap(Stage::json);
    std::string host =
        reading.header.host.empty() ? partial::host_of(document) : reading.header.host;
    if (host.empty()) host = k_unknown_peer;
    Peer& from = peer(host);
    ++from.arrived;
    if (reading.header.format != partial::k_format && reading.header.format != 0) {
        ++from.of_another_format;
        from.format = reading.header.format;
        return;
    }
    if (!read_whole) {
        if (++from.broken == 1) from.first_reason = read_whole.error().text;
        return;
    }
    ChunkTally& tally = reading.tally;
    from.announced += tally.documents;
    if (reading.has_same_rules) {
        detect::merge(activity, reading.activity);
    } else {
        from.other_rules = reading.header.catalogue != own_.catalogue
                               ? "the catalogue " + text::quoted(reading.header.catalogue) +
                                     ", but this search head uses \"" + own_.catalogue + '"'
                               : "the mode " + text::quoted(reading.header.mode) +
                                     ", but this search head uses \"" + own_.mode + '"';
        from.records_by_other_rules += tally.intake.records;
        tally.intake.counted = tally.intake.failed = tally.intake.left_out = 0;
    }
    intake.add(tally.intake, host);
    bytes_ += tally.bytes;
    for (std::size_t stage = 0; stage < times_.size(); ++stage) {
        times_.at(stage) += tally.times.at(stage);
    }
    clock.lap(Stage::group);
}

Result<> Peers::read(std::string_view document, Reading& reading) {
    if (document.size() > partial::k_largest_document) {
        return failure("is larger than " + std::to_string(partial::k_largest_document) + " bytes");
    }
    const auto accept = [&](const partial::Header& header) -> Result<> {
        reading.header = header;
        if (header.format != partial::k_format) return failure("is in another format");
        reading.has_same_rules = header.catalogue == own_.catalogue && header.mode == own_.mode;
        return {};
    };
    const auto take = [&](std::string_view list, partial::ItemReader& item) -> Result<> {
        if (list == k_tally_list) {
            ChunkTally tally;
            describe(item, tally, partial::k_largest_count);
            reading.tally = tally;
            return {};
        }
        if (reading.has_same_rules) return detect::take(reading.activity, list, item);
        item.pass_over();
        return {};
    };
    return reader_.read(document, accept, take);
}

Peers::Peer& Peers::peer(const std::string& host) {
    const bool is_beyond_limit = peers_.size() >= k_most_peers && !peers_.contains(host);
    return peers_[is_beyond_limit ? std::string(k_other_peers) : host];
}

std::vector<std::string> Peers::complaints() const {
    std::vector<std::string> complaints;
    for (const auto& [host, peer] : peers_) {
        std::string text = complaint(host, peer);
        if (!text.empty()) complaints.push_back(std::move(text));
    }
    return complaints;
}

// Describes everything that is wrong with a peer's documents in one text.
std::string Peers::complaint(const std::string& host, const Peer& peer) {
    std::string text;
    const auto add = [&text](const std::string& more) {
        text += (text.empty() ? "" : ". ") + more;
    };
    if (peer.of_another_format > 0) {
        add(host + " sent " + counted(peer.of_another_format, "partial row") + " in format " +
            std::to_string(peer.format) + ", but this search head reads format " +
            std::to_string(partial::k_format) +
            ": their events are missing from the answer. The peer runs another version of "
            "cloudhijack. " +
            std::string(k_lag));
    }
    if (!peer.other_rules.empty()) {
        add(host + " uses " + peer.other_rules + ": its " +
            counted(peer.records_by_other_rules, "event") +
            (peer.records_by_other_rules == 1 ? " is" : " are") + " missing from the answer. " +
            std::string(k_lag));
    }
    if (peer.broken > 0) {
        add(counted(peer.broken, "partial row") + " from " + host +
            " cannot be read, so their events are missing from the answer. The first " +
            peer.first_reason);
    }
    if (text.empty() && peer.arrived != peer.announced) {
        add(host + " announced " + counted(peer.announced, "partial row") + ", but " +
            std::to_string(peer.arrived) +
            " arrived: some are missing from the answer, or arrived twice");
    }
    return text;
}

}  // namespace cloudhijack::search
