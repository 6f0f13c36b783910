"""What the program gives up before it reads logs, and what happens if it tries to use it after all.

tests/sandbox tries every system call in the parts of the program; this drives the built program.
"""

from __future__ import annotations

import itertools
import json
import os
import platform
import re
import shutil
import subprocess
import tempfile
import time
import unittest
from collections.abc import Sequence
from pathlib import Path

from call_records import START, call
from chunk_body import EventRow, write_body
from lookup_app import LookupTest
from program_under_test import build_folder, program
from refused_filters import refuse_filters
from shell_run import Run, run_program, run_scan
from splunkd import HAS_SANDBOX, Answer, Session, execute, frame, getinfo, run_search

MAILS = [call(second=second) for second in range(6)]
MAP = ["phase=map", "mode=hunt", "input=raw", "catalogue=0"]
IS_ARM = platform.machine() == "aarch64"
# What the library's functions call, and the numbers of these calls.
CALLS = {
    "socket": ("socket", 198 if IS_ARM else 41),
    "open": ("openat", 56 if IS_ARM else 257),
    "create": ("openat", 56) if IS_ARM else ("creat", 85),
    "execve": ("execve", 221 if IS_ARM else 59),
    "fork": ("clone", 220 if IS_ARM else 56),
}
NO_FILTER = (
    "no seccomp filter confines this search (Invalid argument), so it kept the rights of its user; "
    "see docs/how-it-runs.md"
)
DEADLINE = 60.0  # seconds; only reached by a test that fails


def kernel_has_filters() -> bool:
    status = Path("/proc/self/status").read_text()
    return HAS_SANDBOX and "\nSeccomp:" in status


def refused(function: str) -> str:
    name, number = CALLS[function]
    return (
        f"the sandbox refused the system call {number} ({name}), which cloudhijack does not need; "
        "this is a defect of the program or an attack: report it as SECURITY.md describes"
    )


def body(records: Sequence[bytes]) -> bytes:
    rows: list[EventRow] = [{"_time": b"%d" % START, "_raw": record} for record in records]
    return write_body(rows)


def status_of(pid: int) -> dict[str, str]:
    text = Path(f"/proc/{pid}/status").read_text()
    return dict(re.findall(r"(?m)^(\w+):\s*(.*)$", text))


def wait_for_filter(pid: int) -> None:
    end = time.monotonic() + DEADLINE
    while status_of(pid)["Seccomp"] != "2":
        if time.monotonic() > end:
            raise AssertionError("the process has installed no filter")
        time.sleep(0.002)


