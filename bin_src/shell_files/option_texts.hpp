#pragma once

#include <string>

#include "config/setup.hpp"

/// What files in the repository say of the options, made from the option table: each text goes
/// between two markers of its file. tests/e2e/option_texts.py puts them there.
namespace cloudhijack::shell_files {

/// The keys of [defaults] in README/cloudhijack.conf.spec. One entry stands for the thresholds of
/// all services.
std::string options_for_spec(const config::Setup& setup);

/// The stanza's syntax and description in default/searchbnf.conf.
std::string options_for_search_assistant(const config::Setup& setup);

/// The table in README.md.
std::string options_for_readme(const config::Setup& setup);

}  // namespace cloudhijack::shell_files
