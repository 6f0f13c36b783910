#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/options.hpp"
#include "config/setup.hpp"
#include "detect/activity.hpp"
#include "io/output_file.hpp"
#include "output/csv_and_ndjson.hpp"
#include "result.hpp"
#include "scan/time_range.hpp"
#include "scan/totals.hpp"

namespace cloudhijack::scan {

/// How an answer is printed.
struct AnswerForm {
    output::Format format = output::Format::table;
    bool raw_csv = false;
    bool fail_on_findings = false;
    std::string output_path;  ///< empty for standard output
    std::string command;      ///< the command line, for a report
};

/// Prints messages as they come, and keeps them for the report.
class MessageLog {
  public:
    /// Does nothing if the text is empty.
    void tell(std::string text);
    void tell(const std::vector<std::string>& texts);

    [[nodiscard]] const std::vector<std::string>& told() const { return told_; }

  private:
    std::vector<std::string> told_;
};

/// What was counted, and how it came about.
struct Counted {
    const detect::Activity* activity = nullptr;  ///< never null
    ScanTotals totals;
    TimeRange range;  ///< of the events that count; unlimited if states with several were merged
};

/// Prints the rows of an answer, and then notes and a summary as messages. Returns the number of
/// rows, or the error that there is no answer or that it could not be written.
Result<std::size_t> print_answer(const Counted& counted, const AnswerForm& form,
                                 const config::Setup& setup, const config::Config& config,
                                 io::OutputFile& file, MessageLog& messages);

/// The summary of what was counted, if it is written as a state of that many documents.
std::string state_summary(const ScanTotals& totals, std::uint64_t documents);

/// A command line as a shell would read it.
std::string shown_command(std::string_view subcommand, std::span<const std::string> arguments);

/// The exit code once the answer is printed.
int exit_code_of(const Counted& counted, const AnswerForm& form, std::size_t rows);

}  // namespace cloudhijack::scan
