#include "log/event_reader.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include "io/window.hpp"
#include "json/check.hpp"
#include "json/json.hpp"
#include "log/shape_walk.hpp"
#include "text/characters.hpp"
#include "text/quote.hpp"
#include "text/trim.hpp"
#include "text/utf8.hpp"

namespace cloudhijack::log {
namespace {

namespace ondemand = simdjson::ondemand;

/// Stores the values at a log's paths in an event.
class EventTaker {
  public:
    EventTaker() { ranks_.fill(k_none); }

    simdjson::error_code take(const Shape::Node& node, ondemand::value value) {
        if (node.holds == Holds::text) return take_text(node, value);
        auto type = ondemand::json_type::null;
        if (const auto error = value.type().get(type)) return error;
        const bool is_list = type == ondemand::json_type::array;
        if (node.holds == Holds::numbers && !is_list) return take_text(node, value);
        const bool fits = node.holds == Holds::object ? type == ondemand::json_type::object
                          : node.holds == Holds::json
                              ? is_list || type == ondemand::json_type::object
                              : is_list;
        if (!fits || node.field == nullptr) return simdjson::SUCCESS;
        std::string_view text;
        if (const auto error = value.raw_json().get(text)) return error;
        set(node, text::trimmed(text));
        return simdjson::SUCCESS;
    }

    simdjson::error_code take_opened(const Shape::Node& node, std::string_view text) {
        if (node.field != nullptr) set(node, text);
        return simdjson::SUCCESS;
    }

    [[nodiscard]] const Event& event() const { return event_; }

  private:
    static constexpr std::uint8_t k_none = 0xFF;

    simdjson::error_code take_text(const Shape::Node& node, ondemand::value value) {
        std::string_view text;
        const auto error = json::read_text(value, text);
        if (!error) set(node, text);
        return error;
    }

    void set(const Shape::Node& node, std::string_view text) {
        std::uint8_t& rank = ranks_.at(node.slot);
        if (text.empty() || rank <= node.rank) return;
        rank = node.rank;
        event_.*node.field = text;
    }

    Event event_;
    std::array<std::uint8_t, Shape::k_max_nodes> ranks_{};  ///< of the path that set each field
};

/// A document, which is walked once for each log of which it may be a record.
class WalkedDocument {
  public:
    WalkedDocument(ondemand::parser& parser, std::string_view text)
        : text_(text), error_(json::parse_object(parser, text, document_, object_)) {}

    [[nodiscard]] simdjson::error_code error() const { return error_; }

    /// Passes the document's object to `walk`. Returns why the text is not such a document, or
    /// nullopt.
    std::optional<std::unexpected<Error>> walk(auto walk) {
        if (walk(object()) != simdjson::SUCCESS || !document_.at_end()) {
            return failure(json::damage_in_words(text_));
        }
        return std::nullopt;
    }

    /// The document's object, from its first key.
    ondemand::object object() {
        if (std::exchange(walked_, true)) {
            document_.rewind();
            error_ = document_.get_object().get(object_);  // succeeds again, as the first time
        }
        return object_;
    }

    /// Whether the document is not valid JSON although it could be read: for values that no path
    /// names, only the brackets are counted, so a truncated record can contain the records after
    /// it.
    [[nodiscard]] bool is_damaged() const {
        const json::Check checked = json::check(text_);
        return checked.end != json::Check::End::closed && !checked.is_too_deep;
    }

    /// Whether a mark occurs more than once in the document.
    [[nodiscard]] bool occurs_again(std::string_view mark) const {
        const auto first = text_.find(mark);
        return first != std::string_view::npos &&
               text_.find(mark, first + 1) != std::string_view::npos;
    }

    /// Whether the document can contain a record of the log with this mark, directly or in a
    /// string.
    [[nodiscard]] bool may_hold(std::string_view mark) {
        if (text_.contains(mark)) return true;
        if (!has_escapes_) has_escapes_ = text_.contains("\\u");
        return *has_escapes_;
    }

