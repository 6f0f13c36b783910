#include "search/reduce_phase.hpp"

#include <utility>
#include <vector>

#include "output/answer.hpp"
#include "output/splunk_csv.hpp"
#include "output/terminal_text.hpp"
#include "scp/chunk_writer.hpp"

namespace cloudhijack::search {
namespace {

/// If there are more fields than this, Splunk has extracted fields that the command does not need.
constexpr std::uint64_t k_few_fields = 10;
constexpr std::size_t k_most_complaints = 20;

}  // namespace

ReducePhase::ReducePhase(const config::Setup& setup, config::Config config, StageClock& clock,
                         std::uint64_t max_result_rows)
    : setup_(&setup),
      config_(std::move(config)),
      clock_(&clock),
      max_result_rows_(max_result_rows),
      activity_(output::new_activity(setup, config_)),
      peers_(setup, config_),
      filter_(*setup.logs, setup.catalogue.call_names()),
      rows_(config_.input, *setup.logs,
            {.activity = activity_,
             .intake = intake_,
             .clock = clock,
             .filter = filter_,
             .take_partial = take_partial()}) {}

// If no map phase was requested, there are no partial rows, even if a field has the name of their
// column.
std::function<void(std::string_view)> ReducePhase::take_partial() {
    if (!config_.distributed) return {};
    return
        [this](std::string_view document) { peers_.read(document, activity_, intake_, *clock_); };
}

void ReducePhase::add_note(std::string note) {
    if (!note.empty()) notes_.push_back(std::move(note));
}

std::string ReducePhase::getinfo_reply() const {
    const auto fields =
        EventRows::required_fields(config_.input, config_.distributed, *setup_->logs);
    return scp::reporting_getinfo_reply(
        fields,
        config_.distributed ? config::map_pipeline(config_, setup_->catalogue.fingerprint()) : "");
}

Result<> ReducePhase::begin() {
    lookup_problems_ = config::read_lookups(setup_->catalogue, setup_->lookups_folder, config_);
    if (config_.mode != config::Mode::baseline) return {};
    // A new baseline would replace the one that could not be found.
    if (!setup_->place_problem.empty()) lookup_problems_.unread.push_back(setup_->place_problem);
    return config::check_whole(lookup_problems_);
}

Result<> ReducePhase::exchange(io::Window& body, bool finished, io::ByteSink& replies) {
    ++chunks_;
    if (auto read = rows_.read_chunk(body); !read) return read;
    return finished ? answer(replies) : scp::write_chunk(replies, scp::execute_reply(false));
}

Result<> ReducePhase::answer(io::ByteSink& replies) {
    const auto findings =
        clock_->timed(Stage::write, [&] { return output::findings_of(activity_, config_); });
    if (!findings) return std::unexpected(findings.error());
    std::uint64_t row_count = 0;
    const std::string csv = clock_->timed(Stage::write, [&] {
        const auto [columns, rows] = output::answer_of(*findings);
        row_count = rows.size();
        return rows.empty() ? std::string() : output::to_splunk_csv(columns, rows);
    });
    if (config_.mode == config::Mode::baseline && max_result_rows_ > 0 &&
        row_count > max_result_rows_) {
        return failure("the baseline would have " + std::to_string(row_count) +
                       " rows, more than Splunk's maxresultrows of " +
                       std::to_string(max_result_rows_) +
                       "; a truncated baseline loses whole accounts. Raise maxresultrows in "
                       "limits.conf, [searchresults]");
    }
    const scp::Inspector inspector = report(*findings, row_count, csv.size());
    return scp::write_chunk(replies, scp::execute_reply(true, inspector), csv);
}

scp::Inspector ReducePhase::report(const output::Findings& findings, std::uint64_t rows,
                                   std::uint64_t bytes_out) const {
    const std::uint64_t repeats = detect::repeats_in(activity_);
    return {.messages = messages(findings, rows, repeats),
            .metrics = metrics(rows, repeats, bytes_out)};
}

namespace {

// `tell(severity, text)` takes a message.
template <typename Tell>
void tell_lookup_problems(const config::LookupProblems& problems, const Tell& tell) {
    for (const std::string& text : problems.unread) {
        tell(scp::Severity::error, text + "; the search continues as if the file were empty");
    }
    for (const auto* texts : {&problems.bad_lines, &problems.bad_values}) {
        for (const std::string& text : *texts) tell(scp::Severity::warn, text);
    }
}

}  // namespace

std::vector<scp::Message> ReducePhase::messages(const output::Findings& findings,
                                                std::uint64_t rows, std::uint64_t repeats) const {
    std::vector<scp::Message> messages;
    const auto tell = [&messages](scp::Severity severity, std::string_view text) {
        messages.push_back({.severity = severity, .text = output::for_terminal(text, 0)});
    };
    for (const rules::Mistake& mistake : setup_->mistakes) {
        const bool has_place = !mistake.place.file.empty();
        tell(scp::Severity::error,
             to_text(mistake) + (has_place ? "; the built-in value is used" : ""));
    }
    tell_lookup_problems(setup_->settings_problems, tell);
    tell_lookup_problems(lookup_problems_, tell);
    const auto complaints = peers_.complaints();
    for (std::size_t i = 0; i < complaints.size() && i < k_most_complaints; ++i) {
        tell(scp::Severity::error, complaints[i]);
    }
    if (complaints.size() > k_most_complaints) {
        tell(scp::Severity::error, "events of " +
                                       std::to_string(complaints.size() - k_most_complaints) +
                                       " more search peers are missing from the answer");
    }
    if (intake_.lost_something()) {
        tell(scp::Severity::warn,
             output::unreadable_in_words(intake_.unreadable, intake_.records, intake_.lost_bytes) +
                 "; the first, " + intake_.first_reason);
    }
    if (intake_.unknown > 0) {
        tell(scp::Severity::warn, output::unknown_in_words(intake_.unknown, intake_.first_unknown));
    }
    if (intake_.rows == 0 && complaints.empty()) {
        tell(scp::Severity::warn,
             "the search found no events, so an empty answer proves nothing. Check the time range, "
             "and that the macro cloudhijack_index names the indexes that hold the logs");
    }
    const std::uint64_t read = intake_.records - intake_.unreadable;
    if (const auto text = output::nothing_relevant_in_words(
            {.read = read, .relevant = intake_.relevant(), .failed = intake_.failed}, findings,
            config_.mode);
        !text.empty() && complaints.empty()) {
        tell(scp::Severity::info, text);
    }
    if (config_.input == config::Input::fields && intake_.rows > 0 && !intake_.saw_call_columns) {
        const log::Log& log = *setup_->logs->main().log;
        tell(scp::Severity::warn,
             "no event has the fields " + std::string(log.path_of(&log::Event::source)) + " and " +
                 std::string(log.path_of(&log::Event::name)) +
                 ", which input=fields reads; keep them, or keep _raw and remove input=fields");
    }
    if (config_.input == config::Input::raw && intake_.fields > k_few_fields) {
        tell(scp::Severity::info,
             "the events have up to " + std::to_string(intake_.fields) +
                 " fields. cloudhijack does not need them, and extracting them takes most of the "
                 "search time; put | fields _time, _raw before the command, or use the macro "
                 "cloudhijack_events");
    }
    if (const auto text = output::uncounted_in_words(intake_.left_out, repeats); !text.empty()) {
        tell(scp::Severity::info, text);
    }
    for (const std::string& note : notes_) tell(scp::Severity::info, note);
    for (const std::string& note : output::notes_of(findings, activity_, *setup_)) {
        tell(scp::Severity::info, note);
    }
    for (const std::string& warning : output::warnings_of(findings)) {
        tell(scp::Severity::warn, warning);
    }
    if (max_result_rows_ > 0 && rows > max_result_rows_) {
        tell(scp::Severity::warn, "the answer has " + std::to_string(rows) +
                                      " rows, more than Splunk's maxresultrows of " +
                                      std::to_string(max_result_rows_) +
                                      "; Splunk may truncate it. " +
                                      std::string(output::way_to_fewer_rows(config_.mode)));
    }
    return messages;
}

std::vector<scp::Metric> ReducePhase::metrics(std::uint64_t rows, std::uint64_t repeats,
                                              std::uint64_t bytes_out) const {
    std::vector<scp::Metric> metrics;
    const auto add = [&](const std::string& name, double seconds, std::uint64_t input,
                         std::uint64_t output) {
        metrics.push_back({.name = name.empty() ? "cloudhijack" : "cloudhijack." + name,
                           .elapsed_seconds = seconds,
                           .invocations = chunks_,
                           .input_count = input,
                           .output_count = output});
    };
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - started_;
    add("", elapsed.count(), intake_.rows, rows);
    add("events", 0, intake_.rows, intake_.records);
    add("relevant", 0, intake_.records, intake_.relevant());
    add("failed", 0, intake_.records, intake_.failed);
    add("left_out", 0, intake_.records, intake_.left_out);
    add("skipped", 0, intake_.records, intake_.unreadable);
    add("duplicates", 0, intake_.records, repeats);
    const bool by_principal =
        config_.mode == config::Mode::hunt || config_.mode == config::Mode::baseline;
    add(by_principal ? "principals" : "groups", 0, intake_.records, detect::size_of(activity_));
    add("bytes", 0, clock_->bytes(), bytes_out);
    add("partial_rows", 0, peers_.documents(), 0);
    const auto add_times = [&](const std::string& prefix, const StageTimes& times) {
        for (std::size_t stage = 0; stage < times.size(); ++stage) {
            add(prefix + std::string(k_stage_names.at(stage)),
                static_cast<double>(times.at(stage)) / 1e6, 0, 0);
        }
    };
    add_times("", clock_->times());
    if (peers_.documents() > 0) {
        add("map.bytes", 0, peers_.bytes(), 0);
        add_times("map.", peers_.times());
    }
    return metrics;
}

}  // namespace cloudhijack::search
