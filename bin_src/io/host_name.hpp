#pragma once

#include <unistd.h>

#include <array>
#include <string>

namespace cloudhijack::io {

/// This machine's name; `unknown` where it cannot be told.
inline std::string host_name() {
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0 || name.front() == '\0') return "unknown";
    return name.data();
}

}  // namespace cloudhijack::io
