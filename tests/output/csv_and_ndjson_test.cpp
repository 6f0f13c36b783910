#include "output/csv_and_ndjson.hpp"

#include <doctest/doctest.h>

#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "detect/row.hpp"

using namespace cloudhijack;
using detect::Column;
using detect::Number;
using detect::Row;
using List = std::vector<std::string>;

namespace {

constexpr std::array k_columns = {Column{.name = "n"}, Column{.name = "text"},
                                  Column{.name = "list", .multivalue = true}};

}  // namespace

TEST_CASE("report: ndjson has numbers as numbers and lists as arrays") {
    const std::vector<Row> rows = {{Number{"1767225600.123456"}, "a\"\n\x1b\xff", List{}},
                                   {Number{"-1"}, "", List{"x", "y"}}};
    CHECK(output::to_ndjson(k_columns, rows) ==
          "{\"n\":1767225600.123456,\"text\":\"a\\\"\\n\\u001b\xEF\xBF\xBD\",\"list\":[]}\n"
          "{\"n\":-1,\"text\":\"\",\"list\":[\"x\",\"y\"]}\n");
}

TEST_CASE("report: csv makes formulas safe, unless it is raw, and does not change numbers") {
    const std::vector<Row> rows = {{Number{"-1"}, "=1+1", List{"@a", "b"}},
                                   {Number{"2"}, "a=b", List{"-x"}},
                                   {Number{"3"}, "\tx", List{"+"}}};
    CHECK(output::to_csv(k_columns, rows, /*raw=*/false) ==
          "n,text,list\n-1,'=1+1,\"'@a\nb\"\n2,a=b,'-x\n3,'\tx,'+\n");
    CHECK(output::to_csv(k_columns, rows, /*raw=*/true) ==
          "n,text,list\n-1,=1+1,\"@a\nb\"\n2,a=b,-x\n3,\tx,+\n");
}
