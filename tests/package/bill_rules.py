"""Check the bill of materials in a package. Usage: bill_rules.py PACKAGE

It must conform to CycloneDX's own schema, its licences must be SPDX's, and it must describe the
programs beside it. This script runs in an environment with bill-requirements.txt.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import tarfile

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from license_expression import get_spdx_licensing
from packageurl import PackageURL

# The programs of the app or of the tarball, as the bill names them.
PROGRAM = re.compile(r"bin/(linux_\w+/)?cloudhijack")


def complaints(text: str, programs: dict[str, str]) -> list[str]:
    """The problems in a bill; `programs` gives the digest of each program."""
    bill = json.loads(text)
    version = SchemaVersion.from_version(bill["specVersion"])
    error = JsonStrictValidator(version).validate_str(text)
    if error is not None:
        at = "/".join(str(step) for step in error.data.absolute_path)
        return [f"against the schema, at {at}: {error.data.message}"]

    wrong = []
    components = [bill["metadata"]["component"], *bill["components"]]
    for component in components:
        for licence in component.get("licenses", []):
            for unknown in get_spdx_licensing().validate(licence["expression"]).errors:
                wrong.append(f"{component['name']}: {unknown}")
        if "purl" in component:
            url = PackageURL.from_string(component["purl"])
            if (url.name, (url.version or "").removeprefix("v")) != (
                component["name"],
                component["version"],
            ):
                wrong.append(f"{component['name']} {component['version']}: its purl is {url}")
    digests = {
        component["name"]: component["hashes"][0]["content"]
        for component in components
        if component["type"] == "file"
    }
    if digests != programs:
        wrong.append(f"the digests of the programs are {programs}, the bill has {digests}")
    known = {component["bom-ref"] for component in components}
    needed = {ref for needs in bill["dependencies"] for ref in [needs["ref"], *needs["dependsOn"]]}
    for ref in sorted(needed ^ known):
        wrong.append(f"{ref} is a component that nothing needs, or is needed and no component")
    return wrong


def main(package: str) -> None:
    files = {}
    with tarfile.open(package) as archive:
        for member in archive.getmembers():
            content = archive.extractfile(member)
            if content is not None:
                files[member.name.partition("/")[2]] = content.read()
    programs = {
        name: hashlib.sha256(content).hexdigest()
        for name, content in files.items()
        if PROGRAM.fullmatch(name)
    }
    (bill,) = [content for name, content in files.items() if name.endswith("/bom.cdx.json")]
    text = bill.decode()
    wrong = complaints(text, programs)
    if wrong:
        sys.exit("bill of materials: " + "\nbill of materials: ".join(wrong))
    print(f"bill of materials: {len(json.loads(text)['components'])} components")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
