#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "counting/seconds.hpp"
#include "detect/hunt/hunted_call.hpp"

namespace cloudhijack::detect {

/// What one principal's calls were about, such as a mail identity or a user, and when: in bounded
/// memory. Of more than k_most texts those with the smallest hashes stay, each with all of its
/// calls, so it does not depend on the order in which they came.
class Subjects {
  public:
    static constexpr std::size_t k_most = 1000;

    /// Calls alike about one subject.
    struct CallKind {
        std::size_t service = 0;
        std::uint16_t call = 0;
        rules::PhaseSet phases;
        log::Outcome outcome = log::Outcome::ok;
        bool grants_mail = false;  ///< gives a user the right to send over SES

        auto operator<=>(const CallKind&) const = default;
    };

    struct Subject {
        std::string text;
        std::map<CallKind, counting::Seconds> calls;
    };

    void add(std::string_view text, const CallKind& kind, std::int64_t second);
    void merge(const Subjects& other);

    /// By hash of service and text.
    [[nodiscard]] const std::map<std::uint64_t, Subject>& all() const { return subjects_; }
    [[nodiscard]] bool is_estimated() const { return is_cut_; }
    /// Some were cut before they came here.
    void note_cut() { is_cut_ = true; }

  private:
    Subject* find_or_insert(std::uint64_t hash, std::string_view text);

    std::map<std::uint64_t, Subject> subjects_;
    bool is_cut_ = false;
};

}  // namespace cloudhijack::detect
