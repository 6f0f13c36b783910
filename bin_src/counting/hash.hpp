#pragma once

#include <cstdint>
#include <string_view>

namespace cloudhijack::counting {

/// XXH3's 64 bits: the same on every machine and in every version, because what two processes have
/// sampled by it must be comparable.
std::uint64_t hash_of(std::string_view bytes);

/// Another one in each process, for tables that texts of attackers go into.
std::uint64_t secret_hash_of(std::string_view bytes);

/// 128 bits, another one in each process too: so many that texts are taken for equal where it is.
struct WideHash {
    std::uint64_t low = 0;
    std::uint64_t high = 0;

    bool operator==(const WideHash&) const = default;
};
WideHash secret_wide_hash_of(std::string_view bytes);

}  // namespace cloudhijack::counting
