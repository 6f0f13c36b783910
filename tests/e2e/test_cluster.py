"""A search over many indexers gives the same answer, byte for byte, as a single process."""

from __future__ import annotations

import dataclasses
import json
import random
import re
import unittest
from collections.abc import Sequence
from typing import Any

from answer_checks import as_rows, unknown_count, unreadable_count
from awkward_events import awkward_events
from chunk_body import EventRow, Layout, write_bodies, write_body
from cloudtrail_day import cloudtrail_day
from cluster import PARTIAL, Peer, Preop, Traffic, preop_args, preop_of, run_cluster
from event_forms import FIELDS, as_fields
from hunt_histories import histories
from many_groups import many_groups
from program_under_test import LONG, SANITIZED, program, repetitions
from shell_run import run_program
from splunkd import Answer, ProtocolError, execute, getinfo, run_search
from test_local_conf import LocalConfTest
from test_memory import MeasuredSession

TOPOLOGIES = 500 if LONG else repetitions(50)
CHUNK_SIZES = [1, 2, 7, 40, 500, 50_000]
VOLUME = ["ses_threshold=0", "sns_threshold=1", "bedrock_threshold=0"]
HUNT = ["mode=hunt", "min_risk=0"]

# The counts that must agree besides the rows.
COUNTS = ("relevant", "failed", "left_out", "skipped", "duplicates", "groups", "principals")


def in_one_process(args: Sequence[str], rows: Sequence[EventRow], layout: Layout) -> Any:
    """The answer, and the body of its last reply."""
    peers = [Peer(rows, layout=layout, maps=False)]
    answer, _, body = run_cluster(program(), [*args, "distributed=false"], peers)
    return answer, body


def counts(answer: Answer) -> dict[str, float]:
    found = {name: answer.metrics.get(f"metric.cloudhijack.{name}") for name in COUNTS}
    totals = {name: numbers[3] for name, numbers in found.items() if numbers}
    totals["unknown"] = unknown_count(answer)
    return {**totals, "events": answer.metrics["metric.cloudhijack.events"][2]}


def random_peers(rng: random.Random, rows: Sequence[EventRow], layout: Layout) -> list[Peer]:
    """The rows distributed over one to six peers, each with its own random configuration."""
    parts: list[list[EventRow]] = [[] for _ in range(rng.randrange(6) + 1)]
    for row in rows:
        rng.choice(parts).append(row)
    return [
        Peer(
            part,
            name=f"idx{rng.randrange(4)}",
            rows_per_chunk=rng.choice(CHUNK_SIZES),
            layout=layout,
            maps=rng.random() < 0.8,
            restarts=rng.random() < 0.2 and len(part) < 60,
        )
        for part in parts
    ]


def searches(seed: int) -> tuple[list[str], list[EventRow], Layout]:
    """The options and events of a random kind of search."""
    rng = random.Random(f"cluster {seed}")
    kind = seed % 7
    if kind == 0:
        rows = as_rows(awkward_events(seed, 200))
        return [*VOLUME, rng.choice(["span=1h", "span=90m", "span=7s"])], rows, Layout()
    if kind == 1:
        records = [raw for _, raw in cloudtrail_day(seed, background=300).events[::40]]
        fields: list[EventRow] = [{**as_fields(raw), "_time": b"1709596800"} for raw in records]
        return [*VOLUME, "input=fields"], fields, Layout(("_time", *FIELDS))
    events = [event for history in histories(seed, rng.choice([3, 30])) for event in history]
    rows = as_rows(events)
    if kind == 2:  # every event is delivered to two peers
        rows = [*rows, *rows]
    return {5: ["mode=baseline"], 6: ["mode=coverage"]}.get(kind, HUNT), rows, Layout()


def notes(answer: Answer) -> list[str]:
    """The messages about the events, without those about how the events were delivered."""
    return [text for _, text in answer.messages if "data events" in text or "baseline" in text]


