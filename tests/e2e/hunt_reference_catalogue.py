"""The catalogue's content, as the reference of `mode=hunt` reads it from the shipped file.

The calls, services, thresholds and lists of words are data, so they come from the shipped file. The
scores and windows of the rules are written in the rules of the reference.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any, NamedTuple

from shipped_catalogue import CATALOGUE, PHASES, calls_in, read_stanzas, services

HUNTED_PHASES = tuple(phase for phase in PHASES if phase != "volume")


class Entry(NamedTuple):
    """One way in which the catalogue names a call."""

    service: str
    phase: str
    conditions: dict[str, str]  # maps a path under requestParameters to its value
    weight: int
    number: int  # the call's position among those of the service


Entries = dict[tuple[str, str], list[Entry]]

_STANZAS = read_stanzas(CATALOGUE.read_text("utf-8"))
LINKS = "links"  # the service of role sessions, which is shipped disabled
_SERVICES = {**services(), LINKS: _STANZAS[f"service:{LINKS}"]}


def _entries(with_links: bool) -> Entries:
    entries: defaultdict[tuple[str, str], list[Entry]] = defaultdict(list)
    for service, stanza in _SERVICES.items():
        if service == LINKS and not with_links:
            continue
        numbers: dict[tuple[str, str], int] = {}
        for phase in PHASES:
            for call in calls_in(stanza.get(phase, ""), stanza.get("source")):
                number = numbers.setdefault((call.source, call.name), len(numbers))
                if phase not in HUNTED_PHASES:
                    continue
                pairs = (condition.partition("=") for condition in call.conditions.split(","))
                conditions = {path: value for path, _, value in pairs if path}
                entry = Entry(service, phase, conditions, call.weight, number)
                entries[call.source, call.name].append(entry)
    return dict(entries)


# Maps the source and name of a call to the catalogue's entries for it.
ENTRIES = _entries(with_links=False)
ENTRIES_WITH_LINKS = _entries(with_links=True)
LABELS = {service: stanza["label"] for service, stanza in _SERVICES.items()}
# The step against each service's use; empty if there is none.
RESPONSES = {service: stanza.get("response", "") for service, stanza in _SERVICES.items()}
# Maps a service and the name of a call that uses it to the sources of such calls.
USE_SOURCES: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
for _service, _stanza in _SERVICES.items():
    for _call in calls_in(_stanza.get("use", _stanza.get("volume", "")), _stanza.get("source")):
        USE_SOURCES[_service, _call.name].add(_call.source)
THRESHOLDS = {
    service: int(stanza["threshold"])
    for service, stanza in services().items()
    if stanza.get("threshold") and "use" in stanza
}


def evidence_value(rule: str, key: str, default: str = "") -> str:
    return _STANZAS.get(f"evidence:{rule}", {}).get(key, default)


TOOL_AGENT = re.compile(evidence_value("tool_agent", "pattern"))
QUOTA = re.compile(evidence_value("quota_asked", "pattern"))
ORDINARY_RECON = evidence_value("recon_then_use", "ordinary_calls").split()
GUARDRAIL_CALLS = evidence_value("evade", "guardrail_calls").split()
LOG_GROUP = re.compile(
    evidence_value(
        "trail_tampering", "pattern", "(?i)bedrock|cloudtrail|(^|[/_-])(ses|sns)([/_-]|$)"
    )
)
SUSPICIOUS_NAME = re.compile(_STANZAS["defaults"]["suspicious_names"])


def holds(parameters: dict[str, Any], conditions: dict[str, str], text_of: Any) -> bool:
    """Whether all conditions hold; an array matches if any of its elements does."""
    for path, wanted in conditions.items():
        value: Any = parameters
        for key in path.split("."):
            value = value.get(key) if isinstance(value, dict) else None
        values = value if isinstance(value, list) else [value]
        if wanted not in map(text_of, values):
            return False
    return True
