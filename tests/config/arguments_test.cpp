#include "config/arguments.hpp"

#include <doctest/doctest.h>

#include <boost/program_options/value_semantic.hpp>
#include <string>
#include <vector>

using namespace cloudhijack;
using namespace cloudhijack::config;
namespace po = boost::program_options;
using Texts = std::vector<std::string>;

TEST_CASE("arguments: help is found among unknown options") {
    for (const Texts& texts : {Texts{"--help"},
                               {"-h"},
                               {"a", "--nonsense", "-h"},
                               {"--x", "-h"},
                               {"--help", "--help"},
                               {"--config", "--help"}}) {
        CHECK(asks_for_help(texts));
    }
    for (const Texts& texts :
         {Texts{}, {"a"}, {"--", "--help"}, {"--x=-h"}, {"--hel"}, {"--help=x"}, {"-xh"}}) {
        CHECK_FALSE(asks_for_help(texts));
    }
}

TEST_CASE("arguments: the value of one option is found among unknown ones") {
    CHECK(find_value(Texts{"a", "--x", "--config", "f", "b"}, "config") == "f");
    CHECK(find_value(Texts{"--config=f"}, "config") == "f");
    CHECK(find_value(Texts{"--config", "f", "--config=g"}, "config") == "f");
    CHECK(find_value(Texts{"a", "-x"}, "config") == "");
    CHECK(find_value(Texts{"--", "--config=f"}, "config") == "");
    CHECK_FALSE(find_value(Texts{"--config"}, "config"));
    CHECK_FALSE(find_value(Texts{"--config="}, "config"));
}

TEST_CASE("arguments: options must be written in full, and positional arguments are limited") {
    po::options_description options;
    options.add_options()("terms", "")("file", po::value<std::string>());
    const auto places = po::positional_options_description().add("file", 1);
    const auto given = parse_arguments(Texts{"f", "--terms"}, options, places);
    REQUIRE(given);
    CHECK(given->contains("terms"));
    CHECK((*given)["file"].as<std::string>() == "f");
    for (const Texts& texts :
         {Texts{"--term"}, {"f", "g"}, {"--terms=x"}, {"--terms", "--terms"}}) {
        CHECK_FALSE(parse_arguments(texts, options, places));
    }
}
