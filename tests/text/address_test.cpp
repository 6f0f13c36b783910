#include "text/address.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace cloudhijack::text;

TEST_CASE("address: texts that inet_pton accepts completely") {
    CHECK(to_text(parse_address("198.51.100.7")) == "198.51.100.7");
    CHECK(to_text(parse_address("2001:DB8:0::1")) == "2001:db8::1");
    for (const std::string text : {"", "AWS Internal", "bedrock.amazonaws.com", "1.2.3", "1.2.3.4 ",
                                   "1.2.3.4, 5.6.7.8", "1.2.3.256", "::g", "2001:db8::1%eth0",
                                   "[::1]", "1111:1111:1111:1111:1111:1111:111.111.111.111.111"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_address(text).is_there());
        CHECK(to_text(parse_address(text)).empty());
    }
    CHECK_FALSE(parse_address(std::string("1.2.3.4\0", 8)).is_there());
    CHECK(parse_address("::ffff:1.2.3.4") != parse_address("1.2.3.4"));
}

TEST_CASE("address: characters that logs write around an address are removed") {
    for (const std::string text :
         {"198.51.100.7", " 198.51.100.7\t", "198.51.100.7:52811", "[198.51.100.7]",
          "[198.51.100.7]:443", "198.51.100.7, 10.0.0.1, 10.0.0.2", "198.51.100.7,",
          "198.51.100.7/32", "\"198.51.100.7\"", " 198.51.100.7 , x"}) {
        CAPTURE(text);
        CHECK(bare_address(text) == "198.51.100.7");
    }
    for (const std::string text :
         {"2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:443", "2001:db8::1%eth0",
          "2001:db8::1, 198.51.100.7", "2001:db8::1/64"}) {
        CAPTURE(text);
        CHECK(bare_address(text) == "2001:db8::1");
    }
    CHECK(bare_address("AWS Internal") == "AWS Internal");
    CHECK(bare_address("81.2.69.***") == "81.2.69.***");
    CHECK(bare_address("") == "");
    CHECK(bare_address("[") == "[");
}

TEST_CASE("address: the network is the /16 for IPv4 and the /32 for IPv6") {
    const auto network = [](const char* text) { return parse_address(text).network(); };
    CHECK(network("10.1.2.3") == network("10.1.200.9"));
    CHECK(network("10.1.2.3") != network("10.2.2.3"));
    CHECK(network("2001:db8:1::1") == network("2001:db8:ffff::2"));
    CHECK(network("2001:db8::1") != network("2001:db9::1"));
    CHECK(network("10.1.0.0") != network("a01::"));
}
