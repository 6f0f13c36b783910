#include "detect/baseline/baseline_rows.hpp"

#include <array>

#include "detect/hunt/evidence/words.hpp"

namespace cloudhijack::command {

std::span<const Column> baseline_columns() {
    static constexpr std::array columns = {
        Column{.name = "account"},    Column{.name = "principal"}, Column{.name = "service"},
        Column{.name = "first_seen"}, Column{.name = "last_seen"}, Column{.name = "peak_hour"}};
    return columns;
}

Row to_row(const std::pair<const detect::Baseline::Pair, detect::Baseline::Use>& known) {
    const auto& [pair, use] = known;
    return {pair.account,
            pair.principal,
            pair.service,
            detect::at(use.first_seen),
            detect::at(use.last_seen),
            number(use.peak_hour)};
}

}  // namespace cloudhijack::command
