"""The name of a type has one meaning: no two files of the program declare types of the same
name."""

from __future__ import annotations

import re
import unittest
from collections import defaultdict
from collections.abc import Iterable, Mapping

from cpp_source import ROOT, line_of, source_files, without_comments_and_strings

# A struct, class or enum with its body. Forward declarations have no body and do not count, and an
# anonymous type has no name. `template <class T>` and `struct hash<T>` do not declare a name.
DECLARATION = re.compile(
    r"""
    \b(?:struct|class|enum(?:\s+(?:struct|class))?)
    (?:\s*\[\[[^\]]*\]\]|\s*alignas\s*\([^)]*\))*
    \s+(?:\w+::)*(?P<name>[A-Za-z_]\w*)
    (?:\s+final)?
    \s*(?::(?!:)[^;{}()]*)?\{
    """,
    re.VERBOSE,
)


def types_in(code: str) -> list[tuple[str, int]]:
    """The types that a C++ source declares, including nested ones, each with its line."""
    code = without_comments_and_strings(code)
    return [(found["name"], line_of(code, found.start())) for found in DECLARATION.finditer(code)]


def names_in_several(files: Mapping[str, str]) -> dict[str, list[str]]:
    """The names that more than one of these files declares, with all their places."""
    places: dict[str, list[str]] = defaultdict(list)
    owners: dict[str, set[str]] = defaultdict(set)
    for file, code in files.items():
        for name, line in types_in(code):
            places[name].append(f"{file}:{line}")
            owners[name].add(file)
    return {name: places[name] for name in sorted(places) if len(owners[name]) > 1}


def as_lines(names: Mapping[str, Iterable[str]]) -> str:
    return "\n".join(f"{name}: {', '.join(places)}" for name, places in names.items())


class NamesTest(unittest.TestCase):
    def test_declarations_are_found(self) -> None:
        code = """
            struct A { enum class B : std::uint8_t { c }; struct { int d; }; };
            struct Announced;  enum class Too : int;  // struct Told {}
            class [[nodiscard]] E final : public F<int> {};
            template <class T> struct G { class H; };
            class G::H {};
            struct std::hash<A> {};
            void f(struct stat s) { struct stat status{}; auto x = "struct Text {"; }
        """
        self.assertEqual([name for name, _ in types_in(code)], ["A", "B", "E", "G", "H"])

    def test_one_file_may_use_a_name_twice(self) -> None:
        files = {"a": "struct A { struct B {}; }; struct C { struct B {}; };", "b": "struct A;"}
        self.assertEqual(names_in_several(files), {})
        files["b"] = "\nstruct C {};"
        self.assertEqual(names_in_several(files), {"C": ["a:1", "b:2"]})

    def test_each_name_is_declared_in_one_file(self) -> None:
        files = {str(path.relative_to(ROOT)): path.read_text() for path in source_files()}
        several = names_in_several(files)
        if several:
            self.fail("types of the same name:\n" + as_lines(several))


if __name__ == "__main__":
    unittest.main()
