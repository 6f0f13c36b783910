"""Lint all searches of the app and of its documentation with splint. Usage: spl_check.py

The searches are those of savedsearches.conf, searchbnf.conf and macros.conf, of the dashboards
with their drill-downs, and of the `spl` blocks in the documentation. Each is linted as it is
written and, if it uses macros, as Splunk expands them. Each finding must be explained below.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

from pinned_tool import install

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests/e2e"))

from spl import expand, macros_in, shipped

REQUIREMENTS = Path(__file__).with_name("splint-requirements.txt")
HOME = ROOT / "build/splint"


class Finding(NamedTuple):
    search: str  # the name of the search
    rule: str
    message: str


# Findings by rule and by a pattern for the names of the searches, each with the reason why the
# search stays as it is.
EXPLAINED = {
    ("SPL001", r"view overview\b.*"): "the input Index begins with *, so that the page shows "
    "something before anybody fills it in; the macro beside it limits the sourcetypes",
    ("SPL005", r"view overview ds_top_callers\b.*"): "a table with pages; without a count, sort "
    "keeps 10,000 rows, which nobody pages through",
    (
        "SPL001",
        r"view start\b.*",
    ): "tstats counts what every index has of the usual sourcetypes, to "
    "find the index of a log; it reads no event",
    ("SPL002", r"view overview\b.*"): "a condition on the rows of an answer, not on an index: the "
    "rows of two modes are in one answer",
    ("SPL002", r"docs/volume\.md \d+"): "the search that mode=volume replaces, word for word",
    ("SPL005", r"docs/volume\.md \d+"): "the search that mode=volume replaces, word for word",
}

# For each rule of splint 0.1.0 a search with which it must find fault.
RULES = {
    "SPL001": "index=* | stats count",
    "SPL002": "index=aws user=*admin | stats count",
    "SPL003": "index=aws | join user [search index=hr]",
    "SPL004": "index=aws | transaction user",
    "SPL005": "index=aws | sort - _time",
    "SPL101": "index=aws|stats count",
}

Searches = Iterator[tuple[str, str]]

_TOKEN = re.compile(r"\$([\w.]+)(\|s)?\$")
_BLOCK = re.compile(r"(?ms)^ *```spl\n(.*?)^ *```$")


def filled(text: str, tokens: Mapping[str, str]) -> str:
    """The text with its tokens replaced; a token that no input sets is a field of a clicked row."""

    def value(match: re.Match[str]) -> str:
        found = tokens.get(match[1], "value")
        return json.dumps(found) if match[2] else found

    return _TOKEN.sub(value, text)


def in_conf_files() -> Searches:
    for name, stanza in shipped("savedsearches.conf").items():
        for key, value in stanza.items():
            if key == "search":
                yield name, value
            elif key.endswith(".drilldown_searches"):
                for number, drilldown in enumerate(json.loads(value), 1):
                    yield f"{name}, drill-down {number}", filled(drilldown["search"], {})
    for name, stanza in shipped("searchbnf.conf").items():
        for key, value in stanza.items():
            if re.fullmatch(r"example\d+", key):
                yield f"searchbnf.conf {name} {key}", value
    for name, stanza in shipped("macros.conf").items():
        text = stanza["definition"]
        # A macro that is a subsearch.
        yield f"macro {name}", filled(text[1:-1] if text.startswith("[") else text, {})


def default_tokens(definition: Mapping[str, Any]) -> dict[str, str]:
    return {
        field["options"]["token"]: field["options"].get("defaultValue", "")
        for field in definition.get("inputs", {}).values()
    }


def queries(node: Any) -> Iterator[str]:
    """The values of all keys `query` in a part of a definition."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "query" and isinstance(value, str):
                yield value
            else:
                yield from queries(value)
    elif isinstance(node, list):
        for item in node:
            yield from queries(item)


