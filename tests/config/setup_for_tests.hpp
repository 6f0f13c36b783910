#pragma once

#include <array>
#include <string_view>

#include "config/catalogue_reader.hpp"
#include "config/setup.hpp"

namespace cloudhijack::config {

/// The built-in setup, overridden by the text of a conf file.
inline Setup setup_with(std::string_view conf_text = {},
                        const log::LogSet& logs = log::all_logs()) {
    return read_setup(
        std::array{embedded_catalogue(), rules::parse("local/cloudhijack.conf", conf_text)}, logs);
}

}  // namespace cloudhijack::config
