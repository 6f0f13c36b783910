"""The arguments of the command: accepted values, effects, and errors if they are misused."""

from __future__ import annotations

import unittest
from collections.abc import Sequence

from chunk_body import Row, write_body
from program_under_test import program
from splunkd import run_search

SOURCES = {"ses": "SendEmail", "sns": "Publish", "bedrock": "InvokeModel"}


def calls(service: str, seconds: Sequence[float], caller: str = "alice") -> bytes:
    raw = '{"eventSource":"%s.amazonaws.com","eventName":"%s","userIdentity":{"arn":"%s"}}'
    record = (raw % (service, SOURCES[service], caller)).encode()
    return write_body([{"_time": str(second).encode(), "_raw": record} for second in seconds])


def rows_of(args: Sequence[str], *chunks: bytes) -> list[Row]:
    answer = run_search(program(), args, chunks)
    assert answer.error is None, answer.error
    return answer.rows


class EffectTest(unittest.TestCase):
    def test_defaults_are_those_of_the_replaced_search(self) -> None:
        for service, threshold in (("ses", 100), ("sns", 200), ("bedrock", 50)):
            for count, found in ((threshold, 0), (threshold + 1, 1)):
                rows = rows_of([], calls(service, range(count)))
                self.assertEqual(len(rows), found)
            self.assertEqual(rows[0]["Threshold"], str(threshold))

    def test_thresholds(self) -> None:
        for service in SOURCES:
            for threshold in (0, 3, 1_000_000_000):
                args = [f"{service}_threshold={threshold}"]
                rows = rows_of(args, calls(service, range(4)))
                self.assertEqual(
                    [row["Threshold"] for row in rows], [str(threshold)] * (threshold < 4)
                )

    def test_scores_follow_the_threshold(self) -> None:
        for count, score in ((3, "1"), (6, "1"), (7, "2"), (20, "2"), (21, "3")):
            [row] = rows_of(["ses_threshold=2"], calls("ses", range(count)))
            self.assertEqual(row["SuspicionScore"], score)

    def test_span(self) -> None:
        times = [0, 59.999999, 60, 3599, 3600, 86_399, 86_400, -1]
        for span, starts in (
            ("1s", ["-1", "0", "3599", "3600", "59", "60", "86399", "86400"]),
            ("60s", ["-60", "0", "3540", "3600", "60", "86340", "86400"]),
            ("1m", ["-60", "0", "3540", "3600", "60", "86340", "86400"]),
            ("1h", ["-3600", "0", "3600", "82800", "86400"]),
            ("24h", ["-86400", "0", "86400"]),
            ("1d", ["-86400", "0", "86400"]),
            ("366d", ["-31622400", "0"]),
        ):
            with self.subTest(span=span):
                rows = rows_of(["ses_threshold=0", f"span={span}"], calls("ses", times))
                self.assertEqual(sorted(str(row["_time"]) for row in rows), starts)

    def test_min_score(self) -> None:
        chunks = [calls("ses", range(5), "alice"), calls("ses", range(5), "tmp")]
        for min_score, callers in (
            (0, ["tmp", "alice"]),
            (2, ["tmp", "alice"]),
            (3, ["tmp"]),
            (6, []),
        ):
            rows = rows_of(["ses_threshold=1", f"min_score={min_score}"], *chunks)
            self.assertEqual([row["CallerARN"] for row in rows], callers)

    def test_suspicious_names(self) -> None:
        for pattern, caller, score in (
            *(("", name, "2") for name in ("temp", "xtmpx", "test", "anon", "random")),
            *(("", name, "1") for name in ("TEMP", "tem p", "alice", "Random")),
            *(("(?i)TEMP|x=1", name, "2") for name in ("temp", "ax=1")),
            *(("^a.*e$", name, "2") for name in ("alice", "ae")),
            *(("é, \\d{2}", name, "2") for name in ("Zoé, 42",)),
        ):
            args = ["ses_threshold=1"] + ([f"suspicious_names={pattern}"] if pattern else [])
            [row] = rows_of(args, calls("ses", range(2), caller))
            self.assertEqual(row["SuspicionScore"], score, f"{caller!r} and {pattern!r}")

    def test_suspicious_names_take_linear_time(self) -> None:
        for pattern in ("(a+)+$", "(a|aa)+$", "(a*)*(a*)*b"):
            args = ["ses_threshold=1", f"suspicious_names={pattern}"]
            [row] = rows_of(args, calls("ses", range(2), "a" * 1000 + "!"))
            self.assertEqual(row["SuspicionScore"], "1")

    def test_mode_volume_is_the_default(self) -> None:
        chunk = calls("ses", range(101))
        self.assertEqual(rows_of(["mode=volume"], chunk), rows_of([], chunk))

    def test_blanks_around_the_equals_sign(self) -> None:
        chunk = calls("ses", range(3))
        for args in (["ses_threshold", "=", "2"], ["ses_threshold=", "2"], ["ses_threshold", "=2"]):
            args = ["span=1h", *args, "min_score", "=", "1"]
            self.assertEqual([row["Threshold"] for row in rows_of(args, chunk)], ["2"])


