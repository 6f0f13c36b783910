"""The output of `scan`: tables that fit the terminal, CSV that is safe to open, and progress."""

from __future__ import annotations

import csv
import gzip
import io
import re
import subprocess
import tempfile
import time
import unicodedata
import unittest
from pathlib import Path

from call_records import call, lines
from program_under_test import program
from shell_run import Run, run_on_terminal, run_program, run_scan
from volume_reference import COLUMNS, MONEY_COLUMNS

RESET = "\033[0m"
_COLOURS = re.compile(r"\033\[[0-9;]*m")

ALICE = "arn:aws:iam::111122223333:user/alice"
ROLE = "arn:aws:sts::111122223333:assumed-role/tmp-deploy-of-a-long-name/i-0123456789abcdef0"

# Control characters, which a terminal obeys.
CONTROLS = "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0)]))
DIRECTIONS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029"


def columns_of(line: str) -> int:
    """The number of terminal columns that a line occupies."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in line)
    return len(line) + wide - sum(unicodedata.combining(character) != 0 for character in line)


class OutputTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = str(Path(folder.name) / "trail.jsonl")

    def write(self, data: bytes) -> None:
        Path(self.path).write_bytes(data)

    def on_terminal(self, columns: int = 120, **environment: str) -> str:
        args = ["scan", "--ses-threshold=1", self.path]
        exit_code, shown = run_on_terminal(args, columns, environment)
        self.assertEqual(exit_code, 0)
        return shown


class TableTest(OutputTest):
    def ordinary(self) -> bytes:
        addresses = [call(ROLE, i, sourceIPAddress=f"2001:db8:1234:5678::{i:x}") for i in range(30)]
        more = {"awsRegion": "ap-southeast-2", "eventSource": "bedrock.amazonaws.com"}
        model = lines(51, ROLE, eventName="InvokeModel", **more)
        return lines(1000, ALICE) + b"\n".join(addresses) + b"\n" + model

    def check_fits(self, columns: int) -> None:
        with self.subTest(columns=columns):
            shown = _COLOURS.sub("", self.on_terminal(columns))
            self.assertTrue(shown.startswith("Score "))
            longest = max(shown.split("\n"), key=columns_of)
            self.assertLessEqual(columns_of(longest), columns, longest)

    def test_it_fits_the_terminal(self) -> None:
        self.write(self.ordinary())
        for columns in (80, 100, 120, 200):
            self.check_fits(columns)

    def test_it_fits_for_any_events(self) -> None:
        for members in ({"awsRegion": "r" * 300}, {"sourceIPAddress": "a" * 300}):
            self.write(lines(2, ALICE, **members))
            self.check_fits(80)
        for caller in ("long/" * 900, "\u6f22\u5b57" * 100, "e\u0301" * 100, "\U0001f4e7" * 90):
            self.write(lines(2, caller))
            self.check_fits(80)
        self.write(lines(2, ALICE))
        pattern = "--suspicious-names=(alice|" + "x" * 300 + ")"  # a reason contains the pattern
        _, shown = run_on_terminal(["scan", "--ses-threshold=1", pattern, self.path], 80)
        self.assertLessEqual(max(map(columns_of, shown.split("\n"))), 80)

    def test_nothing_is_cut_if_there_is_room_or_no_terminal(self) -> None:
        self.write(self.ordinary())
        piped = run_scan("--ses-threshold=1", self.path).stdout
        for shown in (self.on_terminal(250), piped):
            self.assertIn(f" {ROLE} ", _COLOURS.sub("", shown))
            self.assertIn(f" {ALICE} ", _COLOURS.sub("", shown))
        self.assertEqual(_COLOURS.sub("", self.on_terminal(250)), piped)

    def test_a_row_and_its_reasons(self) -> None:
        self.write(lines(12, ALICE))
        table = run_scan("--ses-threshold=1", self.path).stdout.splitlines()
        self.assertEqual(
            table[0].split(),
            ["Score", "Span", "from", "Service", "Calls", "Limit", "Caller", "Region", "Addresses"],
        )
        row = f"3 2024-03-05T00:00:00Z AWS SES 12 1 {ALICE} us-east-1 1 (2001:db8::1)"
        self.assertEqual(table[1].split(), row.split())
        self.assertRegex(table[2], r"^ +12 calls in 1h, .* \(\+3\)$")

    def test_no_findings(self) -> None:
        self.write(lines(1))
        self.assertEqual(self.on_terminal(), "")
        self.assertIn(" 0 findings\n", run_scan(self.path).stderr)

    def test_only_terminals_get_colours(self) -> None:
        self.write(self.ordinary())
        self.assertRegex(self.on_terminal(), _COLOURS)
        # an empty value means that it is not set
        self.assertRegex(self.on_terminal(NO_COLOR=""), _COLOURS)
        self.assertNotIn("\033", self.on_terminal(NO_COLOR="1"))
        for form in ("table", "csv", "ndjson"):
            run = run_scan("--ses-threshold=1", "--format", form, self.path)
            self.assertNotIn("\033", run.stdout)
        for form in ("csv", "ndjson"):
            args = ["scan", "--ses-threshold=1", f"--format={form}", self.path]
            self.assertEqual(run_on_terminal(args, 80)[1], run_program(*args).stdout)

    def test_each_colour_ends_on_its_line(self) -> None:
        self.write(self.ordinary())
        coloured = [line for line in self.on_terminal().split("\n") if "\033" in line]
        self.assertTrue(coloured)
        for line in coloured:
            first, last = _COLOURS.findall(line)
            self.assertEqual((first == RESET, last), (False, RESET))

    def check_harmless(self, hostile: str) -> None:
        for members in (
            {"caller": hostile},
            {"caller": ALICE, "awsRegion": hostile},
            {"caller": ALICE, "sourceIPAddress": hostile},
        ):
            self.write(lines(2, **members))
            piped = run_scan("--ses-threshold=1", self.path).stdout
            for shown in (self.on_terminal(NO_COLOR="1"), piped):
                self.assertEqual((set(hostile) - {"\n"}) & set(shown), set())
                self.assertEqual(shown.count("\n"), 3)

    def test_controls_never_reach_the_terminal(self) -> None:
        self.check_harmless(CONTROLS)

    def test_text_direction_marks_never_reach_the_terminal(self) -> None:
        self.check_harmless(DIRECTIONS)

    def test_no_control_characters_on_standard_error(self) -> None:
        hostile = CONTROLS[1:]  # the name of a file cannot contain a null character
        self.path = str(Path(self.path).with_name(f"x{hostile}"))
        self.write(b"no JSON")
        for args in ((self.path,), (f"{self.path}y",), (f"--format={hostile}", self.path)):
            run = run_scan(*args)
            self.assertEqual(run.exit_code, 2)
            self.assertEqual(set(hostile) & set("".join(run.messages)), set())


class CsvTest(OutputTest):
    def table(self, *args: str) -> list[list[str]]:
        text = run_scan("--ses-threshold=0", "--format=csv", *args, self.path).stdout
        return list(csv.reader(io.StringIO(text, newline=""), strict=True))

    def test_columns_and_values_are_those_of_a_search(self) -> None:
        self.write(lines(2, 'a "quoted", one\nof two lines') + call(ALICE, sourceIPAddress="x"))
        header, first, second = self.table()
        self.assertEqual(header, [*COLUMNS, "Reasons", *MONEY_COLUMNS])
        self.assertEqual(first[header.index("CallerARN")], 'a "quoted", one\nof two lines')
        self.assertEqual(first[header.index("EventCount")], "2")
        self.assertEqual(second[header.index("SourceIPs")], "x")

    def test_multivalue_fields_are_lines_of_one_cell(self) -> None:
        self.write(b"\n".join(call(sourceIPAddress=f"2001:db8::{i}") for i in range(3)))
        header, row = self.table()
        addresses = row[header.index("SourceIPs")]
        self.assertEqual(addresses, "2001:db8::0\n2001:db8::1\n2001:db8::2")

    def test_no_cell_is_a_formula(self) -> None:
        for text in ("=1+1", "+1", "-1", "@SUM(A1)", "=", "\t=1", "\r=1"):
            for member in ("caller", "awsRegion", "sourceIPAddress"):
                self.write(call(**{member: text}))
                column = {"caller": "CallerARN", "sourceIPAddress": "SourceIPs"}.get(member, member)
                for args, shown in (((), f"'{text}"), (("--raw-csv",), text)):
                    header, row = self.table(*args)
                    self.assertEqual(row[header.index(column)], shown)

    def test_numbers_and_other_text_are_unchanged(self) -> None:
        self.write(call("'a", eventTime="1969-12-31T23:59:59.5Z", awsRegion="a=1"))
        self.assertEqual(self.table(), self.table("--raw-csv"))
        header, row = self.table()
        self.assertEqual(row[header.index("FirstEvent")], "-0.5")

    def test_only_a_header_if_nothing_is_found(self) -> None:
        self.write(b"")
        self.assertEqual(self.table(), [[*COLUMNS, "Reasons", *MONEY_COLUMNS]])
        self.assertEqual(run_scan("--format=ndjson", self.path).stdout, "")


class ProgressTest(OutputTest):
    def slow_scan(self, feed: str, *args: str) -> list[str]:
        """A scan whose standard input is fed slowly by a shell script, in which `$1` is the
        file."""
        script = f'({feed}) | "$0" scan "${{@:2}}"'
        return ["bash", "-c", script, *program(), self.path, *args]

    def test_progress_is_only_shown_on_a_terminal(self) -> None:
        self.write(lines(5000))
        slow = self.slow_scan('cat "$1"; sleep 1.3; cat "$1"', "-")
        quiet = subprocess.run(slow, capture_output=True, text=True, timeout=60)
        self.assertEqual(quiet.stderr, "cloudhijack: 1 file, 10000 records, 1 finding\n")
        exit_code, shown = run_on_terminal([], 80, stderr=True, argv=slow)
        self.assertEqual(exit_code, 0)
        self.assertRegex(shown, r"\r\033\[K1 MB, [1-9]\d* events, \d findings?")
        # In the end the line is cleared.
        self.assertRegex(shown, r"\r\033\[Kcloudhijack: 1 file, 10000 records, 1 finding\n\Z")
        self.assertEqual(shown.count("\n"), 1)

    def test_progress_shows_bytes_and_findings(self) -> None:
        self.write(lines(20_000))
        size = Path(self.path).stat().st_size
        # The file is read at once, and then the slow standard input keeps the scan going.
        slow = self.slow_scan("sleep 1.3", self.path, "-")
        _, shown = run_on_terminal([], 80, stderr=True, argv=slow)
        megabytes = size // 10**6
        line = f"{megabytes} MB, 20000 events, 1 finding"
        self.assertIn(f"\r\033[K{line}\r", shown)

    def test_progress_shows_decompressed_bytes(self) -> None:
        """A file that is small on the disk can take a long time, which its compressed size does not
        show."""
        Path(self.path).write_bytes(gzip.compress(gzip.compress(b" " * 32_000_000, 1), 1))
        slow = self.slow_scan("sleep 1.3", self.path, "-")
        _, shown = run_on_terminal([], 80, stderr=True, argv=slow)
        self.assertIn("\r\033[K0 MB, 32 MB unpacked, 0 events, 0 findings\r", shown)


class OutputFileTest(OutputTest):
    def setUp(self) -> None:
        super().setUp()
        self.folder = Path(self.path).parent
        self.write(lines(3, ALICE))

    def scan(self, *args: str) -> Run:
        return run_scan("--ses-threshold=1", *args)

    def test_the_file_has_the_bytes_of_standard_output(self) -> None:
        for form in ("table", "csv", "ndjson"):
            with self.subTest(form):
                path = self.folder / f"answer.{form}"
                printed = self.scan("--format", form, self.path)
                written = self.scan("--format", form, "-o", str(path), self.path)
                self.assertEqual(path.read_text(), printed.stdout)
                self.assertEqual(written.stdout, "")
                self.assertEqual(written.stderr, printed.stderr)
                self.assertEqual(written.exit_code, printed.exit_code)

    def test_the_unfinished_file_is_not_read(self) -> None:
        run = self.scan("-o", str(self.folder / "answer.txt"), str(self.folder))
        self.assertEqual(run.exit_code, 0)
        self.assertTrue(run.messages[-1].startswith("1 file, 3 records"), run.stderr)

    def test_an_input_is_never_replaced(self) -> None:
        link = self.folder / "link.jsonl"
        link.symlink_to(self.path)
        before = Path(self.path).read_bytes()
        for output in (self.path, str(link)):
            for scanned in (self.path, str(self.folder)):
                with self.subTest(output=output, scanned=scanned):
                    run = self.scan("-o", output, scanned)
                    self.assertEqual(run.exit_code, 2)
                    expected = (
                        f"option --output: {output} is one of the inputs;"
                        " name a file that is not among them"
                    )
                    self.assertEqual(run.messages, [expected])
        self.assertEqual(Path(self.path).read_bytes(), before)

    def test_a_baseline_can_replace_itself(self) -> None:
        path = str(self.folder / "usual.csv")
        args = ("--mode=baseline", "-o", path)
        self.assertEqual(run_scan(*args, self.path).exit_code, 0)
        first = Path(path).read_text()
        self.assertEqual(run_scan(*args, "--baseline", path, self.path).exit_code, 0)
        self.assertEqual(Path(path).read_text(), first)

    def test_a_path_that_cannot_be_written_is_an_error_before_anything_is_read(self) -> None:
        path = self.folder / "missing" / "answer.csv"
        run = self.scan("-o", str(path), self.path)
        self.assertEqual(run.exit_code, 2)
        expected = f"cloudhijack: {path}: cannot be written: No such file or directory\n"
        self.assertEqual(run.stderr, expected)

    def test_an_error_leaves_the_older_file(self) -> None:
        path = self.folder / "answer.csv"
        path.write_text("older")
        missing = self.folder / "missing.csv"
        run = self.scan("--mode=hunt", "--baseline", str(missing), "-o", str(path), self.path)
        self.assertEqual(run.exit_code, 2)
        self.assertEqual(path.read_text(), "older")
        self.assertEqual(len(list(self.folder.iterdir())), 2)

    def test_a_file_that_may_not_grow_is_an_error(self) -> None:
        path = self.folder / "answer.html"
        limit = "ulimit -f 1; exec"  # 1 KiB or 512 bytes, by the shell
        argv = ["sh", "-c", f'{limit} "$@"', "sh", *program(), "scan", "--ses-threshold=1"]
        argv += ["--format=html", "-o", str(path), self.path]
        done = subprocess.run(argv, capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn(f"{path}: cannot write the output: File too large", done.stderr)
        self.assertEqual([file.name for file in self.folder.iterdir()], ["trail.jsonl"])

    def test_a_missing_name_is_an_error(self) -> None:
        self.assertIn("--output: has no value", self.scan("-o", "", self.path).stderr)


class ClosedOutputTest(OutputTest):
    def run_with_output(self, output: str, *args: str) -> tuple[int, str]:
        command = ["bash", "-c", f'"$0" "$@" {output}', *program(), *args]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        return done.returncode, done.stderr

    def test_an_output_that_cannot_be_written_is_an_error(self) -> None:
        self.write(lines(200))
        commands = ("scan", self.path), ("--help",), ("--version",), ("scan", "--help")
        for args in (*commands, ("check-config",)):
            for output in (">&-", ">/dev/full"):
                with self.subTest(args=args, output=output):
                    exit_code, stderr = self.run_with_output(output, *args)
                    self.assertNotEqual(exit_code, 0)
                    self.assertIn("cannot write", stderr)

    def test_a_reader_that_closes_early_is_not_an_error(self) -> None:
        self.write(b"".join(lines(2, f"caller-{i}" + "x" * 500) for i in range(1000)))
        started = time.monotonic()
        for form in ("table", "csv", "ndjson"):
            args = ("scan", "--ses-threshold=0", f"--format={form}", self.path)
            output = "| head -1 >/dev/null; exit ${PIPESTATUS[0]}"
            exit_code, stderr = self.run_with_output(output, *args)
            self.assertEqual(exit_code, 0, stderr)
        self.assertLess(time.monotonic() - started, 30)
