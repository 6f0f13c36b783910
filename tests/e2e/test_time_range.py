"""`scan --from A --to B`: the answer is that for the records in the range alone, and files whose
names show that they are outside are not opened."""

from __future__ import annotations

import json
import os
import random
import unittest
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone

from call_records import call, lines
from cloudtrail_day import cloudtrail_day
from event_forms import FILES, PACKED, PRETTY_FILES
from hunt_histories import histories
from provider_day import other_providers, time_of
from scanned_files import ScannedFilesTest
from shell_run import Run, run_scan
from shipped_catalogue import catalogue_calls

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
MODES = (
    ("--mode=volume", "--format=ndjson", "--ses-threshold=0", "--sns-threshold=0"),
    ("--mode=hunt", "--format=ndjson", "--min-risk=0"),
    ("--mode=coverage", "--format=csv"),
    ("--mode=baseline", "--format=csv"),
)
Range = tuple[datetime | None, datetime | None]


def at(text: str) -> datetime:
    """A time in UTC; digits of a fraction after the sixth are cut, as the program does."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def utc(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def time_in(raw: bytes) -> datetime | None:
    """The time of a CloudTrail record, if it has a valid one."""
    text = json.loads(raw).get("eventTime")
    try:
        return at(text)
    except (TypeError, ValueError):
        return None


def is_inside(when: datetime | None, limits: Range) -> bool:
    """A record without a time cannot be outside: it is reported, with and without a range."""
    begin, end = limits
    if when is None:
        return True
    return (begin is None or when >= begin) and (end is None or when < end)


def spelled(rng: random.Random, when: datetime) -> str:
    """One of the ways in which a person writes a time."""
    forms = [when.isoformat()]
    zone = timezone(timedelta(minutes=rng.randrange(-12 * 60, 14 * 60)))
    forms += [when.astimezone(zone).isoformat(), when.replace(tzinfo=None).isoformat(" ")]
    if not when.second and not when.microsecond:
        forms += [when.strftime("%Y-%m-%dT%H:%M"), when.strftime("%Y-%m-%dT%H:%MZ")]
        if not when.hour and not when.minute:
            forms.append(when.strftime("%Y-%m-%d"))
    return rng.choice(forms)


def options_of(rng: random.Random, limits: Range) -> list[str]:
    options = []
    for name, limit in zip(("--from", "--to"), limits):
        if limit is not None:
            options.append(f"{name}={spelled(rng, limit)}")
    return options


def random_limits(rng: random.Random, times: Sequence[datetime]) -> Range:
    """A range whose limits are often exactly the time of an event, a date or a full minute."""

    def limit() -> datetime:
        when = rng.choice(times)
        kind = rng.randrange(4)
        if kind == 0:
            return when
        if kind == 1:
            return when + timedelta(microseconds=rng.choice([-1, 1]))
        if kind == 2:
            return when.replace(second=0, microsecond=0)
        return when.replace(hour=0, minute=0, second=0, microsecond=0)

    while True:
        begin, end = limit(), limit()
        if begin < end:
            return rng.choice([(begin, end), (begin, end), (begin, None), (None, end)])


class TimeRangeTest(ScannedFilesTest):
    def besides_counts(self, run: Run) -> list[str]:
        """The messages, without those that count records or describe the range."""
        words = (" records, ", " outside the time range", " records that were read is ")
        words += (" could not be read; ", "there were no records in the input")
        return [note for note in run.messages if not any(word in note for word in words)]

    def check_same(self, run: Run, expected: Run) -> None:
        self.assertEqual(run.stdout, expected.stdout)
        self.assertEqual(run.exit_code, expected.exit_code, run.stderr)
        self.assertEqual(self.besides_counts(run), self.besides_counts(expected))


class SameAnswerTest(TimeRangeTest):
    """Against the scan of only the records that Python finds in the range."""

    def records(self, rng: random.Random, seed: int) -> list[tuple[datetime | None, bytes]]:
        if seed % 3 == 0:
            raws = [raw for _, raw in cloudtrail_day(seed + 1, background=300).events]
        else:
            raws = [raw for one in histories(seed, 3) for _, raw in one]
        records = [(time_in(raw), raw) for raw in raws if b'"eventTime"' in raw and is_bare(raw)]
        providers = other_providers()
        for log in (providers.sendgrid, providers.twilio, providers.azure):
            for raw in rng.sample(log, 30):
                records.append((datetime.fromtimestamp(time_of(raw), UTC), raw))
        rng.shuffle(records)
        return records

    def write_files(self, rng: random.Random, name: str, raws: Sequence[bytes]) -> None:
        """Several files in random forms; some are empty."""
        count = 4
        for number in range(count):
            form = rng.choice(["array", "Records", "on end", "lines", "array of EventBridge"])
            packing = rng.choice(sorted(PACKED))
            part = raws[number::count]
            if form == "array of EventBridge" and not all(b'"eventTime"' in raw for raw in part):
                form = "lines"
            data = FILES[form](part) if part else b""
            self.write(f"{name}/{number}", PACKED[packing](data))

    def test_random_records_and_ranges(self) -> None:
        rows = 0
        for seed in range(36):
            rng = random.Random(f"time range {seed}")
            records = self.records(rng, seed)
            limits = random_limits(rng, [when for when, _ in records if when is not None])
            inside = [raw for when, raw in records if is_inside(when, limits)]
            self.write_files(rng, f"all{seed}", [raw for _, raw in records])
            self.write_files(rng, f"inside{seed}", inside)
            options = options_of(rng, limits)
            for mode in MODES:
                with self.subTest(seed=seed, mode=mode[0], options=options):
                    expected = run_scan(*mode, str(self.folder / f"inside{seed}"))
                    for threads in ("1", "4"):
                        args = ("--threads", threads, str(self.folder / f"all{seed}"))
                        self.check_same(run_scan(*mode, *options, *args), expected)
                    rows += expected.stdout.count("\n") > 1
        self.assertGreater(rows, 36)

    def test_times_in_other_forms(self) -> None:
        """Epoch seconds, fractions and offsets."""
        inside = ["2024-03-05T00:00:01+00:00", "2024-03-05 01:00:01+01:00", 1709596801]
        inside += ["1709596801.0", "2024-03-05T00:00:01.999999Z", "2024-03-05T00:00:01.9999999"]
        outside = [1709596800.999, "2024-03-05T00:00:02Z", "2024-03-04T23:00:01Z", "1709596802"]
        data = b"".join(call(eventTime=form) + b"\n" for form in inside + outside)
        limits = "--from=2024-03-05T00:00:01", "--to=2024-03-05T00:00:02"
        run = self.scan(*limits, self.write("trail", data))
        self.check_counted(run, len(inside))
        self.assertEqual(run.exit_code, 0)
        self.assertIn(
            f"{len(outside)} calls of the catalogue were outside the time range "
            "(2024-03-05T00:00:01Z to 2024-03-05T00:00:02Z) and not counted: the first was at "
            "2024-03-04T23:00:01Z, the last at 2024-03-05T00:00:02Z",
            run.messages,
        )

    def test_the_count_does_not_depend_on_the_form(self) -> None:
        """Records of calls outside the catalogue are read in some forms, and not in others."""
        raws = [raw for _, raw in cloudtrail_day(5, background=400).events]
        raws = [raw for raw in raws if is_bare(raw)]
        counted = {(entry.source, entry.name) for entry in catalogue_calls()}
        limit = "2024-03-05T12:00:00+00:00"
        times = []
        for record in map(json.loads, raws):
            when = at(record["eventTime"])
            if (record["eventSource"], record["eventName"]) in counted and when >= at(limit):
                times.append(when)
        for name, write in {**FILES, **PRETTY_FILES}.items():
            path = self.write("trail", write(raws))
            for threads in ("1", "4"):
                run = run_scan("--mode=hunt", "--to", limit, "--threads", threads, path)
                self.assertIn(
                    f"{len(times)} calls of the catalogue were outside the time range (before "
                    f"{utc(at(limit))}) and not counted: the first was at {utc(min(times))}, the "
                    f"last at {utc(max(times))}",
                    run.messages,
                    name,
                )


class MessagesTest(TimeRangeTest):
    def test_everything_is_outside(self) -> None:
        """It must not look like records without findings."""
        path = self.write("trail", lines(200) + call(eventName="Other", eventSource="x"))
        for args in ((path,), ("--threads=4", path), ("--fail-on-findings", path)):
            run = run_scan("--from=2024-03-06", *args)
            self.assertEqual(
                (run.exit_code, run.messages[-1]), (0, "1 file, 201 records, 0 findings")
            )
            self.assertEqual(
                run.messages[:-1],
                [
                    "none of the 201 records that were read is a successful call in the time "
                    "range that mode=volume counts",
                    "200 calls of the catalogue were outside the time range (2024-03-06T00:00:00Z "
                    "and later) and not counted: the first was at 2024-03-05T00:00:00Z, the last "
                    "at 2024-03-05T00:00:59Z",
                ],
            )
        run = run_scan("--mode=coverage", "--to=2024-03-05", path)
        self.assertIn("any service: there was no event for a call", run.stdout)
        self.assertIn("200 calls of the catalogue were outside", run.stderr)

    def test_one_call_is_outside(self) -> None:
        run = self.scan("--from=2024-03-05T00:00:01", "-", stdin=lines(3))
        self.check_counted(run, 2)
        self.assertEqual(
            run.messages[0],
            "1 call of the catalogue was outside the time range (2024-03-05T00:00:01Z and later) "
            "and not counted: it was at 2024-03-05T00:00:00Z",
        )

    def test_nothing_is_outside(self) -> None:
        path = self.write("trail", lines(3) + b'{"eventSource":"x","eventName":"y"}')
        for args in ((), ("--from=2024-03-05",), ("--to=2024-03-06", "--from=2024-03-05T00:00Z")):
            run = self.scan(*args, path)
            self.check_counted(run, 3)
            self.assertEqual(run.messages, ["1 file, 4 records, 1 finding"])
        path = self.write("other", b'{"eventSource":"x","eventName":"y"}')
        run = self.scan("--from=2024-03-05", path)
        self.assertIn("is not a successful call that mode=volume counts", run.messages[0])

    def test_records_without_a_time_are_reported(self) -> None:
        path = self.write("trail", lines(3) + call(eventTime="yesterday"))
        run = self.scan("--from=2024-03-06", path)
        self.assertEqual(run.exit_code, 2)
        self.assertIn("1 of 4 records could not be read", run.messages[0])
        self.assertIn("has no valid time in eventTime", run.messages[0])
        self.assertIn("3 calls of the catalogue were outside", run.stderr)

    def test_spans_before_now(self) -> None:
        now = datetime.now(UTC)
        ages = (DAY * 20, DAY * 8, DAY * 2, MINUTE * 90, MINUTE * 10)
        data = b"".join(call(eventTime=utc(now - age)) + b"\n" for age in ages)
        for options, calls in (
            (("--from=7d",), 3),
            (("--from=12h",), 2),
            (("--from=30m",), 1),
            (("--from=2w", "--to=1d"), 2),
            (("--to=1w",), 2),
        ):
            self.check_counted(self.scan(*options, "-", stdin=data), calls)

    def test_mistakes(self) -> None:
        for options, words in (
            (("--from=soon",), 'option --from: invalid value "soon"; it accepts an ISO 8601 time'),
            (
                ("--to=2026-02-30",),
                'option --to: invalid value "2026-02-30" (there is no such day)',
            ),
            (
                ("--from=2024-03-05T02:00+01:00", "--to=2024-03-05"),
                "options --from and --to: 2024-03-05T01:00:00Z is not before 2024-03-05T00:00:00Z",
            ),
        ):
            run = self.scan(*options, "-", stdin=lines(3))
            self.assertEqual((run.exit_code, run.stdout), (2, ""))
            self.assertIn(words, run.messages[0])


def stamped(when: datetime, name: str = "x") -> str:
    """The name of a file that CloudTrail delivered at this time."""
    return f"111122223333_CloudTrail_us-east-1_{when.strftime('%Y%m%dT%H%MZ')}_{name}.json.gz"


class FileNamesTest(TimeRangeTest):
    """The content is no JSON, so that opening the file would be an error in the exit code, and a
    message about the file."""

    def check_opened(self, name: str, opened: bool, *options: str) -> None:
        path = self.write(name, b"\0no JSON")
        kept = self.write("kept", lines(3))
        for named in ((path, kept), (str(self.folder),)):
            with self.subTest(name=name, options=options, named=named):
                run = self.scan(*options, *named)
                about = [note for note in run.messages if note.startswith(path)]
                if opened:
                    self.assertEqual(len(about), 1)
                    self.assertIn("is not JSON", about[0])
                    self.assertNotIn(" not opened", run.stderr)
                    continue
                self.assertEqual(run.exit_code, 0, run.stderr)
                said = ": not opened, its name shows that it is outside the time range"
                self.assertEqual(about, [path + said] if path in named else [])
                self.assertTrue(
                    run.messages[-1].startswith(
                        "2 files, 1 not opened because its name shows that it is outside the time "
                        "range, 3 records, "
                    ),
                    run.stderr,
                )
        (self.folder / name).unlink()

    def test_stamps_at_the_slack(self) -> None:
        stamp = at("2024-03-05T11:45")
        name = f"AWSLogs/111122223333/CloudTrail/us-east-1/2024/03/05/{stamped(stamp)}"
        second = timedelta(seconds=1)
        begin, end = stamp - 15 * MINUTE, stamp + 15 * MINUTE
        for options, opened in (
            ((), True),
            ((f"--from={end - second}",), True),
            ((f"--from={end}",), False),
            ((f"--to={begin + second}",), True),
            ((f"--to={begin}",), False),
            ((f"--from={begin}", f"--to={begin + second}"), True),
            ((f"--from={end - second}", f"--to={end}"), True),
            ((f"--from={begin - second}", f"--to={begin}"), False),
        ):
            self.check_opened(name, opened, *options)

    def test_days_at_the_slack(self) -> None:
        second = timedelta(seconds=1)
        begin, end = at("2024-03-04"), at("2024-03-07")
        for name in (
            "2024/03/05/x",
            "firehose/2024/03/05/10/stream-1-2024-03-05-10-00-00-x",
            "log/2024/03/05/10/20240305T101500000Z_0123456789abcdef.json.gz",
            "20240305T101500000Z_0123456789abcdef.json.gz",
            "insights-logs-audit/y=2024/m=03/d=05/h=10/m=00/PT1H.json",
            "aws/region=us-east-1/accountId=111122223333/eventDay=20240305/x.json",
        ):
            for options, opened in (
                ((), True),
                ((f"--from={end - second}",), True),
                ((f"--from={end}",), False),
                ((f"--to={begin + second}",), True),
                ((f"--to={begin}",), False),
            ):
                self.check_opened(name, opened, *options)

    def test_other_names_are_opened(self) -> None:
        for name in (
            "trail.json",
            "2024/03/05/export/trail.json",
            "2024/02/30/trail.json",
            "1999/03/05/trail.json",
            "111122223333_CloudTrail_us-east-1_20240230T1145Z_x.json.gz",
            "111122223333_CloudTrail-Digest_us-east-1_t_us-east-1_20240305T114500Z.json.gz",
        ):
            self.check_opened(name, True, "--from=2026-01-01")

    def test_a_pipe_is_not_opened(self) -> None:
        """Reading it would never end."""
        pipe = self.folder / stamped(at("2024-03-01"))
        os.mkfifo(pipe)
        run = self.scan("--from=2024-03-05", str(pipe), self.write("kept", lines(3)))
        self.check_counted(run, 3)
        self.assertEqual(run.exit_code, 0)
        self.assertIn(f"{pipe}: not opened, its name shows", run.messages[0])

    def test_no_file_is_opened(self) -> None:
        for count in (1, 3):
            self.write(f"logs/{stamped(at('2024-03-01'), str(count))}", b"\0")
            if count == 3:
                self.write(f"logs/{stamped(at('2024-03-02'))}", b"\0")
            run = self.scan("--from=2024-03-05", "--fail-on-findings", str(self.folder / "logs"))
            names = (
                "name of the file shows that it is"
                if count == 1
                else ("names of all 3 files show that they are")
            )
            self.assertEqual((run.exit_code, run.stdout), (0, ""))
            self.assertEqual(
                run.messages[0],
                f"nothing was read: the {names} outside the time range (2024-03-05T00:00:00Z and "
                "later)",
            )
            self.assertRegex(
                run.messages[1], rf"^{count} files?, {count} not opened because .*, 0 "
            )
        self.write("logs/readme", b"Hello")
        run = self.scan("--from=2024-03-05", str(self.folder / "logs"))
        self.assertEqual(run.exit_code, 0)
        self.assertIn(
            "nothing was read: 1 file was opened, which is not a log that scan reads", run.messages
        )

    def test_names_do_not_change_the_answer(self) -> None:
        """Files that CloudTrail delivered within 15 minutes, and files in the folder of their
        events' day, or of a day beside it."""
        skips = 0
        for seed in range(12):
            rng = random.Random(f"names {seed}")
            raws = [raw for one in histories(seed, 2) for _, raw in one]
            timed = [(time_in(raw), raw) for raw in raws if b'"eventTime"' in raw and is_bare(raw)]
            records = sorted((when, raw) for when, raw in timed if when is not None)
            self.write_named(rng, f"named{seed}", records)
            self.write(f"plain{seed}/trail", FILES["lines"]([raw for _, raw in records]))
            for _ in range(3):
                options = options_of(rng, random_limits(rng, [when for when, _ in records]))
                for mode in MODES[:3]:
                    with self.subTest(seed=seed, mode=mode[0], options=options):
                        run = run_scan(*mode, *options, str(self.folder / f"named{seed}"))
                        plain = run_scan(*mode, *options, str(self.folder / f"plain{seed}"))
                        self.check_same(run, plain)
                        skips += " not opened because " in run.stderr
        self.assertGreater(skips, 12)

    def write_named(
        self, rng: random.Random, folder: str, records: Sequence[tuple[datetime, bytes]]
    ) -> None:
        part: list[tuple[datetime, bytes]] = []
        for number, (when, raw) in enumerate(records):
            part.append((when, raw))
            following = records[number + 1][0] if number + 1 < len(records) else None
            if following and following - part[0][0] < 10 * MINUTE and rng.random() < 0.9:
                continue
            data = FILES["Records"]([raw for _, raw in part])
            if rng.random() < 0.7 or part[0][0].date() != when.date():
                stamp = when + rng.randrange(5) * MINUTE
                self.write(f"{folder}/{number}/{stamped(stamp)}", data)
            else:
                day = when + rng.choice([-1, 0, 1]) * DAY
                self.write(f"{folder}/{day.strftime('%Y/%m/%d')}/{number}", data)
            part = []


def is_bare(raw: bytes) -> bool:
    """Whether the record is not in an envelope and no text in it contains another one."""
    return raw.count(b"eventTime") == 1 and "eventTime" in json.loads(raw)


if __name__ == "__main__":
    unittest.main()
