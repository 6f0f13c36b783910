// Any bytes as a record, in envelopes that the first line chooses: the event is the same as without
// them.

#include <array>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz_records.hpp"
#include "log/envelopes.hpp"
#include "must.hpp"
#include "text/trim.hpp"
#include "text/utf8.hpp"

namespace {

using namespace cloudhijack;
using Json = nlohmann::json;

std::string in_string(const std::string& text) { return Json(text).dump(); }

std::string base64(std::string_view text) {
    constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string coded;
    for (std::size_t at = 0; at < text.size(); at += 3) {
        std::uint32_t bits = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            bits =
                bits << 8U | (at + i < text.size() ? static_cast<std::uint8_t>(text[at + i]) : 0U);
        }
        for (std::size_t i = 0; i < 4; ++i) {
            coded += at + i > text.size() ? '=' : digits[bits >> (18U - 6U * i) & 63U];
        }
    }
    return coded;
}

/// The text before and after what an envelope encloses, and how it encloses it.
struct Envelope {
    enum class Form : std::uint8_t { json, text, base64 };

    std::string_view before;
    std::string_view after;
    Form form = Form::json;
};

constexpr auto k_envelopes = std::to_array<Envelope>({
    {.before = R"({"Records":[)", .after = "]}"},
    {.before = R"({"a":1,"records": [)", .after = R"( ],"b":[{"c":"]"}]})"},
    {.before = R"({"Events":[)", .after = "]}"},
    {.before = R"({"x":[{"Records":[{}]}],"messages":[)", .after = "]}"},
    {.before = R"({"results":[)", .after = "]}"},
    {.before = "[", .after = "]"},
    {.before = R"({"version":"0","detail":)", .after = "}"},
    {.before = R"({"CloudTrailEvent":)", .after = "}", .form = Envelope::Form::text},
    {.before = R"({"Type":"Notification","Message":)", .after = "}", .form = Envelope::Form::text},
    {.before = R"({"body":)", .after = "}", .form = Envelope::Form::text},
    {.before = R"({"logGroup":"g","logEvents":[{"message":)",
     .after = "}]}",
     .form = Envelope::Form::text},
    {.before = R"({"message":)", .after = R"(,"logStreamName":"s"})", .form = Envelope::Form::text},
    {.before = R"({"streams":[{"values":[["1",)", .after = "]]}]}", .form = Envelope::Form::text},
    {.before = R"({"result":{"_raw":)", .after = "}}", .form = Envelope::Form::text},
    {.before = R"({"@version":"1","original":)", .after = "}", .form = Envelope::Form::text},
    {.before = R"({"message":{"messageId":"1","data":)",
     .after = "}}",
     .form = Envelope::Form::base64},
});

std::string wrapped(const std::string& text, const Envelope& envelope) {
    std::string inside = text;
    if (envelope.form == Envelope::Form::text) inside = in_string(text);
    if (envelope.form == Envelope::Form::base64) inside = in_string(base64(text));
    return std::string(envelope.before) + inside + std::string(envelope.after);
}

using Events = std::vector<std::vector<std::string>>;

// The events of a text, and an empty one for anything else.
Events events_in(const std::string& text) {
    static WholeRecordReader reader;
    Events events;
    reader.read(
        text, [&events](const log::Event& event) { events.push_back(texts_of(event)); },
        [&events] { events.emplace_back(); });
    return events;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const auto line_end = input.find('\n');
    if (line_end == std::string_view::npos) return 0;
    std::string_view choices = input.substr(0, line_end);
    // Only a whole text can be a string that holds JSON.
    const bool is_string = choices.ends_with('"');
    if (is_string) choices.remove_suffix(1);
    std::string text(input.substr(line_end + 1));
    // A list can be an envelope, too, and so can a string.
    const bool is_list = text::trimmed(text).starts_with('[');
    const auto levels = choices.size() + (is_list ? 1U : 0U) + (is_string ? 1U : 0U);
    if (levels > log::k_most_envelopes) return 0;
    // Values that the reader skips need not be valid JSON, so a record that is no JSON can end
    // elsewhere in an envelope. nlohmann takes a NUL byte for the end of a text.
    if (text.contains('\0')) return 0;
    // A byte order mark belongs to a file, and not to a text in an envelope.
    if (text.starts_with(text::k_byte_order_mark) || !Json::accept(text)) return 0;
    const Events alone = events_in(text);
    if (alone.size() != 1 || alone.front().empty()) return 0;
    for (const char choice : choices) {
        const auto index = static_cast<unsigned char>(choice - 'a');
        text = wrapped(text, k_envelopes.at(index % k_envelopes.size()));
    }
    if (is_string) text = in_string(text);
    must(events_in(text) == alone, "an envelope changes the event: " + text);
    return 0;
}
