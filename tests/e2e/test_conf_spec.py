"""README/cloudhijack.conf.spec documents what the program takes; the example beside it works."""

from __future__ import annotations

import re
import tempfile
import unittest
from pathlib import Path

from call_records import call
from program_under_test import program
from shell_run import ndjson_rows, run_program, run_scan
from shipped_catalogue import CATALOGUE, PHASES, ROOT, read_stanzas
from splunkd import run_search

SPEC = ROOT / "README/cloudhijack.conf.spec"
EXAMPLE = ROOT / "README/cloudhijack.conf.example"
EVIDENCE = re.compile(r"evidence:\w+")


def spec_stanzas() -> dict[str, dict[str, str]]:
    """Of each stanza the keys, each with what is said of it."""
    stanzas: dict[str, dict[str, str]] = {}
    text = re.sub(r"(?m)^#.*\n", "", SPEC.read_text())
    for stanza, body in re.findall(r"(?m)^\[(.+)\]\n((?:(?!\[).*\n)*)", text):
        keys = re.findall(r"(?m)^([\w<> ]+) = (.+\n(?:[* ].*\n)+)", body)
        stanzas[stanza] = dict(keys)
    return stanzas


def options_of_the_program() -> set[str]:
    complaint = run_search(program(), ["nonsense=1"]).error or ""
    return set(complaint.rpartition("the options are ")[2].split(", "))


