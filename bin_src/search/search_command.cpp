#include "search/search_command.hpp"

#include <algorithm>
#include <array>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scp/chunk_reader.hpp"
#include "scp/chunk_writer.hpp"
#include "scp/metadata.hpp"
#include "search/map_phase.hpp"
#include "search/reduce_phase.hpp"
#include "search/stage_clock.hpp"
#include "text/number.hpp"
#include "text/quote.hpp"

namespace cloudhijack::search {
namespace {

// The next request, which must have the expected action. nullopt if Splunk has ended the session.
Result<std::optional<scp::Request>> next_request(scp::ChunkReader& chunks,
                                                 std::string_view action) {
    auto metadata = chunks.next_metadata();
    if (!metadata) return std::unexpected(metadata.error());
    if (!*metadata) return std::nullopt;
    auto request = scp::parse_request(**metadata);
    if (!request) return std::unexpected(request.error());
    if (request->action != action) {
        return failure("Splunk sent the action " + text::quoted(request->action) +
                       " instead of \"" + std::string(action) + '"');
    }
    return std::move(*request);
}

// Whether a volume call has conditions on its parameters, which cannot be checked with extracted
// fields.
bool volume_has_conditions(const rules::Catalogue& catalogue) {
    return std::ranges::any_of(catalogue.services(), [](const rules::Service& service) {
        return std::ranges::any_of(
            service.calls_of(rules::Phase::volume),
            [](const rules::CatalogueCall& call) { return !call.conditions.empty(); });
    });
}

std::vector<config::Option> search_options(const config::Setup& setup) {
    std::vector<config::Option> options;
    std::ranges::copy_if(
        setup.options, std::back_inserter(options),
        [](const config::Option& option) { return option.interface != config::Interface::shell; });
    return options;
}

Result<config::Config> read_config(const config::Setup& setup,
                                   const std::vector<std::string>& arguments) {
    config::Config config = setup.default_config();
    const bool is_map = std::ranges::any_of(
        arguments, [](const std::string& argument) { return argument.starts_with("phase="); });
    const auto read = config::read_search_arguments(
        arguments, is_map ? config::map_option_table() : search_options(setup), config);
    if (!read) return std::unexpected(read.error());
    if (config.input == config::Input::fields && config.mode != config::Mode::volume) {
        return failure("option input: fields belongs to mode volume, and mode " +
                       std::string(name_of(config.mode)) +
                       " reads whole records; keep _raw and remove input=fields");
    }
    // In the map phase this is not an error: if a peer's catalogue differs, the reduce phase
    // reports it.
    if (!is_map && config.input == config::Input::fields &&
        volume_has_conditions(setup.catalogue)) {
        return failure(
            "option input: cloudhijack.conf has a volume call with a condition on its parameters, "
            "which input=fields cannot check; keep _raw and remove input=fields");
    }
    return config;
}

std::unexpected<Error> out_of_memory(std::uint64_t limit) {
    const std::string cause = limit == 0 ? ""
                                         : ", which memory_limit in cloudhijack.conf limits to " +
                                               text::in_mebibytes(limit);
    return failure("out of memory" + cause + "; narrow the search, or use a longer span");
}

// Reads the lookup files of a phase. Splunk also starts the program only to ask for its type, so
// they are read only if a request follows.
Result<> begin(auto& phase, const scp::ChunkReader& chunks, const Confinement& confinement) {
    const bool follows =
        chunks.has_read_ahead() || !confinement.await_request || confinement.await_request();
    if (!follows) return {};
    try {
        return phase.begin();
    } catch (const std::bad_alloc&) {
        return out_of_memory(confinement.memory_limit);
    }
}

// Continues a session from the reply to getinfo on.
Result<> exchange_all(auto& phase, scp::ChunkReader& chunks, io::ByteSink& replies,
                      const Confinement& confinement) {
    auto written = scp::write_chunk(replies, phase.getinfo_reply());
    if (!written) return written;
    const auto begun = begin(phase, chunks, confinement);
    if (confinement.enter) phase.add_note(confinement.enter());
    while (written) {
        const auto execute = next_request(chunks, "execute");
        if (!execute) return std::unexpected(execute.error());
        if (!*execute) return {};
        if (!begun) return begun;
        written = phase.exchange(chunks.body(), (*execute)->finished, replies);
        if ((*execute)->finished) break;
    }
    return written;
}

Result<> converse(const config::Setup& setup, StageClock& clock, scp::ChunkReader& chunks,
                  io::ByteSink& replies, const Confinement& confinement) {
    auto getinfo = next_request(chunks, "getinfo");
    if (!getinfo) return std::unexpected(getinfo.error());
    if (!*getinfo) return {};
    auto config = read_config(setup, (*getinfo)->args);
    if (!config) return std::unexpected(config.error());
    if (config->phase == config::SearchPhase::map) {
        MapPhase phase(setup, std::move(*config), clock);
        return exchange_all(phase, chunks, replies, confinement);
    }
    ReducePhase phase(setup, std::move(*config), clock, (*getinfo)->max_result_rows);
    return exchange_all(phase, chunks, replies, confinement);
}

void take_leftovers(io::ByteSource& source, std::uint64_t count) {
    std::array<char, std::size_t{64} * 1024> discarded{};
    count = std::min<std::uint64_t>(count, scp::k_most_after_error);
    while (count > 0) {
        const auto most = std::min<std::uint64_t>(count, discarded.size());
        const auto taken = source(std::span(discarded).first(static_cast<std::size_t>(most)));
        if (!taken || *taken == 0) return;
        count -= *taken;
    }
}

}  // namespace

Result<> run_search_command(const config::Setup& setup, SearchStreams streams,
                            const Confinement& confinement) {
    // Made in advance, because there may be no memory for it when it is needed.
    const std::string without_memory =
        scp::frame_of(scp::error_reply(out_of_memory(confinement.memory_limit).error().text));
    bool can_write = true;
    io::ByteSink replies = [&](std::string_view bytes) {
        auto written = streams.replies(bytes);
        can_write &= written.has_value();
        return written;
    };
    StageClock clock;
    scp::ChunkReader chunks(clock.timed(std::move(streams.requests)));
    Result<> ended;
    try {
        ended = converse(setup, clock, chunks, replies, confinement);
    } catch (const std::bad_alloc&) {
        ended = replies(without_memory);
        if (ended) take_leftovers(streams.leftovers, chunks.bytes_to_come());
    }
    // After half a reply, Splunk would take another one for its rest.
    if (!ended && ended.error().kind == Error::Kind::failed && can_write) {
        const std::string& text = ended.error().text;
        ended = chunks.saw_legacy_protocol() ? scp::write_legacy_protocol_error(replies, text)
                                             : scp::write_chunk(replies, scp::error_reply(text));
        if (ended) take_leftovers(streams.leftovers, chunks.bytes_to_come());
    }
    const bool peer_is_gone = !ended && ended.error().kind == Error::Kind::gone;
    return peer_is_gone ? Result<>{} : ended;
}

}  // namespace cloudhijack::search
