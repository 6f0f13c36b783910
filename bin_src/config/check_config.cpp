#include "config/check_config.hpp"

#include <boost/program_options.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "config/arguments.hpp"
#include "detect/hunt/evidence/words.hpp"

namespace cloudhijack::config {
namespace {

namespace po = boost::program_options;

constexpr std::string_view k_check_config_usage =
    "usage: cloudhijack check-config [--terms] [--settings FILE] [FILE]";

/// The arguments of `cloudhijack check-config`.
struct ConfigCheck {
    std::string file;      ///< empty for the installed configuration
    std::string settings;  ///< a settings lookup; empty for none
    bool only_terms = false;
};

Result<ConfigCheck> read_config_check(std::span<const std::string> arguments) {
    po::options_description options;
    options.add_options()("help,h", "")("terms", "")("settings", po::value<std::string>())(
        "file", po::value<std::string>());
    const auto given =
        parse_arguments(arguments, options, po::positional_options_description().add("file", 1));
    ConfigCheck check;
    if (given && given->contains("file")) check.file = (*given)["file"].as<std::string>();
    if (given && given->contains("settings")) {
        check.settings = (*given)["settings"].as<std::string>();
    }
    if (!given || check.file.starts_with('-')) return failure(std::string(k_check_config_usage));
    check.only_terms = given->contains("terms");
    return check;
}

// A token of the index as a search must write it: Splunk splits a token at minor breakers unless it
// is inside TERM().
std::string search_term(const std::string& token) {
    constexpr std::string_view minor_breakers = "/:=@.-$#%\\_";
    const bool is_cut = token.find_first_of(minor_breakers) != std::string::npos;
    return is_cut ? "TERM(" + token + ')' : token;
}

std::string token_of(const log::LogSet& logs, const rules::CatalogueCall& call) {
    for (const auto& member : logs.members()) {
        const log::Log& log = *member.log;
        if (log.can_show(call.source) && log.index_token != nullptr) {
            return log.index_token(call.name);
        }
    }
    return call.name;
}

// The search terms of the macro cloudhijack_events: for each call the token that the index has of
// it, mostly its name. Each is a single token of the index in every form of a record, so the search
// finds every event that counts.
std::string macro_terms(const Setup& setup) {
    std::set<std::string> terms;
    for (const rules::Service& service : setup.catalogue.services()) {
        for (const auto& calls : service.calls) {
            for (const rules::CatalogueCall& call : calls) {
                terms.insert(search_term(token_of(*setup.logs, call)));
            }
        }
    }
    std::string text;
    for (const std::string& term : terms) text += (text.empty() ? "(" : " OR ") + term;
    return text + ')';
}

std::string in_words(const rules::Catalogue& catalogue) {
    std::string text;
    const auto services = catalogue.services();
    for (std::size_t i = 0; i < services.size(); ++i) {
        text += "service " + services[i].id + ": " + services[i].label + ", threshold " +
                std::to_string(services[i].threshold) + ", " +
                detect::counted(catalogue.call_count(i), "call") + '\n';
    }
    return text + "catalogue " + catalogue.fingerprint() +
           ": fingerprint of the calls and their phases; it must be the same on a search head "
           "and all its peers\n";
}

}  // namespace

std::expected<std::string, Messages> check_config(std::span<const std::string> arguments) {
    if (asks_for_help(arguments)) return std::string(k_check_config_usage) + '\n';
    const auto check = read_config_check(arguments);
    if (!check) return std::unexpected(Messages{check.error().text});
    const auto setup = without_mistakes(read_setup_of(check->file, check->settings));
    if (!setup) return std::unexpected(setup.error());
    const LookupProblems& problems = setup->settings_problems;
    if (!problems.unread.empty()) return std::unexpected(problems.unread);
    if (!problems.bad_lines.empty()) return std::unexpected(problems.bad_lines);

    const std::string terms = macro_terms(*setup);
    if (check->only_terms) return terms + '\n';
    std::string text = in_words(setup->catalogue);
    if (terms != macro_terms(read_built_in_setup())) {
        text +=
            "\nThese calls differ from those that the app's macro searches for. Change the "
            "macro in Settings > Advanced search > Search macros, or in local/macros.conf:\n\n"
            "[cloudhijack_events]\ndefinition = `cloudhijack_index` " +
            terms + " | fields _time, _raw\n";
    }
    return text;
}

}  // namespace cloudhijack::config
