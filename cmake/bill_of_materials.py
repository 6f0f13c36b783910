"""Prints the bill of materials of a package's programs as CycloneDX JSON.

usage: bill_of_materials.py VERSION STAGE PROGRAM=BUILD...

STAGE is the folder that will be packed. Each PROGRAM is the name of a program in it, and BUILD the
folder in which it was built. BUILD shows what the program contains: the linker's map lists the
archives, ninja lists the headers, and Debian's package database says which packages they belong to.
The same input gives the same output, so the bill contains neither a time nor a serial number.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[1]

# The licence of the parts that come from a Debian package; None if only the names and numbers of an
# interface come from it. A linked package that is not listed here is an error.
LICENCES: dict[str, str | None] = {
    r"libboost(-program-options)?1\.\d+-dev": "BSL-1.0",
    r"libc6-dev(-\w+-cross)?": "LGPL-2.1-or-later",
    r"libdeflate-dev": "MIT",
    r"libgcc-\d+-dev(-\w+-cross)?": "GPL-3.0-or-later WITH GCC-exception-3.1",
    r"libmaxminddb-dev": "Apache-2.0",
    r"libre2-dev": "BSD-3-Clause",
    r"libstdc\+\+-\d+-dev(-\w+-cross)?": "GPL-3.0-or-later WITH GCC-exception-3.1",
    r"libxxhash-dev": "BSD-2-Clause",
    r"libzstd-dev": "BSD-3-Clause",
    r"linux-libc-dev(-\w+-cross)?": None,
    r"nlohmann-json3-dev": "MIT",
    r"zlib1g-dev": "Zlib",
}

SIMDJSON_HEADER = "simdjson.h"  # does not come from a Debian package


class Package(NamedTuple):
    """A Debian package."""

    name: str
    version: str
    architecture: str


def run(*command: object) -> str:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"bill_of_materials.py: {done.args[0]}: {done.stderr.strip()}")
    return done.stdout


def linked_files(build: Path) -> set[Path]:
    """The archives from which objects were linked, and the objects that were linked directly."""
    link_map = (build / "cloudhijack.map").read_text()
    files = re.findall(r"^(/\S+?\.a)\(\S+\)", link_map, re.MULTILINE)
    files += re.findall(r"^LOAD (/\S+\.o)$", link_map, re.MULTILINE)
    if not files:
        sys.exit(f"bill_of_materials.py: {build}/cloudhijack.map: lists no archives")
    return {Path(file).resolve() for file in files}


def included_files(build: Path) -> set[Path]:
    """The headers that the program's sources include."""
    files = set()
    ours = False
    for line in run("ninja", "-C", build, "-t", "deps").splitlines():
        if line.startswith("    "):
            if ours:
                files.add((build / line.strip()).resolve())
        elif line:
            ours = not line.startswith("tests/")
    if not files:
        sys.exit(f"bill_of_materials.py: {build}: ninja lists no headers")
    return files


def packages_in_sysroot(sysroot: Path) -> dict[Path, Package]:
    """Each file in the sysroot, with the package that contained it."""
    owners = {}
    for contents in sysroot.glob("packages/*.list"):
        package = Package(*contents.stem.split("_"))
        for name in contents.read_text().splitlines():
            owners[sysroot / name.lstrip("/")] = package
    return owners


def installed_packages(files: Iterable[Path]) -> set[Package]:
    """The packages of this machine's Debian that contain the files."""
    # "<package>[:<architecture>]: <file>"
    owners = re.findall(r"^(\S+): /", run("dpkg-query", "--search", *sorted(files)), re.MULTILINE)
    form = "${Package} ${Version} ${Architecture}\n"
    lines = run("dpkg-query", "--show", f"--showformat={form}", *sorted(set(owners)))
    return {Package(*line.split()) for line in lines.splitlines()}


def linked_packages(build: Path, files: set[Path]) -> list[Package]:
    """The packages that contain the files, except the project's own files and simdjson's."""
    # A cross build has the name of its architecture, as its sysroot has; a native build has none.
    owners = packages_in_sysroot(ROOT / "build/sysroot" / build.name)
    packages = {owners[file] for file in files if file in owners}
    installed = {
        file
        for file in files - owners.keys()
        if not file.is_relative_to(ROOT) and file.name != SIMDJSON_HEADER
    }
    return sorted(packages | installed_packages(installed))


def licence(package: Package) -> str | None:
    for pattern, name in LICENCES.items():
        if re.fullmatch(pattern, package.name):
            return name
    sys.exit(
        f"bill_of_materials.py: {package.name}: the program contains parts of this Debian package;"
        " add its licence to LICENCES"
    )


def library(name: str, version: str, purl: str, expression: str) -> dict[str, Any]:
    return {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        "licenses": [{"expression": expression}],
        "purl": purl,
    }


def debian_library(package: Package, expression: str) -> dict[str, Any]:
    name, version = quote(package.name, safe=""), quote(package.version, safe="")
    purl = f"pkg:deb/debian/{name}@{version}?arch={package.architecture}"
    return library(package.name, package.version, purl, expression)


def simdjson(files: set[Path]) -> dict[str, Any]:
    (header,) = (file for file in files if file.name == SIMDJSON_HEADER)
    found = re.search(r'#define SIMDJSON_VERSION "([\d.]+)"', header.read_text())
    assert found is not None
    purl = f"pkg:github/simdjson/simdjson@v{found[1]}"
    return library("simdjson", found[1], purl, "Apache-2.0")


def bill(version: str, stage: Path, builds: dict[str, Path]) -> dict[str, Any]:
    app = f"pkg:generic/cloudhijack@{version}"
    libraries: dict[str, dict[str, Any]] = {}
    programs = []
    needs = {app: list[str]()}
    for name, build in sorted(builds.items()):
        digest = hashlib.sha256((stage / name).read_bytes()).hexdigest()
        programs.append(
            {
                "type": "file",
                "bom-ref": name,
                "name": name,
                "hashes": [{"alg": "SHA-256", "content": digest}],
            }
        )
        needs[app].append(name)
        files = linked_files(build) | included_files(build)
        linked = [simdjson(files)]
        for package in linked_packages(build, files):
            expression = licence(package)
            if expression is not None:
                linked.append(debian_library(package, expression))
        libraries.update((component["bom-ref"], component) for component in linked)
        needs[name] = [component["bom-ref"] for component in linked]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": app,
                "name": "cloudhijack",
                "version": version,
                "purl": app,
                "licenses": [{"expression": "Apache-2.0"}],
            }
        },
        "components": programs + [libraries[ref] for ref in sorted(libraries)],
        "dependencies": [{"ref": ref, "dependsOn": sorted(on)} for ref, on in needs.items()],
    }


def main() -> None:
    if len(sys.argv) < 4 or any("=" not in word for word in sys.argv[3:]):
        sys.exit(__doc__)
    version, stage, *pairs = sys.argv[1:]
    builds = {program: Path(build).resolve() for program, build in (p.split("=") for p in pairs)}
    print(json.dumps(bill(version, Path(stage), builds), indent=2))


if __name__ == "__main__":
    main()
