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

/// The keys that were looked up in the last record, in order, and the nodes found: the next record
/// is usually similar.
class KeyOrder {
  public:
    /// `keys_of_others` are the top-level keys of other logs' records.
    explicit KeyOrder(text::KeyTable keys_of_others) : keys_of_others_(std::move(keys_of_others)) {}

    /// The node that represents a top-level key which only other logs' records have.
    static const Shape::Node& of_others();

    /// Starts again with the first key.
    void restart() { next_ = 0; }

    /// The result of node.child(), or of_others().
    const Shape::Node* child(const Shape::Node& node, std::string_view key) {
        CachedKey& cached = cached_[next_++ % cached_.size()];
        const bool is_it = cached.parent == &node &&
                           text::KeyTable::same(key, {cached.key.data(), cached.key_size});
        return is_it ? cached.child : look_up(cached, node, key);
    }

  private:
    struct CachedKey {
        const Shape::Node* parent = nullptr;  ///< null if the key is too long to be cached
        const Shape::Node* child = nullptr;
        std::array<char, 32> key{};
        std::size_t key_size = 0;
    };

    const Shape::Node* look_up(CachedKey& cached, const Shape::Node& node, std::string_view key);

    text::KeyTable keys_of_others_;
    std::array<CachedKey, 64> cached_;
    std::size_t next_ = 0;
};

/// Reads records in the form in which AWS writes nearly all of them: an object in ASCII, without
/// escapes, without blanks between tokens and with an id that its log considers usable. The texts
/// of such a record appear in it verbatim, so a single walk from string to string reads it, even in
/// a CSV cell with all its quotes doubled.
///
/// This reader leaves any other text to the EventReader, its twin. It is strict where the
/// EventReader is lenient: for every record that both read, they give the same event.
class CompactReader {
  public:
    /// Reads records of the main log. The logs must outlive the reader. A record whose top-level
    /// keys could be another log's is left to the other reader.
    explicit CompactReader(const LogSet& logs, simd::Cpu cpu = simd::best_cpu())
        : log_(&logs.main()), cpu_(cpu), ends_(cpu), keys_(logs.keys_of_others()) {}

    /// The event of a record; null if the text is not such a record. io::k_padding bytes after the
    /// text must be readable. The event and its views, which point into the text and the reader,
    /// are valid until either changes. If quotes are doubled, its `record` is empty. The caller
    /// sets the time that comes from outside the record.
    Event* read(std::string_view json, json::Quotes quotes);

  private:
    const LogSet::ShapedLog* log_;
    simd::Cpu cpu_;
    json::StringEnds ends_;
    KeyOrder keys_;
    Event event_;
    EventTexts texts_;
    std::string parameters_;  ///< with padding; used if quotes are doubled
};

}  // namespace cloudhijack::log
