#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "counting/seconds.hpp"
#include "detect/hunt/hunted_call.hpp"

namespace cloudhijack::detect {

/// The subjects of one principal's calls, such as a mail identity or a user, with their times, in
/// bounded memory. Of more than k_most texts of a kind, those with the smallest hashes are kept,
/// each with all of its calls. So the result does not depend on the order of the texts, and many
/// texts of one kind cannot hide those of another.
class Subjects {
  public:
    static constexpr std::size_t k_most = 1000;
    static constexpr std::size_t k_longest = 256;  ///< bytes of a text; the rest is cut off
    /// If there are more kinds of calls about one subject, the smallest are kept. A bound is needed
    /// because attackers choose the groups and policies in them.
    static constexpr std::size_t k_most_kinds = 256;

    /// Calls of the same kind about one subject.
    struct CallKind {
        std::size_t service = 0;
        std::uint16_t call = 0;
        rules::PhaseSet phases;
        log::Outcome outcome = log::Outcome::ok;
        log::SubjectKind kind = log::SubjectKind::thing;
        bool grants_mail = false;  ///< see log::CallSubject, also for the rest
        bool has_external_id = false;
        log::Trust trust = log::Trust::none;
        std::string via;

        [[nodiscard]] bool is_ok() const { return outcome == log::Outcome::ok; }

        auto operator<=>(const CallKind&) const = default;
    };

    struct Subject {
        std::string text;
        std::map<CallKind, counting::Seconds> calls;
    };

    void add(std::string_view text, const CallKind& kind, std::int64_t second);
    void add(std::string_view text, const CallKind& kind, const counting::Seconds& seconds);
    void merge(const Subjects& other);

    using Key = std::pair<log::SubjectKind, std::uint64_t>;

    /// By kind, and a hash of service and text.
    [[nodiscard]] const std::map<Key, Subject>& all() const { return subjects_; }
    [[nodiscard]] bool is_estimated() const { return is_cut_; }
    /// Notes that subjects were dropped before they were added here.
    void note_cut() { is_cut_ = true; }

  private:
    counting::Seconds* find_or_insert(std::string_view text, const CallKind& kind);
    counting::Seconds* find_or_insert(Subject& subject, const CallKind& kind);
    Subject* find_or_insert(Key key, std::string_view text);

    std::map<Key, Subject> subjects_;
    std::array<std::uint16_t, static_cast<std::size_t>(log::SubjectKind::count)> sizes_{};
    bool is_cut_ = false;
};

}  // namespace cloudhijack::detect
