"""The dispatcher runs the program for the machine, or reports why it cannot."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import Any

from installed_app import find_command, install
from splunkd import Session, execute, frame, getinfo

# The shells that can be /bin/sh.
SHELLS = [
    shell for shell in (["dash"], ["bash", "--posix"], ["busybox", "sh"]) if shutil.which(shell[0])
]
MACHINE = platform.machine()

Test = Callable[["DispatcherTest"], None]


def in_each_shell(test: Test) -> Test:
    def run(self: DispatcherTest) -> None:
        for shell in SHELLS:
            with self.subTest(shell=shell[0]):
                self.use(shell)
                test(self)

    return run


class DispatcherTest(unittest.TestCase):
    def use(self, shell: list[str]) -> None:
        """Use this shell, and a separate copy of the app to damage, in a folder with blanks and
        quotes."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.app = install(self.folder / "the apps of \"Splunk\" & 'co' $(date)")
        self.program = self.app / f"bin/linux_{MACHINE}/cloudhijack"
        self.argv = [*shell, str(find_command(self.app, "cloudhijack"))]
        self.path = os.environ["PATH"]

    def pretend_machine(self, name: str) -> None:
        """From now on, `uname` prints this name."""
        uname = self.folder / "uname"
        uname.write_text(f"#!/bin/sh\ncat <<'END'\n{name}\nEND\n")
        uname.chmod(0o755)
        self.path = f"{self.folder}:{self.path}"

    def start(self, *arguments: str, **popen: Any) -> Session:
        environment = {**os.environ, "PATH": self.path}
        return Session([*self.argv, *arguments], env=environment, cwd=self.folder, **popen)

    def check_search_runs(self) -> None:
        with self.start() as session:
            self.assertEqual(session.request(getinfo()).metadata["type"], "reporting")
            self.assertTrue(session.request(execute(finished=True)).finished)
            session.end().check()

    def error(self) -> str:
        """The error that a search reports."""
        with self.start() as session:
            error = session.request(getinfo()).error
            session.end().check()
        assert error is not None
        return error

    @in_each_shell
    def test_it_starts_the_program(self) -> None:
        self.check_search_runs()

    @in_each_shell
    def test_the_apps_folder_may_be_a_link(self) -> None:
        link = self.folder / "link to the app"
        link.symlink_to(self.app)
        self.argv[-1] = str(link / "bin/cloudhijack.sh")
        self.check_search_runs()

    @in_each_shell
    def test_it_may_be_started_from_its_own_folder(self) -> None:
        self.argv[-1] = "cloudhijack.sh"
        self.folder = self.app / "bin"
        self.check_search_runs()

    @in_each_shell
    def test_it_passes_the_arguments_on(self) -> None:
        with self.start("--version") as session:
            self.assertRegex(session.end().stdout, rb"\Acloudhijack \d+\.\d+\.\d+\n\Z")
        with self.start("two words") as session:
            self.assertIn('unknown argument "two words"', session.end().stderr)

    @in_each_shell
    def test_an_unknown_machine_is_named(self) -> None:
        self.pretend_machine("mips64")
        error = self.error()
        self.assertIn("bin/linux_mips64/cloudhijack: missing; ", error)
        self.assertIn("the architecture of this machine is mips64, ", error)
        self.assertIn("the app has programs for: aarch64 x86_64.", error)

    @in_each_shell
    def test_a_machine_with_a_strange_name_breaks_nothing(self) -> None:
        for name in ("", 'x86"64', "../..", "a b", "x\ny", "ä", "`touch canary`", "$(date)"):
            self.pretend_machine(name)
            self.assertIn("the architecture of this machine is unknown, ", self.error())
        self.assertFalse((self.folder / "canary").exists())

    @in_each_shell
    def test_a_missing_program_is_named(self) -> None:
        self.program.unlink()
        error = self.error()
        self.assertIn(f"bin/linux_{MACHINE}/cloudhijack: missing; ", error)
        (other,) = {"aarch64", "x86_64"} - {MACHINE}
        self.assertIn(f"the app has programs for: {other}.", error)
        self.assertIn("Install the app from its package again", error)
        shutil.rmtree(self.app / f"bin/linux_{other}")
        self.assertIn("the app has programs for: none.", self.error())

    @in_each_shell
    def test_a_program_that_may_not_be_executed_is_named(self) -> None:
        self.program.chmod(0o644)
        error = self.error()
        self.assertIn(f"bin/linux_{MACHINE}/cloudhijack: does not run; ", error)
        self.assertIn("its mode must be 755", error)

    @in_each_shell
    def test_a_program_that_is_damaged_is_named(self) -> None:
        whole = self.program.read_bytes()
        for damaged in (b"", b"version https://git-lfs.example/spec/v1\n", whole[:100_000]):
            with self.subTest(size=len(damaged)):
                self.program.write_bytes(damaged)
                self.assertIn("does not run", self.error())

    @in_each_shell
    def test_it_reads_the_whole_request_before_it_answers_and_then_ends(self) -> None:
        self.program.unlink()
        for metadata, body in ((getinfo(), b""), (getinfo(["\n" * 500_000]), b"\0\n" * 100_000)):
            for piece in (7919, 1 << 20):
                with self.start(piece=piece) as session:
                    # The input stays open during this.
                    self.assertIsNotNone(session.request(metadata, body).error)
                    session.end().check()

    @in_each_shell
    def test_numbers_may_have_blanks_around_them(self) -> None:
        self.program.unlink()
        with self.start() as session:
            session.write(b"chunked 1.0, 2 , 3 \n{}abc")
            self.assertIsNotNone(session.reply().error)
            session.end().check()

    @in_each_shell
    def test_a_hostile_header_gets_the_same_answer(self) -> None:
        self.program.unlink()
        expected = self.error()
        for header in (
            *(b"\n", b"\0\0\0\n", b"\xff\xfe\n", b"chunked\n", b"chunked 1.0\n", b"* * * *\n"),
            *(b"chunked 1.0,,\n", b"chunked 1.0,-5,0\n", b"chunked 1.0,08,09\n"),
            *(b"chunked 2.0,1,1\n", b"chunked 1.0,1,1,1\n", b"chunked 1.0,0x10,0\n"),
            *(b"chunked 1.0,1e9,0\n", b"chunked 1.0, \n", b"chunked 1.0 1 1 1\n"),
            *(b"chunked 1.0,99999999999999999999,0\n", b"chunked 1.0,0,18446744073709551616\n"),
            *(b"chunked 1.0,$(touch canary),0\n", b"chunked 1.0,`touch canary`,0\n"),
            *(b"chunked 1.0,a[$(touch canary)],0\n", b"chunked 1.0,PATH,0\n", b"-n \\c %s%n\n"),
            b"chunked 1.0," + b"1" * 1_000_000 + b",0\n",
            b"splunkVersion:8.2.1\n",
        ):
            with self.subTest(header=header[:60]), self.start() as session:
                session.write(header)
                self.assertEqual(session.reply().error, expected)
                session.end().check()
        self.assertFalse((self.folder / "canary").exists())

    @in_each_shell
    def test_an_input_that_ends_early_is_still_answered(self) -> None:
        self.program.unlink()
        whole = frame(getinfo())
        for size in (0, 5, len(whole) // 2):
            with self.start() as session:
                session.write(whole[:size])
                ending = session.end()
            self.assertEqual((ending.exit_code, ending.stderr), (0, ""))
            self.assertIn(b'{"finished":true,"error":"', ending.stdout)

    @in_each_shell
    def test_a_closed_output_is_not_an_error(self) -> None:
        self.program.unlink()
        with self.start() as session:
            assert session.process.stdout is not None
            session.process.stdout.close()
            session.write(frame(getinfo()))
            session.end().check()


if __name__ == "__main__":
    unittest.main()
