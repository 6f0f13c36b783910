#include "scan/file_start.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>

#include "text/characters.hpp"
#include "text/trim.hpp"
#include "text/utf8.hpp"

namespace cloudhijack::scan {
namespace {

using namespace std::string_view_literals;

/// The start of a state, which scan --partial writes; see docs/partial-documents.md.
constexpr std::string_view k_state_start = R"({"cloudhijack":)";

constexpr std::string_view k_unpack = "unpack it first";
constexpr std::string_view k_decrypt = "decrypt it first";
constexpr std::string_view k_convert = "convert it to JSON first";
// Debian has no static library that reads Parquet. FILE is the file's path.
constexpr std::string_view k_convert_parquet =
    "convert it to JSON with duckdb -c \"COPY (FROM read_parquet('FILE')) TO 'FILE.jsonl.gz' "
    "(FORMAT json)\"";
constexpr std::string_view k_export = "export the records as JSON";

/// The bytes by which a format is recognised.
struct FormatMark {
    std::string_view bytes;
    std::string_view name;
    std::string_view advice;
    /// A text can begin with these bytes, too, so there must also be binary bytes near the start.
    bool is_like_text = false;
};

constexpr std::array k_formats = {
    FormatMark{.bytes = "PK\x03\x04"sv, .name = "zip", .advice = k_unpack},
    FormatMark{.bytes = "PK\x05\x06"sv, .name = "zip", .advice = k_unpack},  // empty archive
    FormatMark{.bytes = "PK\x07\x08"sv, .name = "zip", .advice = k_unpack},  // spanned archive
    FormatMark{.bytes = "\xFD\x37zXZ\0"sv, .name = "xz", .advice = k_unpack},
    FormatMark{.bytes = "\x5D\0\0"sv, .name = "LZMA", .advice = k_unpack},
    FormatMark{.bytes = "LZIP\x01"sv, .name = "lzip", .advice = k_unpack},
    FormatMark{.bytes = "\x89LZO\0\r\n\x1A\n"sv, .name = "LZO", .advice = k_unpack},
    FormatMark{.bytes = "\x04\x22\x4D\x18"sv, .name = "LZ4", .advice = k_unpack},
    FormatMark{.bytes = "\x02\x21\x4C\x18"sv, .name = "LZ4", .advice = k_unpack},  // older
    FormatMark{.bytes = "\xFF\x06\0\0sNaPpY"sv, .name = "snappy", .advice = k_unpack},
    FormatMark{.bytes = "\x82SNAPPY\0"sv, .name = "snappy", .advice = k_unpack},  // snappy-java
    FormatMark{.bytes = "\x1F\x9D"sv, .name = "compress", .advice = k_unpack},
    FormatMark{.bytes = "7z\xBC\xAF\x27\x1C"sv, .name = "7z", .advice = k_unpack},
    FormatMark{.bytes = "Rar!\x1A\x07"sv, .name = "RAR", .advice = k_unpack},
    FormatMark{.bytes = "070701"sv, .name = "cpio", .advice = k_unpack, .is_like_text = true},
    FormatMark{.bytes = "070702"sv, .name = "cpio", .advice = k_unpack, .is_like_text = true},
    FormatMark{.bytes = "Salted__"sv, .name = "encrypted by OpenSSL", .advice = k_decrypt},
    FormatMark{.bytes = "age-encryption.org/"sv, .name = "encrypted by age", .advice = k_decrypt},
    FormatMark{
        .bytes = "-----BEGIN PGP MESSAGE"sv, .name = "encrypted by OpenPGP", .advice = k_decrypt},
    FormatMark{.bytes = "PAR1"sv, .name = "Parquet", .advice = k_convert_parquet},
    // Parquet with an encrypted footer.
    FormatMark{.bytes = "PARE"sv, .name = "Parquet", .advice = k_convert, .is_like_text = true},
    FormatMark{.bytes = "ORC"sv, .name = "ORC", .advice = k_convert, .is_like_text = true},
    FormatMark{.bytes = "Obj\x01"sv, .name = "Avro", .advice = k_convert},
    FormatMark{.bytes = "ARROW1\0"sv, .name = "Arrow", .advice = k_convert},
    FormatMark{.bytes = "FEA1"sv, .name = "Feather", .advice = k_convert},
    FormatMark{.bytes = "SEQ\x06"sv, .name = "a Hadoop sequence file", .advice = k_convert},
    FormatMark{.bytes = "SQLite format 3\0"sv, .name = "SQLite", .advice = k_convert},
    FormatMark{.bytes = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"sv,
               .name = "an Excel or other Office file",
               .advice = k_convert},
};

unsigned char byte_at(std::string_view text, std::size_t position) {
    return position < text.size() ? static_cast<unsigned char>(text[position]) : 0;
}

// Whether there is a byte near the start that does not occur in ASCII text.
bool has_binary_bytes(std::string_view text) {
    constexpr std::size_t near = 512;
    return std::ranges::any_of(text.substr(0, near), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte >= 0x7F || (byte < ' ' && !text::k_blanks.contains(c));
    });
}

// Whether the text begins with a tar header of 512 bytes. Its checksum is in octal digits at byte
// 148, and these digits count as blanks. The checksum also identifies the oldest tar format, which
// has no magic bytes.
bool begins_as_tar(std::string_view text) {
    constexpr std::size_t header_size = 512;
    constexpr std::size_t sum_offset = 148;
    constexpr std::size_t sum_size = 8;
    constexpr std::size_t magic_offset = 257;
    if (text.size() > magic_offset && text.substr(magic_offset).starts_with("ustar")) return true;
    if (text.size() < header_size || text.front() == '\0') return false;
    unsigned stated = 0;
    const std::string_view digits = text::trimmed(text.substr(sum_offset, sum_size), " \0"sv);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), stated, /*base=*/8);
    if (error != std::errc() || end != digits.data() + digits.size()) return false;
    unsigned sum = sum_size * ' ';
    for (std::size_t i = 0; i < header_size; ++i) {
        if (i < sum_offset || i >= sum_offset + sum_size) sum += byte_at(text, i);
    }
    return sum == stated;
}

