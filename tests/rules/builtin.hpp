#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "config/catalogue_reader.hpp"
#include "rules/catalogue.hpp"

namespace cloudhijack::rules {

/// What is built into the program.
inline const config::LoadedCatalogue& builtin() {
    static const auto loaded = config::load_catalogue(std::array{config::embedded_catalogue()});
    return loaded;
}

inline const Catalogue& builtin_catalogue() { return builtin().catalogue; }

/// The index of a service of the built-in catalogue.
inline std::size_t service_index(std::string_view id) {
    std::size_t index = 0;
    while (builtin_catalogue().services()[index].id != id) ++index;
    return index;
}

}  // namespace cloudhijack::rules
