"""States of scans over parts of the files, merged: the same answer as one scan over all of them."""

from __future__ import annotations

import gzip
import random
import signal
import subprocess
import unittest
from pathlib import Path

from call_records import call, lines
from demo_files import write_demo_files
from program_under_test import program, repetitions
from scanned_files import ScannedFilesTest
from shell_run import Run, run_program, run_scan
from split_scans import (
    FORMATS,
    QUESTIONS,
    difference,
    divided,
    inputs_of,
    merged_in_trees,
    questions,
    records_of,
    scan_states,
    write_files,
)

EVERYTHING = ("--ses-threshold=0", "--format=csv")


class MergeTest(ScannedFilesTest):
    def state(self, name: str, *args: str, exit_code: int = 0) -> str:
        """The path of the state of a scan."""
        path = str(self.folder / name)
        run = run_scan("--partial", "-o", path, *args)
        self.assertEqual((run.exit_code, run.stdout), (exit_code, ""), run.stderr)
        return path

    def check_same(self, one: Run, other: Run) -> None:
        self.assertEqual(difference(one, other), "")

    def check_refused(self, run: Run, *words: str) -> None:
        self.assertEqual((run.exit_code, run.stdout), (2, ""), run.stderr)
        for word in words:
            self.assertIn(word, run.stderr)


