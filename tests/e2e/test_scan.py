"""Messages and exit codes of `scan` for files that are broken, unusual or missing."""

from __future__ import annotations

import gzip
import os
import random
import socket
import subprocess
import unittest
import zlib
from pathlib import Path

from call_records import call, lines
from scanned_files import ALL, ScannedFilesTest
from shell_run import run_scan


class FilesTest(ScannedFilesTest):
    def check(self, data: bytes, calls: int, *patterns: str) -> None:
        """Check that this many calls are counted, and that the only message is about the file, if
        any is expected."""
        path = self.write("trail", data)
        run = self.scan(path)
        self.check_counted(run, calls)
        self.assertEqual(run.exit_code, 2 if patterns else 0, run.stderr)
        *complaints, _ = run.messages
        self.assertEqual(len(complaints), len(patterns), run.stderr)
        for complaint, pattern in zip(complaints, patterns):
            self.assertTrue(complaint.startswith(f"{path}: "), complaint)
            self.assertRegex(complaint[len(path) + 2 :], pattern)


class ExitCodeTest(FilesTest):
    def test_exit_codes(self) -> None:
        few, many = self.write("few", lines(3)), self.write("many", lines(101))
        broken, missing = self.write("broken", b"no JSON"), str(self.folder / "missing")
        for args, exit_code in (
            ((few,), 0),
            ((many,), 0),
            (("--fail-on-findings", few), 0),
            (("--fail-on-findings", many), 1),
            (("--fail-on-findings", "--min-score=6", many), 0),
            (("--fail-on-findings", many, few), 1),
            (("--fail-on-findings", many, broken), 2),
            (("--fail-on-findings", many, missing), 2),
            ((few, broken), 2),
            ((missing,), 2),
            ((), 2),
        ):
            with self.subTest(args=args):
                run = run_scan(*args)
                self.assertEqual(run.exit_code, exit_code, run.stderr)
                found = many in args and "--min-score=6" not in args
                self.assertEqual("AWS SES" in run.stdout, found)

    def test_a_broken_file_does_not_stop_the_others(self) -> None:
        self.write("a/1.json", lines(2))
        self.write("a/2.json", lines(3) + b'{"eventTime":\n' + lines(1))
        self.write("a/3.json.gz", gzip.compress(lines(4))[:-4])
        self.write("b/4", random.Random(1).randbytes(1000))
        self.write("b/5.json", lines(5))
        for threads in ("1", "2", "8"):
            run = self.scan("--threads", threads, str(self.folder / "a"), str(self.folder / "b"))
            self.check_counted(run, 2 + 4 + 4 + 5)
            self.assertEqual(run.exit_code, 2)
            files = [line.split(": ")[0] for line in run.messages[:-1]]
            broken = ("a/2.json", "a/3.json.gz", "b/4")
            self.assertEqual(files, [str(self.folder / name) for name in broken])
            self.assertRegex(run.messages[-1], r"^5 files, \d+ records, 1 finding$")


class NothingTest(FilesTest):
    def test_coverage_of_nothing_is_a_row_in_every_format(self) -> None:
        for data in (b"", b'{"eventSource":"ec2.amazonaws.com","eventName":"RunInstances"}\n'):
            path = self.write("trail", data)
            for form in ("table", "csv", "ndjson"):
                run = run_scan("--mode=coverage", f"--format={form}", path)
                self.assertEqual(run.exit_code, 0, run.stderr)
                self.assertIn("any service: there was no event for a call", run.stdout)
                self.assertTrue(run.messages[-1].endswith(", 1 row"))


