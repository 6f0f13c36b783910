#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "text/address.hpp"

namespace cloudhijack::rules {

/// The address that stands for a provider's service as the source of a call, such as
/// `appstream.amazonaws.com`: equal for equal names, and its own network.
text::Address address_of_service(std::string_view name);

/// An address of any family as a text that source_of_text() reads back.
std::string source_text(const text::Address& address);
/// None for a text of another form.
text::Address source_of_text(std::string_view text);

/// A network as a baseline writes it: `203.0.0.0/16`, `2001:db8::/32`. Not of a service.
std::string network_text(const text::Address& network);

/// The network that a baseline's text stands for: an address with its prefix, or a service's name.
text::Address network_of_text(std::string_view text);

/// Whether the address is one that nobody has on the internet: RFC 1918, 100.64.0.0/10 and
/// fc00::/7.
bool is_private(const text::Address& address);

/// Addresses from `network` on that share its first `prefix` bits.
struct Cidr {
    text::Address network;
    unsigned prefix = 0;

    bool operator==(const Cidr&) const = default;
};

/// `203.0.113.0/24`.
std::string to_text(const Cidr& cidr);

/// The network with this prefix that holds an address.
Cidr network_around(const text::Address& address, unsigned prefix);

/// Reads `203.0.113.0/24`, `2001:db8::/32` or an address alone. nullopt for anything else, also for
/// a network with bits beyond its prefix.
std::optional<Cidr> parse_cidr(std::string_view text);

/// The networks that an organisation lists as its own, in lookups/cloudhijack_networks.csv.
class Networks {
  public:
    void add(const Cidr& cidr) { networks_[cidr.prefix].insert(cidr.network); }
    [[nodiscard]] bool contain(const text::Address& address) const;

  private:
    std::map<unsigned, std::set<text::Address>> networks_;  ///< by the length of their prefix
};

}  // namespace cloudhijack::rules
