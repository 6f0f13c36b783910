#include "detect/volume/volume_rows.hpp"

#include <array>

namespace cloudhijack::detect {
namespace {

Number time(text::Time value) { return {text::to_epoch_seconds(value)}; }

}  // namespace

std::span<const Column> volume_columns() {
    static constexpr std::array columns = {
        Column{.name = "_time"},          Column{.name = "ServiceAbused"},
        Column{.name = "AttackCategory"}, Column{.name = "EventCount"},
        Column{.name = "Threshold"},      Column{.name = "SuspicionScore"},
        Column{.name = "CallerARN"},      Column{.name = "CallerType"},
        Column{.name = "UniqueIPs"},      Column{.name = "SourceIPs", .multivalue = true},
        Column{.name = "awsRegion"},      Column{.name = "FirstEvent"},
        Column{.name = "LastEvent"},      Column{.name = "Reasons", .multivalue = true},
    };
    return columns;
}

Row to_row(const VolumeFinding& finding) {
    const VolumeGroup& group = finding.group;
    const auto& addresses = group.source_addresses;
    return {
        time(group.span_start),        group.service->label,
        group.service->category,       number(group.event_count),
        number(finding.threshold),     number(finding.score),
        std::string(group.caller_arn), std::string(group.caller_type),
        number(addresses.size()),      std::vector<std::string>(addresses.begin(), addresses.end()),
        std::string(group.region),     time(group.first_event),
        time(group.last_event),        finding.reasons,
    };
}

}  // namespace cloudhijack::detect
