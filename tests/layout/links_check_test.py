"""The check of links itself, on a few files of Markdown."""

from __future__ import annotations

import contextlib
import io
import subprocess
import tempfile
import unittest
from pathlib import Path

from links_check import Repository, anchors_of, complaints, main, read_page, slug

OWN = "https://github.com/anyone/cloudhijack"


def complaints_about(texts: dict[str, str], *other_files: str) -> list[str]:
    return list(Repository(texts, [*texts, *other_files]).complaints())


class AnchorTest(unittest.TestCase):
    def test_slugs_are_githubs(self) -> None:
        for heading, expected in (
            ("What is counted", "what-is-counted"),
            (
                "What it says of known attacks, and of honest work",
                "what-it-says-of-known-attacks-and-of-honest-work",
            ),
            ("`enable_then_use`", "enable_then_use"),
            ("The rule ``a`b``: x", "the-rule-ab-x"),
            ("Options (`--min-score`, 0 - 6)", "options---min-score-0---6"),
            ("CloudTrail & Security Lake", "cloudtrail--security-lake"),
            ("CloudTrail &amp; more", "cloudtrail--more"),
            ("[A *linked* word](x.md#y) and __bold__ _words_", "a-linked-word-and-bold-words"),
            ("some_name is _so_", "some_name-is-so"),
            ("Größe, 2. Teil", "größe-2-teil"),
            ("a <b>b</b> c", "a-b-c"),
            ("`<x>` and `_y_`", "x-and-_y_"),
        ):
            with self.subTest(heading=heading):
                self.assertEqual(slug(heading), expected)

    def test_headings_are_found(self) -> None:
        text = """# One
## Two ##
Three
=====
Four
---
#Five
```sh
# Six
```
<!--
# Seven
-->
- ```
  # Eight
  ```
| a |
| --- |
## Two
## `Two`
####### Nine
<a id="ten"></a> `<a id="eleven"></a>`
"""
        self.assertEqual(anchors_of(text), {"one", "two", "three", "four", "two-1", "two-2", "ten"})


class LinkTest(unittest.TestCase):
    def targets(self, text: str) -> list[tuple[int, str, bool]]:
        return [tuple(link) for link in read_page(text).links]

    def test_links_are_found(self) -> None:
        text = """[a](a.md), ![b](b.png "Title") and
[![c](c.png)](<d e.md>) [two
lines](f_(g).md)
[h]: h.md
[^1]: no link
<img alt="" src="i.png"><a
href='j.md'>
"""
        self.assertEqual(
            self.targets(text),
            [
                (1, "a.md", False),
                (1, "b.png", True),
                (2, "c.png", True),
                (2, "d e.md", False),
                (3, "f_(g).md", False),
                (4, "h.md", False),
                (6, "i.png", True),
                (6, "j.md", False),
            ],
        )

    def test_code_and_comments_have_no_links(self) -> None:
        text = """`[a](a.md)` ``[b](b.md) ` [c](c.md)`` <!-- [d](d.md) --> \\[x\\](e.md)

````md
```
[f](f.md)
````

   ~~~
   [g](g.md)
   ~~~
1. ```sh
   [h](h.md)
   ```
a ` alone [i](i.md)

and ` another
```
[j](j.md)
"""
        self.assertEqual(self.targets(text), [(14, "i.md", False)])


class RepositoryTest(unittest.TestCase):
    def test_links_that_are_right(self) -> None:
        texts = {
            "README.md": "# A b\n[](docs/a.md#c) [](#a-b) [](docs) [](LICENSE) [](.)\n"
            "[](docs/a.md#c-1) [](https://example.com/x#y)\n"
            "[](mailto:a@example.com) [](src/x.cpp#L3-L9)\n"
            "![](docs/a%20b.png) [t][r] [r][]\n\n[r]: docs/sub/b.md\n",
            "docs/a.md": "# C\n# C\n[](../README.md#a-b)",
            "docs/README.md": "# D\n[](./a.md) [](../docs/README.md#d)",
            "docs/sub/b.md": "",
        }
        self.assertEqual(complaints_about(texts, "LICENSE", "docs/a b.png", "src/x.cpp"), [])

    def test_links_that_are_wrong(self) -> None:
        texts = {
            "README.md": "# A heading\n\n[](docs/missing.md)\n[](#a-headin) [](docs/a.md#none)\n"
            f"[](/docs/a.md)\n[](../other)\n![](docs/a.md)\n[t][u]\n[]({OWN}/blob/main/x)\n"
            "[](LICENSE#x) []()\n",
            "docs/a.md": f"{OWN}.git {OWN}-more `{OWN}`",
        }
        self.assertEqual(
            complaints_about(texts, "LICENSE", "sub/missing.md"),
            [
                "README.md:3: docs/missing.md: there is no file docs/missing.md; "
                "the nearest is sub/missing.md",
                "README.md:4: #a-headin: README.md has no heading for #a-headin; "
                "the nearest is a-heading",
                "README.md:4: docs/a.md#none: docs/a.md has no heading for #none",
                "README.md:5: /docs/a.md is an absolute path; write a relative link",
                "README.md:6: ../other leads out of the repository",
                "README.md:7: docs/a.md is not an image; write a link without `!`",
                "README.md:8: [u] is not defined; a line `[u]: <link>` does",
                f"README.md:9: {OWN} is this repository; write a relative link",
                "README.md:10: LICENSE#x: LICENSE has no anchors; link to the file",
                "README.md:10: a link without a target",
                f"docs/a.md:1: {OWN}.git is this repository; write a relative link",
            ],
        )

    def test_every_page_of_the_docs_can_be_reached(self) -> None:
        texts = {
            "README.md": "[](docs/a.md)",
            "docs/README.md": "[](sub)",
            "docs/a.md": "[](b.md#c)",
            "docs/b.md": "# C",
            "docs/sub/README.md": "",
            "docs/alone.md": "[](alone_too.md)",
            "docs/alone_too.md": "[](alone.md)",
            "tests/README.md": "",
        }
        self.assertEqual(
            complaints_about(texts),
            [
                f"docs/{name}.md:1: no link leads to this page; "
                "link to it from README.md or docs/README.md"
                for name in ("alone", "alone_too")
            ],
        )


class FolderTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def test_a_folder_with_broken_links_is_reported(self) -> None:
        self.write("README.md", "# Title\n\n[a](docs/a.md#b)\n")
        self.write("docs/a.md", "# B\n")
        self.assertEqual(complaints(self.root), [])
        self.write("docs/a.md", "# Other\n\n[x](gone.md)\n")
        output, errors = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
            self.assertEqual(main(self.root), 1)
        self.assertEqual(
            output.getvalue().splitlines(),
            [
                "README.md:3: docs/a.md#b: docs/a.md has no heading for #b",
                "docs/a.md:3: gone.md: there is no file docs/gone.md; the nearest is docs/a.md",
            ],
        )
        self.assertEqual(errors.getvalue(), "links: 2 mistakes\n")

    def test_what_git_ignores_is_not_there(self) -> None:
        subprocess.run(["git", "init", "--quiet"], cwd=self.root, check=True)
        self.write(".gitignore", "/build/\n")
        self.write("README.md", "[](build/made.md) [](new.md)")
        self.write("build/made.md", "[](gone.md)")
        self.write("new.md", "")
        self.assertEqual(
            complaints(self.root),
            ["README.md:1: build/made.md: there is no file build/made.md"],
        )


if __name__ == "__main__":
    unittest.main()
