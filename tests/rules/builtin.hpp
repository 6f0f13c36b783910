#pragma once

#include <cstddef>
#include <string_view>

#include "config/setup.hpp"
#include "rules/catalogue.hpp"

namespace cloudhijack::rules {

/// The configuration that is built into the program.
inline const config::Setup& builtin_setup() {
    static const auto setup = config::read_built_in_setup();
    return setup;
}

inline const Catalogue& builtin_catalogue() { return builtin_setup().catalogue; }

/// The options' default values.
inline config::Config builtin_config() { return builtin_setup().default_config(); }

/// The index of a service of the built-in catalogue.
inline std::size_t service_index(std::string_view id) {
    std::size_t index = 0;
    while (builtin_catalogue().services()[index].id != id) ++index;
    return index;
}

}  // namespace cloudhijack::rules
