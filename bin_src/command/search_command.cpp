#include "command/search_command.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "command/event_rows.hpp"
#include "command/options.hpp"
#include "command/volume_rows.hpp"
#include "scp/chunk_reader.hpp"
#include "scp/chunk_writer.hpp"
#include "scp/metadata.hpp"

namespace cloudhijack::command {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t k_most_leftovers = std::uint64_t{256} * 1024 * 1024;

/// The search between getinfo and its last execute.
class VolumeSearch {
  public:
    VolumeSearch(Config config, std::uint64_t max_result_rows)
        : config_(std::move(config)),
          max_result_rows_(max_result_rows),
          activity_(config_.volume.span) {}

    Result<> read_chunk(io::Window& body) {
        ++chunks_;
        return read_event_rows(body, reader_, activity_, intake_);
    }

    /// The last reply: the findings, and what the user should know of how they came about.
    Result<> answer(io::ByteSink& replies) const {
        std::vector<Row> rows;
        for (const auto& finding : activity_.findings(config_.volume)) {
            rows.push_back(to_row(finding));
        }
        const std::string csv = rows.empty() ? "" : to_splunk_csv(volume_columns(), rows);
        return scp::write_chunk(replies, scp::execute_reply(true, report(rows.size())), csv);
    }

  private:
    [[nodiscard]] scp::Inspector report(std::uint64_t findings) const {
        scp::Inspector inspector;
        if (intake_.unreadable > 0) {
            inspector.messages.push_back(
                {scp::Severity::warn, std::to_string(intake_.unreadable) + " of " +
                                          std::to_string(intake_.rows) +
                                          " rows are no readable CloudTrail records and were left "
                                          "out. The first, " +
                                          intake_.first_reason});
        }
        if (findings > max_result_rows_) {
            inspector.messages.push_back(
                {scp::Severity::warn, "the answer has " + std::to_string(findings) +
                                          " rows, more than Splunk's maxresultrows of " +
                                          std::to_string(max_result_rows_) +
                                          "; Splunk may cut it. A higher threshold or min_score "
                                          "gives fewer rows"});
        }
        const std::chrono::duration<double> elapsed = Clock::now() - started_;
        const auto count = [&](std::string name, std::uint64_t output) {
            inspector.metrics.push_back({.name = std::move(name),
                                         .elapsed_seconds = 0,
                                         .invocations = chunks_,
                                         .input_count = intake_.rows,
                                         .output_count = output});
        };
        count("cloudhijack", findings);
        inspector.metrics.back().elapsed_seconds = elapsed.count();
        count("cloudhijack.counted", intake_.counted);
        count("cloudhijack.unreadable", intake_.unreadable);
        return inspector;
    }

    Config config_;
    std::uint64_t max_result_rows_;
    cloudtrail::EventReader reader_{cloudtrail::Shape::cloudtrail()};
    detect::VolumeActivity activity_;
    Intake intake_;
    std::uint64_t chunks_ = 0;
    Clock::time_point started_ = Clock::now();
};

// The next request, which must be of the one action that may come now. nullopt: Splunk is done.
Result<std::optional<scp::Request>> next_request(scp::ChunkReader& chunks,
                                                 std::string_view action) {
    const auto metadata = chunks.next_metadata();
    if (!metadata) return std::unexpected(metadata.error());
    if (!*metadata) return std::nullopt;
    auto request = scp::parse_request(**metadata);
    if (!request) return std::unexpected(request.error());
    if (request->action != action) {
        return failure("the action is \"" + request->action + "\" where \"" + std::string(action) +
                       "\" was expected");
    }
    return std::move(*request);
}

Result<> converse(scp::ChunkReader& chunks, io::ByteSink& replies) {
    auto getinfo = next_request(chunks, "getinfo");
    if (!getinfo) return std::unexpected(getinfo.error());
    if (!*getinfo) return {};
    auto config = parse_search_arguments((*getinfo)->args);
    if (!config) return std::unexpected(config.error());
    const auto reply = scp::reporting_getinfo_reply({"_time", "_raw"});
    if (auto written = scp::write_chunk(replies, reply); !written) return written;

    VolumeSearch search(std::move(*config), (*getinfo)->max_result_rows);
    while (true) {
        const auto execute = next_request(chunks, "execute");
        if (!execute) return std::unexpected(execute.error());
        if (!*execute) return {};
        if (auto read = search.read_chunk(chunks.body()); !read) return read;
        if ((*execute)->finished) return search.answer(replies);
        if (auto written = scp::write_chunk(replies, scp::execute_reply(false)); !written) {
            return written;
        }
    }
}

void take_leftovers(io::ByteSource& source, std::uint64_t count) {
    std::array<char, std::size_t{64} * 1024> discarded{};
    count = std::min(count, k_most_leftovers);
    while (count > 0) {
        const auto most = std::min<std::uint64_t>(count, discarded.size());
        const auto taken = source(std::span(discarded).first(static_cast<std::size_t>(most)));
        if (!taken || *taken == 0) return;
        count -= *taken;
    }
}

}  // namespace

Result<> run_search_command(SearchStreams streams) {
    scp::ChunkReader chunks(std::move(streams.requests));
    Result<> ended = converse(chunks, streams.replies);
    if (!ended && ended.error().kind == Error::Kind::told) {
        const std::string& text = ended.error().text;
        ended = chunks.saw_old_protocol()
                    ? scp::write_old_protocol_error(streams.replies, text)
                    : scp::write_chunk(streams.replies, scp::error_reply(text));
        if (ended) take_leftovers(streams.leftovers, chunks.bytes_to_come());
    }
    const bool peer_is_gone = !ended && ended.error().kind == Error::Kind::gone;
    return peer_is_gone ? Result<>{} : ended;
}

}  // namespace cloudhijack::command
