#include "scp/chunk_reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "scp/limits.hpp"
#include "text/number.hpp"
#include "text/quote.hpp"
#include "text/trim.hpp"

namespace cloudhijack::scp {
namespace {

using Fill = io::Window::Fill;

constexpr std::size_t k_header_line_cap = 256;
constexpr std::string_view k_magic = "chunked";
constexpr std::string_view k_version = "1.0";
constexpr std::string_view k_legacy_protocol = "splunkVersion:";
constexpr std::string_view k_blanks = " \t\r\v\f";

std::unexpected<Error> malformed(std::string_view line, std::string_view why) {
    return failure("malformed chunk header " + text::quoted(line) + ": " + std::string(why) +
                   "; expected \"chunked 1.0,<metadata length>,<body length>\"");
}

// Whether `bytes` can be the start of `word` or of a line that begins with it.
bool may_begin(std::string_view bytes, std::string_view word) {
    const std::size_t common = std::min(bytes.size(), word.size());
    return bytes.substr(0, common) == word.substr(0, common);
}

std::string_view view(std::span<const char> bytes) { return {bytes.data(), bytes.size()}; }

}  // namespace

Result<ChunkHeader> parse_chunk_header(std::string_view line) {
    if (!line.starts_with(k_magic)) return malformed(line, "it does not begin with \"chunked\"");
    std::string_view rest = line.substr(k_magic.size());
    std::array<std::string_view, 3> parts;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto comma = rest.find(',');
        const bool last = i + 1 == parts.size();
        if ((comma == std::string_view::npos) != last) {
            return malformed(line, "it needs a version and two lengths, separated by commas");
        }
        parts.at(i) = rest.substr(0, comma);
        if (!last) rest.remove_prefix(comma + 1);
    }
    const bool has_blank = !parts[0].empty() && k_blanks.contains(parts[0].front());
    if (!has_blank || text::trimmed(parts[0], k_blanks) != k_version) {
        return malformed(line, "its protocol version is not 1.0");
    }
    ChunkHeader header;
    for (const auto& [length, value] :
         {std::pair{parts[1], &header.metadata_length}, std::pair{parts[2], &header.body_length}}) {
        const std::string_view digits = text::trimmed(length, k_blanks);
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), *value);
        if (error == std::errc::result_out_of_range) {
            return malformed(line, "a length is too large");
        }
        if (error != std::errc{} || end != digits.data() + digits.size()) {
            return malformed(line, "a length is not a whole number");
        }
    }
    // Their sum is the size of the rest of the chunk.
    if (header.metadata_length > io::Window::k_no_limit - header.body_length) {
        return malformed(line, "its lengths are too large");
    }
    return header;
}

ChunkReader::ChunkReader(io::ByteSource source) : window_(std::move(source), k_row_cap) {
    window_.set_limit(0);
}

Result<std::optional<std::string>> ChunkReader::next_metadata() {
    if (auto skipped = skip_body(); !skipped) return std::unexpected(skipped.error());
    window_.shrink();

    window_.set_limit(io::Window::k_no_limit);
    const auto line = read_header_line();
    if (!line) return std::unexpected(line.error());
    if (!*line) return std::nullopt;
    const auto header = parse_chunk_header(**line);
    if (!header) return std::unexpected(header.error());
    if (header->metadata_length > k_metadata_cap) {
        window_.set_limit(header->metadata_length + header->body_length);
        return failure("the chunk's metadata is " + std::to_string(header->metadata_length) +
                       " bytes long; the limit is " + text::in_mebibytes(k_metadata_cap));
    }
    auto metadata = read_metadata(header->metadata_length);
    window_.set_limit(header->body_length);
    return metadata;
}

Result<> ChunkReader::skip_body() {
    while (true) {
        window_.consume(window_.unread().size());
        const auto fill = window_.more();
        if (!fill) return std::unexpected(fill.error());
        if (*fill == Fill::limit) return {};
        if (*fill == Fill::end) return peer_gone();
    }
}

// nullopt if the input ends before the line begins.
Result<std::optional<std::string>> ChunkReader::read_header_line() {
    while (true) {
        const std::string_view bytes = view(window_.unread()).substr(0, k_header_line_cap);
        const auto newline = bytes.find('\n');
        const std::string_view line = bytes.substr(0, newline);
        if (line.starts_with(k_legacy_protocol)) {
            saw_legacy_protocol_ = true;
            return failure(
                "Splunk started cloudhijack with its old search command protocol; "
                "set chunked = true in commands.conf");
        }
        if (newline != std::string_view::npos) {
            std::string kept(line);
            window_.consume(newline + 1);
            return kept;
        }
        // The line is checked before its newline arrives: the sender may be waiting for a reply.
        if (!may_begin(bytes, k_magic) && !may_begin(bytes, k_legacy_protocol)) {
            return malformed(bytes, "it does not begin with \"chunked\"");
        }
        if (bytes.size() == k_header_line_cap) return malformed(bytes, "the line does not end");
        const auto fill = window_.more();
        if (!fill) return std::unexpected(fill.error());
        if (*fill == Fill::end) {
            if (window_.unread().empty()) return std::nullopt;
            return peer_gone();
        }
    }
}

Result<std::string> ChunkReader::read_metadata(std::uint64_t length) {
    std::string metadata;
    window_.set_limit(length);
    while (metadata.size() < length) {
        const auto piece = window_.unread();
        metadata.append(piece.data(), piece.size());
        window_.consume(piece.size());
        const auto fill = window_.more();
        if (!fill) return std::unexpected(fill.error());
        if (*fill == Fill::end) return peer_gone();
    }
    return metadata;
}

std::uint64_t ChunkReader::bytes_to_come() const {
    return window_.limit() - std::min<std::uint64_t>(window_.limit(), window_.unread().size());
}

}  // namespace cloudhijack::scp
