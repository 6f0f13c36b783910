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

/// Calls that are alike: in one second, or of an hour beyond what is kept exactly in one minute.
struct Calls {
    std::int64_t minute = 0;       ///< since 1970
    counting::MinuteBits seconds;  ///< in which there were calls
    std::size_t service = 0;
    std::uint16_t call = 0;
    rules::PhaseSet phases;
    log::Outcome outcome = log::Outcome::ok;
    std::string_view region;  ///< empty: none
    const Member* by = nullptr;
    std::uint64_t count = 0;
    std::uint64_t messages = 0;

    /// The first second, since 1970.
    [[nodiscard]] std::int64_t first() const;
    /// The last second.
    [[nodiscard]] std::int64_t last() const;
    /// The first second at or after another.
    [[nodiscard]] std::optional<std::int64_t> first_from(std::int64_t second) const;

    [[nodiscard]] bool is(rules::Phase phase) const { return phases.has(phase); }
    [[nodiscard]] bool is_ok() const { return outcome == log::Outcome::ok; }
    /// Whether the caller does regularly what calls in a phase of the service do.
    [[nodiscard]] bool are_routine(rules::Phase phase) const {
        return by->is_routine(service, phase);
    }
};

/// Calls alike about one subject, by one member.
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

/// What the calls and notes of one minute and model used up, whoever made them.
struct MinuteSpend {
    std::int64_t minute = 0;  ///< since 1970
    std::size_t service = 0;
    std::string_view model;  ///< empty: none is named
    bool is_success = true;  ///< of calls that succeeded, and of notes
    rules::SpendSum spent;
    std::optional<rules::Cost> cost;  ///< nullopt: the model has no price

    [[nodiscard]] auto key() const { return std::tuple(minute, service, model, is_success); }
};

/// Calls alike by one member: what evidence stands on.
struct CallKey {
    std::size_t member = 0;  ///< its index
    PrincipalActivity::ShownKey calls;

    auto operator<=>(const CallKey&) const = default;
};

/// An amount of one service by hours, such as its messages, for asking what was usual at a time.
class UseHistory {
  public:
    /// Hours come in order.
    void add(std::int64_t hour, std::uint64_t amount);

    /// The largest sum of the UTC hours that ended 12 h or more before a second; nullopt
    /// where there were none.
    [[nodiscard]] std::optional<std::uint64_t> peak_before(std::int64_t second) const;

  private:
    struct Hour {
        std::int64_t number = 0;  ///< since 1970
        std::uint64_t amount = 0;
        std::uint64_t peak = 0;  ///< of this hour and those before
    };

    std::vector<Hour> hours_;
};

/// The behaviour of a principal, or of several that act together, as the evidences see it: what
/// their activities hold, without repeats and in order of time. Views lie in the activities, the
/// catalogue and the region names.
class Behaviour {
  public:
    /// `head` is the index of the member that a row is named after.
    Behaviour(const rules::Catalogue& catalogue, const counting::Interner& labels,
              const rules::HuntRules& rules, std::span<const Member::Basis> parts,
              std::size_t head = 0);

    Behaviour(const Behaviour&) = delete;  // a copy's calls would point into the original
    Behaviour& operator=(const Behaviour&) = delete;
    Behaviour(Behaviour&&) = default;
    Behaviour& operator=(Behaviour&&) = default;
    ~Behaviour() = default;

    /// The same members with less activity, one for each, and with their whole history.
    [[nodiscard]] Behaviour with(std::span<const PrincipalActivity> less) const;

