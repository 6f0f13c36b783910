// Any lines as the documents of partial rows, in every mode: each is accepted or refused, and the
// accepted ones give the same rows in any order.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz_modes.hpp"
#include "fuzz_records.hpp"
#include "io/window.hpp"
#include "search/peers.hpp"

namespace {

using namespace cloudhijack;

const config::Setup& setup() {
    static const config::Setup made = config::setup_with();
    return made;
}

// The fingerprint of the search head's catalogue is not a secret, but a fuzzer cannot guess it.
std::string with_own_fingerprint(std::string text) {
    constexpr std::string_view place = "CATALOGUE";
    const std::string fingerprint = setup().catalogue.fingerprint();
    for (auto at = text.find(place); at != std::string::npos; at = text.find(place, at)) {
        text.replace(at, place.size(), fingerprint);
    }
    return text;
}

std::string rows_from(const std::vector<std::string>& documents, const config::Config& config) {
    detect::Activity activity = output::new_activity(setup(), config);
    search::IntakeStats intake;
    search::StageClock clock;
    search::Peers peers(setup(), config);
    for (const std::string& document : documents) {
        const std::string padded = document + std::string(io::k_padding, '\0');
        peers.read(std::string_view(padded).substr(0, document.size()), activity, intake, clock);
    }
    must(peers.documents() == documents.size(), "a document is not counted");
    const auto findings = output::findings_of(activity, config);
    must(findings.has_value(), "a document is too much for a baseline");
    const auto answer = output::answer_of(*findings);
    // Coverage has rows even for an empty activity.
    const bool can_have_rows =
        config.mode == config::Mode::hunt || config.mode == config::Mode::coverage;
    must(answer.rows.empty() || detect::size_of(activity) > 0 || can_have_rows,
         "rows came from nothing");
    return output::to_ndjson(answer.columns, answer.rows);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto documents = lines_of(with_own_fingerprint({reinterpret_cast<const char*>(data), size}));
    for (const config::Mode mode : {config::Mode::volume, config::Mode::hunt,
                                    config::Mode::baseline, config::Mode::coverage}) {
        const config::Config config = shown(setup(), mode);
        const std::string rows = rows_from(documents, config);
        std::ranges::reverse(documents);
        must(rows_from(documents, config) == rows, "the order of documents changes the rows");
    }
    return 0;
}
