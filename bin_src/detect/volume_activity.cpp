#include "detect/volume_activity.hpp"

#include <algorithm>
#include <utility>

#include "detect/bounded_text.hpp"
#include "detect/saturating.hpp"

namespace cloudhijack::detect {
namespace {

using cloudtrail::Time;
using std::chrono::seconds;

// The start of the span that holds a time: spans begin at multiples of their length since 1970,
// UTC.
Time start_of_span(Time time, seconds span) {
    const seconds whole = std::chrono::floor<seconds>(time.time_since_epoch());
    const seconds into_span = (whole % span + span) % span;
    return Time{whole - into_span};
}

std::string_view first_present(std::string_view a, std::string_view b) { return a.empty() ? b : a; }

constexpr std::string_view k_unknown = "unknown";

}  // namespace

Added VolumeActivity::add(const cloudtrail::Event& event) {
    const auto entries = catalogue_->find(event.source, event.name);
    if (entries.empty()) return Added::irrelevant;
    const auto time = event.row_time ? event.row_time : event.time();
    if (!time) return Added::undated;
    const bool has_failed = !event.error_code.empty();
    std::optional<std::size_t>
        counted_for;  // of a service's entries, which stand together, one is enough
    for (const Catalogue::Entry& entry : entries) {
        if (entry.phase != Phase::volume || entry.service == counted_for) continue;
        if (!parameters_.all_hold(event.request_parameters, entry.conditions)) continue;
        if (has_failed) return Added::failed;
        count(event, entry.service, *time);
        counted_for = entry.service;
    }
    return counted_for ? Added::counted : Added::irrelevant;
}

void VolumeActivity::count(const cloudtrail::Event& event, std::size_t service, Time time) {
    const auto caller = first_present(event.caller_arn, event.caller_principal_id);
    Tally& tally = group({.span_start = start_of_span(time, span_),
                          .service = service,
                          .caller_arn = first_present(caller, k_unknown),
                          .caller_type = first_present(event.caller_type, k_unknown),
                          .region = first_present(event.region, k_unknown)});
    tally.add(1, time, time);
    if (!event.source_address.empty()) {
        tally.source_addresses.insert(keep(event.source_address));
    }
}

void VolumeActivity::Tally::add(std::uint64_t events, Time first, Time last) {
    add_to(event_count, events);
    first_event = std::min(first_event, first);
    last_event = std::max(last_event, last);
}

// The key's texts may be any.
VolumeActivity::Tally& VolumeActivity::group(const Key& key) {
    return groups_[{.span_start = key.span_start,
                    .service = key.service,
                    .caller_arn = keep(key.caller_arn),
                    .caller_type = keep(key.caller_type),
                    .region = keep(key.region)}];
}

std::string_view VolumeActivity::keep(std::string_view text) {
    return texts_.keep(text.size() <= k_longest_text ? text : std::string_view(bounded(text)));
}

void VolumeActivity::merge(const VolumeActivity& other) {
    for (const auto& [key, theirs] : other.groups_) {
        Tally& tally = group(key);
        tally.add(theirs.event_count, theirs.first_event, theirs.last_event);
        for (const std::string_view address : theirs.source_addresses) {
            tally.source_addresses.insert(keep(address));
        }
    }
}

VolumeFindings VolumeActivity::findings(const VolumeRules& rules) const {
    VolumeFindings findings;
    for (const auto& [key, tally] : groups_) {
        const std::uint64_t usual_threshold = rules.thresholds[key.service];
        if (tally.event_count <= usual_threshold) continue;
        VolumeGroup group{
            .span_start = key.span_start,
            .service_index = key.service,
            .service = &catalogue_->services()[key.service],
            .caller_arn = key.caller_arn,
            .caller_type = key.caller_type,
            .region = key.region,
            .event_count = tally.event_count,
            .source_addresses = {tally.source_addresses.begin(), tally.source_addresses.end()},
            .first_event = tally.first_event,
            .last_event = tally.last_event};
        // An exception must hold for the whole of the group.
        const auto last = std::chrono::floor<seconds>(tally.last_event.time_since_epoch()).count();
        const auto threshold =
            allowed_volume(rules.allowlist->of(key.caller_arn), key.service, last, usual_threshold);
        auto finding = assess(std::move(group), usual_threshold, rules);
        if (finding.score < rules.min_score) continue;
        if (threshold && *threshold != usual_threshold && tally.event_count > *threshold) {
            finding = assess(std::move(finding.group), *threshold, rules);
        }
        const bool is_allowed = !threshold || tally.event_count <= *threshold;
        if (is_allowed || finding.score < rules.min_score) {
            ++findings.allowed_rows;
        } else {
            findings.rows.push_back(std::move(finding));
        }
    }
    std::ranges::sort(findings.rows, comes_before);
    return findings;
}

}  // namespace cloudhijack::detect
