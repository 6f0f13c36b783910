#include "scan/merge_options.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "config/arguments.hpp"
#include "output/answer.hpp"
#include "scan/scan_options.hpp"
#include "scan/state.hpp"
#include "text/quote.hpp"
#include "text/time_span.hpp"

namespace cloudhijack::scan {
namespace {

const std::string k_merge_verb = "merge";

Result<> check_merge_steps(const MergeRequest& request) {
    auto answers = check_step(request.given, request.setup, config::OptionStep::count,
                              "has no effect once records are counted; give it to cloudhijack "
                              "scan --partial");
    if (!answers || !request.partial) return answers;
    return check_step(request.given, request.setup, config::OptionStep::answer,
                      "does not change the state that merge --partial writes; give it to the merge "
                      "that prints the answer");
}

// Sets the mode and the span that a header names: `hunt`, `volume 3600s`.
bool set_counting(std::string_view header_mode, config::Config& config) {
    const auto blank = header_mode.find(' ');
    const auto mode = std::ranges::find(config::k_mode_names, header_mode.substr(0, blank));
    if (mode == config::k_mode_names.end()) return false;
    const auto named = static_cast<config::Mode>(mode - config::k_mode_names.begin());
    if (counting_mode(named) != named) return false;
    // [defaults] can name another mode that counts the same.
    if (counting_mode(config.mode) != named) config.mode = named;
    if (named != config::Mode::volume) return blank == std::string_view::npos;
    if (blank == std::string_view::npos) return false;
    const auto span = text::time_span(header_mode.substr(blank + 1), config::k_longest_span);
    if (span) config.volume.span = *span;
    return span.has_value();
}

}  // namespace

std::expected<std::variant<MergeRequest, Help>, config::Messages> read_merge_command_line(
    std::span<const std::string> arguments) {
    if (config::asks_for_help(arguments)) {
        const auto setup =
            config::read_setup_of(config::find_value(arguments, "config").value_or(""));
        return Help{merge_help(setup ? *setup : config::read_built_in_setup())};
    }
    auto setup = read_named_setup(arguments, k_merge_verb);
    if (!setup) return std::unexpected(std::move(setup.error()));
    // The options of scan that merge does not have are known, to say where they belong.
    auto known = own_options();
    std::ranges::copy_if(own_merge_options(), std::back_inserter(known),
                         [](const ShownOption& option) { return option.name == "allow-overlap"; });
    auto given = parse_options(arguments, known, *setup);
    if (!given) return std::unexpected(with_hint(given.error().text, k_merge_verb));
    MergeRequest request{.paths = {},
                         .partial = given->contains("partial"),
                         .allow_overlap = given->contains("allow-overlap"),
                         .given = std::move(*given),
                         .command = shown_command(k_merge_verb, arguments),
                         .setup = std::move(*setup)};
    if (const auto fits = check_merge_steps(request); !fits) {
        return std::unexpected(with_hint(fits.error().text, k_merge_verb));
    }
    if (!request.given.contains("path")) {
        return std::unexpected(with_hint(
            "merge has no state; name files that cloudhijack scan --partial has written, or - for "
            "standard input",
            k_merge_verb));
    }
    request.paths = request.given["path"].as<std::vector<std::string>>();
    return request;
}

Result<MergeAnswer> read_merge_answer(const MergeRequest& request, std::string_view header_mode,
                                      const std::string& state) {
    MergeAnswer answer{.config = request.setup.default_config(), .form = {}};
    if (!set_counting(header_mode, answer.config)) {
        return failure(state + ": has the unknown mode " + text::quoted(header_mode) +
                       "; write the state again");
    }
    const config::Mode counted = counting_mode(answer.config.mode);
    const auto set = set_options(request.given, request.setup, answer.config);
    if (!set) return std::unexpected(set.error());
    if (counting_mode(answer.config.mode) != counted) {
        return failure(
            "option --mode: " + state + " was counted in mode " + std::string(header_mode) +
            "; it accepts " +
            (counted == config::Mode::hunt ? "hunt or baseline" : std::string(name_of(counted))));
    }
    if (auto fits = check_modes(*set, answer.config.mode); !fits) {
        return std::unexpected(std::move(fits.error()));
    }
    auto form = read_form(request.given, answer.config.mode);
    if (!form) return std::unexpected(std::move(form.error()));
    answer.form = std::move(*form);
    answer.form.command = request.command;
    return answer;
}

}  // namespace cloudhijack::scan
