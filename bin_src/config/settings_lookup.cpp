#include "config/settings_lookup.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <optional>
#include <ranges>
#include <tuple>
#include <utility>
#include <vector>

#include "config/catalogue_reader.hpp"
#include "config/lookup_file.hpp"
#include "rules/catalogue.hpp"
#include "rules/phase.hpp"
#include "text/quote.hpp"
#include "text/trim.hpp"
#include "text/words.hpp"

namespace cloudhijack::config {
namespace {

constexpr std::size_t k_most_settings = 10'000;
constexpr std::size_t k_longest_name = 100;  ///< in messages, in bytes

namespace settings_column {
enum : std::size_t { stanza, key, value, note };
}

constexpr std::array k_settings_columns = {LookupColumn{.name = "stanza", .is_required = true},
                                           LookupColumn{.name = "key", .is_required = true},
                                           LookupColumn{.name = "value", .is_required = true},
                                           LookupColumn{.name = "note"}};

// The keys of a service that the catalogue's fingerprint does not cover.
constexpr std::array<std::string_view, 6> k_reduce_keys = {
    "threshold", "label", "category", "data_events", "never_logged", "response"};

bool decides_which_calls_count(std::string_view key) {
    return key == "source" || key == "disabled" ||
           std::ranges::find(rules::k_phase_names, key) != rules::k_phase_names.end();
}

// The ids of the services that the layers name.
std::vector<std::string> services_of(std::span<const rules::ConfFile> layers) {
    std::vector<std::string> ids;
    for (const rules::ConfFile& layer : layers) {
        for (const rules::Setting& setting : layer.settings) {
            const std::string& stanza = setting.place.stanza;
            if (!stanza.starts_with(k_service_prefix)) continue;
            std::string id = stanza.substr(k_service_prefix.size());
            if (std::ranges::find(ids, id) != ids.end()) continue;
            if (ids.size() == rules::k_most_services) return ids;
            ids.push_back(std::move(id));
        }
    }
    return ids;
}

// What is wrong with a line, apart from its value, which is checked with the other layers.
std::optional<std::string> mistake_in(const rules::ConfPlace& place,
                                      const std::vector<std::string>& services) {
    if (place.stanza.empty()) return "stanza is empty; write one such as service:ses";
    if (place.key.empty()) return "key is empty; write one such as threshold";
    if (place.stanza == "defaults" && (place.key == "input" || place.key == "mode")) {
        return "belongs to single searches; a default would end the searches that need another "
               "value";
    }
    if (place.stanza == "defaults" && place.key == "memory_limit") {
        return "protects the machine, so that only an admin may set it; set it in "
               "local/cloudhijack.conf";
    }
    if (!place.stanza.starts_with(k_service_prefix)) return std::nullopt;
    if (decides_which_calls_count(place.key)) {
        return "decides which calls count, also on the indexers, which do not read this file; set "
               "it in local/cloudhijack.conf";
    }
    if (std::ranges::find(k_reduce_keys, place.key) == k_reduce_keys.end()) {
        const std::vector<std::string> keys(k_reduce_keys.begin(), k_reduce_keys.end());
        return "unknown key; in this file a service has the keys " + text::joined(keys, ", ");
    }
    const std::string id = place.stanza.substr(k_service_prefix.size());
    if (std::ranges::find(services, id) != services.end()) return std::nullopt;
    return "unknown service; write one of " + text::joined(services, ", ") +
           ", or add the service in local/cloudhijack.conf";
}

// The name of a stanza; people may write it with its brackets.
std::string_view stanza_name(std::string_view text) {
    text = text::trimmed(text);
    const bool has_brackets = text.starts_with('[') && text.ends_with(']') && text.size() > 1;
    return has_brackets ? text::trimmed(text.substr(1, text.size() - 2)) : text;
}

Result<> read_settings(LookupFile& file, const std::string& path,
                       const std::vector<std::string>& services, rules::ConfFile& conf) {
    if (auto opened = file.open(); !opened) return opened;
    while (true) {
        const auto found = file.next();
        if (!found) return std::unexpected(found.error());
        if (!*found) return {};
        if (conf.settings.size() + conf.mistakes.size() == k_most_settings) {
            return failure(path + ": has more than " + std::to_string(k_most_settings) +
                           " rows, which is the limit; remove some");
        }
        rules::Setting setting{
            .place = {.file = path, .line = file.line_number(), .stanza = {}, .key = {}},
            .value = std::string(text::trimmed(file.cell(settings_column::value)))};
        setting.place.stanza = stanza_name(file.cell(settings_column::stanza));
        setting.place.key = text::trimmed(file.cell(settings_column::key));
        if (auto mistake = mistake_in(setting.place, services)) {
            conf.mistakes.push_back({.place = setting.place, .text = std::move(*mistake)});
        } else {
            conf.settings.push_back(std::move(setting));
        }
    }
}

std::string line_in_words(const rules::Mistake& mistake) {
    const auto& [file, line, stanza, key] = mistake.place;
    std::string text = file + ", line " + std::to_string(line) + ": ";
    if (!stanza.empty()) text += '[' + text::shown(stanza, k_longest_name) + "] ";
    if (!key.empty()) text += text::shown(key, k_longest_name) + ": ";
    return text + mistake.text + "; the line is ignored";
}

}  // namespace

SettingsLayer read_settings_lookup(const std::string& path,
                                   std::span<const rules::ConfFile> below) {
    SettingsLayer layer;
    LookupFile file(path, k_settings_columns);
    const auto read = read_settings(file, path, services_of(below), layer.conf);
    if (!read) {
        layer.conf = {};
        layer.problems.unread.push_back(read.error().text);
        return layer;
    }
    layer.problems.bad_lines = file.other_column_problems();
    return layer;
}

void move_settings_mistakes(const std::string& path, std::vector<rules::Mistake>& mistakes,
                            LookupProblems& problems) {
    const auto is_own = [&path](const rules::Mistake& one) { return one.place.file == path; };
    std::vector<rules::Mistake> own;
    std::ranges::copy_if(mistakes, std::back_inserter(own), is_own);
    std::erase_if(mistakes, is_own);
    std::ranges::sort(own, {}, [](const rules::Mistake& one) {
        return std::tie(one.place.line, one.place.stanza, one.place.key, one.text);
    });
    const auto shown = std::min(k_most_lookup_problems, own.size());
    for (const rules::Mistake& one : own | std::views::take(shown)) {
        problems.bad_lines.push_back(line_in_words(one));
    }
    if (own.size() > shown) {
        problems.bad_lines.push_back(path + ": " + std::to_string(own.size() - shown) +
                                     std::string(k_more_lines));
    }
}

}  // namespace cloudhijack::config
