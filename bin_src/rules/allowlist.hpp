#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "counting/hash.hpp"

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

/// The exceptions that users have listed. Lists can be long, and events choose the names, so only
/// exceptions that can match are tried: those for the name itself, and those whose pattern has its
/// window in the name. That is a text of up to 8 bytes from between its wildcards.
class Allowlist {
  public:
    /// The most exceptions that one window, and one name without a wildcard, can have. They bound
    /// the work for each byte of a name, whatever the length of the list.
    static constexpr std::size_t k_most_of_window = 50;
    static constexpr std::size_t k_most_of_name = 500;

    /// Adds an exception; one that differs from a previous one in its end only extends that one.
    /// False if its name, or each window of its pattern, has the most exceptions already: then it
    /// is ignored.
    bool add(Exception exception);

    /// The exceptions for a principal, in the order in which they were added. Valid until the next
    /// add().
    [[nodiscard]] Exceptions of(std::string_view principal) const;

  private:
    struct SecretHash {
        using is_transparent = void;  // NOLINT(readability-identifier-naming)
        std::size_t operator()(std::string_view text) const {
            return counting::secret_hash_of(text);
        }
    };

    using Numbers = std::vector<std::size_t>;  ///< of exceptions
    template <class T>
    using ByText = std::unordered_map<std::string, T, SecretHash, std::equal_to<>>;

    /// The exceptions with the same pattern.
    struct PatternExceptions {
        Numbers numbers;
        std::optional<std::string> window;  ///< nullopt if the pattern has no wildcard
    };

    [[nodiscard]] std::string rarest_window(std::string_view pattern) const;

    std::vector<Exception> exceptions_;
    ByText<PatternExceptions> patterns_;
    ByText<Numbers> windows_;  ///< the exceptions of the patterns that have each window
    std::set<std::size_t> window_sizes_;
};

/// Whether the whole text matches the pattern, in which `*` stands for any text, including none.
/// Costs at most one search for each literal part of the pattern, one after the other.
bool matches_wildcards(std::string_view pattern, std::string_view text);

/// The threshold that applies to the volume of a service's calls at a given second: the given one,
/// or a higher one that an exception allows. nullopt: any volume is allowed.
std::optional<std::uint64_t> allowed_volume(const Exceptions& exceptions, std::size_t service,
                                            std::int64_t second, std::uint64_t threshold);

}  // namespace cloudhijack::rules
