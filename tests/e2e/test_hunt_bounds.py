"""Beyond what the hunt keeps exactly, it stays within the error that it documents, and says so."""

from __future__ import annotations

import random
import unittest
from collections.abc import Sequence
from typing import Any

from answer_checks import as_rows
from call_records import call
from chunk_body import Row, write_bodies
from hunt_reference import expected_hunt
from program_under_test import program
from splunkd import run_search

Record = bytes
COUNTS = ["UseCount", "MessageCount", "FailedCount", "PeakPerHour"]
SAMPLED = {"UniqueIPs", "UniqueClients"}

CALLER = {
    "type": "IAMUser",
    "arn": "arn:aws:iam::111122223333:user/mailer",
    "accountId": "111122223333",
    "accessKeyId": "AKIAEXAMPLE",
}


def mails(rng: random.Random, count: int, **members: Any) -> list[Record]:
    """This many calls within one hour, some of them denied, some to more than one recipient."""
    records = []
    for _ in range(count):
        second = rng.randrange(3600)
        records.append(
            call(
                **{
                    "userIdentity": CALLER,
                    "recipientAccountId": "111122223333",
                    "eventTime": f"2024-03-05T10:{second // 60:02}:{second % 60:02}Z",
                    "eventID": (
                        f"{rng.getrandbits(32):08x}-0000-4000-8000-{rng.getrandbits(48):012x}"
                    ),
                    "userAgent": "Boto3/1.34",
                    "errorCode": "AccessDenied" if rng.random() < 0.1 else None,
                    "requestParameters": {
                        "destination": {"toAddresses": ["x"] * rng.randrange(1, 5)}
                    },
                    **{name: make(rng) for name, make in members.items()},
                }
            )
        )
    return records


class BoundsTest(unittest.TestCase):
    def hunt(self, records: Sequence[Record], seed: int = 1) -> tuple[Row, Row]:
        """The program's row and the reference's row."""
        delivered = list(records)
        random.Random(seed).shuffle(delivered)
        events = [(None, raw) for raw in delivered]
        [row] = run_search(program(), ["mode=hunt"], write_bodies(as_rows(events), 700)).rows
        [expected] = expected_hunt(events).rows
        return row, expected

    def check_near(self, row: Row, expected: Row, name: str, error: float) -> None:
        value, wanted = int(str(row[name])), int(str(expected[name]))
        self.assertLessEqual(abs(value - wanted), error * wanted, f"{name}: {value} of {wanted}")

    def test_many_calls_are_counted_exactly_if_none_is_delivered_twice(self) -> None:
        row, expected = self.hunt(mails(random.Random(1), 1500))
        for name in (*COUNTS, "Evidence", "RiskScore", "FirstEvent", "LastEvent", "_time"):
            self.assertEqual(row[name], expected[name], name)
        self.assertEqual(row["Truncated"], COUNTS)

    def test_the_bound_itself_is_exact(self) -> None:
        for count, truncated in ((1024, ""), (1025, COUNTS)):
            row, expected = self.hunt(mails(random.Random(2), count) * 2)
            self.assertEqual(row["Truncated"], truncated)
            if not truncated:
                self.assertEqual({name: row[name] for name in expected}, expected)

    def test_repeated_deliveries_are_subtracted_by_their_share(self) -> None:
        for seed in range(3):
            with self.subTest(seed=seed):
                records = mails(random.Random(seed), 1500)
                again = random.Random(seed).sample(records, 400 + 300 * seed)
                row, expected = self.hunt([*records, *again], seed)
                for name in COUNTS:
                    self.check_near(row, expected, name, 0.1)
                self.assertEqual(row["Evidence"], expected["Evidence"])

    def test_sets_are_estimated_beyond_a_thousand(self) -> None:
        row, expected = self.hunt(
            mails(
                random.Random(3),
                2500,
                sourceIPAddress=lambda rng: (
                    f"2001:{rng.randrange(1, 99):x}::{rng.getrandbits(16):x}"
                ),
                userAgent=lambda rng: f"agent-{rng.choice('abcdefghij') * rng.randrange(1, 200)}/1",
            )
        )
        for name in SAMPLED:
            self.check_near(row, expected, name, 0.1)
        self.assertEqual(row["SourceIPs"], expected["SourceIPs"])
        self.assertEqual(row["Clients"], expected["Clients"])
        self.assertEqual(row["Evidence"], expected["Evidence"])
        self.assertIn("UniqueIPs", row["Truncated"])
        self.assertTrue(any("about " in reason for reason in row["Reasons"]), row["Reasons"])
