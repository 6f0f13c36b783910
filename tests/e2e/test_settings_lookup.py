"""The effect of lookups/cloudhijack_settings.csv on a search, and of --settings in a shell."""

from __future__ import annotations

import re
import shutil
import unittest
from collections.abc import Sequence
from pathlib import Path

from call_records import START, call, lines
from chunk_body import EventRow, write_body
from cluster import Peer, run_cluster
from lookup_app import LookupTest, install
from shell_run import run_program
from shipped_catalogue import ROOT
from splunkd import Answer, run_search

Setting = tuple[str, str, object]

TALLY = r'"tally":\[\[.*?\]\]'  # the tally has times, which differ from run to run
MAILS = [call(second=second) for second in range(6)]


def rows_of(records: Sequence[bytes]) -> list[EventRow]:
    return [{"_time": b"%d" % START, "_raw": record} for record in records]


class SettingsTest(LookupTest):
    def search(self, *args: str, records: Sequence[bytes] = MAILS) -> Answer:
        answer = run_search(self.argv, args, [write_body(rows_of(records))])
        self.assertIsNone(answer.error)
        return answer

    def write_conf(self, text: str) -> Path:
        conf = self.lookups.parent / "local/cloudhijack.conf"
        conf.parent.mkdir(exist_ok=True)
        conf.write_text(text)
        return conf


class OrderTest(SettingsTest):
    """cloudhijack.conf, then the settings, then the options of the search."""

    def test_a_missing_or_empty_file_changes_nothing(self) -> None:
        for content in (None, b"", b"\n", b"stanza,key,value\n"):
            if content is not None:
                self.write("settings", content)
            answer = self.search()
            self.assertEqual((answer.rows, answer.messages), ([], []))

    def test_settings_override_the_conf_and_options_override_both(self) -> None:
        self.write_conf("[service:ses]\nthreshold = 3\nlabel = Mail\n[defaults]\nspan = 10m\n")
        self.assertEqual(self.search().rows[0]["Threshold"], "3")
        self.write_settings(("service:ses", "threshold", 4), ("defaults", "min_score", 2))
        [row] = self.search("min_score=0").rows
        self.assertEqual((row["Threshold"], row["ServiceAbused"]), ("4", "Mail"))
        self.assertEqual(self.search().rows, [])
        [row] = self.search("min_score=0", "ses_threshold=5").rows
        self.assertEqual(row["Threshold"], "5")

    def test_the_file_is_read_again_by_the_next_search(self) -> None:
        self.write_settings(("service:ses", "threshold", 5))
        self.assertEqual(len(self.search().rows), 1)
        self.write_settings(("service:ses", "threshold", 6))
        self.assertEqual(self.search().rows, [])


class HuntTest(SettingsTest):
    """Settings of evidence rules, in mode=hunt."""

    def test_scores_and_switched_off_rules(self) -> None:
        [before] = self.search("mode=hunt", "min_risk=0", "ses_threshold=5").rows
        evidence = before["Evidence"]
        self.assertIn("burst", evidence if isinstance(evidence, list) else [evidence])
        self.write_settings(("evidence:burst", "score", 1))
        [after] = self.search("mode=hunt", "min_risk=0", "ses_threshold=5").rows
        self.assertLess(int(str(after["RiskScore"])), int(str(before["RiskScore"])))
        self.write_settings(("evidence:burst", "disabled", "true"))
        answer = self.search("mode=hunt", "min_risk=0", "ses_threshold=5")
        self.assertFalse(any("burst" in row["Evidence"] for row in answer.rows))


