"""Look at reports of `scan --format html` in headless Chromium, as people see and use them.

CLOUDHIJACK=PROGRAM python3 -B -m unittest -v test_report       run in this folder
CLOUDHIJACK=PROGRAM python3 -B test_report.py --picture         renew docs/report.png
"""

from __future__ import annotations

import functools
import itertools
import os
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

E2E = Path(__file__).resolve().parents[1] / "e2e"
sys.path.insert(0, str(E2E))

from call_records import call, lines
from demo_files import write_demo_files
from hostile_records import PAYLOADS, attack_lines, hostile_lines
from rendering import look
from shell_run import run_scan
from shipped_catalogue import ROOT

PICTURE = ROOT / "docs/report.png"
LARGEST_PICTURE = 200_000  # bytes
WIDTHS = (400, 1400)
SCHEMES = ("light", "dark")


class Reports:
    """Reports in a folder, by name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        write_demo_files(folder / "demo")
        (folder / "empty").write_bytes(b"")
        (folder / "one").write_bytes(call())
        (folder / "hostile").write_bytes(
            b"".join(hostile_lines(payload, attack_lines()) for payload in PAYLOADS)
        )
        names = (f"arn:aws:iam::111122223333:user/{n}{'long' * 200}" for n in range(12))
        (folder / "long").write_bytes(b"".join(lines(120, caller=name) for name in names))

    def write(self, name: str, *args: str) -> Path:
        page = self.folder / f"{name}.html"
        # Relative paths, so that the command line in a picture is the one that a person types.
        run = run_scan("--format", "html", *args, "-o", page.name, name, cwd=self.folder)
        assert run.exit_code in (0, 2), run.stderr
        return page


@functools.cache
def reports() -> Reports:
    folder = tempfile.TemporaryDirectory()
    unittest.addModuleCleanup(folder.cleanup)
    return Reports(Path(folder.name))


@functools.cache
def seen() -> dict[tuple[str, int, str], dict[str, Any]]:
    """What there is to see of each report, at each width and in each scheme."""
    pages = {
        "demo": reports().write("demo", "--mode", "hunt"),
        "hostile": reports().write("hostile", "--mode", "hunt", "--min-risk", "0"),
        "empty": reports().write("empty", "--mode", "hunt"),
        "one": reports().write("one", "--mode", "hunt", "--min-risk", "0"),
        "long": reports().write("long", "--mode", "hunt"),
    }
    keys = [
        (name, width, scheme)
        for name, width, scheme in itertools.product(pages, WIDTHS, SCHEMES)
        if name == "demo" or scheme == "light"
    ]
    jobs = [{"file": str(pages[name]), "width": w, "scheme": s} for name, w, s in keys]
    return dict(zip(keys, look(jobs)))


def luminance(color: str) -> float:
    """WCAG's relative luminance of `#rrggbb`."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


class ReportTest(unittest.TestCase):
    TEXT = 4.5  # WCAG 2.2, level AA
    SHAPES = 3.0

    def test_nothing_is_wider_than_the_page(self) -> None:
        for key, page in seen().items():
            with self.subTest(key=key):
                self.assertEqual(page["closed"]["overflow"], 0)
                self.assertEqual(page["open"]["overflow"], 0)

    def test_the_browser_has_nothing_to_complain_about(self) -> None:
        for key, page in seen().items():
            with self.subTest(key=key):
                self.assertEqual(page["errors"], [])
                self.assertEqual(page["open"]["violations"], [])

    def test_no_record_runs_anything(self) -> None:
        for key, page in seen().items():
            with self.subTest(key=key):
                self.assertIsNone(page["open"]["ran"])
                self.assertEqual(page["open"]["title"], "cloudhijack report, hunt mode")
        texts = [each["text"] for each in seen()["hostile", 1400, "light"]["contrasts"]]
        self.assertTrue(any("<script>window.ran" in text for text in texts))

    def test_the_policy_lets_the_style_through(self) -> None:
        self.assertEqual(seen()["demo", 1400, "light"]["closed"]["styled"], "1240px")

    def test_light_and_dark_are_different(self) -> None:
        backgrounds = {
            scheme: seen()["demo", 1400, scheme]["closed"]["background"] for scheme in SCHEMES
        }
        self.assertEqual(backgrounds, {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 24, 29)"})

    def test_all_texts_are_readable(self) -> None:
        for key, page in seen().items():
            with self.subTest(key=key):
                self.assertGreater(len(page["contrasts"]), 20)
                weak = [each for each in page["contrasts"] if each["ratio"] < self.TEXT]
                self.assertEqual(weak, [])

    def test_all_shapes_stand_out(self) -> None:
        for scheme in SCHEMES:
            colors = seen()["demo", 1400, scheme]["closed"]["colors"]
            for name in ("look", "change", "use", "hide", "used", "others", "quiet"):
                for ground in ("page", "panel"):
                    ratio = contrast(colors[name], colors[ground])
                    if ground == "panel" and name in ("used", "others"):
                        continue  # these are in the chart of calls alone, which has no panel
                    self.assertGreaterEqual(ratio, self.SHAPES, (scheme, name, ground))

    def test_the_timeline_has_its_marks(self) -> None:
        for width in WIDTHS:
            page = seen()["demo", width, "light"]["open"]
            self.assertEqual(page["lanes"], 9)
            self.assertGreater(page["marks"], 100)

    def test_findings_open_with_the_keyboard(self) -> None:
        for key, page in seen().items():
            keys = page["keyboard"]
            with self.subTest(key=key):
                self.assertEqual(keys["skip"]["text"], "Skip to the summary")
                self.assertTrue(keys["skip"]["isSeen"])
                self.assertEqual(keys["at"], "#content")
                if key[0] == "empty":
                    continue
                self.assertEqual(keys["summary"]["tag"], "SUMMARY")
                self.assertGreaterEqual(keys["summary"]["outline"], 2)
                states = [keys[name]["open"] for name in ("summary", "opened", "closed")]
                self.assertEqual(states, [False, True, False])

    def test_a_link_to_a_finding_opens_it(self) -> None:
        for key, page in seen().items():
            if key[0] == "empty":
                self.assertIsNone(page["link"])
                continue
            self.assertTrue(page["link"]["open"], key)
            self.assertLess(abs(page["link"]["top"]), 900, key)

    def test_closed_findings_are_printed_open(self) -> None:
        for key, page in seen().items():
            with self.subTest(key=key):
                self.assertEqual(page["insides"]["open"], 0)
                self.assertEqual(page["insides"]["seen"], 0)
                self.assertEqual(page["printed"]["open"], 0)
                self.assertEqual(page["printed"]["seen"], page["printed"]["all"])

    def test_the_picture_in_the_documentation_is_small(self) -> None:
        self.assertLess(PICTURE.stat().st_size, LARGEST_PICTURE)


def draw(picture: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        page = Reports(Path(folder)).write("demo", "--mode", "hunt")
        look(
            [
                {
                    "file": str(page),
                    "width": 1000,
                    "scheme": "light",
                    "picture": os.fspath(picture),
                    "from": "section[aria-labelledby=timeline]",
                    "height": 1330,
                    "scale": 0.75,
                }
            ]
        )


if __name__ == "__main__":
    if sys.argv[1:] == ["--picture"]:
        draw(PICTURE)
    else:
        unittest.main()
