#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

namespace cloudhijack {

/// Ends a fuzz run with a message if the condition is false; libFuzzer keeps the input.
inline void must(bool holds, const std::string& otherwise) {
    if (holds) return;
    std::fprintf(stderr, "%s\n", otherwise.c_str());
    std::abort();
}

}  // namespace cloudhijack
