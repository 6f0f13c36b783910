"""Compares counts, tokens and costs of the providers' own logs with a small, independent
reference."""

from __future__ import annotations

import csv
import io
import json
import random
import unittest
from collections.abc import Sequence
from typing import Any

from azure_records import AzureTrail, Resource
from cluster import Peer, run_cluster
from hunt_records import HOUR, MONDAY
from invocation_records import CLAUDE, InvocationTrail
from messaging_records import SendGridTrail, TwilioTrail
from program_under_test import program
from provider_reference import HUNT_COLUMNS, VOLUME_COLUMNS, hunt_rows, volume_rows
from shell_run import run_scan
from splunkd import run_search
from test_tuning import bodies, listed

RESOURCE = Resource("0b1f6471-1bf0-4dda-aec3-cb9272f09590", "Shop-AI")
SEEDS = range(12)
THRESHOLD = 3
THRESHOLDS = [
    f"{service}_threshold={THRESHOLD}"
    for service in ("sendgrid", "twilio", "azure_openai", "bedrock_invocations")
]
MODELS = [
    CLAUDE,
    "anthropic.claude-opus-4-1-20250805-v1:0",
    "arn:aws:bedrock:us-east-1:111122223333:inference-profile/eu.amazon.nova-lite-v1:0",
    "anthropic.claude-3-haiku-20240307-v1:0",
    "own-model",
]
NUMBERS = ["+8801712345678", "+447700900123", "+12025550123", "+18765550123", "+79161234567"]


