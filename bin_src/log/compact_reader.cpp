#include "log/compact_reader.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <span>

#include "csv/unquote.hpp"
#include "io/window.hpp"

namespace cloudhijack::log {
namespace {

/// Records that are nested more deeply are left to the other reader.
constexpr std::size_t k_deepest = 8;

/// Walks once over the tokens of a record. All steps are inlined into one function, so that the
/// state stays in registers. Each step returns whether the record is compact so far.
class RecordWalk {
  public:
    RecordWalk(std::string_view json, json::Quotes quotes, std::span<const std::uint64_t> masks,
               KeyOrder& keys, Event& event)
        : begin_(json.data()),
          end_(json.data() + json.size()),
          at_(begin_),
          quote_size_(size_of(quotes)),
          masks_(masks.data()),
          block_(begin_),
          mask_(*masks_),
          keys_(&keys),
          event_(&event) {}

    bool run(const Shape::Node& root) {
        bool goes_on = *at_ == '{' && open(&root);
        // Any bytes may follow the end.
        while (goes_on && at_ < end_) {
            const Shape::Node* node = nullptr;
            if (is_object_ && !read_key(node)) return false;
            if (*at_ == '"') {
                goes_on = read_string(node) && end_item();
            } else if (*at_ == '{' || *at_ == '[') {
                goes_on = open(node);
            } else {
                goes_on = read_word(node) && end_item();
            }
        }
        const bool is_others = (seen_ >> KeyOrder::of_others().index & 1U) != 0;
        return depth_ == 0 && at_ == end_ && at_ != begin_ && !is_others;
    }

  private:
    static bool is_text(const Shape::Node* node) {
        return node != nullptr && node->holds == Holds::text;
    }

    // Reads a string that begins here; the current position is outside any string.
    [[gnu::always_inline]] bool take_string(std::string_view& text) {
        if (*at_ != '"') return false;
        while (mask_ == 0) {
            mask_ = *++masks_;
            block_ += json::StringEnds::k_bytes_per_mask;
        }
        const char* const closing = block_ + std::countr_zero(mask_);
        mask_ &= mask_ - 1;
        if (closing >= end_) return false;
        text = {at_ + quote_size_, closing};
        at_ = closing + quote_size_;
        return true;
    }

    // Reads a key. The node is null if no path goes through the key, or if it occurred before.
    [[gnu::always_inline]] bool read_key(const Shape::Node*& node) {
        std::string_view key;
        if (!take_string(key) || *at_ != ':') return false;
        if (++at_ >= end_) return false;
        if (node_ != nullptr) node = keys_->child(*node_, key);
        if (node == nullptr) return true;
        const std::uint64_t bit = std::uint64_t{1} << node->index;
        if ((seen_ & bit) != 0) node = nullptr;
        seen_ |= bit;
        return true;
    }

    [[gnu::always_inline]] bool read_string(const Shape::Node* node) {
        std::string_view text;
        if (!take_string(text)) return false;
        if (is_text(node)) event_->*node->field = text;
        return true;
    }

    [[gnu::always_inline]] bool open(const Shape::Node* node) {
        if (depth_ == k_deepest) return false;
        const bool is_object = *at_ == '{';
        if (node != nullptr && node->holds == Holds::object && is_object) {
            kept_ = &(event_->*node->field);
            kept_begin_ = at_;
            kept_depth_ = depth_;
        }
        const bool has_paths = node != nullptr && node->holds == Holds::inner && is_object;
        outer_nodes_[depth_++] = node_;
        outer_objects_ = outer_objects_ << 1U | (is_object_ ? 1U : 0U);
        node_ = has_paths ? node : nullptr;
        is_object_ = is_object;
        ++at_;
        const bool is_empty = *at_ == (is_object ? '}' : ']');
        return !is_empty || end_item();
    }

