#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace cloudhijack::text {

/// An IP address, or what a log leaves of one, or a sign for a service that called, or none.
struct Address {
    enum class Family : std::uint8_t {
        none,
        v4,
        v6,
        masked,   ///< of IPv4, without its last part: `81.2.69.***`
        service,  ///< a provider's service: the bytes are a hash of its name
    };

    Family family = Family::none;
    std::array<std::uint8_t, 16> bytes{};  ///< in network order, of IPv4 the first four

    auto operator<=>(const Address&) const = default;

    /// Whether it is an IP address, so that it says from which one a call came.
    [[nodiscard]] bool is_whole() const { return family == Family::v4 || family == Family::v6; }
    /// Whether it says at least from which network.
    [[nodiscard]] bool is_there() const { return is_whole() || family == Family::masked; }
    [[nodiscard]] bool is_service() const { return family == Family::service; }

    /// The network that one who rotates addresses has to leave: the /16, of IPv6 the /32. A service
    /// is its own network.
    [[nodiscard]] Address network() const;
};

/// What `inet_pton` takes as a whole, and masked addresses; for anything else, such as a service's
/// name, none.
Address parse_address(std::string_view text);

/// The address in what a log says of a client: of a list the first, as the others are of proxies;
/// without a port, brackets, a network's prefix, an interface, and blanks or quotes around it. A
/// text that is no address can lose parts, too.
std::string_view bare_address(std::string_view text);

/// As `inet_ntop` writes it, or masked again; empty where there is none.
std::string to_text(const Address& address);

}  // namespace cloudhijack::text
