"""Checks the links of all Markdown files: usage: links_check.py [FOLDER]

Each relative link leads to a file of the repository, and each anchor to a heading, by GitHub's
rules. Links to the repository itself are relative, and each page of docs/ can be reached from
README.md or docs/README.md. Addresses of other hosts are not opened.
"""

from __future__ import annotations

import difflib
import html
import posixpath
import re
import subprocess
import sys
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from markdown_text import CODE, without_code

ROOT = Path(__file__).resolve().parents[2]
STARTS = ("README.md", "docs/README.md")
IMAGES = (".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp")

_DESTINATION = r"(?:<(?P<angled>[^<>\n]*)>|(?P<plain>[^\s()<>]*(?:\([^\s()]*\)[^\s()]*)*))"
_TITLE = r"""(?:\s+(?:"[^"]*"|'[^']*'))?"""
_INLINE_LINK = re.compile(rf"(?<!\\)\]\(\s*{_DESTINATION}{_TITLE}\s*\)")
_REFERENCE = re.compile(rf"(?m)^[ ]{{0,3}}\[(?P<label>[^\]\n]+)\]:[ ]*{_DESTINATION}{_TITLE}[ ]*$")
_USE_OF_REFERENCE = re.compile(r"(?<![\\\]])\[(?P<text>[^\[\]]+)\]\[(?P<label>[^\[\]]*)\]")
_HTML_LINK = re.compile(r"""<(?:a|img)\b[^>]*?\b(?:href|src)=["'](?P<plain>[^"']*)["']""")
_HTML_ANCHOR = re.compile(r"""<\w+\b[^>]*?\b(?:id|name)=["']([^"']+)["']""")
_HEADING = re.compile(
    r"""
    ^[ ]{0,3}\#{1,6}(?:[ \t]+(?P<text>[^\n]*?))?(?:[ \t]+\#+)?[ \t]*$
  | ^(?![ ]*[-*+>|\#<])[ ]{0,3}(?P<underlined>\S[^\n]*)\n[ ]{0,3}(?:=+|-+)[ \t]*$
    """,
    re.VERBOSE | re.MULTILINE,
)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
# The repository of any owner, on any of the usual hosts.
_REPOSITORY = re.compile(
    r"https?://(?:www\.)?(?:raw\.githubusercontent\.com|github\.\w+|gitlab\.\w+|bitbucket\.org"
    r"|codeberg\.org)/[^/\s)>\"']+/cloudhijack(?:\.git)?(?![\w.-])"
)


class Link(NamedTuple):
    line: int
    target: str
    is_image: bool


class Page(NamedTuple):
    links: list[Link]
    anchors: set[str]
    mistakes: list[tuple[int, str]]


def files_of(root: Path) -> list[str]:
    """The files of a repository, including new ones, or all files of any other folder."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    if (root / ".git").exists():
        listed = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)
        names = listed.stdout.split("\0")
    else:
        names = [path.relative_to(root).as_posix() for path in root.rglob("*")]
    return sorted(name for name in set(names) if name and (root / name).is_file())


def _line_of(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading, before it makes several of the same differ."""
    codes: list[str] = []

    def keep_code(found: re.Match[str]) -> str:
        codes.append(found["code"])
        return f"\0{len(codes) - 1}\0"

    text = CODE.sub(lambda found: keep_code(found) if found["ticks"] else "", heading)
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", text)
    text = re.sub(r"\[([^\[\]]*)\](?:\([^)]*\)|\[[^\]]*\])", r"\1", text)
    text = html.unescape(re.sub(r"</?\w[^>]*>", "", text))
    text = re.sub(r"(?<![\w\\])(_{1,3})(?=\S)(.+?)(?<=\S)\1(?!\w)", r"\2", text)
    text = re.sub(r"\0(\d+)\0", lambda found: codes[int(found[1])].strip(), text)
    kept = (
        letter
        for letter in text.strip().lower()
        if letter in "- "
        or unicodedata.category(letter) in ("Nd", "Nl", "Pc")
        or unicodedata.category(letter)[0] in "LM"
    )
    return "".join(kept).replace(" ", "-")


def anchors_of(text: str) -> set[str]:
    text = without_code(text, lambda found: bool(found["ticks"]))
    anchors = set(_HTML_ANCHOR.findall(without_code(text)))
    times: Counter[str] = Counter()
    for found in _HEADING.finditer(text):
        anchor = slug(found["text"] or found["underlined"] or "")
        anchors.add(f"{anchor}-{times[anchor]}" if times[anchor] else anchor)
        times[anchor] += 1
    return anchors


def _label(text: str) -> str:
    return " ".join(text.split()).casefold()


def _is_image(text: str, found: re.Match[str]) -> bool:
    """Whether a link that ends at this `](` begins with `![`."""
    depth = 0
    for place in range(found.start(), -1, -1):
        depth += {"]": 1, "[": -1}.get(text[place], 0)
        if depth == 0:
            return place > 0 and text[place - 1] == "!"
    return False


