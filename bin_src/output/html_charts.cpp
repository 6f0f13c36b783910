#include "output/html_charts.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <map>
#include <optional>
#include <utility>

#include "detect/mode_activity.hpp"
#include "output/chart_scale.hpp"
#include "output/report_text.hpp"
#include "text/words.hpp"

namespace cloudhijack::output {
namespace {

using detect::PhaseCalls;
using detect::TimeSteps;
using rules::Phase;

/// The look of a phase in a chart. Each phase has its own row, and another combination of purpose
/// and shape, so no difference is only one of colour.
struct PhaseLook {
    Phase phase{};
    Markup purpose;  ///< what the calls are for: a class, which has a colour
    Markup shape;
};

constexpr std::array k_phase_looks = {
    PhaseLook{.phase = Phase::recon, .purpose = "look", .shape = "#circle"},
    PhaseLook{.phase = Phase::link, .purpose = "look", .shape = "#diamond"},
    PhaseLook{.phase = Phase::enable, .purpose = "change", .shape = "#square"},
    PhaseLook{.phase = Phase::credential, .purpose = "change", .shape = "#diamond"},
    PhaseLook{.phase = Phase::grant, .purpose = "change", .shape = "#up"},
    PhaseLook{.phase = Phase::prepare, .purpose = "change", .shape = "#circle"},
    PhaseLook{.phase = Phase::use, .purpose = "use", .shape = "#bar"},
    PhaseLook{.phase = Phase::volume, .purpose = "use", .shape = "#bar"},
    PhaseLook{.phase = Phase::evade, .purpose = "hide", .shape = "#down"},
    PhaseLook{.phase = Phase::tamper, .purpose = "hide", .shape = "#square"},
    PhaseLook{.phase = Phase::restore, .purpose = "hide", .shape = "#circle"},
    PhaseLook{.phase = Phase::cleanup, .purpose = "hide", .shape = "#diamond"},
};

constexpr unsigned k_mark_row = 12;  // pixels, like all heights
constexpr unsigned k_use_row = 20;
constexpr unsigned k_tallest_use = 17;
constexpr unsigned k_axis = 18;
constexpr std::int64_t k_least_use = 4;  // a bar is at least a fourth of a step wide

const PhaseLook* look_of(Phase phase) {
    const auto found = std::ranges::find(k_phase_looks, phase, &PhaseLook::phase);
    return found == k_phase_looks.end() ? nullptr : found;
}

bool is_use(const PhaseLook& look) { return look.shape.view() == "#bar"; }

std::string name_of_phase(Phase phase) {
    return std::string(rules::k_phase_names.at(static_cast<std::size_t>(phase)));
}

std::string in_pixels(unsigned pixels) { return std::to_string(pixels); }

// The calls of one step in words: `recon, 2024-03-05 01:45: 4 calls, 1 failed`.
std::string tip_of(const TimeSteps& steps, const PhaseCalls& calls) {
    std::string text = name_of_phase(calls.phase) + ", " +
                       shown_time(steps.start_of(calls.step)).substr(0, 16) + ": " +
                       grouped(calls.calls, "call");
    if (calls.failed > 0) text += ", " + grouped(calls.failed) + " failed";
    return text;
}

/// The vertical layout of a lane: only phases that have calls take space.
class LaneLayout {
  public:
    explicit LaneLayout(std::span<const PhaseCalls> phases) {
        for (const PhaseLook& look : k_phase_looks) {
            const bool has_calls = std::ranges::any_of(
                phases, [&look](const PhaseCalls& calls) { return calls.phase == look.phase; });
            if (!has_calls) continue;
            tops_.emplace(look.phase, height_);
            height_ += is_use(look) ? k_use_row : k_mark_row;
        }
    }

    [[nodiscard]] unsigned top_of(Phase phase) const { return tops_.at(phase); }
    [[nodiscard]] unsigned height() const { return std::max(height_, k_mark_row); }

