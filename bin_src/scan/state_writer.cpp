#include "scan/state_writer.hpp"

#include <string>
#include <utility>

#include "output/answer.hpp"
#include "output/terminal_text.hpp"
#include "text/utf8.hpp"
#include "version.hpp"

namespace cloudhijack::scan {
namespace {

// The longest texts, in bytes. A document can hold any of them, even if it escapes each byte: a
// name needs up to six bytes for one, a message, which has no control characters, up to two.
constexpr std::size_t k_longest_name = 4096;
constexpr std::size_t k_longest_message = 10'000;

}  // namespace

partial::Header state_header(const config::Setup& setup, config::Config config) {
    config.mode = counting_mode(config.mode);
    partial::Header header = output::header_of(setup, config);
    header.program = k_version;
    return header;
}

StateWriter::StateWriter(const config::Setup& setup, config::Config config, io::ByteSink sink)
    : sink_(std::move(sink)),
      documents_(state_header(setup, std::move(config)),
                 [this](std::string_view document) { write_line(document); }) {}

void StateWriter::write_line(std::string_view document) {
    if (!written_) return;
    std::string line(document);
    line += '\n';
    hash_.add(line);
    written_ = sink_(line);
}

void StateWriter::add(StateInput input) {
    std::string repaired;
    input.name = text::front_of(text::valid_utf8(input.name, repaired), k_longest_name);
    documents_.add(k_inputs_list, [&](partial::ItemWriter& item) { describe(item, input); });
}

void StateWriter::add_message(std::string_view message) {
    const std::string shown = output::for_terminal(message, 0);
    documents_.add(k_messages_list, [&](partial::ItemWriter& item) {
        item.text(text::front_of(shown, k_longest_message));
    });
}

Result<std::uint64_t> StateWriter::finish(const detect::Activity& activity, ScanTotals totals,
                                          TimeRange range) {
    detect::write(activity, documents_);
    documents_.add(k_totals_list, [&](partial::ItemWriter& item) {
        describe(item, totals);
        describe(item, range);
    });
    documents_.finish();
    StateEnd end{.documents = documents_.documents(), .hash = hash_.value()};
    documents_.add(k_end_list, [&](partial::ItemWriter& item) { describe(item, end); });
    documents_.finish();
    if (written_ || written_.error().kind == Error::Kind::gone) return end.documents;
    return std::unexpected(written_.error());
}

}  // namespace cloudhijack::scan
