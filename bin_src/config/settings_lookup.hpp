#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/lookups.hpp"
#include "rules/conf_file.hpp"

namespace cloudhijack::config {

/// The name of the settings lookup in the app's folder of lookups.
inline constexpr std::string_view k_settings_file = "cloudhijack_settings.csv";

/// The lines of a settings lookup as a layer of cloudhijack.conf.
struct SettingsLayer {
    /// Its mistakes are lines that are incomplete, or that only cloudhijack.conf may contain.
    rules::ConfFile conf;
    /// Ignored columns, or why the whole file does not count.
    LookupProblems problems;
};

/// Reads a settings lookup (`stanza`, `key`, `value`; `note` is for people). It accepts what only
/// the reduce phase uses, because indexers do not have the file: everything except the keys that
/// the catalogue's fingerprint covers. `below` are the layers that it overrides, which name the
/// services.
SettingsLayer read_settings_lookup(const std::string& path, std::span<const rules::ConfFile> below);

/// Moves the mistakes in the lines of a settings lookup to the problems with lookups, in the form
/// of other lookups: a message for each of the first, and the number of further ones.
void move_settings_mistakes(const std::string& path, std::vector<rules::Mistake>& mistakes,
                            LookupProblems& problems);

}  // namespace cloudhijack::config
