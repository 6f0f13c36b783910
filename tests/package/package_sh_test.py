"""package.sh: each command does what its help says. If a package cannot be made, one line reports
why, and nothing half-made is left."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from installed_app import ROOT

# What package.sh and sysroot.sh run besides what they install.
TOOLS = (
    *("awk", "bash", "cat", "chmod", "cmp", "cp", "cut", "date", "dirname", "dpkg-deb", "env"),
    *("find", "git", "grep", "gzip", "id", "ln", "md5sum", "mkdir", "mktemp", "mv", "python3"),
    *("readlink", "realpath", "rm", "sed", "sha256sum", "sort", "tail", "tar", "touch", "uname"),
    "xargs",
)
INSTALLED = "echo installed"
# Lays out an app or a prefix, and builds no program but a runner of unit tests that prints its
# arguments.
CMAKE = """
case $* in
    "--build --preset dev --target cloudhijack_tests")
        mkdir -p build/dev/tests
        printf '#!/bin/sh\\necho ran: "$@"\\n' >build/dev/tests/cloudhijack_tests
        chmod +x build/dev/tests/cloudhijack_tests
        ;;
esac
case $1 in
    --install)
        while [ "$1" != --prefix ]; do shift; done
        mkdir -p "$2/cloudhijack/licenses"
        docs=$2/share/doc/cloudhijack
        mkdir -p "$2/bin" "$2/share/man/man1" "$2/share/zsh/site-functions" "$docs/licenses"
        for file in bin/cloudhijack share/man/man1/cloudhijack.1; do echo text >"$2/$file"; done
        for file in LICENSE licenses/a.txt; do echo text >"$docs/$file"; done
        ;;
    --preset) mkdir -p build/release build/aarch64 build/x86_64 ;;
esac
"""


# Makes a virtual environment whose programs are this script.
PYTHON = """
case "$1 $2" in
    "-m venv") mkdir -p "$3/bin" && cp "$0" "$3/bin/pip" && cp "$0" "$3/bin/python" ;;
