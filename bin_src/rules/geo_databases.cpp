#include "rules/geo_databases.hpp"

#include <maxminddb.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>

#include "text/number.hpp"
#include "text/quote.hpp"
#include "text/trim.hpp"
#include "text/utf8.hpp"

// The library can look up a text, too, which it would give to getaddrinfo(). This program resolves
// no names, and glibc's resolver in a static program would load plug-ins of the machine's glibc, so
// the linker puts these functions in its place (--wrap in CMakeLists.txt).
// NOLINTBEGIN(bugprone-reserved-identifier,misc-use-internal-linkage,readability-identifier-naming)
extern "C" {
int __wrap_getaddrinfo(const char* /*node*/, const char* /*service*/, const addrinfo* /*hints*/,
                       addrinfo** found) {
    *found = nullptr;
    return EAI_FAIL;
}
void __wrap_freeaddrinfo(addrinfo* /*found*/) {}
}
// NOLINTEND(bugprone-reserved-identifier,misc-use-internal-linkage,readability-identifier-naming)

namespace cloudhijack::rules {
namespace {

using Family = text::Address::Family;

/// The keys that lead to a value in an entry, ended by a null pointer.
using KeyPath = std::array<const char*, 3>;

// The names that MaxMind and DB-IP use, followed by those of flat entries, such as IPinfo's.
constexpr std::array k_country_paths = {KeyPath{"country", "iso_code"},
                                        KeyPath{"registered_country", "iso_code"},
                                        KeyPath{"country_code"}};
constexpr std::array k_number_paths = {KeyPath{"autonomous_system_number"},
                                       KeyPath{"traits", "autonomous_system_number"},
                                       KeyPath{"asn"}};
constexpr std::array k_organisation_paths = {KeyPath{"autonomous_system_organization"},
                                             KeyPath{"traits", "autonomous_system_organization"},
                                             KeyPath{"as_name"}};

constexpr std::size_t k_longest_organisation = 100;

constexpr std::string_view k_right_file =
    "; name a database of countries, cities or autonomous systems in the MaxMind DB format (.mmdb)";
constexpr std::string_view k_fresh_file = "; get the file again";

/// The start of the metadata, which is in the last bytes of a file.
constexpr std::string_view k_metadata_marker = "\xAB\xCD\xEFMaxMind.com";
constexpr std::size_t k_longest_metadata = 131'072;
/// The library's checks of bounds only hold for metadata that is at least this long.
constexpr std::size_t k_shortest_metadata = 3;
constexpr std::uint64_t k_gap_after_tree = 16;

/// How many entries of a file show what it contains, and how many more are read if these have
/// neither countries nor networks.
constexpr std::size_t k_sampled_entries = 100;
constexpr std::size_t k_most_sampled_entries = 1000;
constexpr std::size_t k_most_sampled_nodes = 100'000;

/// The bits before an IPv4 address in a database of IPv6 addresses.
constexpr unsigned k_bits_before_v4 = 96;
constexpr unsigned k_known_bits_of_masked = 24;

// A text of the file, of which nobody knows who wrote it, as a name that can be shown.
std::string cleaned(std::string_view bytes) {
    std::string valid;
    text::append_valid_utf8(valid, bytes.substr(0, 2 * k_longest_organisation));
    std::string name = text::shown(valid, k_longest_organisation);
    // The control characters from U+0080 to U+009F.
    for (auto at = name.find('\xC2'); at != std::string::npos; at = name.find('\xC2', at + 1)) {
        if (static_cast<unsigned char>(name[at + 1]) < 0xA0U) name.replace(at, 2, ".");
    }
    return std::string(text::trimmed(name));
}

std::string_view text_of(const MMDB_entry_data_s& value) {
    if (value.type != MMDB_DATA_TYPE_UTF8_STRING) return {};
    return {value.utf8_string, value.data_size};
}

// A country's code in upper case; empty if the value is not one. ZZ is the code for no country.
std::string country_in(const MMDB_entry_data_s& value) {
    std::string code(text_of(value).substr(0, 3));
    for (char& c : code) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        if (c < 'A' || c > 'Z') return {};
    }
    return code.size() == 2 && code != "ZZ" ? code : std::string();
}

// The number of an autonomous system, from a number or a text such as `AS64500`; 0 if the value is
// neither.
std::uint64_t number_in(const MMDB_entry_data_s& value) {
    constexpr std::uint64_t largest = UINT32_MAX;
    std::uint64_t number = 0;
    if (value.type == MMDB_DATA_TYPE_UINT16) number = value.uint16;
    if (value.type == MMDB_DATA_TYPE_UINT32) number = value.uint32;
    if (value.type == MMDB_DATA_TYPE_UINT64) number = value.uint64;
    if (value.type == MMDB_DATA_TYPE_INT32 && value.int32 > 0) {
        number = static_cast<std::uint64_t>(value.int32);
    }
    const std::string_view text = text_of(value);
    if (text.starts_with("AS")) number = text::whole_number(text.substr(2), largest).value_or(0);
    return number <= largest ? number : 0;
}

Result<> check_status(int status) {
    if (status == MMDB_SUCCESS) return {};
    return failure("is damaged: " + std::string(MMDB_strerror(status)) + std::string(k_fresh_file));
}

/// Reads values of one entry. The first problem with it remains.
class EntryReader {
  public:
    explicit EntryReader(MMDB_entry_s entry) : entry_(entry) {}

