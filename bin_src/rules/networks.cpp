#include "rules/networks.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "counting/hash.hpp"
#include "text/number.hpp"

namespace cloudhijack::rules {
namespace {

using Family = text::Address::Family;

constexpr unsigned k_bits_a_byte = 8;

constexpr std::string_view k_service_prefix = "service:";

text::Address address_of_hash(std::uint64_t hash) {
    text::Address address{.family = Family::service, .bytes = {}};
    std::memcpy(address.bytes.data(), &hash, sizeof(hash));
    return address;
}

// How many leading bits of an address are significant.
unsigned bits_of(Family family) {
    if (family == Family::v6) return 128;
    return family == Family::masked ? 24 : 32;
}

// A byte of an address, with the bits from `prefix` on cleared.
std::uint8_t masked(const text::Address& address, std::size_t place, unsigned prefix) {
    const auto begin = static_cast<unsigned>(place) * k_bits_a_byte;
    if (begin >= prefix) return 0;
    const unsigned kept = std::min(prefix - begin, k_bits_a_byte);
    return static_cast<std::uint8_t>(address.bytes.at(place) &
                                     (0xFFU << (k_bits_a_byte - kept) & 0xFFU));
}

}  // namespace

text::Address address_of_service(std::string_view name) {
    return address_of_hash(counting::hash_of(name));
}

std::string source_text(const text::Address& address) {
    if (!address.is_service()) return to_text(address);
    std::uint64_t hash = 0;
    std::memcpy(&hash, address.bytes.data(), sizeof(hash));
    return std::string(k_service_prefix) + std::to_string(hash);
}

text::Address source_of_text(std::string_view text) {
    if (!text.starts_with(k_service_prefix)) return text::parse_address(text);
    const auto hash = text::whole_number(text.substr(k_service_prefix.size()), UINT64_MAX);
    return hash ? address_of_hash(*hash) : text::Address{};
}

std::string network_text(const text::Address& network) {
    return to_text(network) + (network.family == Family::v6 ? "/32" : "/16");
}

text::Address network_of_text(std::string_view text) {
    const text::Address address = text::parse_address(text.substr(0, text.find('/')));
    return address.is_there() ? address.network() : address_of_service(text);
}

bool is_private(const text::Address& address) {
    static const auto private_networks = [] {
        Networks networks;
        for (const std::string_view text :
             {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"}) {
            networks.add(*parse_cidr(text));
        }
        return networks;
    }();
    return private_networks.contain(address);
}

std::string to_text(const Cidr& cidr) {
    return to_text(cidr.network) + '/' + std::to_string(cidr.prefix);
}

Cidr network_around(const text::Address& address, unsigned prefix) {
    const auto family = address.family == Family::masked ? Family::v4 : address.family;
    Cidr cidr{.network = {.family = family, .bytes = {}}, .prefix = prefix};
    for (std::size_t place = 0; place < address.bytes.size(); ++place) {
        cidr.network.bytes.at(place) = masked(address, place, prefix);
    }
    return cidr;
}

std::optional<Cidr> parse_cidr(std::string_view text) {
    const auto slash = text.find('/');
    Cidr cidr{.network = text::parse_address(text.substr(0, slash))};
    if (!cidr.network.is_whole()) return std::nullopt;
    const unsigned most = bits_of(cidr.network.family);
    const auto prefix = slash == std::string_view::npos
                            ? std::optional<std::uint64_t>(most)
                            : text::whole_number(text.substr(slash + 1), most);
    if (!prefix) return std::nullopt;
    cidr.prefix = static_cast<unsigned>(*prefix);
    return network_around(cidr.network, cidr.prefix) == cidr ? std::optional(cidr) : std::nullopt;
}

bool Networks::contain(const text::Address& address) const {
    if (!address.is_there()) return false;
    return std::ranges::any_of(networks_, [&address](const auto& of_prefix) {
        return of_prefix.first <= bits_of(address.family) &&
               of_prefix.second.contains(network_around(address, of_prefix.first).network);
    });
}

}  // namespace cloudhijack::rules
