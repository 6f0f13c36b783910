#pragma once

#include <simdjson.h>

#include <bitset>
#include <string_view>

#include "json/json.hpp"
#include "log/opened_texts.hpp"
#include "log/shape.hpp"
#include "text/trim.hpp"

namespace cloudhijack::log {

/// Walks once over a document, in its order, along the paths of a shape. The first of duplicate
/// keys counts, at every level; values that no path names are skipped and only checked for balanced
/// brackets and closed strings. A string that should hold JSON but does not, or is truncated, is
/// absent.
///
/// A string that begins as an object and is incomplete is absent, too. It means that the record is
/// damaged, see damaged_key(), unless its path opens another string before it: then it is part of a
/// body that a caller sent.
///
/// `Taker`, which must be copyable, receives the values at the ends of paths: `take(node, value)`
/// returns an error code; `take_opened(node, text)` does the same for JSON that was in a string.
template <class Taker>
class ShapeWalk {
  public:
    /// All arguments must outlive the walk. Values from strings are valid as long as the texts in
    /// `opened`.
    ShapeWalk(const Shape& shape, OpenedTexts& opened, Taker& taker)
        : shape_(&shape), opened_(&opened), taker_(&taker) {}

    simdjson::error_code run(simdjson::ondemand::object document) {
        return read_object(document, shape_->root());
    }

    /// The key of the first string with an incomplete object; empty if there is none.
    [[nodiscard]] std::string_view damaged_key() const { return damaged_key_; }

  private:
    using Value = simdjson::ondemand::value;
    using Type = simdjson::ondemand::json_type;

    // The recursion is as deep as the shape's paths, plus elements of arrays, and does not depend
    // on the input.
    simdjson::error_code read_object(simdjson::ondemand::object object, const Shape::Node& node) {
        return json::for_each_member(object, [&](std::string_view key, Value value) {
            const Shape::Node* child = node.child(key);
            if (child == nullptr || seen_.test(child->index)) return simdjson::SUCCESS;
            seen_.set(child->index);
            return read_value(value, *child);
        });
    }

    simdjson::error_code read_value(Value value, const Shape::Node& node) {
        const bool is_plain = node.children.empty() && !node.opens_strings && !node.of_elements;
        if (is_plain) return taker_->take(node, value);
        auto type = Type::null;
        if (const auto error = value.type().get(type)) return error;
        if (type == Type::array && node.of_elements) return read_elements(value, node);
        if (type == Type::string && node.opens_strings) return read_string(value, node);
        if (type != Type::object || node.children.empty()) return taker_->take(node, value);
        simdjson::ondemand::object inner;
        if (const auto error = value.get_object().get(inner)) return error;
        return read_object(inner, node);
    }

    // Also reads the elements of an element that is an array. For each element the keys seen before
    // the array count as seen.
    simdjson::error_code read_elements(Value value, const Shape::Node& node, int depth = 0) {
        simdjson::ondemand::array elements;
        if (const auto error = value.get_array().get(elements)) return error;
        const auto seen = seen_;
        for (auto element : elements) {
            Value inner;
            if (const auto error = std::move(element).get(inner)) return error;
            auto type = Type::null;
            if (const auto error = inner.type().get(type)) return error;
            const bool is_list = type == Type::array;
            if (is_list && depth > 0) continue;
            const auto error =
                is_list ? read_elements(inner, node, depth + 1) : read_value(inner, node);
            if (error) return error;
            seen_ = seen;
        }
        return simdjson::SUCCESS;
    }

    simdjson::error_code read_string(Value value, const Shape::Node& node) {
        std::string_view text;
        if (const auto read = json::read_text(value, text)) return read;
        OpenedTexts::Opened& opened = opened_->open(text);
        const Taker before = *taker_;
        if (read_opened(opened, node)) return simdjson::SUCCESS;
        *taker_ = before;
        const bool is_object = text::trimmed(opened.text).starts_with('{');
        if (is_object && !node.in_string && damaged_key_.empty()) damaged_key_ = node.key;
        return simdjson::SUCCESS;
    }

    // False if the text is not an object, or not a complete one.
    bool read_opened(OpenedTexts::Opened& opened, const Shape::Node& node) {
        simdjson::ondemand::document document;
        simdjson::ondemand::object object;
        std::string_view list;
        if (node.holds == Holds::json &&
            !json::parse_list(*opened.parser, opened.text, document, list)) {
            return document.at_end() && !taker_->take_opened(node, text::trimmed(list));
        }
        if (json::parse_object(*opened.parser, opened.text, document, object)) return false;
        if (!node.children.empty()) return !read_object(object, node) && document.at_end();
        std::string_view json;
        if (object.raw_json().get(json) || !document.at_end()) return false;
        return !taker_->take_opened(node, opened.text);
    }

    const Shape* shape_;
    OpenedTexts* opened_;
    Taker* taker_;
    std::bitset<Shape::k_max_nodes> seen_;
    std::string_view damaged_key_;
};

}  // namespace cloudhijack::log
