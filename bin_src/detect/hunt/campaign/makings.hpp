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
    std::string child_key;   ///< log::actor_key() of the child
    std::string child_name;  ///< the child's name without a path
    PrincipalActivity::ShownKey call = {};
    log::Trust trust = log::Trust::none;  ///< of a role
    bool is_from_known_source = false;
    bool is_from_stranger = false;
    bool is_in_known_account = false;
    bool is_routine = false;  ///< the maker makes such calls regularly
    /// The child is anyone who has the key that was read; such a call always links.
    bool is_of_key = false;

    auto operator<=>(const MakingCall&) const = default;
};

/// The first makings of the users and roles in a range.
class MakingIndex {
  public:
    void add(std::string_view account, const MakingCall& making);

    /// By account and log::actor_key(); valid as long as the index.
    [[nodiscard]] const FirstMakings& of(const std::string& account,
                                         const std::string& child_key) const;

  private:
    std::map<std::pair<std::string, std::string>, FirstMakings> makings_;
};

/// Whether at least one making of a user or role is known at a given second, from the range or from
/// the last 30 days of the baseline, and all known makings came from known sources. `history` is
/// the account's; null: none.
bool is_vouched_for(const rules::History::AccountHistory* history, std::string_view actor_key,
                    const FirstMakings& in_range, std::int64_t second);

/// Whether an activity can contain makings or assumed roles.
bool is_about_principals(const PrincipalActivity& activity);

/// The makings by a principal, in order of time. A call about the caller itself is not one.
std::vector<MakingCall> makings_of(const rules::Catalogue& catalogue, const Member& maker);

}  // namespace cloudhijack::detect
