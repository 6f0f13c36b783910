"""The parts of the Spark job that need no Spark."""

from __future__ import annotations

import os
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools/spark"))

import cloudhijack_tasks
from cloudhijack_inputs import Input, InputList, Unusable, tasks_of
from cloudhijack_spark import split_options
from cloudhijack_tasks import ProgramFailed, States, bring, pieces_of


class PartsTest(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name).resolve()


class TasksTest(unittest.TestCase):
    def sizes(self, sizes: list[int], most_bytes: int) -> list[list[int]]:
        inputs = [Input("", f"{i:09}", size) for i, size in enumerate(sizes)]
        tasks = tasks_of(inputs, most_bytes)
        self.assertEqual([one for task in tasks for one in task], inputs)
        return [[one.size for one in task] for task in tasks]

    def test_neighbours_share_a_task(self) -> None:
        self.assertEqual(self.sizes([], 10), [])
        self.assertEqual(self.sizes([4, 4, 4], 10), [[4, 4], [4]])
        self.assertEqual(self.sizes([5, 5, 0, 1], 10), [[5, 5, 0], [1]])
        self.assertEqual(self.sizes([99, 1, 99], 10), [[99], [1], [99]])

    def test_a_task_has_a_limited_number_of_files(self) -> None:
        self.assertEqual([len(task) for task in self.sizes([0] * 40_001, 10)], [20_000, 20_000, 1])


class InputsTest(PartsTest):
    def listed(self, *paths: object) -> list[str]:
        inputs = InputList()
        inputs.add_paths([str(path) for path in paths])
        return [os.path.relpath(one.path, self.folder) for one in inputs.finish()]

    def test_folders_and_links(self) -> None:
        (self.folder / "a/b").mkdir(parents=True)
        (self.folder / "a/b/.hidden").write_text("x")
        (self.folder / "a/file name").write_text("x")
        (self.folder / "a/b/again").symlink_to("../file name")
        (self.folder / "a/b/loop").symlink_to("..")
        (self.folder / "a/dead").symlink_to("nowhere")
        self.assertEqual(
            self.listed(self.folder / "a", self.folder / "a/b"),
            ["a/b/.hidden", "a/dead", "a/file name"],
        )

    def test_a_list(self) -> None:
        (self.folder / "one").write_text("x")
        names = self.folder / "names"
        names.write_text(f"{self.folder}/one\n\n")
        inputs = InputList()
        inputs.add_list(str(names), "")
        self.assertEqual(inputs.finish(), [Input("", f"{self.folder}/one", 1)])
        names.write_text("2024-03-05 01:02:03     123456 AWSLogs/a b.json.gz\n")
        with self.assertRaisesRegex(Unusable, "--bucket"):
            inputs.add_list(str(names), "")
        # Its size is in the list, so nobody asks S3.
        inputs.add_list(str(names), "s3://trails?region=us-east-1")
        self.assertEqual(
            inputs.finish()[1],
            Input("s3://trails/?region=us-east-1", "trails/AWSLogs/a b.json.gz", 123456),
        )

    def test_the_parts_of_a_key_are_names(self) -> None:
        away = self.folder / "away"
        away.mkdir()
        (away / "log").write_text("x")
        names = bring([("", f"{away}/./../away//log")], self.folder / "in" / "inputs")
        self.assertEqual(names, [self.folder.parts[1]])
        (brought,) = (path for path in (self.folder / "in").rglob("log"))
        self.assertEqual(brought.parent.name, "%")
        self.assertIn("away/%2E/%2E%2E/away/%/log", str(brought))
        self.assertEqual(brought.read_text(), "x")


class StatesTest(PartsTest):
    def pieces(self, data: bytes, state: int = 7) -> list[dict[str, object]]:
        path = self.folder / "state"
        path.write_bytes(data)
        rows = [row for batch in pieces_of(path, state, 1) for row in batch.to_pylist()]
        for row in rows:
            self.assertEqual(row.pop("key"), 1)
        return rows

    @mock.patch.object(cloudhijack_tasks, "PIECE", 10)
    def test_pieces_in_any_order_are_the_state(self) -> None:
        for size in (0, 1, 9, 10, 11, 100, 101):
            with self.subTest(size=size), tempfile.TemporaryDirectory() as name:
                data = os.urandom(size)
                states = States(Path(name))
                pieces = self.pieces(data)
                self.assertEqual(len(pieces), max(1, -(-size // 10)))
                for piece in reversed(pieces):
                    states.add(**piece)
                self.assertEqual(Path(states.paths()[7]).read_bytes(), data)

    @mock.patch.object(cloudhijack_tasks, "PIECE", 10)
    def test_missing_pieces_and_those_of_two_attempts_are_errors(self) -> None:
        one, other = self.pieces(bytes(30)), self.pieces(bytes(30))
        for pieces in (one[:2], one[1:], [*one, one[0]], [*one[:2], other[2]], one + other):
            states = States(self.folder)
            for piece in pieces:
                states.add(**piece)
            with self.assertRaisesRegex(ProgramFailed, "one attempt"):
                states.paths()


class OptionsTest(unittest.TestCase):
    def test_each_option_goes_to_the_runs_that_it_belongs_to(self) -> None:
        words = "--format csv --mode=hunt -o a.csv --config x.conf --min-risk 0 --allow-overlap"
        options = split_options(words.split(), "3")
        self.assertEqual(options.scan_words, ["--mode=hunt", "--threads=3"])
        self.assertEqual(options.files, [("--config", "x.conf")])
        self.assertEqual(options.merge_words, ["--allow-overlap"])
        expected = ["--format", "csv", "--min-risk", "0", "--mode=hunt"]
        self.assertEqual(options.answer_words, expected)
        self.assertEqual(options.output, "a.csv")

    def test_a_time_is_the_same_for_all_tasks(self) -> None:
        words = split_options(["--from", "7d", "--to=2024-03-05", "--threads", "2"], "1").scan_words
        self.assertRegex(words[0], r"--from=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
        self.assertEqual(words[1:], ["--to=2024-03-05", "--threads=2"])
        for when in ("90s", "30m", "12h", "7d", "2w"):
            with self.subTest(when):
                words = split_options(["--from", when], "1").scan_words
                self.assertRegex(words[0], r"--from=\d{4}-\d\d-\d\dT")

    def test_the_mode_is_that_of_the_answer_and_not_of_a_state(self) -> None:
        words = ["--mode", "baseline"]
        self.assertEqual(split_options(words, "1").answer_words, ["--mode=baseline"])
        self.assertEqual(split_options([*words, "--partial"], "1").answer_words, ["--partial"])


if __name__ == "__main__":
    unittest.main()
