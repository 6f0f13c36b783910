#pragma once

#include <array>
#include <string_view>

#include "config/setup.hpp"

namespace cloudhijack {

/// The built-in setup, under a conf file's text.
inline command::Setup setup_with(std::string_view conf_text = {}) {
    return command::read_setup(
        std::array{detect::embedded_catalogue(), conf::parse("local/cloudhijack.conf", conf_text)});
}

}  // namespace cloudhijack
