"""The completions and the man page that the build writes beside the program."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from program_under_test import build_folder
from shell_run import run_program, run_scan
from shipped_catalogue import CATALOGUE, read_stanzas
from typed_shell import TypedShell

BUILD = build_folder()
SHELL_FILES = BUILD / "shell"

PROGRAM_HELP = run_program("--help").stdout
SCAN_HELP = run_scan("--help").stdout
MERGE_HELP = run_program("merge", "--help").stdout
VERBS = set(re.findall(r"(?m)^  cloudhijack ([\w-]+)", PROGRAM_HELP))


def options_in(text: str) -> dict[str, bool]:
    """The name of each option in a help text, and whether it has a value."""
    found = re.findall(r"(?m)^  (?:-\w \[ )?(--[\w-]+)(?: \])?( [A-Z])?", text)
    return {name: bool(arg) for name, arg in found}


OPTIONS = options_in(SCAN_HELP)
MERGE_OPTIONS = options_in(MERGE_HELP)
CHECK_CONFIG_HELP = run_program("check-config", "--help").stdout
CHECK_CONFIG_OPTIONS = {"--help", *re.findall(r"--[\w-]+", CHECK_CONFIG_HELP)}
EVIDENCE = {
    name.removeprefix("evidence:")
    for name in read_stanzas(CATALOGUE.read_text())
    if name.startswith("evidence:")
}
TAKE_A_FILE = {"--output", "--config", "--settings", "--baseline", "--allowlist", "--networks"}
TAKE_A_FILE |= {"--geoip"}


def values_that_the_program_names(option: str) -> set[str]:
    """Those of an option that takes one of a few words, as the error about another one has them."""
    messages = run_scan(option, "nonsense", "-").stderr
    match = re.search(rf"{option}: invalid value .*; it accepts (.*); see", messages)
    assert match is not None, messages
    return set(re.split(", | or ", match[1]))


class HelpTest(unittest.TestCase):
    def test_the_options_that_the_other_tests_use_are_in_the_help(self) -> None:
        self.assertEqual(VERBS, {"scan", "merge", "check-config", "--version", "--help"})
        self.assertGreater(len(OPTIONS), 15)
        flags = {name for name, takes in OPTIONS.items() if not takes}
        self.assertEqual(flags, {"--help", "--raw-csv", "--fail-on-findings", "--partial"})
        self.assertEqual(CHECK_CONFIG_OPTIONS, {"--help", "--terms", "--settings"})

    def test_merge_has_the_options_of_scan_that_act_on_the_answer(self) -> None:
        self.assertEqual(
            set(OPTIONS) - set(MERGE_OPTIONS), {"--span", "--threads", "--from", "--to"}
        )
        self.assertEqual(set(MERGE_OPTIONS) - set(OPTIONS), {"--allow-overlap"})


class CompletionTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        for name in ("a trail.json", "usual.csv", "--odd"):
            (self.folder / name).touch()
        (self.folder / "AWSLogs").mkdir()


class BashTest(CompletionTest):
    FILE = SHELL_FILES / "cloudhijack.bash"

    def complete(self, *words: str) -> list[str]:
        """What is offered for the last of the words after the program's name, split as by bash."""
        script = (
            'source "$1" && shift && COMP_WORDS=("$@") && COMP_CWORD=$(($# - 1)) && '
            '_cloudhijack && ((${#COMPREPLY[@]} == 0)) || printf "%s\\n" "${COMPREPLY[@]}"'
        )
        done = subprocess.run(
            ["bash", "--norc", "-c", script, "bash", self.FILE, "cloudhijack", *words],
            cwd=self.folder,
            text=True,
            capture_output=True,
        )
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout.splitlines()

    def check(self, words: tuple[str, ...], offered: set[str]) -> None:
        with self.subTest(words):
            self.assertEqual(sorted(self.complete(*words)), sorted(offered))

    def test_first_arguments(self) -> None:
        self.check(("",), VERBS)
        self.check(("sc",), {"scan"})
        self.check(("--v",), {"--version"})
        self.check(("--version", ""), set())

    def test_every_option(self) -> None:
        self.check(("scan", "--"), set(OPTIONS))
        self.check(("scan", "-"), {"-h", "-o", *OPTIONS})
        self.check(("scan", "AWSLogs", "--fail"), {"--fail-on-findings"})
        self.check(("merge", "--"), set(MERGE_OPTIONS))
        self.check(("check-config", "-"), CHECK_CONFIG_OPTIONS)

    def test_values_of_an_option(self) -> None:
        for option in ("--mode", "--format"):
            words = values_that_the_program_names(option)
            self.assertGreater(len(words), 2)
            self.check(("scan", option, ""), words)
            self.check(("scan", option, "="), words)
            self.check(("merge", option, ""), words)
        self.check(("scan", "--mode", "hu"), {"hunt"})
        self.check(("scan", "--mode", "=", "hu"), {"hunt"})
        self.check(("scan", "--mode", "x"), set())

    def test_evidence_separated_by_commas(self) -> None:
        self.check(("scan", "--disabled-evidence", ""), EVIDENCE)
        self.check(("scan", "--disabled-evidence", "burst,many"), {"burst,many_ips"})
        self.check(("scan", "--disabled-evidence", "=", "a,b,ev"), {"a,b,evade"})

    def test_files(self) -> None:
        names = {"a trail.json", "usual.csv", "--odd", "AWSLogs"}
        self.check(("scan", ""), names)
        self.check(("scan", "a"), {"a trail.json"})
        self.check(("scan", "usual.csv", "AWS"), {"AWSLogs"})
        self.check(("scan", "--", "--"), {"--odd"})
        self.check(("merge", "us"), {"usual.csv"})
        self.check(("merge", "-o", "us"), {"usual.csv"})
        self.check(("merge", "--baseline", "us"), {"usual.csv"})
        self.check(("check-config", "us"), {"usual.csv"})
        self.check(("check-config", "--settings", "us"), {"usual.csv"})
        for option, takes_value in OPTIONS.items():
            has_files = not takes_value or option in TAKE_A_FILE
            with self.subTest(option):
                self.assertEqual("usual.csv" in self.complete("scan", option, ""), has_files)

    def test_typed(self) -> None:
        environment = {"PATH": f"{BUILD}:{os.environ['PATH']}"}
        show = r"""bind -x '"\C-g": printf "<%s>\n" "$READLINE_LINE"; READLINE_LINE='"""
        setup = f"cd '{self.folder}' && source '{self.FILE}' && {show}"
        with TypedShell(["bash", "--norc", "--noprofile", "-i"], environment, setup) as shell:
            for typed, becomes in (
                ("sc", "scan "),
                ("scan --mode=hu", "scan --mode=hunt "),
                ("scan --disabled-evidence burst,many", "scan --disabled-evidence burst,many_ips"),
                ("scan AWS", "scan AWSLogs/"),
                ("scan --baseline a", r"scan --baseline a\ trail.json "),
            ):
                shell.type(f"cloudhijack {typed}\t")
                self.assertEqual(shell.taken_line(), f"cloudhijack {becomes}")


