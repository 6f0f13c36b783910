#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cloudhijack::output {

/// Markup that was written in the source code: it can only be made from a literal, so text of a
/// record can never be taken for it.
class Markup {
  public:
    consteval Markup(const char* text) : text_(text) {}  // NOLINT(google-explicit-constructor)

    [[nodiscard]] std::string_view view() const { return text_; }

  private:
    std::string_view text_;
};

/// An attribute of an element. The value is escaped.
struct Attribute {
    Attribute(Markup name, std::string_view value) : name(name), value(value) {}

    Markup name;
    std::string_view value;
};

using Attributes = std::initializer_list<Attribute>;

/// A text as a page shows it: without characters that are invisible or change the direction of
/// text, and with the characters escaped that mean something in HTML or in quoted attributes.
std::string escaped_html(std::string_view text);

/// Writes HTML that is well-formed XML, too. Texts and the values of attributes are escaped;
/// names of elements and attributes are literals; elements are closed in order.
class Html {
  public:
    /// Closes an element at the end of a block.
    class [[nodiscard]] Scope {
      public:
        explicit Scope(Html& html) : html_(&html) {}
        Scope(const Scope&) = delete;
        Scope& operator=(const Scope&) = delete;
        Scope(Scope&&) = delete;
        Scope& operator=(Scope&&) = delete;
        ~Scope() { html_->close_at_end_of_block(); }

      private:
        Html* html_;
    };

    void raw(Markup markup) { out_ += markup.view(); }
    void text(std::string_view text) { out_ += escaped_html(text); }

    void open(Markup tag, Attributes attributes = {});
    void close();
    Scope in(Markup tag, Attributes attributes = {}) {
        open(tag, attributes);
        return Scope(*this);
    }
    /// An element that contains only a text.
    void element(Markup tag, std::string_view text) { element(tag, {}, text); }
    void element(Markup tag, Attributes attributes, std::string_view text);
    /// An element without content: one that never has any in HTML, or one of SVG.
    void empty(Markup tag, Attributes attributes = {});

    [[nodiscard]] std::size_t size() const { return out_.size(); }
    /// The page; every element must be closed. Throws std::bad_alloc if memory ran out at the end
    /// of a block.
    [[nodiscard]] std::string take() &&;

  private:
    void begin(Markup tag, Attributes attributes);
    void close_at_end_of_block() noexcept;

    std::string out_;
    std::vector<std::string_view> open_;  ///< names of elements, from the outermost
    bool lacks_an_end_ = false;           ///< there was no memory for it
};

}  // namespace cloudhijack::output
