#pragma once

#include <expected>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "config/options.hpp"
#include "log/log_set.hpp"
#include "rules/catalogue.hpp"
#include "rules/conf_file.hpp"
#include "rules/prices.hpp"

namespace cloudhijack::config {

/// What the program goes by before it reads its arguments.
struct Setup {
    /// The logs whose records count; never null.
    const log::LogSet* logs = nullptr;
    rules::Catalogue catalogue;
    std::shared_ptr<const rules::EvidenceTable> evidence;
    std::shared_ptr<const rules::Prices> prices;
    std::vector<Option> options;  ///< with the default values that the conf files give
    std::vector<rules::Mistake> mistakes;
    std::string host;  ///< this machine's name
    /// Where the app's lookup files are, for a search; empty where there is no app.
    std::string lookups_folder;
    /// Why nobody knows where there is an app, which is a mistake too; mostly empty.
    std::string place_problem;

    /// The options' values if no argument says otherwise: what cloudhijack.conf gives, and nothing
    /// else does.
    [[nodiscard]] Config default_config() const;
};

/// Reads layers of cloudhijack.conf, each overriding those before it. What is wrong in one is a
/// mistake, and the value below it stays. `logs` are those whose records count.
Setup read_setup(std::span<const rules::ConfFile> layers,
                 const log::LogSet& logs = log::all_logs());

/// Reads a conf file; the error says why it cannot be read.
Result<rules::ConfFile> read_conf_file(const std::string& path);

/// The built-in cloudhijack.conf alone: it has no mistakes.
Setup read_built_in_setup();

/// The built-in catalogue under cloudhijack.conf in default/ and local/ of the app that the
/// executable lies in (bin/<machine>/ of it), where there is one. (A search head cluster's deployer
/// can merge local/ into default/.) A file that cannot be read is a mistake, and so is a program of
/// which nobody knows where it is.
Setup read_installed_setup();
Setup read_installed_setup(const Result<std::filesystem::path>& program);

/// What a shell asks for: a conf file over the built-in one, or the installed setup if the path is
/// empty. The error says why the file cannot be read.
Result<Setup> read_setup_of(const std::string& path);

/// Messages for the user, of one line each.
using Messages = std::vector<std::string>;

/// A setup without mistakes, or the messages that say what is wrong.
std::expected<Setup, Messages> without_mistakes(Result<Setup> setup);

}  // namespace cloudhijack::config