def complaint_about(conf: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.conf"
        path.write_text(conf)
        run = run_program("check-config", str(path))
    return run.stderr


class SpecTest(unittest.TestCase):
    def test_each_stanza_is_in_it(self) -> None:
        stanzas = re.findall(
            r"\[[^]]+\]", complaint_about("[x]\na = 1\n").partition("the stanzas are ")[2]
        )
        general = {name for name in spec_stanzas() if not EVIDENCE.match(name)}
        self.assertEqual(sorted(stanzas), [f"[{name}]" for name in sorted(general)])

    def test_each_evidence_is_in_it_with_its_keys_and_defaults(self) -> None:
        told = complaint_about("[evidence:x]\nscore = 1\n").partition("the rules are ")[2]
        spec = {name: keys for name, keys in spec_stanzas().items() if EVIDENCE.match(name)}
        self.assertEqual([f"evidence:{name}" for name in told.strip().split(", ")], list(spec))
        shipped = read_stanzas(CATALOGUE.read_text())
        for name, keys in spec.items():
            complaint = complaint_about(f"[{name}]\nnonsense = 1\n")
            known = complaint.partition("this rule has the keys ")[2].strip().split(", ")
            self.assertEqual(sorted(known), sorted(["score", "disabled", *keys]), name)
            self.assertEqual(set(shipped[name]), {"score", *keys}, name)
            for key, text in keys.items():
                self.assertIn(f"\n* Default: {shipped[name][key]}\n", text, f"[{name}] {key}")

    def test_each_evidence_rule_is_in_the_docs(self) -> None:
        shipped = {name.partition(":")[2] for name in read_stanzas(CATALOGUE.read_text())}
        ids = [name for name in spec_stanzas() if EVIDENCE.match(name)]
        evidence = [name.partition(":")[2] for name in ids]
        self.assertLessEqual(set(evidence), shipped)
        page = (ROOT / "docs/evidence-rules.md").read_text()
        self.assertEqual(sorted(re.findall(r"(?m)^### `(\w+)`$", page)), sorted(evidence))
        overview = page.partition("\n## ")[0]
        table = re.findall(r"(?m)^\| .*? \| (`.*`) \|", overview)
        listed = re.findall(r"`(\w+)`", " ".join(table))
        self.assertEqual(sorted(listed), sorted(evidence))
        changes = (ROOT / "CHANGELOG.md").read_text()
        count = re.findall(r"scored by (\d+) evidence rules and (\d+) markers", changes)
        self.assertEqual(sum(map(int, count[0])), len(evidence))

    def test_each_key_of_a_service_is_in_it(self) -> None:
        told = complaint_about("[service:x]\nnonsense = 1\n").partition("a service has the keys ")[
            2
        ]
        keys = told.strip().split(", ")
        self.assertGreater(len(keys), 10)
        self.assertEqual(sorted(keys), sorted(spec_stanzas()["service:<id>"]))
        self.assertLess(set(PHASES), set(keys))

    def test_each_option_is_in_it(self) -> None:
        options = options_of_the_program()
        services = {name.partition(":")[2] for name in read_stanzas(CATALOGUE.read_text())}
        thresholds = {f"{service}_threshold" for service in services} & options
        self.assertEqual(len(thresholds), 13)
        documented = spec_stanzas()["defaults"]
        # A search cannot set memory_limit, so it does not offer it.
        more = {"<service id>_threshold", "memory_limit"}
        self.assertEqual(set(documented), options - thresholds | more)

    def test_each_key_has_a_default(self) -> None:
        for stanza, keys in spec_stanzas().items():
            for key, text in keys.items():
                self.assertRegex(text, r"\n\* (Default: .|Required )", f"[{stanza}] {key}")

    def test_its_defaults_are_those_of_the_program(self) -> None:
        shipped = read_stanzas(CATALOGUE.read_text())["defaults"]
        without = ("<service id>_threshold", "disabled_evidence", "own_accounts", "memory_limit")
        for key, text in spec_stanzas()["defaults"].items():
            if key not in without:
                self.assertIn(f"\n* Default: {shipped[key]}\n", text, key)
        own = "[service:own]\nsource = own\nvolume = Use\n"
        record = call(eventSource="own.amazonaws.com", eventName="Use")
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
            file.write(own)
            file.flush()
            args = ("--config", file.name, "--format=ndjson", "-")
            [row] = ndjson_rows(run_scan(*args, stdin=(record + b"\n") * 51).stdout)
        service = spec_stanzas()["service:<id>"]
        for key, column in (("category", "AttackCategory"), ("threshold", "Threshold")):
            value = row[column] if isinstance(row[column], str) else row[column][1]
            self.assertIn(f"\n* Default: {value}\n", service[key])
        self.assertEqual(row["ServiceAbused"], "own")  # the id

    def test_what_is_shipped_uses_documented_keys_alone(self) -> None:
        spec = spec_stanzas()
        for stanza, keys in read_stanzas(CATALOGUE.read_text()).items():
            kind = re.sub(
                r"^service:.*", "service:<id>", re.sub(r"^price:.*", "price:<model>", stanza)
            )
            documented = set(spec[kind])
            if EVIDENCE.match(stanza):
                documented |= set(spec["evidence:<id>"])
            self.assertLessEqual(set(keys), documented, stanza)


class ExampleTest(unittest.TestCase):
    def test_it_passes_the_check(self) -> None:
        run = run_program("check-config", str(EXAMPLE))
        self.assertEqual((run.exit_code, run.stderr), (0, ""))
        self.assertRegex(run.stdout, r"(?m)^service translate: AWS Translate, threshold 500, ")
        self.assertRegex(run.stdout, r"(?m)^service ses: AWS SES, threshold 1000, ")

    def test_what_it_adds_is_found(self) -> None:
        speech = {"eventSource": "polly.amazonaws.com", "eventName": "SynthesizeSpeech"}
        records = [
            call("demo", **speech, requestParameters={"engine": engine})
            for engine in ["neural"] * 501 + ["standard"]
        ]
        args = ("--config", str(EXAMPLE), "--format=ndjson", "-")
        [row] = ndjson_rows(run_scan(*args, stdin=b"\n".join(records)).stdout)
        self.assertEqual((row["ServiceAbused"], row["EventCount"][1]), ("AWS Translate", "501"))

    def test_it_shows_each_kind_of_stanza(self) -> None:
        stanzas = read_stanzas(EXAMPLE.read_text())
        self.assertIn("defaults", stanzas)
        self.assertTrue(any("(" in stanza.get("volume", "") for stanza in stanzas.values()))
        shipped = read_stanzas(CATALOGUE.read_text())
        self.assertTrue(set(shipped) & set(stanzas) - {"defaults"})
