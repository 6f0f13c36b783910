#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace cloudhijack::text {

/// An IP address, or none.
struct Address {
    enum class Family : std::uint8_t { none, v4, v6 };

    Family family = Family::none;
    std::array<std::uint8_t, 16> bytes{};  ///< in network order, of IPv4 the first four

    auto operator<=>(const Address&) const = default;

    [[nodiscard]] bool is_there() const { return family != Family::none; }

    /// The network that one who rotates addresses has to leave: the /16, of IPv6 the /32.
    [[nodiscard]] Address network() const;
};

/// What `inet_pton` takes as a whole; for anything else, such as a service's name, none.
Address parse_address(std::string_view text);

/// As `inet_ntop` writes it; empty for none.
std::string to_text(const Address& address);

}  // namespace cloudhijack::text
