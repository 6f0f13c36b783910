#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "counting/interner.hpp"
#include "detect/hunt/member.hpp"
#include "detect/hunt/principal_activity.hpp"
#include "rules/catalogue.hpp"
#include "rules/hunt_rules.hpp"

namespace cloudhijack::detect {

/// Calls of the same kind: within one second, or, in an hour with more calls than are kept exactly,
/// within one minute.
struct Calls {
    std::int64_t minute = 0;       ///< since 1970
    counting::MinuteBits seconds;  ///< the seconds of the minute with such calls
    std::size_t service = 0;
    std::uint16_t call = 0;
    rules::PhaseSet phases;
    log::Outcome outcome = log::Outcome::ok;
    std::string_view region;  ///< empty: no region
    const Member* by = nullptr;
    std::uint64_t count = 0;
    std::uint64_t messages = 0;

    /// The first second, since 1970.
    [[nodiscard]] std::int64_t first() const;
    /// The last second.
    [[nodiscard]] std::int64_t last() const;
    /// The first second, since 1970, at or after a given one.
    [[nodiscard]] std::optional<std::int64_t> first_from(std::int64_t second) const;

    [[nodiscard]] bool is(rules::Phase phase) const { return phases.has(phase); }
    [[nodiscard]] bool is_ok() const { return outcome == log::Outcome::ok; }
    /// Whether the caller's service calls in this phase are routine for it.
    [[nodiscard]] bool are_routine(rules::Phase phase) const {
        return by->is_routine(service, phase);
    }
};

/// Calls of the same kind about one subject, by one member.
struct SubjectCalls {
    const Member* by = nullptr;
    std::string_view text;
    const Subjects::CallKind* kind = nullptr;
    const counting::Seconds* seconds = nullptr;

    [[nodiscard]] bool is_ok() const { return kind->is_ok(); }
    [[nodiscard]] bool are_routine(rules::Phase phase) const {
        return by->is_routine(kind->service, phase);
    }
};

/// The usage of the calls and notes of one minute and model, regardless of the caller.
struct MinuteSpend {
    std::int64_t minute = 0;  ///< since 1970
    std::size_t service = 0;
    std::string_view model;  ///< empty: no model is named
    bool is_success = true;  ///< true for calls that succeeded, and for notes
    rules::SpendSum spent;
    std::optional<rules::Cost> cost;  ///< nullopt: the model has no price

    [[nodiscard]] auto key() const { return std::tuple(minute, service, model, is_success); }
};

/// Calls of the same kind by one member: the unit that evidence refers to.
struct CallKey {
    std::size_t member = 0;  ///< index among the members
    PrincipalActivity::ShownKey calls;

    auto operator<=>(const CallKey&) const = default;
};

/// An amount of one service by hours, such as its messages. It answers which amount was normal by a
/// given time.
class UseHistory {
  public:
    /// Hours must be added in order.
    void add(std::int64_t hour, std::uint64_t amount);

    /// The largest amount of the UTC hours that ended 12 h or more before a second; nullopt if
    /// there are none.
    [[nodiscard]] std::optional<std::uint64_t> peak_before(std::int64_t second) const;

  private:
    struct Hour {
        std::int64_t number = 0;  ///< since 1970
        std::uint64_t amount = 0;
        std::uint64_t peak = 0;  ///< of this hour and those before it
    };

    std::vector<Hour> hours_;
};

/// The behaviour of a principal, or of several that act together, as the evidence rules see it: the
/// content of their activities, without repeats and in order of time. Views point into the
/// activities, the catalogue and the region names.
class Behaviour {
  public:
    /// `head` is the index of the member that a row is named after.
    Behaviour(const rules::Catalogue& catalogue, const counting::Interner& labels,
              const rules::HuntRules& rules, std::span<const Member::Basis> parts,
              std::size_t head = 0);

    Behaviour(const Behaviour&) = delete;  // the calls of a copy would point into the original
    Behaviour& operator=(const Behaviour&) = delete;
    Behaviour(Behaviour&&) = default;
    Behaviour& operator=(Behaviour&&) = default;
    ~Behaviour() = default;

    /// The same members with reduced activities, one for each, and with their whole history.
    [[nodiscard]] Behaviour with(std::span<const PrincipalActivity> less) const;

    [[nodiscard]] std::span<const Member> members() const { return members_; }
    [[nodiscard]] const Member& head() const { return members_[head_]; }
    [[nodiscard]] bool is_campaign() const { return members_.size() > 1; }
    [[nodiscard]] bool is_one_actor() const { return head().principal().one_actor; }
    /// Whether its sources are meaningful: they belong to one actor, or to the holders of one key.
    [[nodiscard]] bool has_sources() const {
        return is_one_actor() || log::is_key_principal(head().principal().name);
    }
    [[nodiscard]] const rules::Catalogue& catalogue() const { return *catalogue_; }
    [[nodiscard]] const counting::Interner& labels() const { return *labels_; }
    [[nodiscard]] const rules::HuntRules& rules() const { return *rules_; }