def in_view(name: str, xml: str) -> Searches:
    """The searches of a dashboard, with the tokens that its inputs set at first."""
    definition = json.loads(ElementTree.fromstring(xml).findtext("definition") or "{}")
    tokens = default_tokens(definition)
    sources = definition.get("dataSources", {})
    for id, source in sources.items():
        parts: list[str] = []
        while source is not None:
            parts.insert(0, source["options"].get("query", ""))  # a saved search has no query
            source = sources.get(source["options"].get("extend"))
        if text := " ".join(filter(None, parts)):
            yield f"{name} {id}", filled(text, tokens)
    rest = {key: value for key, value in definition.items() if key != "dataSources"}
    for number, text in enumerate(queries(rest), 1):
        yield f"{name}, drill-down {number}", filled(text, tokens)


def in_document(name: str, markdown: str) -> Searches:
    """The searches of a document. A block can contain several; each begins with a macro or an
    index."""
    number = 0
    for match in _BLOCK.finditer(markdown):
        indent = len(match[0]) - len(match[0].lstrip(" "))
        lines = [line[indent:] for line in match[1].splitlines()]
        for text in re.split(r"\n(?=`|index=)", "\n".join(lines)):
            number += 1
            yield f"{name} {number}", text


def all_searches() -> Searches:
    yield from in_conf_files()
    for path in sorted((ROOT / "default/data/ui/views").glob("*.xml")):
        yield from in_view(f"view {path.stem}", path.read_text(encoding="utf-8"))
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))):
        name = path.relative_to(ROOT).as_posix()
        yield from in_document(name, path.read_text(encoding="utf-8"))


def with_expanded(searches: Iterable[tuple[str, str]]) -> Searches:
    macros = shipped("macros.conf")
    for name, text in searches:
        yield name, text
        if macros_in(text):
            yield f"{name} (expanded)", expand(text, macros)


def lint(splint: Path, searches: Mapping[str, str]) -> list[Finding]:
    folder = HOME / "searches"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    files = {str(folder / f"{number}.spl"): name for number, name in enumerate(searches)}
    for path, name in files.items():
        Path(path).write_text(searches[name] + "\n", encoding="utf-8")
    # In this folder there is no pyproject.toml that could configure it.
    done = subprocess.run(
        [splint, "--format", "json", *files], cwd=folder, capture_output=True, text=True
    )
    if done.returncode not in (0, 1) or done.stderr:
        sys.exit(f"{done.stdout}{done.stderr}splint: exit code {done.returncode}")
    return [
        Finding(files[item["path"]], item["code"], item["message"])
        for item in json.loads(done.stdout)["diagnostics"]
    ]


def unexplained(findings: Iterable[Finding], explained: Iterable[tuple[str, str]]) -> list[str]:
    """The findings without a reason, and the reasons without a finding."""
    wrong = []
    used = set()
    for finding in findings:
        reasons = [
            (rule, pattern)
            for rule, pattern in explained
            if rule == finding.rule and re.fullmatch(pattern, finding.search)
        ]
        used.update(reasons)
        if not reasons:
            wrong.append(f"{finding.search}: {finding.rule} {finding.message}")
    wrong += [
        f"no longer said, take it off the list: {rule} about {pattern}"
        for rule, pattern in explained
        if (rule, pattern) not in used
    ]
    return wrong


def main() -> None:
    splint = install(HOME / "venv", REQUIREMENTS) / "splint"
    caught = {(item.search, item.rule) for item in lint(splint, RULES)}
    if missed := [rule for rule in RULES if (rule, rule) not in caught]:
        sys.exit(f"splint: it does not apply {', '.join(missed)}")
    searches = dict(with_expanded(all_searches()))
    findings = lint(splint, searches)
    wrong = unexplained(findings, EXPLAINED)
    print(f"splint: {len(searches)} searches, {len(findings)} findings, {len(wrong)} unexplained")
    if wrong:
        sys.exit("splint: " + "\nsplint: ".join(wrong))


if __name__ == "__main__":
    if len(sys.argv) != 1:
        sys.exit(__doc__)
    main()
