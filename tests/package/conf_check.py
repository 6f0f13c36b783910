"""Check conf files with tools that others wrote. Usage: conf_check.py PROGRAM

`ksconf check` must accept all conf files of the app, the example beside the spec, and the examples
in the documentation. Then conf_readers.py compares how ksconf, Splunk's parser for add-ons and
PROGRAM read the same texts.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from pinned_tool import install

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).resolve().parent
HOME = ROOT / "build/conf"

# Each breaks a conf file in a way that ksconf must notice.
BREAKS = (
    "\nnot a setting\n",
    "\n[unclosed\n",
    "\n[twice]\na = 1\n[twice]\n",
    "[k]\na = 1\na = 2\n",
)

_BLOCK = re.compile(r"(?ms)^( *)```ini\n(.*?)^ *```$")


def shipped(root: Path) -> list[Path]:
    return [*sorted((root / "default").glob("*.conf")), root / "README/cloudhijack.conf.example"]


def examples(markdown: str) -> list[str]:
    """The conf texts in a document, without the indentation of a list that contains them."""
    return [re.sub(rf"(?m)^{match[1]}", "", match[2]) for match in _BLOCK.finditer(markdown)]


def documented(root: Path, into: Path) -> list[Path]:
    """The examples in the documentation, each in a file of its own."""
    files = []
    for path in (root / "README.md", *sorted((root / "docs").rglob("*.md"))):
        for number, text in enumerate(examples(path.read_text(encoding="utf-8")), 1):
            name = path.relative_to(root).with_suffix("").as_posix().replace("/", "-")
            files.append(into / f"{name}-{number}.conf")
            files[-1].write_text(text, encoding="utf-8")
    return files


def broken(files: list[Path], into: Path) -> list[Path]:
    """Each file with each of the breaks."""
    copies = []
    for path in files:
        for number, text in enumerate(BREAKS, 1):
            copies.append(into / f"{path.stem}-broken-{number}.conf")
            copies[-1].write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
    return copies


def refused(ksconf: Path, files: list[Path]) -> str:
    """What `ksconf check` writes about files that it refuses."""
    done = subprocess.run([ksconf, "check", "-q", *files], capture_output=True, text=True)
    accepted = f"{len(files)} files were parsed successfully" in done.stdout
    if accepted != (done.returncode == 0):
        sys.exit(f"{done.stdout}{done.stderr}ksconf: exit code {done.returncode}")
    return done.stderr


def main(program: str) -> None:
    programs = install(HOME / "venv", FOLDER / "conf-requirements.txt")
    made = HOME / "made"
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir()
    files = [*shipped(ROOT), *documented(ROOT, made)]
    complaints = refused(programs / "ksconf", files)
    if complaints:
        sys.exit(f"{complaints}ksconf: it refuses conf files of the app or of its documentation")
    copies = broken(shipped(ROOT), made)
    noticed = refused(programs / "ksconf", copies)
    missed = [path.name for path in copies if f"Error in file {path}:" not in noticed]
    if missed:
        sys.exit(f"ksconf: it accepts broken files: {', '.join(missed)}")
    print(f"ksconf: {len(files)} files are accepted, {len(copies)} broken ones are refused")
    sys.stdout.flush()
    python = str(programs / "python")
    os.execv(python, [python, "-B", str(FOLDER / "conf_readers.py"), program])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(os.path.abspath(sys.argv[1]))