class PeersTest(SettingsTest):
    """The map phase counts the same with and without the file, which indexers do not have."""

    def test_peers_without_the_file_are_asked_the_same(self) -> None:
        peer = [str(install(self.lookups.parents[1] / "bundle"))]
        before = self.search().getinfo["streaming_preop"]
        self.write_settings(
            ("service:ses", "threshold", 5),
            ("service:ses", "label", "Mail"),
            ("evidence:burst", "score", 1),
            ("price:x", "input", 1),
            ("price:x", "output", 1),
        )
        self.assertEqual(self.search().getinfo["streaming_preop"], before)
        for argv in (None, peer):
            peers = [Peer(rows_of(MAILS[at::2]), f"idx{at}", argv) for at in range(2)]
            answer, traffic, _ = run_cluster(self.argv, [], peers)
            self.assertEqual(answer.messages, [])
            self.assertGreater(traffic.partial_rows, 0)
            self.assertEqual(answer.rows, self.search().rows)
            [row] = answer.rows
            self.assertEqual((row["Threshold"], row["ServiceAbused"]), ("5", "Mail"))

    def test_the_map_phase_does_not_see_the_file(self) -> None:
        """The same partial rows with the file, without it, and with one that is all wrong."""
        preop = str(self.search().getinfo["streaming_preop"]).split()[1:]
        counted = []
        for rows in ([], [("service:ses", "threshold", 5)], [("service:ses", "volume", "SendX")]):
            self.write_settings(*rows)
            answer = run_search(self.argv, preop, [write_body(rows_of(MAILS))])
            self.assertEqual((answer.error, answer.messages), (None, []))
            documents = [str(row["cloudhijack_partial"]) for row in answer.rows]
            counted.append([re.sub(TALLY, "", text) for text in documents])
        self.assertIn("alice", counted[0][0])
        self.assertEqual(counted, counted[:1] * 3)

    def test_the_span_travels_to_the_peers(self) -> None:
        self.write_settings(("defaults", "span", "10m"), ("service:ses", "threshold", 5))
        self.assertIn("span=600s", str(self.search().getinfo["streaming_preop"]))
        answer, _, _ = run_cluster(self.argv, [], [Peer(rows_of(MAILS))])
        self.assertEqual((len(answer.rows), answer.messages), (1, []))

    def test_distributed_false_keeps_the_command_off_the_peers(self) -> None:
        self.write_settings(("defaults", "distributed", "false"))
        self.assertNotIn("streaming_preop", self.search().getinfo)


class MistakeTest(SettingsTest):
    def test_wrong_lines_are_warnings_and_the_others_count(self) -> None:
        path = self.write_settings(
            ("service:ses", "threshold", "many"),
            ("service:ses", "volume", "SendRawEmail"),
            ("service:ses", "threshold", 5),
            ("service:polly", "threshold", 5),
        )
        answer = self.search()
        self.assertEqual([row["Threshold"] for row in answer.rows], ["5"])
        self.assertEqual({message.severity for message in answer.messages}, {"WARN"})
        for message, (line, text) in zip(
            answer.messages,
            (
                (2, '[service:ses] threshold: invalid value "many"; it accepts a whole number '),
                (3, "[service:ses] volume: decides which calls count, also on the indexers, "),
                (5, "[service:polly] threshold: unknown service; write one of bedrock, "),
            ),
            strict=True,
        ):
            self.assertTrue(message.text.startswith(f"{path}, line {line}: {text}"), message)
            self.assertTrue(message.text.endswith("; the line is ignored"), message)
        self.assertIn("set it in local/cloudhijack.conf", answer.messages[1].text)

    def test_an_unusable_file_counts_as_empty(self) -> None:
        for content in (b"stanza,key\n", b'stanza,key,value\ndefaults,"min_risk,1\n'):
            path = self.write("settings", content)
            answer = self.search()
            self.assertEqual(answer.rows, [])
            [message] = answer.messages
            self.assertEqual(message.severity, "ERROR")
            self.assertTrue(message.text.startswith(str(path)), message)
            self.assertIn("; the search continues as if the file were empty", message.text)

    def test_a_baseline_is_still_learned(self) -> None:
        """Unlike a mistake in the baseline itself, one in the settings loses no history."""
        for content in (b"stanza,key\n", b"stanza,key,value\ndefaults,spam,1\n"):
            self.write("settings", content)
            [problem, *notes] = self.search("mode=baseline").messages
            self.assertIn("cloudhijack_settings.csv", problem.text)
            self.assertTrue(notes[-1].text.startswith("the baseline has 0 rows, "), notes)


