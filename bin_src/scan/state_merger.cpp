#include "scan/state_merger.hpp"

#include <utility>

#include "text/quote.hpp"

namespace cloudhijack::scan {

StateMerger::StateMerger(partial::Header own, std::string first, detect::Activity& activity,
                         std::function<void(std::string)> tell, StateWriter* output)
    : own_(std::move(own)),
      first_(std::move(first)),
      activity_(&activity),
      tell_(std::move(tell)),
      output_(output) {}

Result<> StateMerger::check(const partial::Header& header, const std::string& state) const {
    if (header.program != own_.program) {
        return failure(state + ": was written by version " + text::quoted(header.program) +
                       " of cloudhijack, but this is version " + text::quoted(own_.program) +
                       "; scan and merge with one version");
    }
    if (header.catalogue != own_.catalogue) {
        return failure(state + ": was counted with the catalogue " +
                       text::quoted(header.catalogue) + ", but this merge uses " +
                       text::quoted(own_.catalogue) +
                       "; give it the --config and --settings with which the state was made");
    }
    if (header.mode != own_.mode) {
        return failure(state + ": was counted in mode " + text::quoted(header.mode) + ", but " +
                       first_ + " in mode " + text::quoted(own_.mode) +
                       "; merge states of one mode and span");
    }
    return {};
}

Result<> StateMerger::add(StateReader& reader, const partial::Header& header) {
    const std::string state = reader.state_name();
    if (auto fits = check(header, state); !fits) return fits;
    overlap_.begin(state);
    ScanTotals totals;
    TimeRange range;
    const StateTaker taker{
        .input =
            [this](StateInput input) {
                if (!allows_overlap_) overlap_.add(input);
                if (output_ != nullptr) output_->add(std::move(input));
            },
        .message =
            [this](std::string message) {
                if (output_ != nullptr) output_->add_message(message);
                tell_(std::move(message));
            },
        .totals =
            [&totals, &range](ScanTotals read, TimeRange of) {
                totals = std::move(read);
                range = of;
            },
        .counts = [this](std::string_view list, partial::ItemReader& item) -> Result<> {
            if (!overlap_.is_found()) return detect::take(*activity_, list, item);
            item.pass_over();  // there will be no answer
            return {};
        }};
    const auto end = reader.read_state(taker);
    if (!end) return std::unexpected(end.error());
    totals_.add(std::move(totals));
    range_ = !range_ || *range_ == range ? range : TimeRange();
    if (const std::string found = overlap_.finish(*end); !found.empty()) return failure(found);
    return {};
}

}  // namespace cloudhijack::scan
