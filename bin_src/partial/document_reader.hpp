#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json/json_parser.hpp"
#include "partial/document.hpp"
#include "result.hpp"

namespace cloudhijack::partial {

/// An integer of a document.
struct ItemField {
    std::uint64_t bits = 0;
    bool is_negative = false;  ///< then the bits are those of an std::int64_t
};

/// Reads the fields of one item, in order. If a field is missing or out of bounds, its variable
/// keeps its value, which must be within the bounds, and the document counts as damaged.
class ItemReader {
  public:
    static constexpr bool k_reads = true;

    ItemReader(std::span<const ItemField> fields, std::span<const std::string_view> texts)
        : fields_(fields), texts_(texts) {}

    template <std::unsigned_integral Number>
    void number(Number& value, std::uint64_t most) {
        const std::uint64_t field = next_natural();
        if (check(field <= most && std::in_range<Number>(field))) {
            value = static_cast<Number>(field);
        }
    }
    template <std::signed_integral Number>
    void number(Number& value, std::int64_t least, std::int64_t most) {
        const ItemField field = next();
        const auto number = static_cast<std::int64_t>(field.bits);
        const bool fits = field.is_negative == (number < 0);
        if (check(fits && least <= number && number <= most && std::in_range<Number>(number))) {
            value = static_cast<Number>(number);
        }
    }
    /// A number that is never 0.
    template <std::unsigned_integral Number>
    void positive(Number& value, std::uint64_t most) {
        number(value, most);
        check(value != 0);
    }
    void flag(bool& value) {
        const std::uint64_t field = next_natural();
        if (check(field <= 1)) value = field == 1;
    }
    /// The view is valid as long as the document is being read.
    void text(std::string_view& value) {
        const std::uint64_t field = next_natural();
        if (check(field < texts_.size())) value = texts_[field];
    }
    void text(std::string& value) {
        std::string_view view;
        text(view);
        value = view;
    }

    /// Reports an item that is wrong for a reason other than a single field.
    void refuse() { check(false); }

    void pass_over() { read_ = fields_.size(); }
    [[nodiscard]] bool is_at_end() const { return read_ == fields_.size(); }

    /// An error if a field was missing or out of bounds, or if more fields follow.
    [[nodiscard]] Result<> finish() const;

  private:
    ItemField next() {
        if (is_at_end()) {
            check(false);
            return {};
        }
        return fields_[read_++];
    }
    std::uint64_t next_natural() {
        const ItemField field = next();
        check(!field.is_negative);
        return field.is_negative ? 0 : field.bits;
    }
    bool check(bool holds) {
        if (!holds && mistake_ == 0) mistake_ = is_at_end() ? read_ + 1 : read_;
        return holds;
    }

    std::span<const ItemField> fields_;
    std::span<const std::string_view> texts_;
    std::size_t read_ = 0;
    std::size_t mistake_ = 0;  ///< which field, counted from 1; 0 for none
};

/// Reads documents that came from another machine, and trusts nothing in them.
class DocumentReader {
  public:
    /// Called once the whole header is read, before any item. An error ends the reading.
    using Accept = std::function<Result<>(const Header&)>;
    /// Called for each item. An error ends the reading.
    using Take = std::function<Result<>(std::string_view list, ItemReader&)>;

    /// io::k_padding bytes after the document must be readable. The error is that of `accept` or
    /// `take`, or says what is wrong with the document, in words that follow a noun. After an
    /// error, discard everything that `take` has received.
    Result<> read(std::string_view document, const Accept& accept, const Take& take);

  private:
    json::OwnedJsonParser parser_ = json::make_json_parser();
    std::vector<std::string_view> texts_;  ///< of the document, in the parser
    std::vector<ItemField> fields_;        ///< of the current item
};

/// The host that a document names, if it can be found in a document that cannot be read; else
/// empty.
std::string host_of(std::string_view document);

/// A machine's name as headers contain it, with other characters replaced by underscores.
std::string as_host(std::string_view name);

}  // namespace cloudhijack::partial
