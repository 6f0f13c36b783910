#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cloudhijack::counting {

/// Distinct texts in bounded memory: all of them up to k_exact; beyond that the k_exact smallest
/// values of a fixed hash, from which the number of texts is estimated (standard error 3 %), and
/// the first k_shown texts in byte order. The content depends only on which texts were added, not
/// on their order or grouping.
class BoundedSet {
  public:
    static constexpr std::size_t k_exact = 1000;
    static constexpr std::size_t k_shown = 100;
    static constexpr std::size_t k_longest = 512;  ///< bytes of a text; the rest is cut off

    /// Ignores an empty text.
    void add(std::string_view text);
    void merge(const BoundedSet& other);
    /// Adds the hash of a text from a set that is_estimated(), which makes this set estimated, too.
    void add_sampled(std::uint64_t hash);

    [[nodiscard]] bool is_empty() const { return texts_.empty(); }
    [[nodiscard]] bool is_estimated() const { return !hashes_.empty(); }
    /// The number of distinct texts; an estimate if is_estimated().
    [[nodiscard]] std::uint64_t size() const;
    /// In byte order: all texts, or the first k_shown if is_estimated().
    [[nodiscard]] std::span<const std::string> texts() const { return texts_; }
    /// The smallest hashes, in ascending order; empty unless is_estimated().
    [[nodiscard]] std::span<const std::uint64_t> hashes() const { return hashes_; }
    /// The first texts in byte order, at most k_shown.
    [[nodiscard]] std::span<const std::string> shown() const;

  private:
    void add_hash(std::uint64_t hash);
    void keep_samples_only();

    std::vector<std::string> texts_;     ///< sorted
    std::vector<std::uint64_t> hashes_;  ///< sorted; empty as long as texts_ holds all texts
};

}  // namespace cloudhijack::counting
