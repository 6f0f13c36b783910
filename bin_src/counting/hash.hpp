#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

namespace cloudhijack::counting {

/// XXH3 with 64 bits. It is the same on every machine and in every version, because samples that
/// two processes took with it must be comparable.
std::uint64_t hash_of(std::string_view bytes);

/// A hash that differs in each process, for tables of texts that attackers can choose.
std::uint64_t secret_hash_of(std::string_view bytes);

/// A hash of 128 bits: wide enough that texts with equal hashes are taken to be equal.
struct WideHash {
    std::uint64_t low = 0;
    std::uint64_t high = 0;

    auto operator<=>(const WideHash&) const = default;
};

/// 128 bits, also different in each process.
WideHash secret_wide_hash_of(std::string_view bytes);

/// XXH3 with 128 bits over bytes that come in pieces, the same on every machine and in every
/// version. It does not withstand people who look for two texts with the same hash.
class RunningHash {
  public:
    RunningHash();

    void add(std::string_view bytes);
    /// The hash of all bytes so far.
    [[nodiscard]] WideHash value() const;
    /// Begins again.
    void reset();

  private:
    struct Xxh3;
    struct Xxh3End {
        void operator()(Xxh3* hash) const;
    };

    std::unique_ptr<Xxh3, Xxh3End> hash_;
};

}  // namespace cloudhijack::counting
