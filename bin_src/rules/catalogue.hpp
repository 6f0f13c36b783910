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

/// The largest threshold that can be set: ten times as much still fits a count.
inline constexpr std::uint64_t k_largest_threshold = 1'000'000'000;

/// The most calls of one phase.
inline constexpr std::size_t k_most_calls = 5000;
/// The most services. Each can be compared with each other one.
inline constexpr std::size_t k_most_services = 200;

/// The largest weight of a call.
inline constexpr std::uint16_t k_largest_weight = 1000;

/// The longest response of a service, in bytes: a row can contain it three times.
inline constexpr std::size_t k_longest_response = 2000;

/// The placeholders in Service::response, which are written in braces: `{region}`.
inline constexpr std::array<std::string_view, 2> k_response_placeholders = {"region", "account"};

/// A call as the catalogue names it: `PutAccountSendingAttributes(sendingEnabled=true)`.
struct CatalogueCall {
    std::string source;  ///< as in events: `ses.amazonaws.com`
    std::string name;
    std::vector<log::Condition> conditions;  ///< on the request's parameters; all must hold
    std::uint16_t weight = 1;                ///< how many messages one call counts as in mode=hunt
};

/// A cloud service that attackers hijack to use it at the victim's cost.
struct Service {
    std::string id;     ///< as in options: `ses`
    std::string label;  ///< as in rows: `AWS SES`
    std::string category;
    std::uint64_t threshold = 0;  ///< a row needs more calls in a span than this
    /// A phrase for the activity that only data events show; can be empty.
    std::string data_events;
    /// The step that stops use of the service, with placeholders; can be empty. See
    /// detect::response_steps().
    std::string response;
    std::string never_logged;  ///< a phrase for what its logs never show, and which log does
    std::array<std::vector<CatalogueCall>, k_phase_names.size()> calls;

    [[nodiscard]] const std::vector<CatalogueCall>& calls_of(Phase phase) const {
        return calls.at(static_cast<std::size_t>(phase));
    }
};

/// The detection rules as data: which calls to which services count, and in which phase.
class Catalogue {
  public:
    /// One reason for which an event counts.
    struct Entry {
        std::size_t service;  ///< index in services()
        Phase phase;
        std::uint16_t call;  ///< which of the service's calls it is; see call_name()
        log::CallTopic topic;
        std::uint16_t weight;  ///< how many messages one call counts as in mode=hunt
        std::vector<log::Condition> conditions;
    };

    explicit Catalogue(std::vector<Service> services);

    [[nodiscard]] std::span<const Service> services() const { return services_; }

    /// Every entry for an event's call. If no entry has exactly this name, and the event's log
    /// ignores the case of names, the entries whose name differs only in case. The caller checks
    /// the conditions.
    [[nodiscard]] std::span<const Entry> find(const log::Event& event) const;

    /// Every entry for a call; source and name both match exactly.
    [[nodiscard]] std::span<const Entry> find(std::string_view source, std::string_view name) const;

    /// The name of a service's call, by the number in its entries.
    [[nodiscard]] std::string_view call_name(std::size_t service, std::uint16_t call) const {
        return names_[service][call];
    }

    /// The topic of a service's call.
    [[nodiscard]] log::CallTopic topic(std::size_t service, std::uint16_t call) const {
        return topics_[service][call];
    }

    /// How many calls a service has; a call in several phases counts once.
    [[nodiscard]] std::size_t call_count(std::size_t service) const {
        return names_[service].size();
    }

    /// 16 hexadecimal digits that are equal for catalogues that count the same calls in the same
    /// way. They cover ids, phases, calls, conditions and weights, but not labels, texts and
    /// thresholds.
    [[nodiscard]] std::string fingerprint() const;

    /// The distinct names of all calls, in byte order.
    [[nodiscard]] std::vector<std::string_view> call_names() const {
        return {call_names_.begin(), call_names_.end()};
    }

  private:
    /// The entries of a source's call, for one name.
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
    text::KeyTable places_;                            ///< finds the names' places in call_names_
    std::vector<std::vector<SourceEntries>> by_name_;  ///< for each of call_names_
    text::KeyTable lower_case_names_;
    /// For each of lower_case_names_, the places in call_names_ of the names that it is the lower
    /// case of.
    std::vector<std::vector<std::size_t>> places_in_any_case_;
};

/// The thresholds of all services, in their order.
std::vector<std::uint64_t> thresholds_of(const Catalogue& catalogue);

}  // namespace cloudhijack::rules
