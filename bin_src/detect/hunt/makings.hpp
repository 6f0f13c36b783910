#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "log/principal.hpp"

namespace cloudhijack::detect {

class Behaviour;

/// A successful call by which a principal made another one, or gave it a credential.
struct MakingCall {
    std::int64_t second = 0;
    std::string child_key;   ///< log::actor_key() of the one that was made
    std::string child_name;  ///< its name if it has no path
    bool is_from_known_source = false;
};

/// When a principal was first made in a range, in seconds since 1970.
struct FirstMakings {
    std::optional<std::int64_t> any;
    std::optional<std::int64_t> from_unknown_source;
};

/// How the users and roles of a range came to be.
class MakingIndex {
  public:
    void add(std::string_view account, const MakingCall& making);

    /// Of the same account and log::actor_key(); valid as long as the index.
    [[nodiscard]] const FirstMakings& of(const log::Principal& child) const;

  private:
    std::map<std::pair<std::string, std::string>, FirstMakings> makings_;
};

/// Those of a principal, in order of time. A call about the caller itself is not one.
std::vector<MakingCall> makings_of(const Behaviour& maker);

}  // namespace cloudhijack::detect
