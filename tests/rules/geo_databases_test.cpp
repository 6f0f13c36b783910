#include "rules/geo_databases.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "scan/temporary_folder.hpp"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/lsan_interface.h>
#define CLOUDHIJACK_HAS_LEAK_SANITIZER
#endif
#endif

using namespace cloudhijack;
using namespace cloudhijack::rules;

// tests/e2e/geoip_database.py says what the databases contain.
namespace {

std::string database_path(std::string_view name) {
    return std::string(CLOUDHIJACK_TEST_DATA) + "/geoip/" + std::string(name);
}

std::string database_bytes(std::string_view name) {
    std::ifstream file(database_path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

GeoDatabases databases(std::initializer_list<std::string_view> names) {
    GeoDatabases geo;
    for (const std::string_view name : names) REQUIRE(geo.open(database_path(name)));
    return geo;
}

// `DE, AS64501 Example Cloud, Inc.`
std::string entry_in_words(const GeoDatabases& geo, std::string_view address) {
    const GeoEntry entry = geo.entry_of(text::parse_address(address));
    CHECK(entry.problem.empty());
    return entry.country + ", " + entry.network;
}

// What is wrong with a file that cannot be used, without its path.
std::string problem_of_file(const std::string& path) {
    GeoDatabases geo;
    const auto opened = geo.open(path);
    REQUIRE_FALSE(opened);
    REQUIRE(opened.error().text.starts_with(path + ": "));
    CHECK_FALSE(geo.have_countries());
    return opened.error().text.substr(path.size() + 2);
}

#ifdef CLOUDHIJACK_HAS_LEAK_SANITIZER
// The library loses memory if the metadata of a file that it opens is damaged.
using WithoutLeakCheck = __lsan::ScopedDisabler;
#else
struct WithoutLeakCheck {
    WithoutLeakCheck() {}  // NOLINT(modernize-use-equals-default): not an unused variable
};
#endif

// Opens a damaged file and looks addresses up in it; 0 if it cannot be opened, otherwise 1 and one
// for each address with an entry or a problem.
std::size_t use_damaged(const std::string& path) {
    const WithoutLeakCheck no_check;
    GeoDatabases geo;
    if (const auto opened = geo.open(path); !opened) {
        CHECK(opened.error().text.starts_with(path + ": "));
        CHECK(opened.error().text.contains("; "));
        return 0;
    }
    std::size_t answers = 1;
    for (const char* address :
         {"2001:db8:51::1", "2001:db8:5310::1", "203.0.113.7", "203.0.113.***", "198.51.100.1",
          "192.0.2.1", "3fff:1::1", "::", "255.255.255.255"}) {
        const GeoEntry entry = geo.entry_of(text::parse_address(address));
        CHECK(entry.country.size() <= 2);
        CHECK(entry.network.size() <= 111);
        answers += entry.country.empty() && entry.network.empty() && entry.problem.empty() ? 0 : 1;
    }
    return answers;
}

}  // namespace

TEST_CASE("geo databases: IPv6, IPv4 and IPv4 written as IPv6") {
    const auto geo = databases({"city.mmdb", "asn.mmdb"});
    CHECK(geo.have_countries());
    CHECK(geo.have_networks());
    CHECK(entry_in_words(geo, "2001:db8:51::1") == "NL, AS64500 Example Hosting");
    CHECK(entry_in_words(geo, "2001:db8:5310::1") == "RO, AS4200000000 Example Residential, Inc.");
    CHECK(entry_in_words(geo, "203.0.113.7") == "DE, AS64501 Example Cloud, Inc.");
    CHECK(entry_in_words(geo, "203.0.113.200") == "FR, AS64501 Example Cloud, Inc.");
    CHECK(entry_in_words(geo, "::ffff:203.0.113.200") == "FR, AS64501 Example Cloud, Inc.");
}

TEST_CASE("geo databases: addresses that they do not know") {
    const auto geo = databases({"city.mmdb", "asn.mmdb"});
    for (const char* address :
         {"10.1.2.3", "fd00::1", "8.8.8.8", "2001:db8:52::1", "nobody", "", "127.0.0.1", "::1"}) {
        CHECK_MESSAGE(entry_in_words(geo, address) == ", ", address);
    }
    const GeoDatabases none;
    CHECK_FALSE(none.have_countries());
    CHECK_FALSE(none.have_networks());
    CHECK(entry_in_words(none, "203.0.113.7") == ", ");
}

TEST_CASE("geo databases: a masked address has an entry if its whole network has the same") {
    const auto geo = databases({"city.mmdb", "asn.mmdb"});
    CHECK(entry_in_words(geo, "203.0.113.***") == ", AS64501 Example Cloud, Inc.");
    CHECK(entry_in_words(geo, "198.51.100.***") == "US, AS64502");
    CHECK(entry_in_words(databases({"flat.mmdb"}), "203.0.113.***") ==
          "DE, AS64501 Example Cloud, Inc.");
}

TEST_CASE("geo databases: countries that an entry names in another way, or not at all") {
    const auto geo = databases({"city.mmdb"});
    CHECK_FALSE(geo.have_networks());
    CHECK(entry_in_words(geo, "198.51.100.1") == "US, ");  // the registered country, in upper case
    CHECK(entry_in_words(geo, "192.0.2.1") == ", ");       // a continent
    CHECK(entry_in_words(geo, "192.0.2.200") == ", ");     // ZZ
    CHECK(entry_in_words(geo, "3fff:1::1") == ", ");       // not a code
}

TEST_CASE("geo databases: networks without a number or a name, and hostile names") {
    const auto geo = databases({"asn.mmdb"});
    CHECK_FALSE(geo.have_countries());
    CHECK(entry_in_words(geo, "198.51.100.1") == ", AS64502");
    CHECK(entry_in_words(geo, "3fff:2::1") == ", Nobody's Number");
    CHECK(geo.entry_of(text::parse_address("3fff:1::1")).network ==
          "AS64503 .[2JEvil. .Host\u202E " + std::string(80, 'x'));
}

TEST_CASE("geo databases: the entries of other vendors") {
    const auto flat = databases({"flat.mmdb"});
    CHECK(entry_in_words(flat, "203.0.113.7") == "DE, AS64501 Example Cloud, Inc.");
    CHECK(entry_in_words(flat, "198.51.100.1") == ", Not a number");
    CHECK(entry_in_words(flat, "::ffff:203.0.113.7") == "DE, AS64501 Example Cloud, Inc.");
    CHECK(entry_in_words(flat, "2001:db8:51::1") == ", ");  // it has IPv4 addresses only
    CHECK(entry_in_words(databases({"enterprise.mmdb"}), "2001:db8::1") ==
          "SE, AS64504 Example Telco");
}

TEST_CASE("geo databases: the first database that knows an address wins") {
    CHECK(entry_in_words(databases({"city.mmdb", "enterprise.mmdb"}), "2001:db8:51::1") ==
          "NL, AS64504 Example Telco");
    CHECK(entry_in_words(databases({"enterprise.mmdb", "city.mmdb"}), "2001:db8:51::1") ==
          "SE, AS64504 Example Telco");
}

TEST_CASE("geo databases: a copy uses the same files") {
    GeoDatabases copy;
    {
        const auto geo = databases({"city.mmdb"});
        copy = geo;
    }
    CHECK(entry_in_words(copy, "2001:db8:51::1") == "NL, ");
}

TEST_CASE("geo databases: errors say what is wrong, and what would be right") {
    const scan::TemporaryFolder folder;
    const std::string right =
        "; name a database of countries, cities or autonomous systems in the MaxMind DB format "
        "(.mmdb)";
    const auto written = [&](const std::string& bytes) {
        return problem_of_file(folder.write("file.mmdb", bytes));
    };
    CHECK(problem_of_file((folder.path() / "none.mmdb").string()) ==
          "cannot be read: No such file or directory" + right);
    CHECK(problem_of_file(folder.path().string()) == "is a folder" + right);
    const std::string pipe = folder.path() / "pipe";
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    CHECK(problem_of_file(pipe) == "is not a regular file, which can be mapped" + right);
    const std::string no_database = "is not a MaxMind DB file, or has lost its end" + right;
    CHECK(written("") == no_database);
    CHECK(written("cidr,label\n") == no_database);
    CHECK(written("\x1F\x8B\x08\x00") ==
          "is compressed with gzip; unpack it, and name the .mmdb file");
    CHECK(problem_of_file(database_path("domain.mmdb")) ==
          "has the type \"Example-Domain\", and its entries have no country and no autonomous "
          "system" +
              right);

    std::string bytes = database_bytes("city.mmdb");
    const auto metadata = bytes.find("MaxMind.com") + 11;
    CHECK(written(bytes.substr(0, metadata)) == "has lost its end; get the file again");
    CHECK(written(bytes.substr(0, metadata + 40)).starts_with("is damaged: "));
    std::string newer = bytes;
    newer[newer.find("binary_format_major_version") + 28] = 3;
    CHECK(written(newer) == "has a version of the MaxMind DB format other than 2" + right);
    // A tree that is larger than the file, by a number whose size in 32 bits fits.
    std::string large = bytes;
    const auto count = large.find("node_count") + 10;
    REQUIRE(large[count] == '\xC1');
    large.replace(count, 2, std::string("\xC4\x2A\xAA\xAA\xAB", 5));
    CHECK(written(large).starts_with("is damaged: "));
}

TEST_CASE("geo databases: a damaged entry that opening did not meet is a problem") {
    const scan::TemporaryFolder folder;
    std::string bytes = database_bytes("enterprise.mmdb");
    const auto name = bytes.find("Example Later");
    REQUIRE(name != std::string::npos);
    bytes[name - 1] = '\x5F';  // the text would end after the file
    const std::string path = folder.write("file.mmdb", bytes);
    GeoDatabases geo;
    REQUIRE(geo.open(path));
    REQUIRE(geo.open(database_path("asn.mmdb")));
    CHECK(entry_in_words(geo, "2001:db8::1") == "SE, AS64504 Example Telco");
    const GeoEntry entry = geo.entry_of(text::parse_address("3fff::1"));
    CHECK(entry.country == "NO");
    CHECK(entry.network == "AS64506");
    CHECK(entry.problem.starts_with(path + ": is damaged: "));
    CHECK(entry.problem.ends_with("; get the file again"));
}

TEST_CASE("geo databases: no damage crashes the program") {
    const scan::TemporaryFolder folder;
    const std::string path = folder.path() / "damaged.mmdb";
    const auto use = [&](const std::string& bytes) {
        folder.write("damaged.mmdb", bytes);
        return use_damaged(path);
    };
    for (const char* name : {"city.mmdb", "asn.mmdb", "flat.mmdb", "enterprise.mmdb"}) {
        const std::string bytes = database_bytes(name);
        std::size_t unusable = 0;
        for (std::size_t at = 0; at < bytes.size(); ++at) {
            for (const unsigned mask : {0xFFU, 0x20U, 0x01U}) {
                std::string damaged = bytes;
                damaged[at] = static_cast<char>(static_cast<unsigned char>(damaged[at]) ^ mask);
                unusable += use(damaged) == 0 ? 1U : 0U;
            }
        }
        CHECK(unusable > 100);
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            CHECK(use(bytes.substr(0, size)) == 0);
        }
        // Metadata that ends with a page of memory.
        const auto metadata = bytes.find("MaxMind.com") + 11;
        for (std::size_t kept = 0; kept < 40; ++kept) {
            const std::string end = bytes.substr(0, metadata + kept);
            CHECK(use(std::string(4096 - end.size() % 4096, '\0') + end) == 0);
        }
    }
}
