#pragma once

#include <cstdint>
#include <string_view>

namespace cloudhijack::counting {

/// XXH3 with 64 bits. It is the same on every machine and in every version, because samples that
/// two processes took with it must be comparable.
std::uint64_t hash_of(std::string_view bytes);

/// A hash that differs in each process, for tables of texts that attackers can choose.
std::uint64_t secret_hash_of(std::string_view bytes);

/// 128 bits, also different in each process: wide enough that texts with equal hashes are taken to
/// be equal.
struct WideHash {
    std::uint64_t low = 0;
    std::uint64_t high = 0;

    bool operator==(const WideHash&) const = default;
};
WideHash secret_wide_hash_of(std::string_view bytes);

}  // namespace cloudhijack::counting
