"""How the reference of `mode=hunt` fills the columns of a row."""

from __future__ import annotations

from collections.abc import Iterable

from hunt_reference_calls import Actor
from hunt_reference_campaign import Campaign, values
from hunt_reference_catalogue import HUNTED_PHASES, LABELS, THRESHOLDS
from hunt_reference_links import KINDS
from hunt_reference_makings import last_part
from hunt_reference_response import response_of
from hunt_reference_texts import MOST_LINES, is_story_cut, left_out, links_of
from hunt_reference_use import hours_of_minutes, messages
from volume_reference import Row

# The columns that can have several values, and are always arrays in ndjson.
LISTS = {
    *("Services", "Phases", "Evidence", "SourceIPs", "Regions", "Clients", "AccessKeys", "Models"),
    *("SourceCountries", "Networks"),
    *("CallerType", "Workload", "Truncated", "src", "vendor_region", "user_agent"),
    *("threat_object", "Members", "Links", "Response"),
}


def _severity(score: int) -> str:
    for most, severity in ((20, "informational"), (40, "low"), (60, "medium"), (80, "high")):
        if score <= most:
            return severity
    return "critical"


def _shown(values: Iterable[str]) -> str | list[str]:
    """A column's values as a search's row has them: a list only if there are several values."""
    values = list(values)
    return values if len(values) > 1 else "".join(values)


_MOST_SHOWN = 100  # values of a list
_CAN_BE_CUT = [  # in the order of the columns
    *("SourceIPs", "Regions", "Clients", "AccessKeys", "Models", "CallerType", "Workload"),
    *("Timeline", "Members", "Links", "user_agent"),
]


def _in_byte_order(values: Iterable[str]) -> list[str]:
    return sorted(values, key=str.encode)


def row_of(who: Campaign, evidence: list[str], score: int, groups: int, time: int) -> Row:
    """`time` is that of the first event of the evidence."""
    actor: Actor = who.actor
    head = who.head.actor
    # the columns list everything, including calls that exceptions cover
    all_calls = who.everything.calls
    all_with_aws = who.everything.everything
    heads_calls = (head.whole or head).calls
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
    is_known = who.is_known(time)

    lists = {
        "SourceIPs": values(call.address for call in all_calls),
        "Regions": values(call.region for call in all_with_aws),
        "Clients": {call.client for call in who.everything.own},
        "AccessKeys": values(call.key for call in all_calls),
        "Models": values(call.model for call in all_with_aws),
        "CallerType": values(call.caller_type for call in heads_calls),
        "Workload": values(call.workload for call in heads_calls),
        "user_agent": values(call.agent for call in all_calls),
    }
    links = links_of(who)
    cut = {name for name, found in lists.items() if len(found) > _MOST_SHOWN}
    if who.part.is_of_too_many:
        cut.add("Members")
    if who.part.kinds != KINDS or len(links) > MOST_LINES:
        cut.add("Links")
    if is_story_cut(who):
        cut.add("Timeline")
    shown = {name: _shown(_in_byte_order(found)[:_MOST_SHOWN]) for name, found in lists.items()}
    return {
        "_time": str(time),
        "Principal": head.principal,
        "Account": head.account,
        "RiskScore": str(score),
        "Severity": _severity(score),
        "Services": _shown(_in_byte_order({LABELS[service] for service in actor.services})),
        "Phases": _shown(sorted(phases, key=lambda phase: (phases[phase], order[phase]))),
        "Evidence": _shown(evidence),
        "UseCount": str(len(ok_uses)),
        "MessageCount": str(sum(sum(call.messages_of.values()) for call in ok_uses)),
        "FailedCount": str(len(uses) - len(ok_uses)),
        "PeakPerHour": str(max(peaks, default=0)),
        "UniqueIPs": str(len(lists["SourceIPs"])),
        "SourceIPs": shown["SourceIPs"],
        "SourceCountries": "",  # no database is given
        "Networks": "",
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
        "Truncated": _shown(name for name in _CAN_BE_CUT if name in cut),
        "Confidence": (
            f"{groups} group{'' if groups == 1 else 's'}, "
            + ("history known" if is_known else "no history")
        ),
        "Learning": "false" if is_known else "true",
        "Members": _shown(member.actor.principal for member in who.members),
        "UniqueMembers": str(who.part.linked if who.part.is_of_too_many else len(who.members)),
        "Links": _shown([*links[:MOST_LINES], *left_out(who)]),
        "Response": _shown(response_of(who)),
        "user": last_part(head.principal),
        "src": shown["SourceIPs"],
        "vendor_account": head.account,
        "vendor_region": shown["Regions"],
        "user_agent": shown["user_agent"],
        "risk_object": head.principal,
        "risk_object_type": "user",
        "risk_score": str(score),
        "threat_object": shown["SourceIPs"],
        "threat_object_type": "ip_address" if lists["SourceIPs"] else "",
        "mitre_technique_id": "T1496.004",
    }
