#include "log/log_differential.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "io/window.hpp"
#include "log/event_reader.hpp"
#include "log/log_set.hpp"
#include "text/utf8.hpp"

namespace cloudhijack::log {
namespace {

using PlainJson = nlohmann::json;

/// Builds a JSON value in which the first of duplicate keys counts. Numbers are stored as their
/// text.
class FirstKeyReader : public nlohmann::json_sax<PlainJson> {
  public:
    PlainJson root;

    bool null() override { return add(nullptr); }
    bool boolean(bool value) override { return add(value ? "true" : "false"); }
    bool number_integer(number_integer_t value) override {
        return add(value == 0 ? "-0" : std::to_string(value));
    }
    bool number_unsigned(number_unsigned_t value) override { return add(std::to_string(value)); }
    bool number_float(number_float_t, const string_t& text) override { return add(text); }
    bool string(string_t& text) override { return add(text); }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return open(PlainJson::object()); }
    bool start_array(std::size_t) override { return open(PlainJson::array()); }
    bool key(string_t& name) override {
        open_.back().key = name;
        return true;
    }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
        return false;
    }

  private:
    struct Open {
        PlainJson value;
        std::string key;
    };

    bool add(PlainJson value) {
        if (open_.empty()) {
            root = std::move(value);
        } else if (open_.back().value.is_array()) {
            open_.back().value.push_back(std::move(value));
        } else {
            open_.back().value.emplace(open_.back().key, std::move(value));
        }
        return true;
    }
    bool open(PlainJson value) {
        open_.push_back({.value = std::move(value), .key = {}});
        return true;
    }
    bool close() {
        PlainJson value = std::move(open_.back().value);
        open_.pop_back();
        return add(std::move(value));
    }

    std::vector<Open> open_;
};

std::optional<PlainJson> parsed(std::string_view text) {
    FirstKeyReader reader;
    // A NUL byte is never valid JSON, but nlohmann takes it for the end of the text. It also skips
    // a byte order mark, which is not valid in a string that a log opens.
    const bool is_other = text.contains('\0') || text.starts_with(text::k_byte_order_mark);
    if (is_other || !PlainJson::sax_parse(text, &reader)) return std::nullopt;
    return std::move(reader.root);
}

struct PathStep {
    std::string key;
    bool opens = false;
};

std::vector<PathStep> steps_of(std::string_view path) {
    std::vector<PathStep> steps;
    while (!path.empty()) {
        const bool in_brackets = path.starts_with('[');
        if (in_brackets) path.remove_prefix(1);
        const std::string_view key = path.substr(0, path.find_first_of(in_brackets ? "]" : ".^["));
        path.remove_prefix(std::min(path.size(), key.size() + (in_brackets ? 1 : 0)));
        steps.push_back({.key = std::string(key), .opens = path.starts_with('^')});
        while (path.starts_with('^') || path.starts_with('.')) path.remove_prefix(1);
    }
    return steps;
}

// The text at a path, by the rules of a shape; empty if there is none. nullopt after a string that
// the simple reader refuses: it also checks values that the event reader skips, so it cannot decide
// whether the string counts as JSON.
std::optional<std::string> text_at(const PlainJson& record, std::string_view path) {
    PlainJson value = record;
    for (const PathStep& step : steps_of(path)) {
        if (!value.is_object() || !value.contains(step.key)) return "";
        value = PlainJson(value.at(step.key));
        if (!step.opens || !value.is_string()) continue;
        auto inner = parsed(value.get<std::string>());
        if (!inner) return std::nullopt;
        value = std::move(*inner);
    }
    return value.is_string() ? value.get<std::string>() : std::string();
}

}  // namespace

std::string log_difference(const Log& log, std::string_view record) {
    // Those who call the event reader skip it.
    while (record.starts_with(text::k_byte_order_mark)) {
        record.remove_prefix(text::k_byte_order_mark.size());
    }
    Log incomplete = log;
    incomplete.complete = nullptr;
    incomplete.mark = {};
    const std::array logs = {static_cast<const Log*>(&incomplete)};
    const LogSet set(logs);
    EventReader reader(set);
    const std::string padded = std::string(record) + std::string(io::k_padding, ' ');
    const auto reading = reader.read(std::string_view(padded).substr(0, record.size()));
    std::string valid;
    text::append_valid_utf8(valid, record);
    const auto plain = parsed(valid);
    if (!plain || !plain->is_object()) return {};
    if (!reading) {
        // A string that the log opens can be damaged, which makes the record damaged.
        const bool has_damaged_text = std::ranges::any_of(
            log.paths, [&plain](const ShapePath& line) { return !text_at(*plain, line.path); });
        if (has_damaged_text) return {};
        return "only the plain reader reads it: " + reading.error().text;
    }
    if (reading->kind != DocumentKind::record) return {};
    for (const ShapePath& line : log.paths) {
        if (line.holds != Holds::text) continue;
        std::string expected;
        bool is_known = true;
        for (const ShapePath& other : log.paths) {  // the first one with a text counts
            if (other.field != line.field || !expected.empty()) continue;
            const auto text = text_at(*plain, other.path);
            is_known = is_known && text;
            expected = text.value_or("");
        }
        if (!is_known) continue;
        const std::string_view found = reading->event.*line.field;
        if (line.field == &Event::source && expected.empty()) continue;  // filled in by the log
        if (found != expected) {
            return std::string(line.path) + ": \"" + std::string(found) + "\", plainly \"" +
                   expected + '"';
        }
    }
    return {};
}

}  // namespace cloudhijack::log