class SameAnswerTest(MergeTest):
    def test_any_split_of_any_files_and_any_tree_of_merges(self) -> None:
        for seed in range(repetitions(15)):
            rng = random.Random(seed)
            place = self.folder / str(seed)
            place.mkdir()
            paths = write_files(rng, place / "logs", records_of(seed))
            for number, ((counting, answering), form) in enumerate(questions(rng)):
                parts = divided(rng, paths, rng.randrange(1, min(7, len(paths)) + 1))
                folder = place / str(number)
                folder.mkdir()
                states = scan_states(rng, folder, counting, parts)
                for _ in range(rng.randrange(3)):
                    states = merged_in_trees(rng, folder, states)
                merged = run_program("merge", *answering, f"--format={form}", *states)
                # The later --mode is the one of a scan that answers another question.
                asked = [*answering] if "--mode=baseline" in answering else [*counting, *answering]
                whole = run_scan(*asked, f"--format={form}", *paths)
                with self.subTest(seed=seed, counting=counting, answering=answering, form=form):
                    self.check_same(whole, merged)

    def test_the_demo_in_every_mode_and_format(self) -> None:
        write_demo_files(self.folder / "demo")
        roots = [str(path) for path in sorted((self.folder / "demo").iterdir())]
        for counting, answering in QUESTIONS:
            states = [
                self.state(f"{number}{counting}.state".replace("/", ""), *counting, root)
                for number, root in enumerate(roots)
            ]
            for form in FORMATS:
                args = (*answering, f"--format={form}")
                merged = run_program("merge", *args, *states)
                whole = run_scan(*counting, *args, str(self.folder / "demo"))
                self.check_same(whole, merged)
                self.assertGreater(merged.stdout.count("\n"), 4)

    def test_a_baseline_from_the_states_of_hunt_mode(self) -> None:
        paths = []
        for day in range(1, 31):
            calls = [
                call(
                    f"arn:aws:iam::111122223333:user/{name}",
                    eventTime=f"2024-03-{day:02}T09:00:00Z",
                )
                for name in ("mailer", "backup", "eve")[: 2 + (day == 30)]
            ]
            paths.append(self.write(f"{day:02}.json", b"\n".join(calls)))
        states = [
            self.state("first.state", "--mode=hunt", *paths[:20]),
            self.state("second.state", "--mode=baseline", *paths[20:]),
        ]
        learned = run_program("merge", "--mode", "baseline", *states)
        whole = run_scan("--mode", "baseline", *paths)
        self.check_same(whole, learned)
        self.assertGreater(learned.stdout.count("\n"), 3)
        usual = self.write("usual.csv", learned.stdout.encode())
        hunts = ("--min-risk=0", "--baseline", usual)
        self.check_same(
            run_scan("--mode=hunt", *hunts, *paths), run_program("merge", *hunts, *states)
        )

    def test_a_range_of_time_is_named_if_all_states_have_it(self) -> None:
        for name in "ab":
            self.write(f"{name}.json", lines(70, eventID=None, x=name))
        paths = [str(self.folder / f"{name}.json") for name in "ab"]
        ranges = ("--from=2024-03-05T00:00:10Z", "--to=2024-03-05T00:00:20Z")
        states = [self.state(f"{path[-6]}.state", *ranges, path) for path in paths]
        merged = run_program("merge", *EVERYTHING, *states)
        self.check_same(run_scan(*ranges, *EVERYTHING, *paths), merged)
        self.assertIn("outside the time range (2024-03-05T00:00:10Z to", merged.stderr)
        other = self.state("other.state", ranges[0], self.write("c.json", lines(70, "bob")))
        merged = run_program("merge", *EVERYTHING, *states, other)
        self.assertIn("140 calls of the catalogue were outside the time range and", merged.stderr)

    def test_files_that_are_not_opened(self) -> None:
        name = "AWSLogs/111122223333/CloudTrail/us-east-1/2024/03/05/111122223333_CloudTrail_"
        for hour in (1, 2, 20):
            self.write(
                f"{name}us-east-1_20240305T{hour:02}00Z_x.json",
                b'{"Records":[' + call(eventTime=f"2024-03-05T{hour:02}:00:00Z") + b"]}",
            )
        files = sorted(str(path) for path in self.folder.rglob("*.json"))
        when = "--from=2024-03-05T12:00Z"
        states = [self.state(f"{number}.state", when, path) for number, path in enumerate(files)]
        merged = run_program("merge", *EVERYTHING, *states)
        self.check_same(run_scan(when, *EVERYTHING, *files), merged)
        self.assertIn("3 files, 2 not opened", merged.stderr)
        self.check_same(
            run_scan(when, *EVERYTHING, *files[:2]), run_program("merge", *EVERYTHING, *states[:2])
        )

    def test_options_about_the_answer(self) -> None:
        path = self.write("a.json", lines(9) + lines(9, "bob"))
        state = self.state("a.state", path)
        for args, code in (
            (("--ses-threshold=10",), 0),
            (("--ses-threshold=1", "--fail-on-findings"), 1),
            (("--ses-threshold=1", "--min-score=3"), 0),
            (("--ses-threshold=1", "--format=csv", "--raw-csv"), 0),
        ):
            merged = run_program("merge", *args, state)
            self.check_same(run_scan(*args, path), merged)
            self.assertEqual(merged.exit_code, code)

    def test_a_report_names_the_merge(self) -> None:
        state = self.state("a.state", "--mode=hunt", self.write("a.json", lines(9)))
        report = run_program("merge", "--format=html", state)
        self.assertEqual(report.exit_code, 0)
        self.assertIn("cloudhijack merge", report.stdout)


