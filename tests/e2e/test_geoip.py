"""The countries and networks of source addresses, from the databases of geoip_database.py."""

from __future__ import annotations

import json
import tempfile
import unittest
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from call_records import START, call
from chunk_body import listed, write_body
from cluster import Peer, run_cluster
from geoip_database import FOLDER
from lookup_app import install
from program_under_test import command_line, program
from shell_run import Run, run_scan
from splunkd import Answer, run_search

CITY = FOLDER / "city.mmdb"
ASN = FOLDER / "asn.mmdb"
RIGHT = (
    "name a database of countries, cities or autonomous systems in the MaxMind DB format (.mmdb)"
)
HUNT = ("--mode", "hunt", "--min-risk", "0")
HOSTING = "2001:db8:51::1"
DEFAULT_ADDRESSES = [HOSTING, "2001:db8:5300::1", "203.0.113.7", "10.1.2.3"]


def records(addresses: Sequence[str] = DEFAULT_ADDRESSES, caller: str = "eve") -> list[bytes]:
    return [
        call(caller, number % 60, sourceIPAddress=address, requestID=f"{caller}-{number}")
        for number, address in enumerate(addresses)
    ]


def scanned(raw: Sequence[bytes], *args: str) -> Run:
    return run_scan(*HUNT, *args, "-", stdin=b"\n".join(raw))


def scanned_rows(raw: Sequence[bytes], *files: Path) -> list[dict[str, Any]]:
    options = [word for file in files for word in ("--geoip", str(file))]
    run = scanned(raw, "--format", "ndjson", *options)
    assert run.exit_code == 0, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


class ScanTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_columns(self) -> None:
        [row] = scanned_rows(records(), CITY, ASN)
        self.assertEqual(row["SourceIPs"], sorted(DEFAULT_ADDRESSES))
        self.assertEqual(row["SourceCountries"], ["DE", "NL"])
        self.assertEqual(
            row["Networks"],
            [
                "AS4200000000 Example Residential, Inc.",
                "AS64500 Example Hosting",
                "AS64501 Example Cloud, Inc.",
            ],
        )
        self.assertEqual(row["Countries"], [])  # of the recipients of messages
        names = list(row)
        self.assertEqual(
            names[names.index("SourceIPs") :][:3], ["SourceIPs", "SourceCountries", "Networks"]
        )

    def test_one_database_fills_its_columns(self) -> None:
        [with_both] = scanned_rows(records(), ASN, CITY)
        for files in ([CITY], [ASN], []):
            [row] = scanned_rows(records(), *files)
            for column, file in (("SourceCountries", CITY), ("Networks", ASN)):
                self.assertEqual(row[column], with_both[column] if file in files else [])
            # Nothing else depends on a database.
            self.assertEqual(
                {**row, "SourceCountries": [], "Networks": []},
                {**with_both, "SourceCountries": [], "Networks": []},
            )

    def test_truncated_addresses(self) -> None:
        addresses = [f"2001:db8:51::{number:x}" for number in range(1, 102)]
        for files, expected in (
            ([], ["SourceIPs"]),
            ([CITY], ["SourceIPs", "SourceCountries"]),
            ([ASN], ["SourceIPs", "Networks"]),
            ([CITY, ASN], ["SourceIPs", "SourceCountries", "Networks"]),
        ):
            [row] = scanned_rows(records(addresses), *files)
            self.assertEqual(row["Truncated"], expected)
        [row] = scanned_rows(records(addresses[:100]), CITY, ASN)
        self.assertEqual(row["Truncated"], [])

    def table_lines(self, addresses: Sequence[str], *files: Path) -> list[str]:
        options = [word for file in files for word in ("--geoip", str(file))]
        run = scanned(records(addresses), *options)
        return [line.strip() for line in run.stdout.splitlines() if line.startswith(" " * 10)]

    def test_table(self) -> None:
        first = self.table_lines(DEFAULT_ADDRESSES, CITY, ASN)[0]
        self.assertEqual(
            first,
            "from DE, NL; AS4200000000 Example Residential, Inc.; AS64500 Example Hosting; "
            "AS64501 Example Cloud, Inc.",
        )
        self.assertEqual(self.table_lines([HOSTING], CITY)[0], "from NL")
        self.assertEqual(self.table_lines([HOSTING], ASN)[0], "from AS64500 Example Hosting")
        for addresses, files in (([HOSTING], []), (["10.1.2.3"], [CITY, ASN])):
            self.assertNotIn("from", self.table_lines(addresses, *files)[0].split())

    def test_a_table_shows_five_of_many_networks(self) -> None:
        addresses = [*DEFAULT_ADDRESSES, "198.51.100.1", "3fff:2::1", "3fff:77::1"]
        [line] = [
            line for line in self.table_lines(addresses, CITY, ASN) if line.startswith("from ")
        ]
        self.assertTrue(line.startswith("from DE, NL, US; AS4200000000 "), line)
        self.assertTrue(line.endswith("AS64505 Example VPN and 1 more"), line)

    def test_hostile_names(self) -> None:
        [row] = scanned_rows(records(["3fff:1::1"]), CITY, ASN)
        self.assertEqual(row["SourceCountries"], [])
        [network] = row["Networks"]
        self.assertTrue(network.startswith("AS64503 .[2JEvil. .Host"), network)
        self.assertLessEqual(len(network.encode()), 111)

    def refused(self, *args: str) -> str:
        run = scanned(records(), *args)
        self.assertEqual((run.exit_code, run.stdout), (2, ""))
        [message] = run.messages
        return message

    def test_files_that_cannot_be_used(self) -> None:
        none = self.folder / "none.mmdb"
        text = self.folder / "text.mmdb"
        text.write_text("cidr,label\n")
        cut = self.folder / "cut.mmdb"
        cut.write_bytes(CITY.read_bytes()[:-200])
        domain = FOLDER / "domain.mmdb"
        for path, problem in (
            (none, f"cannot be read: No such file or directory; {RIGHT}"),
            (text, f"is not a MaxMind DB file, or has lost its end; {RIGHT}"),
            (self.folder, f"is a folder; {RIGHT}"),
            (
                domain,
                'has the type "Example-Domain", and its entries have no country and no autonomous '
                f"system; {RIGHT}",
            ),
        ):
            self.assertEqual(self.refused("--geoip", str(path)), f"{path}: {problem}")
            # Even if another file can be used.
            self.assertIn(problem, self.refused("--geoip", str(CITY), "--geoip", str(path)))
        self.assertRegex(
            self.refused("--geoip", str(cut)), r"(is damaged: .*|has lost its end); get the file"
        )
        self.assertIn("option --geoip: invalid value", self.refused("--geoip", ""))

    def test_the_option_belongs_to_hunt_mode(self) -> None:
        for mode in ("volume", "coverage", "baseline"):
            run = run_scan("--mode", mode, "--geoip", str(CITY), "-")
            self.assertEqual((run.exit_code, run.stdout), (2, ""))
            self.assertIn("option --geoip", run.stderr)
            self.assertIn("hunt", run.stderr)
        answer = run_search(program(), ["mode=hunt", f"geoip={CITY}"])
        self.assertIn("geoip", answer.error or "")

    def test_a_damaged_entry_is_reported_once(self) -> None:
        damaged = self.folder / "damaged.mmdb"
        data = bytearray((FOLDER / "enterprise.mmdb").read_bytes())
        data[data.index(b"Example Later") - 1] = 0x5F  # the text would end after the file
        damaged.write_bytes(data)
        raw = records(["3fff::1"], "eve") + records(["3fff::2"], "mallory")
        run = scanned(raw, "--geoip", str(damaged), "--format", "ndjson")
        self.assertEqual(run.exit_code, 0)
        rows = [json.loads(line) for line in run.stdout.splitlines()]
        self.assertEqual([row["SourceCountries"] for row in rows], [["NO"], ["NO"]])
        self.assertEqual([row["Networks"] for row in rows], [["AS64506"], ["AS64506"]])
        [message] = [text for text in run.messages if str(damaged) in text]
        self.assertRegex(message, r": is damaged: .*; get the file again\. Some ")


