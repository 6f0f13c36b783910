#include "command/search_command.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "command/answer.hpp"
#include "command/event_rows.hpp"
#include "scp/chunk_reader.hpp"
#include "scp/chunk_writer.hpp"
#include "scp/metadata.hpp"
#include "text/quote.hpp"

namespace cloudhijack::command {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t k_most_leftovers = std::uint64_t{256} * 1024 * 1024;

/// The search between getinfo and its last execute.
class Search {
  public:
    Search(const Setup& setup, Config config, std::uint64_t max_result_rows)
        : setup_(&setup),
          config_(std::move(config)),
          max_result_rows_(max_result_rows),
          activity_(new_activity(setup.catalogue, config_)),
          rows_(config_.input, cloudtrail::Shape::cloudtrail(), activity_, intake_) {}

    Result<> read_chunk(io::Window& body) {
        ++chunks_;
        return rows_.read_chunk(body);
    }

    /// The last reply: the findings, and what the user should know of how they came about.
    Result<> answer(io::ByteSink& replies) const {
        const auto [columns, rows] = answer_of(activity_, config_);
        const std::string csv = rows.empty() ? "" : to_splunk_csv(columns, rows);
        return scp::write_chunk(replies, scp::execute_reply(true, report(rows.size())), csv);
    }

  private:
    [[nodiscard]] scp::Inspector report(std::uint64_t findings) const {
        scp::Inspector inspector;
        const auto tell = [&inspector](scp::Severity severity, std::string text) {
            inspector.messages.push_back({severity, std::move(text)});
        };
        for (const conf::Mistake& mistake : setup_->mistakes) {
            tell(scp::Severity::error, to_text(mistake) + "; the built-in value counts");
        }
        if (intake_.unreadable > 0) {
            tell(scp::Severity::warn,
                 std::to_string(intake_.unreadable) + " of " + std::to_string(intake_.records) +
                     " records could not be read and were left out. The first, " +
                     intake_.first_reason);
        }
        if (config_.input == Input::fields && intake_.rows > 0 && !intake_.saw_call_columns) {
            tell(
                scp::Severity::warn,
                "no event has the fields eventSource and eventName, which input=fields reads; keep "
                "them, or keep _raw and leave input=fields out");
        }
        const auto* hunt = std::get_if<detect::HuntActivity>(&activity_);
        const std::uint64_t repeats = hunt != nullptr ? hunt->repeats() : 0;
        if (const auto text = uncounted_in_words(intake_.left_out, repeats); !text.empty()) {
            tell(scp::Severity::info, text);
        }
        if (max_result_rows_ > 0 && findings > max_result_rows_) {
            tell(scp::Severity::warn,
                 "the answer has " + std::to_string(findings) +
                     " rows, more than Splunk's maxresultrows of " +
                     std::to_string(max_result_rows_) + "; Splunk may cut it. A higher " +
                     (hunt != nullptr ? "min_risk" : "threshold or min_score") +
                     " gives fewer rows");
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
        if (hunt != nullptr) {
            count("cloudhijack.left_out", intake_.left_out);
            count("cloudhijack.duplicates", repeats);
        }
        return inspector;
    }

    const Setup* setup_;
    Config config_;
    std::uint64_t max_result_rows_;
    detect::Activity activity_;
    Intake intake_;
    EventRows rows_;
    std::uint64_t chunks_ = 0;
    Clock::time_point started_ = Clock::now();
};

// The next request, which must be of the one action that may come now. nullopt: Splunk is done.
Result<std::optional<scp::Request>> next_request(scp::ChunkReader& chunks,
                                                 std::string_view action) {
    auto metadata = chunks.next_metadata();
    if (!metadata) return std::unexpected(metadata.error());
    if (!*metadata) return std::nullopt;
    auto request = scp::parse_request(std::move(**metadata));
    if (!request) return std::unexpected(request.error());
    if (request->action != action) {
        return failure("the action is " + text::quoted(request->action) + " where \"" +
                       std::string(action) + "\" was expected");
    }
    return std::move(*request);
}

// Fields that Splunk extracted do not tell what conditions on a call's parameters ask.
bool volume_has_conditions(const detect::Catalogue& catalogue) {
    return std::ranges::any_of(catalogue.services(), [](const detect::Service& service) {
        return std::ranges::any_of(
            service.calls_of(detect::Phase::volume),
            [](const detect::Call& call) { return !call.conditions.empty(); });
    });
}

Result<Config> read_config(const Setup& setup, const std::vector<std::string>& arguments) {
    Config config = setup.default_config();
    if (auto read = read_search_arguments(arguments, setup.options, config); !read) {
        return std::unexpected(read.error());
    }
    if (config.input == Input::fields && config.mode == Mode::hunt) {
        return failure(
            "option input=fields belongs to mode volume; mode hunt reads the whole record: keep "
            "_raw and leave input=fields out");
    }
    if (config.input == Input::fields && volume_has_conditions(setup.catalogue)) {
        return failure(
            "cloudhijack.conf has a volume call with a condition on its parameters, which "
            "input=fields cannot judge; keep _raw and leave input=fields out");
    }
    return config;
}

Result<> converse(const Setup& setup, scp::ChunkReader& chunks, io::ByteSink& replies) {
    auto getinfo = next_request(chunks, "getinfo");
    if (!getinfo) return std::unexpected(getinfo.error());
    if (!*getinfo) return {};
    auto config = read_config(setup, (*getinfo)->args);
    if (!config) return std::unexpected(config.error());
    const auto reply = scp::reporting_getinfo_reply(
        EventRows::required_fields(config->input, cloudtrail::Shape::cloudtrail()));
    if (auto written = scp::write_chunk(replies, reply); !written) return written;

    Search search(setup, std::move(*config), (*getinfo)->max_result_rows);
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

Result<> run_search_command(const Setup& setup, SearchStreams streams) {
    scp::ChunkReader chunks(std::move(streams.requests));
    Result<> ended;
    try {
        ended = converse(setup, chunks, streams.replies);
    } catch (const std::bad_alloc&) {  // what was counted is given back by now
        ended = failure("out of memory: narrow the search, or count longer spans");
    }
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
