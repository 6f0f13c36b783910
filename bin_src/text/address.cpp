#include "text/address.hpp"

#include <arpa/inet.h>

#include <algorithm>

#include "text/trim.hpp"

namespace cloudhijack::text {
namespace {

constexpr std::string_view k_mask = ".***";

}  // namespace

Address Address::network() const {
    if (is_service()) return *this;
    Address network{.family = family == Family::masked ? Family::v4 : family, .bytes = {}};
    std::copy_n(bytes.begin(), family == Family::v6 ? 4 : 2, network.bytes.begin());
    return network;
}

Address parse_address(std::string_view text) {
    Address address;
    if (text.ends_with(k_mask)) {
        const std::string_view known = text.substr(0, text.size() - k_mask.size());
        address = parse_address(std::string(known) + ".0");
        const bool is_masked = address.family == Address::Family::v4;
        address.family = is_masked ? Address::Family::masked : Address::Family::none;
        if (!is_masked) address.bytes = {};
        return address;
    }
    std::array<char, INET6_ADDRSTRLEN> terminated{};
    // inet_pton would stop at a NUL inside the text.
    if (text.size() >= terminated.size() || text.contains('\0')) return address;
    std::ranges::copy(text, terminated.begin());
    if (::inet_pton(AF_INET, terminated.data(), address.bytes.data()) == 1) {
        address.family = Address::Family::v4;
    } else if (::inet_pton(AF_INET6, terminated.data(), address.bytes.data()) == 1) {
        address.family = Address::Family::v6;
    } else {
        address.bytes = {};
    }
    return address;
}

std::string_view bare_address(std::string_view text) {
    text = trimmed(text.substr(0, text.find(',')), " \t\"'");
    text = text.substr(0, text.find_first_of("/%"));
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        return end == std::string_view::npos ? text : text.substr(1, end - 1);
    }
    const auto colon = text.find(':');
    const bool has_port = colon != std::string_view::npos && colon == text.rfind(':');
    return trimmed(has_port ? text.substr(0, colon) : text);
}

std::string to_text(const Address& address) {
    if (!address.is_there()) return {};
    std::array<char, INET6_ADDRSTRLEN> bytes{};
    ::inet_ntop(address.family == Address::Family::v6 ? AF_INET6 : AF_INET, address.bytes.data(),
                bytes.data(), bytes.size());
    std::string text = bytes.data();
    if (address.family == Address::Family::masked) {
        text.replace(text.rfind('.'), std::string::npos, k_mask);
    }
    return text;
}

}  // namespace cloudhijack::text
