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

/// Writes the fields of one item, in order. What they are called and how they are bounded is the
/// same as in ItemReader, so that one description of an item serves both.
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
    /// Of what is never 0.
    template <std::unsigned_integral Number>
    void positive(Number value, std::uint64_t most) {
        number(value, most);
    }
    void flag(bool value) { append(value ? "1" : "0"); }
    void text(std::string_view value);
    void refuse() {}

    /// True where the item goes on in another one.
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

    /// Gives each document to `take` as soon as it is full.
    DocumentWriter(const Header& header, Take take);

    /// Adds an item to a list. `fill` writes its fields, and is called once more where the item
    /// turns out not to fit into the document at hand.
    void add(std::string_view list, const std::function<void(ItemWriter&)>& fill);

    /// Adds items that begin with what `head(item, goes_on)` writes and hold an element of a range
    /// each time that `element(item, value)` is called: one at least, and as many as they need.
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

    /// How many documents there are, with the one at hand.
    [[nodiscard]] std::uint64_t documents() const { return finished_ + 1; }

    /// Gives away the document at hand, which may hold no item.
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
