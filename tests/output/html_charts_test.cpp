#include "output/html_charts.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "output/chart_scale.hpp"

using namespace cloudhijack;
using namespace cloudhijack::output;

namespace {

std::size_t times_in(std::string_view text, std::string_view part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
        ++count;
    }
    return count;
}

constexpr detect::TimeSteps k_steps{.start = 1'709'596'800, .step = 3600, .count = 20};

detect::PhaseCalls calls_in(rules::Phase phase, std::size_t step, std::uint64_t calls,
                            std::uint64_t failed = 0) {
    return {.phase = phase,
            .step = step,
            .calls = calls,
            .failed = failed,
            .first = k_steps.start_of(step),
            .last = k_steps.start_of(step) + 60};
}

std::string lane_of(const std::vector<detect::PhaseCalls>& phases) {
    Html html;
    write_phase_chart(html, k_steps, phases);
    return std::move(html).take();
}

}  // namespace

TEST_CASE("charts: each phase has a mark that no other phase has") {
    std::set<std::string> marks;
    constexpr std::size_t note = static_cast<std::size_t>(rules::Phase::note);
    constexpr std::size_t volume = static_cast<std::size_t>(rules::Phase::volume);
    for (std::size_t phase = 0; phase < rules::k_phase_names.size(); ++phase) {
        if (phase == note || phase == volume) continue;  // these are in no lane
        const std::string lane = lane_of({calls_in(static_cast<rules::Phase>(phase), 3, 4)});
        const auto begin = lane.find(phase == 1 ? "<g class=\"use\">" : "<use ");
        REQUIRE(begin != std::string::npos);
        const std::string mark = lane.substr(begin, lane.find(" x=", begin) - begin);
        CHECK_MESSAGE(marks.insert(mark).second, mark);
        CHECK(lane.find(std::string(rules::k_phase_names.at(phase)) +
                        ", 2024-03-05 03:00: 4 calls</title>") != std::string::npos);
    }
    CHECK(marks.size() == rules::k_phase_names.size() - 2);
}

TEST_CASE("charts: marks are at the first call of their step, and failed calls look different") {
    const std::string ok = lane_of({calls_in(rules::Phase::recon, 5, 4, 3)});
    CHECK(ok.find("class=\"look\" x=\"25.00%\"") != std::string::npos);
    CHECK(ok.find("4 calls, 3 failed") != std::string::npos);
    const std::string failed = lane_of({calls_in(rules::Phase::recon, 5, 4, 4)});
    CHECK(failed.find("class=\"look hollow\"") != std::string::npos);
    const std::string uses = lane_of({calls_in(rules::Phase::use, 5, 1000, 1)});
    CHECK(uses.find("<rect class=\"failed\" x=\"25.00%\"") != std::string::npos);
    CHECK(uses.find("<rect class=\"ok\" x=\"25.00%\"") != std::string::npos);
    CHECK(lane_of({calls_in(rules::Phase::use, 5, 9, 9)}).find("class=\"ok\"") ==
          std::string::npos);
}

TEST_CASE("charts: bars of use begin and end with the first and the last use") {
    detect::PhaseCalls first = calls_in(rules::Phase::use, 5, 4);
    first.first += 1800;
    first.last = first.first + 60;
    detect::PhaseCalls last = calls_in(rules::Phase::use, 7, 4);
    last.last = last.first + 1799;
    const std::string three = lane_of({first, calls_in(rules::Phase::use, 6, 1), last});
    CHECK(three.find("x=\"27.50%\" y=\"3\" width=\"2.50%\"") != std::string::npos);
    CHECK(three.find("x=\"30.00%\" y=\"15\" width=\"5.00%\"") != std::string::npos);
    CHECK(three.find("x=\"35.00%\" y=\"3\" width=\"2.50%\"") != std::string::npos);
    // A single use is wide enough to be seen.
    first.last = first.first;
    CHECK(lane_of({first}).find("x=\"27.50%\" y=\"3\" width=\"1.25%\"") != std::string::npos);
}

