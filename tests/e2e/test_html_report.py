"""`scan --format html`: a page that shows the answer, needs nothing else and cannot be changed by
what is in a record."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
import shutil
import tempfile
import unittest
from itertools import pairwise
from pathlib import Path
from typing import Any

from call_records import call, lines
from demo_files import write_demo_files
from hostile_records import MARK, PAYLOADS, attack_lines, hostile_lines
from html_page import Page
from scanned_files import ScannedFilesTest
from shell_run import ndjson_rows, run_on_terminal, run_program, run_scan

HUNT = ("--mode=hunt",)


def page_of(*args: str, exit_code: int = 0) -> Page:
    run = run_scan("--format=html", *args)
    assert run.exit_code == exit_code, run.stderr
    return Page(run.stdout)


def without(page: str) -> str:
    """The page without the command line, which has the number of threads and the files."""
    return re.sub(r'<code id="command">.*?</code>', "", page)


def rows_of(*args: str) -> list[dict[str, Any]]:
    return ndjson_rows(run_scan("--format=ndjson", *args).stdout)


class DemoTest(unittest.TestCase):
    folder: Path
    page: Page

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        write_demo_files(cls.folder / "logs")
        cls.logs = str(cls.folder / "logs")
        cls.page = page_of(*HUNT, cls.logs)
        cls.rows = rows_of(*HUNT, cls.logs)

    def test_the_page_is_well_formed_and_complete_in_itself(self) -> None:
        for mode in ("hunt", "volume", "coverage"):
            page = page_of(f"--mode={mode}", self.logs)
            self.assertEqual(page.strangers, set(), mode)
            self.assertEqual(len(page.ids), len(set(page.ids)), mode)
            (style,) = page.root.iter("style")
            self.assertNotRegex(style.text or "", r"//|url\((?!#)|@import|@font-face")
            for _, attributes in page.elements:
                self.assertNotIn("//", " ".join(attributes.values()))
            targets = {a["href"][1:] for _, a in page.elements if "href" in a}
            self.assertLessEqual(targets, set(page.ids), mode)

    def test_the_policy_allows_the_style_and_nothing_else(self) -> None:
        (style,) = self.page.root.iter("style")
        digest = hashlib.sha256((style.text or "").encode()).digest()
        policies = [
            attributes["content"]
            for tag, attributes in self.page.elements
            if attributes.get("http-equiv") == "Content-Security-Policy"
        ]
        self.assertEqual(
            policies,
            [
                "default-src 'none'; "
                f"style-src 'sha256-{base64.b64encode(digest).decode()}'; "
                "base-uri 'none'; form-action 'none'"
            ],
        )

    def test_headings_are_in_order(self) -> None:
        for mode in ("hunt", "volume", "coverage"):
            levels = page_of(f"--mode={mode}", self.logs).headings()
            self.assertEqual(levels[0], 1)
            self.assertEqual(levels.count(1), 1)
            for above, below in pairwise(levels):
                self.assertLessEqual(below, above + 1, levels)

    def test_a_screen_reader_finds_its_way(self) -> None:
        names = [tag for tag, _ in self.page.elements]
        for landmark in ("header", "nav", "main", "footer"):
            self.assertEqual(names.count(landmark), 1)
        self.assertEqual(self.page.root.get("lang"), "en")
        for tag, attributes in self.page.elements:
            if tag == "th":
                self.assertIn(attributes.get("scope"), ("col", "row"))
            if tag == "svg" and attributes.get("aria-hidden") != "true":
                self.assertEqual(attributes.get("role"), "img")
                self.assertTrue(attributes.get("aria-label"))
            self.assertNotIn("tabindex", attributes)

    def test_each_finding_has_all_of_its_row(self) -> None:
        findings = self.page.findings()
        self.assertEqual(len(findings), len(self.rows))
        self.assertGreater(len(findings), 5)
        lists = ("Reasons", "Timeline", "Links", "EventIDs", "SourceIPs", "AccessKeys", "Models")
        lists += ("Response", "Members", "Evidence", "Regions", "Services", "Phases", "Clients")
        for finding, row in zip(findings, self.rows):
            text = self.page.text_of(finding)
            for name in ("Principal", "Account", "Severity", "Confidence"):
                self.assertIn(row[name], text)
            self.assertIn(row["RiskScore"][1], text)
            for name in lists:
                for value in row[name]:
                    for part in re.split(r" (?=\(\+\d+\)$)|: (?=\w)", value):
                        self.assertIn(part.strip("()"), text, name)

    def test_the_summary_says_what_was_read_and_found(self) -> None:
        summary = self.page.text_of(self.page.section("summary"))
        self.assertIn("read 75 files with 52,669 records.", summary)
        self.assertIn("2024-03-05, 00:00:57 to 23:59:37 UTC", summary)
        self.assertIn(f"{len(self.rows)} findings by severity", summary)
        for severity in ("critical", "high", "medium", "low", "informational"):
            count = sum(row["Severity"] == severity for row in self.rows)
            self.assertIn(f"{count}{severity}", summary)
        for row in self.rows[:5]:
            self.assertIn(row["Principal"], summary)
        self.assertIn("there were no data events for AWS Bedrock", summary)
        self.assertIn("(23 h 58 min). The other records are", summary)
        self.assertIn("for 3,000 messages in 1,000 calls", summary)
        self.assertIn("4 more findings: 2 medium, 2 low.", summary)
        first = self.rows[0]
        self.assertIn(f"{first['Members'][0]} and {first['Members'][1]} used", summary)
        for number, row in enumerate(self.rows[:5], 1):
            sentence, *_ = row["Response"][0].partition(": ")
            links = [
                self.page.text_of(a)
                for a in self.page.section("summary").iter("a")
                if a.get("href") == f"#response-{number}"
            ]
            self.assertEqual(links, [sentence])

    def test_findings_say_what_is_estimated_or_a_sample(self) -> None:
        for finding, row in zip(self.page.findings(), self.rows):
            text = self.page.text_of(finding)
            is_low = row["Severity"] in ("low", "informational")
            self.assertEqual("May be normal activity: ask the owner first." in text, is_low)
            self.assertIn("The first and the last call of each kind and outcome", text)
            is_estimated = "UseCount" in row["Truncated"]
            uses = f"{int(row['UseCount'][1]):,}"
            self.assertEqual(f"Successful usesabout {uses}" in text, is_estimated)
            self.assertEqual("Some hours have more calls than are kept" in text, is_estimated)
            self.assertEqual("Truncated or estimated: Successful uses" in text, is_estimated)
        points = self.page.text_of(self.page.findings()[0])
        self.assertIn("The points add up to 120; a risk is at most 100.", points)

    def test_the_coverage_does_not_hide_regions(self) -> None:
        coverage = self.page.text_of(self.page.section("coverage"))
        self.assertIn("can hide a region without any", coverage)
        rows = [
            {td.get("data-label", ""): self.page.text_of(td) for td in row.iter("td")}
            for row in self.page.section("coverage").iter("tbody")
        ]
        events = {row["Service"]: row["Data events"] for row in rows}
        self.assertEqual(events["AWS SES"], "in some region")
        self.assertEqual(events["AWS Bedrock"], "none")
        self.assertEqual(events["SendGrid"], "yes")
        self.assertIn("AWS SES: mail sent over SMTP", coverage)
        self.assertIn("AWS SNS: SMS sent directly to a phone number", coverage)

    def test_the_charts_have_the_calls_of_the_rows(self) -> None:
        lanes = [
            attributes["aria-label"]
            for tag, attributes in self.page.elements
            if tag == "svg" and attributes.get("class") == "lane"
        ]
        # The lanes of the timeline are followed by one chart in each finding.
        self.assertEqual(len(lanes), 2 * len(self.rows))
        self.assertEqual(lanes[: len(self.rows)], lanes[len(self.rows) :])
        for lane, row in zip(lanes, self.rows):
            shown = re.findall(r"(\w+): [\d,]+ calls?,", lane)
            self.assertEqual(sorted(shown), sorted(row["Phases"]))
            uses = re.search(r"\buse: ([\d,]+) calls?,(?: ([\d,]+) failed)?", lane)
            assert uses is not None, lane
            calls, failed = (int((n or "0").replace(",", "")) for n in uses.groups())
            self.assertEqual(failed, int(row["FailedCount"][1]))
            self.assertEqual(calls - failed, int(row["UseCount"][1]))
        (cells,) = [
            [self.page.text_of(cell) for cell in table.iter("td")]
            for table in self.page.section("calls").iter("table")
        ]
        counted = sum(int(cell.replace(",", "")) for cell in cells)
        coverage = self.page.section("coverage").iter("td")
        by_account = sum(
            int(self.page.text_of(cell).replace(",", ""))
            for cell in coverage
            if cell.get("data-label") == "Calls"
        )
        self.assertEqual(counted, by_account)

    def test_the_about_section_has_the_command_and_the_settings(self) -> None:
        about = self.page.text_of(self.page.section("about"))
        version = run_program("--version").stdout.strip()
        self.assertIn(f"cloudhijack scan --format=html --mode=hunt {self.logs}", about)
        self.assertIn(version, about)
        self.assertRegex(about, r"Fingerprint of the catalogue[0-9a-f]{16}")
        self.assertIn("AWS SES 100", about)

    def test_the_same_bytes_for_any_threads_and_order_of_files(self) -> None:
        def without_command(*args: str) -> str:
            return without(run_scan("--format=html", *HUNT, *args).stdout)

        files = sorted(str(path) for path in Path(self.logs).rglob("*") if path.is_file())
        first = without_command("--threads=1", *files)
        self.assertEqual(first, without_command("--threads=1", *files))
        self.assertEqual(first, without_command("--threads=4", *files))
        self.assertEqual(first, without_command("--threads=2", *reversed(files)))

    def test_merged_states_have_the_same_report(self) -> None:
        for mode in ("hunt", "volume", "coverage"):
            states = []
            for name in ("AWSLogs", "azure", "sendgrid", "twilio"):
                states.append(str(self.folder / f"{name}.state"))
                folder = f"{self.logs}/{name}"
                run = run_scan(f"--mode={mode}", "--partial", "-o", states[-1], folder)
                self.assertEqual(run.exit_code, 0, run.stderr)
            merged = run_program("merge", "--format=html", *reversed(states)).stdout
            scanned = run_scan("--format=html", f"--mode={mode}", self.logs).stdout
            self.assertEqual(without(merged), without(scanned), mode)
            self.assertIn("cloudhijack merge --format=html", merged)

    def test_a_written_file_has_the_same_bytes(self) -> None:
        target = self.folder / "report.html"
        args = ("--format=html", *HUNT, "-o", str(target), self.logs)
        self.assertEqual(run_scan(*args).stdout, "")
        to_pipe = run_scan(*args[:2], "-o", "-", self.logs).stdout
        self.assertEqual(
            target.read_text().replace(f"-o {target}", "-o -"),
            to_pipe,
        )

    def test_volume_and_coverage(self) -> None:
        page = page_of("--mode=volume", self.logs)
        rows = rows_of("--mode=volume", self.logs)
        self.assertEqual(len(page.findings()), len(rows))
        for finding, row in zip(page.findings(), rows):
            text = page.text_of(finding)
            for value in (row["CallerARN"], row["ServiceAbused"], *row["SourceIPs"]):
                self.assertIn(value, text)
            self.assertIn(f"{row['SuspicionScore'][1]} of 6", text)
        head = page.text_of(next(page.section("calls").iter("thead")))
        self.assertEqual(head, "From (UTC)calls of the findings")
        page = page_of("--mode=coverage", self.logs)
        rows = rows_of("--mode=coverage", self.logs)
        shown = list(page.section("coverage").iter("tbody"))
        self.assertEqual(len(shown), len(rows))
        for group, row in zip(shown, rows):
            text = page.text_of(group)
            for value in (row["Account"], row["Service"], row["NotSeen"], row["NeverLogged"]):
                self.assertIn(value, text)


class InjectionTest(ScannedFilesTest):
    """Every text of every record, and the names of files, try to be markup."""

    # The columns of a row that can contain texts of a record.
    REACHED = (
        *("Principal", "Account", "Reasons", "Regions", "Clients", "AccessKeys", "Models"),
        *("CallerType", "Timeline", "EventIDs", "user_agent", "Members"),
    )

    def hostile_folder(self) -> str:
        records = list(attack_lines())
        for number, payload in enumerate(PAYLOADS):
            self.write(f"logs/{number}.jsonl", hostile_lines(payload, records))
            who = {"type": f"IAMUser{payload}", "arn": f"arn:{payload}"}
            self.write(f"logs/types-{number}.jsonl", call(userIdentity=who))
        self.write(f"logs/<script>window.ran='{MARK}'<\u2044script>.json", b"{broken")
        self.write('logs/"><img src=x onerror=alert(1)>\n.gz', gzip.compress(lines(4))[:-4])
        return str(self.folder / "logs")

    def test_no_text_becomes_markup(self) -> None:
        logs = self.hostile_folder()
        for mode in ("hunt", "volume", "coverage"):
            least = ("--min-risk=0",) if mode == "hunt" else ()
            page = page_of(f"--mode={mode}", *least, logs, exit_code=2)
            self.assertEqual(page.strangers, set())
            self.assertEqual(len(page.ids), len(set(page.ids)))
            self.assertNotRegex(page.source, "[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
            self.assertNotIn('href="javascript', page.source)
            self.assertGreater(page.text.count(MARK), 100, mode)
            # The payloads are there as texts, so the test tests something.
            for part in ("<script>window.ran", 'onerror="window.ran', "]]><svg onload", "--><svg"):
                self.assertIn(part, page.text, mode)
            self.assertIn("&lt;b&gt;&#60;i&#62;", page.text)
            messages = page.text_of(page.section("messages"))
            self.assertIn("<script>window.ran", messages)
            self.assertIn('"><img src=x onerror=alert(1)>', messages)

    def test_the_payloads_reach_every_column(self) -> None:
        rows = rows_of("--mode=hunt", "--min-risk=0", self.hostile_folder())
        reached = {
            column
            for row in rows
            for column, value in row.items()
            if MARK in (value if isinstance(value, str) else " ".join(value))
        }
        self.assertLessEqual(set(self.REACHED), reached)

    def test_the_command_line_is_text(self) -> None:
        path = self.write("<b>'\"&.json", lines(3))
        page = page_of(path)
        about = page.text_of(page.section("about"))
        self.assertIn("/<b>'\\''\"&.json'", about)
        self.assertEqual(page.strangers, set())


class SizesTest(ScannedFilesTest):
    def test_no_findings_says_what_that_does_not_prove(self) -> None:
        few = self.write("few", lines(3))
        for mode in ("hunt", "volume"):
            page = page_of(f"--mode={mode}", few)
            summary = page.text_of(page.section("summary"))
            self.assertIn("No findings: ", summary)
            self.assertIn("This proves nothing about calls that are not in the files", summary)
            self.assertNotIn("Nothing was read", summary)
            self.assertEqual(page.strangers, set())

    def test_an_empty_input_is_not_a_result(self) -> None:
        empty = self.write("empty", b"")
        for mode in ("hunt", "volume", "coverage"):
            page = page_of(f"--mode={mode}", empty)
            (alarm,) = [
                page.text_of(p)
                for p in page.section("summary").iter("p")
                if p.get("class") == "alarm"
            ]
            self.assertEqual(
                alarm, "Nothing was read: there is no record in 1 file. This is not a result."
            )
            self.assertNotIn("No findings", page.text)
            self.assertEqual(page.strangers, set())
        name = "111122223333_CloudTrail_us-east-1_20240305T0000Z_x.json.gz"
        page = page_of(*HUNT, "--from=2025-01-01", self.write(name, gzip.compress(lines(3))))
        self.assertIn("Nothing was read: no file could be opened or was in", page.text)

    def test_one_call(self) -> None:
        page = page_of(*HUNT, "--min-risk=0", self.write("one", call()))
        self.assertEqual(len(page.findings()), 1)
        self.assertIn("at 2024-03-05 00:00:00", page.text)

    def test_damage_and_skipped_files_are_reported(self) -> None:
        broken = self.write("broken", lines(3) + b'{"eventTime":\n')
        page = page_of(*HUNT, broken, exit_code=2)
        self.assertIn("1 message concerns the input", page.text_of(page.section("summary")))
        messages = page.text_of(page.section("messages"))
        self.assertIn(f"{broken}: 1 of 4 records could not be read", messages)
        page = page_of(*HUNT, self.write("whole", lines(3)))
        self.assertIn("Nothing was skipped", page.text_of(page.section("messages")))

    def test_only_the_first_findings_are_shown_in_full(self) -> None:
        callers = b"".join(call(f"user-{number:03}") + b"\n" for number in range(600))
        page = page_of(*HUNT, "--min-risk=0", self.write("many", callers))
        self.assertEqual(len(page.findings()), 500)
        findings = page.text_of(page.section("findings"))
        self.assertIn("the first 500 findings of 600; 100 more are only in", findings)
        self.assertIn("600 findings by severity", page.text_of(page.section("summary")))
        timeline = page.section("timeline")
        lanes = [svg for svg in timeline.iter("svg") if svg.get("class") == "lane"]
        self.assertEqual(len(lanes), 30)
        self.assertIn("570 findings with a lower risk", page.text_of(timeline))

    def test_the_size_of_the_page_is_bounded(self) -> None:
        """Findings with long lists, as a forger of records could make them."""
        records = b"".join(
            call(
                f"user-{caller:03}{'x' * 900}",
                eventID=f"{caller}-{number}",
                sourceIPAddress=f"2001:db8::{number:x}",
                userAgent=f"{number:03}" + "<" * 500,
            )
            + b"\n"
            for caller in range(150)
            for number in range(100)
        )
        path = self.write("long", records)
        page = page_of(*HUNT, "--min-risk=0", path)
        self.assertLess(len(page.source), 12_000_000)
        shown = len(page.findings())
        self.assertLess(shown, 150)
        self.assertIn(f"the first {shown} findings of 150", page.text)

    def test_the_time_range_is_in_the_report(self) -> None:
        page = page_of(*HUNT, "--from=2024-03-05", "--to=2024-03-06", self.write("few", lines(3)))
        about = page.text_of(page.section("about"))
        words = "2024-03-05T00:00:00Z to 2024-03-06T00:00:00Z"
        self.assertIn(words, about)
        summary = page.text_of(page.section("summary"))
        self.assertIn(f"Time range: {words}. Events outside it are not judged", summary)

    def test_the_files_that_change_the_answer_are_in_the_report(self) -> None:
        trail = self.write("few", lines(3))
        page = page_of(*HUNT, trail)
        self.assertIn("No baseline was given, so rules", page.text_of(page.section("summary")))
        self.assertIn("BaselinenoneAllowlistnone", page.text_of(page.section("about")))
        rows = run_scan("--mode=baseline", "--format=csv", trail).stdout
        baseline = self.write("normal.csv", rows.encode())
        page = page_of(*HUNT, f"--baseline={baseline}", "--own-accounts=111122223333", trail)
        summary = page.text_of(page.section("summary"))
        self.assertIn(f"Compared with the baseline {baseline}.", summary)
        self.assertNotIn("No baseline", summary)
        about = page.text_of(page.section("about"))
        self.assertIn(f"Baseline{baseline}Allowlistnone", about)
        self.assertIn("Own accounts111122223333", about)


class UsageTest(ScannedFilesTest):
    def test_a_terminal_is_refused(self) -> None:
        path = self.write("few", lines(3))
        exit_code, shown = run_on_terminal(("scan", "--format=html", path), 80, stderr=False)
        self.assertEqual((exit_code, shown), (2, ""))
        target = str(self.folder / "report.html")
        exit_code, shown = run_on_terminal(("scan", "--format=html", "-o", target, path), 80)
        self.assertEqual((exit_code, shown), (0, ""))
        self.assertEqual(Page(Path(target).read_text()).strangers, set())

    def test_a_baseline_is_not_a_page(self) -> None:
        run = run_scan("--mode=baseline", "--format=html", self.write("few", lines(3)))
        self.assertEqual(run.exit_code, 2)
        self.assertIn("mode baseline prints no html; it accepts csv or ndjson", run.stderr)

    def test_findings_can_be_an_exit_code(self) -> None:
        page_of("--fail-on-findings", self.write("many", lines(101)), exit_code=1)


if __name__ == "__main__":
    unittest.main()
