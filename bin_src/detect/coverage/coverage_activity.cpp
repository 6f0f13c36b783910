#include "detect/coverage/coverage_activity.hpp"

#include <algorithm>
#include <chrono>
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
    logs.insert(other.logs.begin(), other.logs.end());
}

namespace {

// The region of resources that have none, or of a record that does not name one.
bool is_no_region(std::string_view region) {
    return region == "global" || region == text::k_unknown;
}

}  // namespace

Added CoverageActivity::add(const log::Event& event) {
    const auto entries = catalogue_->find(event);
    if (entries.empty()) return Added::irrelevant;
    const auto own_time = event.time();
    const auto time = own_time ? own_time : event.row_time;
    if (!time) return Added::undated;
    const log::Call call = event.log->interpret(event);
    if (call.is_report) return Added::left_out;
    const std::int64_t second =
        std::chrono::floor<std::chrono::seconds>(time->time_since_epoch()).count();
    // A note does not show that the calls themselves are logged.
    const bool is_note = std::ranges::all_of(
        entries, [](const auto& entry) { return entry.phase == rules::Phase::note; });
    const bool is_data = call.is_data_event && !is_note;
    const EventCounts seen{.management = call.is_data_event ? 0U : 1U,
                           .data = is_data ? 1U : 0U,
                           .first = second,
                           .last = second};
    ServiceInRegion place{
        .account = text::bounded(call.principal.account),
        .region = text::bounded(event.region.empty() ? text::k_unknown : event.region)};
    std::optional<std::size_t> counted_for;  // a service's entries are adjacent
    for (const rules::Catalogue::Entry& entry : entries) {
        place.service = entry.service;
        if (entry.topic == log::CallTopic::trail_end && call.outcome == log::Outcome::ok) {
            Tampering& last = seen_[place].tampering;
            last = std::max(last, {.second = second, .call = entry.call});
        }
        if (entry.service == counted_for) continue;
        EventCounts& counts = seen_[place];
        counts.add(seen);
        counts.logs.insert(event.log);
        counted_for = entry.service;
    }
    return Added::counted;
}

void CoverageActivity::merge(const CoverageActivity& other) {
    for (const auto& [place, seen] : other.seen_) seen_[place].add(seen);
}

std::vector<CoverageFinding> CoverageActivity::findings() const {
    std::vector<CoverageFinding> findings;
    std::map<std::string, SeenAccount> accounts;
    for (const auto& [place, seen] : seen_) {
        SeenAccount& account = accounts[place.account];
        account.last = std::max(account.last, seen.last);
        account.logs.insert(seen.logs.begin(), seen.logs.end());
        account.services.insert(place.service);
        if (seen.data > 0) account.services_with_data.insert(place.service);
    }
    for (const auto& [place, seen] : seen_) {
        findings.push_back({.account = place.account,
                            .service = &catalogue_->services()[place.service],
                            .region = place.region,
                            .management = seen.management,
                            .data = seen.data,
                            .first = seen.first,
                            .last = seen.last,
                            .ended_by = {},
                            .logs = seen.logs});
        findings.back().has_data_elsewhere =
            is_no_region(place.region) &&
            accounts.at(place.account).services_with_data.contains(place.service);
        if (seen.tampering.second >= accounts.at(place.account).last) {
            findings.back().ended_by = catalogue_->call_name(place.service, seen.tampering.call);
        }
    }
    for (const auto& [name, account] : accounts) add_unseen(name, account, findings);
    if (findings.empty()) findings.emplace_back();
    std::ranges::sort(findings, {}, [](const CoverageFinding& finding) {
        return std::tuple(std::string_view(finding.account), finding.service,
                          std::string_view(finding.region));
    });
    return findings;
}

bool CoverageActivity::can_show(const log::Log& log, const rules::Service& service) const {
    return std::ranges::any_of(
        service.calls_of(rules::Phase::use),
        [&](const rules::CatalogueCall& call) { return logs_->may_show(log, call.source); });
}

// Adds a row for each service that the account's logs can show and that has no event.
void CoverageActivity::add_unseen(const std::string& name, const SeenAccount& account,
                                  std::vector<CoverageFinding>& findings) const {
    const auto services = catalogue_->services();
    for (std::size_t service = 0; service < services.size(); ++service) {
        if (account.services.contains(service)) continue;
        CoverageFinding unseen{
            .account = name, .region = {}, .first = {}, .last = {}, .ended_by = {}};
        unseen.service = &services[service];
        for (const log::Log* log : account.logs) {
            if (can_show(*log, services[service])) unseen.logs.insert(log);
        }
        if (!unseen.logs.empty()) findings.push_back(std::move(unseen));
    }
}

}  // namespace cloudhijack::detect