    /// The first value at one of the paths that `read` does not turn into an empty one.
    template <class Read>
    auto first_of(std::span<const KeyPath> paths, const Read& read) {
        decltype(read(MMDB_entry_data_s{})) value{};
        for (const KeyPath& path : paths) {
            MMDB_entry_data_s data{};
            const int status = MMDB_aget_value(&entry_, &data, path.data());
            const bool is_absent = status == MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR ||
                                   status == MMDB_INVALID_LOOKUP_PATH_ERROR;
            if (!is_absent && status_ == MMDB_SUCCESS) status_ = status;
            if (status == MMDB_SUCCESS && data.has_data) value = read(data);
            if (value != decltype(value){}) break;
        }
        return value;
    }

    std::string country() { return first_of(k_country_paths, country_in); }

    std::string network() {
        const std::uint64_t number = first_of(k_number_paths, number_in);
        std::string organisation =
            first_of(k_organisation_paths,
                     [](const MMDB_entry_data_s& value) { return cleaned(text_of(value)); });
        if (number == 0) return organisation;
        return "AS" + std::to_string(number) + (organisation.empty() ? "" : ' ' + organisation);
    }

    [[nodiscard]] Result<> status() const { return check_status(status_); }

  private:
    MMDB_entry_s entry_;
    int status_ = MMDB_SUCCESS;
};

/// Looks at the start of a file and at its metadata before the library does, whose message is the
/// same for files of all other formats.
Result<> check_format(const std::string& path) {
    namespace fs = std::filesystem;
    std::error_code error;
    const auto status = fs::status(path, error);
    if (status.type() == fs::file_type::directory) {
        return failure("is a folder" + std::string(k_right_file));
    }
    if (fs::exists(status) && !fs::is_regular_file(status)) {
        return failure("is not a regular file, which can be mapped" + std::string(k_right_file));
    }
    const auto size = fs::file_size(path, error);
    std::ifstream file(path, std::ios::binary);
    if (error || !file) {
        if (!error) error.assign(errno, std::generic_category());
        return failure("cannot be read: " + error.message() + std::string(k_right_file));
    }
    std::array<char, 2> start{};
    file.read(start.data(), start.size());
    if (start[0] == '\x1F' && start[1] == '\x8B') {
        return failure("is compressed with gzip; unpack it, and name the .mmdb file");
    }
    std::string end(std::min<std::uintmax_t>(size, k_longest_metadata), '\0');
    file.clear();
    file.seekg(-static_cast<std::streamoff>(end.size()), std::ios::end);
    file.read(end.data(), static_cast<std::streamsize>(end.size()));
    const auto marker = end.rfind(k_metadata_marker);
    if (!file || marker == std::string::npos) {
        return failure("is not a MaxMind DB file, or has lost its end" + std::string(k_right_file));
    }
    if (end.size() - marker - k_metadata_marker.size() < k_shortest_metadata) {
        return failure("has lost its end" + std::string(k_fresh_file));
    }
    return {};
}

// The IPv4 address that an IPv6 address stands for: `::ffff:a.b.c.d`.
std::optional<text::Address> mapped_v4(const text::Address& address) {
    constexpr std::array<std::uint8_t, 12> prefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    if (address.family != Family::v6) return std::nullopt;
    if (!std::equal(prefix.begin(), prefix.end(), address.bytes.begin())) return std::nullopt;
    text::Address v4{.family = Family::v4, .bytes = {}};
    std::copy(address.bytes.begin() + prefix.size(), address.bytes.end(), v4.bytes.begin());
    return v4;
}

}  // namespace

struct GeoDatabases::Database {
    std::string path;
    MMDB_s file{};
    bool is_open = false;
    bool has_countries = false;
    bool has_networks = false;

    explicit Database(std::string named) : path(std::move(named)) {}
    Database(const Database&) = delete;
    Database(Database&&) = delete;
    Database& operator=(const Database&) = delete;
    Database& operator=(Database&&) = delete;
    ~Database() {
        if (is_open) MMDB_close(&file);
    }

    Result<> open() {
        if (auto fits = check_format(path); !fits) return fits;
        const int status = MMDB_open(path.c_str(), MMDB_MODE_MMAP, &file);
        if (status == MMDB_UNKNOWN_DATABASE_FORMAT_ERROR) {
            return failure("has a version of the MaxMind DB format other than 2" +
                           std::string(k_right_file));
        }
        if (auto opened = check_status(status); !opened) return opened;
        is_open = true;
        // The library computes the size of the tree with 32 bits.
        const std::uint64_t tree =
            std::uint64_t{file.metadata.node_count} * file.full_record_byte_size;
        if (std::cmp_greater(tree + k_gap_after_tree, file.file_size)) {
            return check_status(MMDB_INVALID_METADATA_ERROR);
        }
        return sample();
    }