    /// In order of their first second; calls of one second are in a fixed order. Calls that the
    /// provider's services made for the members are not included, nor are notes.
    [[nodiscard]] const std::vector<Calls>& calls() const { return calls_; }
    /// Use by the provider's services on behalf of the members, in the same order.
    [[nodiscard]] const std::vector<Calls>& calls_by_provider() const { return calls_by_provider_; }
    /// Records that add to calls counted elsewhere, in the same order.
    [[nodiscard]] const std::vector<Calls>& notes() const { return notes_; }
    /// The usage of all of these calls, sorted by key().
    [[nodiscard]] const std::vector<MinuteSpend>& spends() const { return spends_; }
    /// The successful use of a service, regardless of the caller, in order of the first second.
    [[nodiscard]] const std::vector<const Calls*>& uses(std::size_t service) const {
        return uses_[service];
    }
    /// The subjects of the calls, member by member.
    [[nodiscard]] const std::vector<SubjectCalls>& subjects() const { return subjects_; }
    /// The values of a trait that any member showed.
    [[nodiscard]] const counting::BoundedSet& trait(Trait trait) const;
    [[nodiscard]] bool has_long_term_key() const;
    [[nodiscard]] bool has_bearer_key() const;

    /// The name of a member in texts about a campaign: the shortest kind of name that distinguishes
    /// the members.
    [[nodiscard]] const std::string& name_of(const Member& member) const {
        return names_[member.index()];
    }
    [[nodiscard]] std::string_view name_of(const Calls& calls) const {
        return catalogue_->call_name(calls.service, calls.call);
    }
    [[nodiscard]] std::string_view name_of(const SubjectCalls& calls) const {
        return catalogue_->call_name(calls.kind->service, calls.kind->call);
    }
    [[nodiscard]] std::string_view label_of(std::size_t service) const {
        return catalogue_->services()[service].label;
    }
    [[nodiscard]] std::size_t service_count() const { return catalogue_->services().size(); }

    /// The number of messages of a service in 60 minutes that is not above the threshold at a given
    /// second: the service's threshold, plus the amounts that exceptions of members allow beyond
    /// it. nullopt: any number is allowed; in a campaign no single member can allow that.
    [[nodiscard]] std::optional<std::uint64_t> threshold(std::size_t service,
                                                         std::int64_t second) const;

    /// The normal activity of the members in the service by a given second, from the baseline and
    /// from the range itself: the messages of the busiest hour, summed over several members; 0 if
    /// the baseline knows the account but not their use of the service; nullopt if neither knows
    /// anything.
    [[nodiscard]] std::optional<std::uint64_t> usual_peak(std::size_t service,
                                                          std::int64_t second) const;
    /// The same, from the range alone.
    [[nodiscard]] std::optional<std::uint64_t> peak_in_range(std::size_t service,
                                                             std::int64_t second) const {
        return history_[service].peak_before(second);
    }
    /// The same, for the cost of an hour in the range.
    [[nodiscard]] std::optional<rules::Cost> peak_cost_in_range(std::size_t service,
                                                                std::int64_t second) const {
        return cost_history_[service].peak_before(second);
    }
    /// Whether the baseline knows the account of a member at a given second.
    [[nodiscard]] bool is_known_account(std::int64_t second) const;

    /// Whether an hour had more calls than are kept one by one. Its counts are then per minute, and
    /// its repeats are estimated.
    [[nodiscard]] bool has_summed_hours() const { return has_summed_hours_; }
    /// Whether an hour had calls in more regions than are kept; those in other regions have none.
    [[nodiscard]] bool are_regions_cut() const { return are_regions_cut_; }
    /// Whether a member's calls were about more subjects than are kept.
    [[nodiscard]] bool are_subjects_cut() const;

  private:
    void take_calls(const Member& member);
    std::vector<Calls>& list_for(rules::PhaseSet phases, bool is_by_provider);
    void take_exact_hour(const Member& member, std::size_t service, std::int64_t hour,
                         const HourActivity& activity);
    void take_summed_hour(const Member& member, std::size_t service, std::int64_t hour,
                          const HourActivity& activity);
    void take_subjects(const Member& member);
    void add_spend(std::int64_t hour, std::size_t service, const HourActivity::SpendKey& key,
                   const rules::SpendSum& spent);
    void join_spends();
    void note_uses();

    const rules::Catalogue* catalogue_;
    const counting::Interner* labels_;
    const rules::HuntRules* rules_;
    std::size_t head_;
    std::vector<Member> members_;     ///< never changed, as calls point into it
    std::vector<std::string> names_;  ///< by member
    std::vector<Calls> calls_;
    std::vector<Calls> calls_by_provider_;
    std::vector<Calls> notes_;
    std::vector<MinuteSpend> spends_;
    std::vector<SubjectCalls> subjects_;
    std::vector<std::vector<const Calls*>> uses_;   ///< by service
    std::vector<UseHistory> history_;               ///< of messages, by service
    std::vector<UseHistory> cost_history_;          ///< by service
    PerTrait<counting::BoundedSet> joined_traits_;  ///< only used with several members
    bool has_summed_hours_ = false;
    bool are_regions_cut_ = false;
};

}  // namespace cloudhijack::detect
