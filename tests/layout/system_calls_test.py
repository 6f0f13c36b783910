"""The table of system calls in docs/vetting.md is the one in the sources.

`python3 -B system_calls_test.py --renew` writes it.
"""

from __future__ import annotations

import re
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/e2e"))

from made_part import MadePart

SOURCE = ROOT / "bin_src/sandbox/system_calls.cpp"
TABLE = MadePart(
    ROOT / "docs/vetting.md", "<!-- system calls -->\n", "<!-- end of system calls -->\n"
)
LINE = re.compile(
    r'^    (?:// (?P<comment>.*)|entry\("(?P<name>\w+)".*, k_(?P<allowed>always|scan|to_file)\b)'
)

WHO = {
    "always": "all",
    "scan": "`scan` and `merge`",
    "to_file": "`scan` and `merge` with `-o`",
}


def table(source: str) -> str:
    """A row for each paragraph of the source's table, whose comment says what its calls are for."""
    rows: list[tuple[str, str, list[str]]] = []
    comment = ""
    for line in source.partition("constexpr std::array k_system_calls")[2].splitlines():
        match = LINE.match(line)
        if match is None:
            continue
        if match["comment"]:
            comment += f" {match['comment']}"
            continue
        if comment:
            rows.append((WHO[match["allowed"]], comment.strip().partition(".")[0], []))
            comment = ""
        names = rows[-1][2]
        if match["name"] not in names:
            names.append(match["name"])
    head = "\n| allowed to | for | calls |\n| --- | --- | --- |\n"
    lines = (
        f"| {who} | {purpose[0].lower()}{purpose[1:]} | `{'`, `'.join(names)}` |\n"
        for who, purpose, names in rows
    )
    return head + "".join(lines) + "\n"


class SystemCallsTest(unittest.TestCase):
    def test_the_page_has_the_table_of_the_sources(self) -> None:
        self.assertEqual(TABLE.read(), table(SOURCE.read_text(encoding="utf-8")))

    def test_each_allowed_call_is_in_the_table(self) -> None:
        source = SOURCE.read_text(encoding="utf-8")
        made = table(source)
        for name in re.findall(r'entry\("(\w+)", [^)]*k_(?:always|scan|to_file)', source):
            self.assertIn(f"`{name}`", made)
        self.assertNotIn("`execve`", made)


if __name__ == "__main__":
    if sys.argv[1:] == ["--renew"]:
        TABLE.write(table(SOURCE.read_text(encoding="utf-8")))
    else:
        unittest.main()