class InputTest(MergeTest):
    def test_pipes_and_compressed_states(self) -> None:
        path = self.write("a.json", lines(9))
        other = self.write("b.json.gz", gzip.compress(lines(9, "bob")))
        whole = run_scan(*EVERYTHING, path, other)
        first = run_scan("--partial", path).stdout.encode()
        second = run_scan("--partial", other).stdout.encode()
        state = self.write("b.state", second)
        for sent, files in (
            (first, ["-", state]),
            (gzip.compress(first), ["-", state]),
            (first + second, ["-"]),
            (gzip.compress(first) + gzip.compress(second), ["-"]),
        ):
            self.check_same(whole, run_program("merge", *EVERYTHING, *files, stdin=sent))
        script = '"$@" merge --ses-threshold=0 --format=csv <(cat "$A") "$B"'
        done = subprocess.run(
            ["bash", "-c", script, "bash", *program()],
            env={"A": self.write("a.state", first), "B": state},
            capture_output=True,
            text=True,
        )
        self.assertEqual(done.stdout, whole.stdout, done.stderr)

    def test_the_state_of_a_merge_replaces_one_of_its_own(self) -> None:
        paths = [self.write(f"{name}.json", lines(9, name)) for name in "abc"]
        for path in paths:
            day = self.state("day.state", path)
            sum_of_all = self.folder / "all.state"
            states = [day, *([str(sum_of_all)] if sum_of_all.exists() else [])]
            run = run_program("merge", "--partial", "-o", str(sum_of_all), *states)
            self.assertEqual(run.exit_code, 0, run.stderr)
        self.check_same(
            run_scan(*EVERYTHING, *paths), run_program("merge", *EVERYTHING, str(sum_of_all))
        )
        self.assertEqual(
            sorted(inputs_of(sum_of_all.read_bytes())),
            [(path, Path(path).stat().st_size, 9) for path in paths],
        )

    def test_a_state_lists_every_input(self) -> None:
        self.write("logs/a.json", lines(3))
        self.write("logs/b.json.gz", gzip.compress(lines(4, "bob")))
        self.write("logs/c.json.gz", gzip.compress(lines(5, "eve"))[:-9])
        self.write("logs/note.txt", b"not a log")
        state = Path(self.state("x.state", str(self.folder / "logs"), exit_code=2)).read_bytes()
        names = ["a.json", "b.json.gz", "c.json.gz"]
        sizes = [(self.folder / "logs" / name).stat().st_size for name in names]
        inputs = [input for input in inputs_of(state) if not input[0].endswith("note.txt")]
        self.assertEqual(
            inputs,
            [
                (str(self.folder / "logs" / name), size, records)
                for name, size, records in zip(names, sizes, (3, 4, 4), strict=True)
            ],
        )

    def test_nothing_is_named(self) -> None:
        self.check_refused(run_program("merge"), "merge has no state; name files")

    def test_options_that_belong_elsewhere(self) -> None:
        path = self.write("a.json", lines(1))
        state = self.state("a.state", path)
        self.check_refused(
            run_program("merge", "--span=1h", state), "option --span", "scan --partial"
        )
        self.check_refused(
            run_scan("--partial", "--min-score=1", path), "option --min-score", "cloudhijack merge"
        )
        self.check_refused(
            run_program("merge", "--mode=hunt", state),
            f"option --mode: {state} was counted in mode volume 3600s; it accepts volume",
        )
        self.check_refused(
            run_program("merge", "--min-risk=1", state), "--min-risk: not used in mode volume"
        )


