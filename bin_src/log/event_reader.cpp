#include "log/event_reader.hpp"

#include <bitset>
#include <new>
#include <utility>

#include "io/window.hpp"
#include "json/json.hpp"
#include "text/trim.hpp"
#include "text/utf8.hpp"

namespace cloudhijack::log {
namespace {

namespace ondemand = simdjson::ondemand;

/// What a reader keeps for the next document, each of its parsers and texts.
constexpr std::size_t k_kept_capacity = std::size_t{1024} * 1024;

using SeenNodes = std::bitset<Shape::k_max_nodes>;

/// What one pass over a document finds.
struct DocumentParts {
    Event event;          ///< of the document itself
    bool record = false;  ///< `inner` is the record of an envelope
    Event inner;
    std::string_view record_text;  ///< a record as a JSON string, unescaped
    bool list = false;
};

std::unexpected<Error> broken(simdjson::error_code code) {
    // No fault of the document: as any other lack of memory.
    if (code == simdjson::MEMALLOC) throw std::bad_alloc();
    return failure(std::string("is broken or cut-off JSON: ") + simdjson::error_message(code));
}

// Text up to its last closing brace: blanks can follow.
std::string_view up_to_brace(std::string_view text) { return text.substr(0, text.rfind('}') + 1); }

simdjson::error_code read_object_text(ondemand::value value, std::string_view& text) {
    auto type = ondemand::json_type::null;
    if (const auto error = value.type().get(type)) return error;
    if (type != ondemand::json_type::object) return simdjson::SUCCESS;
    if (const auto error = value.raw_json().get(text)) return error;
    text = up_to_brace(text);
    return simdjson::SUCCESS;
}

/// Reads the keys of one document in its order.
class DocumentPass {
  public:
    explicit DocumentPass(const Shape& shape) : shape_(&shape) {}

    simdjson::error_code run(ondemand::object document) {
        return read_object(document, shape_->root(), found_.event);
    }

    [[nodiscard]] const DocumentParts& found() const { return found_; }

  private:
    // Recurses as deep as the shape's paths go, whatever the input does.
    simdjson::error_code read_object(ondemand::object object, const Shape::Node& node,
                                     Event& event) {
        return json::for_each_member(object, [&](std::string_view key, ondemand::value value) {
            const Shape::Node* child = node.child(key);
            if (child == nullptr || seen_.test(child->index)) return simdjson::SUCCESS;
            seen_.set(child->index);
            return read_value(value, *child, event);
        });
    }

    simdjson::error_code read_value(ondemand::value value, const Shape::Node& node, Event& event) {
        switch (node.holds) {
            case Holds::text:
                return json::read_text(value, event.*node.field);
            case Holds::object:
                return read_object_text(value, event.*node.field);
            case Holds::inner:
                return read_inner(value, node, event);
            case Holds::record:
                return in_record_ ? simdjson::SUCCESS : read_record(value);
            case Holds::record_text:
                return in_record_ ? simdjson::SUCCESS : json::read_text(value, found_.record_text);
            case Holds::records:
                return in_record_ ? simdjson::SUCCESS : read_list(value);
        }
        std::unreachable();
    }

    simdjson::error_code read_inner(ondemand::value value, const Shape::Node& node, Event& event) {
        ondemand::object inner;
        const auto error = value.get_object().get(inner);
        if (error == simdjson::INCORRECT_TYPE) return simdjson::SUCCESS;
        return error != simdjson::SUCCESS ? error : read_object(inner, node, event);
    }

    // The record has the keys of the shape's root again; an envelope inside it is none.
    simdjson::error_code read_record(ondemand::value value) {
        ondemand::object record;
        const auto error = value.get_object().get(record);
        if (error == simdjson::INCORRECT_TYPE) return simdjson::SUCCESS;
        if (error != simdjson::SUCCESS) return error;
        if (const auto raw = record.raw_json().get(found_.inner.record)) return raw;
        found_.inner.record = up_to_brace(found_.inner.record);
        if (const auto again = record.reset().error()) return again;
        const SeenNodes outside = std::exchange(seen_, {});
        in_record_ = true;
        const auto read = read_object(record, shape_->root(), found_.inner);
        in_record_ = false;
        seen_ = outside;
        found_.record = true;
        return read;
    }

