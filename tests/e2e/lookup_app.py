"""The program in an app's folder, with the lookup files that it reads in a search."""

from __future__ import annotations

import csv
import io
import platform
import shutil
import tempfile
import unittest
from collections.abc import Mapping, Sequence
from pathlib import Path

from program_under_test import command_line, program

# The columns of older versions and, below, those of this version.
OLD_BASELINE_COLUMNS = ["account", "principal", "service", "first_seen", "last_seen", "peak_hour"]
BASELINE_COLUMNS = [
    *OLD_BASELINE_COLUMNS,
    *("peak_day", "peaks", "phases", "models", "regions"),
    *("networks", "clients", "parents", "made", "peak_cost"),
]
NETWORK_COLUMNS = ["cidr", "label"]
ALLOWLIST_COLUMNS = ["principal", "service", "evidence", "threshold", "expires", "note"]
SETTINGS_COLUMNS = ["stanza", "key", "value"]


def install(folder: Path) -> Path:
    """Lay out the app in a folder and return the path of its program."""
    bin_folder = folder / f"cloudhijack/bin/linux_{platform.machine()}"
    bin_folder.mkdir(parents=True)
    (folder / "cloudhijack/lookups").mkdir()
    return Path(shutil.copy2(program()[-1], bin_folder / "cloudhijack"))


def lookups_of(installed: Path) -> Path:
    return installed.parents[2] / "lookups"


def as_csv(columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> str:
    """The CSV that `| outputlookup` writes for the rows."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, quoting=csv.QUOTE_ALL, lineterminator="\n")
    if columns:
        writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


class LookupTest(unittest.TestCase):
    """Base class of tests that search in a separate copy of the app."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        installed = install(Path(folder.name))
        self.argv = command_line(str(installed))
        self.lookups = lookups_of(installed)

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.lookups / f"cloudhijack_{name}.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def write_baseline(self, *rows: Sequence[object]) -> Path:
        pairs = [dict(zip(BASELINE_COLUMNS, row)) for row in rows]
        return self.write("baseline", as_csv(BASELINE_COLUMNS, pairs))

    def write_networks(self, *rows: Sequence[object]) -> Path:
        lines = [dict(zip(NETWORK_COLUMNS, row)) for row in rows]
        return self.write("networks", as_csv(NETWORK_COLUMNS, lines))

    def write_settings(self, *rows: Sequence[object]) -> Path:
        lines = [dict(zip(SETTINGS_COLUMNS, row)) for row in rows]
        return self.write("settings", as_csv(SETTINGS_COLUMNS, lines))

    def write_allowlist(self, *rows: Sequence[object]) -> Path:
        lines = [dict(zip(ALLOWLIST_COLUMNS, row)) for row in rows]
        return self.write("allowlist", as_csv(ALLOWLIST_COLUMNS, lines))
