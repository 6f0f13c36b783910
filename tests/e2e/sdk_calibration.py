"""Calibrates the stand-in splunkd: it runs a map/reduce command that was made with Splunk's SDK.

Splunk runs commands that its SDK makes. The stand-in must run them, too, with a right answer: with
the map phase on the peers and the reduce phase on the search head. What it refuses or garbles here
is a mistake of the stand-in, not of the command. `tests/package/sdk_check.py` installs the SDK and
runs this file with its Python.
"""

from __future__ import annotations

import random
import sys
import unittest
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from chunk_body import EventRow, Layout, Row, Value
from cluster import Command, Peer, Traffic, run_cluster
from splunkd import Answer, Session, execute, getinfo, run_search

ARGV = [sys.executable, "-I", "-B", str(Path(__file__).with_name("sdk_counts.py"))]
FIELD = "user"
PARTIAL = "sdkcounts_partial"
LAYOUT = Layout(("_time", "_raw", FIELD))

# Among them everything that CSV and multivalue fields have to escape.
USERS = [
    *("ann", "bob", "Zo\u00eb", "", "a,b", 'say "hi"', "two\nlines", "$5", "$a$;$b$", " padded "),
    *("arn:aws:iam::111122223333:user/ann", "\U0001f600"),
]


def encoded(value: Value) -> bytes | list[bytes]:
    return value.encode() if isinstance(value, str) else [item.encode() for item in value]


def sent(peer: Peer, columns: list[str], rows: Sequence[Row], traffic: Traffic) -> list[EventRow]:
    """Splunk passes on whatever rows the map phase of a command answers with."""
    assert not rows or columns == [FIELD, PARTIAL], columns
    traffic.partial_rows += len(rows)
    return [{name: encoded(value) for name, value in row.items()} for row in rows]


SDK_COUNTS = Command("sdkcounts", {"type": "streaming"}, sent)


def events(users: Sequence[str | list[str]]) -> list[EventRow]:
    return [
        {"_time": b"%d" % number, "_raw": b'{"n":%d}' % number, FIELD: encoded(user)}
        for number, user in enumerate(users)
    ]


def count(
    peers: Sequence[Peer], *args: str, seed: int = 0, rows: int = 50_000
) -> tuple[Answer, Traffic]:
    words = [f"field={FIELD}", *args]
    answer, traffic, _ = run_cluster(
        ARGV, words, peers, seed=seed, rows_per_chunk=rows, command=SDK_COUNTS
    )
    return answer, traffic


def counts_of(answer: Answer) -> dict[str, int]:
    """The rows for single values."""
    rows = [row for row in answer.rows if isinstance(row[FIELD], str)]
    found = {str(row[FIELD]): int(str(row["count"])) for row in rows}
    assert len(found) == len(rows), "a value has two rows"
    return found


