"""The events that a search reads, by their sourcetypes.

Everything before the first pipe is a condition. Its parts on sourcetype are evaluated; every index
and every index term is taken to match. Anything else raises an AssertionError.
"""

from __future__ import annotations

import re

_PART = re.compile(
    r"\s*(?:(OR)\b|([()])|TERM\([^()]*\)|(\w+)=(\"[^\"]*\"|[^\s()]+)|(\w+) IN \(([^()]*)\)|[\w.-]+)"
)


class _Condition:
    def __init__(self, text: str, sourcetype: str) -> None:
        self._sourcetype = sourcetype
        self._parts = []
        at = 0
        while text[at:].strip():
            part = _PART.match(text, at)
            assert part is not None, f"spl_source.py does not know {text[at:]}"
            self._parts.append(part)
            at = part.end()
        self._parts.reverse()

    def whole(self) -> bool:
        holds = self._any()
        assert not self._parts, "parentheses are not closed"
        return holds

    def _any(self) -> bool:
        holds = self._all()
        while self._parts and self._parts[-1][1]:
            self._parts.pop()
            holds = self._all() or holds
        return holds

    def _all(self) -> bool:
        holds = True
        while self._parts and not self._parts[-1][1] and self._parts[-1][2] != ")":
            holds = self._one(self._parts.pop()) and holds
        return holds

    def _one(self, part: re.Match[str]) -> bool:
        if part[2] == "(":
            holds = self._any()
            assert self._parts and self._parts.pop()[2] == ")", "parentheses are not closed"
            return holds
        field = part[3] or part[5]
        assert field in (None, "index", "sourcetype"), f"spl_source.py does not know {field}"
        wanted = [part[4]] if part[3] else (part[6] or "").split(",")
        return field != "sourcetype" or self._sourcetype in [
            text.strip().strip('"') for text in wanted
        ]


def reads(source: str, sourcetype: str) -> bool:
    """Whether an expanded search reads events of a sourcetype."""
    return _Condition(re.sub(r"^\s*search ", "", source), sourcetype).whole()
