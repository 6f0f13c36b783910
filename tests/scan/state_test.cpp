#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "byte_pieces.hpp"
#include "io/gzip_member.hpp"
#include "scan/state_builder.hpp"
#include "scan/state_reader.hpp"

using namespace cloudhijack;
using scan::StateEnd;
using scan::StateInput;
using scan::StateReader;

namespace {

/// Everything that a reader of states passed on.
struct ReadStates {
    std::vector<StateInput> inputs;
    std::vector<std::string> messages;
    std::vector<scan::ScanTotals> totals;
    std::size_t counts = 0;
    std::vector<std::string> names;
    std::optional<Error> error;  ///< after which nothing was read

    [[nodiscard]] std::string error_text() const { return error ? error->text : "no error"; }
};

ReadStates read_states(io::ByteSource source) {
    ReadStates read;
    StateReader reader("x.state", std::move(source));
    const scan::StateTaker taker{
        .input = [&](StateInput input) { read.inputs.push_back(std::move(input)); },
        .message = [&](std::string message) { read.messages.push_back(std::move(message)); },
        .totals = [&](scan::ScanTotals totals,
                      scan::TimeRange /*range*/) { read.totals.push_back(std::move(totals)); },
        .counts = [&](std::string_view list, partial::ItemReader& item) -> Result<> {
            if (list == "tally") return failure("has an unknown list");
            ++read.counts;
            item.pass_over();
            return {};
        }};
    while (true) {
        const auto header = reader.next_header();
        if (!header) {
            read.error = header.error();
            return read;
        }
        if (!*header) return read;
        read.names.push_back(reader.state_name());
        const auto end = reader.read_state(taker);
        if (!end) {
            read.error = end.error();
            return read;
        }
    }
}

ReadStates read_states(const std::string& bytes, std::size_t piece = 10'000) {
    return read_states(in_pieces(bytes, piece));
}

std::vector<std::string> lines_of(const std::string& state) {
    std::vector<std::string> lines;
    for (std::size_t begin = 0; begin < state.size();) {
        const auto end = state.find('\n', begin) + 1;
        lines.push_back(state.substr(begin, end - begin));
        begin = end;
    }
    return lines;
}

std::string changed(std::string text, std::string_view old, std::string_view now) {
    const auto at = text.find(old);
    REQUIRE(at != std::string::npos);
    return text.replace(at, old.size(), now);
}

std::string small_state() {
    return scan::state_of(config::Mode::hunt,
                          {scan::counted_record(1, 2) + scan::counted_record(3, 4), "x"},
                          {"1.json: is not JSON"});
}

// A state of several documents besides the last one.
std::string large_state(config::Mode mode = config::Mode::volume) {
    std::string text;
    for (unsigned i = 0; i < 1500; ++i) text += scan::counted_record(i, i);
    return scan::state_of(mode, {text});
}

}  // namespace

