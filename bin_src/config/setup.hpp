#pragma once

#include <expected>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "config/lookups.hpp"
#include "config/options.hpp"
#include "log/log_set.hpp"
#include "rules/catalogue.hpp"
#include "rules/conf_file.hpp"
#include "rules/prices.hpp"

namespace cloudhijack::config {

/// The configuration that the program has before it reads its arguments.
struct Setup {
    /// The logs whose records count; never null.
    const log::LogSet* logs = nullptr;
    rules::Catalogue catalogue;
    std::shared_ptr<const rules::EvidenceTable> evidence;
    std::shared_ptr<const rules::Prices> prices;
    std::vector<Option> options;           ///< with the default values from the conf files
    std::vector<rules::Mistake> mistakes;  ///< in conf files
    LookupProblems settings_problems;      ///< in the settings lookup
    std::string host;                      ///< this machine's name
    /// The folder of the app's lookup files, for a search; empty if there is no app.
    std::string lookups_folder;
    /// Why the location of the app is unknown; usually empty. It is one of the mistakes, too.
    std::string place_problem;

    /// The values of the options if no argument changes them. cloudhijack.conf is their only
    /// source.
    [[nodiscard]] Config default_config() const;
};

/// Reads layers of cloudhijack.conf, each of which overrides the previous ones. An error in a layer
/// is recorded as a mistake, and the value of the layer below stays. `logs` are the logs whose
/// records count.
Setup read_setup(std::span<const rules::ConfFile> layers,
                 const log::LogSet& logs = log::all_logs());

/// Reads a conf file; the error says why it cannot be read.
Result<rules::ConfFile> read_conf_file(const std::string& path);

/// The built-in cloudhijack.conf alone, which has no mistakes.
Setup read_built_in_setup();

/// The built-in catalogue, overridden by cloudhijack.conf in default/ and local/ of the app whose
/// bin/<machine>/ contains the executable, if there is one. (A search head cluster's deployer can
/// merge local/ into default/.) A file that cannot be read is a mistake, and so is an unknown
/// location of the program. A settings lookup overrides these files, if its path is not empty.
Setup read_installed_setup(const Result<std::filesystem::path>& program,
                           const std::string& settings_path = {});

/// The setup of a search: the installed one, with the app's settings lookup, if there is one. The
/// map phase counts the same with and without the lookup.
Setup read_search_setup();
Setup read_search_setup(const Result<std::filesystem::path>& program);

/// The setup for the command line: a conf file over the built-in one, or the installed setup if
/// `conf_path` is empty. A settings lookup overrides both, if its path is not empty. The error says
/// why the conf file cannot be read.
Result<Setup> read_setup_of(const std::string& conf_path, const std::string& settings_path = {});

/// Messages for the user, one line each.
using Messages = std::vector<std::string>;

/// A setup without mistakes, or the messages that describe them.
std::expected<Setup, Messages> without_mistakes(Result<Setup> setup);

}  // namespace cloudhijack::config
