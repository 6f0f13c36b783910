#include "scan/state_merger.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "byte_pieces.hpp"
#include "scan/state_builder.hpp"
#include "version.hpp"

using namespace cloudhijack;
using config::Mode;

namespace {

/// Some states, merged into an activity.
struct MergedStates {
    explicit MergedStates(Mode mode)
        : config(scan::config_for(mode)),
          activity(output::new_activity(scan::shown_setup(), config)) {}

    Result<> add(const std::vector<std::string>& states) {
        scan::StateWriter writer(scan::shown_setup(), config,
                                 [this](std::string_view bytes) -> Result<> {
                                     merged += bytes;
                                     return {};
                                 });
        scan::StateMerger merger(
            state_header(scan::shown_setup(), config), "first", activity, [](const std::string&) {},
            &writer);
        for (const std::string& state : states) {
            scan::StateReader reader("s" + std::to_string(&state - states.data()),
                                     in_pieces(state, 1'000));
            auto header = reader.next_header();
            while (header && *header) {
                if (auto added = merger.add(reader, **header); !added) return added;
                header = reader.next_header();
            }
            if (!header) return std::unexpected(header.error());
        }
        totals = merger.totals();
        const auto documents = writer.finish(activity, totals, merger.range());
        return documents ? Result<>{} : std::unexpected(documents.error());
    }

    config::Config config;
    detect::Activity activity;
    std::string merged;  ///< the state of all
    scan::ScanTotals totals;
};

std::string merge_error(Mode mode, const std::vector<std::string>& states) {
    const auto added = MergedStates(mode).add(states);
    return added ? "no error" : added.error().text;
}

}  // namespace

TEST_CASE("state merger: a state of another version is refused") {
    std::string state = scan::state_of(Mode::hunt, {scan::counted_record(1, 1)});
    const std::string ours = "\"program\":\"" + std::string(k_version) + '"';
    const auto at = state.find(ours);
    REQUIRE(at != std::string::npos);
    state.replace(at, ours.size(), "\"program\":\"0.0.9\"");
    CHECK(merge_error(Mode::hunt, {state}) ==
          "s0: was written by version \"0.0.9\" of cloudhijack, but this is version \"" +
              std::string(k_version) + "\"; scan and merge with one version");
}

TEST_CASE("state merger: any split of the records, merged in a tree, gives one scan's answer") {
    for (unsigned seed = 0; seed < 30; ++seed) {
        std::mt19937 engine(seed);
        const auto random = [&engine] { return static_cast<unsigned>(engine()); };
        const auto mode = std::array{Mode::volume, Mode::hunt, Mode::coverage}.at(seed % 3);
        std::string all;
        std::vector<std::string> parts(1 + random() % 7);
        for (unsigned i = 0; i < 1 + random() % 3'000; ++i) {
            const std::string record = scan::counted_record(random() % 5, random() % 20'000);
            for (unsigned times = 1 + (random() % 10 == 0 ? 1 : 0); times > 0; --times) {
                all += record;
                parts.at(random() % parts.size()) += record;
            }
        }
        std::vector<std::string> states;
        for (const std::string& part : parts) states.push_back(scan::state_of(mode, {part}));
        while (states.size() > 1 && random() % 3 > 0) {
            std::ranges::shuffle(states, engine);
            MergedStates some(mode);
            const auto count = 1 + random() % states.size();
            REQUIRE(some.add({states.end() - static_cast<std::ptrdiff_t>(count), states.end()}));
            states.resize(states.size() - count);
            states.push_back(some.merged);
        }
        MergedStates merged(mode);
        REQUIRE(merged.add(states));
        MergedStates one(mode);
        REQUIRE(one.add({scan::state_of(mode, {all})}));
        CAPTURE(seed);
        CHECK(answer_of(merged.activity, merged.config) == answer_of(one.activity, one.config));
        CHECK(merged.totals.records == one.totals.records);
        CHECK(merged.totals.relevant == one.totals.relevant);
    }
}

TEST_CASE("state merger: states that do not belong together") {
    const std::string hunt = scan::state_of(Mode::hunt, {scan::counted_record(1, 2)});
    const std::string volume = scan::state_of(Mode::volume, {scan::counted_record(1, 3)});
    CHECK(merge_error(Mode::hunt, {hunt, volume}) ==
          "s1: was counted in mode \"volume 3600s\", but first in mode \"hunt\"; merge states of "
          "one mode and span");
    CHECK(merge_error(Mode::baseline, {hunt}) == "no error");
    const std::string fingerprint = scan::shown_setup().catalogue.fingerprint();
    std::string other = hunt;
    for (auto at = other.find(fingerprint); at != std::string::npos; at = other.find(fingerprint)) {
        other.replace(at, fingerprint.size(), "0123456789abcdef");
    }
    CHECK(merge_error(Mode::hunt, {hunt, other}) ==
          "s1: was counted with the catalogue \"0123456789abcdef\", but this merge uses \"" +
              fingerprint +
              "\"; give it the --config and --settings with which the state was made");
}

TEST_CASE("state merger: overlaps are found through merged states, and can be accepted") {
    const std::string a = scan::state_of(Mode::volume, {scan::counted_record(1, 2), "x"});
    const std::string b = scan::state_of(Mode::volume, {scan::counted_record(1, 3), "x"});
    const std::string again = scan::state_of(Mode::volume, {scan::counted_record(1, 3), "more"});
    MergedStates both(Mode::volume);
    REQUIRE(both.add({a, b}));
    CHECK(merge_error(Mode::volume, {both.merged, again})
              .starts_with("s1: 1 input is in an earlier state, too: 0.json (in s0)"));
    CHECK(merge_error(Mode::volume, {a, b, a}).starts_with("s2: is the same state as s0"));
    CHECK(merge_error(Mode::volume, {a + a}).starts_with("s0, line 3: is the same state as s0"));
}
