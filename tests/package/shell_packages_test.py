"""The Debian packages and the tarballs: lintian accepts them, and what is installed from them
works, and leaves nothing when it is removed."""

from __future__ import annotations

import json
import os
import re
import shutil
import tarfile
import tempfile
import unittest
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pinned_tool import install
from shell_packages import (
    ARCHITECTURES,
    DIST,
    DOCS,
    MACHINE,
    OTHER,
    ROOT,
    VERSION,
    deb,
    laid_out,
    run,
    tarball,
    unpack,
    write_logs,
)

# Prints the paragraphs of a copyright file as python-debian reads them.
READ_COPYRIGHT = """
import json, sys
from debian.copyright import Copyright
with open(sys.argv[1], encoding="utf-8") as text:
    file = Copyright(text, strict=True)
print(json.dumps({
    "files": [[list(p.files), p.copyright, p.license.synopsis]
              for p in file.all_files_paragraphs()],
    "licences": {p.license.synopsis: p.license.text for p in file.all_license_paragraphs()},
}))
"""


class PrefixTest(unittest.TestCase):
    """Tests of the program and its files below a prefix, such as /usr."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def check_prefix(self, prefix: Path, zsh: str) -> None:
        """The program runs, and man, bash and zsh find its files."""
        program = prefix / "bin/cloudhijack"
        self.assertEqual(run(program, "--version"), f"cloudhijack {VERSION}\n")
        write_logs(self.folder / "logs")
        words = ("scan", "--format", "csv", self.folder / "logs")
        found = run(program, *words)
        self.assertGreater(len(found.splitlines()), 3)
        self.assertEqual(found, run(ROOT / "build/release/cloudhijack", *words))
        # The example is a whole catalogue: it gives the same answer.
        example = prefix / DOCS / "default/cloudhijack.conf"
        self.assertEqual(found, run(program, *words, "--config", example))

        page = run("man", "--manpath", prefix / "share/man", "cloudhijack")
        self.assertIn("cloudhijack scan", page)
        loaded = run(
            *("bash", "--norc", "-c", 'source "$1" && complete -p cloudhijack', "bash"),
            prefix / "share/bash-completion/completions/cloudhijack",
        )
        self.assertIn("-F _cloudhijack", loaded)
        script = "fpath=($1 $fpath) && autoload -Uz compinit && compinit -u -D && "
        script += "print $_comps[cloudhijack]"
        self.assertEqual(
            run("zsh", "-f", "-c", script, "zsh", prefix / "share/zsh" / zsh), "_cloudhijack\n"
        )


class DebTest(PrefixTest):
    @contextmanager
    def installed(self, machine: str) -> Iterator[Path]:
        """The root of a system on which the package is installed, and then removed."""
        root = self.folder / "root"
        for name in ("info", "updates"):
            (root / "var/lib/dpkg" / name).mkdir(parents=True)
        (root / "var/lib/dpkg/status").touch()
        force = "--force-not-root,bad-path,architecture"
        dpkg = ("dpkg", f"--root={root}", f"--log={self.folder}/log", force)
        run(*dpkg, "--install", deb(machine))
        try:
            yield root
        finally:
            run(*dpkg, "--purge", "cloudhijack")
        self.assertEqual({path.name for path in root.iterdir()}, {"var"})

    def test_lintian_accepts_it(self) -> None:
        for machine in ARCHITECTURES:
            with self.subTest(machine):
                words = ("lintian", "--allow-root", "--fail-on", "error,warning", deb(machine))
                self.assertEqual(run(*words), "")

    def test_each_exception_from_lintian_has_a_reason(self) -> None:
        with self.installed(MACHINE) as root:
            text = (root / "usr/share/lintian/overrides/cloudhijack").read_text()
        lines = text.splitlines()
        self.assertTrue(lines)
        self.assertEqual(
            [line.startswith("# ") for line in lines], [True, False] * (len(lines) // 2)
        )

    def test_what_it_installs(self) -> None:
        with self.installed(MACHINE) as root:
            usr = root / "usr"
            self.check_prefix(usr, "vendor-completions")
            example = usr / DOCS / "examples/cloudhijack.conf"
            self.assertEqual(example.read_bytes(), (ROOT / "default/cloudhijack.conf").read_bytes())
            self.assertIn("Apache License", (usr / DOCS / "LICENSE").read_text())
            self.assertIn(f"({VERSION})", run("zcat", usr / DOCS / "changelog.gz"))
            bill = json.loads((usr / DOCS / "bom.cdx.json").read_text())
            self.assertEqual(bill["metadata"]["component"]["version"], VERSION)

    def test_the_other_architecture(self) -> None:
        with self.installed(OTHER) as root:
            version = run(f"qemu-{OTHER}-static", root / "usr/bin/cloudhijack", "--version")
        self.assertEqual(version, f"cloudhijack {VERSION}\n")

    def test_its_copyright_file_has_the_licences_of_all_libraries(self) -> None:
        environment = ROOT / "build/deb/venv"
        python = install(environment, Path(__file__).with_name("deb-requirements.txt")) / "python"
        with self.installed(MACHINE) as root:
            text = root / "usr" / DOCS / "copyright"
            read = json.loads(run(python, "-c", READ_COPYRIGHT, text))
            bill = json.loads((root / "usr" / DOCS / "bom.cdx.json").read_text())
        everything, program = read["files"]
        self.assertEqual(everything, [["*"], "The cloudhijack authors", "Apache-2.0"])
        self.assertEqual(program[0], ["usr/bin/cloudhijack"])
        licences = {path.stem: path for path in (laid_out(MACHINE) / DOCS / "licenses").iterdir()}
        names = {"Apache-2.0", *licences}
        self.assertEqual(set(program[2].split(" and ")), names)
        self.assertEqual(set(read["licences"]), names)
        for name, path in licences.items():
            if name != "simdjson":  # a summary, as Debian has the text of Apache-2.0
                expected = re.sub(r"\s+", " ", path.read_text()).strip()
                found = re.sub(r"\s+", " ", read["licences"][name]).strip()
                self.assertEqual(found.replace(" . ", " "), expected.replace(" . ", " "), name)
        # The licences are those of the libraries that were linked.
        for component in bill["components"]:
            if component["type"] == "library" and not component["name"].startswith("libgcc-"):
                name = "boost" if "boost" in component["name"] else component["name"]
                self.assertIn(name, licences)

    def test_the_same_contents_give_the_same_bytes(self) -> None:
        copied = self.folder / "a folder"
        shutil.copytree(laid_out(MACHINE), copied, copy_function=shutil.copyfile)
        (copied / "bin/cloudhijack").chmod(0o700)
        run(
            *("bash", "-c", 'umask 077 && exec "$0" "$@"', ROOT / "cmake/deb.sh"),
            *(copied, ARCHITECTURES[MACHINE], VERSION, self.folder),
            env={**os.environ, "SOURCE_DATE_EPOCH": "1767225600", "TZ": "Asia/Kathmandu"},
        )
        made = self.folder / deb(MACHINE).name
        self.assertEqual(made.read_bytes(), deb(MACHINE).read_bytes())


class TarballTest(PrefixTest):
    def test_what_it_contains(self) -> None:
        for machine in ARCHITECTURES:
            with tarfile.open(tarball(machine)) as archive:
                members = archive.getmembers()
            for member in members:
                with self.subTest(member.name):
                    parts = member.name.split("/")
                    self.assertEqual(parts[0], f"cloudhijack-{VERSION}-linux-{machine}")
                    self.assertTrue(member.isfile() or member.isdir(), "a link or a device")
                    program = member.isdir() or parts[1:] == ["bin", "cloudhijack"]
                    self.assertEqual(member.mode, 0o755 if program else 0o644)
                    self.assertEqual((member.uid, member.gid, member.mtime), (0, 0, 1767225600))
            self.assertEqual(tarball(machine).read_bytes()[3:8], bytes(5), "gzip's name and time")

    def test_it_runs_where_it_was_unpacked(self) -> None:
        folder = self.folder / "unpacked"
        folder.mkdir()
        self.check_prefix(unpack(MACHINE, folder), "site-functions")

    def test_the_other_architecture(self) -> None:
        program = unpack(OTHER, self.folder) / "bin/cloudhijack"
        self.assertEqual(
            run(f"qemu-{OTHER}-static", program, "--version"), f"cloudhijack {VERSION}\n"
        )

    def test_each_program_is_the_one_in_the_app(self) -> None:
        with tarfile.open(DIST / f"cloudhijack-{VERSION}.spl") as app:
            for machine in ARCHITECTURES:
                ours = app.extractfile(f"cloudhijack/bin/linux_{machine}/cloudhijack")
                assert ours is not None
                self.assertEqual(ours.read(), (laid_out(machine) / "bin/cloudhijack").read_bytes())

    def test_the_digests_are_those_of_all_packages(self) -> None:
        checked = run("sha256sum", "--check", "SHA256SUMS", cwd=DIST)
        names = {line.removesuffix(": OK") for line in checked.splitlines()}
        packages = {deb(machine).name for machine in ARCHITECTURES}
        packages |= {tarball(machine).name for machine in ARCHITECTURES}
        self.assertLessEqual({f"cloudhijack-{VERSION}.spl", *packages}, names)
        self.assertEqual({path.name for path in DIST.glob("cloudhijack*")}, names)


if __name__ == "__main__":
    unittest.main()
