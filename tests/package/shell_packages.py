"""The packages for use without Splunk that package.sh has made of this tree: Debian packages and
tarballs."""

from __future__ import annotations

import platform
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / "dist"
sys.path.append(str(ROOT / "tests/e2e"))
from cloudtrail_day import cloudtrail_day  # isort: skip

_project = re.search(r"VERSION (\d+\.\d+\.\d+) ", (ROOT / "CMakeLists.txt").read_text())
assert _project is not None
VERSION = _project[1]
MACHINE = platform.machine()
# Debian's name of each architecture.
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
(OTHER,) = ARCHITECTURES.keys() - {MACHINE}
DOCS = "share/doc/cloudhijack"


def deb(machine: str) -> Path:
    return DIST / f"cloudhijack_{VERSION}_{ARCHITECTURES[machine]}.deb"


def tarball(machine: str) -> Path:
    return DIST / f"cloudhijack-{VERSION}-linux-{machine}.tar.gz"


def laid_out(machine: str) -> Path:
    """The folder of which both packages for the machine were made."""
    return ROOT / "build/shell" / f"cloudhijack-{VERSION}-linux-{machine}"


def unpack(machine: str, folder: Path, umask: str = "022") -> Path:
    """Unpack a tarball as a user with this umask; the folder that was in it."""
    command = f"umask {umask} && tar --no-same-permissions -xzf '{tarball(machine)}' -C '{folder}'"
    subprocess.run(["bash", "-c", command], check=True)
    (top,) = folder.iterdir()
    return top


def write_logs(folder: Path) -> None:
    """A made-up day of CloudTrail, in which `scan` finds something."""
    folder.mkdir()
    lines = [raw for _, raw in cloudtrail_day(seed=7, background=300).events]
    (folder / "events.json").write_bytes(b"\n".join(lines))


def run(*words: object, code: int = 0, **options: object) -> str:
    """The standard output of a command that ends with this code."""
    command = [str(word) for word in words]
    done = subprocess.run(command, capture_output=True, text=True, **options)  # type: ignore[call-overload]
    if done.returncode != code:
        raise AssertionError(f"{command} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return str(done.stdout)