class CalibrationTest(unittest.TestCase):
    def check(self, answer: Answer, users: Sequence[str]) -> None:
        """The answer has the right counts, and one row with all values."""
        expected = Counter(users)
        self.assertIsNone(answer.error)
        self.assertEqual(counts_of(answer), expected)
        together = [row for row in answer.rows if isinstance(row[FIELD], list)]
        self.assertEqual(
            together,
            [{FIELD: sorted(expected), "count": str(len(users))}] if len(expected) > 1 else [],
        )

    def test_each_split_over_peers_and_chunks_gives_the_right_counts(self) -> None:
        for seed in range(6):
            rng = random.Random(seed)
            users = rng.choices(USERS, k=200)
            parts: list[list[str]] = [[] for _ in range(rng.randrange(1, 4))]
            for user in users:
                rng.choice(parts).append(user)
            peers = [
                Peer(
                    events(part),
                    rows_per_chunk=rng.choice((7, 40, 50_000)),
                    layout=Layout(LAYOUT.columns, twins=rng.choice(("after", "beside", "none"))),
                    maps=rng.random() < 0.8,
                )
                for part in parts
            ]
            with self.subTest(seed=seed):
                answer, traffic = count(peers, seed=seed, rows=rng.choice((3, 11, 50_000)))
                self.check(answer, users)
                # The map phase did run, unless Splunk omitted it on every peer.
                self.assertEqual(traffic.partial_rows > 0, any(peer.maps for peer in peers))

    def test_a_process_for_each_chunk_gives_the_right_counts(self) -> None:
        peer = Peer(events(USERS * 3), rows_per_chunk=20, layout=LAYOUT, restarts=True)
        self.check(count([peer])[0], USERS * 3)

    def test_a_peer_that_dies_loses_the_rest_of_its_events(self) -> None:
        # The counts do depend on what the peers send.
        users = ["ann"] * 10 + ["bob"] * 10
        peer = Peer(events(users), rows_per_chunk=10, layout=LAYOUT, dies_after=1)
        self.assertEqual(counts_of(count([peer])[0]), {"ann": 10})

    def test_multivalue_fields(self) -> None:
        users = [["ann", "$1$;$2"], ["ann", "bob"], 'a "quoted" name']
        expected = {"ann": 2, "$1$;$2": 1, "bob": 1, 'a "quoted" name': 1}
        for maps in (True, False):
            answer, _ = count([Peer(events(users), layout=LAYOUT, maps=maps)])
            self.assertEqual(counts_of(answer), expected)

    def test_no_events(self) -> None:
        for peers in ([], [Peer([], layout=LAYOUT)], [Peer([], layout=LAYOUT, maps=False)]):
            answer, _ = count(peers)
            self.assertEqual((answer.rows, answer.error), ([], None))

    def test_options_reach_both_phases(self) -> None:
        peers = [Peer(events(["ann", "bob"]), layout=LAYOUT), Peer(events(["ann"]), layout=LAYOUT)]
        answer, traffic = count(peers, "at_least=2")
        self.assertEqual(
            answer.getinfo["streaming_preop"], 'sdkcounts phase="map" at_least="2" field="user"'
        )
        self.assertEqual((counts_of(answer), traffic.partial_rows), ({"ann": 2}, 3))

    def test_messages_and_metrics(self) -> None:
        answer, _ = count([Peer(events(["ann", "bob"]), layout=LAYOUT)])
        self.assertEqual(answer.messages, [("INFO", "sdkcounts of admin has read all rows")])
        self.assertEqual(answer.metrics, {"metric.sdkcounts": [0.5, 1, 2, 2]})

    def test_a_search_in_one_process(self) -> None:
        body = b"_time,user\n1,ann\n2,ann\n"
        answer = run_search(ARGV, ["field=user"], [body, b""], command="sdkcounts")
        self.assertEqual(counts_of(answer), {"ann": 2})


class RefusalTest(unittest.TestCase):
    """How the SDK refuses options. The stand-in demands more of cloudhijack: the key `error`, which
    ends the search with this message, and exit code 0."""

    def test_wrong_options_give_messages_and_an_exit_code(self) -> None:
        with Session(ARGV) as session:
            reply = session.request(getinfo(["nonsense=1"], command="sdkcounts"))
            texts = ["Unrecognized option: nonsense=1", 'A value for "field" is required']
            self.assertEqual(reply.messages, [("ERROR", text) for text in texts])
            self.assertEqual((reply.error, reply.finished), (None, False))
            self.assertEqual(session.end().exit_code, 1)

    def test_a_mistake_in_a_chunk_gives_a_message_and_an_exit_code(self) -> None:
        with Session(ARGV) as session:
            session.request(getinfo(["field=user"], command="sdkcounts"))
            reply = session.request(execute(finished=True), b"other\n1\n")
            self.assertRegex(str(reply.messages), "KeyError at .*sdk_counts.py")
            self.assertEqual((reply.error, reply.finished), (None, True))
            self.assertEqual(session.end().exit_code, 1)


if __name__ == "__main__":
    unittest.main()