    simdjson::error_code read_list(ondemand::value value) {
        auto type = ondemand::json_type::null;
        const auto error = value.type().get(type);
        found_.list = found_.list || type == ondemand::json_type::array;
        return error;
    }

    const Shape* shape_;
    DocumentParts found_;
    SeenNodes seen_;
    bool in_record_ = false;
};

Result<DocumentParts> read_document(ondemand::parser& parser, const Shape& shape,
                                    std::string_view text) {
    ondemand::document document;
    ondemand::object object;
    const auto error = json::parse_object(parser, text, document, object);
    if (error == simdjson::EMPTY) return failure("is empty");
    if (error == simdjson::INCORRECT_TYPE) return failure("is no JSON object");
    if (error) return broken(error);
    DocumentPass pass(shape);
    if (const auto read_error = pass.run(object)) return broken(read_error);
    if (!document.at_end()) return failure("has text behind the end of its JSON object");
    DocumentParts found = pass.found();
    found.event.record = text::trimmed(text);
    return found;
}

// Text with its padding behind it; the view is without.
std::string_view padded(std::string& text) {
    const std::size_t size = text.size();
    text.append(io::k_padding, ' ');
    return std::string_view(text).substr(0, size);
}

}  // namespace

Result<EventReading> EventReader::read(std::string_view document) {
    auto reading = read_json(document);
    if (reading) return reading;
    const std::string_view valid = text::valid_utf8(document, repaired_);
    if (valid.data() == document.data()) return reading;
    return read_json(padded(repaired_));
}

void EventReader::shrink() {
    for (json::OwnedJsonParser* parser : {&parser_, &inner_parser_}) {
        if ((*parser)->capacity() > k_kept_capacity) *parser = json::make_json_parser();
    }
    for (std::string* text : {&repaired_, &inner_}) {
        if (text->capacity() > k_kept_capacity) *text = std::string{};
    }
}

Result<EventReading> EventReader::read_json(std::string_view json) {
    for (const LogSet::ShapedLog& member : logs_->members()) {
        Attempt attempt = read_as(member, json);
        const bool is_only_log = logs_->members().size() == 1;
        if (attempt.fits || is_only_log) return std::move(attempt.reading);
    }
    // Of no log: the first one's answer. Its views need the parser, which others have used since.
    return read_as(logs_->first(), json).reading;
}

EventReader::Attempt EventReader::read_as(const LogSet::ShapedLog& member, std::string_view json) {
    const Log& log = *member.log;
    const auto of_log = [&log](DocumentKind kind, Event event) -> Attempt {
        const bool fits = log.recognises(event);
        event.log = &log;
        if (event.source.empty()) event.source = log.source;
        return {.reading = EventReading{.kind = kind, .event = event}, .fits = fits};
    };
    const auto found = read_document(*parser_, member.shape, json);
    if (!found) return {.reading = std::unexpected(found.error())};
    if (found->list)
        return {.reading = EventReading{.kind = DocumentKind::list, .event = {}}, .fits = true};
    if (log.recognises(found->event)) return of_log(DocumentKind::record, found->event);
    if (found->record) return of_log(DocumentKind::enveloped, found->inner);
    if (found->record_text.empty()) return of_log(DocumentKind::record, found->event);

    inner_ = found->record_text;
    const auto inner = read_document(*inner_parser_, member.shape, padded(inner_));
    if (!inner) return {.reading = failure("holds a record that " + inner.error().text)};
    return of_log(DocumentKind::enveloped, inner->event);
}

}  // namespace cloudhijack::log
