"""What keeps a package from being made is told in one line, and nothing half-made is left."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from installed_app import ROOT

# What package.sh and sysroot.sh run besides what they install.
TOOLS = (
    *("bash", "cat", "cmp", "cp", "cut", "dirname", "env", "git", "grep", "gzip", "id", "mkdir", "mv"),
    *("python3", "readlink", "realpath", "rm", "sed", "sha256sum", "tail", "tar", "uname"),
)
INSTALLED = "echo installed"
# Lays out an app and builds no program.
CMAKE = """
case $1 in
    --install)
        while [ "$1" != --prefix ]; do shift; done
        mkdir -p "$2/cloudhijack/licenses"
        ;;
    --preset) mkdir -p build/release build/aarch64 build/x86_64 ;;
esac
"""


class PackageShTest(unittest.TestCase):
    """A tree with package.sh alone, and a machine whose tools do as the test says."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name) / "tree"
        self.tools = Path(folder.name) / "tools"
        self.tools.mkdir()
        for name in TOOLS:
            found = shutil.which(name)
            assert found, name
            (self.tools / name).symlink_to(found)
        shutil.copytree(ROOT / "cmake", self.root / "cmake")
        shutil.copy2(ROOT / "package.sh", self.root)
        self.tool("dpkg-query", INSTALLED)
        self.tool("apt-get", "exit 0")
        self.tool("cmake", CMAKE)

    def tool(self, name: str, script: str) -> None:
        """From now on the machine has a tool that does this."""
        path = self.tools / name
        path.unlink(missing_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def be_built(self) -> None:
        """The programs are there, and the libraries for the other machine."""
        program = self.root / "build/release/cloudhijack"
        program.parent.mkdir(parents=True)
        program.write_text("#!/bin/sh\necho cloudhijack 0.1.0\n")
        program.chmod(0o755)
        for machine in ("aarch64", "x86_64"):
            sysroot = self.root / "build/sysroot" / machine
            sysroot.mkdir(parents=True)
            shutil.copy(self.root / "cmake/sysroot.sh", sysroot / "made-by")
        (self.root / "cmake/bill_of_materials.py").write_text("print('{}')\n")

    def run_it(self) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": str(self.tools), "HOME": "/nonexistent", "PIP_NO_INDEX": "1"}
        command = [str(self.root / "package.sh")]
        return subprocess.run(command, env=environment, capture_output=True, text=True)

    def error(self) -> str:
        """The one line that says why there is no package."""
        done = self.run_it()
        self.assertNotEqual(done.returncode, 0, done.stdout)
        (line,) = done.stderr.splitlines()
        self.assertEqual(list(self.root.glob("dist/*")), [])
        return line.removeprefix("package.sh: ")

    def test_without_a_tool(self) -> None:
        (self.tools / "apt-get").unlink()
        (self.tools / "cmake").unlink()
        self.assertEqual(self.error(), "needs cmake, which is not there")

    def test_without_the_right_to_install(self) -> None:
        self.tool("dpkg-query", "exit 1")
        self.tool("id", "echo 1000")
        self.assertIn("needs root or sudo to install: g++ cmake", self.error())

    def test_without_a_network_for_debians_packages(self) -> None:
        self.tool("dpkg-query", "exit 1")
        self.tool("id", "echo 0")
        self.tool("apt-get", "echo Err:1 mirror; echo 'E: Could not resolve it' >&2; exit 100")
        self.assertEqual(
            self.error(),
            "cannot update the list of packages, is there a network? (E: Could not resolve it)",
        )

    def test_without_a_network_for_simdjson(self) -> None:
        cmake = shutil.which("cmake")
        assert cmake
        self.tool("cmake", f'exec {cmake} "$@"')
        error = self.error()
        self.assertIn("cannot fetch simdjson, is there a network? (ERROR: ", error)
        self.assertEqual(list(self.root.glob("build/simdjson/*")), [])

    def test_without_a_network_for_the_other_machines_libraries(self) -> None:
        self.tool("apt-get", "echo 'E: Could not resolve it' >&2; exit 100")
        self.assertIn("cannot fetch the libraries for ", self.error())
        self.assertEqual(list(self.root.glob("build/sysroot/*")), [])

    def test_on_a_machine_of_another_kind(self) -> None:
        self.tool("uname", "echo riscv64")
        self.assertIn("on x86_64 and aarch64 only; this machine is riscv64", self.error())

    def test_where_dist_cannot_be_written(self) -> None:
        (self.root / "dist").write_text("not a folder")
        self.assertEqual(self.error(), f"cannot write to {self.root}/dist")

    def test_where_packing_fails(self) -> None:
        self.be_built()
        self.tool("gzip", "echo half a package; exit 1")
        self.assertEqual(self.error(), "cannot write dist/cloudhijack-0.1.0.spl")

    def test_a_package_that_was_there_stays_whole(self) -> None:
        self.be_built()
        dist = self.root / "dist"
        self.assertEqual(self.run_it().returncode, 0)
        before = {path.name: path.read_bytes() for path in dist.iterdir()}
        self.assertEqual(sorted(before), ["SHA256SUMS", "cloudhijack-0.1.0.spl"])
        self.tool("gzip", "echo half a package; exit 1")
        self.assertNotEqual(self.run_it().returncode, 0)
        self.assertEqual({path.name: path.read_bytes() for path in dist.iterdir()}, before)

    def test_a_tree_with_changes_is_told(self) -> None:
        self.be_built()
        self.assertNotIn("warning", self.run_it().stdout)  # no clone
        commit = ["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "all"]
        (self.root / ".gitignore").write_text("/build/\n/dist/\n")
        for words in (["init", "-q"], ["add", "."], commit):
            subprocess.run(["git", *words], cwd=self.root, check=True)
        self.assertNotIn("warning", self.run_it().stdout)
        (self.root / "cmake/App.cmake").write_text("")
        (self.root / "stray.txt").write_text("")
        (warning,) = [line for line in self.run_it().stdout.splitlines() if "warning" in line]
        self.assertIn("of no commit, there are changes: cmake/App.cmake, stray.txt", warning)


if __name__ == "__main__":
    unittest.main()