    [[gnu::always_inline]] bool read_word(const Shape::Node* node) {
        const std::string_view rest(at_, end_);
        std::string_view text;
        if (rest.starts_with("true")) {
            text = "true";
        } else if (rest.starts_with("false")) {
            text = "false";
        } else if (!rest.starts_with("null")) {
            return !is_text(node) &&
                   take_number();  // the text of a number would need a grammar check
        }
        constexpr std::string_view null = "null";  // null counts as absent
        at_ += text.empty() ? null.size() : text.size();
        if (is_text(node)) event_->*node->field = text;
        return true;
    }

    // The value is not used, so only its first character and its set of characters are checked.
    bool take_number() {
        const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
        if (!is_digit(*at_) && *at_ != '-') return false;
        ++at_;
        constexpr std::string_view others = "-+.eE";
        while (at_ < end_ && (is_digit(*at_) || others.contains(*at_))) ++at_;
        return true;
    }

    // Reads what follows a value: a comma, or the ends of levels and then a comma.
    [[gnu::always_inline]] bool end_item() {
        while (at_ < end_) {
            const char c = *at_++;
            if (c == ',') return true;
            if (c != (is_object_ ? '}' : ']')) return false;
            node_ = outer_nodes_[--depth_];
            is_object_ = (outer_objects_ & 1U) != 0;
            outer_objects_ >>= 1U;
            if (kept_ != nullptr && depth_ == kept_depth_) {
                *kept_ = {kept_begin_, at_};
                kept_ = nullptr;
            }
            if (depth_ == 0) return false;
        }
        return false;
    }

    const char* begin_;
    const char* end_;
    const char* at_;
    std::size_t quote_size_;
    const std::uint64_t* masks_;
    const char* block_;   ///< the 64 bytes that the current mask describes
    std::uint64_t mask_;  ///< the closing quotes that are still to come in them
    KeyOrder* keys_;
    Event* event_;
    const Shape::Node* node_ = nullptr;  ///< whose paths continue in the current level, or null
    bool is_object_ = false;             ///< the current level; otherwise it is an array
    std::array<const Shape::Node*, k_deepest> outer_nodes_{};  ///< of the enclosing levels
    std::uint32_t outer_objects_ = 0;   ///< is_object_ of those, the nearest in bit 0
    std::size_t depth_ = 0;             ///< the number of open levels
    std::uint64_t seen_ = 0;            ///< bit i: the node with index i was seen
    std::string_view* kept_ = nullptr;  ///< receives the text of an open object
    const char* kept_begin_ = nullptr;
    std::size_t kept_depth_ = 0;
};

}  // namespace

const Shape::Node& KeyOrder::of_others() {
    static const Shape::Node node = [] {
        Shape::Node made;
        made.index = Shape::k_max_nodes - 1;
        return made;
    }();
    return node;
}

const Shape::Node* KeyOrder::look_up(CachedKey& cached, const Shape::Node& node,
                                     std::string_view key) {
    cached.child = node.child(key);
    const bool is_top_level = node.key.empty();
    if (cached.child == nullptr && is_top_level && keys_of_others_.contains(key)) {
        cached.child = &of_others();
    }
    cached.parent = key.size() <= cached.key.size() ? &node : nullptr;
    if (cached.parent != nullptr) {
        std::ranges::copy(key, cached.key.begin());
        cached.key_size = key.size();
    }
    return cached.child;
}

Event* CompactReader::read(std::string_view json, json::Quotes quotes) {
    if (!ends_.look_at(json, quotes)) return nullptr;
    event_ = {};
    keys_.restart();
    if (!RecordWalk(json, quotes, ends_.masks(), keys_, event_).run(log_->shape.root()))
        return nullptr;
    const Log& log = *log_->log;
    if (!log.recognises(event_)) return nullptr;
    log.finish(event_, texts_);
    std::string_view& parameters = event_.parameters;
    if (quotes == json::Quotes::doubled && !parameters.empty()) {
        parameters_.resize(parameters.size() + io::k_padding);
        parameters = {parameters_.data(), csv::halve_quotes(parameters, parameters_.data(), cpu_)};
    }
    return &event_;
}

}  // namespace cloudhijack::log
