"""Reads a report of `--format html` as strictly as XML, and as a browser would."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from xml.etree import ElementTree

# Every element that a report has, and the attributes that it can have.
ALLOWED = {
    **dict.fromkeys(("head", "title", "style", "header", "main", "footer", "defs", "thead"), ""),
    **dict.fromkeys(("h1", "tbody", "caption", "strong", "pre", "details", "summary", "br"), ""),
    **dict.fromkeys(("ol", "ul", "p", "div", "span", "li", "dt", "dd", "dl", "g"), "class"),
    "html": "lang",
    "body": "",
    "meta": "charset http-equiv content name",
    "nav": "aria-label",
    "section": "aria-labelledby",
    "a": "class href",
    "h2": "id",
    "h3": "id",
    "h4": "id",
    "code": "class id",
    "table": "class role",
    "thead": "role",
    "tbody": "role",
    "tr": "role",
    "th": "scope role class",
    "td": "role class data-label colspan",
    "li": "class aria-hidden",
    "main": "id",
    "svg": "class width height role aria-label aria-hidden focusable",
    "path": "id d",
    "pattern": "id width height patternUnits patternTransform",
    "rect": "class x y width height",
    "line": "class x1 x2 y1 y2",
    "text": "class x y dx text-anchor",
    "use": "href class x y",
}


@dataclass
class Page(HTMLParser):
    """The page as a browser's parser sees it."""

    source: str
    root: ElementTree.Element = field(init=False)
    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        doctype, newline, rest = self.source.partition("\n")
        assert (doctype, newline) == ("<!DOCTYPE html>", "\n"), doctype
        self.root = ElementTree.fromstring(rest)
        self.feed(self.source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"the page has a comment: {data!r}")

    @property
    def strangers(self) -> set[str]:
        """Elements and attributes that no report has, and links to anything outside the page."""
        found = set()
        names = {tag: {name.lower() for name in given.split()} for tag, given in ALLOWED.items()}
        for tag, attributes in self.elements:
            if tag not in names:
                found.add(f"<{tag}>")
                continue
            found |= {f"<{tag} {name}>" for name in set(attributes) - names[tag]}
            link = attributes.get("href", "#")
            if not link.startswith("#"):
                found.add(link)
        return found

    @property
    def ids(self) -> list[str]:
        return [attributes["id"] for _, attributes in self.elements if "id" in attributes]

    def text_of(self, element: ElementTree.Element) -> str:
        return "".join(element.itertext())

    @property
    def text(self) -> str:
        (body,) = self.root.iter("body")
        return self.text_of(body)

    def section(self, name: str) -> ElementTree.Element:
        (found,) = [e for e in self.root.iter("section") if e.get("aria-labelledby") == name]
        return found

    def headings(self) -> list[int]:
        """The levels of the headings, in order."""
        return [int(e.tag[1]) for e in self.root.iter() if e.tag in {"h1", "h2", "h3", "h4"}]

    def findings(self) -> list[ElementTree.Element]:
        return list(self.section("findings").iter("tbody"))
