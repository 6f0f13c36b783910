"""Run Splunk's `slim validate` on the package. Usage: slim_check.py PACKAGE

It reads the manifest and compares each stanza and key of each conf file with the file's spec:
Splunk's own specs, which are part of slim, and README/cloudhijack.conf.spec. Each warning must be
explained below.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from pinned_tool import install, run

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = Path(__file__).with_name("slim-requirements.txt")
HOME = ROOT / "build/slim"

LOOKUPS = ("allowlist", "baseline", "demo", "networks", "settings")

# The texts of warnings, each with the reason why it is acceptable.
EXPLAINED_WARNINGS = {
    **{
        f"transforms.conf: Undefined setting in transforms.conf, stanza [cloudhijack_{lookup}]: "
        "replicate": "slim has the specs of 2017, and Splunk knows this key since 8.2"
        for lookup in LOOKUPS
    },
    "distsearch.conf: Setting validation is disabled for [replicationDenylist] because there is no "
    "matching configuration spec": "slim has the specs of 2017, where it was replicationBlacklist",
    **{
        "transforms.conf: Undefined setting in transforms.conf, stanza "
        f"[cloudhijack_{name}]: replicate": "slim has the specs of 2017; the key is newer"
        for name in LOOKUPS
    },
}

_LINE = re.compile(r"slim validate: \[(\w+)\] (.*)")
_PLACE = re.compile(r".*/default/(\S+\.conf), line \d+: ")


class Said(NamedTuple):
    level: str
    text: str  # begins with the name of the conf file, if it is about one


def validate(app: Path) -> list[Said]:
    """The messages of slim about a package or a folder."""
    program = install(HOME / "venv", REQUIREMENTS) / "slim"
    home = HOME / "home"  # slim keeps a copy of each package that it has seen here
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(home)}
    output = run(program, "validate", app, env=environment)
    said = [Said(match[1], _PLACE.sub(r"\1: ", match[2])) for match in _LINE.finditer(output)]
    if Said("INFO", "App validation complete") not in said:
        sys.exit(f"{output}slim: the validation is incomplete")
    return said


def warnings(app: Path) -> set[str]:
    return {said.text for said in validate(app) if said.level not in ("INFO", "NOTE", "STEP")}


def unchecked(package: Path) -> list[str]:
    """The conf files in which slim accepts a key that no spec contains."""
    unpacked = HOME / "unpacked"
    shutil.rmtree(unpacked, ignore_errors=True)
    unpacked.mkdir()
    subprocess.run(["tar", "-xzf", package, "-C", unpacked], check=True)
    (app,) = unpacked.iterdir()
    files = sorted(app.glob("default/*.conf"))
    for path in files:
        text = path.read_text(encoding="utf-8")
        # The key goes into the first stanza only, because not every stanza has a spec.
        path.write_text(re.sub(r"(?m)^(\[.*\])$", r"\1\nno_such_key = 1", text, count=1))
    found = warnings(app)
    wanted = {
        path.name: f"{path.name}: Undefined setting in {path.name}, stanza " for path in files
    }
    return [
        name
        for name, start in wanted.items()
        if not any(text.startswith(start) and text.endswith(": no_such_key") for text in found)
    ]


def main(package: Path) -> None:
    found = warnings(package)
    wrong = sorted(found - EXPLAINED_WARNINGS.keys())
    wrong += [
        f"no longer said, take it off the list: {text}"
        for text in EXPLAINED_WARNINGS.keys() - found
    ]
    wrong += [f"{name}: slim lets any key pass" for name in unchecked(package)]
    print(f"slim: {len(found)} warnings, {len(EXPLAINED_WARNINGS)} of them explained")
    if wrong:
        sys.exit("slim: " + "\nslim: ".join(wrong))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]).resolve())
