#include "csv/row_writer.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace cloudhijack;

TEST_CASE("row writer: quotes a cell only if it must") {
    std::string out;
    csv::append_row(
        out, std::vector<std::string>{"plain text", "", "a,b", "say \"hi\"", "a\nb", "a\rb"});
    CHECK(out == "plain text,,\"a,b\",\"say \"\"hi\"\"\",\"a\nb\",\"a\rb\"\n");
}