class BrokenTextTest(FilesTest):
    def test_nothing_to_read(self) -> None:
        for data in (b"", b"\n \r\n", b"[]", b'{"Records":[]}', gzip.compress(b"")):
            run = self.scan(self.write("trail", data))
            self.assertEqual(run.exit_code, 0)
            empty = ["there were no records in the input", "1 file, 0 records, 0 findings"]
            self.assertEqual(run.messages, empty)

    def test_a_byte_order_mark_changes_nothing(self) -> None:
        records = call() + b"," + call()
        for data in (lines(2), b"[" + records + b"]", b'{"Records":[' + records + b"]}"):
            self.check(b"\xef\xbb\xbf" + data, 2)
            self.check(gzip.compress(b"\xef\xbb\xbf" + data), 2)

    def test_a_cut_line_costs_only_itself(self) -> None:
        whole = call()
        for cut in range(1, len(whole)):
            data = lines(2) + whole[:cut] + b"\n" + lines(3)
            with self.subTest(cut=cut):
                self.check(data, 5, f"^1 of 6 records .* first, at byte {len(lines(2))}, ")

    def test_a_cut_at_the_end(self) -> None:
        whole = call()
        for cut in range(1, len(whole)):
            self.check(lines(2) + whole[:cut], 2, f"^1 of 3 records .* at byte {len(lines(2))}, ")

    def test_a_cut_at_the_beginning(self) -> None:
        """A file as `tail -c` leaves it; it must not be taken for a file of another kind in a
        folder."""
        whole = call()
        for cut in (1, 5, len(whole) // 2, len(whole) - 1):
            path = self.write("folder/trail", whole[cut:] + b"\n" + lines(3))
            for named in (path, str(self.folder / "folder")):
                run = self.scan(named)
                self.check_counted(run, 3)
                self.assertEqual(run.exit_code, 2)
                self.assertRegex(
                    run.messages[0], r"/trail: .* could not be read \(\d+ bytes?\); .* at byte 0, "
                )

    def test_a_list_that_is_cut_off(self) -> None:
        openings = (b"[", b'{"Records":[', b'{"a":1,"Events": [\n')
        for before, after in zip(openings, (b"]", b"]}", b"]}")):
            whole = before + call() + b",\n" + call() + after
            for cut in range(len(before) + len(call()), len(whole)):
                both = cut >= len(whole) - len(after)
                run = self.scan(self.write("trail", whole[:cut]))
                self.check_counted(run, 2 if both else 1)
                self.assertEqual(run.exit_code, 2, f"{whole[:cut]!r}: {run.stderr}")
                self.assertRegex(
                    run.messages[0], "/trail: .*(cut.off|ends inside|not JSON|not a JSON)"
                )

    def test_broken_records_are_reported_once_per_file(self) -> None:
        mixed = b"[1,\n" + call() + b',"x",null,[],' + call() + b"]"
        self.check(mixed, 2, "^2 of 4 records .* at byte 1,")
        undated = call(eventTime="yesterday")
        self.check(
            lines(1) + undated + b"\n" + undated,
            1,
            "^2 of 3 records .*, has no valid time in eventTime",
        )

    def test_unknown_records_are_an_error_only_if_there_is_nothing_else(self) -> None:
        """A folder of logs also contains digests and notices; but if nothing else was read, an
        empty result would be misleading."""
        digest = b'{"awsAccountId":"1","digestBucket":"b"}\n'
        notice = b'{"Records":[{"eventSource":"aws:s3","eventName":"ObjectCreated:Put"}]}'
        alone = self.write("digest", digest)
        message = (
            "1 record does not belong to any log that cloudhijack knows; the first, at byte 0 of "
            f"{alone}, has the keys "
            '"awsAccountId", "digestBucket"'
        )
        for threads in ("1", "8"):
            run = self.scan("--threads", threads, alone)
            self.assertEqual((run.exit_code, run.stdout), (2, ""))
            self.assertEqual(run.messages, [message, "1 file, 0 records, 0 findings"])
        trail = self.write("trail", lines(1) + digest + lines(2))
        run = self.scan(trail)
        self.check_counted(run, 3)
        self.assertEqual(run.exit_code, 0)
        self.assertRegex(
            run.messages[0],
            f"^1 record does not belong .*; the first, at byte {len(lines(1))} of {trail}, has ",
        )
        self.assertEqual(run.messages[1:], ["1 file, 3 records, 1 finding"])
        self.write("notice", notice)
        run = self.scan(str(self.folder))
        self.check_counted(run, 3)
        self.assertEqual(run.exit_code, 0)
        self.assertRegex(
            run.messages[0], f"^3 records do not belong .*; the first, at byte 0 of {alone}, has "
        )
        self.assertEqual(self.scan(self.write("notice", notice)).exit_code, 2)
        self.assertEqual(self.scan(self.write("empty", b"{}")).exit_code, 2)

    def test_places_count_unpacked_bytes_on_any_number_of_threads(self) -> None:
        good = lines(4000, padding="x" * 300)
        path = self.write("trail.gz", gzip.compress(good + b"bad\n" + good + b"bad\n" + good, 1))
        for threads in ("1", "2", "8"):
            run = self.scan("--threads", threads, path)
            self.check_counted(run, 12_000)
            self.assertRegex(
                run.messages[0], f": 2 of 12002 records .* first, at byte {len(good)}, "
            )

    def test_a_record_above_the_size_limit(self) -> None:
        huge = call(padding="x" * (64 << 20))
        self.check(lines(3) + huge, 3, "record larger than 64 MiB.*; 3 records were read from it")


class BrokenGzipTest(FilesTest):
    data = lines(2000, padding="x")
    packed = gzip.compress(data, 6, mtime=0)

    def records_before(self, packed: bytes) -> int:
        """The whole lines that zlib returns before it detects the damage, given one byte at a
        time."""
        unpacking = zlib.decompressobj(wbits=31)
        text = b""
        for at in range(len(packed)):
            try:
                text += unpacking.decompress(packed[at : at + 1])
            except zlib.error:
                break
        return text.count(b"\n")

    def check_damaged(self, packed: bytes, message: str) -> None:
        records = self.records_before(packed)
        self.check(packed, records, f"^{message}; {records} records were read from it$")

    def test_cut_off(self) -> None:
        for size in (2, 9, 10, 11, len(self.packed) // 2, len(self.packed) - 9):
            self.check_damaged(self.packed[:size], "its gzip data is cut off")
        for size in range(len(self.packed) - 8, len(self.packed)):
            self.check_damaged(self.packed[:size], "its gzip data is cut off")

    def test_cut_off_in_a_later_member(self) -> None:
        second = gzip.compress(lines(7))
        for size in (1, 5, len(second) - 1):
            run = self.scan(self.write("trail", self.packed + second[:size]))
            self.assertEqual(run.exit_code, 2)
            self.assertRegex(
                run.messages[0], ": its gzip data is cut off; 20\\d\\d records|other data"
            )

    def test_damaged(self) -> None:
        for place, bit in ((-8, 1), (-5, 128), (-4, 1), (-1, 128)):  # the checksum and the length
            packed = bytearray(self.packed)
            packed[place] ^= bit
            self.check_damaged(bytes(packed), "its gzip data is damaged")

    def test_damaged_in_the_middle(self) -> None:
        for place in range(100, len(self.packed), len(self.packed) // 20):
            packed = bytearray(self.packed)
            packed[place] ^= 0x55
            with self.subTest(place=place):
                run = self.scan(self.write("trail", bytes(packed)))
                self.assertEqual(run.exit_code, 2)
                # The text has changed too, so the number of records before the damage is only
                # approximate.
                [message] = [line for line in run.messages if "gzip" in line]
                self.assertRegex(message, ": its gzip data is (damaged|cut off); \\d+ records")

    def test_other_data_after_gzip_data(self) -> None:
        for behind in (b"x", b"garbage" * 1000, lines(3), b"\x1f"):
            self.check(self.packed + behind, 2000, "^has other data after its gzip data; 2000 ")

    def test_bytes_that_only_look_like_gzip(self) -> None:
        self.check(b"\x1f", 0, "^is not JSON")
        self.check(b"\x1f\x8b\x00garbage", 0, "^its gzip data is damaged; 0 records")


class OddFilesTest(FilesTest):
    def test_files_of_another_kind(self) -> None:
        """In a folder they are skipped with a message; naming one is an error."""
        texts = [self.write(f"a/{name}", b"# Read me\n") for name in ("README.md", "notes.json")]
        self.write("a/trail.json", lines(2))
        run = self.scan(str(self.folder))
        self.check_counted(run, 2)
        self.assertEqual(run.exit_code, 0, run.stderr)
        self.assertEqual(run.messages[:-1], [f"{text}: skipped, it is not JSON" for text in texts])
        for text in texts:
            run = self.scan(text, str(self.folder))
            self.check_counted(run, 2)
            self.assertEqual(run.exit_code, 2)
            self.assertIn(f"{text}: is not JSON", run.stderr)

    def test_pipes_sockets_and_devices_are_skipped_with_a_message(self) -> None:
        self.write("a/b/trail.json", lines(3))
        os.mkfifo(self.folder / "pipe")
        (self.folder / "a/b/up").symlink_to(self.folder)
        (self.folder / "device").symlink_to("/dev/zero")
        with socket.socket(socket.AF_UNIX) as server:
            here = os.open(self.folder, os.O_RDONLY)
            # the socket's full path may be too long for an address
            server.bind(f"/proc/self/fd/{here}/socket")
            os.close(here)
            run = self.scan(str(self.folder))
        self.check_counted(run, 3)
        self.assertEqual(run.exit_code, 0, run.stderr)
        skipped = {
            Path(line.split(": ")[0]).name: line.split(": ")[1] for line in run.messages[:-1]
        }
        self.assertEqual(
            skipped,
            {
                "pipe": "skipped, it is a pipe",
                "socket": "skipped, it is a socket",
                "device": "skipped, it is a device",
                "up": f"skipped, it is the same as {self.folder}",
            },
        )

    def test_links_that_lead_in_a_circle_are_skipped(self) -> None:
        self.write("a/trail", lines(2))
        (self.folder / "a/self").symlink_to("self")
        (self.folder / "one").symlink_to("two")
        (self.folder / "two").symlink_to("one")
        run = self.scan(str(self.folder))
        self.check_counted(run, 2)
        self.assertEqual([line.split(": ")[1][:7] for line in run.messages[:-1]], ["skipped"] * 3)
        self.assertEqual(run.exit_code, 0, run.stderr)

    def test_missing_paths_are_an_error(self) -> None:
        good = self.write("good", lines(2))
        (self.folder / "dangling").symlink_to("nothing")
        for name, why in (
            ("dangling", "is a link to a file that does not exist"),
            ("missing", "does not exist"),
        ):
            run = self.scan(good, str(self.folder / name))
            self.check_counted(run, 2)
            self.assertIn(f"{self.folder / name}: {why}", run.messages)
            self.assertEqual(run.exit_code, 2)
        self.assertEqual(self.scan(str(self.folder / "good/below")).exit_code, 2)
        self.assertEqual(self.scan(good, "").exit_code, 2)

    @unittest.skipIf(os.geteuid() == 0, "root may read everything")
    def test_missing_permission_is_an_error(self) -> None:
        good, closed = self.write("good", lines(2)), self.write("closed/trail", lines(2))
        for path in (closed, str(Path(closed).parent)):
            os.chmod(path, 0)
            run = self.scan(good, str(self.folder / "closed"))
            os.chmod(path, 0o700)
            self.check_counted(run, 2)
            self.assertRegex(run.messages[0], "closed.*: .*Permission denied")
            self.assertEqual(run.exit_code, 2)

    def test_the_same_file_twice_counts_once(self) -> None:
        path = self.write("trail", lines(3))
        (self.folder / "link").symlink_to("trail")
        run = self.scan(path, path, str(self.folder / "link"), f"{self.folder}/./trail")
        self.check_counted(run, 3)
        self.assertEqual(run.exit_code, 0)
        self.assertEqual(run.stderr.count(f"skipped, it is the same as {path}\n"), 3)

    def test_a_named_pipe_is_read(self) -> None:
        path = self.folder / "pipe"
        os.mkfifo(path)
        packed = self.write("packed", gzip.compress(lines(4)))
        with subprocess.Popen(["sh", "-c", 'cat "$0" >"$1"', packed, path]) as feeder:
            run = self.scan(str(path))
            feeder.kill()  # if nobody has read from it
        self.check_counted(run, 4)

    def test_many_folders_deep(self) -> None:
        self.write("a/" * 500 + "trail", lines(2))
        run = self.scan(str(self.folder))
        self.check_counted(run, 2)
        self.assertEqual(run.exit_code, 0, run.stderr)

    def test_messages_name_standard_input(self) -> None:
        run = run_scan(*ALL, "-", stdin=lines(2) + b"x")
        self.check_counted(run, 2)
        self.assertRegex(run.messages[0], "^standard input: 1 of 3 records ")
        run = run_scan(*ALL, "-", stdin=b"", preexec_fn=lambda: os.close(0))
        self.assertEqual(run.exit_code, 2)
        self.assertRegex(run.messages[0], "^standard input: ")
