#include "csv/row_writer.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace cloudhijack;

TEST_CASE("row writer: quotes where it must and only there") {
    std::string out;
    csv::append_row(
        out, std::vector<std::string>{"plain text", "", "a,b", "say \"hi\"", "a\nb", "a\rb"});
    CHECK(out == "plain text,,\"a,b\",\"say \"\"hi\"\"\",\"a\nb\",\"a\rb\"\n");
}
