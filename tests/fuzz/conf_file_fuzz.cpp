// Any bytes as local/cloudhijack.conf: they are read to the end, every mistake has a place, and the
// built-in options remain.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "config/setup_for_tests.hpp"
#include "must.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cloudhijack;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto setup = config::setup_with(text);
    const auto lines = 1 + static_cast<std::size_t>(std::ranges::count(text, '\n'));
    for (const auto& mistake : setup.mistakes) {
        must(mistake.place.line > 0 && mistake.place.line <= lines && !mistake.text.empty(),
             "a mistake without a place");
    }
    const auto config = setup.default_config();
    must(config.volume.suspicious_names != nullptr, "no pattern");
    must(config.volume.thresholds.size() == setup.catalogue.services().size(), "no thresholds");
    must(setup.catalogue.services().size() >= 5, "a built-in service is gone");
    return 0;
}
