#include "log/call_filter.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "simd/blocks.hpp"
#include "text/trim.hpp"

namespace cloudhijack::log {
namespace {

// The sources in notifications of SQS, S3 and DynamoDB begin with this.
constexpr std::string_view k_notice_mark = "\"aws:";

/// The only position of the key; nullopt if the key does not occur or occurs twice, or if the text
/// contains `\u`.
std::optional<std::size_t> only_key_plainly(std::string_view json, std::string_view key) {
    const std::size_t first = json.find(key);
    if (first == std::string_view::npos) return std::nullopt;
    if (json.find(key, first + 1) != std::string_view::npos) return std::nullopt;
    if (json.contains("\\u")) return std::nullopt;
    return first;
}

#if defined(__x86_64__)

// Searches 64 positions at once for the pair, which is rare, and for any backslash.
CLOUDHIJACK_AVX2 std::optional<std::size_t> only_key_by_blocks(std::string_view json,
                                                               const json::NameKey& key) {
    const char first = key.first();
    const char second = key.second();
    std::optional<std::size_t> found;
    bool has_backslash = false;
    for (std::size_t at = 0; at < json.size(); at += simd::k_block) {
        const simd::ByteBlock block(json.data() + at);
        has_backslash |= block.has('\\');  // also after the text, so it is checked again below
        const simd::ByteBlock next(json.data() + at + 1);
        simd::Mask pairs =
            block.equal_before(first, next, second) & simd::present_bytes(json.size() - at);
        for (; pairs != 0; pairs &= pairs - 1) {
            const std::size_t pair = at + static_cast<std::size_t>(__builtin_ctzll(pairs));
            if (pair < key.pair() || !key.is_at(pair - key.pair(), json)) continue;
            if (found) return std::nullopt;
            found = pair - key.pair();
        }
    }
    return has_backslash && json.contains("\\u") ? std::nullopt : found;
}

#endif

std::optional<std::size_t> only_key(std::string_view json, const json::NameKey& key,
                                    [[maybe_unused]] simd::Cpu cpu) {
    if (key.text().empty()) return std::nullopt;
#if defined(__x86_64__)
    if (cpu == simd::Cpu::avx2) return only_key_by_blocks(json, key);
#endif
    return only_key_plainly(json, key.text());
}

// Removes a text from the front; false if the text does not begin with it.
[[gnu::always_inline]] inline bool take(std::string_view& text, std::string_view front) {
    if (!text.starts_with(front)) return false;
    text.remove_prefix(front.size());
    return true;
}

void take_blanks(std::string_view& text) {
    const auto end = text.find_first_not_of(text::k_blanks);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end);
}

std::string_view quote_of(json::Quotes quotes) {
    return quotes == json::Quotes::doubled ? "\"\"" : "\"";
}

// The first key of an object; empty if the text does not begin as an object with a key.
std::string_view first_key_of(std::string_view json, json::Quotes quotes) {
    take_blanks(json);
    if (!take(json, "{")) return {};
    take_blanks(json);
    return take(json, quote_of(quotes)) ? json.substr(0, json.find('"')) : std::string_view{};
}

}  // namespace

CallFilter::CallFilter(json::NameKey key, std::span<const std::string_view> names, simd::Cpu cpu)
    : cpu_(cpu), key_(std::move(key)), names_(names) {}

CallFilter::CallFilter(const LogSet& logs, std::span<const std::string_view> names)
    : CallFilter(logs.record_keys().name, names) {
    if (const std::string_view key = logs.main().log->first_key; !key.empty()) {
        const std::string second(logs.main().log->second_key);
        plain_start_ = {.first = "{\"" + std::string(key) + R"(":")",
                        .second = R"(",")" + second + R"(":{)"};
        doubled_start_ = {.first = R"({"")" + std::string(key) + R"("":"")",
                          .second = R"("",")" + ('"' + second) + R"("":{)"};
    }
    source_key_ = logs.main().log->path_of(&Event::source);
    lists_ = logs.record_keys().lists;
    std::set<std::string_view> marks{k_notice_mark};  // logs can share one
    for (const std::string_view mark : logs.other_marks()) marks.insert(mark);
    other_marks_.assign(marks.begin(), marks.end());
}

CallFilter::Look CallFilter::look_at(std::string_view json, json::Quotes quotes) const {
    const auto key = only_key(json, key_, cpu_);
    if (!key) return {};
    const std::string_view object = text::trimmed(json);
    const bool is_object = object.starts_with('{') && object.ends_with('}');
    return {.passes_over = is_object && is_other_call(json, *key, quotes), .has_one_name = true};
}

bool CallFilter::passes_over_object(std::string_view json, std::size_t only_name_key) const {
    return json.ends_with('}') && is_other_call(json, only_name_key, json::Quotes::single);
}

bool CallFilter::is_other_call(std::string_view json, std::size_t key, json::Quotes quotes) const {
    const std::string_view quote = quote_of(quotes);
    std::string_view before = json.substr(0, key);
    // A backslash before the quote means that the key is in a string that holds JSON.
    if (!before.ends_with(quote)) return false;
    before.remove_suffix(quote.size());
    if (before.ends_with('\\')) return false;
    std::string_view rest = json.substr(key + key_.text().size());
    if (!take(rest, quote)) return false;
    take_blanks(rest);
    if (!take(rest, ":")) return false;
    take_blanks(rest);
    if (!take(rest, quote)) return false;
    const std::string_view name = rest.substr(0, rest.find('"'));
    if (!rest.substr(name.size()).starts_with(quote)) return false;
    // S3 notifications, such as `ObjectCreated:Put`, are left to the reader.
    if (name.contains('\\') || name.contains(':') || names_.contains(name)) return false;
    return is_of_main_log(json, quotes);
}

// Between the two parts there is the version of the record.
bool CallFilter::Start::begins(std::string_view json) const {
    constexpr std::size_t longest_version = 8;
    if (first.empty() || !json.starts_with(first)) return false;
    json.remove_prefix(first.size());
    json.remove_prefix(std::min({json.find('"'), json.size(), longest_version}));
    return json.starts_with(second);
}

// False if the text may be a record of another log, or of none.
bool CallFilter::is_of_main_log(std::string_view json, json::Quotes quotes) const {
    if ((quotes == json::Quotes::doubled ? doubled_start_ : plain_start_).begins(json)) return true;
    if (lists_.contains(first_key_of(json, quotes)) || !json.contains(source_key_)) return false;
    return std::ranges::none_of(other_marks_,
                                [json](std::string_view mark) { return json.contains(mark); });
}

}  // namespace cloudhijack::log