// Compression formats whose first bytes vary in a digit or in some bits.
std::string_view other_compression(std::string_view text) {
    const bool is_bzip2 = text.starts_with("BZh") && byte_at(text, 3) >= '1' &&
                          byte_at(text, 3) <= '9' &&
                          (text.substr(4).starts_with("1AY&SY") ||
                           text.substr(4).starts_with("\x17\x72\x45\x38\x50\x90"));
    if (is_bzip2) return "bzip2";
    // RFC 1950: the header of zlib with a window of 32 KiB consists of two bytes, a number that is
    // a multiple of 31. The text `x^` is such a number, too.
    const unsigned header = (byte_at(text, 0) * 256U) + byte_at(text, 1);
    if (byte_at(text, 0) == 0x78 && header % 31 == 0 && has_binary_bytes(text.substr(2))) {
        return "zlib";
    }
    return {};
}

// Recognises a wide encoding by a byte order mark, or by the zeros around the ASCII character with
// which JSON begins.
std::string_view wide_encoding(std::string_view text) {
    if (text.starts_with("\xFF\xFE\0\0"sv) || text.starts_with("\0\0\xFE\xFF"sv)) return "UTF-32";
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) return "UTF-16";
    if (text.size() < 2) return {};
    const auto begins_json = [](char c) {
        return c == '{' || c == '[' || text::k_blanks.contains(c);
    };
    if (begins_json(text[0]) && text[1] == '\0') {
        return text.substr(1).starts_with("\0\0\0"sv) ? "UTF-32" : "UTF-16";
    }
    if (text.starts_with("\0\0\0"sv) && text.size() > 3 && begins_json(text[3])) return "UTF-32";
    if (text[0] == '\0' && begins_json(text[1])) return "UTF-16";
    return {};
}

/// The shape of a line, if it is a header.
struct HeaderShape {
    std::size_t columns = 0;  ///< 0 if it is not a header
    bool is_spaced = false;   ///< a blank follows a separator, as in prose
};

bool is_name_character(char c) {
    return text::is_letter(c) || text::is_digit(c) || " _.-:/#@()$%*+"sv.contains(c);
}

// The end of the name at the start of a header; npos if there is none.
std::size_t end_of_name(std::string_view line, char separator) {
    constexpr std::size_t longest = 256;
    const bool quoted = line.starts_with('"');
    if (!quoted) {
        const std::size_t end = std::min(line.find(separator), line.size());
        const std::string_view name = text::trimmed(line.substr(0, end));
        const bool is_name = !name.empty() && name.size() <= longest &&
                             !text::is_digit(name.front()) &&
                             std::ranges::all_of(name, is_name_character);
        return is_name ? end : std::string_view::npos;
    }
    const std::size_t end = line.find('"', 1);
    if (end == std::string_view::npos || end == 1 || end > longest) return std::string_view::npos;
    const bool closed = end + 1 == line.size() || line[end + 1] == separator;
    const bool is_name = std::ranges::none_of(line.substr(1, end - 1),
                                              [](char c) { return R"({}[]\)"sv.contains(c); });
    return closed && is_name ? end + 1 : std::string_view::npos;
}

// Checks for a header of names with a separator between them. Names are not numbers and contain no
// brackets.
HeaderShape header_shape(std::string_view line, char separator) {
    HeaderShape shape;
    while (true) {
        if (separator != '\t' && line.starts_with(' ')) {
            shape.is_spaced = true;
            line = text::trimmed(line);
        }
        const std::size_t end = end_of_name(line, separator);
        if (end == std::string_view::npos) return {};
        ++shape.columns;
        if (end == line.size()) return shape;
        line.remove_prefix(end + 1);
    }
}

// The number of separators outside quotes in a line, which may be cut off.
std::size_t count_separators(std::string_view line, char separator) {
    std::size_t count = 0;
    bool quoted = false;
    for (const char c : line) {
        if (c == '"') quoted = !quoted;
        count += !quoted && c == separator ? 1 : 0;
    }
    return count;
}