  private:
    std::map<Phase, unsigned> tops_;
    unsigned height_ = 0;
};

/// The seconds that a bar of use covers: its step, but not the time before the first and after the
/// last use of the lane.
struct UseSeconds {
    std::int64_t begin = 0;
    std::int64_t end = 0;
};

UseSeconds seconds_of_use(const TimeSteps& steps, const PhaseCalls& calls,
                          std::span<const PhaseCalls> all) {
    const auto is_use_in = [&calls](const PhaseCalls& other, bool is_before) {
        return other.phase == calls.phase &&
               (is_before ? other.step < calls.step : other.step > calls.step);
    };
    const bool is_first =
        std::ranges::none_of(all, [&](const auto& other) { return is_use_in(other, true); });
    const bool is_last =
        std::ranges::none_of(all, [&](const auto& other) { return is_use_in(other, false); });
    const std::int64_t start = steps.start_of(calls.step);
    const std::int64_t least = std::max<std::int64_t>(1, steps.step / k_least_use);
    UseSeconds seconds{.begin = is_first ? calls.first : start,
                       .end = is_last ? calls.last + 1 : start + steps.step};
    if (is_last) {
        seconds.end = std::max(seconds.end, seconds.begin + least);
    } else {
        seconds.begin = std::min(seconds.begin, seconds.end - least);
    }
    return seconds;
}

void write_grid(Html& html, const TimeSteps& steps, unsigned height) {
    for (const Tick& tick : ticks_of(steps)) {
        const std::string x = position_of(steps, tick.second);
        html.empty("line", {{"class", tick.is_minor ? "grid minor" : "grid"},
                            {"x1", x},
                            {"x2", x},
                            {"y1", "0"},
                            {"y2", in_pixels(height)}});
    }
}

// The height of a count in `tallest` pixels, on a logarithmic scale, computed from whole numbers so
// that every machine gives the same.
unsigned logarithmic_height(std::uint64_t count, std::uint64_t largest, unsigned tallest) {
    constexpr unsigned least = 3;
    const auto bits = static_cast<unsigned>(std::bit_width(count));
    const auto most = static_cast<unsigned>(std::bit_width(largest));
    return std::max(least, tallest * bits / std::max(most, 1U));
}

void write_use(Html& html, const TimeSteps& steps, const PhaseCalls& calls,
               const UseSeconds& seconds, std::uint64_t largest, unsigned top) {
    const unsigned height = logarithmic_height(calls.calls, largest, k_tallest_use);
    const std::uint64_t share = calls.failed * height / std::max<std::uint64_t>(calls.calls, 1);
    auto failed = static_cast<unsigned>(std::min<std::uint64_t>(share, height));
    if (calls.failed > 0 && failed == 0) failed = 1;
    const std::string x = position_of(steps, seconds.begin);
    const std::string width = percentage(static_cast<std::uint64_t>(seconds.end - seconds.begin),
                                         steps.count * static_cast<std::uint64_t>(steps.step));
    const auto group = html.in("g", {{"class", "use"}});
    html.element("title", tip_of(steps, calls));
    const auto rect = [&](Markup kind, unsigned y, unsigned size) {
        if (size == 0) return;
        html.empty("rect", {{"class", kind.view()},
                            {"x", x},
                            {"y", in_pixels(y)},
                            {"width", width},
                            {"height", in_pixels(size)}});
    };
    const unsigned y = top + k_use_row - height;
    rect("failed", y, failed);
    rect("ok", y + failed, height - failed);
}

void write_mark(Html& html, const TimeSteps& steps, const PhaseCalls& calls, const PhaseLook& look,
                unsigned top) {
    std::string kind(look.purpose.view());
    if (calls.failed == calls.calls) kind += " hollow";
    const auto mark = html.in("use", {{"href", look.shape.view()},
                                      {"class", kind},
                                      {"x", position_of(steps, calls.first)},
                                      {"y", in_pixels(top + k_mark_row / 2)}});
    html.element("title", tip_of(steps, calls));
}

void write_lane(Html& html, const TimeSteps& steps, std::span<const PhaseCalls> phases) {
    const LaneLayout layout(phases);
    std::uint64_t largest = 0;
    for (const PhaseCalls& calls : phases) largest = std::max(largest, calls.calls);
    const std::string words = text::joined(phases_in_words(phases), "; ");
    const auto svg = html.in("svg", {{"class", "lane"},
                                     {"height", in_pixels(layout.height() + 2)},
                                     {"role", "img"},
                                     {"aria-label", words.empty() ? "no calls" : words}});
    write_grid(html, steps, layout.height() + 2);
    for (const PhaseCalls& calls : phases) {
        const PhaseLook* look = look_of(calls.phase);
        if (look == nullptr) continue;
        const unsigned top = layout.top_of(look->phase);
        if (is_use(*look)) {
            write_use(html, steps, calls, seconds_of_use(steps, calls, phases), largest, top);
        } else {
            write_mark(html, steps, calls, *look, top);
        }
    }
}

void write_shape(Html& html, Markup id, Markup path) {
    html.empty("path", {{"id", id.view()}, {"d", path.view()}});
}

}  // namespace

void write_chart_shapes(Html& html) {
    const auto svg = html.in("svg", {{"class", "shapes"},
                                     {"width", "0"},
                                     {"height", "0"},
                                     {"aria-hidden", "true"},
                                     {"focusable", "false"}});
    const auto definitions = html.in("defs");
    write_shape(html, "circle", "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z");
    write_shape(html, "diamond", "M0 -5L5 0L0 5L-5 0z");
    write_shape(html, "square", "M-4 -4H4V4H-4z");
    write_shape(html, "up", "M0 -5L5 4H-5z");
    write_shape(html, "down", "M0 5L5 -4H-5z");
    write_shape(html, "bar", "M-4 5V-5H0V5zM1 5V-1H5V5z");
    {
        const auto pattern = html.in("pattern", {{"id", "hatch"},
                                                 {"width", "4"},
                                                 {"height", "4"},
                                                 {"patternUnits", "userSpaceOnUse"},
                                                 {"patternTransform", "rotate(45)"}});
        html.empty("rect", {{"class", "pattern-ground"}, {"width", "4"}, {"height", "4"}});
        html.empty("rect", {{"class", "hatch-line"}, {"width", "2"}, {"height", "4"}});
    }
    const auto pattern = html.in(
        "pattern",
        {{"id", "dots"}, {"width", "4"}, {"height", "4"}, {"patternUnits", "userSpaceOnUse"}});
    html.empty("rect", {{"class", "pattern-ground"}, {"width", "4"}, {"height", "4"}});
    html.empty("rect", {{"class", "dot"}, {"x", "1"}, {"y", "1"}, {"width", "2"}, {"height", "2"}});
}

void write_time_axis(Html& html, const TimeSteps& steps) {
    // Labels at the right end are written to the left of their tick.
    const std::int64_t right = steps.start_of(steps.count - steps.count / 7);
    const auto svg =
        html.in("svg", {{"class", "axis"}, {"height", in_pixels(k_axis)}, {"aria-hidden", "true"}});
    for (const Tick& tick : ticks_of(steps)) {
        const bool is_right = tick.second >= right;
        const std::string x = position_of(steps, tick.second);
        html.empty("line", {{"class", tick.is_minor ? "grid minor" : "grid"},
                            {"x1", x},
                            {"x2", x},
                            {"y1", "0"},
                            {"y2", in_pixels(k_axis)}});
        html.element("text",
                     {{"class", tick.is_minor ? "minor" : "major"},
                      {"x", x},
                      {"y", "13"},
                      {"dx", is_right ? "-4" : "4"},
                      {"text-anchor", is_right ? "end" : "start"}},
                     tick.label);
    }
}

void write_phase_legend(Html& html, const std::set<Phase>& phases) {
    const auto list = html.in("ul", {{"class", "legend"}});
    const auto item = [&html](std::string_view kind, Markup shape, std::string_view text) {
        const auto entry = html.in("li");
        {
            const auto svg = html.in(
                "svg",
                {{"class", "key"}, {"width", "14"}, {"height", "14"}, {"aria-hidden", "true"}});
            html.empty("use", {{"href", shape.view()}, {"class", kind}, {"x", "7"}, {"y", "7"}});
        }
        html.text(text);
    };
    for (const PhaseLook& look : k_phase_looks) {
        if (!phases.contains(look.phase)) continue;
        item(look.purpose.view(), look.shape, name_of_phase(look.phase));
    }
    item("plain hollow", "#circle", "hollow or hatched: failed");
}

void write_phase_lanes(Html& html, const TimeSteps& steps, std::span<const PhaseLane> lanes) {
    const auto list = html.in("ol", {{"class", "lanes"}});
    const auto axis = [&] {
        const auto entry = html.in("li", {{"class", "lanes-axis"}, {"aria-hidden", "true"}});
        html.element("span", "");
        write_time_axis(html, steps);
    };
    axis();
    for (const PhaseLane& lane : lanes) {
        const auto entry = html.in("li");
        {
            const auto label = html.in("span", {{"class", "lane-name"}});
            html.element("span", {{"class", "badge " + lane.severity}}, std::to_string(lane.risk));
            html.raw(" ");
            html.element("a", {{"href", lane.target}}, lane.name);
        }
        write_lane(html, steps, lane.phases);
    }
    if (lanes.size() > 8) axis();
}

void write_phase_chart(Html& html, const TimeSteps& steps, std::span<const PhaseCalls> phases) {
    const auto chart = html.in("div", {{"class", "phase-chart"}});
    write_time_axis(html, steps);
    write_lane(html, steps, phases);
}

std::vector<std::string> phases_in_words(std::span<const PhaseCalls> phases) {
    std::map<Phase, PhaseCalls> sums;
    for (const PhaseCalls& calls : phases) {
        const auto [place, is_new] = sums.try_emplace(calls.phase, calls);
        if (is_new) continue;
        PhaseCalls& sum = place->second;
        sum.first = std::min(sum.first, calls.first);
        sum.last = std::max(sum.last, calls.last);
        detect::add_to(sum.calls, calls.calls);
        detect::add_to(sum.failed, calls.failed);
    }
    std::vector<PhaseCalls> in_time;
    in_time.reserve(sums.size());
    for (const auto& [phase, sum] : sums) in_time.push_back(sum);
    std::ranges::sort(in_time, {},
                      [](const PhaseCalls& calls) { return std::pair(calls.first, calls.phase); });
    std::vector<std::string> words;
    words.reserve(in_time.size());
    for (const PhaseCalls& calls : in_time) {
        std::string text = name_of_phase(calls.phase) + ": " + grouped(calls.calls, "call");
        if (calls.failed > 0) text += ", " + grouped(calls.failed) + " failed";
        text += calls.first == calls.last
                    ? ", at " + shown_time(calls.first)
                    : ", from " + shown_time(calls.first) + " to " + shown_time(calls.last);
        words.push_back(std::move(text));
    }
    return words;
}

}  // namespace cloudhijack::output
