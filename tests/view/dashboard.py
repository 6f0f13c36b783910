"""The dashboard's definition, its tokens and its searches."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from spl import Pipeline, expand, pipeline, shipped

_TOKEN = re.compile(r"\$([\w.]+)(\|s)?\$")


def resolve(text: str, tokens: Mapping[str, str]) -> str:
    """The text with its tokens replaced; `|s` puts the value in quotes."""

    def value(match: re.Match[str]) -> str:
        assert match[1] in tokens, f"nothing sets the token {match[1]}"
        found = tokens[match[1]]
        return json.dumps(found, ensure_ascii=False) if match[2] else found

    return _TOKEN.sub(value, text)


@dataclass(frozen=True)
class Dashboard:
    theme: str
    definition: dict[str, Any]

    def choose(self, title: str, label: str) -> Dashboard:
        """The dashboard after somebody has chosen an item of a dropdown."""
        definition = copy.deepcopy(self.definition)
        (field,) = [each for each in definition["inputs"].values() if each["title"] == title]
        (value,) = [i["value"] for i in field["options"]["items"] if i["label"] == label]
        field["options"]["defaultValue"] = value
        return replace(self, definition=definition)

    @property
    def sources(self) -> dict[str, Any]:
        return dict(self.definition["dataSources"])

    @property
    def visualizations(self) -> dict[str, Any]:
        return dict(self.definition["visualizations"])

    def tokens(self) -> dict[str, str]:
        """The values that the inputs set before anybody changes them."""
        tokens = {}
        for field in self.definition["inputs"].values():
            name, value = field["options"]["token"], field["options"]["defaultValue"]
            if field["type"] == "input.timerange":
                tokens[f"{name}.earliest"], tokens[f"{name}.latest"] = value.split(",")
            else:
                tokens[name] = value
        return tokens

    def base(self, source: str) -> str:
        """The id of the search whose results a source starts from."""
        stanza = self.sources[source]
        return str(stanza["options"]["extend"]) if stanza["type"] == "ds.chain" else source

    def query(self, source: str) -> str:
        """The source's own part of the SPL, with its tokens replaced."""
        return resolve(self.sources[source]["options"]["query"], self.tokens())

    def pipeline(self, source: str) -> Pipeline:
        """The whole search, with its macros expanded."""
        base = self.base(source)
        parts = [self.query(base)] + ([self.query(source)] if base != source else [])
        return pipeline(expand(" ".join(parts), shipped("macros.conf")))


def read(path: Path) -> Dashboard:
    root = ElementTree.parse(path).getroot()
    assert (root.tag, root.get("version")) == ("dashboard", "2"), (
        f"{path} is not a Dashboard Studio dashboard"
    )
    return Dashboard(root.get("theme") or "light", json.loads(root.findtext("definition") or ""))
