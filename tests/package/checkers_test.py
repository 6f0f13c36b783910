"""The parts of the checkers that need no tool from elsewhere: the texts that they check, and the
conclusions that they draw from a tool's answer."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

import conf_check
import conf_readers
import hardening_check
import spl_check
from conf_readers import Reading, differences, reading_in
from spl_check import ROOT, Finding, unexplained

VIEW = """<dashboard version="2"><definition><![CDATA[{
  "inputs": {
    "i": {"options": {"token": "index", "defaultValue": "*"}},
    "t": {"options": {"token": "t"}}
  },
  "dataSources": {
    "a": {"type": "ds.search", "options": {"query": "index=$index|s$ | stats count"}},
    "b": {"type": "ds.chain", "options": {"extend": "a", "query": "| where count > $t$1"}},
    "c": {"type": "ds.chain", "options": {"extend": "b", "query": "| head 1"}},
    "s": {"type": "ds.savedSearch", "options": {"ref": "A report"}}
  },
  "visualizations": {"v": {"eventHandlers": [{"options": {"query": "user=$row.user.value|s$"}}]}}
}]]></definition></dashboard>"""


class SplCheckTest(unittest.TestCase):
    def test_searches_of_a_view(self) -> None:
        whole = 'index="*" | stats count'
        self.assertEqual(
            list(spl_check.in_view("view x", VIEW)),
            [
                ("view x a", whole),
                ("view x b", f"{whole} | where count > 1"),
                ("view x c", f"{whole} | where count > 1 | head 1"),
                ("view x, drill-down 1", 'user="value"'),
            ],
        )

    def test_searches_of_a_document(self) -> None:
        text = "1. x\n\n   ```spl\n   `a`\n   | b\n   `c` | d\n   ```\n\n```sh\nindex=x\n```\n"
        text += "```spl\nindex=a\n(b OR\n c)\n| d\n```\n"
        self.assertEqual(
            list(spl_check.in_document("x.md", text)),
            [("x.md 1", "`a`\n| b"), ("x.md 2", "`c` | d"), ("x.md 3", "index=a\n(b OR\n c)\n| d")],
        )

    def test_all_searches_of_the_app_are_among_them(self) -> None:
        searches = dict(spl_check.all_searches())
        saved = [name for name in spl_check.shipped("savedsearches.conf") if name in searches]
        self.assertGreaterEqual(len(saved), 5)
        self.assertEqual(len(saved), len(spl_check.shipped("savedsearches.conf")))
        for path in (ROOT / "default/data/ui/views").glob("*.xml"):
            self.assertTrue([name for name in searches if name.startswith(f"view {path.stem} ")])
        blocks = sum(
            path.read_text(encoding="utf-8").count("```spl\n")
            for path in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md"))
        )
        documented = [name for name in searches if name.startswith(("docs/", "README.md"))]
        self.assertGreaterEqual(len(documented), blocks)

    def test_macros_are_expanded(self) -> None:
        searches = dict(spl_check.with_expanded([("x", "`cloudhijack_options`"), ("y", "a")]))
        self.assertEqual(
            searches,
            {"x": "`cloudhijack_options`", "x (expanded)": "input=raw", "y": "a"},
        )

    def test_findings_need_a_reason_and_reasons_a_finding(self) -> None:
        finding = Finding("view x a", "SPL005", "`sort` has no limit")
        self.assertEqual(unexplained([finding], [("SPL005", "view x .*")]), [])
        for reasons in ([("SPL001", "view x .*")], [("SPL005", "view x")]):
            wrong, unused = unexplained([finding], reasons)
            self.assertEqual(wrong, "view x a: SPL005 `sort` has no limit")
            self.assertRegex(unused, "^no longer said, take it off the list: SPL")


class ConfCheckTest(unittest.TestCase):
    def test_examples_of_a_document(self) -> None:
        text = "```ini\n[a]\nb = 1\n```\n\n- x\n\n  ```ini\n  c = 1 \\\n      2\n  ```\n"
        text += "```sh\nd=1\n```\n"
        self.assertEqual(conf_check.examples(text), ["[a]\nb = 1\n", "c = 1 \\\n    2\n"])

    def test_what_is_checked(self) -> None:
        names = {path.name for path in conf_check.shipped(ROOT)}
        self.assertLessEqual({"savedsearches.conf", "cloudhijack.conf.example"}, names)
        with tempfile.TemporaryDirectory() as folder:
            files = conf_check.documented(ROOT, Path(folder))
            blocks = sum(
                path.read_text(encoding="utf-8").count("```ini\n")
                for path in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md"))
            )
            self.assertEqual(len(files), blocks)
            self.assertEqual(len(set(files)), blocks)


class ConfReadersTest(unittest.TestCase):
    def test_messages_become_a_reading(self) -> None:
        reports = (
            "9: [odd] two words: unknown stanza; the stanzas are [defaults]",
            '3: [service:a] threshold: invalid value "v: w"; it accepts a whole number',
            '5: [service:a] threshold: invalid value "v .w"; it accepts a whole number',
            "1: k: unknown stanza; the stanzas are [defaults]",
            "7: [service:a]: not a valid line; write [stanza]",
            "8: the stanza's name has no closing ]; write [stanza]",
        )
        printed = "".join(f"cloudhijack: /tmp/x.conf:{report}\n" for report in reports)
        settings = {
            ("odd", "two words"): None,
            ("service:a", "threshold"): "v / w",
            ("", "k"): None,
        }
        self.assertEqual(reading_in(printed), Reading(settings, {7, 8}))
        with self.assertRaises(AssertionError):
            reading_in("cloudhijack: /tmp/x.conf:8: something new\n")

    def test_each_difference_is_found(self) -> None:
        one = Reading({("a", "k"): "v", ("a", "unquoted"): None}, set())
        self.assertEqual(
            differences(one, Reading({("a", "k"): "v", ("a", "unquoted"): "x"}, set())), []
        )
        for other, text in (
            ({("a", "k"): "w", ("a", "unquoted"): "x"}, "('a', 'k') is 'v', not 'w'"),
            ({("a", "unquoted"): "x"}, "('a', 'k') is read by the program only"),
            ({**one.settings, ("b", "k"): "v"}, "('b', 'k') is not read by the program"),
        ):
            self.assertEqual(differences(one, Reading(other, set())), [text])

    def test_services_from_settings(self) -> None:
        stanza = {"label": "L", "threshold": "5", "source": "s", "use": "A / B", "recon": "A C*10"}
        settings: conf_readers.Settings = {
            ("service:x", key): value for key, value in stanza.items()
        }
        settings["service:y", "disabled"] = "true"
        self.assertEqual(conf_readers.expected_services(settings), {"x": ("L", "5", 3)})


class HardeningCheckTest(unittest.TestCase):
    SEGMENTS = """
