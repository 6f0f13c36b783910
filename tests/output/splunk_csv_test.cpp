#include "output/splunk_csv.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <vector>

using namespace cloudhijack::detect;
using namespace cloudhijack::output;
using List = std::vector<std::string>;

TEST_CASE("table: multivalues have a twin after all columns, filled if there are several values") {
    constexpr std::array columns = {Column{.name = "n"}, Column{.name = "ips", .multivalue = true},
                                    Column{.name = "text"}};
    const std::vector<Row> rows = {{Number{"1"}, List{}, "a,b"},
                                   {Number{"-2.5"}, List{"x$"}, ""},
                                   {Number{"3"}, List{"a$b", "c;d"}, "\"q\""}};
    CHECK(to_splunk_csv(columns, rows) ==
          "n,ips,text,__mv_ips\n"
          "1,,\"a,b\",\n"
          "-2.5,x$,,\n"
          "3,\"a$b\nc;d\",\"\"\"q\"\"\",$a$$b$;$c;d$\n");
}
