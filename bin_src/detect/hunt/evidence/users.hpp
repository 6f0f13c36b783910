#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "detect/hunt/behaviour.hpp"

// Who of a behaviour's members uses a service, and how evidence words it.

namespace cloudhijack::detect {

/// The members that use a service in a stretch of time, both ends included, in their order.
std::vector<const Member*> users_of(const Behaviour& behaviour, std::size_t service,
                                    std::int64_t first, std::int64_t last);

/// What the families of some users lend. Forty roles of one family do not use forty times as much.
class PeersOfUsers {
  public:
    PeersOfUsers(std::size_t service, std::int64_t first, std::int64_t last)
        : service_(service), first_(first), last_(last) {}

    void add(const Member& user);
    /// nullopt: none of them has peers.
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

/// The successful uses of a service in a stretch of time, both ends included.
std::set<CallKey> uses_between(const Behaviour& behaviour, std::size_t service, std::int64_t first,
                               std::int64_t last);

}  // namespace cloudhijack::detect
