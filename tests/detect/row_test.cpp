#include "detect/row.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <variant>
#include <vector>

using namespace cloudhijack::detect;

namespace {

struct Host {
    std::string name;
    int score = 0;
    std::vector<std::string> ports;
};

constexpr auto k_host_row = std::to_array<ColumnOf<Host>>({
    {"name", [](const auto& host) { return host.name; }},
    {"score", [](const auto& host) { return number(host.score); }},
    {"ports", [](const auto& host) { return host.ports; },
     [](const auto& host) { return host.ports.size() > 1; }},
});

}  // namespace

TEST_CASE("row: a table gives the columns and the values in one order") {
    constexpr auto columns = columns_of(k_host_row);
    REQUIRE(columns.size() == 3);
    CHECK(columns[0].name == "name");
    CHECK(columns[2].name == "ports");
    const Row row = row_of(k_host_row, Host{.name = "db", .score = 7, .ports = {"22", "80"}});
    REQUIRE(row.size() == 3);
    CHECK(std::get<std::string>(row[0]) == "db");
    CHECK(std::get<Number>(row[1]).digits == "7");
    CHECK(std::get<std::vector<std::string>>(row[2]) == std::vector<std::string>{"22", "80"});
}

TEST_CASE(
    "row: a column is multivalue if its values are lists, and truncated if its table says so") {
    CHECK_FALSE(k_host_row[0].column.multivalue);
    CHECK_FALSE(k_host_row[1].column.multivalue);
    CHECK(k_host_row[2].column.multivalue);
    CHECK_FALSE(bool(k_host_row[0].is_truncated));
    CHECK(k_host_row[2].is_truncated(Host{.name = {}, .ports = {"22", "80"}}));
    CHECK_FALSE(k_host_row[2].is_truncated(Host{.name = {}, .ports = {"22"}}));
}
