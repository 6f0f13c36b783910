#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace cloudhijack::rules {

/// The evidence id under which an allowlist limits the volume of calls, in both modes.
inline constexpr std::string_view k_volume_evidence = "burst";

/// An exception from an allowlist: activity that is expected of some principals, and so not a
/// finding.
struct Exception {
    std::string principal;               ///< a pattern; see matches_wildcards()
    std::optional<std::size_t> service;  ///< index in the catalogue's services; nullopt: all
    bool is_for_all_evidence = false;
    std::set<std::string, std::less<>> evidence;  ///< rule ids, if it is not for all
    /// Up to this many messages or calls are expected, and more are a finding; nullopt: any number
    /// is expected. It limits only k_volume_evidence.
    std::optional<std::uint64_t> threshold;
    /// The first second, since 1970, at which it no longer holds.
    std::optional<std::int64_t> expires;

    [[nodiscard]] bool is_for(std::string_view id) const {
        return is_for_all_evidence || evidence.contains(id);
    }
    [[nodiscard]] bool is_for_service(std::size_t index) const {
        return !service || *service == index;
    }
    [[nodiscard]] bool holds_at(std::int64_t second) const { return !expires || second < *expires; }
};

using Exceptions = std::vector<const Exception*>;

/// The exceptions that users have listed.
class Allowlist {
  public:
    void add(Exception exception);

    /// The exceptions for a principal, in the order in which they were added. Valid until the next
    /// add().
    [[nodiscard]] Exceptions of(std::string_view principal) const;

  private:
    /// Exceptions by a literal part of their pattern, and the lengths that such parts have.
    struct Index {
        std::map<std::string, std::vector<std::size_t>, std::less<>> numbers;
        std::set<std::size_t> sizes;

        void add(std::string_view text, std::size_t number);
    };

    std::vector<Exception> exceptions_;
    Index whole_;      ///< patterns without a wildcard
    Index by_prefix_;  ///< by the text before the first wildcard
    Index by_suffix_;  ///< by the text after the last wildcard, if that is longer
};

/// Whether the whole text matches the pattern, in which `*` stands for any text, including none.
/// Costs at most one search for each literal part of the pattern, one after the other.
bool matches_wildcards(std::string_view pattern, std::string_view text);

/// The threshold that applies to the volume of a service's calls at a given second: the given one,
/// or a higher one that an exception allows. nullopt: any volume is allowed.
std::optional<std::uint64_t> allowed_volume(const Exceptions& exceptions, std::size_t service,
                                            std::int64_t second, std::uint64_t threshold);

}  // namespace cloudhijack::rules
