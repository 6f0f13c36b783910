#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "detect/hunt/behaviour.hpp"

// The members of a behaviour that use a service, and the words for their use.

namespace cloudhijack::detect {

/// The members that use a service in a period, both ends included, in their order.
std::vector<const Member*> users_of(const Behaviour& behaviour, std::size_t service,
                                    std::int64_t first, std::int64_t last);

/// The sum of the peaks of some users' peers, each family once: forty roles of one family do not
/// use forty times as much.
class PeersOfUsers {
  public:
    PeersOfUsers(std::size_t service, std::int64_t first, std::int64_t last)
        : service_(service), first_(first), last_(last) {}

    void add(const Member& user);
    /// nullopt if none of the users has peers.
    [[nodiscard]] const std::optional<rules::History::Peaks>& sum() const { return sum_; }

  private:
    std::size_t service_;
    std::int64_t first_;
    std::int64_t last_;
    std::set<std::pair<std::string_view, std::string>> families_;
    std::optional<rules::History::Peaks> sum_;
};

/// `12 messages in 3 successful calls of AWS SES`.
std::string uses_in_words(std::uint64_t calls, std::uint64_t messages, std::string_view label);

/// The successful uses of a service in a period, both ends included.
std::set<CallKey> uses_between(const Behaviour& behaviour, std::size_t service, std::int64_t first,
                               std::int64_t last);

}  // namespace cloudhijack::detect
