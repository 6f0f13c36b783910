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

/// What the volume of calls is called in an allowlist, in both modes.
inline constexpr std::string_view k_volume_evidence = "burst";

/// What is expected of some principals, and no finding.
struct Exception {
    std::string principal;               ///< a pattern; see matches_wildcards()
    std::optional<std::size_t> service;  ///< index in the catalogue's services; nullopt: all
    bool is_for_all_evidence = false;
    std::set<std::string, std::less<>> evidence;  ///< ids, where it is not for all
    /// So many messages or calls are expected, and more is a finding; nullopt: any number. It
    /// limits k_volume_evidence alone.
    std::optional<std::uint64_t> threshold;
    std::optional<std::int64_t> expires;  ///< the first second, since 1970, for which it is void

    [[nodiscard]] bool is_for(std::string_view id) const {
        return is_for_all_evidence || evidence.contains(id);
    }
    [[nodiscard]] bool is_for_service(std::size_t index) const {
        return !service || *service == index;
    }
    [[nodiscard]] bool holds_at(std::int64_t second) const { return !expires || second < *expires; }
};

using Exceptions = std::vector<const Exception*>;

/// The exceptions that users have made.
class Allowlist {
  public:
    void add(Exception exception);

    /// Those for a principal, in the order in which they were added. Valid until the next add().
    [[nodiscard]] Exceptions of(std::string_view principal) const;

  private:
    /// Exceptions by a text of their pattern, and how long such texts are.
    struct Index {
        std::map<std::string, std::vector<std::size_t>, std::less<>> numbers;
        std::set<std::size_t> sizes;

        void add(std::string_view text, std::size_t number);
    };

    std::vector<Exception> exceptions_;
    Index whole_;      ///< patterns without a wildcard
    Index by_prefix_;  ///< by what comes before the first wildcard
    Index by_suffix_;  ///< by what comes behind the last one, where that is longer
};

/// True where the whole text is as the pattern says, in which `*` stands for any text, even none.
/// Takes no longer than a search for each part of the pattern, one after the other.
bool matches_wildcards(std::string_view pattern, std::string_view text);

/// The threshold that counts for the volume of a service's calls at a time: the given one, or a
/// higher one that an exception allows. nullopt: any volume is allowed.
std::optional<std::uint64_t> allowed_volume(const Exceptions& exceptions, std::size_t service,
                                            std::int64_t second, std::uint64_t threshold);

}  // namespace cloudhijack::rules
