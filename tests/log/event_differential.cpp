#include "log/event_differential.hpp"

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "changed_texts.hpp"
#include "io/window.hpp"
#include "log/cloudtrail.hpp"
#include "log/compact_reader.hpp"
#include "log/event_reader.hpp"
#include "text/utf8.hpp"

namespace cloudhijack::log {
namespace {

using Json = nlohmann::json;

/// Builds `path -> text` by the rules of the reader from the events of nlohmann's SAX parser, which
/// gives numbers with their text.
class PlainReader : public nlohmann::json_sax<Json> {
  public:
    std::vector<std::pair<std::string, std::string>> fields;  ///< the first value of each path
    bool top_is_object = false;

    bool null() override { return value({}); }
    bool boolean(bool is_true) override { return value(is_true ? "true" : "false"); }
    bool number_integer(number_integer_t number) override {
        return value(number == 0 ? "-0" : std::to_string(number));  // 0 is reported as unsigned
    }
    bool number_unsigned(number_unsigned_t number) override {
        return value(std::to_string(number));
    }
    bool number_float(number_float_t, const string_t& text) override { return value(text); }
    bool string(string_t& text) override { return value(text); }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override {
        if (stack_.empty()) top_is_object = true;
        const std::string path = next_path();
        const bool repeated = !add(path, {});
        stack_.push_back(
            {.path = path, .dead = repeated || parent_is_dead(), .array = false, .key = {}});
        return true;
    }
    bool key(string_t& name) override {
        stack_.back().key = name;
        return true;
    }
    bool end_object() override { return pop(); }
    bool start_array(std::size_t) override {
        add(next_path(), {});
        stack_.push_back({.path = {}, .dead = true, .array = true, .key = {}});
        return true;
    }
    bool end_array() override { return pop(); }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
        return false;
    }

    [[nodiscard]] std::string at(std::string_view path) const {
        for (const auto& [name, text] : fields) {
            if (name == path) return text;
        }
        return {};
    }

  private:
    struct Level {
        std::string path;
        bool dead = false;  ///< a duplicate, or inside an array: nothing in it counts
        bool array = false;
        std::string key;
    };

    [[nodiscard]] bool parent_is_dead() const { return !stack_.empty() && stack_.back().dead; }

    [[nodiscard]] std::string next_path() const {
        if (stack_.empty()) return "";
        const Level& level = stack_.back();
        // A key that contains the separator is not part of any path.
        if (level.key.contains('.')) return "?";
        return level.path.empty() ? level.key : level.path + '.' + level.key;
    }

    bool add(const std::string& path, const std::string& text) {
        if (parent_is_dead()) return true;
        for (const auto& field : fields) {
            if (field.first == path) return false;
        }
        fields.emplace_back(path, text);
        return true;
    }

    bool value(const std::string& text) {
        add(next_path(), text);
        return true;
    }

    bool pop() {
        stack_.pop_back();
        return true;
    }

    std::vector<Level> stack_;
};

/// The field in which two events differ; empty if they are equal.
std::string field_difference(const Event& event, const Event& other) {
    for (const ShapePath& line : cloudtrail().paths) {
        if (line.field == nullptr || event.*line.field == other.*line.field) continue;
        return std::string(line.path) + ": \"" + std::string(event.*line.field) + "\", and \"" +
               std::string(other.*line.field) + '"';
    }
    return {};
}

}  // namespace

std::string compact_difference(std::string_view record) {
    const auto padded = [](std::string_view text) {
        return std::string(text) + std::string(io::k_padding, '"');
    };
    const std::string single = padded(record);
    const std::string cell = with_doubled_quotes(record);
    const std::string doubled = padded(cell);
    EventReader reader(all_logs());
    const auto reading = reader.read(std::string_view(single).substr(0, record.size()));
    std::optional<bool> reads;
    for (const simd::Cpu cpu : {simd::Cpu::plain, simd::best_cpu()}) {
        for (const auto quotes : {json::Quotes::single, json::Quotes::doubled}) {
            const bool is_cell = quotes == json::Quotes::doubled;
            // The readers are kept from record to record, as in a search: they remember the keys of
            // the last record.
            static std::map<std::pair<simd::Cpu, bool>, CompactReader> readers;
            CompactReader& compact =
                readers.try_emplace({cpu, is_cell}, all_logs(), cpu).first->second;
            const Event* event =
                compact.read(is_cell ? std::string_view(doubled).substr(0, cell.size())
                                     : std::string_view(single).substr(0, record.size()),
                             quotes);
            // Doubled quotes can make a text too long for the compact reader.
            const bool is_long = cell.size() > json::StringEnds::k_longest;
            if (!is_long && reads.value_or(event != nullptr) != (event != nullptr)) {
                return "the ways of asking the compact reader differ";
            }
            reads = event != nullptr;
            if (event == nullptr) continue;
            if (!reading) return "only the compact reader reads it: " + reading.error().text;
            if (reading->kind != DocumentKind::record) return "it is no plain record";
            auto difference = field_difference(*event, reading->event);
            if (!difference.empty()) return "compact: " + difference;
        }
    }
    return {};
}

std::string event_difference(std::string_view record) {
    if (auto difference = compact_difference(record); !difference.empty()) return difference;
    // Those who call the event reader skip a byte order mark, and nlohmann skips it, too.
    while (record.starts_with(text::k_byte_order_mark)) {
        record.remove_prefix(text::k_byte_order_mark.size());
    }
    std::string padded(record);
    padded.append(io::k_padding, '\0');
    EventReader reader(all_logs());
    const auto reading = reader.read(std::string_view(padded).substr(0, record.size()));

    std::string text;
    text::append_valid_utf8(text, record);
    PlainReader plain;
    // A NUL byte is never valid JSON, but nlohmann takes it for the end of the text.
    const bool plain_reads =
        !text.contains('\0') && Json::sax_parse(text, &plain) && plain.top_is_object;
    if (!plain_reads) return {};
    // A string that another log opens can hold damaged JSON. log_difference() checks those.
    if (!reading && reading.error().text.starts_with("has damaged or cut-off JSON in ")) return {};
    if (!reading) return "only the plain reader reads it: " + reading.error().text;
    if (reading->kind == DocumentKind::record && reading->event.log != &cloudtrail()) return {};
    const std::string source = plain.at("eventSource");
    const bool is_record =
        !plain.at("eventName").empty() && !source.empty() && !source.starts_with("aws:");
    if ((reading->kind == DocumentKind::record) != is_record)
        return "only one takes it for a record";
    if (!is_record) return {};
    const Event* event = &reading->event;
    for (const ShapePath& line : cloudtrail().paths) {
        if (line.holds != Holds::text) continue;
        const std::string path(line.path);
        const std::string_view field = event->*line.field;
        // If the record does not have these fields, they are derived from its other keys.
        const bool can_be_made = line.field == &Event::issuer || line.field == &Event::caller;
        if (can_be_made && plain.at(path).empty()) continue;
        if (plain.at(path) != field) {
            return path + ": \"" + std::string(field) + "\", plainly \"" + plain.at(path) + '"';
        }
    }
    return {};
}

}  // namespace cloudhijack::log
