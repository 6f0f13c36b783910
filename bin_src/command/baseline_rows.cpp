#include "command/baseline_rows.hpp"

#include <array>
#include <string>

#include "detect/evidence/words.hpp"

namespace cloudhijack::command {
namespace {

constexpr std::array k_columns = {Column{.name = "account"},   Column{.name = "principal"},
                                  Column{.name = "service"},   Column{.name = "first_seen"},
                                  Column{.name = "last_seen"}, Column{.name = "peak_hour"}};

}  // namespace

std::span<const Column> baseline_columns() { return k_columns; }

Row to_row(const std::pair<const detect::Baseline::Pair, detect::Baseline::Use>& known) {
    const auto& [pair, use] = known;
    return {pair.account,
            pair.principal,
            pair.service,
            detect::at(use.first_seen),
            detect::at(use.last_seen),
            Number{std::to_string(use.peak_hour)}};
}

}  // namespace cloudhijack::command
