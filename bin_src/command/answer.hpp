#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "command/options.hpp"
#include "command/table.hpp"
#include "detect/activity.hpp"

namespace cloudhijack::command {

/// The rows of a search or a scan.
struct Answer {
    std::span<const Column> columns;
    std::vector<Row> rows;
};

/// An empty activity of the mode that the user asked for. The catalogue must outlive it.
detect::Activity new_activity(const detect::Catalogue& catalogue, const Config& config);

Answer answer_of(const detect::Activity& activity, const Config& config);

/// What of a hunt's events was not counted, and why; empty where there is nothing to say.
std::string uncounted_in_words(std::uint64_t left_out, std::uint64_t repeats);

}  // namespace cloudhijack::command
