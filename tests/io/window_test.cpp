#include "io/window.hpp"

#include <doctest/doctest.h>

#include <span>
#include <string>
#include <string_view>

#include "byte_pieces.hpp"

using namespace cloudhijack;
using io::Window;
using Fill = io::Window::Fill;

namespace {

constexpr std::size_t k_small = Window::k_initial_capacity;

std::string_view seen(const Window& window) {
    const auto bytes = window.unread();
    return {bytes.data(), bytes.size()};
}

std::string numbered(std::size_t size) {
    std::string text;
    while (text.size() < size) text += std::to_string(text.size()) + ' ';
    text.resize(size);
    return text;
}

Fill fill_until_stopped(Window& window) {
    while (true) {
        const auto fill = window.more();
        REQUIRE(fill);
        if (*fill != Fill::more) return *fill;
    }
}

}  // namespace

TEST_CASE("window: shows the bytes in order, independently of the pieces") {
    const std::string text = numbered(1'000);
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{5'000}}) {
        Window window(in_pieces(text, piece), k_small);
        CHECK(fill_until_stopped(window) == Fill::end);
        CHECK(seen(window) == text);
        window.consume(10);
        CHECK(seen(window) == text.substr(10));
    }
}

TEST_CASE("window: shows nothing past the limit, and more() reports the limit") {
    Window window(in_pieces("headbodynext", 100), k_small);
    window.set_limit(4);
    REQUIRE((window.more() == Fill::more));
    CHECK(seen(window) == "head");
    CHECK((window.more() == Fill::limit));
    window.consume(4);
    CHECK(window.unread().empty());
    CHECK((window.more() == Fill::limit));
    window.set_limit(4);
    CHECK(seen(window) == "body");
    window.set_limit(Window::k_no_limit);
    CHECK(seen(window) == "bodynext");
}

TEST_CASE("window: with a limit past the end of the source, the end is reported") {
    Window window(in_pieces("abc", 100), k_small);
    window.set_limit(10);
    CHECK(fill_until_stopped(window) == Fill::end);
    CHECK(seen(window) == "abc");
}

TEST_CASE("window: grows for a large item up to its maximum, then is full") {
    const std::string text = numbered(k_small * 5);
    Window window(in_pieces(text, 10'000), k_small * 4);
    CHECK(fill_until_stopped(window) == Fill::full);
    CHECK(seen(window) == text.substr(0, k_small * 4));
    window.consume(k_small * 4);
    CHECK(fill_until_stopped(window) == Fill::end);
    CHECK(seen(window) == text.substr(k_small * 4));
}

TEST_CASE("window: shrinking keeps what is unread") {
    const std::string text = numbered(k_small * 3);
    Window window(in_pieces(text, k_small), k_small * 4);
    CHECK(fill_until_stopped(window) == Fill::end);
    window.shrink();  // no effect: the unread bytes do not fit the initial buffer
    CHECK(seen(window) == text);
    window.consume(text.size() - 5);
    window.shrink();
    CHECK(seen(window) == text.substr(text.size() - 5));
}

TEST_CASE("window: slides over an input of many times its size without growing") {
    const std::string text = numbered(k_small * 20);
    Window window(in_pieces(text, 1'000), k_small);
    std::string collected;
    while (true) {
        const auto fill = window.more();
        REQUIRE(fill);
        REQUIRE(*fill != Fill::full);
        if (*fill == Fill::end) break;
        while (window.unread().size() >= 300) {
            collected += seen(window).substr(0, 300);
            window.consume(300);
        }
    }
    collected += seen(window);
    CHECK(collected == text);
}

TEST_CASE("window: an error of the source is passed on") {
    Window window([](std::span<char>) -> Result<std::size_t> { return failure("no disk"); },
                  k_small);
    const auto fill = window.more();
    REQUIRE_FALSE(fill);
    CHECK(fill.error().text == "no disk");
}

TEST_CASE("window: a text in memory is read in place") {
    std::string text = "headbodynext" + std::string(io::k_padding, ' ');
    const std::span<char> all(text);
    Window window(all.first(12));
    CHECK(window.unread().data() == text.data());
    CHECK(window.more() == Fill::end);
    window.consume(4);
    window.set_limit(4);
    CHECK(seen(window) == "body");
    CHECK(window.more() == Fill::limit);
    window.set_limit(Window::k_no_limit);
    window.shrink();
    Window moved = std::move(window);
    CHECK(seen(moved) == "bodynext");
    moved.consume(8);
    CHECK(seen(moved).empty());
    CHECK(moved.more() == Fill::end);
}
