// Any bytes as the document of a partial row, in every mode: it is accepted or refused, and an
// accepted document yields rows.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "config/setup_for_tests.hpp"
#include "io/window.hpp"
#include "must.hpp"
#include "output/answer.hpp"
#include "search/peers.hpp"

namespace {

using namespace cloudhijack;

// The fingerprint of the search head's catalogue is not a secret, but a fuzzer cannot guess it.
std::string with_own_fingerprint(std::string document, const config::Setup& setup) {
    constexpr std::string_view place = "CATALOGUE";
    if (const auto at = document.find(place); at != std::string::npos) {
        document.replace(at, place.size(), setup.catalogue.fingerprint());
    }
    return document;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const config::Setup setup = config::setup_with();
    std::string document = with_own_fingerprint({reinterpret_cast<const char*>(data), size}, setup);
    const std::size_t document_size = document.size();
    document.append(io::k_padding, '\0');
    for (const config::Mode mode : {config::Mode::volume, config::Mode::hunt,
                                    config::Mode::baseline, config::Mode::coverage}) {
        config::Config config = setup.default_config();
        config.mode = mode;
        config.hunt.min_risk = 0;
        config.volume.thresholds.assign(config.volume.thresholds.size(), 0);
        detect::Activity activity = output::new_activity(setup, config);
        search::IntakeStats intake;
        search::StageClock clock;
        search::Peers peers(setup, config);
        peers.read(std::string_view(document).substr(0, document_size), activity, intake, clock);
        const auto findings = output::findings_of(activity, config);
        must(findings.has_value(), "a document is too much for a baseline");
        const auto answer = output::answer_of(*findings);
        // Coverage has rows even for an empty activity.
        const bool can_have_rows = mode == config::Mode::hunt || mode == config::Mode::coverage;
        must(answer.rows.empty() || detect::size_of(activity) > 0 || can_have_rows,
             "rows came from nothing");
        must(peers.documents() == 1, "a document is not counted");
    }
    return 0;
}
