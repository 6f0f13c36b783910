#include "output/html.hpp"

#include <new>

#include "output/terminal_text.hpp"

namespace cloudhijack::output {

std::string escaped_html(std::string_view text) {
    const std::string shown = for_terminal(text, 0);
    std::string escaped;
    escaped.reserve(shown.size());
    for (const char character : shown) {
        switch (character) {
            case '&':
                escaped += "&amp;";
                break;
            case '<':
                escaped += "&lt;";
                break;
            case '>':
                escaped += "&gt;";
                break;
            case '"':
                escaped += "&quot;";
                break;
            case '\'':
                escaped += "&#39;";
                break;
            default:
                escaped += character;
        }
    }
    return escaped;
}

void Html::begin(Markup tag, Attributes attributes) {
    out_ += '<';
    out_ += tag.view();
    for (const Attribute& attribute : attributes) {
        out_ += ' ';
        out_ += attribute.name.view();
        out_ += "=\"";
        out_ += escaped_html(attribute.value);
        out_ += '"';
    }
}

void Html::open(Markup tag, Attributes attributes) {
    begin(tag, attributes);
    out_ += '>';
    open_.push_back(tag.view());
}

void Html::close() {
    const std::string_view name = open_.back();
    open_.pop_back();
    out_ += "</";
    out_ += name;
    out_ += '>';
}

// A destructor calls this, and must not throw.
void Html::close_at_end_of_block() noexcept {
    try {
        close();
    } catch (const std::bad_alloc&) {
        lacks_an_end_ = true;
    }
}

std::string Html::take() && {
    if (lacks_an_end_) throw std::bad_alloc();
    return std::move(out_);
}

void Html::element(Markup tag, Attributes attributes, std::string_view text) {
    open(tag, attributes);
    this->text(text);
    close();
}

void Html::empty(Markup tag, Attributes attributes) {
    begin(tag, attributes);
    out_ += "/>";
}

}  // namespace cloudhijack::output
