"""Check the rules of default/savedsearches.conf with the models of contentctl.

contentctl makes Splunk's own content for Enterprise Security. Its models say which values a
detection can have, and its template which keys a rule has. contentctl_check.py runs this program.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import contentctl
from contentctl.objects.annotated_types import MITRE_ATTACK_ID_TYPE
from contentctl.objects.constants import (
    ATTACK_TACTICS_KILLCHAIN_MAPPING,
    ES_MAX_STANZA_LENGTH,
    ES_SEARCH_STANZA_NAME_FORMAT_AFTER_CLONING_IN_PRODUCT_TEMPLATE,
)
from contentctl.objects.deployment_notable import DeploymentNotable
from contentctl.objects.deployment_scheduling import DeploymentScheduling
from contentctl.objects.drilldown import Drilldown
from contentctl.objects.enums import (
    Cis18Value,
    KillChainPhase,
    NistCategory,
    RiskSeverity,
    SecurityDomain,
)
from contentctl.objects.rba import RBAObject, RiskObject, ThreatObject
from contentctl.objects.throttling import Throttling
from pydantic import TypeAdapter

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))
from spl import shipped

Rule = dict[str, str]

TACTIC = "Impact"  # of T1496.004 in ATT&CK

_TEMPLATE = Path(contentctl.__file__).parent / "output/templates/savedsearches_detections.j2"
_ACTIONS = "action.correlationsearch", "action.notable", "action.risk"

# Of the keys whose value is the same in all of Splunk's content, those that differ here.
DIFFERENT = {
    "action.notable.param._entities": "Splunk names no entity; a finding shows the one named here",
}


def template() -> dict[str, str]:
    """The keys of Splunk's rules, each with its value, which can contain expressions."""
    lines = re.findall(r"(?m)^([\w.]+) = (.*)$", _TEMPLATE.read_text(encoding="utf-8"))
    return dict(lines)


def check_keys(rule: Mapping[str, str], known: Mapping[str, str]) -> None:
    for key, value in rule.items():
        if not key.startswith(_ACTIONS) and key != "alert.digest_mode":
            continue
        if key not in known:
            raise ValueError(f"{key}: no rule of Splunk has this key")
        wanted = known[key]
        if "{" not in wanted and value != wanted and key not in DIFFERENT:
            raise ValueError(f"{key}: {value}; in Splunk's rules it is {wanted}")


def check_risk(rule: Mapping[str, str]) -> None:
    if "action.risk" not in rule:
        return
    objects = json.loads(rule["action.risk.param._risk"])
    risks = [
        RiskObject(
            field=entry["risk_object_field"],
            type=entry["risk_object_type"],
            score=entry["risk_score"],
        )
        for entry in objects
        if "risk_object_field" in entry
    ]
    threats = [
        ThreatObject(field=entry["threat_object_field"], type=entry["threat_object_type"])
        for entry in objects
        if "threat_object_field" in entry
    ]
    rba = RBAObject(
        message=rule["action.risk.param._risk_message"],
        risk_objects=set(risks),
        threat_objects=set(threats),
    )
    dumped = rba.model_dump(mode="json")
    written = [*dumped["risk_objects"], *dumped["threat_objects"]]
    if sorted(map(json.dumps, written)) != sorted(map(json.dumps, objects)):
        raise ValueError(f"action.risk.param._risk: contentctl would write {written}")


def check_finding(rule: Mapping[str, str]) -> None:
    DeploymentNotable(
        rule_title=rule["action.notable.param.rule_title"],
        rule_description=rule["action.notable.param.rule_description"],
        nes_fields=rule["action.notable.param.nes_fields"].split(","),
    )
    RiskSeverity(rule["action.notable.param.severity"])
    domain = SecurityDomain(rule["action.notable.param.security_domain"])
    label = ES_SEARCH_STANZA_NAME_FORMAT_AFTER_CLONING_IN_PRODUCT_TEMPLATE.format(
        security_domain_value=domain, search_name=rule["action.correlationsearch.label"]
    )
    if len(label) > ES_MAX_STANZA_LENGTH:
        raise ValueError(f"{label}: Enterprise Security cannot save so long a name")
    for written in json.loads(rule["action.notable.param.drilldown_searches"]):
        if Drilldown(**written).model_dump() != written:
            raise ValueError(f"a drill-down has a key that contentctl does not write: {written}")


