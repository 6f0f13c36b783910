"""How the reference of `mode=hunt` removes the activity that users expect of some principals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from hunt_reference_calls import DAY, HOUR, Actor, Call
from hunt_reference_catalogue import LABELS

_ALL = "*"
_VOLUME = "burst"
_FOREVER = 1 << 62


@dataclass(frozen=True)
class Line:
    """One line of the file."""

    principal: str  # a pattern
    service: str | None  # None: all services
    evidence: frozenset[str]  # rule ids, or `*`
    threshold: int | None  # for the volume rules only; None: any volume
    expires: int  # the first second at which it is no longer valid

    def matches(self, principal: str) -> bool:
        parts = map(re.escape, self.principal.split(_ALL))
        return re.fullmatch(".*".join(parts), principal, re.DOTALL) is not None

    def is_for(self, evidence: str) -> bool:
        return not self.evidence.isdisjoint((_ALL, evidence))

    def is_for_service(self, service: str) -> bool:
        return self.service in (None, service)

    @property
    def removes(self) -> bool:
        """Whether the line is for all evidence, so that the calls that it covers cannot link
        principals."""
        return _ALL in self.evidence and self.threshold is None


def read_line(columns: Mapping[str, str]) -> Line:
    expires = columns.get("expires") or ""
    day = (date.fromisoformat(expires) - date(1970, 1, 1)).days if expires else None
    return Line(
        principal=columns["principal"],
        service=None if columns["service"] == _ALL else columns["service"],
        evidence=frozenset((columns.get("evidence") or _VOLUME).replace(",", " ").split()),
        threshold=int(columns["threshold"]) if columns.get("threshold") else None,
        expires=_FOREVER if day is None else (day + 1) * DAY,
    )


@dataclass(frozen=True)
class Allowlist:
    lines: tuple[Line, ...] = ()

    def of(self, principal: str) -> list[Line]:
        return [line for line in self.lines if line.matches(principal)]

    def allowed_volume(self, principal: str, service: str, at: int, most: int) -> int | None:
        """The threshold that applies, which is never lower than the given one; None: any volume."""
        for line in self.of(principal):
            if line.is_for(_VOLUME) and line.is_for_service(service) and at < line.expires:
                if line.threshold is None:
                    return None
                most = max(most, line.threshold)
        return most

    def left_to_join(self, actor: Actor) -> Actor | None:
        """The actor without the calls that are expected for all evidence; None if nothing is
        left."""
        left = _without(actor, [line for line in self.of(actor.principal) if line.removes])
        return left if left.everything else None

    def left_for(self, evidence: str, actor: Actor) -> Actor:
        """The actor without the calls that are expected for one evidence rule."""
        lines = [
            line
            for line in self.of(actor.principal)
            if line.is_for(evidence) and not (evidence == _VOLUME and line.threshold is not None)
        ]
        return _without(actor, lines)


def _without(actor: Actor, lines: list[Line]) -> Actor:
    """The actor without the calls that the lines cover. Exceptions end with a day, and so with an
    hour."""
    if not lines:
        return actor
    until = {
        service: max((line.expires for line in lines if line.is_for_service(service)), default=0)
        for service in LABELS
    }

    def left(calls: list[Call]) -> list[Call]:
        found = []
        for call in calls:
            names = {name for name in call.phases_of if call.hour * HOUR >= until[name]}
            # A published key is a finding about the user, so only a line for all services covers
            # it.
            if names or (call.is_quarantine and call.time >= min(until.values())):
                phases = {name: call.phases_of[name] for name in call.phases_of if name in names}
                uses = {name: call.messages_of[name] for name in call.messages_of if name in names}
                found.append(replace(call, phases_of=phases, messages_of=uses))
        return found

    return Actor(
        actor.account,
        actor.principal,
        actor.is_one,
        calls=left(actor.calls),
        by_aws=left(actor.by_aws),
        whole=actor.whole or actor,
    )
