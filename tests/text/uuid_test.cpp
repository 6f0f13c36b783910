#include "text/uuid.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace cloudhijack;

TEST_CASE("uuid: 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12") {
    const std::string uuid = "0a1b2c3d-4E5F-6789-abcd-ef0123456789";
    CHECK(text::is_uuid(uuid));
    CHECK(text::is_uuid("00000000-0000-0000-0000-000000000000"));
    CHECK_FALSE(text::is_uuid(""));
    CHECK_FALSE(text::is_uuid(uuid + "0"));
    CHECK_FALSE(text::is_uuid(uuid.substr(1)));
    CHECK_FALSE(text::is_uuid("0a1b2c3d4-E5F-6789-abcd-ef0123456789"));
    for (std::size_t i = 0; i < uuid.size(); ++i) {
        for (const char c : {'g', 'G', '-', '/', ':', '@', '`', ' ', '\0', '\xE1', '0'}) {
            std::string other = uuid;
            if ((other[i] == '-') == (c == '-')) continue;
            other[i] = c;
            CAPTURE(other);
            CHECK(text::is_uuid(other) == (c == '0' && uuid[i] != '-'));
        }
    }
}
