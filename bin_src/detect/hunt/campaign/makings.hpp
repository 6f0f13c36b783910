#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "counting/seconds.hpp"
#include "detect/hunt/campaign/link.hpp"
#include "detect/hunt/member.hpp"
#include "log/call.hpp"
#include "rules/history.hpp"

namespace cloudhijack::detect {

/// A successful call by which a principal made another one, or gave it a credential.
struct MakingCall {
    counting::SecondsOfMinute seconds;  ///< in which there were such calls
    std::string child_key;              ///< log::actor_key() of the child
    std::string child_name;             ///< the child's name without a path
    PrincipalActivity::ShownKey call = {};
    log::Trust trust = log::Trust::none;  ///< of a role
    bool is_from_known_source = false;
    bool is_from_stranger = false;
    bool is_in_known_account = false;
    bool is_routine = false;  ///< the maker makes such calls regularly
    /// The child is anyone who has the key that was read; such a call always links.
    bool is_of_key = false;

    /// All but the seconds.
    [[nodiscard]] auto kind() const {
        return std::tie(child_key, child_name, call, trust, is_from_known_source, is_from_stranger,
                        is_in_known_account, is_routine, is_of_key);
    }
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

/// Knows when a user or role is vouched for.
class Vouching {
  public:
    /// `history` is the account's; null: none. It and `in_range` must outlive the object.
    Vouching(const rules::History::AccountHistory* history, std::string_view actor_key,
             const FirstMakings& in_range);

    /// Whether at least one making is known at a given second, from the range or from the last 30
    /// days of the baseline, and all known makings came from known sources.
    [[nodiscard]] bool holds_at(std::int64_t second) const;
    /// The first of some seconds at which it does not hold.
    [[nodiscard]] std::optional<std::int64_t> first_without(
        const counting::SecondsOfMinute& seconds) const;

  private:
    const FirstMakings* in_range_;
    const rules::History::MakingTimes* times_ = nullptr;
};

/// Whether an activity can contain makings or assumed roles.
bool is_about_principals(const PrincipalActivity& activity);

/// The makings by a principal, in order of the minutes. A call about the caller itself is not one.
std::vector<MakingCall> makings_of(const rules::Catalogue& catalogue, const Member& maker);

}  // namespace cloudhijack::detect
