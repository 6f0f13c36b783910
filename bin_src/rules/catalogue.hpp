#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "log/call.hpp"
#include "log/condition.hpp"
#include "log/event.hpp"
#include "rules/phase.hpp"
#include "text/key_table.hpp"

namespace cloudhijack::rules {

/// The largest threshold that can be set: ten times it still fits a count.
inline constexpr std::uint64_t k_largest_threshold = 1'000'000'000;

/// The most calls of one phase.
inline constexpr std::size_t k_most_calls = 5000;

/// The largest weight of a call.
inline constexpr std::uint16_t k_largest_weight = 1000;

/// A call as the catalogue names it: `PutAccountSendingAttributes(sendingEnabled=true)`.
struct CatalogueCall {
    std::string source;  ///< as events have it: `ses.amazonaws.com`
    std::string name;
    std::vector<log::Condition> conditions;  ///< on the request's parameters; all must hold
    std::uint16_t weight = 1;                ///< the messages that one call counts as in mode=hunt
};

/// A cloud service that is hijacked to be used at the victim's cost.
struct Service {
    std::string id;     ///< as options name it: `ses`
    std::string label;  ///< as rows show it: `AWS SES`
    std::string category;
    std::uint64_t threshold = 0;  ///< calls in a span that a row needs more of
    std::string data_events;      ///< what only data events show, in words; can be empty
    std::string never_logged;     ///< what its logs never show, and what does, in words
    std::array<std::vector<CatalogueCall>, k_phase_names.size()> calls;

    [[nodiscard]] const std::vector<CatalogueCall>& calls_of(Phase phase) const {
        return calls.at(static_cast<std::size_t>(phase));
    }
};

/// Which calls to which services count, and for what: detection as data.
class Catalogue {
  public:
    /// One reason why an event counts.
    struct Entry {
        std::size_t service;  ///< index in services()
        Phase phase;
        std::uint16_t call;  ///< which of the service's calls it is; see call_name()
        log::CallTopic topic;
        std::uint16_t weight;  ///< the messages that one call counts as in mode=hunt
        std::vector<log::Condition> conditions;
    };

    explicit Catalogue(std::vector<Service> services);

    [[nodiscard]] std::span<const Service> services() const { return services_; }

    /// Every entry for an event's call. If nothing has its name exactly, and its log ignores the
    /// case of names, the entries for the name in another case. Conditions are left to judge.
    [[nodiscard]] std::span<const Entry> find(const log::Event& event) const;

    /// Every entry for a call; source and name both match exactly.
    [[nodiscard]] std::span<const Entry> find(std::string_view source, std::string_view name) const;

    /// The name of a service's call, by the number that its entries have.
    [[nodiscard]] std::string_view call_name(std::size_t service, std::uint16_t call) const {
        return names_[service][call];
    }

    /// What it is about.
    [[nodiscard]] log::CallTopic topic(std::size_t service, std::uint16_t call) const {
        return topics_[service][call];
    }

    /// How many calls a service has, each once whatever its phases.
    [[nodiscard]] std::size_t call_count(std::size_t service) const {
        return names_[service].size();
    }

    /// 16 hexadecimal digits that are the same for catalogues by which the same calls count for the
    /// same: of ids, phases, calls, conditions and weights, not of labels, texts and thresholds.
    [[nodiscard]] std::string fingerprint() const;

    /// The distinct names of all calls, in byte order.
    [[nodiscard]] std::vector<std::string_view> call_names() const {
        return {call_names_.begin(), call_names_.end()};
    }

  private:
    /// What a source's call of one name counts for.
    struct SourceEntries {
        std::string source;
        std::vector<Entry> entries;
    };

    void index_names_in_any_case();
    [[nodiscard]] std::span<const Entry> entries_at(std::size_t place,
                                                    std::string_view source) const;
    [[nodiscard]] std::span<const Entry> find_in_any_case(std::string_view source,
                                                          std::string_view name) const;

    std::vector<Service> services_;
    std::vector<std::vector<log::CallTopic>> topics_;  ///< of each service's calls, by number
    std::vector<std::vector<std::string>> names_;      ///< of each service's calls, by number
    std::vector<std::string> call_names_;              ///< of all services, in byte order
    text::KeyTable places_;                            ///< of the names, in call_names_
    std::vector<std::vector<SourceEntries>> by_name_;  ///< for each of call_names_
    text::KeyTable lower_case_names_;
    /// For each of lower_case_names_ the places in call_names_ that it is the lower case of.
    std::vector<std::vector<std::size_t>> places_in_any_case_;
};

/// The thresholds of all services, in their order.
std::vector<std::uint64_t> thresholds_of(const Catalogue& catalogue);

}  // namespace cloudhijack::rules
