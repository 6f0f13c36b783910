#include "detect/coverage/coverage_rows.hpp"

#include <array>
#include <cstdint>
#include <string>

namespace cloudhijack::detect {
namespace {

// A time that is not there is an absent value, and not a number.
Value time(const std::optional<std::int64_t>& second) {
    if (second) return number(*second);
    return std::string();
}

}  // namespace

std::span<const Column> coverage_columns() {
    static constexpr std::array columns = {
        Column{.name = "Account"},     Column{.name = "Service"},
        Column{.name = "Region"},      Column{.name = "ManagementEvents"},
        Column{.name = "DataEvents"},  Column{.name = "FirstEvent"},
        Column{.name = "LastEvent"},   Column{.name = "NotSeen"},
        Column{.name = "NeverLogged"},
    };
    return columns;
}

std::string not_seen(const CoverageFinding& finding) {
    if (finding.data > 0 || finding.service->data_events.empty()) return {};
    const bool nothing = finding.management == 0;
    return (nothing ? "no event at all; without data events nothing is seen of "
                    : "no data events, so nothing is seen of ") +
           finding.service->data_events;
}

Row to_row(const CoverageFinding& finding) {
    return {finding.account,
            finding.service->label,
            finding.region,
            number(finding.management),
            number(finding.data),
            time(finding.first),
            time(finding.last),
            not_seen(finding),
            finding.service->never_logged};
}

}  // namespace cloudhijack::detect
