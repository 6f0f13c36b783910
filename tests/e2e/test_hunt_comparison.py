"""Hunt mode, the baseline and their references agree, for any events in any form of delivery."""

from __future__ import annotations

import json
import random
import shutil
import time
import unittest
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from answer_checks import as_rows, unreadable_count
from baseline_checks import baseline_difference
from chunk_body import EventRow, Layout, Row, write_body
from event_forms import without_newlines
from hunt_histories import generate_histories
from hunt_history import LISTED_NETWORKS, OWN_ACCOUNTS
from hunt_reference import EVIDENCE_IDS, LISTS, HuntExpected, Texts, expected_hunt
from hunt_reference_allowlist import read_line
from hunt_reference_baseline import Baseline, read_baseline
from hunt_reference_update import update_baseline
from lookup_app import ALLOWLIST_COLUMNS, LookupTest, as_csv
from program_under_test import program, repetitions
from shell_run import ndjson_rows, run_scan
from splunkd import Answer, run_search
from volume_reference import IndexedEvent

_SEARCHES = 8
_HISTORIES = 400  # in each search

_SCORES = {
    "enable_then_use": {10, 20, 35, 45},
    "recon_then_use": {10, 20, 30},
    "first_recon": {15},
    "burst": {25, 30, 35, 45, 55},
    "drip": {25},
    "fan_out": {35},
    "evade": {10, 15, 40},
    "trail_tampering": {15, 40},
    "cleanup": {10, 30},
    "region_spread": {10, 20, 30, 40},
    "recon_spread": {5, 10, 35},
    "new_source": {15, 25, 30, 40, 50},
    "first_use": {5, 10, 15, 25},
    "made_then_used": {15, 20, 25, 35, 45},
    "rotating_ips": {15, 30, 40},
    "new_choice": {15},
    "foreign_grant": {10, 30, 40},
    "smtp_credentials": {10, 30},
    "api_key_made": {10, 20},
}
_KINDS = {
    *("arn", "role", "session name", "session name of the id", "session without a name"),
    *("source identity", "federated user", "access key", "principal id", "account id", "nothing"),
    *("left out: AWS itself", "left out: NetworkActivity", "left out: Insight"),
    *("quarantined with calls", "quarantined without", "AWS for a role"),
    *("campaign", "link made", "link assumed", "link shared", "vouched link"),
    *("links dropped", "too large"),
}

_NETWORKS_FILE = "cidr,label\n" + "".join(f"{one},listed\n" for one in LISTED_NETWORKS)
_ACCOUNTS = ",".join(OWN_ACCOUNTS)
_WITH_LINKS = "[service:links]\ndisabled = false\n"


class _Seen:
    """The effects that occurred in the histories, which show whether the comparison is
    meaningful."""

    def __init__(self) -> None:
        self.rows = 0
        self.fired: Counter[tuple[str, int]] = Counter()
        self.kinds: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()

    def add(self, expected: HuntExpected) -> None:
        self.rows += len(expected.rows)
        self.fired += expected.fired
        self.kinds += expected.kinds
        self.counts["unreadable"] += expected.unreadable
        self.counts["left out"] += expected.left_out
        self.counts["duplicates"] += expected.duplicates
        self.counts["allowed or lessened"] += expected.allowed + expected.lessened


def _random_options(rng: random.Random) -> tuple[dict[str, Any], dict[str, str]]:
    """The options for the reference, and the same options for the program."""
    given: dict[str, Any] = {}
    options = {}
    if rng.random() < 0.7:
        given["min_risk"] = rng.choice([0, 0, 0, 15, 20, 40, 60, 100])
        options["min_risk"] = str(given["min_risk"])
    if rng.random() < 0.4:
        ids = rng.sample(EVIDENCE_IDS, rng.choice([1, 2, 8]))
        given["disabled"] = frozenset(ids)
        options["disabled_evidence"] = ",".join(ids)
    if rng.random() < 0.3:
        given["thresholds"] = {"ses": rng.choice([40, 150])}
        options["ses_threshold"] = str(given["thresholds"]["ses"])
    if rng.random() < 0.7:
        given["own_accounts"] = OWN_ACCOUNTS
        options["own_accounts"] = _ACCOUNTS
    return given, options


