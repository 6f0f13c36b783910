"""Includes must point down the list of folders and must not form a circle.

`python3 includes_test.py --draw` prints the folders with the arrows between them and the number of
includes for each arrow; `--dot` prints the same for Graphviz.
"""

from __future__ import annotations

import re
import sys
import unittest
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from cpp_source import ROOT, SOURCES, line_of, source_files, without_comments

# From top to bottom. Folders on the same floor must not include each other, with two exceptions:
# those in ALLOWED_BESIDE, and the last floor, on which only circles are forbidden.
FLOORS = (
    ("main", "shell_files"),
    ("search", "scan"),
    ("output",),
    ("config",),
    ("detect",),
    ("detect/baseline", "detect/coverage", "detect/hunt", "detect/volume"),
    ("detect/shared",),
    ("partial",),
    ("rules",),
    ("log",),
    ("sandbox", "scp"),  # scp could be on the floor of `log`, but its messages are JSON
    ("json",),
    ("counting", "csv", "io", "result", "simd", "text", "version"),
)
FLOOR = {folder: floor for floor, folders in enumerate(FLOORS) for folder in folders}
ALLOWED_BESIDE = {("detect/baseline", "detect/hunt")}  # a baseline keeps the counts of hunt mode

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+"([^"\n]+)"', re.MULTILINE)

Includes = dict[str, list[tuple[int, str]]]  # the includes of each file, with their lines
Arrows = Counter[tuple[str, str]]


def read_includes(files: Mapping[str, str]) -> Includes:
    """`files` maps paths relative to bin_src to texts."""
    return {
        file: [
            (line_of(code, found.start(1)), found[1])
            for found in INCLUDE.finditer(without_comments(code))
        ]
        for file, code in files.items()
    }


def is_made_from_template(include: str, files: Iterable[str]) -> bool:
    return f"{include}.in" in files


def wrong_paths(includes: Includes, other_headers: Iterable[str] = ()) -> list[str]:
    """Includes of files that do not exist, that are included twice, or whose path matches two
    files."""
    wrong = []
    others = set(other_headers)
    for file, lines in includes.items():
        seen = set()
        for line, include in lines:
            place = f"{file}:{line}: {include}"
            beside = str(PurePosixPath(file).parent / include)
            if include not in includes and not is_made_from_template(include, includes):
                wrong.append(f"{place} does not exist below bin_src")
            if include in seen:
                wrong.append(f"{place} is included twice")
            if include in others or (beside != include and beside in includes):
                wrong.append(f"{place} is the path of two files")
            seen.add(include)
    return wrong


def folders_of(includes: Includes) -> dict[str, str]:
    """The folder of each file. In `detect`, the files that include a mode are above the modes; the
    others, `detect/shared`, are below them."""
    folders = {}
    for file in includes:
        parts = PurePosixPath(file.removesuffix(".in")).with_suffix("").parts
        folders[file] = parts[0]
        if parts[0] == "detect":
            folders[file] = "/".join(parts[:2]) if len(parts) > 2 else "detect/shared"
    leads_to_mode = True
    while leads_to_mode:
        leads_to_mode = False
        for file, lines in includes.items():
            if folders[file] != "detect/shared":
                continue
            reached = {folders.get(include) for _, include in lines}
            if any(folder and FLOOR.get(folder, 0) < FLOOR["detect/shared"] for folder in reached):
                folders[file] = "detect"
                leads_to_mode = True
    return folders


def arrows_between(includes: Includes, folders: Mapping[str, str]) -> Arrows:
    arrows: Arrows = Counter()
    for file, lines in includes.items():
        for _, include in lines:
            target = folders.get(include, folders.get(f"{include}.in"))
            if target is not None and target != folders[file]:
                arrows[folders[file], target] += 1
    return arrows


def may_include(folder: str, other: str) -> bool:
    if folder == other or (folder, other) in ALLOWED_BESIDE:
        return True
    if folder not in FLOOR or other not in FLOOR:
        return False
    is_lowest = FLOOR[folder] == len(FLOORS) - 1
    return FLOOR[folder] < FLOOR[other] or (is_lowest and FLOOR[other] == FLOOR[folder])


def upward(includes: Includes, folders: Mapping[str, str]) -> list[str]:
    """Includes that do not point down the list."""
    wrong = []
    for file, lines in includes.items():
        for line, include in lines:
            target = folders.get(include, folders.get(f"{include}.in"))
            if target is not None and not may_include(folders[file], target):
                wrong.append(f"{file}:{line}: {include} ({folders[file]} may not include {target})")
    return wrong


def circle_in(arrows: Iterable[tuple[str, str]]) -> list[str] | None:
    """The folders of a circle; the first one is repeated at the end."""
    targets = defaultdict(list)
    for folder, other in sorted(arrows):
        targets[folder].append(other)
    done: set[str] = set()
    for start in sorted(targets):
        path: list[str] = []
        ways = [iter([start])]
        while ways:
            folder = next(ways[-1], None)
            if folder is None:
                ways.pop()
                if path:
                    done.add(path.pop())
            elif folder in path:
                return [*path[path.index(folder) :], folder]
            elif folder not in done:
                path.append(folder)
                ways.append(iter(targets[folder]))
    return None


def program() -> tuple[Includes, list[str]]:
    """The includes of the program, and the paths of the tests' headers."""
    texts = {path.relative_to(SOURCES).as_posix(): path.read_text() for path in source_files()}
    tests = ROOT / "tests"
    headers = [path.relative_to(tests).as_posix() for path in tests.rglob("*.hpp")]
    return read_includes(texts), headers


