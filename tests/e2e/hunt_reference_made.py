"""The reference's rule about principals that were made or assumed, and that used a service soon
after."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from hunt_reference_calls import DAY, HOUR, MINUTE, Call, within
from hunt_reference_campaign import Campaign, Sign, SupportingCall
from hunt_reference_catalogue import LABELS, LINKS
from hunt_reference_links import Link
from hunt_reference_makings import short_name
from hunt_reference_sources import Subject

_DONE = {
    "use": ("used", "tried to use"),
    "enable": ("enabled", "tried to enable"),
    "recon": ("looked at", "tried to look at"),
}
_LINKED = {"made": "set up", "assumed": "assumed"}
_SERVICES = list(LABELS)
_OUTCOMES = ["ok", "denied", "probe", "throttled", "blocked", "failed"]


def utc(time: int) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def duration(seconds: int) -> str:
    for unit, name in ((DAY, " days"), (HOUR, " h"), (MINUTE, " min")):
        if seconds >= 2 * unit:
            return f"{seconds // unit}{name}"
    return f"{seconds} s"


class _Found(NamedTuple):
    member: int
    link: Link
    call: Call
    service: str
    score: int
    words: str

    @property
    def rank(self) -> tuple[Any, ...]:
        times = (self.link.call.time, self.call.time)
        maker = self.link.parent.actor.principal.encode()
        # Of several calls in one second, the first in the catalogue's order counts.
        place = (_SERVICES.index(self.service), self.call.numbers[self.service])
        outcome = _OUTCOMES.index(self.call.outcome)
        return (-self.score, *times, maker, self.member, self.link.call.name, *place, outcome)


def _is_new_there(child: Subject, call: Call) -> bool:
    """Whether the child has no history, or calls from a source that is new for it."""
    return (
        not child.is_known(call.time)
        or not child.has_rows(call.time)
        or child.has_new_source([call.hour])
    )


def _uses_after(child: Subject, link: Link) -> Iterator[tuple[Call, str]]:
    """Calls after a link that explain why the child was made; for each call only its first
    service."""
    end = link.call.time + (7 * DAY if link.kind == "made" else 12 * HOUR)
    for call in within(child.actor.own, link.call.time, end):
        services = call.services_in(*_DONE)
        if services and _is_new_there(child, call):
            yield call, min(services, key=_SERVICES.index)


def _score(child: Subject, link: Link, call: Call) -> tuple[int, str]:
    is_made = link.kind == "made"
    if not child.is_known(call.time):
        return 25, "; no history"
    by_stranger = link.parent.is_stranger(link.call.time)
    as_stranger = child.is_stranger(call.time)
    new = "a network that is new to the account"
    if by_stranger and as_stranger:
        words = "; both came from networks that are new to the account"
        return (45 if is_made else 35), words
    if by_stranger or as_stranger:
        who = "the maker" if by_stranger else "it"
        return (25 if is_made else 20), f"; {who} came from {new}"
    return (15 if is_made else 0), ""


def _text(who: Campaign, found: _Found) -> str:
    link, call = found.link, found.call
    pair = (who.members[found.member], link.parent)
    child, parent = (short_name(one.actor.principal) for one in pair)
    if link.parent.name in who.numbers:
        child, parent = (who.names[who.numbers[one.name]] for one in pair)
    by_call = f" with {link.call.name}" if link.kind == "made" else ""
    phase = next(phase for phase in _DONE if call.is_in(found.service, phase))
    done, tried = _DONE[phase]
    return (
        f"{child} was {_LINKED[link.kind]} by {parent} at {utc(link.call.time)}{by_call}"
        f" and {done if call.outcome == 'ok' else tried} {LABELS[found.service]}"
        f" at {utc(call.time)} with {call.name}, "
        f"{duration(call.time - link.call.time)} later{found.words}"
    )


def made_then_used(who: Campaign) -> Sign | None:
    """A principal that was made, or a role that was assumed, used a service soon after."""
    if not who.is_one:
        return None
    candidates = []
    for number, child in enumerate(who.members):
        for link in who.graph.links_to.get(child.key, []):
            for call, service in _uses_after(child, link):
                score, words = _score(child, link, call)
                candidates.append(_Found(number, link, call, service, score, words))
    candidates = [one for one in candidates if one.score > 0]
    if not candidates:
        return None
    found = min(candidates, key=lambda one: one.rank)
    supporting: list[SupportingCall] = [(found.call.by(found.member), found.service)]
    maker = who.numbers.get(found.link.parent.name)
    if maker is not None:
        service = "account" if found.link.kind == "made" else LINKS
        supporting.append((found.link.call.by(maker), service))
    # The text names both principals itself.
    return Sign(found.score, found.call.time, tuple(supporting), _text(who, found), who="")
