#include "search/map_phase.hpp"

#include <iostream>
#include <utility>

#include "csv/row_writer.hpp"
#include "output/answer.hpp"
#include "partial/document_writer.hpp"
#include "scp/chunk_writer.hpp"
#include "scp/metadata.hpp"

namespace cloudhijack::search {

MapPhase::MapPhase(const config::Setup& setup, config::Config config, StageClock& clock)
    : setup_(&setup),
      config_(std::move(config)),
      clock_(&clock),
      filter_(*setup.logs, setup.catalogue.call_names()),
      header_(output::header_of(setup, config_)) {}

std::string MapPhase::getinfo_reply() { return scp::streaming_getinfo_reply(); }

void MapPhase::add_note(const std::string& note) {
    if (!note.empty()) std::cerr << "cloudhijack: " << note << '\n';
}

Result<> MapPhase::exchange(io::Window& body, bool finished, io::ByteSink& replies) {
    detect::Activity activity = output::new_activity(*setup_, config_);
    ChunkTally tally;
    EventRows rows(config_.input, *setup_->logs,
                   {.activity = activity,
                    .intake = tally.intake,
                    .clock = *clock_,
                    .filter = filter_,
                    .take_partial = {}});
    if (auto read = rows.read_chunk(body); !read) return read;
    const std::string newest =
        tally.intake.newest ? text::to_epoch_seconds(*tally.intake.newest) : "";
    return clock_->timed(Stage::write, [&] {
        return scp::write_chunk(replies, scp::execute_reply(finished),
                                to_rows(activity, std::move(tally), newest));
    });
}

std::string MapPhase::to_rows(const detect::Activity& activity, ChunkTally tally,
                              const std::string& newest_time) {
    std::string csv = "_time,_raw," + std::string(k_partial_column) + '\n';
    partial::DocumentWriter documents(header_, [&](std::string_view document) {
        csv += newest_time + ",,";
        csv::append_cell(csv, document);
        csv += '\n';
    });
    detect::write(activity, documents);
    tally.bytes = clock_->bytes() - std::exchange(bytes_reported_, clock_->bytes());
    const StageTimes times = clock_->times();
    for (std::size_t stage = 0; stage < times.size(); ++stage) {
        tally.times.at(stage) = times.at(stage) - times_reported_.at(stage);
    }
    times_reported_ = times;
    documents.add(k_tally_list, [&](partial::ItemWriter& item) {
        tally.documents = documents.documents();
        describe(item, tally, partial::k_largest_count);
    });
    documents.finish();
    return csv;
}

}  // namespace cloudhijack::search