class TopologyTest(unittest.TestCase):
    maxDiff = None

    def test_any_topology(self) -> None:
        traffic = Traffic()
        rows_seen = 0
        for seed in range(TOPOLOGIES):
            args, rows, layout = searches(seed)
            whole, whole_body = in_one_process(args, rows, layout)
            rng = random.Random(f"topology {seed}")
            peers = random_peers(rng, rows, layout)
            size = rng.choice(CHUNK_SIZES[2:])
            answer, more, body = run_cluster(
                program(), args, peers, seed=seed, rows_per_chunk=size, preview=seed % 3 == 0
            )
            # Subtests would go on after a failure, but the first difference is enough to
            # investigate.
            shape = [dataclasses.replace(peer, rows=[]) for peer in peers]
            self.assertIsNone(answer.error, f"seed {seed}")
            self.assertEqual(body.decode(), whole_body.decode(), f"seed {seed}, {args}, {shape}")
            self.assertEqual(counts(answer), counts(whole), f"seed {seed}")
            self.assertEqual(notes(answer), notes(whole), f"seed {seed}")
            errors = [text for severity, text in answer.messages if severity == "ERROR"]
            self.assertEqual(errors, [], f"seed {seed}")
            rows_seen += len(answer.rows)
            traffic.partial_rows += more.partial_rows
        self.assertGreater(rows_seen, 10 * TOPOLOGIES)
        self.assertGreater(traffic.partial_rows, 10 * TOPOLOGIES)

    def test_more_calls_than_are_kept_exactly_or_fit_into_a_document(self) -> None:
        """One principal makes 6,000 calls in an hour from as many addresses."""
        rng = random.Random(1)
        rows: list[EventRow] = []
        for i in range(6000):
            record = {
                "eventTime": f"2024-03-05T10:{i % 60:02}:{i % 50:02}Z",
                "eventSource": "ses.amazonaws.com",
                "eventName": "SendEmail",
                "eventID": f"00000000-0000-4000-8000-{i:012}",
                "awsRegion": f"us-{i % 30}",
                "sourceIPAddress": f"2001:db8::{i:x}",
                "userAgent": f"agent {i % 3000} " + "x" * (i % 600),
                "userIdentity": {"type": "IAMUser", "arn": "a" * (i % 2 * 1100)},
                "requestParameters": {"x": i},
            }
            rows.append({"_time": b"1", "_raw": json.dumps(record).encode()})
        for args in (HUNT, VOLUME):
            _, whole = in_one_process(args, rows, Layout())
            for seed in range(3):
                rng.shuffle(rows)
                peers = [
                    Peer(rows[:1100], "idx1", rows_per_chunk=50_000),
                    Peer(rows[1100:2000], "idx2", rows_per_chunk=500),
                    Peer(rows[2000:2300], maps=False),
                    Peer(rows[2300:], "idx3", rows_per_chunk=50_000),
                ]
                answer, traffic, body = run_cluster(program(), args, peers, seed=seed)
                self.assertEqual(body.decode(), whole.decode())
                self.assertGreater(traffic.partial_rows, 5)
                self.assertEqual([m for m in answer.messages if m.severity == "ERROR"], [])

    def test_chunks_of_one_row_and_of_fifty_thousand(self) -> None:
        day = as_rows(cloudtrail_day(seed=5, background=repetitions(60_000)).events)
        for args in ([], ["mode=hunt"]):
            _, whole = in_one_process(args, day, Layout())
            small = Peer(day[:300], "small", rows_per_chunk=1)
            _, traffic, body = run_cluster(program(), args, [small, Peer(day[300:])])
            self.assertEqual(body.decode(), whole.decode())
            self.assertGreater(traffic.partial_rows, 300)


