#include "command/answer.hpp"

#include <variant>

#include "command/hunt_rows.hpp"
#include "command/volume_rows.hpp"

namespace cloudhijack::command {
namespace {

template <class Findings>
std::vector<Row> to_rows(const Findings& findings) {
    std::vector<Row> rows;
    rows.reserve(findings.size());
    for (const auto& finding : findings) rows.push_back(to_row(finding));
    return rows;
}

}  // namespace

detect::Activity new_activity(const detect::Catalogue& catalogue, const Config& config) {
    if (config.mode == Mode::hunt) return detect::HuntActivity(catalogue);
    return detect::VolumeActivity(catalogue, config.volume.span);
}

Answer answer_of(const detect::Activity& activity, const Config& config) {
    if (const auto* hunt = std::get_if<detect::HuntActivity>(&activity)) {
        return {.columns = hunt_columns(), .rows = to_rows(hunt->findings(config.hunt))};
    }
    const auto& volume = std::get<detect::VolumeActivity>(activity);
    return {.columns = volume_columns(), .rows = to_rows(volume.findings(config.volume))};
}

std::string uncounted_in_words(std::uint64_t left_out, std::uint64_t repeats) {
    std::string text;
    if (left_out > 0) {
        text = std::to_string(left_out) +
               (left_out == 1 ? " call that AWS made itself or reported again was left out"
                              : " calls that AWS made itself or reported again were left out");
    }
    if (repeats > 0) {
        text += (text.empty() ? "" : "; ") + std::to_string(repeats) +
                (repeats == 1 ? " event was delivered again and counts once"
                              : " events were delivered again and count once");
    }
    return text;
}

}  // namespace cloudhijack::command
