#include "output/html.hpp"

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
    out_ += "</";
    out_ += open_.back();
    out_ += '>';
    open_.pop_back();
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