class RequestTest(unittest.TestCase):
    """What the search head requests from Splunk."""

    def test_requested_map_command(self) -> None:
        for args, words in (
            ([], ["phase=map", "mode=volume", "input=raw", "span=3600s"]),
            (["span=90m"], ["phase=map", "mode=volume", "input=raw", "span=5400s"]),
            (["input=fields"], ["phase=map", "mode=volume", "input=fields", "span=3600s"]),
            (["mode=hunt", "min_risk=50"], ["phase=map", "mode=hunt", "input=raw"]),
            (["mode=baseline"], ["phase=map", "mode=baseline", "input=raw"]),
            (["mode=coverage"], ["phase=map", "mode=coverage", "input=raw"]),
        ):
            asked = run_search(program(), args).getinfo
            *found, catalogue = preop_args(asked) or []
            self.assertEqual(found, words)
            self.assertRegex(catalogue, r"\Acatalogue=[0-9a-f]{16}\Z")
            self.assertEqual(asked["type"], "reporting")
            self.assertLessEqual({"_time", "_raw", PARTIAL}, set(asked["required_fields"]))

    def test_distributed_false_requests_no_map_command(self) -> None:
        for value in ("false", "f", "0"):
            asked = run_search(program(), [f"distributed={value}"]).getinfo
            self.assertNotIn("streaming_preop", asked)
        for value in ("true", "t", "1"):
            self.assertIn(
                "streaming_preop", run_search(program(), [f"distributed={value}"]).getinfo
            )
        error = run_search(program(), ["distributed=maybe"]).error or ""
        self.assertIn('option distributed: invalid value "maybe"; it accepts true or false', error)

    def test_map_phase_has_no_options_of_the_search_head(self) -> None:
        error = run_search(program(), ["phase=map", "ses_threshold=1"]).error or ""
        self.assertIn('unknown option "ses_threshold"', error)
        error = run_search(program(), ["phase=reduce"]).error or ""
        self.assertIn('option phase: invalid value "reduce"; it accepts map', error)

    def test_map_phase_without_rows_still_reports_itself(self) -> None:
        for bodies in ([b""], [write_body([])], [b"", b""]):
            args = preop_args(run_search(program()).getinfo) or []
            answer = run_search(program(), args, bodies)
            self.assertEqual(len(answer.rows), len(bodies))
            self.assertEqual(answer.messages, [])

    def test_map_phase_reports_events_without_raw(self) -> None:
        args = preop_args(run_search(program()).getinfo) or []
        error = run_search(program(), args, [b"_time,host\n1,a\n"]).error or ""
        self.assertIn("no field _raw", error)


class PreopPipelineTest(unittest.TestCase):
    """`fields _time, _raw |` before the map command, which k_keeps_only_raw_before_map turns on."""

    def test_the_stand_in_accepts_both_forms_and_no_other(self) -> None:
        command = "cloudhijack phase=map mode=hunt"
        args = ["phase=map", "mode=hunt"]
        self.assertEqual(preop_of(command), Preop(args))
        self.assertEqual(
            preop_of(f"fields _time, _raw | {command}"), Preop(args, ["_time", "_raw"])
        )
        for other in ("stats count", f"eval a=1 | {command}", f"fields | {command}", "a | b | c"):
            with self.assertRaises(ProtocolError):
                preop_of(other)

    def test_the_pipeline_gives_the_same_rows_without_the_other_fields(self) -> None:
        rows: list[EventRow] = [
            {**as_fields(raw), "_time": b"1709596800", "_raw": raw}
            for _, raw in cloudtrail_day(1, background=300).events[::10]
        ]
        wide = Layout(("_time", *FIELDS, "_raw"))
        peers = [Peer(rows[at::2], name=f"idx{at}", layout=wide) for at in range(2)]
        for args in (VOLUME, HUNT):
            plain, _, body = run_cluster(program(), args, peers)
            piped, _, same = run_cluster(
                program(), args, peers, preop_prefix="fields _time, _raw | "
            )
            self.assertGreater(len(plain.rows), 0)
            self.assertEqual(body, same)
            # Only the plain form brings the fields to the map phase, which reports their number.
            told = [any("fields" in text for _, text in one.messages) for one in (plain, piped)]
            self.assertEqual(told, [True, False])


IDS = [b"00000000-0000-4000-8000-%012d" % number for number in range(3)]


def calls(count: int, source: str = "ses", name: str = "SendEmail") -> list[EventRow]:
    """Calls of one caller within one hour."""
    raw = '{"eventSource":"%s.amazonaws.com","eventName":"%s","userIdentity":{"arn":"a"}}'
    record = (raw % (source, name)).encode()
    return [{"_time": b"%d" % i, "_raw": record} for i in range(count)]


