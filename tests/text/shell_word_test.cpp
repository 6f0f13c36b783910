#include "text/shell_word.hpp"

#include <doctest/doctest.h>

#include <string>

using cloudhijack::text::plain_word;
using cloudhijack::text::quoted_for_shell;
using cloudhijack::text::shell_word;

TEST_CASE("shell word: a name without special characters stays as it is") {
    for (const std::string name :
         {"eve", "ses-smtp.20210412", "a/b_c:d@e.f%g+h=i,j", "_x", "7", "eve@example.com"}) {
        CHECK(shell_word(name, "NAME") == name);
    }
}

TEST_CASE("shell word: any text can be quoted") {
    CHECK(quoted_for_shell("--from=7d") == "--from=7d");
    CHECK(quoted_for_shell("").size() == 2);
    CHECK(quoted_for_shell("~root") == "'~root'");
    CHECK(quoted_for_shell("it's") == R"('it'\''s')");
    CHECK(quoted_for_shell(std::string(300, ' ')) == "'" + std::string(300, ' ') + "'");
}

TEST_CASE("shell word: special characters are quoted") {
    CHECK(shell_word("a b", "NAME") == "'a b'");
    CHECK(shell_word("a;touch x", "NAME") == "'a;touch x'");
    CHECK(shell_word("a`touch x`$(touch x)$HOME", "NAME") == "'a`touch x`$(touch x)$HOME'");
    CHECK(shell_word("a'b", "NAME") == R"('a'\''b')");
    CHECK(shell_word("a''", "NAME") == R"('a'\'''\''')");
    CHECK(shell_word(R"(a\"b)", "NAME") == R"('a\"b')");
    CHECK(shell_word("a!b*?[c]~{d}#&|<>", "NAME") == "'a!b*?[c]~{d}#&|<>'");
}

TEST_CASE("shell word: a text that cannot be trusted gives the placeholder") {
    for (const std::string text : {"",
                                   "-rf",
                                   "--user-name",
                                   "@/etc/passwd",
                                   "^:^a",
                                   "'a'",
                                   "$(touch x)",
                                   "`touch x`",
                                   "~root",
                                   " a",
                                   "file:///etc/passwd",
                                   "fileb://x",
                                   "a://b",
                                   "a\nb",
                                   "a\rb",
                                   "a\tb",
                                   "a\x1B[2J",
                                   "a\x7F",
                                   "a\xC2\x9B",
                                   "a\xE2\x80\xAE",
                                   "\xC3\xBC",
                                   "a\xFF"}) {
        CAPTURE(text);
        CHECK(shell_word(text, "NAME") == "NAME");
    }
    CHECK(shell_word(std::string("a\0b", 3), "NAME") == "NAME");
    CHECK(shell_word(std::string(256, 'a'), "NAME") == std::string(256, 'a'));
    CHECK(shell_word(std::string(257, 'a'), "NAME") == "NAME");
}

TEST_CASE("plain word: nothing but letters, digits and -._") {
    CHECK(plain_word("us-east-1", "REGION") == "us-east-1");
    CHECK(plain_word("A_1.b", "REGION") == "A_1.b");
    for (const std::string text : {"", "-a", ".a", "_a", "a b", "a'b", "a\"b", "a/b", "a@b", "a{b}",
                                   "a\n", "a$b", "a%20", "\xC3\xBC"}) {
        CAPTURE(text);
        CHECK(plain_word(text, "REGION") == "REGION");
    }
    CHECK(plain_word(std::string(256, 'a'), "X") == std::string(256, 'a'));
    CHECK(plain_word(std::string(257, 'a'), "X") == "X");
}
