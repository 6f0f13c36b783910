#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "text/address.hpp"

namespace cloudhijack::rules {

/// An address that represents a provider's service as the source of a call, such as
/// `appstream.amazonaws.com`: equal for equal names, and a network by itself.
text::Address address_of_service(std::string_view name);

/// An address of any family, as text that source_of_text() reads back.
std::string source_text(const text::Address& address);
/// An empty address if the text has another form.
text::Address source_of_text(std::string_view text);

/// A network as a baseline writes it: `203.0.0.0/16`, `2001:db8::/32`. Not for a service.
std::string network_text(const text::Address& network);

/// The network that a baseline's text denotes: an address with its prefix length, or a service's
/// name.
text::Address network_of_text(std::string_view text);

/// Whether the address is in a range that is not routed on the internet: RFC 1918, 100.64.0.0/10 or
/// fc00::/7.
bool is_private(const text::Address& address);

/// The addresses that share the first `prefix` bits of `network`.
struct Cidr {
    text::Address network;
    unsigned prefix = 0;

    bool operator==(const Cidr&) const = default;
};

/// `203.0.113.0/24`.
std::string to_text(const Cidr& cidr);

/// The network with this prefix length that contains an address.
Cidr network_around(const text::Address& address, unsigned prefix);

/// Reads `203.0.113.0/24`, `2001:db8::/32` or a bare address. nullopt for anything else, including
/// a network with bits set beyond its prefix.
std::optional<Cidr> parse_cidr(std::string_view text);

/// The networks that an organisation lists as its own in lookups/cloudhijack_networks.csv.
class Networks {
  public:
    void add(const Cidr& cidr) { networks_[cidr.prefix].insert(cidr.network); }
    [[nodiscard]] bool contain(const text::Address& address) const;

  private:
    std::map<unsigned, std::set<text::Address>> networks_;  ///< by prefix length
};

}  // namespace cloudhijack::rules
