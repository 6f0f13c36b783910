"""The rows that `mode=hunt` must answer, derived from the rules alone.

The code is plain rather than fast: it keeps every call of every principal in a list and goes
through that list once for each rule, to the second. It shares nothing with the program or with the
generators of events, so that the same mistake cannot hide in both.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from hunt_reference_account import (
    bearer_key,
    cleanup,
    evade,
    long_term_key,
    suspicious_name,
    tool_agent,
    trail_tampering,
)
from hunt_reference_allowlist import Allowlist, Line
from hunt_reference_baseline import Baseline
from hunt_reference_calls import Actor
from hunt_reference_campaign import ANYTHING, Campaign, Sign, SupportingCall
from hunt_reference_catalogue import THRESHOLDS
from hunt_reference_credentials import (
    api_key_made,
    foreign_grant,
    quarantined,
    quota_asked,
    smtp_credentials,
)
from hunt_reference_links import KINDS, Graph, order_of
from hunt_reference_made import made_then_used
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
from hunt_reference_rows import LISTS, row_of
from hunt_reference_sources import Context, Subject
from hunt_reference_texts import message_of, timeline_of, who_did
from hunt_reference_use import (
    burst,
    denied_use,
    drip,
    enable_denied,
    enable_then_use,
    fan_out,
    first_recon,
    new_choice,
    probe,
    recon_then_use,
)
from volume_reference import IndexedEvent, Row

__all__ = ["EVIDENCE_IDS", "LISTS", "HuntExpected", "expected_hunt"]

# In the order in which a row lists them.
EVIDENCE: list[tuple[str, Callable[[Campaign], Sign | None]]] = [
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
    ("sources", made_then_used),
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
_GROUPS = [(group, evidence.__name__) for group, evidence in EVIDENCE]
_MARKERS = {name for group, name in _GROUPS if group == "markers"}


class Reason(NamedTuple):
    """The reason for a piece of evidence, as far as the reference knows it."""

    who: str
    text: str
    score: str

    def is_of(self, reason: str) -> bool:
        known = (self.who + self.text + self.score).split(ANYTHING)
        return re.fullmatch(".*".join(map(re.escape, known)), reason, re.DOTALL) is not None


class Texts(NamedTuple):
    """The texts of a row."""

    reasons: list[Reason]
    timeline: list[str]
    message: str  # the part about the risk, before the reasons


@dataclass
class HuntExpected:
    rows: list[Row]
    records: int
    unreadable: int
    left_out: int
    duplicates: int
    fired: Counter[tuple[str, int]]  # in these rows: the id and score of each piece of evidence
    kinds: Counter[str]  # how principals were identified, and why calls were ignored
    texts: list[Texts] = field(default_factory=list)  # of the rows
    allowed: int = 0  # rows that the allowlist removed
    lessened: int = 0  # rows that it changed


@dataclass
class _Judged:
    """A campaign that makes a row."""

    campaign: Campaign
    signs: dict[str, Sign]
    score: int
    row: Row

    @property
    def order(self) -> tuple[int, int, bytes, bytes]:
        first = self.campaign.actor.everything[0].time
        return (-self.score, first, *order_of(self.campaign.head))

    @property
    def supporting(self) -> list[SupportingCall]:
        return [
            one
            for name, sign in self.signs.items()
            if name not in _MARKERS
            for one in sign.supporting
        ]

    @property
    def texts(self) -> Texts:
        counting = {
            group: max(
                (name for of_group, name in _GROUPS if of_group == group and name in self.signs),
                key=lambda name: self.signs[name].score,  # of equal scores the first
            )
            for group, name in _GROUPS
            if name in self.signs
        }
        reasons = []
        for group, name in _GROUPS:
            if name in self.signs:
                sign = self.signs[name]
                counts = group == "markers" or counting[group] == name
                score = f" (+{sign.score})" if counts else ""
                who = "" if group == "markers" else sign.who
                who = who_did(self.campaign, sign.supporting) if who is None else who
                reasons.append(Reason(who, sign.text, score))
        message = message_of(self.campaign)
        return Texts(reasons, timeline_of(self.campaign, self.supporting), message)


def _left_for(evidence: str, who: Campaign) -> Campaign | None:
    """The campaign without the calls that are expected for this evidence; None if nothing is
    left."""
    actors = [who.allowlist.left_for(evidence, member.actor) for member in who.members]
    if all(left is member.actor for left, member in zip(actors, who.members)):
        return who
    if not any(actor.everything for actor in actors):
        return None
    members = [Subject(actor, who.context) for actor in actors]
    return Campaign(members, who.graph, who.part, who.allowlist)


def _sign_of(name: str, evidence: Callable[[Campaign], Sign | None], who: Campaign) -> Sign | None:
    """An exception never adds evidence and never raises a score."""
    whole = evidence(who)
    left = _left_for(name, who) if whole is not None else who
    if whole is None or left is who:
        return whole
    sign = evidence(left) if left is not None else None
    return sign and sign._replace(score=min(sign.score, whole.score))


def _judge(who: Campaign, min_risk: int, disabled: frozenset[str]) -> _Judged | None:
    signs = {}
    by_group: defaultdict[str, list[int]] = defaultdict(list)
    for group, evidence in EVIDENCE:
        name = evidence.__name__
        sign = None if name in disabled else _sign_of(name, evidence, who)
        if sign is not None:
            signs[name] = sign
            by_group[group].append(sign.score)
    markers = sum(by_group.pop("markers", []))
    score = sum(max(scores) for scores in by_group.values())
    if score < min_risk or not who.actor.everything:
        return None
    score = min(100, score + markers)
    supporting = [sign.time for name, sign in signs.items() if name not in _MARKERS]
    time = min(supporting, default=who.actor.everything[0].time)
    return _Judged(who, signs, score, row_of(who, list(signs), score, len(by_group), time))


def _campaigns(context: Context, actors: Iterable[Actor], allowlist: Allowlist) -> list[Campaign]:
    """Calls that an exception covers link their principal to nobody; whether the other calls count
    is decided for each evidence rule."""
    whole = {(actor.account, actor.principal): Subject(actor, context) for actor in actors}
    left = map(allowlist.left_to_join, actors)
    subjects = [Subject(actor, context) for actor in left if actor is not None]
    graph = Graph(context, sorted(subjects, key=order_of))
    return [
        Campaign([whole[node.name] for node in part.nodes], graph, part, allowlist)
        for part in graph.parts()
    ]


def expected_hunt(
    events: Iterable[IndexedEvent],
    *,
    min_risk: int = 21,
    disabled: frozenset[str] = frozenset(),
    baseline: Baseline | None = None,
    networks: Iterable[str] = (),
    own_accounts: Iterable[str] = (),
    thresholds: Mapping[str, int] | None = None,
    allowlist: Iterable[Line] = (),
    with_links: bool = False,
) -> HuntExpected:
    """The rows in order, without `Reasons`, `Timeline`, `EventIDs` and `risk_message`, and what is
    known of these texts."""
    reading = read_events(events, with_links)
    actors = list(reading.actors.values())
    context = Context(
        baseline=baseline or Baseline(),
        networks=tuple(networks),
        own_accounts=frozenset(own_accounts),
        thresholds={**THRESHOLDS, **(thresholds or {})},
        actors=actors,
    )
    lines = Allowlist(tuple(allowlist))
    campaigns = _campaigns(context, actors, lines)
    judged = [_judge(campaign, min_risk, disabled) for campaign in campaigns]
    rows = sorted((one for one in judged if one is not None), key=lambda one: one.order)
    expected = HuntExpected(
        rows=[one.row for one in rows],
        records=reading.records,
        unreadable=reading.unreadable,
        left_out=reading.left_out,
        duplicates=reading.duplicates,
        fired=Counter((name, sign.score) for one in rows for name, sign in one.signs.items()),
        kinds=reading.kinds + _kinds_of(campaigns),
        texts=[one.texts for one in rows],
    )
    if lines.lines:
        row_by_member = {member.name: one for one in rows for member in one.campaign.members}
        for campaign in _campaigns(context, actors, Allowlist()):
            if any(lines.of(member.actor.principal) for member in campaign.members):
                before = _judge(campaign, min_risk, disabled)
                after = [row_by_member.get(member.name) for member in campaign.members]
                _note_allowed(expected, before, [one for one in after if one is not None])
    return expected


def _note_allowed(expected: HuntExpected, before: _Judged | None, after: list[_Judged]) -> None:
    if before is None:
        return
    kept = [(before.row["RiskScore"], before.row["Evidence"])]
    if not after:
        expected.allowed += 1
    elif not any((one.row["RiskScore"], one.row["Evidence"]) in kept for one in after):
        expected.lessened += 1


def _kinds_of(campaigns: Iterable[Campaign]) -> Counter[str]:
    """Which links there were to join principals, and which were missing."""
    kinds: Counter[str] = Counter()
    for campaign in campaigns:
        kinds.update(f"link {link.kind}" for link in campaign.links)
        kinds["campaign"] += len(campaign.members) > 1
        kinds["too large"] += campaign.part.is_of_too_many
        kinds["links dropped"] += campaign.part.kinds != KINDS
        for there in campaign.graph.shared.values() if len(campaign.members) > 1 else []:
            kinds["link shared"] += any(one.name in campaign.numbers for one in there)
        for member in campaign.members:
            links = campaign.graph.links_to.get(member.key, [])
            kinds["vouched link"] += any(not link.counts for link in links)
    return kinds
