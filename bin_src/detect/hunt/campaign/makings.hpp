#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "detect/hunt/campaign/link.hpp"
#include "detect/hunt/member.hpp"
#include "log/call.hpp"
#include "rules/history.hpp"

namespace cloudhijack::detect {

/// A successful call by which a principal made another one, or gave it a credential.
struct MakingCall {
    std::int64_t second = 0;
    std::string child_key;   ///< log::actor_key() of the one that was made
    std::string child_name;  ///< its name if it has no path
    PrincipalActivity::ShownKey call = {};
    log::Trust trust = log::Trust::none;  ///< of a role
    bool is_from_known_source = false;
    bool is_from_stranger = false;
    bool is_in_known_account = false;
    bool is_routine = false;  ///< the maker does such things regularly
    bool is_of_key = false;  ///< the child is anyone who has the key that was read: it always links

    auto operator<=>(const MakingCall&) const = default;
};

/// How the users and roles of a range came to be.
class MakingIndex {
  public:
    void add(std::string_view account, const MakingCall& making);

    /// Of an account and a log::actor_key(); valid as long as the index.
    [[nodiscard]] const FirstMakings& of(const std::string& account,
                                         const std::string& child_key) const;

  private:
    std::map<std::pair<std::string, std::string>, FirstMakings> makings_;
};

/// Whether at least one making of a user or role is known at a time, in the range or in the
/// baseline of the last 30 days, and all that are known came from known sources. `history` is the
/// account's; null: none.
bool is_vouched_for(const rules::History::AccountHistory* history, std::string_view actor_key,
                    const FirstMakings& in_range, std::int64_t second);

/// Whether an activity can hold makings, or the taking on of roles.
bool is_about_principals(const PrincipalActivity& activity);

/// Those of a principal, in order of time. A call about the caller itself is not one.
std::vector<MakingCall> makings_of(const rules::Catalogue& catalogue, const Member& maker);

}  // namespace cloudhijack::detect
