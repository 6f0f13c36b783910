#include "config/geo_files.hpp"

#include <array>
#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include "config/lookup_file.hpp"
#include "rules/geo_databases.hpp"

namespace cloudhijack::config {
namespace {

/// Splunk brings the first one; admins can put the second one beside it.
constexpr std::array k_files_of_splunk = {"GeoLite2-City.mmdb", "GeoLite2-ASN.mmdb"};

// The databases of the Splunk in whose etc/apps/<app>/lookups the folder is.
std::vector<std::string> files_of_splunk(const std::filesystem::path& lookups) {
    const auto splunk = lookups.parent_path().parent_path().parent_path().parent_path();
    std::vector<std::string> files;
    for (const char* name : k_files_of_splunk) {
        std::string path = lookup_path(splunk / "share", name);
        if (!path.empty()) files.push_back(std::move(path));
    }
    return files;
}

}  // namespace

void open_geo_files(const std::string& folder, Config& config, LookupProblems& problems) {
    const bool is_search = !folder.empty();
    rules::GeoDatabases geo;
    auto& unusable = is_search ? problems.bad_values : problems.unread;
    for (const std::string& path : is_search ? files_of_splunk(folder) : config.geoip_files) {
        if (const auto opened = geo.open(path); !opened) unusable.push_back(opened.error().text);
    }
    config.hunt.geo = std::make_shared<const rules::GeoDatabases>(std::move(geo));
}

}  // namespace cloudhijack::config
