"""The command line: help, options, errors for misused options, and `check-config`."""

from __future__ import annotations

import re
import shlex
import tempfile
import unittest
from pathlib import Path

from call_records import call, lines
from program_under_test import program
from shell_run import Run, ndjson_rows, run_program, run_scan
from splunkd import run_search

OWN_SERVICE = """\
# Texts by a service that the catalogue does not know.
[service:translate]
label = AWS Translate
category = Machine translation resold
threshold = 2
source = translate
volume = TranslateText polly:SynthesizeSpeech(Engine=neural)
"""


class ShellTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, name: str, data: str) -> str:
        path = self.folder / name
        path.write_text(data)
        return str(path)

    def check_refused(self, run: Run, *words: str) -> None:
        self.assertEqual((run.exit_code, run.stdout), (2, ""), run.stderr)
        for word in words:
            self.assertIn(word, run.stderr)


class HelpTest(ShellTest):
    def test_help(self) -> None:
        for args in (("--help",), ("-h",)):
            run = run_program(*args)
            self.assertEqual((run.exit_code, run.stderr), (0, ""))
            for word in ("cloudhijack scan", "check-config", "--version", "Splunk"):
                self.assertIn(word, run.stdout)

    def test_version(self) -> None:
        run = run_program("--version")
        self.assertEqual((run.exit_code, run.stderr), (0, ""))
        self.assertRegex(run.stdout, r"\Acloudhijack \d+\.\d+\.\d+\n\Z")

    def test_help_of_scan(self) -> None:
        for args in (("--help",), ("-h",), ("nothing", "--help"), ("--span=1d", "-h")):
            run = run_scan(*args)
            self.assertEqual((run.exit_code, run.stderr), (0, ""))
            for word in ("PATH", "--format", "--fail-on-findings", "--config", "--threads"):
                self.assertIn(word, run.stdout)
            self.assertLessEqual(max(map(len, run.stdout.splitlines())), 100)

    def test_scan_has_each_option_of_the_search(self) -> None:
        complaint = run_search(program(), ["nonsense=1"]).error or ""
        options = complaint.rpartition("the options are ")[2].split(", ")
        text = run_scan("--help").stdout
        for option in set(options) - {"input", "distributed"}:  # these two only apply to a search
            self.assertRegex(text, rf"--{option.replace('_', '-')}\b")

    def test_the_examples_of_the_help_work(self) -> None:
        text = run_scan("--help").stdout
        examples = re.findall(r"^  .*?cloudhijack (scan .*)$", text.partition("Examples:")[2], re.M)
        self.assertGreaterEqual(len(examples), 3)
        for example in examples:
            args = shlex.split(example)
            for arg in args:
                if arg.endswith("/"):
                    (self.folder / arg).mkdir(exist_ok=True)
                    self.write(f"{arg}trail.json", lines(3).decode())
                elif arg.endswith(".csv"):
                    self.write(arg, run_scan("--mode=baseline", "-", stdin=lines(3)).stdout)
                elif "." in arg:
                    self.write(arg, lines(3).decode())
            run = run_program(*args, stdin=lines(3), cwd=self.folder)
            self.assertEqual(run.exit_code, 0, f"{example}: {run.stderr}")
            self.assertIn(" 3 records", run.stderr)

    def test_missing_or_unknown_verb(self) -> None:
        for verb in ("scna", "--nonsense", ""):
            self.check_refused(run_program(verb), f'"{verb}"', "cloudhijack --help")


