#include "csv/multivalue.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace cloudhijack;
using Values = std::vector<std::string>;

TEST_CASE("multivalue: cell and twin") {
    CHECK(csv::joined_by_newlines(Values{}).empty());
    CHECK(csv::joined_by_newlines(Values{"a", "b"}) == "a\nb");
    CHECK(csv::multivalue_twin(Values{}).empty());
    CHECK(csv::multivalue_twin(Values{"a$"}).empty());
    CHECK(csv::multivalue_twin(Values{"a$b", ";", ""}) == "$a$$b$;$;$;$$");
}

TEST_CASE("multivalue: the first value of a twin, even of a malformed one") {
    CHECK(csv::first_of_twin("$a$;$b$") == "a");
    CHECK(csv::first_of_twin("$a$$b;c$;$d$") == "a$b;c");
    CHECK(csv::first_of_twin("$$;$b$").empty());
    CHECK(csv::first_of_twin("").empty());
    CHECK(csv::first_of_twin("$a") == "a");
    CHECK(csv::first_of_twin("a") == "a");
    for (const Values& values : {Values{"$", "x"}, Values{"a$;$", "b"}, Values{"", "$$"}}) {
        CHECK(csv::first_of_twin(csv::multivalue_twin(values)) == values.front());
    }
}
