"""Writes what files say of the options: python3 tests/e2e/option_texts.py BUILD_FOLDER

The build makes these texts from the program's option table, in BUILD_FOLDER/shell; this puts them
between the markers of the files.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

from made_part import ROOT, MadePart, in_docs


class OptionText(NamedTuple):
    part: MadePart
    made: str  # the file in the build's folder `shell`

    def text_of(self, build: Path) -> str:
        """What the build has made."""
        return (build / "shell" / self.made).read_text(encoding="utf-8")


CONF_MARKERS = ("# options\n", "# end of options\n")
OPTION_TEXTS = (
    OptionText(MadePart(ROOT / "README/cloudhijack.conf.spec", *CONF_MARKERS), "options.spec"),
    OptionText(MadePart(ROOT / "default/searchbnf.conf", *CONF_MARKERS), "options.searchbnf"),
    OptionText(in_docs("options.md", "options"), "options.md"),
)


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    for text in OPTION_TEXTS:
        text.part.write(text.text_of(Path(sys.argv[1])))
    return 0


if __name__ == "__main__":
    sys.exit(main())