def _random_bodies(rng: random.Random, rows: Sequence[EventRow]) -> list[bytes]:
    """The rows in any order, in chunks of any size."""
    rows = rng.sample(rows, len(rows))
    largest = rng.choice([40, 1000, len(rows)])
    bodies = []
    while rows:
        size = rng.randrange(largest) + 1
        layout = Layout(columns=tuple(rng.sample(["_time", "_raw", "host"], 3)))
        bodies.append(write_body(rows[:size], layout))
        rows = rows[size:]
    return bodies


class _Events(NamedTuple):
    """The events of histories. An account's number consists of the seed and of its index in that
    seed."""

    past: list[bytes]
    story: list[IndexedEvent]
    exceptions: list[dict[str, str]]


def _events(seed: int, count: int) -> _Events:
    generated = generate_histories(seed, count)
    past = [without_newlines(raw) for one in generated for _, raw in one.past]
    story = [event for one in generated for event in one.story]
    return _Events(past, story, [line for one in generated for line in one.exceptions])


def _ranges(rng: random.Random, past: Sequence[bytes]) -> list[list[bytes]]:
    """The events of the past, as one range or as two that overlap."""
    if rng.random() < 0.5:
        return [list(past)]
    return [[raw for raw in past if rng.random() < 0.6], list(rng.sample(past, len(past) // 2))]


def _key(row: Mapping[str, Any]) -> tuple[Any, Any]:
    return row["Account"], row["Principal"]


def _story(events: Sequence[IndexedEvent], account: Any) -> str:
    """An account's events in short form and in order, to help to find the mistake."""
    lines = []
    for row_time, raw in events:
        if str(account).encode() not in raw:
            continue
        lines.append(f"{row_time} {raw.decode()[:300]}")
        with suppress(ValueError):
            record = json.loads(raw)
            keys = ("eventTime", "eventName", "errorCode", "awsRegion", "sourceIPAddress")
            rest = ("requestParameters", "eventID", "userAgent", "userIdentity")
            texts = [str(record[key])[:60] for key in keys if record.get(key)]
            texts += [json.dumps(record[key])[:60] for key in rest if record.get(key)]
            lines[-1] = " ".join(texts) or lines[-1]
    return "\n".join(["from", *sorted(lines)[:60]])


def _difference(
    events: Sequence[IndexedEvent], rows: Sequence[Row], expected: HuntExpected
) -> str | None:
    """The first row that differs and how, or None."""
    found = {_key(row): row for row in rows}
    for wanted in expected.rows:
        account, principal = _key(wanted)
        whose = f"account {account}, principal {principal}, evidence {wanted['Evidence']}"
        row = found.pop((account, principal), None)
        if row is None:
            return f"no row of {whose}: {wanted}\n{_story(events, account)}"
        columns = {name: (row.get(name), value) for name, value in wanted.items()}
        lines = [
            f"{name}: {got!r}, expected {value!r}"
            for name, (got, value) in columns.items()
            if got != value
        ]
        if lines:
            return "\n".join([whose, *lines, _story(events, account)])
    for key, row in found.items():
        return f"a row too many: {row}\n{_story(events, key[0])}"
    if len(rows) != len(expected.rows):
        return f"{len(rows)} rows, some of them twice, expected {len(expected.rows)}"
    for number, (row, wanted) in enumerate(zip(rows, expected.rows)):
        if _key(row) != _key(wanted):
            return f"row {number} is of {_key(row)}, expected {_key(wanted)}: the order differs"
    return None


def _in_words(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")


def _allowed(expected: HuntExpected) -> str | None:
    """The message about rows that the allowlist removed or changed."""
    if not expected.allowed and not expected.lessened:
        return None
    text = f"the allowlist hid {_in_words(expected.allowed, 'row')}"
    if expected.lessened:
        text += f" and removed evidence from {_in_words(expected.lessened, 'other')}"
    return text


def _list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []


def _difference_of_texts(row: Mapping[str, Any], texts: Texts, has_lines: bool) -> str | None:
    reasons = _list(row["Reasons"])
    whose = f"{_key(row)}, members {row.get('Members')}, evidence {row.get('Evidence')}"
    if len(reasons) != len(texts.reasons):
        return f"{whose}: reasons {reasons}, expected {texts.reasons}"
    for reason, wanted in zip(reasons, texts.reasons):
        if not wanted.is_of(reason):
            return f"{whose}: reason {reason!r}, expected {wanted}"
    message = texts.message + (": " + "; ".join(reasons) if reasons else "")
    if row["risk_message"] != message:
        return f"{whose}: risk message {row['risk_message']!r}, expected {message!r}"
    timeline = _list(row["Timeline"])
    # Calls of one hour look alike even if exceptions cover some of them, so no comparison is
    # possible.
    if timeline != texts.timeline and not has_lines:
        return "\n".join([f"{whose}: timeline", *timeline, "expected", *texts.timeline])
    return None


def _as_search_row(row: Mapping[str, Any]) -> Row:
    """A row of ndjson in the form of a search: numbers are texts, and a list of one or no value is
    text."""
    converted: Row = {}
    for name, value in row.items():
        if name in LISTS:
            assert isinstance(value, list), f"{name} is not an array: {value!r}"
            converted[name] = value if len(value) > 1 else "".join(value)
        else:
            converted[name] = value[1] if isinstance(value, tuple) else value
    return converted


class HuntComparisonTest(LookupTest):
    maxDiff = None

    def enable_links(self) -> str:
        """Writes the conf file that enables links; the caller passes it on where a file has to be
        named."""
        local = self.lookups.parent / "local"
        local.mkdir()
        (local / "cloudhijack.conf").write_text(_WITH_LINKS)
        return f"--config={local / 'cloudhijack.conf'}"

    def learn(
        self, ranges: Iterable[Sequence[bytes]], what: object, config: str | None = None
    ) -> Baseline:
        """Learn a baseline into the lookup and compare it with the reference's. The result has
        texts for clients, because the file only contains hashes."""
        networks = self.write("networks", _NETWORKS_FILE)
        known = Baseline()
        given: list[str] = []
        now = int(time.time())
        for past in ranges:
            args = ["--mode=baseline", f"--networks={networks}", *given]
            args += [config] if config else []
            run = run_scan(*args, "-", stdin=b"\n".join(past))
            self.assertIn(run.exit_code, (0, 2), run.stderr)  # 2: some records cannot be read
            events = [(None, raw) for raw in past]
            known = update_baseline(
                events, known, now=now, networks=LISTED_NETWORKS, with_links=bool(config)
            )
            difference = baseline_difference(run.stdout, known)
            if difference is not None:
                self.fail(f"{what}: the baseline: {difference}")
            given = [f"--baseline={self.write('baseline', run.stdout)}"]
        return known

    def check(
        self,
        events: Sequence[IndexedEvent],
        rows: Sequence[Row],
        expected: HuntExpected,
        what: object,
        has_lines: bool = False,
    ) -> None:
        difference = _difference(events, rows, expected)
        for row, texts in zip(rows, expected.texts):
            difference = difference or _difference_of_texts(row, texts, has_lines)
        if difference is not None:
            self.fail(f"{what}\n{difference}")

    def check_answer(
        self,
        events: Sequence[IndexedEvent],
        answer: Answer,
        expected: HuntExpected,
        what: object,
        has_lines: bool = False,
    ) -> None:
        self.assertIsNone(answer.error, what)
        self.check(events, answer.rows, expected, what, has_lines)
        messages = [text for _, text in answer.messages if text.startswith("the allowlist hid")]
        self.assertEqual(messages, [text] if (text := _allowed(expected)) else [], what)
        unreadable = (expected.unreadable, expected.records) if expected.unreadable else None
        self.assertEqual(unreadable_count(answer), unreadable, what)

    def test_any_histories_options_and_delivery(self) -> None:
        seen = _Seen()
        for seed in range(_SEARCHES):
            rng = random.Random(f"hunt {seed}")
            given, options = _random_options(rng) if seed else ({"min_risk": 0}, {"min_risk": "0"})
            events = _events(seed, repetitions(_HISTORIES))
            shutil.rmtree(self.lookups.parent / "local", ignore_errors=True)
            config = self.enable_links() if seed % 2 else None
            baseline = self.learn(_ranges(rng, events.past), f"seed {seed}", config)
            given = {**given, "baseline": baseline, "networks": LISTED_NETWORKS}
            given["with_links"] = config is not None
            lines = events.exceptions if seed % 4 > 1 else []
            self.write("allowlist", as_csv(ALLOWLIST_COLUMNS, lines) if lines else "")
            given["allowlist"] = list(map(read_line, lines))
            expected = expected_hunt(events.story, **given)
            seen.add(expected)
            args = ["mode=hunt", *(f"{name}={value}" for name, value in options.items())]
            bodies = _random_bodies(rng, as_rows(events.story))
            # Subtests would go on after a failure, but the first difference is enough to
            # investigate.
            answer = run_search(self.argv, args, bodies)
            what = f"seed {seed}, {args}, {len(lines)} lines"
            self.check_answer(events.story, answer, expected, what, bool(lines))
        self._check_worth(seen)

    def _check_worth(self, seen: _Seen) -> None:
        """Every piece of evidence fired with each of its scores, and every kind of principal
        occurred."""
        self.assertEqual({name for name, _ in seen.fired}, set(EVIDENCE_IDS))
        self.assertEqual(_KINDS - set(seen.kinds), set())
        self.assertGreater(min(seen.counts.values()), 10, seen.counts)
        if repetitions(_HISTORIES) == _HISTORIES:
            for name, scores in _SCORES.items():
                fired = {score for fired_name, score in seen.fired if fired_name == name}
                self.assertEqual(fired, scores, name)
            self.assertGreater(seen.rows, 2000)

    def test_one_event_per_chunk_and_input_in_pieces(self) -> None:
        """This comparison has no baseline."""
        events = _events(1001, 12).story
        rows = as_rows(events)
        expected = expected_hunt(events, min_risk=0)
        args = ["mode=hunt", "min_risk=0"]
        single = [write_body([row]) for row in rows]
        self.check_answer(events, run_search(program(), args, single), expected, "single events")
        answer = run_search(program(), args, [write_body(rows)], piece=7)
        self.check_answer(events, answer, expected, "pieces")

    def test_a_baseline_of_an_older_version(self) -> None:
        """The file does not have the columns of lists."""
        events = _events(1002, repetitions(_HISTORIES) // 4)
        self.learn([events.past], "the whole file")
        path = self.lookups / "cloudhijack_baseline.csv"
        lines = path.read_text("utf-8").splitlines()
        # In these histories, no value in the first columns of a line contains a comma.
        self.write("baseline", "".join(",".join(line.split(",")[:6]) + "\n" for line in lines))
        self.write("networks", "")
        baseline = read_baseline(path.read_text("utf-8"))
        expected = expected_hunt(events.story, baseline=baseline, min_risk=0)
        bodies = [write_body(as_rows(events.story))]
        answer = run_search(self.argv, ["mode=hunt", "min_risk=0"], bodies)
        self.check_answer(events.story, answer, expected, "six columns")

    def test_scan(self) -> None:
        """`scan` only sees the times in the records, and reads the files that it is given."""
        events = _events(1000, repetitions(_HISTORIES) // 2)
        baseline = self.learn([events.past], "scan")
        read = [(None, without_newlines(raw)) for _, raw in events.story]
        stdin = b"\n".join(raw for _, raw in read)
        disabled = frozenset(["burst", "long_term_key"])
        less = ("--min-risk=0", "--disabled-evidence", ",".join(sorted(disabled)))
        files = f"{self.lookups}/cloudhijack_"
        more = (
            *(f"--baseline={files}baseline.csv", f"--networks={files}networks.csv"),
            *(f"--own-accounts={_ACCOUNTS}", "--min-risk=0"),
        )
        known = expected_hunt(
            read,
            min_risk=0,
            baseline=baseline,
            networks=LISTED_NETWORKS,
            own_accounts=OWN_ACCOUNTS,
        )
        for args, expected in (
            ((), expected_hunt(read)),
            (less, expected_hunt(read, min_risk=0, disabled=disabled)),
            (more, known),
        ):
            run = run_scan("--mode", "hunt", "--format", "ndjson", *args, "-", stdin=stdin)
            rows = list(map(_as_search_row, ndjson_rows(run.stdout)))
            self.check(read, rows, expected, args)
            self.assertEqual(run.unreadable, (expected.unreadable, expected.records))


if __name__ == "__main__":
    unittest.main()
