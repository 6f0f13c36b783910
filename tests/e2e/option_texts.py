"""Writes what files say of the options: python3 tests/e2e/option_texts.py BUILD_FOLDER

The build makes these texts from the program's option table, in BUILD_FOLDER/shell; this puts them
between the markers of the files.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

from readme_part import README, ROOT, read_part, write_part


class OptionText(NamedTuple):
    path: Path
    start: str
    end: str
    made: str  # the file in the build's folder `shell`

    def read(self) -> str:
        return read_part(self.path, self.start, self.end)

    def write(self, text: str) -> None:
        write_part(self.path, self.start, self.end, text)

    def text_of(self, build: Path) -> str:
        """What the build has made."""
        return (build / "shell" / self.made).read_text(encoding="utf-8")


CONF_MARKERS = ("# options\n", "# end of options\n")
OPTION_TEXTS = (
    OptionText(ROOT / "README/cloudhijack.conf.spec", *CONF_MARKERS, "options.spec"),
    OptionText(ROOT / "default/searchbnf.conf", *CONF_MARKERS, "options.searchbnf"),
    OptionText(README, "<!-- options -->\n", "<!-- end of options -->\n", "options.md"),
)


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    for text in OPTION_TEXTS:
        new = text.text_of(Path(sys.argv[1]))
        is_same = new == text.read()
        text.write(new)
        print(f"{text.path.name}: " + ("is as it was" if is_same else "is renewed"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