TEST_CASE("charts: marks of different phases do not overlap") {
    const std::string lane =
        lane_of({calls_in(rules::Phase::enable, 5, 1), calls_in(rules::Phase::credential, 5, 1)});
    CHECK(lane.find("href=\"#square\" class=\"change\" x=\"25.00%\" y=\"6\"") != std::string::npos);
    CHECK(lane.find("href=\"#diamond\" class=\"change\" x=\"25.00%\" y=\"18\"") !=
          std::string::npos);
}

TEST_CASE("charts: a lane says in words what it shows") {
    const std::vector<detect::PhaseCalls> phases = {calls_in(rules::Phase::use, 2, 10, 1),
                                                    calls_in(rules::Phase::use, 3, 5),
                                                    calls_in(rules::Phase::recon, 1, 1)};
    CHECK(phases_in_words(phases) ==
          std::vector<std::string>{
              "recon: 1 call, from 2024-03-05 01:00:00 to 2024-03-05 01:01:00",
              "use: 15 calls, 1 failed, from 2024-03-05 02:00:00 to 2024-03-05 03:01:00"});
    const std::string lane = lane_of(phases);
    CHECK(lane.find("role=\"img\" aria-label=\"recon: 1 call, from ") != std::string::npos);
    CHECK(lane_of({}).find("aria-label=\"no calls\"") != std::string::npos);
}

TEST_CASE("charts: names of lanes are text") {
    Html html;
    const PhaseLane lane{.target = "#finding-1",
                         .name = "<b>\"&",
                         .severity = "low",
                         .risk = 30,
                         .phases = {calls_in(rules::Phase::use, 2, 10)}};
    write_phase_lanes(html, k_steps, {&lane, 1});
    CHECK(std::move(html).take().find("<a href=\"#finding-1\">&lt;b&gt;&quot;&amp;</a>") !=
          std::string::npos);
}

TEST_CASE("charts: bars for steps with calls, also for a single call") {
    const auto bars_of = [](const std::vector<detect::CallsOfStep>& counts) {
        Html html;
        write_bars(html, {.start = k_steps.start, .step = 3600, .count = counts.size()}, counts);
        return std::move(html).take();
    };
    std::vector<detect::CallsOfStep> counts(20);
    counts[4].uses = 1;
    const std::string one = bars_of(counts);
    CHECK(times_in(one, "<g>") == 1);
    CHECK(one.find("<title>2024-03-05 04:00: use by others: 1</title>") != std::string::npos);
    CHECK(one.find("<rect class=\"used\" x=\"20.00%\" y=\"16\" width=\"4.40%\" height=\"150\"/>") !=
          std::string::npos);
    CHECK(one.find("the busiest hour has 1 call and begins at 2024-03-05 04:00:00 UTC") !=
          std::string::npos);
    // A single call beside a million is visible, and the largest count of all does no harm.
    counts[5] = {.found_uses = 1'000'000, .failed = 1};
    counts[6].others = ~std::uint64_t{0};
    counts[6].failed = 0;
    const std::string many = bars_of(counts);
    CHECK(times_in(many, "<g>") == 3);
    CHECK(times_in(many, "height=\"0\"") == 0);
}

TEST_CASE("charts: the table has the numbers of the bars") {
    const std::vector<detect::CallsOfStep> counts = {
        {.found_uses = 1, .uses = 2'000, .others = 3, .failed = 4}, {}};
    Html html;
    write_bar_table(html, {.start = k_steps.start, .step = 3600, .count = 2}, counts);
    const std::string table = std::move(html).take();
    CHECK(times_in(table, "<tr>") == 2);
    for (const char* cell : {"2024-03-05 00:00", ">1<", ">2,000<", ">3<", ">4<"}) {
        CHECK(table.find(cell) != std::string::npos);
    }
}

TEST_CASE("charts: bars of findings alone have no other parts") {
    const std::vector<detect::CallsOfStep> counts = {{.found_uses = 7}, {}};
    const detect::TimeSteps steps{.start = k_steps.start, .step = 3600, .count = 2};
    Html html;
    write_bars(html, steps, counts, BarParts::findings);
    write_bar_table(html, steps, counts, BarParts::findings);
    const std::string text = std::move(html).take();
    CHECK(text.find("calls of the findings: 7; the busiest hour") != std::string::npos);
    CHECK(times_in(text, "<th scope=\"col\" class=\"number\">") == 1);
    CHECK(text.find("use by") == std::string::npos);
}