def mixed_lines(seed: int, count: int = 400) -> list[bytes]:
    """Records of every provider in random order, some of them delivered twice."""
    rng = random.Random(seed)
    sendgrid = SendGridTrail(f"mails {seed}", str(rng.randrange(10**6, 10**9)))
    twilio = TwilioTrail(f"texts {seed}")
    bedrock = InvocationTrail(f"models {seed}")
    azure = AzureTrail(f"azure {seed}")
    callers = [bedrock.user("eve"), bedrock.session("app"), bedrock.session("app", "i-2")]
    for _ in range(count):
        at = MONDAY + rng.randrange(4 * HOUR)
        kind = rng.randrange(6)
        if kind == 0:
            rng.choice([sendgrid.processed, sendgrid.processed, sendgrid.bounce, sendgrid.dropped])(
                at
            )
        elif kind == 1:
            _text(rng, twilio, at)
        elif kind in (2, 3):
            _invocation(rng, bedrock, at, rng.choice(callers))
        else:
            _azure(rng, azure, at)
    lines = [*sendgrid.lines, *twilio.lines, *bedrock.lines, *azure.lines]
    lines += rng.sample(lines, len(lines) // 5)
    rng.shuffle(lines)
    return lines


def _text(rng: random.Random, twilio: TwilioTrail, at: float) -> None:
    """A message that appears in an event stream, in the list of messages, or in both."""
    to = rng.choice(NUMBERS)
    segments = rng.randrange(1, 8)
    sid = ""
    if rng.random() < 0.7:
        error = rng.choice([None, None, None, 21408, 30450])
        state = "failed" if error else rng.choice(["sent", "sent", "delivered"])
        sid = twilio.sent(at, to, segments=segments, state=state, error=error)
    if not sid or rng.random() < 0.5:
        price = rng.choice([None, "0.0075", "0.2512", "1.50"])
        error = rng.choice([None, None, 30007])
        twilio.message(at, to, segments=segments, price=price, sid=sid, error=error)


def _invocation(rng: random.Random, bedrock: InvocationTrail, at: float, caller: str) -> None:
    bedrock.invoke(
        at,
        caller,
        model=rng.choice(MODELS),
        tokens=(rng.randrange(200_000), rng.randrange(9000)),
        cached=(rng.choice([0, rng.randrange(10**6)]), rng.choice([0, rng.randrange(10**5)])),
        operation=rng.choice(["InvokeModel", "Converse"]),
        error=rng.choice([None] * 5 + ["ThrottlingException"]),
    )


def _azure(rng: random.Random, azure: AzureTrail, at: float) -> None:
    """A call with a key, and sometimes the record that counts its tokens."""
    model = rng.choice(["gpt-4o-2024-08-06", "gpt-4.1-mini", "own"])
    azure.request(RESOURCE, at, model=model, status=rng.choice([200, 200, 201, 429, 400]))
    if rng.random() < 0.5:
        record = json.loads(azure.lines[-1])
        record["category"] = "AzureOpenAIRequestUsage"
        prompts = [rng.randrange(10**5) for _ in range(rng.randrange(1, 4))]
        record["properties"] = {
            "modelName": model,
            "promptTokens": prompts,
            "cachedTokens": [rng.choice([0, number, 2 * number]) for number in prompts],
            "generatedTokens": [rng.randrange(5000)],
        }
        azure.lines.append(json.dumps(record).encode())


def table(rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> list[tuple[str, ...]]:
    return sorted(tuple(" ".join(listed(row[name])) for name in columns) for row in rows)


class ReferenceTest(unittest.TestCase):
    def test_volume_counts_calls_tokens_and_costs(self) -> None:
        found = 0
        for seed in SEEDS:
            lines = mixed_lines(seed)
            rows = run_search(program(), THRESHOLDS, bodies(lines)).rows
            expected = volume_rows(lines, THRESHOLD)
            self.assertEqual(table(rows, VOLUME_COLUMNS), expected, f"seed {seed}")
            found += len(expected)
        self.assertGreater(found, 10 * len(SEEDS))

    def test_hunt_mode_counts_the_use_of_each_principal(self) -> None:
        for seed in SEEDS:
            lines = mixed_lines(seed)
            rows = run_search(program(), ["mode=hunt", "min_risk=0"], bodies(lines)).rows
            self.assertEqual(table(rows, HUNT_COLUMNS), hunt_rows(lines), f"seed {seed}")

    def test_cluster_and_command_line_give_the_same_rows(self) -> None:
        for seed in SEEDS:
            lines = mixed_lines(seed)
            for args in (THRESHOLDS, ["mode=hunt", "min_risk=0"]):
                usual = run_search(program(), args, bodies(lines)).rows
                rng = random.Random(f"peers {seed}")
                parts: list[list[Any]] = [[], [], []]
                for line in lines:
                    for part in rng.sample(parts, rng.choice([1, 1, 1, 2])):
                        part.append({"_raw": line})
                peers = [
                    Peer(part, name=f"idx{number}", rows_per_chunk=rng.choice([7, 90]))
                    for number, part in enumerate(parts)
                ]
                self.assertEqual(run_cluster(program(), args, peers)[0].rows, usual, f"seed {seed}")
                options = [f"--{arg.replace('_', '-')}" for arg in args]
                scan = run_scan(*options, "--format", "csv", "-", stdin=b"\n".join(lines))
                in_shell = list(csv.DictReader(io.StringIO(scan.stdout)))
                for name in ("EstimatedCost", "InputTokens", "OutputTokens"):
                    self.assertEqual(
                        [row[name] for row in in_shell], [row[name] for row in usual], scan.stderr
                    )

    def test_models_without_a_price_are_named_once(self) -> None:
        trail = InvocationTrail("own models")
        for number in range(60):
            model = f"imported-model/own-{number % 2}"
            trail.invoke(MONDAY + number, trail.user("eve"), model=model)
        for args in ([], ["mode=hunt"]):
            answer = run_search(program(), args, bodies(trail.lines))
            messages = [text for _, text in answer.messages if "no price" in text]
            self.assertEqual(
                messages,
                [
                    "2 models have no price, so EstimatedCost does not include their tokens: "
                    "own-0, own-1; add a stanza [price:<model>] to cloudhijack.conf"
                ],
            )
            self.assertEqual(answer.rows[0]["EstimatedCost"], "")
            self.assertEqual(answer.rows[0]["InputTokens"], "60000")


if __name__ == "__main__":
    unittest.main()
