#include "counting/hash.hpp"

#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace cloudhijack::counting {
namespace {

std::uint64_t find_seed() {
    std::uint64_t seed = 0;
    // Linux before 3.17 does not have this call. There the program's load address, which is random
    // too, has to serve.
    static const char here = 0;
    if (::getentropy(&seed, sizeof(seed)) != 0) seed = reinterpret_cast<std::uintptr_t>(&here);
    return seed;
}

std::uint64_t seed() {
    static const std::uint64_t seed = find_seed();
    return seed;
}

}  // namespace

std::uint64_t secret_hash_of(std::string_view bytes) {
    return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed());
}

WideHash secret_wide_hash_of(std::string_view bytes) {
    const XXH128_hash_t hash = XXH3_128bits_withSeed(bytes.data(), bytes.size(), seed());
    return {.low = hash.low64, .high = hash.high64};
}

std::uint64_t hash_of(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

struct RunningHash::Xxh3 {
    XXH3_state_t state;
};

void RunningHash::Xxh3End::operator()(Xxh3* hash) const { std::default_delete<Xxh3>()(hash); }

RunningHash::RunningHash() : hash_(new Xxh3) { reset(); }

void RunningHash::add(std::string_view bytes) {
    XXH3_128bits_update(&hash_->state, bytes.data(), bytes.size());
}

WideHash RunningHash::value() const {
    const XXH128_hash_t hash = XXH3_128bits_digest(&hash_->state);
    return {.low = hash.low64, .high = hash.high64};
}

void RunningHash::reset() { XXH3_128bits_reset(&hash_->state); }

}  // namespace cloudhijack::counting
