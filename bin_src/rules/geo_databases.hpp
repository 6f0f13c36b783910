#pragma once

#include <memory>
#include <string>
#include <vector>

#include "result.hpp"
#include "text/address.hpp"

namespace cloudhijack::rules {

/// What the databases know of an address; a text is empty if they do not know it.
struct GeoEntry {
    std::string country;  ///< ISO 3166 code: `DE`
    /// Autonomous system: `AS64500 Example Hosting`; valid UTF-8 without control characters, at
    /// most 111 bytes.
    std::string network;
    std::string problem;  ///< why a database could not answer; usually empty
};

/// Databases of the countries and networks of addresses, in the format of MaxMind DB. Copies share
/// the files, which are mapped, not read.
class GeoDatabases {
  public:
    /// Adds a file with countries, autonomous systems or both, which must not be changed as long as
    /// it is open, only replaced. The error names the file and what is wrong with it.
    Result<> open(const std::string& path);

    [[nodiscard]] bool have_countries() const;
    [[nodiscard]] bool have_networks() const;

    /// Looks an address up. The first database that knows the country gives it, and the same for
    /// the network. A masked address has an entry if all addresses that it can be have the same.
    [[nodiscard]] GeoEntry entry_of(const text::Address& address) const;

  private:
    struct Database;
    std::vector<std::shared_ptr<const Database>> databases_;
};

}  // namespace cloudhijack::rules