    [[nodiscard]] std::span<const Member> members() const { return members_; }
    [[nodiscard]] const Member& head() const { return members_[head_]; }
    [[nodiscard]] bool is_campaign() const { return members_.size() > 1; }
    [[nodiscard]] bool is_one_actor() const { return head().principal().one_actor; }
    /// Whether its sources say something: they are one actor's, or of those who have one key.
    [[nodiscard]] bool has_sources() const {
        return is_one_actor() || log::is_key_principal(head().principal().name);
    }
    [[nodiscard]] const rules::Catalogue& catalogue() const { return *catalogue_; }
    [[nodiscard]] const counting::Interner& labels() const { return *labels_; }
    [[nodiscard]] const rules::HuntRules& rules() const { return *rules_; }

    /// By first second; of one second in an order of their own. Those that services of the provider
    /// made for the members are not among them, nor are notes.
    [[nodiscard]] const std::vector<Calls>& calls() const { return calls_; }
    /// Use that services of the provider made for the members, in the same order.
    [[nodiscard]] const std::vector<Calls>& calls_by_provider() const { return calls_by_provider_; }
    /// Records that add to calls counted elsewhere, in the same order.
    [[nodiscard]] const std::vector<Calls>& notes() const { return notes_; }
    /// What all of them used up, sorted by key().
    [[nodiscard]] const std::vector<MinuteSpend>& spends() const { return spends_; }
    /// The successful use of a service, by whomever it was made, by first second.
    [[nodiscard]] const std::vector<const Calls*>& uses(std::size_t service) const {
        return uses_[service];
    }
    /// What calls were about, member by member.
    [[nodiscard]] const std::vector<SubjectCalls>& subjects() const { return subjects_; }
    /// The values of a trait that any member showed.
    [[nodiscard]] const counting::BoundedSet& trait(Trait trait) const;
    [[nodiscard]] bool has_long_term_key() const;
    [[nodiscard]] bool has_bearer_key() const;

    /// How texts call a member of a campaign: the shortest kind of name that tells the members
    /// apart.
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

    /// How many messages of a service in 60 minutes at a time are not much: the service's
    /// threshold, and what exceptions of members allow beyond it. nullopt: any number is allowed,
    /// which of several members one alone cannot be.
    [[nodiscard]] std::optional<std::uint64_t> threshold(std::size_t service,
                                                         std::int64_t second) const;

    /// What was usual for the members and the service at a time, by the baseline and by the range
    /// itself: the messages of the busiest hour, of several members their sum; 0 if the baseline
    /// knows the account and not their use of the service; nullopt if neither knows.
    [[nodiscard]] std::optional<std::uint64_t> usual_peak(std::size_t service,
                                                          std::int64_t second) const;
    /// The same by the range alone.
    [[nodiscard]] std::optional<std::uint64_t> peak_in_range(std::size_t service,
                                                             std::int64_t second) const {
        return history_[service].peak_before(second);
    }
    /// The same for the cost of an hour.
    [[nodiscard]] std::optional<rules::Cost> peak_cost_in_range(std::size_t service,
                                                                std::int64_t second) const {
        return cost_history_[service].peak_before(second);
    }
    /// Whether the baseline knows the account of a member at a time.
    [[nodiscard]] bool is_known_account(std::int64_t second) const;

    /// True where an hour held more calls than are kept one by one: counts are by the minute, and
    /// repeats an estimate.
    [[nodiscard]] bool has_summed_hours() const { return has_summed_hours_; }
    /// True where a member's calls were about more subjects than are kept.
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
    std::vector<Member> members_;     ///< never changed, as calls point to them
    std::vector<std::string> names_;  ///< of the members
    std::vector<Calls> calls_;
    std::vector<Calls> calls_by_provider_;
    std::vector<Calls> notes_;
    std::vector<MinuteSpend> spends_;
    std::vector<SubjectCalls> subjects_;
    std::vector<std::vector<const Calls*>> uses_;   ///< by service
    std::vector<UseHistory> history_;               ///< of messages, by service
    std::vector<UseHistory> cost_history_;          ///< by service
    PerTrait<counting::BoundedSet> joined_traits_;  ///< of several members
    bool has_summed_hours_ = false;
};

}  // namespace cloudhijack::detect