    /// One of the two records of a node in the search tree.
    struct Side {
        std::uint8_t type;
        std::uint64_t record;
        MMDB_entry_s entry;
    };

    // Looks at the entry of a record that is not another node.
    Result<> sample(const Side& side) {
        if (side.type == MMDB_RECORD_TYPE_INVALID) {
            return check_status(MMDB_CORRUPT_SEARCH_TREE_ERROR);
        }
        if (side.type != MMDB_RECORD_TYPE_DATA) return {};
        EntryReader reader(side.entry);
        has_countries = has_countries || !reader.country().empty();
        has_networks = has_networks || !reader.network().empty();
        return reader.status();
    }

    // Finds out what the entries contain. The names of types are no help, as each vendor has its
    // own.
    Result<> sample() {
        std::vector<std::uint32_t> nodes = {0};
        std::size_t entries = 0;
        for (std::size_t i = 0; i < k_most_sampled_nodes && !nodes.empty(); ++i) {
            MMDB_search_node_s node{};
            const int status = MMDB_read_node(&file, nodes.back(), &node);
            nodes.pop_back();
            if (auto read = check_status(status); !read) return read;
            const std::array sides = {Side{.type = node.right_record_type,
                                           .record = node.right_record,
                                           .entry = node.right_record_entry},
                                      Side{.type = node.left_record_type,
                                           .record = node.left_record,
                                           .entry = node.left_record_entry}};
            for (const Side& side : sides) {
                if (side.type == MMDB_RECORD_TYPE_SEARCH_NODE) {
                    nodes.push_back(static_cast<std::uint32_t>(side.record));
                } else if (auto read = sample(side); !read) {
                    return read;
                }
                entries += side.type == MMDB_RECORD_TYPE_DATA ? 1 : 0;
            }
            const bool has_any = has_countries || has_networks;
            if (entries >= (has_any ? k_sampled_entries : k_most_sampled_entries)) break;
            if (has_countries && has_networks) break;
        }
        if (has_countries || has_networks) return {};
        return failure("has the type " + text::quoted(cleaned(file.metadata.database_type)) +
                       ", and its entries have no country and no autonomous system" +
                       std::string(k_right_file));
    }

    // Adds what this database knows to the entry.
    void look_up(const text::Address& address, GeoEntry& found) const {
        const bool is_v6 = address.family == Family::v6;
        const bool holds_v6 = file.metadata.ip_version != 4;
        if (is_v6 && !holds_v6) return;
        sockaddr_storage storage{};
        if (is_v6) {
            sockaddr_in6 socket{};
            socket.sin6_family = AF_INET6;
            std::memcpy(&socket.sin6_addr, address.bytes.data(), sizeof socket.sin6_addr);
            std::memcpy(&storage, &socket, sizeof socket);
        } else {
            sockaddr_in socket{};
            socket.sin_family = AF_INET;
            std::memcpy(&socket.sin_addr, address.bytes.data(), sizeof socket.sin_addr);
            std::memcpy(&storage, &socket, sizeof socket);
        }
        int status = MMDB_SUCCESS;
        const auto result =
            MMDB_lookup_sockaddr(&file, reinterpret_cast<const sockaddr*>(&storage), &status);
        Result<> read = check_status(status);
        const unsigned bits =
            result.netmask - std::min<unsigned>(result.netmask, holds_v6 ? k_bits_before_v4 : 0);
        const bool is_too_narrow =
            address.family == Family::masked && bits > k_known_bits_of_masked;
        if (read && result.found_entry && !is_too_narrow) {
            EntryReader reader(result.entry);
            if (found.country.empty()) found.country = reader.country();
            if (found.network.empty()) found.network = reader.network();
            read = reader.status();
        }
        if (!read && found.problem.empty()) found.problem = path + ": " + read.error().text;
    }
};

Result<> GeoDatabases::open(const std::string& path) {
    const auto database = std::make_shared<Database>(path);
    if (auto opened = database->open(); !opened) return failure(path + ": " + opened.error().text);
    databases_.push_back(database);
    return {};
}

bool GeoDatabases::have_countries() const {
    return std::ranges::any_of(databases_, [](const auto& one) { return one->has_countries; });
}

bool GeoDatabases::have_networks() const {
    return std::ranges::any_of(databases_, [](const auto& one) { return one->has_networks; });
}

GeoEntry GeoDatabases::entry_of(const text::Address& address) const {
    GeoEntry found;
    if (!address.is_there()) return found;
    const text::Address looked_up = mapped_v4(address).value_or(address);
    for (const auto& database : databases_) database->look_up(looked_up, found);
    return found;
}

}  // namespace cloudhijack::rules
