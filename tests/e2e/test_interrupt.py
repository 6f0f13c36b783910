"""A scan that is stopped by a signal: what it has read counts, and the output says that it is
incomplete.

No test sleeps for a fixed time: a program has read everything from its pipe once the pipe is empty
and the program waits.
"""

from __future__ import annotations

import array
import fcntl
import gzip
import os
import pty
import signal
import subprocess
import tempfile
import termios
import time
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import Any

from call_records import call, lines
from program_under_test import program
from shell_run import Run, ndjson_rows, run_scan

ALL = ("--ses-threshold=0", "--format=ndjson")
DEADLINE = 60.0  # seconds; generous, and only reached by a test that fails
STOPS = ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129))


def wait_until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + DEADLINE
    while not holds():
        if time.monotonic() > end:
            raise AssertionError("the condition was not met in time")
        time.sleep(0.002)


def unread_bytes(descriptor: int) -> int:
    count = array.array("i", [0])
    fcntl.ioctl(descriptor, termios.FIONREAD, count)
    return count[0]


def all_threads_sleep(pid: int) -> bool:
    states = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            states.append((task / "stat").read_text().rsplit(")", 1)[1].split()[0])
        except OSError:  # the thread has ended
            continue
    return bool(states) and set(states) == {"S"}


def catches(pid: int, number: int) -> bool:
    """Whether the process has a handler for the signal."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("SigCgt:"):
            return bool(int(line.split()[1], 16) >> (number - 1) & 1)
    return False


def open_files(pid: int) -> set[str]:
    paths = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            paths.add(os.readlink(link))
        except OSError:  # the file was closed
            continue
    return paths


class Scan:
    """A scan with pipes around it."""

    def __init__(self, *args: str, **popen: Any) -> None:
        streams: dict[str, Any] = {
            "stdin": subprocess.PIPE,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
        }
        self.process = subprocess.Popen(
            [*program(), "scan", *args], bufsize=0, **{**streams, **popen}
        )
        wait_until(lambda: catches(self.process.pid, signal.SIGTERM))

    def wait_for_input(self, descriptor: int | None = None) -> None:
        """Wait until the scan has read all of its input and waits for more."""
        assert self.process.stdin is not None
        pipe = self.process.stdin.fileno() if descriptor is None else descriptor
        pid = self.process.pid
        for _ in range(3):  # it can sleep on a lock for a moment
            wait_until(lambda: unread_bytes(pipe) == 0 and all_threads_sleep(pid))

    def write(self, data: bytes) -> None:
        assert self.process.stdin is not None
        view = memoryview(data)
        while view:
            view = view[os.write(self.process.stdin.fileno(), view) :]

    def stop(self, number: int = signal.SIGINT) -> Run:
        """Standard input stays open, so that only the signal can end the scan."""
        self.process.send_signal(number)
        return self.finish()

    def finish(self) -> Run:
        assert self.process.stdout is not None and self.process.stderr is not None
        pipes, self.process.stdin = self.process.stdin, None
        stdout, stderr = self.process.communicate(timeout=DEADLINE)
        if pipes is not None:
            pipes.close()
        return Run(self.process.returncode, stdout.decode(), stderr.decode())

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()


class InterruptTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def start(self, *args: str, **popen: Any) -> Scan:
        scan = Scan(*args, **popen)
        self.addCleanup(scan.kill)
        return scan

    def write(self, name: str, data: bytes) -> str:
        path = self.folder / name
        path.write_bytes(data)
        return str(path)

    def check_stopped(self, run: Run, calls: int, exit_code: int = 130) -> None:
        self.assertEqual(run.exit_code, exit_code, run.stderr)
        counts = [int(row["EventCount"][1]) for row in ndjson_rows(run.stdout)]
        self.assertEqual(sum(counts), calls, run.stderr)
        self.assertIn(", so the answer is incomplete: ", run.stderr)
        self.assertRegex(run.messages[-1], ", incomplete$")
        for word in ("could not be read", "ends inside", "cut off", "not JSON", "nothing was read"):
            self.assertNotIn(word, run.stderr)


class PipeTest(InterruptTest):
    def test_records_read_from_a_pipe_count(self) -> None:
        for number, exit_code in STOPS:
            for threads in ("1", "2", "8"):
                scan = self.start(*ALL, "--threads", threads, "-")
                scan.write(lines(50))
                scan.wait_for_input()
                run = scan.stop(number)
                self.check_stopped(run, 50, exit_code)
                size = len(lines(50))
                self.assertEqual(
                    run.messages[:2],
                    [
                        "standard input: was not read to the end; 50 records were read from it",
                        f"stopped by {number.name}, so the answer is incomplete: "
                        f"0 of 1 file was read to the end, {size} bytes",
                    ],
                )

    def test_more_input_than_fits_into_a_pipe(self) -> None:
        data = lines(20_000)
        for threads in ("1", "4"):
            scan = self.start(*ALL, "--threads", threads, "-")
            scan.write(data)
            scan.wait_for_input()
            self.check_stopped(scan.stop(), 20_000)

    def test_before_any_byte(self) -> None:
        scan = self.start(*ALL, "-")
        scan.wait_for_input()
        self.check_stopped(scan.stop(), 0)

    def test_a_stop_within_a_list_or_record(self) -> None:
        """A stop is not damage: a list or a record that it cuts is not reported as damaged."""
        record = call()
        for data, calls in (
            (b"[" + record + b"," + record, 2),
            (b'{"Records":[' + record + b",", 1),
            (b'{"Records":[' + record + b"," + record[:100], 1),
            (lines(3) + record[:50], 3),
            (b"{", 0),
            (b" \n", 0),
            (b"\xef\xbb", 0),
            (b"2024-03-05T00:00:00Z " + record + b"\n2024-03-05T00:00:00Z " + record[:9], 1),
        ):
            with self.subTest(data=data[:40]):
                scan = self.start(*ALL, "-")
                scan.write(data)
                scan.wait_for_input()
                self.check_stopped(scan.stop(), calls)

    def test_records_read_from_incomplete_gzip_count(self) -> None:
        member = gzip.compress(lines(7))
        scan = self.start(*ALL, "-")
        scan.write(member + gzip.compress(lines(5)) + member[:20])
        scan.wait_for_input()
        self.check_stopped(scan.stop(), 12)

    def test_a_named_pipe(self) -> None:
        path = self.folder / "pipe"
        os.mkfifo(path)
        good = self.write("good", lines(4))
        for threads in ("1", "4"):
            scan = self.start(*ALL, "--threads", threads, good, str(path))
            scan.wait_for_input()  # the pipe has no writer
            run = scan.stop()
            self.check_stopped(run, 4)
            self.assertIn("1 of 2 files were read to the end, ", run.stderr)
        scan = self.start(*ALL, str(path))
        writer = os.open(path, os.O_WRONLY)
        os.write(writer, lines(3))
        scan.wait_for_input(writer)
        self.check_stopped(scan.stop(), 3)
        os.close(writer)

    def test_several_pipes_at_once(self) -> None:
        """One thread receives the signal, and all waiting threads wake up."""
        paths = [str(self.folder / f"pipe{number}") for number in range(4)]
        for path in paths:
            os.mkfifo(path)
        scan = self.start(*ALL, "--threads=4", *paths)
        writers = [os.open(path, os.O_WRONLY) for path in paths]
        for number, writer in enumerate(writers):
            os.write(writer, lines(number + 1))
        for writer in writers:
            scan.wait_for_input(writer)
        run = scan.stop(signal.SIGTERM)
        self.check_stopped(run, 1 + 2 + 3 + 4, 143)
        self.assertEqual(run.stderr.count(": was not read to the end; "), 4)
        for writer in writers:
            os.close(writer)

    def test_uninterrupted_pipes_are_read_completely(self) -> None:
        path = self.folder / "pipe"
        os.mkfifo(path)
        for data, calls in ((lines(5), 5), (b"", 0)):
            scan = self.start(*ALL, str(path))
            writer = os.open(path, os.O_WRONLY)
            os.write(writer, data)
            os.close(writer)
            run = scan.finish()
            self.assertEqual(run.exit_code, 0, run.stderr)
            self.assertEqual(run.stdout.count(f'"EventCount":{calls},'), 1 if calls else 0)


class FileTest(InterruptTest):
    def test_files_read_before_the_signal_count(self) -> None:
        for number in range(3):
            self.write(f"{number}.json", lines(10))
        for threads in ("1", "4"):
            # The scan with one thread reads the files first, in the order of the command line.
            scan = self.start(*ALL, "--threads", threads, str(self.folder), "-")
            scan.wait_for_input()
            run = scan.stop()
            self.check_stopped(run, 30)
            self.assertIn("3 of 4 files were read to the end, ", run.stderr)
        scan = self.start(*ALL, "--threads=1", "-", str(self.folder))
        scan.write(lines(2))
        scan.wait_for_input()
        run = scan.stop()
        self.check_stopped(run, 2)  # the other files were not started
        self.assertIn("0 of 4 files were read to the end, ", run.stderr)

    def test_a_large_file_stops_in_its_middle(self) -> None:
        """The file decompresses to more data than could be read during a test."""
        layer = gzip.compress(b" " * (1 << 28), 1)
        packed = gzip.compress(gzip.compress(layer * 2000, 1), 1)
        few, path = self.write("few", lines(3)), self.write("blanks", packed)
        scan = self.start(*ALL, "--threads=1", few, path)
        wait_until(lambda: path in open_files(scan.process.pid))
        run = scan.stop()
        self.check_stopped(run, 3)
        self.assertIn(f"{path}: was not read to the end; 0 records were read from it", run.messages)

    def test_problems_are_still_reported(self) -> None:
        broken = self.write("a", lines(1) + b"nonsense\n")
        scan = self.start(*ALL, "--threads=1", broken, str(self.folder / "missing"), "-")
        scan.wait_for_input()
        run = scan.stop()
        self.assertEqual(run.exit_code, 130)
        self.assertIn(f"{broken}: 1 of 2 records could not be read (8 bytes); ", run.stderr)
        self.assertIn("missing: does not exist", run.stderr)


class ModeTest(InterruptTest):
    def stopped(self, *args: str) -> Run:
        scan = self.start(*args, "-")
        scan.write(lines(200))
        scan.wait_for_input()
        return scan.stop()

    def test_each_format(self) -> None:
        path = self.write("trail", lines(200))
        for form in ("table", "csv", "ndjson"):
            run = self.stopped(f"--format={form}")
            self.assertEqual(run.exit_code, 130)
            self.assertEqual(run.stdout, run_scan(f"--format={form}", path).stdout)

    def test_findings_do_not_change_the_exit_code(self) -> None:
        self.assertEqual(self.stopped("--fail-on-findings").exit_code, 130)

    def test_modes_with_an_answer(self) -> None:
        for mode in ("hunt", "coverage"):
            run = self.stopped(f"--mode={mode}", "--format=ndjson")
            self.assertEqual(run.exit_code, 130)
            self.assertIn("answer is incomplete", run.stderr)
        self.assertNotEqual(self.stopped("--mode=coverage", "--format=ndjson").stdout, "")

    def test_an_incomplete_baseline_is_not_printed(self) -> None:
        run = self.stopped("--mode=baseline")
        self.assertEqual((run.exit_code, run.stdout), (130, ""))
        self.assertIn("no baseline was printed", run.stderr)


class OutputTest(InterruptTest):
    def blocked(self) -> Scan:
        """A scan that has read everything and waits until its answer is read."""
        calls = b"".join(lines(1, f"caller-{number}-{'x' * 500}") for number in range(2000))
        scan = self.start(*ALL, self.write("trail", calls))
        assert scan.process.stdout is not None
        pipe = scan.process.stdout.fileno()
        wait_until(lambda: unread_bytes(pipe) > 0)
        wait_until(lambda: all_threads_sleep(scan.process.pid))
        return scan

    def test_the_first_signal_lets_the_answer_finish(self) -> None:
        scan = self.blocked()
        run = scan.stop()
        self.assertEqual(run.exit_code, 130)
        self.assertEqual(len(ndjson_rows(run.stdout)), 2000)
        self.assertIn(
            "stopped by SIGINT, after everything had been read: the answer is complete", run.stderr
        )
        self.assertNotIn("incomplete", run.stderr)

    def test_a_second_signal_ends_the_scan_at_once(self) -> None:
        for first, second in (
            (signal.SIGINT, signal.SIGINT),
            (signal.SIGTERM, signal.SIGTERM),
            (signal.SIGINT, signal.SIGTERM),
        ):
            scan = self.blocked()
            scan.process.send_signal(first)
            # Signals soon after the first one count as the same signal, so several may be needed.
            wait_until(lambda: ended_by(scan.process, second))
            self.assertEqual(scan.process.wait(DEADLINE), -second)

    def test_a_signal_that_arrives_twice_counts_once(self) -> None:
        """`timeout` sends its signal to the process and to its group."""
        for _ in range(5):
            scan = self.start(*ALL, "-", start_new_session=True)
            scan.write(lines(9))
            scan.wait_for_input()
            scan.process.send_signal(signal.SIGTERM)
            os.killpg(scan.process.pid, signal.SIGTERM)
            self.check_stopped(scan.finish(), 9, 143)


def ended_by(process: subprocess.Popen[bytes], number: int) -> bool:
    process.send_signal(number)
    return process.poll() is not None


class SurroundingsTest(InterruptTest):
    def test_an_ignored_signal_stays_ignored(self) -> None:
        scan = self.start(
            *ALL, "-", preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)
        )
        scan.write(lines(2))
        scan.wait_for_input()
        scan.process.send_signal(signal.SIGINT)
        scan.write(lines(3))
        assert scan.process.stdin is not None
        scan.process.stdin.close()
        scan.process.stdin = None
        run = scan.finish()
        self.assertEqual(run.exit_code, 0, run.stderr)
        self.assertIn("5 records", run.messages[-1])

    def test_the_progress_line_is_cleared(self) -> None:
        ours, theirs = pty.openpty()
        scan = self.start(*ALL, "-", stderr=theirs)
        os.close(theirs)
        scan.write(lines(10))
        shown = b""
        while b"events" not in shown:  # the progress line has appeared
            shown += os.read(ours, 1 << 16)
        scan.process.send_signal(signal.SIGINT)
        while b", incomplete" not in shown:
            shown += os.read(ours, 1 << 16)
        os.close(ours)
        self.assertRegex(shown, rb"events[^\n]*\r\x1b\[Kcloudhijack: standard input: was not read")
        self.assertEqual(scan.process.wait(DEADLINE), 130)

    def test_a_search_is_ended_by_the_signal(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            with subprocess.Popen(
                program(), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
            ) as process:
                assert process.stdin is not None
                pid = process.pid
                wait_until(lambda: all_threads_sleep(pid))
                process.send_signal(number)
                self.assertEqual(process.wait(DEADLINE), -number)


if __name__ == "__main__":
    unittest.main()