BAD_SPANS = [
    "",
    "0h",
    "1",
    "h",
    "1w",
    "1H",
    "-1h",
    "+1h",
    "1.5h",
    "1 h",
    "1h1",
    "367d",
    "9" * 30 + "s",
]
BAD_NUMBERS = ["", "-1", "+1", "1.5", "1e3", "0x1", "1 0", "many", "1000000001", "9" * 30]
BAD_PATTERNS = ["", "(", "a**", "[z-a]", "(?=a)", r"(a)\1", "a{99999}"]


class MisuseTest(unittest.TestCase):
    def check_refused(self, args: Sequence[str], *words: str) -> None:
        with self.subTest(args=args):
            answer = run_search(program(), args)
            for word in words:
                self.assertIn(word, answer.error or "no error")

    def test_bad_values(self) -> None:
        for value in BAD_SPANS:
            self.check_refused(
                [f"span={value}"], f'option span: invalid value "{value}"', "s, m, h or d"
            )
        for option in (*(f"{service}_threshold" for service in SOURCES), "min_score"):
            for value in BAD_NUMBERS:
                words = [f'option {option}: invalid value "{value}"; it accepts a whole number']
                self.check_refused([f"{option}={value}"], *words)
        self.check_refused(
            ["min_score=7"], 'min_score: invalid value "7"; it accepts a whole number from 0 to 6'
        )
        for value in BAD_PATTERNS:
            words = ["suspicious_names: invalid value", "it accepts a regular expression"]
            self.check_refused([f"suspicious_names={value}"], *words)
        for value in ("", "volumes", "VOLUME"):
            self.check_refused(
                [f"mode={value}"], f'option mode: invalid value "{value}"', "accepts volume"
            )

    def test_unknown_options(self) -> None:
        for name in ("spam", "Span", "threshold", "ses-threshold", "a span", "__proto__"):
            self.check_refused([f"{name}=1"], f'unknown option "{name}"', "span", "ses_threshold")

    def test_options_of_other_modes(self) -> None:
        self.check_refused(["min_risk=5"], "min_risk")
        self.check_refused(["disabled_evidence=burst"], "disabled_evidence")

    def test_option_given_twice(self) -> None:
        self.check_refused(
            ["span=1h", "min_score=1", "span=1h"], "option span: given more than once"
        )

    def test_positional_arguments(self) -> None:
        for text in ("volume", "span=1h volume", "span 1h", "= 1h", "=1h", "="):
            self.check_refused(text.split(), ": not an option; ", "name=value")
        self.check_refused([""], ": not an option; ", "name=value")

    def test_hostile_arguments_are_quoted_unchanged(self) -> None:
        self.check_refused(["x\n\x00\u00e9\U0001f4e7=1"], "unknown option", "\u00e9\U0001f4e7")
        self.check_refused(["span=" + "9" * 1_000_000], "option span: invalid value")
