"""What a conf file or a view of the app names is there: macros, lookups, searches, views, files."""

from __future__ import annotations

import re
import unittest
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from made_part import ROOT
from shipped_catalogue import read_stanzas
from spl import expand, macros_in, shipped, split

APP = "cloudhijack"
UI = ROOT / "default/data/ui"
VIEWS = sorted(UI.glob("views/*.xml"))
NAVIGATION = sorted(UI.glob("nav/*.xml"))
# Views that Splunk's search app exports, which every app's pages can lead to.
OF_SPLUNK = {"search", "reports", "alerts", "dashboards", "datasets", "analytics_workspace"}

MACROS = shipped("macros.conf")
SEARCHES = shipped("savedsearches.conf")

# Commands that name a lookup, with the options before it.
_LOOKUP = re.compile(r"\b(?:outputlookup|inputlookup|lookup)((?:\s+\w+=\w+)*)\s+(\w+)")


def texts() -> Iterator[tuple[str, str]]:
    """Whatever holds SPL, with a name for it."""
    kinds = ("savedsearches", "searchbnf", "macros", "transforms", "workflow_actions")
    for conf in (f"{kind}.conf" for kind in kinds):
        yield conf, (ROOT / "default" / conf).read_text(encoding="utf-8")
    for path in VIEWS:
        yield path.name, path.read_text(encoding="utf-8")
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))):
        # Of a document only its searches: elsewhere `this` marks any word.
        searches = re.findall(r"(?ms)^ *```spl\n(.*?)^ *```$", path.read_text(encoding="utf-8"))
        yield path.relative_to(ROOT).as_posix(), "\n".join(searches)


class MacroTest(unittest.TestCase):
    def test_each_that_is_used_is_defined(self) -> None:
        for name, text in texts():
            used = {word for word in macros_in(text) if word.startswith(APP)}
            needs_none = name == "transforms.conf" or name.endswith((".xml", ".md"))
            self.assertTrue(used or needs_none, name)
            self.assertLessEqual(used, set(MACROS), name)

    def test_each_can_be_expanded(self) -> None:
        for name, stanza in MACROS.items():
            call = name.replace("(1)", f'("{name}")')
            expanded = expand(f"`{call}`", MACROS)
            self.assertNotIn("`", expanded, name)
            for argument in split(stanza.get("args", ""), ","):
                self.assertNotIn(f"${argument}$", expanded, name)

    def test_each_is_in_the_table_of_the_docs(self) -> None:
        row = r"(?m)^\| `(cloudhijack_\w+(?:\(\d\))?)` \|"
        rows = re.findall(row, (ROOT / "docs/install.md").read_text(encoding="utf-8"))
        self.assertEqual(rows, list(MACROS))


class LookupTest(unittest.TestCase):
    def test_each_that_is_named_is_defined(self) -> None:
        lookups = shipped("transforms.conf")
        named = set()
        for name, text in texts():
            found = {match[2] for match in _LOOKUP.finditer(text) if match[2].startswith(APP)}
            self.assertLessEqual(found, set(lookups), name)
            named |= found
        self.assertIn("cloudhijack_baseline", named)

    def test_each_is_kept_from_the_indexers_by_its_file(self) -> None:
        (pattern,) = shipped("distsearch.conf")["replicationDenylist"].values()
        for name, lookup in shipped("transforms.conf").items():
            path = f"apps/{APP}/lookups/{lookup['filename']}"
            self.assertTrue(Path(path).match(pattern), path)
            self.assertEqual(lookup["filename"], f"{name}.csv")
            self.assertEqual(lookup["replicate"], "false")

    def test_the_package_brings_the_demo_alone(self) -> None:
        # An upgrade would overwrite a lookup that administrators or searches write.
        self.assertEqual(
            [path.name for path in (ROOT / "lookups").iterdir()], ["cloudhijack_demo.csv"]
        )


class FileTest(unittest.TestCase):
    def test_the_command_is_there(self) -> None:
        for name, stanza in shipped("commands.conf").items():
            self.assertTrue((ROOT / "app/bin" / stanza["filename"]).is_file(), name)

    def test_conf_files_that_others_name_are_there(self) -> None:
        server = shipped("server.conf")["shclustering"]
        refined = shipped("distsearch.conf")["replicationSettings:refineConf"]
        triggers = shipped("app.conf")["triggers"]
        named = {key.partition(".")[2] for keys in (server, refined, triggers) for key in keys}
        self.assertEqual(named, {APP})
        self.assertTrue((ROOT / f"default/{APP}.conf").is_file())

    def test_every_kind_that_is_shipped_is_exported(self) -> None:
        meta = read_stanzas((ROOT / "app/metadata/default.meta").read_text(encoding="utf-8"))
        exported = {name for name, stanza in meta.items() if stanza.get("export") == "system"}
        for kind in (
            "commands",
            "macros",
            "savedsearches",
            "searchbnf",
            "transforms",
            "workflow_actions",
        ):
            self.assertTrue((ROOT / f"default/{kind}.conf").is_file())
            self.assertIn(kind, exported)

    def test_the_help_names_stanzas_that_are_there(self) -> None:
        stanzas = shipped("searchbnf.conf")
        kinds = re.findall(r"<([\w-]+-option)>", stanzas[f"{APP}-command"]["syntax"])
        self.assertTrue(kinds)
        self.assertLessEqual(set(kinds), set(stanzas))


class PageTest(unittest.TestCase):
    """Searches open in a page; pages name searches and each other."""

    def views(self) -> set[str]:
        return {path.stem for path in VIEWS} | OF_SPLUNK

    def test_searches_open_in_a_view_of_this_app(self) -> None:
        for name, stanza in SEARCHES.items():
            self.assertEqual(stanza["request.ui_dispatch_app"], APP, name)
            self.assertIn(stanza["request.ui_dispatch_view"], self.views(), name)

    def test_the_navigation_names_views_and_searches_that_are_there(self) -> None:
        for path in NAVIGATION:
            for element in ElementTree.parse(path).iter():
                if element.tag == "view" and "name" in element.attrib:
                    self.assertIn(element.get("name"), self.views(), path.name)
                if element.tag == "saved" and "name" in element.attrib:
                    self.assertIn(element.get("name"), SEARCHES, path.name)
        if NAVIGATION:  # which is of use only where the app can be opened
            self.assertIn(shipped("app.conf")["ui"]["is_visible"], ("true", "1"))

    def test_views_name_searches_that_are_there(self) -> None:
        for path in VIEWS:
            text = path.read_text(encoding="utf-8")
            for name in re.findall(r'<search ref="([^"]+)"|"ref"\s*:\s*"([^"]+)"', text):
                self.assertIn("".join(name), SEARCHES, path.name)


if __name__ == "__main__":
    unittest.main()
