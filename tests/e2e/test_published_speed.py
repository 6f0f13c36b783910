"""docs/performance.md shows the newest result of the benchmark, and no other."""

from __future__ import annotations

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "bench"))

from published import PART, PICTURE, newest, picture, table


class PublishedSpeedTest(unittest.TestCase):
    def test_the_page_shows_the_newest_result(self) -> None:
        result = newest().read_text(encoding="utf-8")
        self.assertEqual(PART.read(), table(result))
        self.assertEqual(PICTURE.read_text(encoding="utf-8"), picture(result))


if __name__ == "__main__":
    unittest.main()