class OptionTest(ShellTest):
    def setUp(self) -> None:
        super().setUp()
        self.path = self.write("trail", lines(4, "tmp").decode())

    def rows(self, *args: str) -> list[dict[str, object]]:
        run = run_scan("--format", "ndjson", *args, self.path)
        self.assertEqual(run.exit_code, 0, run.stderr)
        return ndjson_rows(run.stdout)

    def test_effects_of_options(self) -> None:
        self.assertEqual(self.rows(), [])
        self.assertEqual(len(self.rows("--ses-threshold", "3")), 1)
        self.assertEqual(self.rows("--ses-threshold", "4"), [])
        self.assertEqual(len(self.rows("--ses-threshold=0", "--span=1s")), 4)
        scored = ("--ses-threshold=3", "--min-score=2")
        self.assertEqual(self.rows(*scored, "--suspicious-names=^x"), [])
        self.assertEqual(len(self.rows(*scored, "--mode=volume")), 1)
        self.assertEqual(self.rows("--ses-threshold=3", "--min-score=3"), [])

    def test_options_may_follow_the_paths(self) -> None:
        run = run_scan(self.path, "--ses-threshold=0", "--format=ndjson")
        self.assertEqual(len(ndjson_rows(run.stdout)), 1)
        odd = self.write("--span=1h", lines(2).decode())
        args = ("--ses-threshold=0", "--format=ndjson", "--", Path(odd).name)
        run = run_scan(*args, cwd=self.folder)
        self.assertEqual(len(ndjson_rows(run.stdout)), 1)

    def test_unknown_options(self) -> None:
        for option in ("--nonsense", "--spa", "--ses_threshold", "--input", "-x", "--min_score=1"):
            run = run_scan(option, "1", self.path)
            self.check_refused(run, option.partition("=")[0], "see cloudhijack scan --help")

    def test_errors_name_options_in_the_form_of_the_command_line(self) -> None:
        for option, value, takes in (
            ("--span", "5x", "a whole number with s, m, h or d"),
            ("--min-score", "7", "a whole number from 0 to 6"),
            ("--ses-threshold", "-1", "a whole number"),
            ("--bedrock-threshold", "many", "a whole number"),
            ("--suspicious-names", "(", "a regular expression"),
            ("--mode", "volumes", "volume"),
            ("--format", "xml", "table, csv, ndjson or html"),
            ("--threads", "0", "a whole number from 1"),
            ("--threads", "2x", "a whole number from 1"),
            ("--threads", "1000000", "a whole number from 1"),
        ):
            with self.subTest(option=option, value=value):
                for args in ((option, value), (f"{option}={value}",)):
                    self.check_refused(run_scan(*args, self.path), option, takes, f'"{value}"')

    def test_missing_values_and_options_given_twice(self) -> None:
        for option in ("--span", "--format", "--threads", "--config", "--ses-threshold"):
            self.check_refused(run_scan(self.path, option), option)
        self.check_refused(run_scan("--span=1h", "--span=1h", self.path), "--span")

    def test_nothing_to_scan(self) -> None:
        self.check_refused(run_scan(), "a file, a folder or -")


class ConfigTest(ShellTest):
    def setUp(self) -> None:
        super().setUp()
        texts = [
            call("seller", i, eventSource="translate.amazonaws.com", eventName="TranslateText")
            for i in range(3)
        ]
        speech = {"eventSource": "polly.amazonaws.com", "eventName": "SynthesizeSpeech"}
        for engine in ("neural", "standard"):
            texts.append(call("seller", 9, **speech, requestParameters={"Engine": engine}))
        self.path = self.write("trail", b"\n".join(texts).decode())
        self.own = self.write("own.conf", OWN_SERVICE)

    def test_a_custom_service(self) -> None:
        self.assertEqual(run_scan("--format=ndjson", self.path).stdout, "")
        for args in (("--config", self.own), (f"--config={self.own}",)):
            [row] = ndjson_rows(run_scan("--format=ndjson", *args, self.path).stdout)
            shown = [row[name] for name in ("ServiceAbused", "AttackCategory", "CallerARN")]
            self.assertEqual(shown, ["AWS Translate", "Machine translation resold", "seller"])
            self.assertEqual(row["EventCount"], ("number", "4"))
            self.assertEqual(row["Threshold"], ("number", "2"))

    def test_a_custom_service_has_its_own_option(self) -> None:
        args = ("--config", self.own, "--format=ndjson", "--translate-threshold")
        self.assertEqual(len(ndjson_rows(run_scan(*args, "3", self.path).stdout)), 1)
        self.assertEqual(run_scan(*args, "4", self.path).stdout, "")
        self.assertIn("--translate-threshold", run_scan("--config", self.own, "--help").stdout)
        self.check_refused(run_scan(*args[2:], "3", self.path), "--translate-threshold")

    def test_defaults(self) -> None:
        conf = self.write("d.conf", "[defaults]\nspan = 1s\nses_threshold = 0\n[service:ses]\n")
        trail = self.write("mail", lines(4).decode())
        run = run_scan("--config", conf, "--format=ndjson", trail)
        self.assertEqual(len(ndjson_rows(run.stdout)), 4)
        run = run_scan("--config", conf, "--format=ndjson", "--span=1h", trail)
        self.assertEqual(len(ndjson_rows(run.stdout)), 1)

    def test_unreadable_config(self) -> None:
        for path, why in (
            (str(self.folder / "missing"), "No such file"),
            (str(self.folder), "Is a directory"),
            (self.write("huge", "#" * (5 << 20)), "4 MiB"),
        ):
            self.check_refused(run_scan("--config", path, self.path), path, why)
            self.check_refused(run_program("check-config", path), path, why)


