"""The calls of a principal in the reference of `mode=hunt`, which keeps every one of them, in
order."""

from __future__ import annotations

import bisect
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

MINUTE = 60
HOUR = 3600
DAY = 24 * HOUR


class Origin(NamedTuple):
    """The source of a call: its client, and its address or the name of an AWS service."""

    client: str
    address: str | None
    name: str | None  # such as appstream.amazonaws.com


@dataclass(frozen=True)
class Call:
    """A call that the catalogue names, as made by the principal that it is attributed to."""

    time: int  # whole seconds since 1970
    name: str
    id: str
    numbers: dict[str, int]  # by service: its position among the service's calls
    phases_of: dict[str, frozenset[str]]  # by service
    messages_of: dict[str, int]  # by service, if the call uses the service
    outcome: str  # ok, denied, probe, throttled, blocked or failed
    region: str | None
    parameters: dict[str, Any]
    is_quarantine: bool  # AWS made it about the user, so the fields below do not describe the user
    is_by_aws: bool  # AWS made it for the role, so the fields below do not describe the role
    address: str | None
    network: bytes | None  # of the address
    place: str | None  # the network as a baseline writes it, or the name of an AWS service
    origin: Origin
    agent: str | None
    works_anywhere: bool
    is_scoped: bool
    has_web_identity: bool
    has_exec_env: bool
    key: str | None
    bearer: bool
    has_long_term_key: bool
    model: str | None
    caller_type: str | None
    workload: str | None
    member: int = 0  # the member of the campaign that made it

    def by(self, member: int) -> Call:
        return replace(self, member=member)

    @property
    def client(self) -> str:
        return self.origin.client

    @property
    def hour(self) -> int:
        return self.time // HOUR

    @property
    def phases(self) -> set[str]:
        return set().union(*self.phases_of.values())

    @property
    def is_link_only(self) -> bool:
        """Whether it only links principals, so that its source does not count."""
        return self.phases == {"link"}

    @property
    def has_cloud_sign(self) -> bool:
        return self.is_scoped or self.has_web_identity or self.has_exec_env

    def is_in(self, service: str, *phases: str) -> bool:
        return not self.phases_of.get(service, frozenset()).isdisjoint(phases)

    def services_in(self, *phases: str) -> list[str]:
        return [service for service in self.phases_of if self.is_in(service, *phases)]


@dataclass
class Actor:
    """A row's key, and all calls that count for it."""

    account: str
    principal: str
    is_one: bool = True  # false if the name is that of an account or of an unidentified caller
    calls: list[Call] = field(default_factory=list)  # includes attachments of the quarantine policy
    by_aws: list[Call] = field(default_factory=list)  # uses that AWS made with the role
    # the actor with the calls that the allowlist covers, if there are any
    whole: Actor | None = None

    def of(self, service: str, *phases: str) -> list[Call]:
        if service not in self.services:
            return []
        return [call for call in self.calls if call.is_in(service, *phases)]

    def in_phase(self, *phases: str) -> list[Call]:
        return [call for call in self.calls if call.services_in(*phases)]

    @cached_property
    def own(self) -> list[Call]:
        """The calls that it made itself."""
        return [call for call in self.calls if not call.is_quarantine]

    @cached_property
    def everything(self) -> list[Call]:
        return in_order(call for call in (*self.calls, *self.by_aws) if call.phases_of)

    def good_uses(self, service: str) -> list[Call]:
        """Successful uses of a service, including those by AWS for the role."""
        if service not in self.services:
            return []
        return [
            call for call in self.everything if call.outcome == "ok" and service in call.messages_of
        ]

    @cached_property
    def services(self) -> list[str]:
        return sorted({service for call in self.everything for service in call.phases_of})

    @cached_property
    def has_long_term_key(self) -> bool:
        return any(call.has_long_term_key for call in (self.whole or self).calls)

    @cached_property
    def _use_by_hour(self) -> dict[str, Counter[int]]:
        hours: dict[str, Counter[int]] = defaultdict(Counter)
        for call in self.everything:
            for service, messages in call.messages_of.items():
                if call.outcome == "ok":
                    hours[service][call.hour] += messages
        return hours

    def peak_in_range(self, service: str, at: int) -> int | None:
        """The most messages in a UTC hour that ended at least 12 h before; None: no history."""
        return max(
            (
                messages
                for hour, messages in (self.whole or self)._use_by_hour.get(service, {}).items()
                if (hour + 1) * HOUR + 12 * HOUR <= at
            ),
            default=None,
        )

    @cached_property
    def placed(self) -> list[Call]:
        """Its own calls whose sources count."""
        return [call for call in self.own if not call.is_link_only]

    @cached_property
    def by_hour(self) -> dict[int, list[Call]]:
        """The same calls by UTC hour."""
        hours = defaultdict(list)
        for call in self.placed:
            hours[call.hour].append(call)
        return dict(hours)


def in_order(calls: Iterable[Call]) -> list[Call]:
    return sorted(calls, key=lambda call: call.time)


def within(calls: Sequence[Call], start: int, end: int) -> Sequence[Call]:
    """The calls between two seconds, both included; the calls must be in order."""
    first = bisect.bisect_left(calls, start, key=lambda call: call.time)
    return calls[first : bisect.bisect_right(calls, end, key=lambda call: call.time)]