class TroubleTest(unittest.TestCase):
    """Peers that fail in some way: missing results are reported, and the rest counts."""

    def errors_of(self, answer: Answer) -> list[str]:
        self.assertIsNone(answer.error)
        return [text for severity, text in answer.messages if severity == "ERROR"]

    def check_counted(self, answer: Answer, count: int) -> None:
        self.assertEqual([row["EventCount"] for row in answer.rows], [str(count)] if count else [])

    def test_rows_of_a_peer_that_dies_still_count(self) -> None:
        for chunks in (0, 1, 3):
            dying = Peer(calls(1000), "idx2", rows_per_chunk=200, dies_after=chunks)
            answer, _, _ = run_cluster(program(), [], [Peer(calls(500)), dying])
            self.check_counted(answer, 500 + 200 * chunks)
            self.assertEqual(answer.messages, [])

    def check_refused(self, change: str, *words: str) -> None:
        """Change a peer's documents, as sed would; the peer's results must be missing and the peer
        named."""
        pattern, _, replacement = change.partition(" => ")

        def rewrite(document: str) -> str:
            changed = re.sub(pattern, replacement, document, count=1, flags=re.DOTALL)
            assert changed != document, document
            return changed

        peers = [Peer(calls(200)), Peer(calls(300), "idx-2.example", rewrite=rewrite)]
        for order in (peers, peers[::-1]):
            answer, _, _ = run_cluster(program(), [], order)
            self.check_counted(answer, 200)
            [error] = self.errors_of(answer)
            for word in ("idx-2.example", "missing", *words):
                self.assertIn(word, error)

    def test_another_version(self) -> None:
        self.check_refused('"cloudhijack":6 => "cloudhijack":7', "format 7", "format 6")
        self.check_refused('"cloudhijack":6 => "cloudhijack":0', "cannot be read")
        new = r'"cloudhijack":6(.*"mode":"[^"]*").* => "cloudhijack":7\1,"news":{"a":[1]}}'
        self.check_refused(new, "format 7", "format 6")

    def test_another_span(self) -> None:
        self.check_refused("volume 3600s => volume 60s", "volume 60s", "300 events")

    def test_a_broken_document(self) -> None:
        for change in ("...$ => ", "$ => x", r'"texts" => "text', r"\]\] => ],[]]", "$ => \x01"):
            with self.subTest(change):
                self.check_refused(change, "cannot be read")

    def test_a_document_that_is_too_large(self) -> None:
        self.check_refused("$ => " + " " * 33_000, "larger than 32768 bytes")

    def test_a_document_that_does_not_arrive(self) -> None:
        rows = [{**row, "_time": b"%d" % (i * 3600)} for i, row in enumerate(calls(3000))]
        lost: list[str] = []

        def lose_one(document: str) -> str | None:
            if "tally" not in document and not lost:
                lost.append(document)
                return None
            return document

        answer, traffic, _ = run_cluster(program(), VOLUME, [Peer(rows, rewrite=lose_one)])
        [error] = self.errors_of(answer)
        there = (
            f"announced {traffic.partial_rows} partial rows, but {traffic.partial_rows - 1} arrived"
        )
        self.assertIn(there, error)
        self.assertTrue(0 < len(answer.rows) < 3000)

    def test_number_of_named_peers_is_limited(self) -> None:
        def other(document: str) -> str:
            return document.replace('"cloudhijack":6', '"cloudhijack":9')

        peers = [Peer(calls(1), f"idx{i}", rewrite=other) for i in range(30)]
        answer, _, _ = run_cluster(program(), [], peers)
        errors = self.errors_of(answer)
        self.assertEqual(len(errors), 21)
        self.assertIn("10 more search peers", errors[-1])

    def test_unreadable_events_on_peers_are_one_warning(self) -> None:
        broken: EventRow = {"_time": b"1", "_raw": b"no JSON"}
        peers = [Peer([*calls(3), broken], f"idx{i}", rows_per_chunk=2) for i in range(3)]
        answer, _, _ = run_cluster(program(), [], peers)
        [(severity, text)] = answer.messages
        self.assertEqual(severity, "WARN")
        self.assertRegex(
            text,
            r"\A3 of 12 records could not be read \(\d+ bytes\); the first, "
            r"in a chunk on idx\d, row 2: its _raw is not a JSON object\Z",
        )

    def test_unknown_records_on_peers_are_one_warning(self) -> None:
        """A search without events must never look like one without findings, in any mode."""
        digest: EventRow = {"_time": b"1", "_raw": b'{"logFiles":[],"awsAccountId":"1"}'}
        keys = 'has the keys "logFiles", "awsAccountId"'
        for args in ([], ["mode=hunt"], ["mode=coverage"], ["mode=baseline"]):
            for some, maps in ((0, True), (0, False), (3, True), (3, False)):
                with self.subTest(args=args, calls=some, maps=maps):
                    rows = [digest, *calls(some), digest]
                    peers = [Peer(rows, f"idx{i}", rows_per_chunk=2, maps=maps) for i in range(3)]
                    answer, _, _ = run_cluster(program(), args, peers)
                    self.assertIsNone(answer.error)
                    texts = [text for level, text in answer.messages if level == "WARN"]
                    [text] = [text for text in texts if "not belong to any log" in text]
                    where = r"in a chunk on idx\d, row 1" if maps else r"row \d+"
                    self.assertRegex(
                        text,
                        r"\A6 records do not belong to any log that cloudhijack knows; the first, "
                        rf"{where}, {keys}\Z",
                    )
                    self.assertEqual(unreadable_count(answer), None)
                    records = answer.metrics["metric.cloudhijack.events"]
                    self.assertEqual(records[2:], [3 * (some + 2), 3 * some])


