#include "text/path.hpp"

#include <doctest/doctest.h>

using cloudhijack::text::last_part;

TEST_CASE("path: the last part, or the whole text") {
    CHECK(last_part("arn:aws:iam::1:user/team/alice") == "alice");
    CHECK(last_part("alice") == "alice");
    CHECK(last_part("a/") == "");
    CHECK(last_part("") == "");
}