  private:
    std::string_view text_;
    ondemand::document document_;
    ondemand::object object_;
    simdjson::error_code error_;
    std::optional<bool> has_escapes_;
    bool walked_ = false;
};

void find_held_records(std::string_view record, std::string_view first_key, EventReading& reading) {
    if (first_key.empty()) return;
    const std::string start = "{\"" + std::string(first_key) + '"';
    if (!record.starts_with(start)) return;
    for (auto at = record.find(start, 1); at != std::string_view::npos;
         at = record.find(start, at + 1)) {
        const auto before = record.substr(0, at).find_last_not_of(text::k_blanks);
        if (record[before] != ',' && record[before] != '[') continue;
        if (reading.held_records++ == 0) reading.held = record.substr(at);
    }
}

// Whether a key looks like a name and may appear in a message. Keys that are addresses or phone
// numbers must not.
bool is_name(std::string_view key) {
    constexpr std::ptrdiff_t most_digits = 6;
    return std::ranges::count_if(key, text::is_digit) <= most_digits &&
           std::ranges::all_of(key, [](char c) {
               return text::is_letter(c) || text::is_digit(c) || c == '_' || c == '-' || c == '.' ||
                      c == ':' || c == '$' || c == '/' || c == ' ';
           });
}

// The first keys of an object, for a message.
std::string first_keys_of(ondemand::object object) {
    constexpr std::size_t most = 3;
    std::string keys;
    std::size_t count = 0;
    static_cast<void>(json::for_each_member(object, [&](std::string_view key, ondemand::value) {
        if (count == most) return false;
        keys += (count++ == 0 ? "" : ", ") + (is_name(key) ? text::quoted(key) : "...");
        return true;
    }));
    return keys;
}

}  // namespace

Result<EventReading> EventReader::read(std::string_view document) {
    auto reading = read_json(document);
    if (reading) return reading;
    const std::string_view valid = text::valid_utf8(document, repaired_);
    if (valid.data() == document.data()) return reading;
    const std::size_t size = repaired_.size();
    repaired_.append(io::k_padding, ' ');
    return read_json(std::string_view(repaired_).substr(0, size));
}

void EventReader::shrink() {
    if (parser_->capacity() > k_kept_capacity) parser_ = json::make_json_parser();
    if (repaired_.capacity() > k_kept_capacity) repaired_ = std::string{};
    if (enclosed_.capacity() * sizeof(EnclosedText) > k_kept_capacity) enclosed_ = {};
    opened_.shrink();
}

Result<EventReading> EventReader::read_json(std::string_view json) {
    WalkedDocument document(*parser_, json);
    if (document.error()) return failure(json::damage_in_words(json));
    for (const LogSet::ShapedLog& member : logs_->members()) {
        const Log& log = *member.log;
        if (!document.may_hold(log.mark)) continue;
        opened_.restart();
        EventTaker taker;
        ShapeWalk walk(member.shape, opened_, taker);
        const auto error =
            document.walk([&walk](ondemand::object object) { return walk.run(object); });
        if (error) return *error;
        if (!log.recognises(taker.event())) continue;
        const bool occurs_again = document.occurs_again(log.mark);
        if (occurs_again && document.is_damaged()) return failure(json::damage_in_words(json));
        if (!walk.damaged_key().empty()) {
            return failure("has damaged or cut-off JSON in " + text::quoted(walk.damaged_key()));
        }
        EventReading reading{.kind = DocumentKind::record, .event = taker.event()};
        if (occurs_again) find_held_records(text::trimmed(json), log.first_key, reading);
        texts_.restart();
        log.finish(reading.event, texts_);
        return reading;
    }
    opened_.restart();
    const auto error = document.walk(
        [&](ondemand::object object) { return read_envelope(object, opened_, enclosed_); });
    if (error) return *error;
    if (!enclosed_.empty()) {
        return EventReading{.kind = DocumentKind::envelope, .enclosed = enclosed_};
    }
    if (document.is_damaged()) return failure(json::damage_in_words(json));
    first_keys_ = first_keys_of(document.object());
    return EventReading{.kind = DocumentKind::unknown, .first_keys = first_keys_};
}

}  // namespace cloudhijack::log