class OtherCatalogueTest(LocalConfTest):
    """A peer that does not have the search head's catalogue yet."""

    def cluster(self, conf: str, count: int = 300) -> Answer:
        self.write(conf)
        lagging = Peer(calls(count), "idx2", argv=[str(self.program)])
        answer, _, _ = run_cluster(program(), [], [Peer(calls(200)), lagging])
        return answer

    def test_calls_of_another_catalogue_are_reported_and_not_counted(self) -> None:
        answer = self.cluster("[service:ses]\nvolume = SendEmail\n")
        self.assertEqual([row["EventCount"] for row in answer.rows], ["200"])
        [(severity, text)] = answer.messages
        self.assertEqual(severity, "ERROR")
        self.assertRegex(
            text, r'^idx2 uses the catalogue "[0-9a-f]{16}", but this search head uses "'
        )
        self.assertIn("its 300 events are missing from the answer", text)
        self.assertIn("distributed=false", text)

    def test_other_thresholds_labels_and_scores_do_not_matter(self) -> None:
        conf = "[service:ses]\nthreshold = 1\nlabel = x\n[evidence:burst]\nscore = 1\n"
        answer = self.cluster(conf + "[defaults]\nspan = 7s\nmode = hunt\n")
        self.assertEqual([row["EventCount"] for row in answer.rows], ["500"])
        self.assertEqual(answer.messages, [])

    def test_an_administrator_can_disable_distribution(self) -> None:
        self.write("[defaults]\ndistributed = false\n")
        self.assertNotIn("streaming_preop", self.search().getinfo)
        self.assertIn("streaming_preop", self.search("distributed=true").getinfo)

    def test_check_config_prints_the_fingerprint(self) -> None:
        mine = re.search(r"catalogue=(\w+)", str(run_search(program()).getinfo["streaming_preop"]))
        assert mine is not None
        self.assertIn(f"catalogue {mine[1]}", run_program("check-config").stdout)


class ForgeryTest(unittest.TestCase):
    """An event must not be mistaken for a partial row."""

    def forged(self) -> bytes:
        args = preop_args(run_search(program()).getinfo) or []
        [row] = run_search(program(), args, [write_body(calls(300))]).rows
        return str(row[PARTIAL]).encode()

    def test_event_with_the_field_of_partial_rows_is_an_event(self) -> None:
        layout = Layout(("_time", "_raw", "host", PARTIAL))
        rows: list[EventRow] = [{**row, PARTIAL: self.forged()} for row in calls(150)]
        for maps in (True, False):
            answer, _, _ = run_cluster(program(), [], [Peer(rows, layout=layout, maps=maps)])
            self.assertEqual([row["EventCount"] for row in answer.rows], ["150"])
            self.assertEqual(answer.metrics["metric.cloudhijack.partial_rows"][2], 1 * maps)

    def test_event_with_that_field_and_other_fields_but_no_raw_is_an_event(self) -> None:
        event: EventRow = {"_time": b"1", "eventName": b"ListBuckets", PARTIAL: self.forged()}
        body = write_body([event], Layout(("_time", "_raw", "eventName", PARTIAL)))
        for args in ([], ["input=fields"]):
            self.assertEqual(run_search(program(), args, [body]).rows, [])

    def test_no_row_is_partial_unless_a_map_phase_was_requested(self) -> None:
        body = write_body([{"_time": b"1", PARTIAL: self.forged()}], Layout(("_raw", PARTIAL)))
        answer = run_search(program(), ["distributed=false"], [body])
        self.assertEqual(answer.rows, [])
        self.assertNotIn(PARTIAL, answer.getinfo["required_fields"])