@unittest.skipUnless(kernel_has_filters(), "no seccomp filters in this kernel or build")
class SearchTest(unittest.TestCase):
    """The search command, in both phases."""

    def test_what_a_search_has_given_up_when_it_has_read_events(self) -> None:
        for args in (["mode=hunt"], MAP):
            with self.subTest(args), Session(program()) as session:
                session.request(getinfo(args))
                self.assertEqual(status_of(session.process.pid)["Seccomp"], "0")
                session.request(execute(finished=False), body(MAILS))
                status = status_of(session.process.pid)
                self.assertEqual((status["Seccomp"], status["NoNewPrivs"]), ("2", "1"))
                limits = Path(f"/proc/{session.process.pid}/limits").read_text()
                self.assertRegex(limits, r"Max core file size +0 +0 ")
                session.request(execute(finished=True), body([]))
                session.end().check()

    def test_the_filter_is_there_before_a_byte_of_an_event_is_read(self) -> None:
        if shutil.which("strace") is None:
            self.skipTest("strace is not installed")
        for args in (["mode=hunt"], MAP):
            with self.subTest(args), tempfile.TemporaryDirectory() as folder:
                trace = Path(folder) / "trace"
                run_search(["strace", "-f", "-o", str(trace), *program()], args, [body(MAILS)])
                calls = re.findall(r"(?m)^\d+ +(\w+\(.*)$", trace.read_text())
                replied = next(at for at, one in enumerate(calls) if one.startswith("write(1,"))
                after = calls[replied + 1 :]
                filtered = next(at for at, one in enumerate(after) if "PR_SET_SECCOMP" in one)
                self.assertFalse([one for one in after[:filtered] if one.startswith("read(0")])
                later = {one.partition("(")[0] for one in after[filtered + 1 :]}
                self.assertIn("read", later)
                opening = {"open", "openat", "socket", "execve", "clone", "clone3"}
                self.assertEqual(later & opening, set())

    def test_a_kernel_without_filters_is_reported_and_the_answer_is_the_same(self) -> None:
        expected = run_search(program(), ["ses_threshold=5"], [body(MAILS)])
        with Session(program(), preexec_fn=refuse_filters) as session:
            answer = Answer(session.request(getinfo(["ses_threshold=5"])).metadata)
            answer.take(session.request(execute(finished=True), body(MAILS)))
            session.end().check()
        self.assertEqual(answer.rows, expected.rows)
        self.assertEqual(expected.messages, [])
        self.assertEqual(answer.messages, [("INFO", NO_FILTER)])

    def test_a_map_phase_reports_such_a_kernel_on_standard_error(self) -> None:
        with Session(program(), preexec_fn=refuse_filters) as session:
            session.request(getinfo(MAP))
            reply = session.request(execute(finished=True), body(MAILS))
            ending = session.end()
        self.assertTrue(reply.rows)
        self.assertEqual((ending.exit_code, ending.stderr), (0, f"cloudhijack: {NO_FILTER}\n"))


@unittest.skipUnless(kernel_has_filters(), "no seccomp filters in this kernel or build")
class RefusedCallTest(unittest.TestCase):
    """The program, with system calls that it must not make once it has read certain words."""

    def setUp(self) -> None:
        self.program = str(build_folder() / "tests/cloudhijack_refused_call")
        self.assertTrue(Path(self.program).is_file(), "build all targets")

    def check_ending(self, session: Session, function: str) -> None:
        ending = session.end()
        self.assertEqual(ending, (1, b"", f"cloudhijack: {refused(function)}\n"))

    def test_a_search_ends_with_an_error_reply(self) -> None:
        for args, function in itertools.product((["mode=hunt"], MAP), CALLS):
            with self.subTest(args, function=function), Session([self.program]) as session:
                session.request(getinfo(args))
                session.request(execute(finished=False), body(MAILS))
                records = [b"refuse " + function.encode()]
                reply = session.request(execute(finished=True), body(records))
                self.assertEqual((reply.error, reply.rows), (refused(function), []))
                self.check_ending(session, function)

    def test_a_request_that_is_still_being_written_is_read(self) -> None:
        with Session([self.program]) as session:
            session.request(getinfo())
            records = [b"refuse socket" + b"x" * 5_000_000]
            reply = session.request(execute(finished=True), body(records))
            self.assertEqual(reply.error, refused("socket"))
            self.check_ending(session, "socket")

    def test_no_reply_is_put_into_a_half_written_one(self) -> None:
        environment = {**os.environ, "REFUSE_WRITING": "1"}
        with Session([self.program], env=environment) as session:
            session.write(frame(getinfo(["ses_threshold=5"])))
            session.write(frame(execute(finished=True), body(MAILS)))
            ending = session.end()
            self.assertEqual(ending.exit_code, 1)
            head, _, metadata = ending.stdout.rpartition(b"chunked ")[2].partition(b"\n")
            match = re.fullmatch(rb"1\.0,(\d+),(\d+)", head)
            assert match is not None
            self.assertEqual(len(metadata), int(match[1]))
            self.assertGreater(int(match[2]), 0)
            self.assertIn("inspector", json.loads(metadata))

    def scan(self, function: str, *args: str) -> Run:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "log"
            path.write_bytes(b"refuse " + function.encode())
            words = [self.program, "scan", str(path), *args]
            done = subprocess.run(words, capture_output=True, text=True, cwd=folder, timeout=60)
            self.assertFalse((Path(folder) / "answer").exists())
        return Run(done.returncode, done.stdout, done.stderr)

    def test_a_scan_ends_with_an_error(self) -> None:
        for function in CALLS.keys() - {"open"}:
            with self.subTest(function):
                run = self.scan(function)
                expected = (2, "", f"cloudhijack: {refused(function)}\n")
                self.assertEqual((run.exit_code, run.stdout, run.stderr), expected)
        for function in CALLS.keys() - {"open", "create"}:
            with self.subTest(function, output=True):
                run = self.scan(function, "-o", "answer")
                self.assertEqual((run.exit_code, run.stdout), (2, ""))


