"""Renders the dashboard in headless Chromium, with Splunk's own packages from npm, and reports.

The packages are installed from their lock file, and bundled, under build/view.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dashboard import Dashboard
from shipped_catalogue import ROOT
from spl_stages import Table

HERE = Path(__file__).resolve().parent
HOME = ROOT / "build/view"
PACKAGES = HOME / "node_modules"


def _run(*command: object) -> str:
    words = [str(word) for word in command]
    environment = {**os.environ, "NODE_PATH": str(PACKAGES)}
    done = subprocess.run(words, text=True, capture_output=True, cwd=HOME, env=environment)
    assert done.returncode == 0, f"failed: {' '.join(words)}\n{done.stdout}{done.stderr}"
    return done.stdout


def _install() -> None:
    """Install the packages, again if the lock file has changed. None of their scripts runs."""
    stamp = HOME / "installed.json"
    wanted = (HERE / "package-lock.json").read_text()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    HOME.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, HOME)
    _run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    stamp.write_text(wanted)


def bundle() -> None:
    _install()
    _run(
        *(PACKAGES / ".bin/esbuild", HERE / "page.jsx", f"--outfile={HOME / 'page.js'}"),
        *("--bundle", "--minify", "--log-level=error"),
        *("--loader:.svg=dataurl", "--loader:.woff2=dataurl"),
        *('--define:process.env.NODE_ENV="production"', "--define:global=window"),
    )


def _iso(seconds: str) -> str:
    return datetime.fromtimestamp(float(seconds), UTC).isoformat(timespec="milliseconds")


def _as_splunk_answers(table: Table) -> dict[str, Any]:
    """The rows in the form of Splunk's results by column: texts, lists of texts, null, and ISO
    times."""
    if not table.rows:
        return {"fields": [], "columns": []}

    def column(name: str) -> list[Any]:
        cells = [row[name] or None for row in table.rows]
        if name == "_time":
            return [cell and _iso(str(cell)) for cell in cells]
        return cells

    return {
        "fields": [{"name": name} for name in table.columns],
        "columns": [column(name) for name in table.columns],
    }


def _chromium() -> str:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    assert chromium, "Chromium is not installed, so nothing can be rendered"
    return chromium


def look(jobs: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The visible content of pages, as look.cjs reports it."""
    _install()
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder) / "input.json"
        given.write_text(json.dumps(list(jobs)))
        return list(json.loads(_run("node", HERE / "look.cjs", _chromium(), given)))


def render(
    dashboard: Dashboard,
    answers: Mapping[str, Table],
    picture: Path | None = None,
    type_into: tuple[str, str] | None = None,
) -> dict[str, Any]:
    """The visible content, as browse.cjs reports it.

    `type_into` is the title of a text field to change at the end, and the source to watch then.
    """
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder) / "input.json"
        given.write_text(
            json.dumps(
                {
                    "definition": dashboard.definition,
                    "theme": dashboard.theme,
                    "typeInto": type_into,
                    "answers": {id: _as_splunk_answers(table) for id, table in answers.items()},
                }
            )
        )
        drawn = picture or Path(folder) / "picture.png"
        seen = _run("node", HERE / "browse.cjs", _chromium(), HOME, given, drawn.resolve())
    return dict(json.loads(seen))
