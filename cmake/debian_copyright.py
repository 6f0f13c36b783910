"""Prints the copyright file of the Debian package, in Debian's machine-readable format.

usage: debian_copyright.py LICENSES

LICENSES is a folder with one licence file for each library that is linked into the program. Each of
them becomes a paragraph, word for word, because their forms differ.
"""

from __future__ import annotations

import sys
from pathlib import Path

HEADER = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: cloudhijack
Upstream-Contact: The cloudhijack authors
Source: The source repository of cloudhijack, in which ./package.sh deb made this package.
Comment:
 The program is one static file, so it contains the libraries that it uses. The
 licence of each library is named after the Debian package that contains it
 (after the library for Boost and simdjson), and its paragraph is the copyright
 file of that package. bom.cdx.json lists the versions.

Files: *
Copyright: The cloudhijack authors
License: Apache-2.0

Files: usr/bin/cloudhijack
Copyright: The cloudhijack authors, and those that the following licences name
License: {expression}

License: Apache-2.0
{apache}"""

APACHE = """\
Licensed under the Apache License, Version 2.0 (the "License"); you may not use
this file except in compliance with the License. You may obtain a copy of the
License at https://www.apache.org/licenses/LICENSE-2.0

Unless required by applicable law or agreed to in writing, software distributed
under the License is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR
CONDITIONS OF ANY KIND, either express or implied. See the License for the
specific language governing permissions and limitations under the License.

On Debian systems, the full text of the License is in
/usr/share/common-licenses/Apache-2.0.
"""
APACHE_IN_FULL = Path("/usr/share/common-licenses/Apache-2.0")


def indented(text: str) -> str:
    """The text as the value of a field: lines begin with a blank, and empty ones are full stops."""
    return "".join(f" {line.rstrip() or '.'}\n" for line in text.strip("\n").splitlines())


def main(folder: Path) -> None:
    licences = {path.stem: path.read_text() for path in sorted(folder.glob("*.txt"))}
    if not licences:
        sys.exit(f"debian_copyright.py: {folder}: contains no licence (*.txt)")
    full_text = APACHE_IN_FULL.read_text()
    expression = " and ".join(["Apache-2.0", *licences])
    print(HEADER.format(expression=expression, apache=indented(APACHE)), end="")
    for name, text in licences.items():
        body = APACHE if text == full_text else text
        print(f"\nLicense: {name}\n{indented(body)}", end="")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
