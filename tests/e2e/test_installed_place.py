"""The program finds its app even without /proc: in a chroot inside a user namespace."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from call_records import call
from chunk_body import write_body
from lookup_app import install
from program_under_test import SANITIZED, program
from splunkd import run_search

SERVICE = "[service:polly]\nsource = polly\nvolume = SynthesizeSpeech\n"
PROBLEM = (
    "cannot find the folder in which cloudhijack is installed, so cloudhijack.conf and the lookup "
    "files were not read: /proc/self/exe cannot be read: No such file or directory; mount /proc"
)

# Runs a program whose path the kernel does not know, under a name that is not in the PATH.
NAMELESS = (
    "import os, sys; program = os.open(sys.argv[1], os.O_RDONLY); os.chroot(sys.argv[2]); "
    "os.chdir('/'); os.execve(program, ['nameless', *sys.argv[3:]], {})"
)


def may_change_root() -> bool:
    try:
        done = subprocess.run(["unshare", "--map-root-user", "chroot", "/", "true"])
    except OSError:
        return False
    return done.returncode == 0


@unittest.skipIf(SANITIZED or len(program()) > 1, "the program is not one file")
@unittest.skipUnless(may_change_root(), "this machine lets nobody change the root")
class WithoutProcTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.installed = install(self.root / "opt")
        self.path = f"/opt/cloudhijack/bin/linux_{platform.machine()}/cloudhijack"
        local = self.installed.parents[2] / "local"
        local.mkdir()
        (local / "cloudhijack.conf").write_text(SERVICE)

    def in_root(self, path: str) -> list[str]:
        return ["unshare", "--map-root-user", "chroot", str(self.root), path]

    def nameless(self) -> list[str]:
        script = [sys.executable, "-c", NAMELESS, str(self.installed), str(self.root)]
        return ["unshare", "--map-root-user", *script]

    def check_finds_app(self, path: str) -> None:
        done = subprocess.run([*self.in_root(path), "check-config"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("service polly: ", done.stdout)

    def test_the_app_is_found(self) -> None:
        path = self.path
        self.check_finds_app(path)
        self.check_finds_app(path.replace("/opt/", "/opt/../opt/./"))
        (self.root / "link").symlink_to(path)
        self.check_finds_app("/link")
        (self.root / "bin").mkdir()
        os.link(self.root / path[1:], self.root / "bin/other")  # a copy outside the app
        done = subprocess.run([*self.in_root("/bin/other"), "check-config"], capture_output=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn(b"service polly: ", done.stdout)

    def test_an_app_that_is_not_found_is_an_error(self) -> None:
        for args in (["check-config"], ["scan", "-"]):
            done = subprocess.run(
                [*self.nameless(), *args], stdin=subprocess.DEVNULL, capture_output=True, text=True
            )
            self.assertEqual(done.returncode, 2)
            self.assertEqual(done.stderr, f"cloudhijack: {PROBLEM}\n")

    def test_a_search_reports_an_app_that_is_not_found(self) -> None:
        body = write_body([{"_time": b"1", "_raw": call()}])
        answer = run_search(self.in_root(self.path), [], [body])
        self.assertEqual((answer.error, answer.messages), (None, []))
        answer = run_search(self.nameless(), [], [body])
        self.assertIsNone(answer.error)
        self.assertEqual(
            [(message.severity, message.text) for message in answer.messages],
            [("ERROR", PROBLEM)],
        )
        # The new baseline would replace the old one, which could not be found.
        answer = run_search(self.nameless(), ["mode=baseline"], [body])
        self.assertIn(PROBLEM, answer.error or "")


if __name__ == "__main__":
    unittest.main()
