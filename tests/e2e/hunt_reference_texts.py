"""The texts of a row in the reference: its members, and the order of their calls."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from hunt_reference_calls import Call
from hunt_reference_campaign import Campaign, SupportingCall
from hunt_reference_catalogue import HUNTED_PHASES, LABELS
from hunt_reference_links import KINDS, Link, order_of
from hunt_reference_made import utc

MOST_LINES = 10
_MOST_EVENTS = 20  # for a principal that is judged alone
_MOST_NAMED = 3
_OUTCOMES = ["ok", "denied", "probe", "throttled", "blocked", "failed"]


def listed(names: Sequence[str]) -> str:
    if len(names) > _MOST_NAMED:
        return f"{', '.join(names[:_MOST_NAMED])} and {len(names) - _MOST_NAMED} more"
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def who_did(campaign: Campaign, supporting: Iterable[SupportingCall]) -> str:
    """The beginning of a campaign's reason."""
    numbers = sorted({call.member for call, _ in supporting})
    if len(campaign.members) == 1 or not numbers:
        return ""
    return listed([campaign.names[number] for number in numbers]) + ": "


def message_of(campaign: Campaign) -> str:
    """The beginning of the risk message."""
    others = len(campaign.members) - 1
    behave = " behaves like a hijacker"
    if others > 0:
        behave = f" and {others} linked principal{'' if others == 1 else 's'} behave like hijackers"
    return f"{campaign.head.actor.principal}{behave} of cloud services"


# --- Links ---------------------------------------------------------------------------------------


class _Line(NamedTuple):
    time: int
    text: str


def _in_line(found: Sequence[tuple[int, str]], before: str, after: str) -> _Line:
    """The names in order, and the time at which each first appears. Two accounts can have the same
    name."""
    time = found[0][0]
    return _Line(time, f"{utc(time)} {before}{listed([name for _, name in found])}{after}")


def _lines_of_calls(campaign: Campaign, names: dict[tuple[str, str], str]) -> Iterator[_Line]:
    firsts: dict[tuple[str, tuple[str, str], tuple[str, str]], Link] = {}
    for link in sorted(campaign.links, key=lambda one: (one.call.time, one.call.name.encode())):
        firsts.setdefault((link.kind, link.parent.name, link.child), link)
    by_call: defaultdict[tuple[str, tuple[str, str], str], list[tuple[int, str]]]
    by_call = defaultdict(list)
    for (kind, parent, key), link in firsts.items():
        for member in campaign.members:
            if member.key == key:
                child = (link.call.time, names[member.name])
                by_call[kind, parent, link.call.name].append(child)
    for (kind, parent, call), children in by_call.items():
        maker = names[parent]
        children.sort(key=lambda one: (one[0], one[1].encode()))
        yield _in_line(children, f"{maker} {kind} ", f" by {call}")


def _lines_of_places(campaign: Campaign, names: dict[tuple[str, str], str]) -> Iterator[_Line]:
    for (_, address), there in campaign.graph.shared.items():
        by_time = sorted(
            (first, order_of(one), names[one.name])
            for one, first in there.items()
            if one.name in names
        )
        callers = [(first, name) for first, _, name in by_time]
        if len(callers) > 1 and "shared" in campaign.part.kinds:
            yield _in_line(callers, "", f" called from {address}")


def links_of(campaign: Campaign) -> list[str]:
    """All lines; a row shows ten of them."""
    if len(campaign.members) == 1:
        return []
    names = dict(zip(campaign.numbers, campaign.names))
    lines = [*_lines_of_calls(campaign, names), *_lines_of_places(campaign, names)]
    return [line.text for line in sorted(lines, key=lambda one: (one.time, one.text.encode()))]


def left_out(campaign: Campaign) -> list[str]:
    """The message about links that were dropped."""
    part = campaign.part
    if part.kinds == KINDS:
        return []
    what = "each is judged separately"
    if not part.is_of_too_many:
        both = "shared addresses and assumed roles"
        what = f"{'shared addresses' if 'assumed' in part.kinds else both} are ignored"
    return [f"{part.linked} principals are linked, too many to be judged together: {what}"]


