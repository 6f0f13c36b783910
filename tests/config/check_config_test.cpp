#include "config/check_config.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "scan/temporary_folder.hpp"

using namespace cloudhijack;
using namespace cloudhijack::config;
using Texts = std::vector<std::string>;

namespace {

std::string text_of(const Texts& arguments) {
    const auto text = check_config(arguments);
    REQUIRE(text);
    return *text;
}

}  // namespace

TEST_CASE("check-config: the services and the catalogue, but not an unchanged macro") {
    const std::string text = text_of({});
    CHECK(text.starts_with("service bedrock: AWS Bedrock, threshold 50, "));
    CHECK(text.contains("\ncatalogue "));
    CHECK_FALSE(text.contains("macros.conf"));
    CHECK(text_of({""}) == text);
}

TEST_CASE("check-config: a macro for changed calls") {
    const scan::TemporaryFolder folder;
    const std::string own = folder.write("own.conf", "[service:polly]\nuse = polly:Speak\n");
    CHECK(text_of({own}).contains("[cloudhijack_events]\ndefinition = `cloudhijack_index` ("));
    CHECK(text_of({"--terms", own}).contains(" OR Speak OR "));
    CHECK_FALSE(text_of({"--terms"}).contains("Speak"));
}

TEST_CASE("check-config: one message for each mistake") {
    const scan::TemporaryFolder folder;
    const std::string bad = folder.write("bad.conf", "[defaults]\nspan = soon\nspam = 1\n");
    const auto text = check_config(Texts{bad});
    REQUIRE_FALSE(text);
    CHECK(text.error().size() == 2);
    CHECK_FALSE(check_config(Texts{folder.path() / "missing"}));
}

TEST_CASE("check-config: a settings lookup over the installed conf, or over a file") {
    const scan::TemporaryFolder folder;
    const std::string settings =
        folder.write("s.csv", "stanza,key,value\nservice:ses,threshold,7\n");
    const std::string conf =
        folder.write("own.conf", "[service:ses]\nthreshold = 8\nlabel = Mail\n");
    CHECK(text_of({"--settings", settings}).contains("service ses: AWS SES, threshold 7, "));
    const std::string text = text_of({"--settings", settings, conf});
    CHECK(text.contains("service ses: Mail, threshold 7, "));
    CHECK_FALSE(text.contains("macros.conf"));
    const auto fingerprint = [](const std::string& all) {
        return all.substr(all.find("\ncatalogue "));
    };
    CHECK(fingerprint(text) == fingerprint(text_of({})));
}

TEST_CASE("check-config: mistakes in a settings lookup") {
    const scan::TemporaryFolder folder;
    const std::string bad = folder.write(
        "s.csv", "stanza,key,value\nservice:ses,threshold,x\nservice:ses,volume,SendEmail\n");
    const auto text = check_config(Texts{"--settings", bad});
    REQUIRE_FALSE(text);
    CHECK(text.error().size() == 2);
    const auto missing = check_config(Texts{"--settings", folder.path() / "missing.csv"});
    REQUIRE_FALSE(missing);
    CHECK(missing.error().size() == 1);
}

TEST_CASE("check-config: usage") {
    const std::string usage = "usage: cloudhijack check-config [--terms] [--settings FILE] [FILE]";
    for (const Texts& arguments : {Texts{"--help"}, {"-h"}, {"--terms", "-h"}, {"-h", "a", "b"}}) {
        CHECK(text_of(arguments) == usage + '\n');
    }
    for (const Texts& arguments : {Texts{"a", "b"},
                                   {"--nonsense"},
                                   {"-"},
                                   {"--", "-file"},
                                   {"--terms=x"},
                                   {"--settings"},
                                   {"--terms", "--terms"}}) {
        const auto text = check_config(arguments);
        REQUIRE_FALSE(text);
        CHECK(text.error() == Messages{usage});
    }
}
