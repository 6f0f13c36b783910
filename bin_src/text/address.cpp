#include "text/address.hpp"

#include <arpa/inet.h>

#include <algorithm>

namespace cloudhijack::text {

Address Address::network() const {
    if (is_service()) return *this;
    Address network{.family = family, .bytes = {}};
    std::copy_n(bytes.begin(), family == Family::v6 ? 4 : 2, network.bytes.begin());
    return network;
}

Address parse_address(std::string_view text) {
    Address address;
    std::array<char, INET6_ADDRSTRLEN> terminated{};
    // A NUL inside would end the text early.
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

std::string to_text(const Address& address) {
    if (!address.is_there()) return {};
    std::array<char, INET6_ADDRSTRLEN> text{};
    ::inet_ntop(address.family == Address::Family::v4 ? AF_INET : AF_INET6, address.bytes.data(),
                text.data(), text.size());
    return text.data();
}

}  // namespace cloudhijack::text