esac
"""


class PackageShTest(unittest.TestCase):
    """A tree with package.sh and its parts alone, and a machine whose tools do as the test says."""

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
        (self.root / "tests").mkdir()
        shutil.copy(ROOT / "tests/checks.sh", self.root / "tests")
        self.tool("dpkg-query", INSTALLED)
        self.tool("apt-get", "exit 0")
        self.tool("cmake", CMAKE)

    def tool(self, name: str, script: str) -> None:
        """From now on the machine has a tool that does this."""
        path = self.tools / name
        path.unlink(missing_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def recorded(self, name: str, script: str = "") -> None:
        """A tool that notes how it was called."""
        calls = self.root.parent / "calls"
        self.tool(name, f'echo "{name} $*" >>{calls}\n{script}')

    def calls(self, name: str) -> list[str]:
        """The arguments of each call of a recorded tool, in order."""
        calls = self.root.parent / "calls"
        lines = calls.read_text().splitlines() if calls.exists() else []
        return [line.removeprefix(f"{name} ") for line in lines if line.startswith(f"{name} ")]

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
            (self.root / "build/kernel" / machine).mkdir(parents=True)
        (self.root / "cmake/bill_of_materials.py").write_text("print('{}')\n")

    def run_it(self, *words: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": str(self.tools), "HOME": "/nonexistent", "PIP_NO_INDEX": "1"}
        command = [str(self.root / "package.sh"), *words]
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
        self.assertEqual(self.error(), "cmake: not found; install it and try again")

    def test_without_the_right_to_install(self) -> None:
        self.tool("dpkg-query", "exit 1")
        self.tool("id", "echo 1000")
        self.assertIn(
            "root or sudo is needed to install these Debian packages: g++ cmake", self.error()
        )

    def test_without_a_network_for_debians_packages(self) -> None:
        self.tool("dpkg-query", "exit 1")
        self.tool("id", "echo 0")
        self.tool("apt-get", "echo Err:1 mirror; echo 'E: Could not resolve it' >&2; exit 100")
        self.assertEqual(
            self.error(),
            "cannot update the list of packages; check the network connection "
            "(E: Could not resolve it)",
        )

    def test_without_a_network_for_simdjson(self) -> None:
        cmake = shutil.which("cmake")
        assert cmake
        self.tool("cmake", f'exec {cmake} "$@"')
        error = self.error()
        self.assertIn("cannot fetch simdjson; check the network connection (ERROR: ", error)
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

    def test_the_digests_cover_the_packages_of_all_commands(self) -> None:
        self.be_built()
        dist = self.root / "dist"
        names: list[str] = []
        for words, made in (
            (("deb",), [f"cloudhijack_0.1.0_{name}.deb" for name in ("amd64", "arm64")]),
            ((), ["cloudhijack-0.1.0.spl"]),
            (
                ("tarball",),
                [f"cloudhijack-0.1.0-linux-{name}.tar.gz" for name in ("aarch64", "x86_64")],
            ),
            (("deb",), []),
            ((), []),
        ):
            done = self.run_it(*words)
            self.assertEqual(done.returncode, 0, done.stderr)
            names += made
            command = ["sha256sum", "--check", "SHA256SUMS"]
            checked = subprocess.run(command, cwd=dist, check=True, capture_output=True, text=True)
            covered = [line.removesuffix(": OK") for line in checked.stdout.splitlines()]
            self.assertEqual(sorted(covered), sorted(names))
            self.assertEqual({path.name for path in dist.iterdir()}, {"SHA256SUMS", *names})

    def test_no_half_of_a_debian_package_is_left(self) -> None:
        self.be_built()
        self.tool("dpkg-deb", 'for file; do :; done; echo half >"$file"; echo full disk; exit 1')
        done = self.run_it("deb")
        self.assertEqual(done.returncode, 1)
        self.assertIn("full disk", done.stderr)
        self.assertEqual(list(self.root.glob("dist/*")), [])

    def test_packages_have_the_same_bytes_in_two_folders(self) -> None:
        made = []
        for folder, umask in (("first", 0o022), ("a second", 0o077)):
            tree = self.root.with_name(folder)
            self.root.rename(tree)
            self.root = tree
            shutil.rmtree(tree / "build", ignore_errors=True)
            shutil.rmtree(tree / "dist", ignore_errors=True)
            before = os.umask(umask)
            self.addCleanup(os.umask, before)
            self.be_built()
            for words in ((), ("deb",), ("tarball",)):
                done = self.run_it(*words)
                self.assertEqual(done.returncode, 0, done.stderr)
            made.append({path.name: path.read_bytes() for path in tree.glob("dist/*")})
        self.assertEqual(len(made[0]), 6)
        self.assertEqual(made[0], made[1])

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
        self.assertIn("uncommitted changes: cmake/App.cmake, stray.txt", warning)

    def test_help_names_every_command(self) -> None:
        done = self.run_it("help")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for command in (
            *(
                "deb",
                "tarball",
                "build",
                "demo",
                "unit [NAME | OPTION...]",
                "test",
                "test --long",
                "check",
            ),
            *("check --all", "reproduce", "bench", "bench --smoke", "help"),
        ):
            self.assertRegex(done.stdout, rf"(?m)^  {re.escape(command)}(  |$)")

    def test_wrong_commands(self) -> None:
        usage = self.run_it("help").stdout
        for words in (
            *(("tests",), ("unittest",), ("build", "all"), ("check", "all"), ("check", "--al")),
            *(("test", "--all"), ("deb", "tarball"), ("--help",)),
        ):
            done = self.run_it(*words)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (2, "", usage), words)

    def test_build_and_demo_leave_the_tests_out(self) -> None:
        self.recorded("cmake", CMAKE)
        self.recorded("python3")
        for command, what, targets in (
            ("build", "the program and its shell files", "cloudhijack shell_texts"),
            ("demo", "the program", "cloudhijack"),
        ):
            (self.root.parent / "calls").unlink(missing_ok=True)
            done = self.run_it(command)
            self.assertEqual(done.returncode, 0, done.stderr)
            built = [call for call in self.calls("cmake") if call.startswith("--build")]
            self.assertEqual(built, [f"--build --preset release --target {targets}"])
            stage = f"package.sh: building {what}"
            self.assertRegex(done.stdout, rf"(?m)^{stage} \.\.\.\n{stage}: \d+ s$")
        self.assertIn(
            "-B tests/e2e/demo.py build/release/cloudhijack build/demo", self.calls("python3")
        )

    def test_a_failed_build_shows_the_compilers_words(self) -> None:
        steps = "".join(f"echo '[{step}/100] Building {step}.o'\n" for step in range(1, 51))
        words = ["FAILED: 51.o", "g++ 51.cpp", "51.cpp:1: error: [x/y] is odd", "    1 | odd"]
        failure = "".join(f"echo '{word}'\n" for word in words)
        self.tool("cmake", f"[ $1 = --build ] || exit 0\n{steps}{failure}exit 1")
        done = self.run_it("build")
        self.assertEqual(done.returncode, 1)
        shown = [line for line in done.stdout.splitlines() if not line.startswith("package.sh: ")]
        tenth = [f"[{step}/100] Building {step}.o" for step in range(10, 51, 10)]
        self.assertEqual(shown, [*tenth, *words])
        self.assertEqual(done.stderr, "package.sh: cannot build cloudhijack shell_texts\n")

    def test_unit_passes_a_name_or_options_to_doctest(self) -> None:
        self.recorded("cmake", CMAKE)
        for words, passed in (
            ((), ""),
            (("time",), "--test-case=*time*"),
            (("a", "time"), "--test-case=*a time*"),
            (("--source-file=*time_test*", "--success"), "--source-file=*time_test* --success"),
        ):
            done = self.run_it("unit", *words)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(done.stdout.splitlines()[-1], f"ran: {passed}".strip())
        # Neither a package nor a program.
        self.assertEqual(list(self.root.glob("dist")), [])
        built = {call for call in self.calls("cmake") if call.startswith("--build")}
        self.assertEqual(built, {"--build --preset dev --target cloudhijack_tests"})

    def test_test_leaves_the_long_tests_to_its_option(self) -> None:
        self.be_built()
        self.recorded("ctest")
        self.assertEqual(self.run_it("test").returncode, 0)
        self.assertEqual(self.run_it("test", "--long").returncode, 0)
        self.assertEqual(
            self.calls("ctest"), ["--preset release --label-exclude long", "--preset release"]
        )

    def test_check_and_what_all_adds(self) -> None:
        self.be_built()
        find = shutil.which("find")
        self.tool("find", f'[ "$1" = bin_src ] || exec {find} "$@"')
        for name in ("clang-format-19", "man", "mandoc", "npm", "run-clang-tidy-19", "shellcheck"):
            self.tool(name, "exit 0")
        self.recorded("ctest")
        self.recorded("python3", PYTHON)
        (self.root / "tests/package").mkdir(parents=True)
        (self.root / "tests/bench").mkdir()
        (self.root / "tests/bench/requirements.txt").touch()

        done = self.run_it("check")
        self.assertEqual(done.returncode, 0, done.stderr)
        long, emulated, sanitized = self.calls("ctest")
        self.assertEqual(long, "--preset release --label-regex long")
        self.assertIn("test_(conversation|vectors)$", emulated)
        self.assertEqual(sanitized, "--preset sanitize --exclude-regex ^e2e[.]")
        scripts = self.calls("python3")
        inspect = "tests/package/appinspect_check.py dist/cloudhijack-0.1.0.spl"
        self.assertIn(f"{inspect} cloud private_app", scripts)
        shell_packages = "-B -m unittest -v shell_packages_test"
        self.assertIn(shell_packages, scripts)
        self.assertFalse([call for call in scripts if "bench.py" in call or "image_test" in call])
        for script in ("tests/package/python_check", "tests/layout/links_check"):
            self.assertTrue([call for call in scripts if call.endswith(f"{script}.py")], script)
        for script in (
            *("tests/layout/language_check.py", "tests/package/spl_check.py"),
            *(
                "tests/package/conf_check.py build/release/cloudhijack",
                "tests/package/sdk_check.py",
                "tests/faults/faults_run.py",
                "tests/cost/cost_check.py",
            ),
        ):
            self.assertIn(f"-B {script}", scripts)
        # So ctest's summary is the last that is printed.
        self.assertEqual(done.stdout.splitlines()[-1], "package.sh: testing under sanitizers ...")

        (self.root.parent / "calls").unlink()
        with_threads = self.root / "build/sanitize-threads/tests/cloudhijack_tests"
        with_threads.parent.mkdir(parents=True)
        with_threads.write_text("#!/bin/sh\nexit 0\n")
        with_threads.chmod(0o755)
        done = self.run_it("check", "--all")
        self.assertEqual(done.returncode, 0, done.stderr)
        long, emulated, threads, sanitized = self.calls("ctest")
        self.assertEqual(long, "--preset release --label-regex long")
        self.assertIn("test_(comparison|conversation|day|", emulated)
        self.assertIn("--preset sanitize-threads --tests-regex", threads)
        self.assertEqual(sanitized, "--preset sanitize")
        scripts = self.calls("python3")
        self.assertIn(inspect, scripts)
        self.assertIn(shell_packages, scripts)
        self.assertIn("-B -m unittest -v image_test", scripts)
        self.assertTrue([call for call in scripts if "bench.py" in call and "--smoke" in call])
        self.assertIn("-B tests/faults/faults_run.py --long", scripts)
        kernel = [call for call in scripts if "tests/sandbox/kernel_check.py build/" in call]
        self.assertEqual(bool(kernel), platform.machine() == "x86_64")
        soak = "-B tests/soak/soak.py build/{}/cloudhijack"
        self.assertIn(soak.format("release"), scripts)
        self.assertIn(soak.format("sanitize") + " --events 1000000 --sanitized", scripts)


if __name__ == "__main__":
    unittest.main()
