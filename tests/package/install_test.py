"""The package conforms to Splunk's rules, and the app installed from it answers a search."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import struct
import subprocess
import tarfile
import tempfile
import unittest
from pathlib import Path, PurePath

from installed_app import APP, PACKAGE, ROOT, find_command, install, read_conf, read_stanza

# installed_app makes the modules of tests/e2e importable.
from chunk_body import write_body  # isort: skip
from splunkd import Session, execute, getinfo, run_search

ELF_MACHINES = {62: "x86_64", 183: "aarch64"}
PT_INTERP = 3  # a segment that names the loader of shared libraries


def segments(program: bytes) -> list[int]:
    """The types of the segments of a 64-bit program."""
    (begin,) = struct.unpack_from("<Q", program, 32)
    size, count = struct.unpack_from("<HH", program, 54)
    return [struct.unpack_from("<I", program, begin + i * size)[0] for i in range(count)]


def members() -> list[tarfile.TarInfo]:
    with tarfile.open(PACKAGE) as package:
        return package.getmembers()


class PackageTest(unittest.TestCase):
    """Tests of the archive itself."""

    def test_it_contains_one_folder_of_plain_files(self) -> None:
        for member in members():
            with self.subTest(member.name):
                parts = member.name.split("/")
                self.assertEqual(parts[0], APP)
                self.assertTrue(member.isfile() or member.isdir(), "a link or a device")
                self.assertFalse([part for part in parts if part.startswith(".")])
                # Administrators and searches write to these folders, so an upgrade would overwrite
                # their files. They do not write to the demo.
                self.assertNotEqual(parts[1:2], ["local"])
                if parts[1:2] == ["lookups"]:
                    self.assertIn(parts[2:], ([], ["cloudhijack_demo.csv"]))
                self.assertNotEqual(parts[1:], ["metadata", "local.meta"])

    def test_only_files_below_bin_are_executable(self) -> None:
        for member in members():
            with self.subTest(member.name):
                program = PurePath(member.name).is_relative_to(f"{APP}/bin")
                self.assertEqual(member.mode, 0o755 if member.isdir() or program else 0o644)

    def test_it_does_not_show_who_packed_it_or_when(self) -> None:
        self.assertEqual({(member.uid, member.gid) for member in members()}, {(0, 0)})
        self.assertEqual(len({member.mtime for member in members()}), 1)
        self.assertEqual(PACKAGE.read_bytes()[3:8], bytes(5), "gzip's name and time")

    def test_the_same_input_gives_the_same_bytes(self) -> None:
        made = set()
        for umask, zone, language in (("022", "UTC", "C"), ("077", "Asia/Kathmandu", "C.UTF-8")):
            command = ["bash", "-c", f"umask {umask} && exec ./package.sh"]
            environment = {**os.environ, "TZ": zone, "LC_ALL": language}
            done = subprocess.run(
                command, cwd=ROOT, env=environment, capture_output=True, text=True
            )
            self.assertEqual(done.returncode, 0, done.stderr)
            made.add(PACKAGE.read_bytes())
        self.assertEqual(len(made), 1)

    def test_its_digest_is_beside_it(self) -> None:
        digest = hashlib.sha256(PACKAGE.read_bytes()).hexdigest()
        sums = PACKAGE.with_name("SHA256SUMS").read_text()
        self.assertIn(f"{digest}  {PACKAGE.name}\n", sums.splitlines(keepends=True))


class InstalledAppTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.app = install(Path(folder.name) / "etc/apps")
        self.command = find_command(self.app, "cloudhijack")

    def conf(self, name: str) -> dict[str, dict[str, str]]:
        return read_conf((self.app / "default" / name).read_text())


class AppTest(InstalledAppTest):
    """Tests of the app's folder after the installation."""

    def test_the_version_is_the_same_everywhere(self) -> None:
        project = re.search(r"VERSION (\d+\.\d+\.\d+) ", (ROOT / "CMakeLists.txt").read_text())
        assert project is not None
        version = project[1]
        app_conf = self.conf("app.conf")
        manifest = json.loads((self.app / "app.manifest").read_text())
        done = subprocess.run([self.command, "--version"], text=True, capture_output=True)
        self.assertEqual(app_conf["id"]["version"], version)
        self.assertEqual(app_conf["launcher"]["version"], version)
        self.assertEqual(manifest["info"]["id"]["version"], version)
        self.assertEqual(done.stdout, f"cloudhijack {version}\n")
        self.assertEqual(PACKAGE.name, f"cloudhijack-{version}.spl")
        changelog = (self.app / "CHANGELOG.md").read_text()
        newest = re.search(r"^## (.*)\n", changelog, re.MULTILINE)
        assert newest is not None
        self.assertRegex(newest[1], rf"^\[(Unreleased\]|{version}\] - \d{{4}}-\d\d-\d\d)$")

    def test_its_changelog_is_well_formed(self) -> None:
        text = (self.app / "CHANGELOG.md").read_text()
        self.assertTrue(text.startswith("# Changelog\n"))
        versions = re.findall(r"(?m)^## (.*)$", text)
        for heading in versions:
            self.assertRegex(heading, r"^\[(Unreleased\]|\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d)$")
        self.assertEqual(len(set(versions)), len(versions))
        kinds = set(re.findall(r"(?m)^### (.*)$", text))
        self.assertLessEqual(
            kinds, {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
        )
        self.assertTrue(kinds)

    def test_its_name_is_the_same_everywhere(self) -> None:
        app_conf = self.conf("app.conf")
        manifest = json.loads((self.app / "app.manifest").read_text())
        self.assertEqual(app_conf["package"]["id"], APP)
        self.assertEqual(app_conf["id"]["name"], APP)
        self.assertEqual(manifest["info"]["id"]["name"], APP)

    def test_its_conf_files_are_well_formed(self) -> None:
        for path in [*self.app.glob("default/*.conf"), *self.app.glob("metadata/*.meta")]:
            with self.subTest(path.name):
                text = path.read_text()
                read_conf(text.replace("[]", "[global]"))
                self.assertNotRegex(text, r"\\[ \t]+\n", "a blank after a backslash")
                self.assertNotRegex(text, r"@\w+@", "an unfilled placeholder")

    def test_only_administrators_may_change_it(self) -> None:
        meta = (self.app / "metadata/default.meta").read_text()
        (access,) = re.findall(r"^access = (.*)$", meta, re.MULTILINE)
        self.assertEqual(access, "read : [ * ], write : [ admin, sc_admin, sc_subadmin ]")

    def test_its_icons_have_splunks_sizes(self) -> None:
        icons = {}
        for path in (self.app / "static").iterdir():
            icons[path.name] = struct.unpack(">II", path.read_bytes()[16:24])
        small, large = (36, 36), (72, 72)
        self.assertEqual(
            icons,
            {
                "appIcon.png": small,
                "appIcon_2x.png": large,
                "appIconAlt.png": small,
                "appIconAlt_2x.png": large,
            },
        )

    def test_it_contains_the_spec_of_its_own_conf_file(self) -> None:
        for name in ("cloudhijack.conf.spec", "cloudhijack.conf.example"):
            self.assertIn("[defaults]", (self.app / "README" / name).read_text())

    def test_its_programs_are_stripped_and_in_folders_by_machine(self) -> None:
        programs = list(self.app.glob("bin/*/*"))
        machines = sorted(path.parent.name for path in programs)
        self.assertEqual(machines, ["linux_aarch64", "linux_x86_64"])
        for path in programs:
            with self.subTest(path):
                program = path.read_bytes()
                (machine,) = struct.unpack_from("<H", program, 18)
                self.assertEqual(path.parent.name, f"linux_{ELF_MACHINES[machine]}")
                self.assertEqual(path.name, "cloudhijack", "a dot or the dispatcher's name")
                self.assertNotIn(b"\0.symtab\0", program)
                self.assertNotIn(PT_INTERP, segments(program), "it needs shared libraries")

    def test_it_contains_the_licences_of_the_linked_libraries(self) -> None:
        phrases = {
            "boost": "Boost Software License - Version 1.0",
            "libc6-dev": "GNU Lesser General Public",
            "libre2-dev": "The RE2 Authors",
            "libstdc++": "GCC RUNTIME LIBRARY EXCEPTION",
            "nlohmann-json3-dev": "Niels Lohmann",
            "simdjson": "Apache License",
        }
        for name, phrase in phrases.items():
            with self.subTest(name):
                (path,) = self.app.glob(f"licenses/{name}*.txt")
                self.assertIn(phrase, path.read_text())


class SearchTest(InstalledAppTest):
    """Tests of how Splunk uses the installed app."""

    def test_a_search_finds_a_user_that_sends_too_much_mail(self) -> None:
        self.assertEqual(self.command, self.app / "bin/cloudhijack.sh")
        record = {
            "eventSource": "ses.amazonaws.com",
            "eventName": "SendEmail",
            "awsRegion": "eu-central-1",
            "sourceIPAddress": "2001:db8::1",
            "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mailer"},
        }
        row = {"_time": b"1772532000", "_raw": json.dumps(record).encode()}
        answer = run_search([str(self.command)], chunks=[write_body([row] * 60)] * 2)
        self.assertIsNone(answer.error)
        self.assertEqual(len(answer.rows), 1)
        found = answer.rows[0]
        self.assertEqual(found["ServiceAbused"], "AWS SES")
        self.assertEqual(found["EventCount"], "120")
        self.assertEqual(found["CallerARN"], "arn:aws:iam::111122223333:user/mailer")

    def test_it_does_not_depend_on_its_environment(self) -> None:
        with Session([str(self.command)], env={"PATH": "/usr/bin:/bin"}, cwd="/") as session:
            session.request(getinfo())
            self.assertTrue(session.request(execute(finished=True)).finished)
            session.end().check()

    def test_previews_are_off(self) -> None:
        settings = read_stanza(self.app, "commands.conf", "cloudhijack")
        self.assertEqual(settings["run_in_preview"], "false")

    def test_the_search_bar_knows_the_options_of_the_program(self) -> None:
        complaint = run_search([str(self.command)], ["nonsense=1"]).error or ""
        known = complaint.rpartition("the options are ")[2].split(", ")
        option = self.conf("searchbnf.conf")["cloudhijack-option"]
        self.assertEqual(sorted(re.findall(r"(\w+)=", option["syntax"])), sorted(known))
        for name in known:
            self.assertIn(name, option["description"])

    def test_the_search_bars_examples_work(self) -> None:
        help_text = self.conf("searchbnf.conf")["cloudhijack-command"]
        examples = [text for key, text in help_text.items() if key.startswith("example")]
        self.assertEqual(len(examples), 7)
        for example in examples:
            with self.subTest(example):
                source, _, command = example.partition(" | cloudhijack")
                macro = source.split("`")[1]
                self.assertIn(macro, self.conf("macros.conf"))
                args, _, rest = command.partition(" | ")
                self.assertIsNone(run_search([str(self.command)], shlex.split(args)).error)
                for lookup in re.findall(r"outputlookup .*?(\w+)$", rest):
                    self.assertIn(lookup, self.conf("transforms.conf"))


if __name__ == "__main__":
    unittest.main()