def read_page(text: str) -> Page:
    anchors = anchors_of(text)
    text = without_code(text)
    links, mistakes = [], []
    labels = set()
    for pattern in (_INLINE_LINK, _REFERENCE, _HTML_LINK):
        for found in pattern.finditer(text):
            groups = found.groupdict()
            target = html.unescape(groups.get("angled") or groups["plain"] or "")
            if pattern is _REFERENCE:
                if groups["label"].startswith("^"):
                    continue  # a footnote
                labels.add(_label(groups["label"]))
            is_image = found[0].startswith("<img") or (
                pattern is _INLINE_LINK and _is_image(text, found)
            )
            links.append(Link(_line_of(text, found.start()), target, is_image))
    for found in _USE_OF_REFERENCE.finditer(text):
        label = found["label"] or found["text"]
        if _label(label) not in labels:
            where = _line_of(text, found.start())
            mistakes.append((where, f"[{label}] is not defined; a line `[{label}]: <link>` does"))
    for found in _REPOSITORY.finditer(text):
        where = _line_of(text, found.start())
        mistakes.append((where, f"{found[0]} is this repository; write a relative link"))
    return Page(sorted(links), anchors, mistakes)


def _nearest(name: str, names: Collection[str]) -> str:
    near = difflib.get_close_matches(name, sorted(names), n=1, cutoff=0.5)
    return f"; the nearest is {near[0]}" if near else ""


class Repository:
    def __init__(self, texts: Mapping[str, str], files: Collection[str]) -> None:
        self._pages = {name: read_page(text) for name, text in texts.items()}
        self._files = set(files)
        self._folders = {"."}
        for name in files:
            while name := posixpath.dirname(name):
                self._folders.add(name)

    def _target(self, name: str, link: Link) -> tuple[str, str, str]:
        """The file or folder that a link leads to, its anchor, and what is wrong with it."""
        path, _, anchor = unquote(link.target).partition("#")
        if path.startswith("/"):
            return "", "", f"{link.target} is an absolute path; write a relative link"
        goal = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
        if goal == ".." or goal.startswith("../"):
            return "", "", f"{link.target} leads out of the repository"
        if goal in self._folders:
            readme = posixpath.normpath(f"{goal}/README.md")
            goal = readme if readme in self._files else goal
        elif goal not in self._files:
            same_name = [file for file in self._files if Path(file).name == Path(goal).name]
            nearest = _nearest(goal, same_name or self._files)
            return "", "", f"{link.target}: there is no file {goal}{nearest}"
        if link.is_image and Path(goal).suffix.lower() not in IMAGES:
            return "", "", f"{link.target} is not an image; write a link without `!`"
        return goal, anchor, ""

    def _check_link(self, name: str, link: Link) -> str:
        if _SCHEME.match(link.target):
            return ""
        if not link.target:
            return "a link without a target"
        goal, anchor, mistake = self._target(name, link)
        if mistake or not anchor:
            return mistake
        if goal not in self._pages:
            # The lines of other files have anchors.
            is_line = goal in self._files and re.fullmatch(r"L\d+(-L\d+)?", anchor)
            return "" if is_line else f"{link.target}: {goal} has no anchors; link to the file"
        anchors = self._pages[goal].anchors
        if anchor in anchors:
            return ""
        nearest = _nearest(anchor, anchors)
        return f"{link.target}: {goal} has no heading for #{anchor}{nearest}"

    def unreachable(self) -> list[str]:
        reached: set[str] = set()
        coming = [name for name in STARTS if name in self._pages]
        while coming:
            name = coming.pop()
            if name in reached:
                continue
            reached.add(name)
            for link in self._pages[name].links:
                if not _SCHEME.match(link.target):
                    goal, _, _ = self._target(name, link)
                    coming += [goal] if goal in self._pages else []
        return sorted(name for name in self._pages.keys() - reached if name.startswith("docs/"))

    def complaints(self) -> Iterator[str]:
        for name, page in sorted(self._pages.items()):
            found = [(link.line, self._check_link(name, link)) for link in page.links]
            for line, mistake in sorted(set(found + page.mistakes)):
                if mistake:
                    yield f"{name}:{line}: {mistake}"
        for name in self.unreachable():
            yield f"{name}:1: no link leads to this page; link to it from {' or '.join(STARTS)}"


def complaints(root: Path) -> list[str]:
    files = files_of(root)
    texts = {name: (root / name).read_text("utf-8") for name in files if name.endswith(".md")}
    return list(Repository(texts, files).complaints())


def report(found: list[str], check: str, what: str) -> int:
    """Prints what a check found, and returns the exit code."""
    for line in found:
        print(line)
    if found:
        print(f"{check}: {len(found)} {what}", file=sys.stderr)
    return 1 if found else 0


def main(root: Path) -> int:
    return report(complaints(root), "links", "mistakes")


if __name__ == "__main__":
    if len(sys.argv) > 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1]).resolve() if len(sys.argv) == 2 else ROOT))