@unittest.skipUnless(kernel_has_filters(), "no seccomp filters in this kernel or build")
class ShellTest(unittest.TestCase):
    """scan and merge."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_what_scan_and_merge_have_given_up_while_they_read(self) -> None:
        for verb in ("scan", "merge"):
            with subprocess.Popen(
                [*program(), verb, "-"],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            ) as process:
                wait_for_filter(process.pid)
                status = status_of(process.pid)
                self.assertEqual(status["NoNewPrivs"], "1")
                limits = Path(f"/proc/{process.pid}/limits").read_text()
                self.assertRegex(limits, r"Max core file size +0 +0 ")
                process.kill()

    def test_links_that_lead_out_of_the_folder_are_read(self) -> None:
        outside = self.folder / "outside"
        (outside / "deep").mkdir(parents=True)
        (outside / "deep/a.json").write_bytes(b"\n".join(MAILS[:3]))
        (outside / "b.json").write_bytes(b"\n".join(MAILS[3:]))
        logs = self.folder / "logs"
        logs.mkdir()
        (logs / "folder").symlink_to(outside / "deep")
        (logs / "file").symlink_to("../outside/b.json")
        run = run_scan("--ses-threshold=5", "--format=ndjson", str(logs))
        self.assertEqual(run.exit_code, 0, run.stderr)
        self.assertIn('"EventCount":6', run.stdout)

    def test_inputs_by_the_numbers_of_descriptors(self) -> None:
        path = self.folder / "a.json"
        path.write_bytes(b"\n".join(MAILS))
        expected = run_scan("--ses-threshold=5", "--format=ndjson", str(path)).stdout
        self.assertIn('"EventCount":6', expected)
        with path.open("rb") as file:
            number = file.fileno()
            for name in (f"/dev/fd/{number}", f"/proc/self/fd/{number}"):
                args = ("scan", "--ses-threshold=5", "--format=ndjson", name)
                self.assertEqual(run_program(*args, pass_fds=[number]).stdout, expected)
        reading, writing = os.pipe()
        try:
            os.write(writing, b"\n".join(MAILS))
            os.close(writing)
            args = ("scan", "--ses-threshold=5", "--format=ndjson", f"/dev/fd/{reading}")
            self.assertEqual(run_program(*args, pass_fds=[reading]).stdout, expected)
        finally:
            os.close(reading)

    def test_an_output_behind_links(self) -> None:
        path = self.folder / "a.json"
        path.write_bytes(b"\n".join(MAILS))
        target = self.folder / "answers/real.csv"
        target.parent.mkdir()
        (self.folder / "one").symlink_to("two")
        (self.folder / "two").symlink_to("answers/real.csv")
        state = self.folder / "state"
        output = str(self.folder / "one")
        for args in (
            ["scan", "--format=csv", "-o", output, str(path)],
            ["scan", "--partial", "-o", str(state), str(path)],
            ["merge", "--format=csv", "-o", output, str(state)],
        ):
            target.write_text("old")
            run = run_program(*args)
            self.assertEqual(run.exit_code, 0, run.stderr)
            self.assertTrue((self.folder / "one").is_symlink())
            self.assertEqual(target.read_text() == "old", "--partial" in args)
            self.assertEqual([path.name for path in target.parent.iterdir()], ["real.csv"])


class MemoryLimitTest(LookupTest):
    """memory_limit, which an admin sets for all searches, and --memory-limit."""

    BIG = b'{"eventName":"' + b"x" * 50_000_000 + b'"}'

    def setUp(self) -> None:
        super().setUp()
        if not HAS_SANDBOX:
            self.skipTest("no limit of memory in a build with sanitizers or under an emulator")

    def limit(self, size: str) -> None:
        conf = self.lookups.parent / "local/cloudhijack.conf"
        conf.parent.mkdir(exist_ok=True)
        conf.write_text(f"[defaults]\nmemory_limit = {size}\n")

    def test_a_search_that_reaches_it_ends_with_an_error(self) -> None:
        self.limit("64M")
        for args in (["mode=hunt"], MAP):
            answer = run_search(self.argv, args, [body([self.BIG])])
            self.assertEqual(
                answer.error,
                "out of memory, which memory_limit in cloudhijack.conf limits to 64 MiB; narrow "
                "the search, or use a longer span",
            )
        self.limit("4G")
        answer = run_search(self.argv, ["mode=hunt"], [body([self.BIG])])
        self.assertIsNone(answer.error)

    def test_lookup_files_that_need_more_end_the_search_too(self) -> None:
        self.limit("64M")
        times = (START - 90 * 86_400, START - 86_400, 5)
        self.write_baseline(
            *(
                (f"{n:012}", f"arn:aws:iam::{n:012}:user/" + "x" * 200, "ses", *times)
                for n in range(150_000)
            )
        )
        answer = run_search(self.argv, ["mode=hunt"], [body(MAILS)])
        self.assertRegex(str(answer.error), r"^out of memory, which memory_limit .* 64 MiB; ")

    def test_a_user_of_a_search_cannot_change_it(self) -> None:
        self.limit("64M")
        answer = run_search(self.argv, ["memory_limit=8G"], [body([self.BIG])])
        self.assertEqual(
            answer.error,
            "option memory_limit: a search cannot change it; an admin can, in "
            "local/cloudhijack.conf",
        )
        self.write_settings(("defaults", "memory_limit", "8G"))
        answer = run_search(self.argv, [], [body(MAILS)])
        self.assertEqual([severity for severity, _ in answer.messages], ["WARN"])
        self.assertIn("] memory_limit: protects the machine, so that", answer.messages[0].text)
        self.assertIn("out of memory", str(run_search(self.argv, [], [body([self.BIG])]).error))

    def test_a_scan_that_reaches_it(self) -> None:
        path = self.lookups / "big.json"
        path.write_bytes(self.BIG)
        args = ["scan", "--threads=2", str(path), "--memory-limit"]
        run = run_program(*args, "64M")
        self.assertEqual(run.exit_code, 2)
        self.assertEqual(
            run.messages[:2],
            [
                f"{path}: was not read completely: out of memory; 0 records were read from it",
                "out of memory within the memory limit of 64 MiB; raise --memory-limit, or scan "
                "fewer files at once, with fewer --threads",
            ],
        )
        self.assertNotIn("memory", run_program(*args, "4G").stderr)

    def test_values(self) -> None:
        for value in ("63M", "1", "1T", "-1G", "G", "64m"):
            run = run_scan("--memory-limit", value, "-")
            self.assertEqual(run.exit_code, 2)
            self.assertIn("accepts a whole number with M or G, such as 512M or 4G", run.stderr)
        self.limit("much")
        answer = run_search(self.argv, [], [body(MAILS)])
        self.assertIn('[defaults] memory_limit: invalid value "much"', answer.messages[0].text)


if __name__ == "__main__":
    unittest.main()
