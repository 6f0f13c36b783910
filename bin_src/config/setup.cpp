#include "config/setup.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "config/catalogue_reader.hpp"
#include "config/installed_place.hpp"
#include "config/lookup_file.hpp"
#include "config/settings_lookup.hpp"
#include "io/whole_file.hpp"

namespace cloudhijack::config {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_largest_conf_file = std::size_t{4} * 1024 * 1024;

// This machine's name; `unknown` if it has none.
std::string host_name() {
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0 || name.front() == '\0') return "unknown";
    return name.data();
}

// The folder of the app that contains the program; empty if no app does.
fs::path app_of(const fs::path& program) {
    const fs::path bin = program.parent_path().parent_path();
    return bin.filename() == "bin" ? bin.parent_path() : fs::path();
}

// Reads layers of cloudhijack.conf and a settings lookup, if there is one, over them.
Setup read_layers(std::vector<rules::ConfFile> layers, const std::string& settings_path) {
    if (settings_path.empty()) return read_setup(layers);
    auto [conf, problems] = read_settings_lookup(settings_path, layers);
    layers.push_back(std::move(conf));
    Setup setup = read_setup(layers);
    move_settings_mistakes(settings_path, setup.mistakes, problems);
    setup.settings_problems = std::move(problems);
    return setup;
}

}  // namespace

Config Setup::default_config() const {
    Config config;
    config.volume.thresholds = rules::thresholds_of(catalogue);
    config.hunt.thresholds = config.volume.thresholds;
    config.hunt.evidence = evidence;
    config.hunt.prices = prices;
    config.volume.prices = prices;
    for (const Option& option : options) {
        if (option.default_value.empty()) continue;
        [[maybe_unused]] const auto set = set_value(option, option.default_value, config);
        assert(set);  // read_setup kept only values that the option accepts
    }
    return config;
}

Setup read_setup(std::span<const rules::ConfFile> layers, const log::LogSet& logs) {
    auto [catalogue, evidence, prices, defaults, mistakes] = load_catalogue(layers, logs);
    Setup setup{.logs = &logs,
                .catalogue = std::move(catalogue),
                .evidence = std::make_shared<const rules::EvidenceTable>(std::move(evidence)),
                .prices = std::make_shared<const rules::Prices>(std::move(prices)),
                .options = {},
                .mistakes = std::move(mistakes),
                .settings_problems = {},
                .host = host_name(),
                .lookups_folder = {},
                .place_problem = {}};
    setup.options = option_table(setup.catalogue);
    Config trial = setup.default_config();
    for (rules::Setting& setting : defaults) {
        const auto option = std::ranges::find(setup.options, setting.place.key, &Option::name);
        if (option == setup.options.end() || option->interface == Interface::shell) {
            setup.mistakes.push_back(
                {.place = setting.place,
                 .text = "unknown option; README/cloudhijack.conf.spec lists the options"});
        } else if (auto set = set_value(*option, setting.value, trial); !set) {
            setup.mistakes.push_back({.place = setting.place, .text = set.error()});
        } else {
            option->default_value = std::move(setting.value);
        }
    }
    return setup;
}

Result<rules::ConfFile> read_conf_file(const std::string& path) {
    const auto text = io::read_whole_file(path, k_largest_conf_file);
    if (!text) return std::unexpected(text.error());
    return rules::parse(path, *text);
}

Setup read_built_in_setup() { return read_setup(std::vector{embedded_catalogue()}); }

Setup read_installed_setup(const Result<fs::path>& program, const std::string& settings_path) {
    std::vector<rules::ConfFile> layers = {embedded_catalogue()};
    if (!program) {
        Setup setup = read_layers(std::move(layers), settings_path);
        setup.place_problem =
            "cannot find the folder in which cloudhijack is installed, so cloudhijack.conf and "
            "the lookup files were not read: " +
            program.error().text + "; mount /proc";
        setup.mistakes.push_back({.place = {}, .text = setup.place_problem});
        return setup;
    }
    const fs::path app = app_of(*program);
    if (app.empty()) return read_layers(std::move(layers), settings_path);
    for (const char* folder : {"default", "local"}) {
        const fs::path path = app / folder / "cloudhijack.conf";
        std::error_code error;
        // If the file may exist but status() fails, reading it gives the reason.
        if (fs::status(path, error).type() == fs::file_type::not_found) continue;
        auto file = read_conf_file(path);
        if (!file) {
            rules::ConfFile unreadable;
            unreadable.mistakes.push_back({.place = {}, .text = file.error().text});
            file = std::move(unreadable);
        }
        layers.push_back(std::move(*file));
    }
    Setup setup = read_layers(std::move(layers), settings_path);
    setup.lookups_folder = app / "lookups";
    return setup;
}

Setup read_search_setup(const Result<fs::path>& program) {
    const fs::path app = program ? app_of(*program) : fs::path();
    const std::string settings_path =
        app.empty() ? std::string() : lookup_path(app / "lookups", k_settings_file);
    return read_installed_setup(program, settings_path);
}

Setup read_search_setup() { return read_search_setup(find_program(sources_of_process())); }

Result<Setup> read_setup_of(const std::string& conf_path, const std::string& settings_path) {
    if (conf_path.empty()) {
        return read_installed_setup(find_program(sources_of_process()), settings_path);
    }
    auto file = read_conf_file(conf_path);
    if (!file) return std::unexpected(std::move(file.error()));
    return read_layers({embedded_catalogue(), std::move(*file)}, settings_path);
}

std::expected<Setup, Messages> without_mistakes(Result<Setup> setup) {
    if (!setup) return std::unexpected(Messages{std::move(setup.error().text)});
    if (setup->mistakes.empty()) return std::move(*setup);
    Messages messages;
    for (const rules::Mistake& mistake : setup->mistakes) messages.push_back(to_text(mistake));
    return std::unexpected(std::move(messages));
}

}  // namespace cloudhijack::config