class ErrorTest(MergeTest):
    def setUp(self) -> None:
        super().setUp()
        self.path = self.write("a.json", lines(9))
        self.good = self.state("good.state", self.path)

    def test_files_that_are_not_states(self) -> None:
        for path, words in (
            (self.write("log.json", lines(2)), "is not a state, which cloudhijack scan --partial"),
            (self.write("log.gz", gzip.compress(lines(2))), "is not a state"),
            (self.write("text", b"hello"), "is not a state"),
            (self.write("empty", b""), "is empty"),
            (self.write("x/y", b""), "is empty"),
            (str(self.folder / "x"), "is a folder; name the states in it"),
            (str(self.folder / "missing"), "does not exist"),
        ):
            for states in ((path,), (self.good, path)):
                self.check_refused(run_program("merge", *states), f"cloudhijack: {path}: {words}")

    def test_states_of_another_kind(self) -> None:
        hunt = self.state("hunt.state", "--mode=hunt", self.path)
        minutes = self.state("minutes.state", "--span=5m", self.path)
        for other, mode in ((hunt, "hunt"), (minutes, "volume 300s")):
            self.check_refused(
                run_program("merge", self.good, other),
                f'{other}: was counted in mode "{mode}", but {self.good} in mode "volume 3600s"',
            )

    def test_another_catalogue(self) -> None:
        conf = self.write("own.conf", b"[service:x]\nsource = x\nvolume = Y\n")
        own = self.state("own.state", "--config", conf, self.path)
        self.check_refused(
            run_program("merge", own),
            f"{own}: was counted with the catalogue",
            "give it the --config",
        )
        self.check_refused(
            run_program("merge", "--config", conf, own, self.good),
            f"{self.good}: was counted with the catalogue",
        )
        self.assertEqual(run_program("merge", "--config", conf, own).exit_code, 0)

    def test_another_format(self) -> None:
        state = Path(self.good).read_bytes().replace(b'"cloudhijack":6', b'"cloudhijack":7')
        path = self.write("new.state", state)
        self.check_refused(
            run_program("merge", path), f"{path}: is in format 7, but this program reads format 6"
        )

    def test_damaged_states(self) -> None:
        state = Path(self.good).read_bytes()
        first = state.index(b"\n") + 1
        for name, data, words in (
            ("short", state[:first], "ends after line 1, without the last document"),
            ("cut", state[: first - 9], "line 1: is not complete JSON"),
            ("last", state[first:], "line 1: says that the state has 2 documents"),
            ("digit", state.replace(b'"groups":[[1', b'"groups":[[2'), "does not match"),
            ("gzip", gzip.compress(state)[:-9], ""),
        ):
            path = self.write(name, data)
            self.check_refused(run_program("merge", path), path, words)

    def test_an_old_answer_stays_if_there_is_no_new_one(self) -> None:
        answer = self.write("answer.csv", b"old")
        damaged = self.write("damaged.state", Path(self.good).read_bytes()[:-9])
        for args in (("--partial",), ()):
            self.check_refused(run_program("merge", *args, "-o", answer, self.good, damaged))
            self.assertEqual(Path(answer).read_bytes(), b"old")
            self.assertEqual(
                [path.name for path in self.folder.iterdir() if "answer" in path.name],
                ["answer.csv"],
            )

    def test_errors_of_the_scans_are_reported_again(self) -> None:
        damaged = self.write("damaged.json", lines(2, "bob")[:-20])
        states = [self.good, self.state("damaged.state", damaged, exit_code=2)]
        merged = run_program("merge", *EVERYTHING, *states)
        self.check_same(run_scan(*EVERYTHING, self.path, damaged), merged)
        self.assertEqual(merged.exit_code, 2)
        self.assertIn("damaged.json: 1 of 2 records could not be read", merged.stderr)
        path = str(self.folder / "all.state")
        run = run_program("merge", "--partial", "-o", path, *states)
        self.assertEqual(run.exit_code, 2)
        self.check_same(merged, run_program("merge", *EVERYTHING, path))

    def test_scan_names_merge_for_a_state(self) -> None:
        run = run_scan(self.good)
        self.check_refused(run, "good.state: is a state of cloudhijack scan --partial", "merge")


