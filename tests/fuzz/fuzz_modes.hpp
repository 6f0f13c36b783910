#pragma once

#include <array>
#include <string>

#include "config/setup_for_tests.hpp"
#include "must.hpp"
#include "output/answer.hpp"
#include "output/csv_and_ndjson.hpp"

namespace cloudhijack {

/// The modes that count; mode=baseline counts as mode=hunt does.
inline constexpr std::array k_counting_modes = {config::Mode::volume, config::Mode::hunt,
                                                config::Mode::coverage};

/// A config that shows all rows of a mode.
inline config::Config shown(const config::Setup& setup, config::Mode mode) {
    config::Config config = setup.default_config();
    config.mode = mode;
    config.hunt.min_risk = 0;
    config.volume.min_score = 0;
    config.volume.thresholds.assign(config.volume.thresholds.size(), 0);
    return config;
}

/// The rows of an activity as NDJSON.
inline std::string rows_of(const detect::Activity& activity, const config::Config& config) {
    const auto findings = output::findings_of(activity, config);
    must(findings.has_value(), "the activity is too much for its rows");
    const auto answer = output::answer_of(*findings);
    return output::to_ndjson(answer.columns, answer.rows);
}

}  // namespace cloudhijack