class EscapedTest(unittest.TestCase):
    def test_texts_that_fill_an_item_on_their_own_count_once(self) -> None:
        """A control character takes six bytes in a document."""
        for text in ("\\u0001" * 1000, '\\"' * 1000, "\\u0001" * 5000, "\u00e9" * 600):
            raw = '{"eventSource":"ses.amazonaws.com","eventName":"SendEmail","awsRegion":"%s"'
            raw += ',"sourceIPAddress":"%s","userIdentity":{"arn":"%s","type":"%s"}}'
            records = [(raw % (text, f"{i}{text}", text, text)).encode() for i in range(5)]
            rows: list[EventRow] = [{"_time": b"1", "_raw": record} for record in records]
            for args in (VOLUME, HUNT):
                _, whole = in_one_process(args, rows, Layout())
                _, _, body = run_cluster(program(), args, [Peer(rows)])
                self.assertEqual(body.decode(), whole.decode())


class InspectorTest(unittest.TestCase):
    def test_metrics(self) -> None:
        broken: EventRow = {"_time": b"1", "_raw": b"x"}
        refused = calls(4, name='SendEmail","errorCode":"AccessDenied')
        rows = [*calls(150), *refused, broken, *calls(7, "s3", "GetObject")]
        names = ("events", "relevant", "failed", "skipped", "duplicates", "groups", "partial_rows")
        for maps in (True, False):
            answer, traffic, body = run_cluster(program(), [], [Peer(rows, maps=maps)])
            numbers = {name: answer.metrics[f"metric.cloudhijack.{name}"][2:] for name in names}
            self.assertEqual(
                numbers,
                {
                    "events": [162, 162],
                    "relevant": [162, 154],
                    "failed": [162, 4],
                    "skipped": [162, 1],
                    "duplicates": [162, 0],
                    "groups": [162, 1],
                    "partial_rows": [traffic.partial_rows, 0],
                },
            )
            read, written = answer.metrics["metric.cloudhijack.bytes"][2:]
            self.assertEqual(written, len(body))
            self.assertGreater(read, 100)
            for stage in ("read", "csv", "json", "group", "write"):
                self.assertGreaterEqual(answer.metrics[f"metric.cloudhijack.{stage}"][0], 0)
                self.assertEqual(f"metric.cloudhijack.map.{stage}" in answer.metrics, maps)
            if maps:
                self.assertGreater(answer.metrics["metric.cloudhijack.map.bytes"][2], 10_000)

    def test_hunted_principals_and_duplicates(self) -> None:
        rows = [
            {**row, "_raw": row["_raw"].replace(b"{", b'{"eventID":"%s",' % event_id, 1)}
            for row, event_id in zip(calls(3), IDS)
        ] * 2
        peers = [Peer(rows[:2]), Peer(rows[2:])]
        metrics = run_cluster(program(), ["mode=hunt"], peers)[0].metrics
        self.assertEqual(metrics["metric.cloudhijack.principals"][3], 1)
        self.assertEqual(metrics["metric.cloudhijack.duplicates"][3], 3)

    def test_unused_fields_are_reported(self) -> None:
        few = ["_time", "_raw", "_cd", *(f"_{i}" for i in range(20)), *(f"f{i}" for i in range(10))]
        for columns, count in ((few, 0), ([*few, "one_more"], 1)):
            peer = Peer(calls(1), layout=Layout(tuple(columns)))
            answer, _, _ = run_cluster(program(), [], [peer])
            messages = [text for severity, text in answer.messages if severity == "INFO"]
            self.assertEqual(len(messages), count)
            for text in messages:
                self.assertIn("11 fields", text)
                self.assertIn("| fields _time, _raw", text)