class ZshTest(CompletionTest):
    def setUp(self) -> None:
        super().setUp()
        self.assertIsNotNone(shutil.which("zsh"), "zsh is not installed")

    def test_it_is_well_formed(self) -> None:
        done = subprocess.run(["zsh", "-n", SHELL_FILES / "_cloudhijack"], capture_output=True)
        self.assertEqual((done.returncode, done.stderr), (0, b""))

    def test_typed(self) -> None:
        environment = {"PATH": f"{BUILD}:{os.environ['PATH']}", "HOME": str(self.folder)}
        show = "show() { print -r -- \"<$BUFFER>\"; BUFFER= } && zle -N show && bindkey '^G' show"
        load = f"fpath=('{SHELL_FILES}' $fpath) && autoload -Uz compinit && compinit -u -D"
        setup = f"cd '{self.folder}' && {load} && {show}"
        with TypedShell(["zsh", "-f", "-i"], environment, setup) as shell:
            for typed, becomes in (
                ("--v", "--version "),
                ("scan --mode=hu", "scan --mode=hunt "),
                # zsh removes the comma if no other id follows
                ("scan --disabled-evidence burst,many", "scan --disabled-evidence burst,many_ips,"),
                ("scan usual.csv AWS", "scan usual.csv AWSLogs/"),
                ("scan -- --o", "scan -- --odd "),
                ("scan -o us", "scan -o usual.csv "),
                ("merge --allow-o", "merge --allow-overlap "),
                ("merge usual.csv AWS", "merge usual.csv AWSLogs/"),
                *((f"scan {option} us", f"scan {option} usual.csv ") for option in TAKE_A_FILE),
            ):
                shell.type(f"cloudhijack {typed}\t")
                self.assertEqual(shell.taken_line(), f"cloudhijack {becomes}")
            for typed, offered in (
                ("", {"scan", "merge", "check-config"}),
                ("scan --", OPTIONS),
                ("merge --", MERGE_OPTIONS),
                ("check-config --", CHECK_CONFIG_OPTIONS),
                ("scan --mode ", values_that_the_program_names("--mode")),
                ("scan --format=", values_that_the_program_names("--format")),
                ("scan --disabled-evidence ", EVIDENCE),
            ):
                shell.type(f"cloudhijack {typed}\t")
                for text in offered:
                    shell.wait_for(rf"(?<![\w-]){re.escape(text)}(?![\w-])")
                shell.taken_line()


