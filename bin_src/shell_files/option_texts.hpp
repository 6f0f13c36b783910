#pragma once

#include <string>

#include "config/setup.hpp"

/// Generates the texts on options in the repository's files from the option table. Each text goes
/// between two markers in its file; tests/e2e/option_texts.py inserts it there.
namespace cloudhijack::shell_files {

/// The keys of [defaults] in README/cloudhijack.conf.spec. One entry describes the thresholds of
/// all services.
std::string options_for_spec(const config::Setup& setup);

/// The stanza's syntax and description in default/searchbnf.conf.
std::string options_for_search_assistant(const config::Setup& setup);

/// The table in README.md.
std::string options_for_readme(const config::Setup& setup);

}  // namespace cloudhijack::shell_files
