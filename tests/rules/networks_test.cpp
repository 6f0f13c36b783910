#include "rules/networks.hpp"

#include <doctest/doctest.h>

using namespace cloudhijack;
using namespace cloudhijack::rules;

namespace {

bool is_private_address(std::string_view text) { return is_private(text::parse_address(text)); }

std::string around(std::string_view address, unsigned prefix) {
    return to_text(network_around(text::parse_address(address), prefix));
}

}  // namespace

TEST_CASE("networks: a list of them contains addresses") {
    Networks networks;
    networks.add(*parse_cidr("203.0.113.128/25"));
    networks.add(*parse_cidr("2001:db8::/33"));
    networks.add(*parse_cidr("198.51.100.7"));
    const auto contains = [&](std::string_view text) {
        return networks.contain(text::parse_address(text));
    };
    CHECK(contains("203.0.113.128"));
    CHECK(contains("203.0.113.255"));
    CHECK_FALSE(contains("203.0.113.127"));
    CHECK(contains("2001:db8:7fff::1"));
    CHECK_FALSE(contains("2001:db8:8000::1"));
    CHECK(contains("198.51.100.7"));
    CHECK_FALSE(contains("198.51.100.8"));
    CHECK_FALSE(contains("nobody"));
    CHECK_FALSE(networks.contain(address_of_service("appstream.amazonaws.com")));
}

TEST_CASE("networks: bits beyond the prefix are wrong") {
    CHECK(parse_cidr("203.0.113.0/24"));
    CHECK_FALSE(parse_cidr("203.0.113.1/24"));
    CHECK_FALSE(parse_cidr("203.0.113.0/33"));
    CHECK_FALSE(parse_cidr("203.0.113.0/"));
    CHECK_FALSE(parse_cidr("203.0.113/24"));
    CHECK_FALSE(parse_cidr("home"));
    CHECK_FALSE(parse_cidr("2001:db8::/129"));
    CHECK(around("203.0.113.77", 24) == "203.0.113.0/24");
    CHECK(around("203.0.113.77", 26) == "203.0.113.64/26");
    CHECK(around("2001:db8:ffff::1", 33) == "2001:db8:8000::/33");
    CHECK(around("203.0.113.77", 0) == "0.0.0.0/0");
}

TEST_CASE("networks: private addresses") {
    for (const char* text : {"10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
                             "100.64.0.1", "100.127.255.255", "fd00::1"}) {
        CHECK(is_private_address(text));
    }
    for (const char* text : {"11.0.0.1", "172.32.0.1", "100.128.0.1", "fe80::1", "8.8.8.8", ""}) {
        CHECK_FALSE(is_private_address(text));
    }
}

TEST_CASE("networks: a baseline's text becomes the same network again") {
    for (const char* text : {"203.0.113.9", "2001:db8:1::1"}) {
        const text::Address network = text::parse_address(text).network();
        CHECK(network_of_text(network_text(network)) == network);
    }
    CHECK(network_of_text("appstream.amazonaws.com") ==
          address_of_service("appstream.amazonaws.com"));
}