class ManPageTest(unittest.TestCase):
    def test_it_describes_every_option_and_verb(self) -> None:
        text = (SHELL_FILES / "cloudhijack.1").read_text().replace("\\-", "-")
        tags = re.findall(r"(?m)^\.TP\n(?:\\fB-\w\\fR, )?\\fB(--[\w-]+)\\fR( .+)?$", text)
        self.assertEqual({name: bool(value) for name, value in tags}, OPTIONS | MERGE_OPTIONS)
        of_scan = re.search(r"act while records are counted \(([^)]*)\)", text.replace("\n", " "))
        self.assertIsNotNone(of_scan)
        self.assertEqual(
            set(re.findall(r"--[\w-]+", of_scan[1] if of_scan else "")),
            set(OPTIONS) - set(MERGE_OPTIONS),
        )
        synopsis = text.partition(".SH SYNOPSIS")[2].partition(".SH")[0]
        for verb in VERBS | CHECK_CONFIG_OPTIONS:
            self.assertRegex(synopsis, rf"(?<![\w-]){verb}(?![\w-])")
        for word in values_that_the_program_names("--mode"):
            self.assertIn(f"\\fB{word}\\fR", text)

    def test_no_placeholder_is_left(self) -> None:
        for path in SHELL_FILES.iterdir():
            self.assertNotRegex(path.read_text(), r"@\w+@", path.name)


class InstallTest(unittest.TestCase):
    def install(self, *arguments: str) -> set[str]:
        """The files that `cmake --install` writes below a prefix."""
        with tempfile.TemporaryDirectory() as prefix:
            command = ["cmake", "--install", str(BUILD), "--prefix", prefix, *arguments]
            done = subprocess.run(command, text=True, capture_output=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            files = [path for path in Path(prefix).rglob("*") if path.is_file()]
            self.assertTrue(os.access(Path(prefix) / "bin/cloudhijack", os.X_OK))
            return {str(path.relative_to(prefix)) for path in files}

    def test_each_file_is_installed_where_it_is_looked_for(self) -> None:
        expected = {
            "bin/cloudhijack",
            "share/bash-completion/completions/cloudhijack",
            "share/zsh/site-functions/_cloudhijack",
            "share/man/man1/cloudhijack.1",
        }
        self.assertEqual(self.install("--component", "shell"), expected)
        self.assertEqual(
            self.install(), expected, "the Splunk app must not be installed below a prefix"
        )


if __name__ == "__main__":
    unittest.main()
