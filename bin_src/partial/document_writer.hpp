#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "partial/document.hpp"

namespace cloudhijack::partial {

class DocumentWriter;

/// Writes the fields of one item, in order. Its functions have the names and bounds of
/// ItemReader's, so that one description of an item serves both.
class ItemWriter {
  public:
    static constexpr bool k_reads = false;

    template <std::unsigned_integral Number>
    void number(Number value, std::uint64_t /*most*/) {
        append(std::to_string(value));
    }
    template <std::signed_integral Number>
    void number(Number value, std::int64_t /*least*/, std::int64_t /*most*/) {
        append(std::to_string(value));
    }
    /// A number that is never 0.
    template <std::unsigned_integral Number>
    void positive(Number value, std::uint64_t most) {
        number(value, most);
    }
    void flag(bool value) { append(value ? "1" : "0"); }
    void text(std::string_view value);
    void refuse() {}

    /// Whether the item should continue in another one.
    [[nodiscard]] bool is_long() const;

  private:
    friend DocumentWriter;
    explicit ItemWriter(DocumentWriter& document) : document_(&document) {}

    void append(std::string_view field);

    DocumentWriter* document_;
    std::string item_;
    std::size_t new_texts_ = 0;  ///< bytes
};

/// Writes items into as many documents as they need.
class DocumentWriter {
  public:
    using Take = std::function<void(std::string_view document)>;

    /// Passes each document to `take` as soon as it is full.
    DocumentWriter(const Header& header, Take take);

    /// Adds an item to a list. `fill` writes its fields, and is called a second time if the item
    /// does not fit into the current document.
    void add(std::string_view list, const std::function<void(ItemWriter&)>& fill);

    /// Adds as many items as a range needs, at least one. Each begins with the fields that
    /// `head(item, goes_on)` writes, followed by one call of `element(item, value)` for each of its
    /// elements.
    template <class Range>
    void add_all(std::string_view list, const Range& range, auto head, auto element) {
        auto begin = range.begin();
        bool goes_on = false;
        do {
            auto end = begin;
            add(list, [&](ItemWriter& item) {
                head(item, goes_on);
                for (end = begin; end != range.end(); ++end) {
                    if (end != begin && item.is_long()) break;
                    element(item, *end);
                }
            });
            begin = end;
            goes_on = true;
        } while (begin != range.end());
    }

    /// The number of documents, including the current one.
    [[nodiscard]] std::uint64_t documents() const { return finished_ + 1; }

    /// Passes on the current document, which may contain no item.
    void finish();

  private:
    friend ItemWriter;

    [[nodiscard]] std::size_t size() const;
    void forget_texts_from(std::size_t number);

    std::string head_;
    Take take_;
    std::uint64_t finished_ = 0;
    std::map<std::string, std::uint64_t, std::less<>> text_numbers_;
    std::vector<std::map<std::string, std::uint64_t, std::less<>>::const_iterator> texts_;
    std::string text_list_;                                  ///< their JSON, without brackets
    std::map<std::string, std::string, std::less<>> lists_;  ///< the items' JSON, without brackets
};

}  // namespace cloudhijack::partial
