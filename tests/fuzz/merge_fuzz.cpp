// Any bytes as records, a line each: the states of three parts of them give the rows of one scan,
// merged in any order and grouping.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "fuzz_modes.hpp"
#include "fuzz_records.hpp"
#include "scan/state_merger.hpp"
#include "scan/state_reader.hpp"
#include "scan/state_writer.hpp"

namespace {

using namespace cloudhijack;

constexpr std::size_t k_parts = 3;

const config::Setup& setup() {
    static const config::Setup made = config::setup_with();
    return made;
}

/// Counts in one mode.
class Counts {
  public:
    explicit Counts(const config::Config& config)
        : config_(&config), activity_(output::new_activity(setup(), config)) {}

    void add(const std::string& record) {
        static WholeRecordReader reader;
        reader.read(record, [this](const log::Event& event) {
            ++totals_.records;
            detect::add(activity_, event);
        });
    }

    void merge(const std::vector<std::string>& states) {
        scan::StateMerger merger(
            scan::state_header(setup(), *config_), "first", activity_, [](const std::string&) {},
            nullptr);
        for (const std::string& state : states) {
            scan::StateReader reader("state", io::read_from_memory(state));
            auto header = reader.next_header();
            must(header && *header, "a state has no header");
            const auto added = merger.add(reader, **header);
            must(added.has_value(), "a state is refused: " + (added ? "" : added.error().text));
        }
        totals_ = merger.totals();
    }

    [[nodiscard]] std::string state() const {
        std::string made;
        scan::StateWriter writer(setup(), *config_, [&made](std::string_view bytes) -> Result<> {
            made += bytes;
            return {};
        });
        must(writer.finish(activity_, totals_, {}).has_value(), "a state cannot be written");
        return made;
    }

    [[nodiscard]] std::string rows() const { return rows_of(activity_, *config_); }

  private:
    const config::Config* config_;
    detect::Activity activity_;
    scan::ScanTotals totals_;
};

std::string merged_state(const config::Config& config, const std::vector<std::string>& states) {
    Counts counts(config);
    counts.merge(states);
    return counts.state();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto records = lines_of({reinterpret_cast<const char*>(data), size});
    for (const config::Mode mode : k_counting_modes) {
        const config::Config config = shown(setup(), mode);
        Counts all(config);
        std::vector<Counts> parts;
        for (std::size_t i = 0; i < k_parts; ++i) parts.emplace_back(config);
        for (std::size_t i = 0; i < records.size(); ++i) {
            all.add(records[i]);
            parts[i % k_parts].add(records[i]);
        }
        std::vector<std::string> states;
        for (const Counts& part : parts) states.push_back(part.state());
        const std::string& first = states[0];
        const std::string& second = states[1];
        const std::string& third = states[2];
        const std::string rows = all.rows();
        const std::string inner = merged_state(config, {third, first});
        for (const auto& order :
             std::vector<std::vector<std::string>>{{first, second, third}, {second, inner}}) {
            Counts merged(config);
            merged.merge(order);
            must(merged.rows() == rows, "merged states give other rows");
        }
    }
    return 0;
}
