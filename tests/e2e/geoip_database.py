"""Writes the small databases of addresses that the tests and the documentation read.

usage: geoip_database.py [--renew]

Without --renew it compares the files in tests/data/geoip with what it would write. It needs the
package mmdb-writer from PyPI, which tests/package/geoip_check.py installs.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any
from unittest.mock import patch

FOLDER = Path(__file__).resolve().parents[1] / "data/geoip"
BUILT = 1_709_596_800  # 5 March 2024, the demo's day

# Longer than a name may be, and with characters that move a terminal's cursor.
HOSTILE = "\x1b[2JEvil\x07 \u0085Host\u202e " + "x" * 300


def _country(code: str, name: str) -> dict[str, Any]:
    return {"country": {"iso_code": code, "names": {"en": name}}}


def _network(number: int, organisation: str) -> dict[str, Any]:
    return {
        "autonomous_system_number": number,
        "autonomous_system_organization": organisation,
    }


# By file: version of IP, type, and what it knows.
DATABASES: dict[str, tuple[int, str, dict[str, Any]]] = {
    "city.mmdb": (
        6,
        "Example-City",
        {
            "2001:db8:51::/48": {"city": {"names": {"en": "Delft"}}, **_country("NL", "Nederland")},
            "2001:db8:5300::/44": _country("DE", "Germany"),
            "2001:db8:5310::/44": _country("RO", "Romania"),
            "203.0.113.0/25": _country("DE", "Germany"),
            "203.0.113.128/25": _country("FR", "France"),
            "198.51.100.0/24": {"registered_country": {"iso_code": "us"}},
            "192.0.2.0/25": {"continent": {"code": "EU"}},
            "192.0.2.128/25": {"country": {"iso_code": "ZZ"}},
            "3fff:1::/32": {"country": {"iso_code": "\x1b[2J"}},
            "3fff:77::/32": _country("US", "United States"),
        },
    ),
    "asn.mmdb": (
        6,
        "Example-ASN",
        {
            "2001:db8:51::/48": _network(64500, "Example Hosting"),
            "2001:db8:5300::/40": _network(4200000000, "Example Residential, Inc."),
            "203.0.113.0/24": _network(64501, "Example Cloud, Inc."),
            "198.51.100.0/24": {"autonomous_system_number": 64502},
            "3fff:1::/32": _network(64503, HOSTILE),
            "3fff:2::/32": {"autonomous_system_organization": "Nobody's Number"},
            "3fff:77::/32": _network(64505, "Example VPN"),
        },
    ),
    # Only IPv4, with all in one entry, as IPinfo writes it.
    "flat.mmdb": (
        4,
        "example flat",
        {
            "203.0.113.0/24": {
                "country": "Germany",
                "country_code": "DE",
                "asn": "AS64501",
                "as_name": "Example Cloud, Inc.",
            },
            "198.51.100.0/24": {"asn": "64502", "as_name": "Not a number"},
        },
    ),
    "enterprise.mmdb": (
        6,
        "Example-Enterprise",
        {
            "2001:db8::/32": {
                **_country("SE", "Sweden"),
                "traits": _network(64504, "Example Telco"),
            },
            "3fff::/32": {**_country("NO", "Norway"), "traits": _network(64506, "Example Later")},
        },
    ),
    "domain.mmdb": (4, "Example-Domain", {"203.0.113.0/24": {"domain": "example.org"}}),
}


def write(folder: Path) -> None:
    """Writes all databases; the same bytes at any time."""
    from mmdb_writer import MMDBWriter
    from netaddr import IPSet

    for name, (version, kind, entries) in DATABASES.items():
        writer = MMDBWriter(
            version,
            kind,
            languages=["en"],
            description="Made up for cloudhijack's tests",
            ipv4_compatible=version == 6,
            int_type="u32",
        )
        for network, entry in entries.items():
            writer.insert_network(IPSet([network]), entry)
        with patch("time.time", return_value=BUILT):
            writer.to_db_file(str(folder / name))


def main() -> int:
    if sys.argv[1:] == ["--renew"]:
        FOLDER.mkdir(exist_ok=True)
        write(FOLDER)
        return 0
    with tempfile.TemporaryDirectory() as place:
        write(Path(place))
        made = {path.name: path.read_bytes() for path in Path(place).iterdir()}
    there = {path.name: path.read_bytes() for path in FOLDER.glob("*.mmdb")}
    for name in sorted(made.keys() | there.keys()):
        if made.get(name) != there.get(name):
            print(f"{FOLDER / name}: is not what geoip_database.py writes; --renew writes it")
    return 0 if made == there else 1


if __name__ == "__main__":
    sys.exit(main())
