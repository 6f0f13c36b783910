#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "io/byte_stream.hpp"
#include "io/window.hpp"
#include "partial/document.hpp"
#include "partial/document_reader.hpp"
#include "result.hpp"
#include "scan/state.hpp"

namespace cloudhijack::scan {

/// Receives the content of a state, in the order in which it was written.
struct StateTaker {
    std::function<void(StateInput)> input;
    std::function<void(std::string)> message;
    std::function<void(ScanTotals, TimeRange)> totals;
    /// An item with counts of the mode. The error says what is wrong with it.
    partial::DocumentReader::Take counts;
};

/// Reads consecutive states from a file, compressed or not. Nothing in them is trusted. Every error
/// names the file; it is Error::Kind::stopped if the source was stopped.
class StateReader {
  public:
    /// `name` is the file's name in messages.
    StateReader(std::string name, io::ByteSource source);

    /// The header of the next state, which must be followed by read_state(); nullopt at the end of
    /// the file. It is an error if the file is empty, or if it is not a state of this format.
    Result<std::optional<partial::Header>> next_header();

    /// Reads the state to its end. After an error, the taker has received a part of it.
    Result<StateEnd> read_state(const StateTaker& taker);

    /// The name of the current state in messages: the file's, with a line if the file has several.
    [[nodiscard]] std::string state_name() const;

  private:
    /// A line without its end; nullopt at the end of the file.
    Result<std::optional<std::string_view>> next_line();
    std::string_view take_line(std::string_view line, std::size_t size);
    Result<> read_document(std::string_view line, const StateTaker& taker);
    Result<> read_item(std::string_view list, partial::ItemReader& item, const StateTaker& taker);
    [[nodiscard]] Result<> check_end(const StateEnd& end) const;

    [[nodiscard]] std::unexpected<Error> wrong(const std::string& text) const;
    [[nodiscard]] std::unexpected<Error> wrong_line(const std::string& text) const;

    std::string name_;
    io::Window window_;
    partial::DocumentReader reader_;
    std::size_t line_size_ = 0;     ///< bytes of the current line with its end, not yet consumed
    std::uint64_t line_ = 0;        ///< the number of the current line, from 1
    std::uint64_t first_line_ = 0;  ///< of the current state
    partial::Header header_;        ///< of the current state
    counting::RunningHash hash_;    ///< of the current state's lines so far
    std::optional<StateEnd> end_;   ///< if the current document has it
    bool has_totals_ = false;       ///< the current state's totals were read
};

}  // namespace cloudhijack::scan