def check_annotations(rule: Mapping[str, str]) -> None:
    kinds: dict[str, Any] = {
        "analytic_story": str,
        "cis20": Cis18Value,
        "kill_chain_phases": KillChainPhase,
        "mitre_attack": MITRE_ATTACK_ID_TYPE,
        "nist": NistCategory,
    }
    annotations = json.loads(rule["action.correlationsearch.annotations"])
    if annotations.keys() != kinds.keys():
        raise ValueError(f"annotations: {list(annotations)} instead of {list(kinds)}")
    for key, kind in kinds.items():
        TypeAdapter(list[kind]).validate_python(annotations[key])
    if annotations["kill_chain_phases"] != [ATTACK_TACTICS_KILLCHAIN_MAPPING[TACTIC]]:
        raise ValueError(f"annotations: {TACTIC} is another phase of the kill chain")


def check(rule: Mapping[str, str], known: Mapping[str, str]) -> None:
    """Raise a ValueError if contentctl would not make such a rule."""
    check_keys(rule, known)
    check_risk(rule)
    check_finding(rule)
    check_annotations(rule)
    Throttling(
        fields=rule["alert.suppress.fields"].split(","), period=rule["alert.suppress.period"]
    )
    DeploymentScheduling(
        cron_schedule=rule["cron_schedule"],
        earliest_time=rule["dispatch.earliest_time"],
        latest_time=rule["dispatch.latest_time"],
        schedule_window=rule["schedule_window"],
    )


# Mistakes that the check must find: a key, a text in its value, and what replaces the text.
MISTAKES = [
    ("alert.suppress.period", "25h", "3d"),
    ("alert.suppress.fields", ",", ", "),
    ("alert.digest_mode", "1", "0"),
    ("action.risk.param._risk", '"user","risk_score"', '"account","risk_score"'),
    ("action.risk.param._risk", '"risk_score":48', '"risk_score":0'),
    ("action.risk.param._risk", "ip_address", "ip"),
    ("action.risk.param._risk", '"risk_score":', '"note":"","risk_score":'),
    ("action.correlationsearch.annotations", "T1496.004", "T1496.4"),
    ("action.correlationsearch.annotations", "DE.CM", "DE.XX"),
    ("action.correlationsearch.annotations", "CIS 10", "CIS 99"),
    ("action.correlationsearch.annotations", "Actions on Objectives", "Delivery"),
    ("action.correlationsearch.annotations", '"nist"', '"nist_csf"'),
    ("action.correlationsearch.detection_type", "ebd", "event"),
    ("action.correlationsearch.label", "Rule", "Rule" * 20),
    ("action.notable.param.severity", "high", "urgent"),
    ("action.notable.param.security_domain", "threat", "cloud"),
    ("action.notable.param.drilldown_searches", '"earliest_offset"', '"earliest"'),
]


def unnoticed(rule: Rule, known: Mapping[str, str]) -> Iterator[str]:
    """The mistakes of the list that the check accepts in a rule that is right."""
    spoiled = [(key, {**rule, key: rule[key].replace(old, new)}) for key, old, new in MISTAKES]
    spoiled.append(("an unknown key", {**rule, "action.notable.param.entities": "x"}))
    for key, wrong in spoiled:
        if wrong == rule:
            yield f"{key}: the rule does not contain the text that the mistake replaces"
            continue
        try:
            check(wrong, known)
        except (ValueError, KeyError):  # a pydantic error is a ValueError
            continue
        yield f"{key}: a mistake passes: {wrong.get(key)}"


def main() -> None:
    known = template()
    rules = {
        name: stanza
        for name, stanza in shipped("savedsearches.conf").items()
        if "action.correlationsearch.enabled" in stanza
    }
    wrong = []
    for name, rule in rules.items():
        try:
            check(rule, known)
        except (ValueError, KeyError) as error:
            wrong.append(f"{name}: {error}")
    wrong += list(unnoticed(dict(rules["Cloudhijack - Hunt - Rule"]), known))
    mistakes = len(MISTAKES) + 1
    print(f"contentctl: checked {len(rules)} rules, and that {mistakes} mistakes are refused")
    if wrong:
        sys.exit("contentctl: " + "\ncontentctl: ".join(wrong))


if __name__ == "__main__":
    main()
