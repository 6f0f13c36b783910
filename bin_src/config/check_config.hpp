#pragma once

#include <expected>
#include <span>
#include <string>

#include "config/setup.hpp"

namespace cloudhijack::config {

/// `cloudhijack check-config [--terms] [--settings FILE] [FILE]`: checks the installed
/// cloudhijack.conf, or FILE over the built-in one, and a settings lookup over that. Returns the
/// text for standard output: the services, the catalogue and, if it must change, the app's macro.
/// With `--terms` the text is only the search terms of that macro.
std::expected<std::string, Messages> check_config(std::span<const std::string> arguments);

}  // namespace cloudhijack::config