# --- Timeline ------------------------------------------------------------------------------------

_Shown = tuple[int, int, int]  # the numbers of the service, the call and the outcome
_SERVICES = list(LABELS)


def _key(call: Call, service: str) -> _Shown:
    return _SERVICES.index(service), call.numbers[service], _OUTCOMES.index(call.outcome)


class _Event(NamedTuple):
    time: int
    id: str
    region: str
    address: str
    phases: list[int]
    member: int
    call: Call
    service: str


def _event(call: Call, service: str) -> _Event:
    phases = sorted(HUNTED_PHASES.index(phase) for phase in call.phases_of[service])
    where = (call.region or "", call.address or "")
    return _Event(call.time, call.id, *where, phases, call.member, call, service)


class _TimelineLine(NamedTuple):
    event: _Event
    key: _Shown
    is_supporting: bool
    is_first: bool
    others: int  # the number of other members that made the same call

    def in_time(self) -> tuple[Any, ...]:
        return self.event[:5], self.key

    @property
    def phase(self) -> str:
        return HUNTED_PHASES[self.event.phases[0]]

    @property
    def alike(self) -> tuple[bool, bool, int, str]:
        """Of the lines with the same value, a campaign's story prefers one of each member to a
        member's second one."""
        return self.is_supporting, self.is_first, self.event.member, self.phase


def _ends(campaign: Campaign, supporting: Iterable[SupportingCall]) -> list[_TimelineLine]:
    """The first and the last event of each group of equal calls."""
    supporting_keys = {_key(call, service) for call, service in supporting}
    events: defaultdict[_Shown, list[_Event]] = defaultdict(list)
    for call in campaign.everything.everything:
        for service in call.phases_of:
            events[_key(call, service)].append(_event(call, service))
    lines = []
    for key, of_key in events.items():
        first = min(of_key, key=lambda one: one[:6])
        # Of equal events, the first member's counts.
        last = max(of_key, key=lambda one: (*one[:5], -one.member))
        others = len({event.member for event in of_key}) - 1
        lines.append(_TimelineLine(first, key, key in supporting_keys, True, others))
        if last[:5] != first[:5]:
            lines.append(_TimelineLine(last, key, key in supporting_keys, False, 0))
    return sorted(lines, key=_TimelineLine.in_time)


def is_story_cut(campaign: Campaign) -> bool:
    return len(campaign.members) > 1 and len(_ends(campaign, ())) > MOST_LINES


def _turning_points(
    campaign: Campaign, supporting: Iterable[SupportingCall]
) -> list[_TimelineLine]:
    is_one = len(campaign.members) == 1
    before: Counter[tuple[bool, bool, int, str]] = Counter()
    ranked = []
    for number, line in enumerate(_ends(campaign, supporting)):
        can_crowd = not is_one and line.phase in ("recon", "use")
        place = before[line.alike] if can_crowd else 0
        ranked.append(((not line.is_supporting, not line.is_first, place, number), line))
        before[line.alike] += 1
    ranked.sort(key=lambda one: one[0])
    most = _MOST_EVENTS if is_one else MOST_LINES
    return sorted((line for _, line in ranked[:most]), key=_TimelineLine.in_time)


def timeline_of(campaign: Campaign, supporting: Iterable[SupportingCall]) -> list[str]:
    names = campaign.names
    texts = []
    for line in _turning_points(campaign, supporting):
        event = line.event
        who = names[event.member] + (f" and {line.others} more" if line.others else "")
        words = [
            utc(event.time),
            *([who] if len(names) > 1 else []),
            line.phase,
            event.call.name,
            event.region or "-",
            event.address or "-",
            event.call.outcome,
        ]
        texts.append(" ".join(words))
    return texts