def drawing(arrows: Arrows) -> str:
    lines = []
    for folders in FLOORS:
        for folder in folders:
            targets = sorted(
                (other for start, other in arrows if start == folder),
                key=lambda other: (FLOOR.get(other, 0), other),
            )
            counts = ", ".join(f"{other} {arrows[folder, other]}" for other in targets)
            lines.append(f"{folder} > {counts}" if counts else folder)
    return "\n".join(lines)


def graph(arrows: Arrows) -> str:
    lines = ["digraph includes {", "  node [shape=box];"]
    for folders in FLOORS:
        lines.append("  { rank=same; " + " ".join(f'"{folder}";' for folder in folders) + " }")
    for (folder, other), count in sorted(arrows.items()):
        lines.append(f'  "{folder}" -> "{other}" [label={count}];')
    return "\n".join([*lines, "}"])


class IncludesTest(unittest.TestCase):
    def fail_with(self, what: str, lines: list[str]) -> None:
        if lines:
            self.fail("\n".join([what, *lines]))

    def test_every_include_matches_one_file(self) -> None:
        includes, headers = program()
        self.fail_with("includes:", wrong_paths(includes, headers))

    def test_every_folder_is_on_a_floor(self) -> None:
        includes, _ = program()
        unknown = sorted(set(folders_of(includes).values()) - set(FLOOR))
        self.assertEqual(unknown, [], "put these on a floor")

    def test_includes_point_down(self) -> None:
        includes, _ = program()
        self.fail_with("includes that point up:", upward(includes, folders_of(includes)))

    def test_no_folders_form_a_circle(self) -> None:
        includes, _ = program()
        circle = circle_in(arrows_between(includes, folders_of(includes)))
        self.assertIsNone(circle)


class RulesTest(unittest.TestCase):
    """Tests of the rules themselves, with programs of a few files."""

    def test_includes_are_read_outside_comments(self) -> None:
        code = '#include <a>\n//#include "b"\n/*\n#include "c"\n*/\n  # include "d/e.hpp"  // f\n'
        self.assertEqual(read_includes({"x": code}), {"x": [(6, "d/e.hpp")]})

    def test_paths_that_match_no_file_or_two_files(self) -> None:
        files = {
            "log/a.cpp": '#include "log/a.hpp"\n#include "log/a.hpp"\n#include "io/none.hpp"\n',
            "log/a.hpp": '#include "version.hpp"\n#include "io/b.hpp"\n#include "io/c.hpp"\n',
            "log/io/b.hpp": "",
            "io/b.hpp": "",
            "io/c.hpp": "",
            "version.hpp.in": "",
        }
        self.assertEqual(
            wrong_paths(read_includes(files), ["io/c.hpp"]),
            [
                "log/a.cpp:2: log/a.hpp is included twice",
                "log/a.cpp:3: io/none.hpp does not exist below bin_src",
                "log/a.hpp:2: io/b.hpp is the path of two files",
                "log/a.hpp:3: io/c.hpp is the path of two files",
            ],
        )

    def test_which_folders_may_include_which(self) -> None:
        for folder, other, expected in (
            ("main", "search", True),
            ("search", "result", True),
            ("search", "scan", False),
            ("scan", "search", False),
            ("log", "json", True),
            ("json", "log", False),
            ("scp", "json", True),
            ("io", "text", True),
            ("text", "json", False),
            ("detect/baseline", "detect/hunt", True),
            ("detect/hunt", "detect/baseline", False),
            ("detect/hunt", "detect/volume", False),
            ("detect/hunt", "detect/shared", True),
            ("detect/hunt", "detect", False),
            ("log", "new_folder", False),
        ):
            with self.subTest(folder=folder, other=other):
                self.assertEqual(may_include(folder, other), expected)

    def test_files_that_include_a_mode_are_above_the_modes(self) -> None:
        files = {
            "detect/activity.hpp": '#include "detect/hunt/a.hpp"\n#include "detect/row.hpp"',
            "detect/row.hpp": "",
            "detect/both.hpp": '#include "detect/activity.hpp"',
            "detect/hunt/a.hpp": '#include "detect/row.hpp"',
            "detect/hunt/evidence/b.cpp": '#include "detect/both.hpp"',
        }
        includes = read_includes(files)
        folders = folders_of(includes)
        self.assertEqual(
            list(folders.values()),
            ["detect", "detect/shared", "detect", "detect/hunt", "detect/hunt"],
        )
        self.assertEqual(
            upward(includes, folders),
            ["detect/hunt/evidence/b.cpp:1: detect/both.hpp (detect/hunt may not include detect)"],
        )
        self.assertEqual(
            circle_in(arrows_between(includes, folders)), ["detect", "detect/hunt", "detect"]
        )

    def test_circles(self) -> None:
        self.assertIsNone(circle_in([("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")]))
        self.assertEqual(
            circle_in([("a", "b"), ("b", "c"), ("c", "d"), ("d", "b")]), ["b", "c", "d", "b"]
        )


if __name__ == "__main__":
    if {"--draw", "--dot"} & set(sys.argv):
        found, _ = program()
        arrows_found = arrows_between(found, folders_of(found))
        print(graph(arrows_found) if "--dot" in sys.argv else drawing(arrows_found))
    else:
        unittest.main()
