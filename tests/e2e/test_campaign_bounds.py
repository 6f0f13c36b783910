"""However many principals an attacker links, memory and answers grow in proportion to the calls."""

from __future__ import annotations

import json
import subprocess
import tempfile
import unittest
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from peak_memory import measured
from program_under_test import SANITIZED, program

MANY = 100_000
FEWER = MANY // 4

MOST_EACH = 16 << 10  # bytes of memory for a principal, its row and the row's text
SUBJECTS = 1000  # users that are kept for the principal that made them

ACCOUNT = "111122223333"
OFFICE = "203.0.113.1"
ABROAD = "198.51.100.1"

# One principal of the account works in an office, and none works abroad.
BASELINE = (
    "account,principal,service,first_seen,last_seen,peak_hour,peak_day,peaks,phases,models,regions,"
    "networks,clients,parents,made\n"
    f"{ACCOUNT},arn:aws:iam::{ACCOUNT}:user/colleague,account,2026-01-01T10:00:00Z,"
    "2026-03-01T10:00:00Z,0,,,,,,203.0.0.0/16=2026-01-01/2026-03-01,"
    "3adf5cad=2026-01-01/2026-03-01,,\n"
)

Records = Iterator[str]
Row = dict[str, Any]


def record(number: int, user: str, address: str, call: str, **parameters: str) -> str:
    """A call in second `number` of the same hour."""
    source = "ses" if call == "SendEmail" else "iam"
    return json.dumps(
        {
            "eventTime": f"2026-03-02T10:{number // 60 % 60:02}:{number % 60:02}Z",
            "eventSource": f"{source}.amazonaws.com",
            "eventName": call,
            "awsRegion": "us-east-1",
            "sourceIPAddress": address,
            "userAgent": "Boto3/1.34",
            "requestParameters": parameters or None,
            "eventID": f"00000000-0000-4000-8000-{number:012}",
            "recipientAccountId": ACCOUNT,
            "userIdentity": {
                "type": "IAMUser",
                "arn": f"arn:aws:iam::{ACCOUNT}:user/{user}",
                "accountId": ACCOUNT,
            },
        }
    )


def star(count: int) -> Records:
    """One key makes all of them, and each makes one call."""
    for number in range(count):
        yield record(number, "eve", ABROAD, "CreateUser", userName=f"u{number}")
        yield record(number, f"u{number}", OFFICE, "SendEmail")


def chain(count: int) -> Records:
    """Each principal makes the next one."""
    for number in range(count):
        yield record(number, f"u{number}", ABROAD, "CreateUser", userName=f"u{number + 1}")


def crowd(count: int) -> Records:
    """All principals act from one address."""
    for number in range(count):
        yield record(number, f"u{number}", ABROAD, "SendEmail")


def namesakes(count: int) -> Records:
    """All makers make users of the same name, and there are as many makers as users."""
    for number in range(count // 2):
        address = f"198.51.{number // 256 % 256}.{number % 256}"
        yield record(number, f"maker{number}", address, "CreateUser", userName="u")
        yield record(number, f"{number}/u", OFFICE, "SendEmail")


@unittest.skipIf(SANITIZED, "CLOUDHIJACK_SANITIZED is set: a sanitizer's memory says nothing")
class CampaignBoundsTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.baseline = self.folder / "baseline.csv"
        self.baseline.write_text(BASELINE)

    def hunt(self, records: Records, *args: str) -> tuple[Iterator[Row], int, int]:
        """The rows, their total size in bytes, and the peak resident memory in bytes."""
        trail = self.folder / "trail.json"
        with open(trail, "w") as file:
            file.writelines(line + "\n" for line in records)
        report, rows = self.folder / "peak", self.folder / "rows"
        scan = ["scan", "--mode=hunt", "--min-risk=0", "--format=ndjson", *args, str(trail)]
        with open(rows, "wb") as out:
            done = subprocess.run(
                measured([*program(), *scan], report),
                stdout=out,
                stderr=subprocess.PIPE,
                text=True,
                timeout=300,
            )
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = map(json.loads, rows.read_text().splitlines())
        return lines, rows.stat().st_size, int(report.read_text())

    def check(
        self,
        story: Callable[[int], Records],
        expected: Callable[[int], dict[int, int]],
        baseline: bool = True,
        tied: str | None = None,
    ) -> None:
        """`expected`: for a number of principals, how many rows have each UniqueMembers."""
        args = [f"--baseline={self.baseline}"] if baseline else []
        sizes = {}
        for count in (FEWER, MANY):
            rows, size, peak = self.hunt(story(count), *args)
            found: Counter[int] = Counter()
            for row in rows:
                self.assertEqual(len(row["Members"]), 1)
                self.assertLess(len(row["Links"]), 2)
                if tied and row["Links"]:
                    self.assertIn(tied, row["Links"][0])
                found[row["UniqueMembers"]] += 1
            self.assertEqual(found, expected(count))
            sizes[count] = size, peak
        (some_bytes, some_peak), (bytes_of_many, peak_of_many) = sizes[FEWER], sizes[MANY]
        self.assertLess(bytes_of_many, 4.2 * some_bytes)
        self.assertLess(peak_of_many, 4.5 * some_peak)
        self.assertLess(peak_of_many, MOST_EACH * MANY)

    def test_size_of_a_star_is_bounded_by_what_is_kept_for_its_maker(self) -> None:
        self.check(
            star,
            lambda count: {1: count - SUBJECTS, SUBJECTS + 1: SUBJECTS + 1},
            tied="1001 principals are linked, too many to be judged together",
        )

    def test_a_star_without_a_baseline(self) -> None:
        self.check(
            star, lambda count: {1: count - SUBJECTS, SUBJECTS + 1: SUBJECTS + 1}, baseline=False
        )

    def test_a_chain(self) -> None:
        self.check(chain, lambda count: {count: count})

    def test_a_crowd_at_one_address(self) -> None:
        self.check(
            crowd,
            lambda count: {1: count},
            tied="linked, too many to be judged together: shared addresses are ignored",
        )

    def test_makers_and_users_of_one_name(self) -> None:
        self.check(namesakes, lambda count: {count: count})


if __name__ == "__main__":
    unittest.main()