// Whether a line contains JSON that can be read: it begins the line, or follows one word and a
// blank, as in an export of CloudWatch Logs, but not a separator.
bool has_open_json(std::string_view line) {
    if (line.starts_with('{') || line.starts_with('[')) return true;
    const std::size_t blank = line.find(' ');
    if (blank == std::string_view::npos) return false;
    const bool follows_separator =
        std::string_view(",;\t").contains(line[blank == 0 ? 0 : blank - 1]);
    return line.substr(blank + 1).starts_with('{') && !follows_separator;
}

std::string_view next_line(std::string_view& text) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

// Prose has commas, too: lines are rows only if all have the same number of separators.
bool are_all_rows(std::string_view text, char separator, std::size_t separators) {
    constexpr int enough = 5;
    int rows = 0;
    while (!text.empty() && rows < enough) {
        const bool is_whole = text.contains('\n');
        const std::string_view row = next_line(text);
        if (!is_whole && rows > 0) break;
        if (count_separators(row, separator) != separators) return false;
        ++rows;
    }
    return rows > 0;
}

bool has_rows_below(std::string_view text, char separator) {
    const HeaderShape shape = header_shape(next_line(text), separator);
    if (shape.columns < 2) return false;
    if (shape.is_spaced) {
        return !has_open_json(text.substr(0, text.find('\n'))) &&
               are_all_rows(text, separator, shape.columns - 1);
    }
    std::string_view row;
    while (row.empty() && !text.empty()) row = next_line(text);
    if (row.empty()) return true;  // a header alone is CSV without rows
    if (has_open_json(row)) return false;
    // A cell can continue on the next line, and the row can be cut off.
    const bool is_whole = !text.empty() && std::ranges::count(row, '"') % 2 == 0;
    return !is_whole || count_separators(row, separator) > 0;
}

std::string_view separated_values(std::string_view text) {
    for (const char separator : {',', ';'}) {
        if (has_rows_below(text, separator)) return "CSV";
    }
    return has_rows_below(text, '\t') ? "TSV" : "";
}

std::string_view text_in(const io::Window& window) {
    const auto bytes = window.unread();
    return {bytes.data(), bytes.size()};
}

std::string message(std::string_view name, std::string_view advice) {
    return "is " + std::string(name) + ", which scan cannot read; " + std::string(advice);
}

// Whether the text in the window continues with `start` at a position. An error of the source is
// reported when the file is read.
bool begins_with(io::Window& window, std::size_t position, std::string_view start) {
    while (true) {
        const std::string_view text = text_in(window).substr(position);
        if (text.size() >= start.size() || !start.starts_with(text)) return text.starts_with(start);
        const auto fill = window.more();
        if (!fill || *fill != io::Window::Fill::more) return false;
    }
}

}  // namespace

std::string unread_format(std::string_view beginning) {
    if (const auto name = wide_encoding(beginning); !name.empty()) {
        return "is " + std::string(name) + "; convert it to UTF-8 first";
    }
    for (const FormatMark& mark : k_formats) {
        if (!beginning.starts_with(mark.bytes)) continue;
        if (mark.is_like_text && !has_binary_bytes(beginning)) continue;
        return message(mark.name, mark.advice);
    }
    if (begins_as_tar(beginning)) return message("tar", k_unpack);
    if (const auto name = other_compression(beginning); !name.empty()) {
        return message(name, k_unpack);
    }
    if (beginning.starts_with(text::k_byte_order_mark)) {
        beginning.remove_prefix(text::k_byte_order_mark.size());
    }
    if (const auto name = separated_values(beginning); !name.empty()) {
        return message(name, k_export);
    }
    return {};
}

Result<FileStart> look_at_start(io::Window& window) {
    constexpr std::size_t longest_mark = 4;  // the byte order mark of UTF-32
    std::string_view text;
    std::size_t first = 0;
    bool is_whole = false;
    while (true) {
        text = text_in(window);
        if (text.starts_with(text::k_byte_order_mark)) {
            window.consume(text::k_byte_order_mark.size());
            continue;
        }
        first = text.find_first_not_of(text::k_blanks);
        if (is_whole || (first != std::string_view::npos && text.size() >= longest_mark)) break;
        const auto fill = window.more();
        if (!fill) return std::unexpected(fill.error());
        is_whole = *fill != io::Window::Fill::more;
    }
    if (first == std::string_view::npos) return FileStart{};
    const bool opens = text[first] == '{' || text[first] == '[';
    if (opens && (first + 1 == text.size() || text[first + 1] != '\0')) {
        if (!begins_with(window, first, k_state_start)) return FileStart{};
        return FileStart{.is_json = false,
                         .unread =
                             "is a state of cloudhijack scan --partial, which scan does not "
                             "read; cloudhijack merge reads it"};
    }
    while (!is_whole && text.size() < k_format_bytes) {
        // An error or the end of the text is reported when the file is read.
        const auto fill = window.more();
        is_whole = fill != io::Window::Fill::more;
        text = text_in(window);
    }
    return FileStart{.is_json = false, .unread = unread_format(text.substr(0, k_format_bytes))};
}

}  // namespace cloudhijack::scan