class OverlapTest(MergeTest):
    def setUp(self) -> None:
        super().setUp()
        self.path = self.write("a.json", lines(9))
        self.state_a = self.state("a.state", self.path)

    def test_inputs_in_two_states(self) -> None:
        copies = [self.write(f"copies/{n}.json", lines(n)) for n in range(6, 10)]
        state_b = self.state("b.state", *copies)
        run = run_program("merge", self.state_a, state_b)
        self.check_refused(
            run,
            f"{state_b}: 1 input is in an earlier state, too: {copies[-1]} (in {self.state_a}); "
            "scan each input once, or accept it with --allow-overlap",
        )
        accepted = run_program("merge", "--allow-overlap", *EVERYTHING, self.state_a, state_b)
        self.check_same(run_scan(*EVERYTHING, self.path, *copies), accepted)

    def test_the_same_state_twice(self) -> None:
        again = self.write("again.state.gz", gzip.compress(Path(self.state_a).read_bytes()))
        for other in (self.state_a, again):
            self.check_refused(
                run_program("merge", self.state_a, other), f"{other}: is the same state as"
            )
        joined = self.write("joined", Path(self.state_a).read_bytes() * 2)
        self.check_refused(
            run_program("merge", joined), f"{joined}, line 3: is the same state as {joined}"
        )

    def test_copies_in_one_state_are_those_of_one_scan(self) -> None:
        paths = [self.write(f"{name}.json", lines(9)) for name in ("copy", "another")]
        state = self.state("copies.state", *paths)
        self.check_same(run_scan(*EVERYTHING, *paths), run_program("merge", *EVERYTHING, state))

    def test_inputs_without_records_do_not_overlap(self) -> None:
        states = []
        for name in "xy":
            for data in (b"", b'{"some":"digest"}'):
                self.write(f"{name}/{len(data)}.json", data)
            self.write(f"{name}/log.json", lines(3, name))
            states.append(self.state(f"{name}.state", str(self.folder / name)))
        run = run_program("merge", *EVERYTHING, *states)
        self.assertEqual(run.exit_code, 0, run.stderr)

    def test_ranges_of_time_of_one_file(self) -> None:
        path = self.write("long.json", lines(60, "bob"))
        cut = "2024-03-05T00:00:20Z"
        states = [self.state("1.state", f"--to={cut}", path)]
        states.append(self.state("2.state", f"--from={cut}", path))
        merged = run_program("merge", "--ses-threshold=0", "--format=csv", *states)
        self.assertEqual(merged.exit_code, 0, merged.stderr)
        self.assertEqual(merged.stdout, run_scan(*EVERYTHING, path).stdout)
        self.check_refused(
            run_program("merge", *states, self.state("3.state", path)), "3.state: 1 input is in"
        )

    def test_a_damaged_file_is_recognised_by_all_its_bytes(self) -> None:
        packed = gzip.compress(b"".join(lines(60, str(n)) for n in range(40)) * 400, 0)
        damaged = bytearray(packed)
        damaged[len(packed) // 2] ^= 0xFF
        other = bytearray(damaged)
        other[-20] ^= 0xFF
        self.assertGreater(len(packed), 8 << 20)
        states = [
            self.state(f"{name}.state", self.write(f"{name}.gz", bytes(data)), exit_code=2)
            for name, data in (("one", damaged), ("copy", damaged), ("other", other))
        ]
        sizes = {size for state in states for _, size, _ in inputs_of(Path(state).read_bytes())}
        self.assertEqual(sizes, {len(packed)})
        self.check_refused(run_program("merge", *states[:2]), "copy.state: ")
        self.assertIn("finding", run_program("merge", states[0], states[2]).stderr)


class InterruptTest(MergeTest):
    def wait_for_stop(self, args: list[str], number: int) -> Run:
        """Sends a signal to a program that waits for more of its standard input."""
        process = subprocess.Popen(
            [*program(), *args],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # The shell of a script ignores SIGINT for a command that it runs in the background.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        assert process.stdin is not None
        process.stdin.write(self.sent)
        process.stdin.flush()
        while process.poll() is None:
            status = Path(f"/proc/{process.pid}/status").read_text()
            caught = int(status.partition("SigCgt:")[2].split()[0], 16)
            if caught >> (number - 1) & 1:
                break
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=60)
        return Run(process.returncode, stdout.decode(), stderr.decode())

    def test_no_state_and_no_answer(self) -> None:
        log = lines(9)
        state = run_scan("--partial", "-", stdin=log).stdout.encode()
        out = str(self.folder / "out")
        for args, sent, words in (
            (["scan", "--partial", "-o", out, "-"], log, "no state was written"),
            (["merge", "-o", out, "-"], state[:99], "there is no answer"),
            (["merge", "--partial", "-o", out, "-"], state, "there is no complete state"),
        ):
            for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
                self.sent = sent
                run = self.wait_for_stop(args, number)
                self.assertEqual((run.exit_code, run.stdout), (code, ""), run.stderr)
                self.assertIn(words, run.stderr)
                self.assertEqual(list(self.folder.iterdir()), [])


if __name__ == "__main__":
    unittest.main()