Elf file type is DYN (Position-Independent Executable file)
  LOAD           0x031000 0x0000000000031000 0x0000000000031000 0x49b6bd 0x49b6bd R E 0x1000
  GNU_STACK      0x000000 0x0000000000000000 0x0000000000000000 0x000000 0x000000 RW  0x10
  GNU_RELRO      0x5ea8e8 0x00000000005eb8e8 0x00000000005eb8e8 0x018718 0x018718 R   0x1
   11     .init_array .data.rel.ro .dynamic .got
"""
    DYNAMIC = " 0x000000000000001e (FLAGS)              BIND_NOW\n"

    def layout(self, *change: str) -> list[str]:
        segments = self.SEGMENTS.replace(*change) if change else self.SEGMENTS
        return list(hardening_check.wrong_layout(segments, self.DYNAMIC))

    def test_a_layout_without_one_defence(self) -> None:
        self.assertEqual(self.layout(), [])
        self.assertEqual(self.layout("RW  0x10", "RWE 0x10"), ["the stack may be executable"])
        self.assertEqual(
            self.layout("R E 0x1000", "RWE 0x1000"),
            ["it has memory that is both writable and executable"],
        )
        self.assertIn("RELRO", "".join(self.layout(" .got", " .x")))
        self.assertIn("shared", "".join(self.layout("LOAD", "INTERP")))
        self.assertIn("fixed", "".join(self.layout("DYN (Position", "EXEC (Position")))

    def test_code_without_one_check(self) -> None:
        readers = hardening_check.READERS
        code = "".join(
            f"00000000000b25d0 <cloudhijack::{name}::f(int)>:\n"
            "   1: call   489490 <__stack_chk_fail>\n"
            "   2: call   397f70 <std::__glibcxx_assert_fail(char const*, int)>\n"
            "   3: jmp    1 <cloudhijack::f+0x1>\n"
            for name in readers
        )
        copy = "   4: bl     4894d0 <__memcpy_chk>\n"

        def missing(text: str) -> list[str]:
            return list(hardening_check.missing_checks(hardening_check.calls_of(text)))

        self.assertEqual(missing(code + copy), [])
        self.assertIn("_FORTIFY_SOURCE", "".join(missing(code)))
        without = (code + copy).replace(f"cloudhijack::{readers[0]}::f", "std::f")
        self.assertEqual(len(missing(without)), 2)