TEST_CASE("state: everything that was written is read, in pieces of any size") {
    const std::string state = small_state();
    REQUIRE(lines_of(state).size() == 2);
    for (const std::size_t piece : {std::size_t{1}, std::size_t{100}, std::size_t{100'000}}) {
        const ReadStates read = read_states(state, piece);
        REQUIRE_FALSE(read.error);
        REQUIRE(read.inputs.size() == 2);
        CHECK(read.inputs[0].name == "0.json");
        CHECK(read.inputs[0].content.bytes ==
              scan::counted_record(1, 2).size() + scan::counted_record(3, 4).size());
        counting::RunningHash hash;
        hash.add(scan::counted_record(1, 2));
        hash.add(scan::counted_record(3, 4));
        CHECK(read.inputs[0].content.hash == hash.value());
        CHECK(read.inputs[0].records == 2);
        CHECK(read.inputs[1].records == 0);
        CHECK(read.messages == std::vector<std::string>{"1.json: is not JSON"});
        REQUIRE(read.totals.size() == 1);
        CHECK(read.totals[0].files == 2);
        CHECK(read.totals[0].records == 2);
        CHECK(read.totals[0].problems == 1);
        CHECK(read.counts > 0);
    }
}

TEST_CASE("state: modes hunt and baseline write the same") {
    CHECK(scan::state_of(config::Mode::baseline, {scan::counted_record(1, 2)}) ==
          scan::state_of(config::Mode::hunt, {scan::counted_record(1, 2)}));
}

TEST_CASE("state: consecutive states, compressed or not, with or without a newline at the end") {
    const std::string state = small_state();
    const std::string two = state + large_state(config::Mode::hunt);
    for (const std::string& bytes : std::initializer_list<std::string>{
             two, two.substr(0, two.size() - 1), io::gzip(two), io::gzip(io::gzip(two))}) {
        const ReadStates read = read_states(bytes);
        CHECK_FALSE(read.error);
        CHECK(read.names == std::vector<std::string>{"x.state", "x.state, line 3"});
        CHECK(read.totals.size() == 2);
    }
}

TEST_CASE("state: a truncated state is an error wherever it ends") {
    const std::string state = small_state();
    const std::size_t first = lines_of(state).front().size();
    for (std::size_t size = 0; size + 1 < state.size(); ++size) {
        CAPTURE(size);
        const ReadStates read = read_states(state.substr(0, size));
        REQUIRE(read.error);
        CHECK(read.error->text.starts_with("x.state"));
        const bool is_between = size == first || size == first - 1;
        CHECK(read.error->text.contains("ends after line 1, without the last document") ==
              is_between);
    }
    CHECK_FALSE(read_states(state.substr(0, state.size() - 1)).error);
    CHECK(read_states("").error_text().starts_with("x.state: is empty; name a file"));
    // After a whole state, the rest of another one is not overlooked.
    for (const std::size_t size : {std::size_t{1}, std::size_t{20}, first - 5, first, first + 9}) {
        CHECK(read_states(state + state.substr(0, size)).error_text().starts_with("x.state"));
    }
}

TEST_CASE("state: any changed byte is an error") {
    const std::string state = small_state();
    // The name of a list without items means nothing.
    const std::size_t empty_list = state.rfind("texts");
    for (std::size_t at = 0; at + 1 < state.size(); ++at) {
        if (at >= empty_list && at < empty_list + 5) continue;
        for (const char other : {'0', '1', '"', ',', ' ', 'a', '\n'}) {
            if (state[at] == other) continue;
            std::string damaged = state;
            damaged[at] = other;
            CAPTURE(at);
            CAPTURE(other);
            CHECK(read_states(damaged).error);
        }
    }
}

TEST_CASE("state: documents that are missing, come twice or come in another order") {
    const auto lines = lines_of(large_state());
    REQUIRE(lines.size() > 3);
    const auto joined = [](const std::vector<std::string>& parts) {
        std::string text;
        for (const std::string& part : parts) text += part;
        return text;
    };
    CHECK_FALSE(read_states(joined(lines)).error);
    auto missing = lines;
    missing.erase(missing.begin() + 1);
    CHECK(read_states(joined(missing))
              .error_text()
              .starts_with("x.state, line " + std::to_string(lines.size() - 1) +
                           ": says that the state has " + std::to_string(lines.size()) +
                           " documents, but there were " + std::to_string(lines.size() - 1)));
    auto twice = lines;
    twice.insert(twice.begin(), lines[1]);
    CHECK(read_states(joined(twice)).error_text().contains("documents, but there were"));
    auto swapped = lines;
    std::swap(swapped[0], swapped[1]);
    CHECK(read_states(joined(swapped)).error_text().contains("does not match the documents"));
    auto only_end = std::vector{lines.back()};
    CHECK(read_states(joined(only_end)).error_text().contains("documents, but there were 1"));
}

TEST_CASE("state: files that are not states") {
    for (const std::string& text :
         {std::string(R"({"Records":[{"eventName":"x"}]})"), scan::counted_record(1, 2),
          std::string("[1,2]\n"), std::string("{\n}\n"), std::string("text"), std::string("{}"),
          std::string(R"({"Records":[)") + std::string(100'000, ' ') + "]}",
          std::string(40'000, 'x'), std::string("\0\xFF\n", 3), std::string("\n")}) {
        CAPTURE(text.substr(0, 50));
        CHECK(read_states(text).error_text() ==
              "x.state: is not a state, which cloudhijack scan --partial writes; if it is a log, "
              "scan reads it");
    }
    const std::string state = small_state();
    CHECK(read_states(changed(state, "\"cloudhijack\":6", "\"cloudhijack\":5")).error_text() ==
          "x.state: is in format 5, but this program reads format 6; scan and merge with one "
          "version of cloudhijack");
    CHECK(read_states(state + scan::counted_record(1, 2)).error_text() ==
          "x.state, line 3: is not a document of a state");
    CHECK(read_states(R"({"cloudhijack":"6"})").error_text() ==
          "x.state, line 1: has a value of the wrong type; write or copy the state again");
    CHECK(read_states(std::string("\x1F\x8B\x08\0\0\0", 6)).error_text().starts_with("x.state: "));
}

TEST_CASE("state: items that no state has") {
    const std::string state = small_state();
    CHECK(read_states(changed(state, "\"calls\":", "\"tally\":"))
              .error_text()
              .starts_with("x.state, line 1: has an unknown list"));
    const auto totals = state.find("\"scan_totals\":[[") + 15;
    const std::string item = state.substr(totals, state.find("]]", totals) + 1 - totals);
    CHECK(read_states(changed(state, item, item + ',' + item))
              .error_text()
              .contains("has a second item of totals"));
    CHECK(read_states(changed(state, "\"inputs\":[[", "\"inputs\":[[9"))
              .error_text()
              .contains("field 1 is missing or out of bounds, in its \"inputs\""));
    const std::string padded = changed(state, "{", '{' + std::string(40'000, ' '));
    CHECK(read_states(padded).error_text().starts_with("x.state: is not a state"));
    const auto lines = lines_of(large_state());
    CHECK(read_states(lines[0] + changed(lines[1], "}", std::string(40'000, ' ') + '}'))
              .error_text()
              .starts_with("x.state, line 2: is longer than 32768 bytes"));
}

TEST_CASE("state: texts that are too long for a document are cut") {
    config::Config config = scan::config_for(config::Mode::volume);
    std::string state;
    scan::StateWriter writer(scan::shown_setup(), config, [&](std::string_view bytes) -> Result<> {
        state += bytes;
        return {};
    });
    for (const std::string& text : {std::string(100'000, '\x01'), std::string(100'000, '"'),
                                    std::string(50'000, '\xFF'), std::string(100'000, 'x')}) {
        writer.add({.name = text, .content = {}, .records = 1});
        writer.add_message(text);
    }
    const auto documents = writer.finish(output::new_activity(scan::shown_setup(), config), {}, {});
    REQUIRE(documents);
    CHECK(*documents == lines_of(state).size());
    const ReadStates read = read_states(state);
    REQUIRE_FALSE(read.error);
    REQUIRE(read.inputs.size() == 4);
    CHECK(read.inputs[0].name == std::string(4096, '\x01'));
    CHECK(read.inputs[3].name == std::string(4096, 'x'));
    CHECK(read.messages[0] == std::string(10'000, '?'));
    CHECK(read.messages[1] == std::string(10'000, '"'));
}

TEST_CASE("state: errors of the source and of the sink") {
    const std::string state = small_state();
    const auto ended = [&](const Error& error) {
        return read_states(
            [&, sent = false](std::span<char> buffer) mutable -> Result<std::size_t> {
                if (std::exchange(sent, true)) return std::unexpected(error);
                return state.copy(buffer.data(), 100);
            });
    };
    CHECK(ended({.text = "no disk"}).error_text() == "x.state: no disk");
    const ReadStates stopped = ended({.text = {}, .kind = Error::Kind::stopped});
    REQUIRE(stopped.error);
    CHECK(stopped.error->kind == Error::Kind::stopped);

    const config::Config config = scan::config_for(config::Mode::volume);
    const auto activity = output::new_activity(scan::shown_setup(), config);
    const auto finish = [&](const Error& error) {
        scan::StateWriter writer(scan::shown_setup(), config, [&](std::string_view) -> Result<> {
            return std::unexpected(error);
        });
        return writer.finish(activity, {}, {});
    };
    CHECK(finish({.text = "disk full"}).error().text == "disk full");
    CHECK(finish({.text = {}, .kind = Error::Kind::gone}));
}