def wire_size(rows: Sequence[EventRow], rows_per_chunk: int) -> int:
    return sum(map(len, write_bodies(rows, rows_per_chunk)))


class SizeTest(unittest.TestCase):
    """The traffic of a day on which 5 % of the events are relevant, made by 200 principals."""

    @classmethod
    def setUpClass(cls) -> None:
        everyday = cloudtrail_day(seed=3, background=repetitions(48_000)).events
        names = re.compile(rb'"eventName":"(SendEmail|Publish|InvokeModel)"')
        others = [event for event in everyday if not names.search(event[1])]
        rng = random.Random(3)
        relevant = []
        for i in range(len(others) // 19):
            row_time, raw = rng.choice(others)
            record = json.loads(raw)
            service, name = rng.choice(
                [("ses", "SendEmail"), ("sns", "Publish"), ("bedrock", "InvokeModel")]
            )
            arn = f"arn:aws:iam::111122223333:user/user-{rng.randrange(200)}"
            identity = {"type": "IAMUser", "arn": arn, "accessKeyId": f"AKIA{i % 200:016}"}
            record.update(eventSource=f"{service}.amazonaws.com", eventName=name)
            record.update(userIdentity=identity, requestParameters={"modelId": "anthropic.claude"})
            record.pop("errorCode", None)
            relevant.append((row_time, json.dumps(record, separators=(",", ":")).encode()))
        cls.rows = as_rows(sorted([*others, *relevant], key=lambda event: -float(event[0] or 0)))

    def check(self, args: Sequence[str], rows_per_chunk: int, share: float) -> Traffic:
        peer = Peer(self.rows, rows_per_chunk=rows_per_chunk)
        answer, traffic, _ = run_cluster(program(), args, [peer])
        self.assertEqual([m for m in answer.messages if m.severity == "ERROR"], [])
        found = traffic.bytes / wire_size(self.rows, rows_per_chunk)
        print(
            f"{' '.join(args) or 'volume'}, chunks of {rows_per_chunk}: {found:.2%} of the bytes, "
            f"{traffic.partial_rows / len(self.rows):.2%} of the rows"
        )
        self.assertLess(found, share)
        return traffic

    def test_chunks_of_50_000(self) -> None:
        for args, share in (([], 0.03), (["mode=hunt"], 0.10)):
            traffic = self.check(args, 50_000, share)
            self.assertLess(traffic.partial_rows, 0.02 * len(self.rows))

    def test_chunks_of_2_500(self) -> None:
        """Splunk puts at most this many rows into a chunk unless the search runs for a long
        time."""
        for args, share in (([], 0.02), (["mode=hunt"], 0.06)):
            traffic = self.check(args, 2500, share)
            self.assertLess(traffic.partial_rows, 0.005 * len(self.rows))

    def test_chunks_of_500(self) -> None:
        for args in ([], ["mode=hunt"]):
            self.check(args, 500, 0.25)


@unittest.skipIf(SANITIZED, "CLOUDHIJACK_SANITIZED is set: a sanitizer's memory says nothing")
class ManyGroupsTest(unittest.TestCase):
    def peak(self, count: int) -> int:
        with MeasuredSession() as session:
            session.request(getinfo(["min_score=6"]))
            for body in many_groups(program(), count):
                session.request(execute(False), body)
            reply = session.request(execute(True))
            peak = session.end_and_measure()
        self.assertEqual(reply.messages, [])
        self.assertEqual(reply.metrics["metric.cloudhijack.groups"][3], count)
        print(f"{count} groups of 24 peers: {peak / count:.0f} bytes a group at the peak")
        return peak

    def test_memory_is_linear_in_the_groups(self) -> None:
        few = 250_000 if LONG else 50_000
        self.assertLess(self.peak(4 * few), 4.4 * self.peak(few))


if __name__ == "__main__":
    unittest.main()
