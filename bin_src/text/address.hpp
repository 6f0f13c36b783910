#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace cloudhijack::text {

/// The origin of a call: an IP address, a partly masked one, a provider's service, or none.
struct Address {
    enum class Family : std::uint8_t {
        none,
        v4,
        v6,
        masked,   ///< an IPv4 address without its last octet: `81.2.69.***`
        service,  ///< a provider's service: the bytes are a hash of its name
    };

    Family family = Family::none;
    std::array<std::uint8_t, 16> bytes{};  ///< in network byte order; IPv4 uses the first four

    auto operator<=>(const Address&) const = default;

    /// Whether it is a complete IP address.
    [[nodiscard]] bool is_whole() const { return family == Family::v4 || family == Family::v6; }
    /// Whether at least the network is known.
    [[nodiscard]] bool is_there() const { return is_whole() || family == Family::masked; }
    [[nodiscard]] bool is_service() const { return family == Family::service; }

    /// The network that identifies an attacker who rotates addresses within it: the /16 of an IPv4
    /// address, the /32 of an IPv6 address. A service is its own network.
    [[nodiscard]] Address network() const;
};

/// Parses an address that `inet_pton` accepts, or a masked one. Family::none for any other text,
/// such as a service's name.
Address parse_address(std::string_view text);

/// The address in a log's description of a client: the first of a list, as the others are proxies,
/// without a port, brackets, a prefix length, an interface, and surrounding blanks or quotes. A
/// text that is not an address may lose parts, too.
std::string_view bare_address(std::string_view text);

/// The address as `inet_ntop` writes it, or in its masked form; empty for a service or none.
std::string to_text(const Address& address);

}  // namespace cloudhijack::text
