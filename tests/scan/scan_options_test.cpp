#include "scan/scan_options.hpp"

#include <doctest/doctest.h>

#include <string>

#include "config/setup_for_tests.hpp"

using namespace cloudhijack;
using namespace cloudhijack::config;

TEST_CASE("scan options: help lists every option of the command line") {
    const auto setup = setup_with();
    const std::string help = scan::scan_help(setup);
    for (const auto* name :
         {"--span", "--min-score", "--suspicious-names", "--bedrock-threshold", "--format",
          "--fail-on-findings", "--threads", "--config", "--raw-csv"}) {
        CAPTURE(name);
        CHECK(help.contains(name));
    }
    CHECK_FALSE(help.contains("--input"));
}
