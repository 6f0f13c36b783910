#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "json/string_ends.hpp"
#include "log/event.hpp"
#include "log/event_texts.hpp"
#include "log/log_set.hpp"
#include "text/key_table.hpp"

namespace cloudhijack::log {

/// The keys that were looked up in the last record, in their order, and what was found: the next
/// record is mostly alike.
class KeyOrder {
  public:
    /// `keys_of_others` are those that records of other logs have at top level.
    explicit KeyOrder(text::KeyTable keys_of_others) : keys_of_others_(std::move(keys_of_others)) {}

    /// What stands for a key at top level that only records of other logs have.
    static const Shape::Node& of_others();

    /// Begins with the first key again.
    void restart() { next_ = 0; }

    /// What node.child() gives, or of_others().
    const Shape::Node* child(const Shape::Node& node, std::string_view key) {
        CachedKey& cached = cached_[next_++ % cached_.size()];
        const bool is_it = cached.parent == &node &&
                           text::KeyTable::same(key, {cached.key.data(), cached.key_size});
        return is_it ? cached.child : look_up(cached, node, key);
    }

  private:
    struct CachedKey {
        const Shape::Node* parent = nullptr;  ///< null where the key is too long to be kept
        const Shape::Node* child = nullptr;
        std::array<char, 32> key{};
        std::size_t key_size = 0;
    };

    const Shape::Node* look_up(CachedKey& cached, const Shape::Node& node, std::string_view key);

    text::KeyTable keys_of_others_;
    std::array<CachedKey, 64> cached_;
    std::size_t next_ = 0;
};

/// Reads records as AWS writes nearly all of them: an object in ASCII, without escapes and without
/// blanks between its tokens, with an id that its log calls usable. The texts of such a record
/// stand in it as they are, so one walk from string to string reads it, even where it is a CSV cell
/// with all its quotes doubled.
///
/// Whatever else a text is, this reader leaves it to the EventReader, its twin: of what both read,
/// they give the same event. So it is strict where the other is lenient.
class CompactReader {
  public:
    /// Reads records of the main log, which must outlive it. One that could be another log's, by a
    /// key at top level, is left to the other reader.
    explicit CompactReader(const LogSet& logs, simd::Cpu cpu = simd::best_cpu())
        : log_(&logs.main()), cpu_(cpu), ends_(cpu), keys_(logs.keys_of_others()) {}

    /// The event of a record; null if the text is not such a record. io::k_padding bytes after
    /// the text must be readable. The event and its views, which lie in the text and the reader,
    /// are valid until either changes. Its `record` is empty if quotes are doubled; it has no
    /// time from outside, which is the caller's to set.
    Event* read(std::string_view json, json::Quotes quotes);

  private:
    const LogSet::ShapedLog* log_;
    simd::Cpu cpu_;
    json::StringEnds ends_;
    KeyOrder keys_;
    Event event_;
    EventTexts texts_;
    std::string parameters_;  ///< with their padding, where quotes are doubled
};

}  // namespace cloudhijack::log
