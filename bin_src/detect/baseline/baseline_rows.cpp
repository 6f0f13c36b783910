#include "detect/baseline/baseline_rows.hpp"

#include <array>

#include "detect/hunt/evidence/words.hpp"

namespace cloudhijack::detect {

std::span<const Column> baseline_columns() {
    static constexpr std::array columns = {
        Column{.name = "account"},    Column{.name = "principal"}, Column{.name = "service"},
        Column{.name = "first_seen"}, Column{.name = "last_seen"}, Column{.name = "peak_hour"}};
    return columns;
}

Row to_row(const std::pair<const rules::Baseline::Pair, rules::Baseline::Use>& known) {
    const auto& [pair, use] = known;
    return {pair.account,       pair.principal,    pair.service,
            at(use.first_seen), at(use.last_seen), number(use.peak_hour)};
}

}  // namespace cloudhijack::detect