class SearchTest(unittest.TestCase):
    """A Splunk with the app in etc/apps, and a folder `share`."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.share = Path(folder.name) / "share"
        self.share.mkdir()
        apps = Path(folder.name) / "etc/apps"
        apps.mkdir(parents=True)
        self.argv = command_line(str(install(apps)))
        self.rows = [{"_time": b"%d" % START, "_raw": raw} for raw in records()]

    def share_file(self, name: str, data: bytes) -> Path:
        path = self.share / name
        path.write_bytes(data)
        return path

    def search(self, mode: str = "hunt") -> Answer:
        risk = ["min_risk=0"] if mode == "hunt" else []
        return run_search(self.argv, [f"mode={mode}", *risk], [write_body(self.rows)])

    def warnings(self, answer: Answer) -> list[str]:
        self.assertIsNone(answer.error)
        return [message.text for message in answer.messages if message.severity != "INFO"]

    def test_a_search_reads_the_database_of_splunk(self) -> None:
        self.share_file("GeoLite2-City.mmdb", CITY.read_bytes())
        answer = self.search()
        self.assertEqual(self.warnings(answer), [])
        [row] = answer.rows
        self.assertEqual(listed(row["SourceCountries"]), ["DE", "NL"])
        self.assertEqual(row["Networks"], "")
        self.share_file("GeoLite2-ASN.mmdb", ASN.read_bytes())
        [row] = self.search().rows
        self.assertIn("AS64500 Example Hosting", listed(row["Networks"]))

    def test_a_missing_database_is_silent(self) -> None:
        answer = self.search()
        self.assertEqual(self.warnings(answer), [])
        [row] = answer.rows
        self.assertEqual((row["SourceCountries"], row["Networks"]), ("", ""))
        self.assertEqual(len(listed(row["SourceIPs"])), len(DEFAULT_ADDRESSES))

    def test_a_damaged_database_is_a_warning(self) -> None:
        path = self.share_file("GeoLite2-City.mmdb", b"not a database")
        answer = self.search()
        [warning] = self.warnings(answer)
        self.assertEqual(warning, f"{path}: is not a MaxMind DB file, or has lost its end; {RIGHT}")
        self.assertEqual([m.severity for m in answer.messages if m.text == warning], ["WARN"])
        self.assertEqual(len(answer.rows), 1)

    def test_only_the_reduce_phase_of_the_hunt_opens_it(self) -> None:
        path = self.share_file("GeoLite2-City.mmdb", b"not a database")
        for mode in ("volume", "coverage", "baseline"):
            self.assertNotIn(str(path), str(self.search(mode).messages))
        answer = run_search(self.argv, ["phase=map", "mode=hunt"], [write_body(self.rows)])
        self.assertEqual((answer.error, answer.messages), (None, []))
        self.assertGreater(len(answer.rows), 0)

        path.write_bytes(CITY.read_bytes())
        answer, traffic, _ = run_cluster(self.argv, ["mode=hunt", "min_risk=0"], [Peer(self.rows)])
        self.assertGreater(traffic.partial_rows, 0)
        [row] = answer.rows
        self.assertEqual(listed(row["SourceCountries"]), ["DE", "NL"])


if __name__ == "__main__":
    unittest.main()