class ShellTest(SettingsTest):
    def run_installed(self, *args: str, stdin: bytes = b"") -> tuple[int, str, str]:
        done = run_program(*args, stdin=stdin, executable=self.argv[-1])
        return done.exit_code, done.stdout, done.stderr

    def test_a_shell_reads_only_the_file_that_is_named(self) -> None:
        path = self.write_settings(("service:ses", "threshold", 5))
        scan = ("scan", "--format=csv", "-")
        code, text, _ = self.run_installed(*scan, stdin=lines(6))
        self.assertEqual((code, text.count("\n")), (0, 1))
        code, text, _ = self.run_installed(*scan, f"--settings={path}", stdin=lines(6))
        self.assertEqual((code, text.count("\n")), (0, 2))
        args = (*scan, "--settings", str(path), "--ses-threshold", "6")
        code, text, _ = self.run_installed(*args, stdin=lines(6))
        self.assertEqual((code, text.count("\n")), (0, 1))
        _, text, _ = self.run_installed("check-config", "--settings", str(path))
        self.assertIn("service ses: AWS SES, threshold 5, ", text)
        _, text, _ = self.run_installed("check-config")
        self.assertIn("service ses: AWS SES, threshold 100, ", text)

    def test_mistakes(self) -> None:
        path = self.write_settings(("defaults", "spam", 1), ("service:ses", "threshold", 5))
        wrong = f"cloudhijack: {path}, line 2: [defaults] spam: unknown option; "
        settings = ("--settings", str(path))
        code, text, messages = self.run_installed("scan", "-", *settings, stdin=lines(6))
        self.assertEqual(code, 0)
        self.assertTrue(messages.startswith(wrong), messages)
        self.assertIn("AWS SES", text)
        code, text, messages = self.run_installed("check-config", *settings)
        self.assertEqual((code, text), (2, ""))
        self.assertTrue(messages.startswith(wrong), messages)
        missing = ("--settings", str(path.with_name("missing.csv")))
        for args in (("scan", "-"), ("check-config",)):
            code, text, messages = self.run_installed(*args, *missing, stdin=lines(6))
            self.assertEqual((code, text), (2, ""))
            self.assertIn("missing.csv: cannot be read: ", messages)

    def test_the_lines_that_the_docs_write(self) -> None:
        """Each search of the docs that appends a setting writes one that the program accepts."""
        written: list[Setting] = []
        for page in sorted((ROOT / "docs").glob("*.md")):
            text = page.read_text(encoding="utf-8")
            searches = re.findall(r"(?m)^\|.*outputlookup append=true cloudhijack_settings$", text)
            for search in searches:
                fields = dict(re.findall(r'(\w+)="([^"]*)"', search))
                self.assertIn("| table stanza key value", search)
                written.append((fields["stanza"], fields["key"], fields["value"]))
        self.assertEqual(len(written), 3)
        path = self.write_settings(*written)
        code, text, messages = self.run_installed("check-config", "--settings", str(path))
        self.assertEqual((code, messages), (0, ""))
        self.assertIn("service ses: AWS SES, threshold 5000, ", text)

    def test_the_shipped_example(self) -> None:
        example = ROOT / "README/cloudhijack_settings.csv.example"
        code, text, messages = self.run_installed("check-config", "--settings", str(example))
        self.assertEqual((code, messages), (0, ""))
        self.assertIn("service ses: AWS SES, threshold 5000, ", text)
        shutil.copy(example, self.lookups / "cloudhijack_settings.csv")
        for mode in ("volume", "hunt", "baseline", "coverage"):
            severities = [one.severity for one in self.search(f"mode={mode}").messages]
            self.assertNotIn("WARN", severities)
            self.assertNotIn("ERROR", severities)


if __name__ == "__main__":
    unittest.main()
