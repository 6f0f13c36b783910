"""The Spark job gives the answer of one scan, also if an executor dies in the middle of it."""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
import sys
from pathlib import Path

from s3_stand_in import S3StandIn
from small_cluster import ROOT, SPARK_HOME, ClusterTest, program, scan
from watched_program import FAIL, KILL, is_running, watched

HUNT = ("--mode", "hunt", "--format")
BUCKET = "trails"


class JobTest(ClusterTest):
    def test_a_tree_of_merges_gives_the_answer_of_one_scan(self) -> None:
        seen = watched(self.place, program())
        day = self.folder / "day"
        run = self.job("--program", seen.path, "--merge-fan-in", 2, day, "--", *HUNT, "csv")
        self.check_same(run, scan(*HUNT, "csv", day))
        commands = [line.split()[1] for line in seen.noted("runs")]
        tasks = commands.count("scan")
        self.assertGreater(tasks, 8)
        self.assertGreater(commands.count("merge"), tasks // 2)  # of more than one level
        self.assertEqual(len({line.split()[0] for line in seen.noted("runs")}), 2)  # executors

    def test_options_and_their_files(self) -> None:
        config, answer = self.place / "my.conf", self.place / "answer.ndjson"
        config.write_text("[service:ses]\nthreshold = 7\n")
        times = ("--from", "2024-03-05T06:00:00Z", "--to=2024-03-05T20:00:00Z")
        words = ("--config", config, "--span", "10m", "--format=ndjson", "--min-score", "3", *times)
        day = self.folder / "day"
        run = self.job(day / "AWSLogs", day / "twilio", day / "azure", "--", *words, "-o", answer)
        expected = scan(*words, day / "AWSLogs", day / "twilio", day / "azure")
        self.assertEqual((run.exit_code, run.stdout), (0, b""), run)
        self.assertEqual(answer.read_bytes(), expected.stdout)
        without = scan(*words[2:], day / "AWSLogs", day / "twilio", day / "azure")
        self.assertNotEqual(answer.read_bytes(), without.stdout)
        always = scan(*words[:-3], day / "AWSLogs", day / "twilio", day / "azure")
        self.assertNotEqual(answer.read_bytes(), always.stdout)

    def temporary_folders(self) -> set[Path]:
        return set((self.folder / "spark").rglob("cloudhijack-*"))

    def test_uris_are_fetched(self) -> None:
        day = self.folder / "day"
        expected = scan(*HUNT, "ndjson", day)
        left = self.temporary_folders()
        with S3StandIn({BUCKET: day}) as s3:
            keys = s3.listing(BUCKET)
            listing = self.place / "listing"
            listing.write_text("\n".join(keys[:30]) + "\n")
            bucket = f"s3://{BUCKET}?{s3.query}"
            # 30 objects by a listing, the rest by their folder, so 30 come twice.
            answer = self.place / "answer"
            run = self.job(
                *("--list", listing, "--bucket", bucket),
                f"s3a://{BUCKET}/AWSLogs/?{s3.query}",
                *(f"s3://{BUCKET}/{name}?{s3.query}" for name in ("azure", "sendgrid", "twilio")),
                *("--", *HUNT, "ndjson", "-o", f"file://{answer}"),
            )
            self.assertEqual(run.exit_code, 0, run)
            self.assertEqual(answer.read_bytes(), expected.stdout)
            self.assertIn("30 paths lead to files that were already named", run.stderr)
            missing = self.job(f"s3://{BUCKET}/nowhere/?{s3.query}")
        self.assertEqual(missing.exit_code, 2)
        self.assertRegex(missing.stderr, "trails/nowhere: does not exist")
        # Other tests kill executors, whose folders stay until the session ends.
        self.assertEqual(self.temporary_folders(), left)

    def test_the_answer_can_be_a_state(self) -> None:
        one, other = self.place / "one.state", self.place / "other.state"
        twilio, azure = self.folder / "day/twilio", self.folder / "day/azure"
        run = self.job(twilio, "--", "--mode=hunt", "--partial", "-o", one)
        self.assertEqual((run.exit_code, run.stdout), (0, b""), run)
        self.assertEqual(scan("--mode=hunt", "--partial", "-o", other, azure).exit_code, 0)
        merge = [*program(), "merge", "--format", "csv", one, other]
        merged = subprocess.run(merge, capture_output=True, check=True)
        self.assertEqual(merged.stdout, scan(*HUNT, "csv", twilio, azure).stdout)

    def test_spark_submit(self) -> None:
        submit, day = SPARK_HOME / "bin/spark-submit", self.folder / "day"
        script = ROOT / "tools/spark/cloudhijack_spark.py"
        answer = self.place / "answer.csv"
        words = ["--program", program()[-1], day, "--", *HUNT, "csv", "-o", answer]
        settings = ["--master", "local[2]", "--conf", "spark.ui.enabled=false"]
        done = subprocess.run([submit, *settings, script, *words], capture_output=True)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.assertEqual(answer.read_bytes(), scan(*HUNT, "csv", day).stdout)

    def test_a_file_that_is_named_twice_counts_once(self) -> None:
        day = self.folder / "day"
        link, listing = self.place / "link.jsonl", self.place / "list"
        link.symlink_to(day / "twilio/events.jsonl")
        listing.write_text(f"{day}/twilio/events.jsonl\n{day}/azure/events.jsonl\n{link}\n")
        run = self.job("--list", listing, day / "twilio", "--", *HUNT, "csv")
        self.check_same(run, scan(*HUNT, "csv", day / "twilio", day / "azure"))
        self.assertIn(
            "cloudhijack_spark: 2 paths lead to files that were already named", run.stderr
        )

    def test_a_copy_of_a_file_is_an_overlap(self) -> None:
        shutil.copytree(self.folder / "day/azure", self.place / "in/a")
        shutil.copytree(self.folder / "day/azure", self.place / "in/b")
        words = ("--bytes-per-task", 1, self.place / "in", "--", *HUNT, "csv")
        run = self.job(*words)
        self.assertEqual((run.exit_code, run.stdout), (2, b""), run)
        self.assertRegex(run.stderr, r"overlap.*b/events\.jsonl|b/events\.jsonl.*overlap")
        self.check_same(self.job(*words, "--allow-overlap"), scan(*HUNT, "csv", self.place / "in"))

    def test_broken_files_are_reported(self) -> None:
        shutil.copytree(self.folder / "day/twilio", self.place / "in/twilio")
        whole = gzip.compress((self.folder / "day/azure/events.jsonl").read_bytes())
        (self.place / "in/cut.json.gz").write_bytes(whole[: len(whole) // 2])
        (self.place / "in/picture").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
        (self.place / "in/dead").symlink_to("nowhere")
        run = self.job("--bytes-per-task", 1, self.place / "in", "--", *HUNT, "csv")
        expected = scan(*HUNT, "csv", self.place / "in")
        self.assertEqual(expected.exit_code, 2)
        self.assertEqual((run.exit_code, run.stdout), (2, expected.stdout), run)
        for name in ("cut.json.gz", "picture", "dead"):
            self.assertRegex("\n".join(expected.messages()), name)
            self.assertRegex("\n".join(run.messages()), name)

    def test_tasks_without_a_log_are_no_error(self) -> None:
        shutil.copytree(self.folder / "day/twilio", self.place / "in/twilio")
        (self.place / "in/picture").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
        (self.place / "in/digest.json").write_text('{"digestS3Bucket": "trails"}')
        (self.place / "in/empty.json").write_bytes(b"")
        run = self.job("--bytes-per-task", 1, self.place / "in", "--", *HUNT, "csv")
        self.check_same(run, scan(*HUNT, "csv", self.place / "in"))
        self.assertEqual(run.exit_code, 0)

    def test_no_files(self) -> None:
        for words in ((), (self.place,)):
            run = self.job(*words)
            self.assertEqual((run.exit_code, run.stdout), (2, b""), run)
            self.assertEqual(
                run.messages(), ["cloudhijack_spark: nothing was read: there are no files"]
            )

    def test_what_cannot_work_is_an_error_before_the_tasks(self) -> None:
        day = self.folder / "day"
        for words, message in (
            ((day, "--", "--mode", "nonsense"), "nonsense"),
            ((day, "--", "--no-such-option"), "no-such-option"),
            ((day, "--", "--config", self.place / "none.conf"), "none.conf"),
            ((self.place / "none",), "none: does not exist"),
            (("cloud://trails/AWSLogs",), "cloud://trails/: Unrecognized filesystem"),
            ((day, "--", "-o", self.place / "none/answer"), "is not a writable folder"),
        ):
            with self.subTest(words=words):
                run = self.job(*words)
                self.assertEqual((run.exit_code, run.stdout), (2, b""), run)
                self.assertIn(message, run.stderr)
                self.assertNotRegex(run.stderr, "in [0-9]+ tasks")

    def check_killed(self, command: str, count: int) -> None:
        """An executor is killed in the count-th run of a command, and what it had is lost."""
        killing = watched(self.place, program(), KILL.format(command=command, count=count))
        day = self.folder / "day"
        run = self.job("--program", killing.path, "--merge-fan-in", 4, day, "--", *HUNT, "csv")
        self.check_same(run, scan(*HUNT, "csv", day))
        (killed,) = killing.noted("killed")
        self.assertFalse(is_running(killed))
        runs = [line.split() for line in killing.noted("runs")]
        last_of_killed = max(i for i, (jvm, _) in enumerate(runs) if jvm == killed)
        after = runs[last_of_killed + 1 :]
        self.assertIn(command, [name for _, name in after])
        tasks = int(re.findall(r"in (\d+) tasks", run.stderr)[0])
        self.assertGreater(sum(name == "scan" for _, name in runs), tasks)  # some ran again

    def test_an_executor_dies_while_it_scans(self) -> None:
        self.check_killed("scan", 6)

    def test_an_executor_dies_while_it_merges(self) -> None:
        self.check_killed("merge", 2)

    def test_a_failing_program(self) -> None:
        failing = watched(self.place, program(), FAIL.format(exit_code=2))
        run = self.job("--program", failing.path, self.folder / "day/azure", "--", *HUNT, "csv")
        self.assertEqual((run.exit_code, run.stdout), (2, b""), run)
        self.assertEqual(
            run.messages()[-1],
            "cloudhijack_spark: task 0: cloudhijack scan ended with 2: "
            "cloudhijack: the disk is on fire",
        )


if __name__ == "__main__":
    sys.exit("run spark_check.py, which has Spark")