MISTAKES = [
    ("[service:ses]\nthreshold = many", 2, "[service:ses] threshold", '"many"'),
    ("[service:ses]\n\nuse = SendEmail a:b:c", 3, "[service:ses] use", '"a:b:c"'),
    ("[service:ses]\nuse = SendEmail \\\n  SendMail(a\n", 2, "[service:ses] use", '"SendMail(a"'),
    ("[service:ses]\nuse = SendEmail(a)", 2, "[service:ses] use", "path=value"),
    ("[service:new]\nuse = SendEmail", 2, "[service:new] use", "source"),
    (
        "[service:ses]\nthresholds = 1",
        2,
        "[service:ses] thresholds",
        "threshold, source, data_events, never_logged, response, disabled, volume",
    ),
    ("[service:ses]\nresponse = aws x", 2, "[service:ses] response", "a colon with a blank"),
    ("[service:ses]\nresponse = : aws x", 2, "[service:ses] response", "a colon with a blank"),
    ("[service:ses]\nresponse = Stop: x {regio}", 2, "[service:ses] response", '"{regio}"'),
    ("[service:ses]\nresponse =", 2, "[service:ses] response", "a sentence"),
    ("[service:ses]\nlabel =", 2, "[service:ses] label", "text"),
    ("[service:SES]\nlabel = x", 2, "[service:SES] label", "a-z"),
    ("[defaults]\nspan = 5x", 2, "[defaults] span", '"5x"'),
    ("[defaults]\nspam = 1", 2, "[defaults] spam", "unknown option; "),
    ("[defaults]\naccount_threshold = 1", 2, "[defaults] account_threshold", "unknown option; "),
    ("[evidence:burst]\nscore = x", 2, "[evidence:burst] score", "whole number"),
    ("[evidence:region_spread]\nregions = 0", 2, "[evidence:region_spread] regions", "from 1 to"),
    ("[evidence:rotating_ips]\nhours = 745", 2, "[evidence:rotating_ips] hours", "to 744"),
    ("[evidence:burst]\nwithin = 1h", 2, "[evidence:burst] within", "score, disabled, score_3x"),
    ("[evidence:burts]\nscore = 1", 2, "[evidence:burts] score", "enable_then_use, recon_then_use"),
    ("[evidence:cleanup]\nwithin = 30", 2, "[evidence:cleanup] within", "s, m, h or d"),
    ("[evidence:probe]\ndisabled = maybe", 2, "[evidence:probe] disabled", "true or false"),
    ("[evidence:tool_agent]\npattern = (", 2, "[evidence:tool_agent] pattern", "missing )"),
    ("[defaults]\ndisabled_evidence = x", 2, "[defaults] disabled_evidence", '"x"'),
    ("[stanza]\nkey = 1", 2, "[stanza] key", "[defaults], [service:<id>]"),
    ("key = 1", 1, "key", "stanza"),
    ("[service:ses]\nthreshold 5", 2, "[service:ses]", "key = value"),
    ("[service:ses]\nvolume = SendEmail*5", 2, "[service:ses] volume", 'write "SendEmail"'),
    ("[service:ses]\ndisabled = perhaps", 2, "[service:ses] disabled", "it accepts true or false"),
    ("# a comment\n[service:ses\nthreshold = 5", 2, "", "]"),
]


class CheckConfigTest(ShellTest):
    def test_the_built_in_conf_is_valid(self) -> None:
        run = run_program("check-config")
        self.assertEqual((run.exit_code, run.stderr), (0, ""))
        services = re.findall(r"(?m)^service (\w+): ", run.stdout)
        self.assertEqual(
            services,
            [
                *("bedrock", "agentcore", "sagemaker", "azure_openai", "ses", "sns", "sms_voice"),
                *("voice", "workmail", "bedrock_invocations", "sendgrid", "twilio", "vertex"),
                "account",  # [service:links] is disabled
            ],
        )

    def test_a_custom_file_enables_a_disabled_service(self) -> None:
        own = self.write("own.conf", "[service:links]\ndisabled = false\n")
        run = run_program("check-config", own)
        self.assertEqual((run.exit_code, run.stderr), (0, ""))
        self.assertRegex(run.stdout, r"(?m)^service links: AWS role sessions, ")
        self.assertIn(" AssumeRole ", run_program("check-config", "--terms", own).stdout)

    def test_a_valid_file(self) -> None:
        run = run_program("check-config", self.write("own.conf", OWN_SERVICE))
        self.assertEqual((run.exit_code, run.stderr), (0, ""))
        self.assertIn("service translate: AWS Translate, threshold 2, 2 calls\n", run.stdout)
        self.assertIn("service ses: AWS SES", run.stdout)

    def test_each_mistake_is_reported_with_its_place(self) -> None:
        trail = self.write("trail", lines(200).decode())
        for text, line, place, why in MISTAKES:
            with self.subTest(text=text):
                path = self.write("bad.conf", text)
                for run in (run_program("check-config", path), run_scan("--config", path, trail)):
                    self.check_refused(run, f"{path}:{line}: {place}", why)

    def test_all_mistakes_are_reported(self) -> None:
        text = "".join(f"{text}\n" for text, *_ in MISTAKES)
        run = run_program("check-config", self.write("bad.conf", text))
        self.assertEqual(run.exit_code, 2)
        self.assertGreaterEqual(len(run.messages), len(MISTAKES) - 1)

    def test_usage(self) -> None:
        for args in (("a", "b"), ("--nonsense",)):
            self.check_refused(run_program("check-config", *args), "usage: ", "check-config")
