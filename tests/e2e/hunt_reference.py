"""What `mode=hunt` must answer, written from the rules alone.

It is plain rather than fast: it keeps every call of every principal in a list and goes through that
list once for each rule, to the second. It shares nothing with the program or with the generators of
events, so that one mistake cannot hide in both.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Callable, Optional, Union

from hunt_reference_account import (
    api_key_made,
    bearer_key,
    cleanup,
    evade,
    foreign_grant,
    long_term_key,
    quarantined,
    quota_asked,
    smtp_credentials,
    suspicious_name,
    tool_agent,
    trail_tampering,
)
from hunt_reference_baseline import Baseline
from hunt_reference_calls import Actor
from hunt_reference_catalogue import HUNTED_PHASES, LABELS, THRESHOLDS
from hunt_reference_places import (
    first_use,
    many_ips,
    new_source,
    recon_spread,
    region_spread,
    rotating_ips,
    service_sweep,
)
from hunt_reference_records import read_events
from hunt_reference_sources import Context, Subject
from hunt_reference_use import (
    Sign,
    burst,
    denied_use,
    drip,
    enable_denied,
    enable_then_use,
    fan_out,
    first_recon,
    hours_of_minutes,
    messages,
    new_choice,
    probe,
    recon_then_use,
    values,
)
from volume_reference import IndexedEvent, Row

# In the order in which a row lists them.
EVIDENCE: list[tuple[str, Callable[[Subject], Optional[Sign]]]] = [
    ("onboarding", enable_then_use),
    ("onboarding", recon_then_use),
    ("onboarding", first_recon),
    ("volume", burst),
    ("volume", drip),
    ("volume", fan_out),
    ("access", probe),
    ("access", denied_use),
    ("access", enable_denied),
    ("hiding", evade),
    ("hiding", trail_tampering),
    ("hiding", cleanup),
    ("spread", region_spread),
    ("spread", recon_spread),
    ("spread", service_sweep),
    ("sources", new_source),
    ("sources", first_use),
    ("sources", rotating_ips),
    ("sources", many_ips),
    ("choices", new_choice),
    ("credentials", quarantined),
    ("credentials", foreign_grant),
    ("credentials", smtp_credentials),
    ("credentials", api_key_made),
    ("credentials", quota_asked),
    ("markers", tool_agent),
    ("markers", bearer_key),
    ("markers", long_term_key),
    ("markers", suspicious_name),
]
EVIDENCE_IDS = [evidence.__name__ for _, evidence in EVIDENCE]
_MARKERS = {evidence.__name__ for group, evidence in EVIDENCE if group == "markers"}

# Those that can hold several values, and in ndjson are always arrays.
LISTS = {
    *("Services", "Phases", "Evidence", "SourceIPs", "Regions", "Clients", "AccessKeys", "Models"),
    *("CallerType", "Workload", "Truncated", "src", "vendor_region", "user_agent"),
    *("threat_object",),
}


@dataclass
class HuntExpected:
    rows: list[Row]
    records: int
    unreadable: int
    left_out: int
    duplicates: int
    fired: Counter[tuple[str, int]]  # in these rows: an evidence's id and score
    kinds: Counter[str]  # by what principals were known, and why calls were left out


def expected_hunt(
    events: Iterable[IndexedEvent],
    *,
    min_risk: int = 21,
    disabled: frozenset[str] = frozenset(),
    baseline: Optional[Baseline] = None,
    networks: Iterable[str] = (),
    own_accounts: Iterable[str] = (),
    thresholds: Optional[Mapping[str, int]] = None,
) -> HuntExpected:
    """The rows but for `Reasons`, `Timeline`, `EventIDs` and `risk_message`, in order."""
    reading = read_events(events)
    context = Context(
        baseline=baseline or Baseline(),
        networks=tuple(networks),
        own_accounts=frozenset(own_accounts),
        thresholds={**THRESHOLDS, **(thresholds or {})},
        actors=list(reading.actors.values()),
    )
    fired: Counter[tuple[str, int]] = Counter()
    kept = []
    for actor in reading.actors.values():
        who = Subject(actor, context)
        signs = {}
        by_group: defaultdict[str, list[int]] = defaultdict(list)
        for group, evidence in EVIDENCE:
            sign = None if evidence.__name__ in disabled else evidence(who)
            if sign is not None:
                signs[evidence.__name__] = sign
                by_group[group].append(sign.score)
        markers = sum(by_group.pop("markers", []))
        score = sum(max(scores) for scores in by_group.values())
        if score < min_risk:
            continue
        fired.update((name, sign.score) for name, sign in signs.items())
        row = _row(who, signs, min(100, score + markers), len(by_group))
        first = actor.everything[0].time
        names = (actor.account.encode(), actor.principal.encode())
        order = (-min(100, score + markers), first, *names)
        kept.append((order, row))
    return HuntExpected(
        rows=[row for _, row in sorted(kept, key=lambda item: item[0])],
        records=reading.records,
        unreadable=reading.unreadable,
        left_out=reading.left_out,
        duplicates=reading.duplicates,
        fired=fired,
        kinds=reading.kinds,
    )


def _severity(score: int) -> str:
    for most, severity in ((20, "informational"), (40, "low"), (60, "medium"), (80, "high")):
        if score <= most:
            return severity
    return "critical"


def _shown(values: Iterable[str]) -> Union[str, list[str]]:
    """A column's values as a search's row has them: one or none is no list."""
    values = list(values)
    return values if len(values) > 1 else "".join(values)


_MOST_SHOWN = 100  # values of a list


def _in_byte_order(values: Iterable[str]) -> list[str]:
    return sorted(values, key=str.encode)


def _last_part(text: str) -> str:
    return text.rsplit("/", 1)[-1]


def _row(who: Subject, signs: dict[str, Sign], score: int, groups: int) -> Row:
    actor: Actor = who.actor
    calls = actor.calls
    everything = actor.everything
    uses = [call for call in everything if call.messages_of]
    ok_uses = [call for call in uses if call.outcome == "ok"]
    peaks = [
        messages(window, service)
        for service in THRESHOLDS
        for window in hours_of_minutes(actor.good_uses(service))
    ]
    phases: dict[str, int] = {}
    for call in everything:
        for phase in call.phases:
            phases[phase] = min(call.time, phases.get(phase, call.time))
    order = {phase: number for number, phase in enumerate(HUNTED_PHASES)}
    first_event = everything[0].time
    behind = [sign.time for name, sign in signs.items() if name not in _MARKERS]
    time = min(behind, default=first_event)
    is_known = who.is_known(time)

    lists = {
        "SourceIPs": values(call.address for call in calls),
        "Regions": values(call.region for call in everything),
        "Clients": {call.client for call in actor.own},
        "AccessKeys": values(call.key for call in calls),
        "Models": values(call.model for call in everything),
        "CallerType": values(call.caller_type for call in calls),
        "Workload": values(call.workload for call in calls),
        "user_agent": values(call.agent for call in calls),
    }
    shown = {name: _shown(_in_byte_order(found)[:_MOST_SHOWN]) for name, found in lists.items()}
    return {
        "_time": str(time),
        "Principal": actor.principal,
        "Account": actor.account,
        "RiskScore": str(score),
        "Severity": _severity(score),
        "Services": _shown(_in_byte_order({LABELS[service] for service in actor.services})),
        "Phases": _shown(sorted(phases, key=lambda phase: (phases[phase], order[phase]))),
        "Evidence": _shown(signs),
        "UseCount": str(len(ok_uses)),
        "MessageCount": str(sum(sum(call.messages_of.values()) for call in ok_uses)),
        "FailedCount": str(len(uses) - len(ok_uses)),
        "PeakPerHour": str(max(peaks, default=0)),
        "UniqueIPs": str(len(lists["SourceIPs"])),
        "SourceIPs": shown["SourceIPs"],
        "UniqueRegions": str(len(lists["Regions"])),
        "Regions": shown["Regions"],
        "UniqueClients": str(len(lists["Clients"])),
        "Clients": shown["Clients"],
        "UniqueAccessKeys": str(len(lists["AccessKeys"])),
        "AccessKeys": shown["AccessKeys"],
        "UniqueModels": str(len(lists["Models"])),
        "Models": shown["Models"],
        "CallerType": shown["CallerType"],
        "Workload": shown["Workload"],
        "FirstEvent": str(first_event),
        "LastEvent": str(everything[-1].time),
        "Truncated": _shown(name for name, found in lists.items() if len(found) > _MOST_SHOWN),
        "Confidence": (
            f"{groups} group{'' if groups == 1 else 's'}, "
            + ("history known" if is_known else "no history")
        ),
        "Learning": "false" if is_known else "true",
        "user": _last_part(actor.principal),
        "src": shown["SourceIPs"],
        "vendor_account": actor.account,
        "vendor_region": shown["Regions"],
        "user_agent": shown["user_agent"],
        "risk_object": actor.principal,
        "risk_object_type": "user",
        "risk_score": str(score),
        "threat_object": shown["SourceIPs"],
        "threat_object_type": "ip_address" if lists["SourceIPs"] else "",
        "mitre_technique_id": "T1496.004",
    }
