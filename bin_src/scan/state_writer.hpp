#pragma once

#include <cstdint>
#include <string_view>

#include "config/options.hpp"
#include "config/setup.hpp"
#include "counting/hash.hpp"
#include "detect/activity.hpp"
#include "io/byte_stream.hpp"
#include "partial/document_writer.hpp"
#include "result.hpp"
#include "scan/state.hpp"

namespace cloudhijack::scan {

/// Writes a state, document by document.
class StateWriter {
  public:
    StateWriter(const config::Setup& setup, config::Config config, io::ByteSink sink);
    StateWriter(const StateWriter&) = delete;  // documents_ refers to other members
    StateWriter& operator=(const StateWriter&) = delete;
    StateWriter(StateWriter&&) = delete;
    StateWriter& operator=(StateWriter&&) = delete;
    ~StateWriter() = default;

    void add(StateInput input);

    /// Adds a message about an input, which merging the state will print again. A message that is
    /// too long for a document is cut.
    void add_message(std::string_view message);

    /// Writes everything else. Returns the number of documents; the error is the first of the sink.
    /// It is not an error that the reader has closed its end.
    Result<std::uint64_t> finish(const detect::Activity& activity, ScanTotals totals,
                                 TimeRange range);

  private:
    void write_line(std::string_view document);

    io::ByteSink sink_;
    counting::RunningHash hash_;
    Result<> written_;
    partial::DocumentWriter documents_;
};

}  // namespace cloudhijack::scan
