"""The subject of the reference's rules: the calls of one principal, or those of a whole
campaign."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from hunt_reference_allowlist import Allowlist
from hunt_reference_calls import Actor, Call, in_order
from hunt_reference_links import Graph, Link, Part
from hunt_reference_makings import behind_last_colon, short_name
from hunt_reference_sources import Context, Subject

SupportingCall = tuple[Call, str]  # a call, and the service that it counts for

ANYTHING = "\0"  # stands for any text in a reason


class Sign(NamedTuple):
    """Evidence that was found: its score, the time of its first event, and its events."""

    score: int
    time: int
    supporting: tuple[SupportingCall, ...] = ()
    text: str = ANYTHING  # the reason, as far as the reference knows it
    # the beginning of the reason, if it is not the members that made the calls
    who: str | None = None


def best(signs: Iterable[Sign]) -> Sign | None:
    """The sign with the highest score, and of equals the earliest."""
    return min(signs, key=lambda sign: (-sign.score, sign.time), default=None)


def values(of: Iterable[Any | None]) -> set[Any]:
    return {value for value in of if value is not None}


@dataclass(eq=False)
class Campaign:
    """Principals that are judged together; a single principal is judged by its own calls."""

    members: list[Subject]  # in order
    graph: Graph
    part: Part
    allowlist: Allowlist

    @property
    def context(self) -> Context:
        return self.graph.context

    @property
    def is_one(self) -> bool:
        return len(self.members) > 1 or self.members[0].actor.is_one

    @cached_property
    def actor(self) -> Actor:
        """All calls, each with its member's number."""
        return _merged([member.actor for member in self.members])

    @cached_property
    def numbers(self) -> dict[tuple[str, str], int]:
        return {member.name: number for number, member in enumerate(self.members)}

    @cached_property
    def names(self) -> list[str]:
        """The members' names in texts: the shortest names that distinguish them."""
        names = [member.actor.principal for member in self.members]
        short = list(map(short_name, names))
        in_account = [f"{name}@{one.actor.account}" for name, one in zip(short, self.members)]
        for found in (short, list(map(behind_last_colon, names)), in_account):
            if len(set(found)) == len(found):
                return found
        return names

    @property
    def everything(self) -> Actor:
        """The actor including the calls that exceptions cover."""
        return self.actor.whole or self.actor

    def by(self, call: Call) -> Subject:
        return self.members[call.member]

    def account_of(self, call: Call) -> str:
        return self.by(call).actor.account

    @property
    def accounts(self) -> list[str]:
        return sorted({member.actor.account for member in self.members})

    @cached_property
    def links(self) -> list[Link]:
        """The links from one member to another that count and were not dropped."""
        return [
            link
            for key in dict.fromkeys(member.key for member in self.members)
            for link in self.graph.links_to.get(key, [])
            if link.counts and link.kind in self.part.kinds and link.parent.name in self.numbers
        ]

    @cached_property
    def head(self) -> Subject:
        children = {link.child for link in self.links}
        return next((one for one in self.members if one.key not in children), self.members[0])

    # --- Facts about all members ---

    def is_known(self, at: int) -> bool:
        """Whether the baseline knows the account of any member."""
        return any(member.is_known(at) for member in self.members)

    def threshold(self, service: str, at: int) -> int | None:
        """The service's threshold plus what exceptions allow each member beyond it; None: a
        principal that is judged alone may send any number of messages."""
        own = self.context.thresholds[service]
        total = own
        for member in self.members:
            allowed = self.allowlist.allowed_volume(member.actor.principal, service, at, own)
            if allowed is not None:
                total += allowed - own
            elif len(self.members) == 1:
                return None
        return total

    def is_routine(self, calls: Iterable[tuple[Call, str]]) -> bool:
        """Whether the phase of each call is usual for the member that made it."""
        return all(
            self.by(call).is_routine(service, phase)
            for call, phase in calls
            for service in call.services_in(phase)
        )

    def users_in(self, calls: Sequence[Call]) -> list[Subject]:
        """The members that made some of these calls."""
        return [self.members[number] for number in sorted({call.member for call in calls})]

    def peak_of_rows(self, service: str, at: int) -> int:
        """The sum of the members' busiest earlier hours."""
        rows = [one.row(service) for one in self.members if one.has_used(service, at)]
        return sum(row.peak_hour for row in rows if row)


def _merged(actors: list[Actor]) -> Actor:
    if len(actors) == 1:
        return actors[0]

    def numbered(lists: Iterable[list[Call]]) -> list[Call]:
        return in_order(call.by(number) for number, calls in enumerate(lists) for call in calls)

    return Actor(
        actors[0].account,
        actors[0].principal,
        calls=numbered(actor.calls for actor in actors),
        by_aws=numbered(actor.by_aws for actor in actors),
        whole=(
            _merged([actor.whole or actor for actor in actors])
            if any(actor.whole for actor in actors)
            else None
        ),
    )


def routine_or(who: Campaign, score: int, routine: int, *supporting: tuple[Call, str]) -> int:
    """The score, or a lower one if all calls of the evidence are routine."""
    return min(score, routine) if who.is_routine(supporting) else score


def by_member(
    rule: Callable[[Subject], Sign | None],
) -> Callable[[Campaign], Sign | None]:
    """Turns a rule for single members into one for a campaign: the highest score counts, then the
    earliest sign, then the first member."""

    def judge(who: Campaign) -> Sign | None:
        signs = []
        for number, member in enumerate(who.members):
            sign = rule(member) if who.is_one else None
            if sign is not None:
                supporting = tuple((call.by(number), name) for call, name in sign.supporting)
                signs.append(sign._replace(supporting=supporting))
        return best(signs)

    judge.__name__ = rule.__name__
    judge.__doc__ = rule.__doc__
    return judge
