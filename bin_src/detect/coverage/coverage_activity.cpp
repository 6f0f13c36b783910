#include "detect/coverage/coverage_activity.hpp"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "log/log.hpp"
#include "text/bounded_text.hpp"

namespace cloudhijack::detect {

void CoverageActivity::EventCounts::add(const EventCounts& other) {
    add_to(management, other.management);
    add_to(data, other.data);
    first = std::min(first, other.first);
    last = std::max(last, other.last);
    tampering = std::max(tampering, other.tampering);
}

Added CoverageActivity::add(const log::Event& event) {
    const auto entries = catalogue_->find(event.source, event.name);
    if (entries.empty()) return Added::irrelevant;
    const auto own_time = event.time();
    const auto time = own_time ? own_time : event.row_time;
    if (!time) return Added::undated;
    const log::Call call = event.log->interpret(event);
    if (call.is_report) return Added::left_out;
    const std::int64_t second =
        std::chrono::floor<std::chrono::seconds>(time->time_since_epoch()).count();
    const EventCounts seen{.management = call.is_data_event ? 0U : 1U,
                           .data = call.is_data_event ? 1U : 0U,
                           .first = second,
                           .last = second};
    ServiceInRegion place{
        .account = text::bounded(call.principal.account),
        .region = text::bounded(event.region.empty() ? text::k_unknown : event.region)};
    std::optional<std::size_t> counted_for;  // a service's entries stand together
    for (const rules::Catalogue::Entry& entry : entries) {
        place.service = entry.service;
        if (entry.topic == log::CallTopic::trail_end && call.outcome == log::Outcome::ok) {
            Tampering& last = seen_[place].tampering;
            last = std::max(last, {.second = second, .call = entry.call});
        }
        if (entry.service == counted_for) continue;
        seen_[place].add(seen);
        counted_for = entry.service;
    }
    return Added::counted;
}

void CoverageActivity::merge(const CoverageActivity& other) {
    for (const auto& [place, seen] : other.seen_) seen_[place].add(seen);
}

std::vector<CoverageFinding> CoverageActivity::findings() const {
    const auto services = catalogue_->services();
    std::vector<CoverageFinding> findings;
    std::map<std::string, std::int64_t> accounts;  // with the second of the last event
    for (const auto& [place, seen] : seen_) {
        std::int64_t& last = accounts.try_emplace(place.account, seen.last).first->second;
        last = std::max(last, seen.last);
    }
    std::set<std::pair<std::string, std::size_t>> with_events;
    for (const auto& [place, seen] : seen_) {
        findings.push_back({.account = place.account,
                            .service = &services[place.service],
                            .region = place.region,
                            .management = seen.management,
                            .data = seen.data,
                            .first = seen.first,
                            .last = seen.last,
                            .ended_by = {}});
        if (seen.tampering.second >= accounts.at(place.account)) {
            findings.back().ended_by = catalogue_->call_name(place.service, seen.tampering.call);
        }
        with_events.emplace(place.account, place.service);
    }
    for (const auto& [account, last] : accounts) {
        for (std::size_t service = 0; service < services.size(); ++service) {
            const bool can_be_used = !services[service].calls_of(rules::Phase::use).empty();
            if (!can_be_used || with_events.contains({account, service})) continue;
            CoverageFinding unseen{
                .account = account, .region = {}, .first = {}, .last = {}, .ended_by = {}};
            unseen.service = &services[service];
            findings.push_back(std::move(unseen));
        }
    }
    std::ranges::sort(findings, {}, [](const CoverageFinding& finding) {
        return std::tuple(std::string_view(finding.account), finding.service,
                          std::string_view(finding.region));
    });
    return findings;
}

}  // namespace cloudhijack::detect
