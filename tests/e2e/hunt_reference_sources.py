"""A principal compared with its history: where it calls from, and which of its sources are known.

The rules of the reference ask these questions. The source of a call is every address that its
principal used in the same UTC hour.
"""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from typing import NamedTuple

from hunt_reference_baseline import TOO_MANY, Baseline, BaselineRow, Values, usual
from hunt_reference_calls import DAY, HOUR, Actor, Call, Origin
from hunt_reference_makings import actor_key, made_by

_PRIVATE = [
    ipaddress.ip_network(network)
    for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
]

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def is_in(address: str | None, networks: Iterable[Network]) -> bool:
    if address is None:
        return False
    ip = ipaddress.ip_address(address)
    return any(ip in network for network in networks)


@cache
def _is_private(address: str | None) -> bool:
    return is_in(address, _PRIVATE)


class Making(NamedTuple):
    """A call in the range that made a principal, or gave it new credentials."""

    maker: Subject
    call: Call


class NewSource(NamedTuple):
    """An origin in one hour that is new for a principal."""

    score: int
    time: int  # of its first call in the hour
    hour: int
    calls: list[Call]


@dataclass
class Context:
    """Everything that hunt mode knows besides a principal's own calls."""

    baseline: Baseline = field(default_factory=Baseline)
    networks: tuple[str, ...] = ()  # from cloudhijack_networks.csv
    own_accounts: frozenset[str] = frozenset()
    thresholds: dict[str, int] = field(default_factory=dict)
    actors: list[Actor] = field(default_factory=list)

    @cached_property
    def is_listed(self) -> Callable[[str | None], bool]:
        listed = [ipaddress.ip_network(network) for network in self.networks]
        return lru_cache(maxsize=None)(lambda address: is_in(address, listed))

    @cached_property
    def makings(self) -> dict[tuple[str, str], list[Making]]:
        """Maps account and key to when and by whom it was made in the range."""
        found = defaultdict(list)
        for actor in self.actors:
            maker = Subject(actor, self)
            for call in actor.own:
                child = made_by(actor, call)
                if child is not None:
                    found[actor.account, child].append(Making(maker, call))
        return dict(found)

    def is_vouched_for(self, account: str, key: str, at: int) -> bool:
        """Whether a making of the principal is known, and each making came from a known source."""
        known = [
            making.maker.is_known_source(making.call.time)
            for making in self.makings.get((account, key), [])
            if making.call.time <= at
        ]
        kind, _, name = key.partition("/")
        known += [
            making.is_from_known_source
            for making in self.baseline.makings(account, kind, name)
            if at - 30 * DAY <= making.time <= at
        ]
        return bool(known) and all(known)


@dataclass(eq=False)
class Subject:
    """A principal that a rule judges."""

    actor: Actor
    context: Context

    @cached_property
    def key(self) -> tuple[str, str]:
        return self.actor.account, actor_key(self.actor.principal)

    @property
    def name(self) -> tuple[str, str]:
        return self.actor.account, self.actor.principal

    @property
    def baseline(self) -> Baseline:
        return self.context.baseline

    def is_known(self, at: int) -> bool:
        """Whether the baseline knows the account."""
        return self.baseline.knows(self.actor.account, at)

    def has_rows(self, at: int) -> bool:
        return self.baseline.has_rows(*self.name, at)

    def row(self, service: str) -> BaselineRow | None:
        return self.baseline.row(*self.name, service)

    def has_used(self, service: str, at: int) -> bool:
        """Whether its rows show a use of the service; a young principal counts as having no
        rows."""
        return self.baseline.has_used(*self.name, service) and not self.baseline.is_young(
            *self.name, at
        )

    def values(self, service: str, name: str) -> Values:
        return self.baseline.values(*self.name, service, name)

    def is_routine(self, service: str, phase: str) -> bool:
        """Whether the phase is usual for the pair of principal and service."""
        return self.baseline.is_routine(*self.name, service, phase)

    # --- Sources ---

    @cached_property
    def _usual_networks(self) -> set[str]:
        return usual(self.values("account", "networks"))

    @cached_property
    def _usual_clients(self) -> set[str]:
        return usual(self.values("account", "clients"))

    def _is_usual_client(self, client: str) -> bool:
        """If there were too many clients to list, any client may be usual."""
        return client in self._usual_clients or TOO_MANY in self.values("account", "clients")

    @property
    def has_usual_networks(self) -> bool:
        """Whether its list of networks is conclusive."""
        return bool(self._usual_networks)

    def is_usual_place(self, call: Call) -> bool:
        return call.place in self._usual_networks

    def _is_private(self, call: Call) -> bool:
        nowhere = call.address is None and call.origin.name is None
        return nowhere or _is_private(call.address)

    def _is_usual_for_any(self, call: Call) -> bool:
        return call.place in self.baseline.usual_in_account(self.actor.account, "networks")

    def is_from_stranger(self, call: Call) -> bool:
        """Whether the address of this call itself is a stranger's."""
        return (
            self.baseline.knows_in_hour(self.actor.account, call.hour)
            and bool(self.baseline.usual_in_account(self.actor.account, "networks"))
            and not self._is_private(call)
            and not self.context.is_listed(call.address)
            and not self._is_usual_for_any(call)
        )

    def hour(self, hour: int) -> list[Call]:
        return self.actor.by_hour.get(hour, [])

    def is_stranger_in(self, hours: Iterable[int]) -> bool:
        return any(self.is_from_stranger(call) for hour in hours for call in self.hour(hour))

    def is_stranger(self, at: int) -> bool:
        return self.is_stranger_in([at // HOUR])

    def works_anywhere_in(self, hours: Iterable[int]) -> bool:
        return any(call.works_anywhere for hour in hours for call in self.hour(hour))

    def is_known_source(self, at: int) -> bool:
        calls = self.hour(at // HOUR)
        if all(self._is_private(call) or self.context.is_listed(call.address) for call in calls):
            return True
        is_known = self.baseline.knows_in_hour(self.actor.account, at // HOUR)
        return is_known and not self.is_stranger(at)

    def has_unknown_client(self, hours: Iterable[int]) -> bool:
        """Whether it calls with a client that is usual for nobody in the account."""
        clients = self.baseline.usual_in_account(self.actor.account, "clients")
        return bool(clients) and any(
            call.client not in clients for hour in hours for call in self.hour(hour)
        )

    def peers(self, service: str, hours: Iterable[int]) -> list[BaselineRow]:
        if self.has_unknown_client(hours):
            return []
        return self.baseline.peers(*self.name, service)

    # --- New sources ---

    @cached_property
    def new_sources(self) -> list[NewSource]:
        """The new sources of all hours."""
        found = []
        for hour, calls in self.actor.by_hour.items():
            by_origin: defaultdict[Origin, list[Call]] = defaultdict(list)
            for call in calls:
                by_origin[call.origin].append(call)
            for origin in by_origin.values():
                score = self._new_source_score(hour, origin)
                if score:
                    found.append(NewSource(score, origin[0].time, hour, origin))
        return found

    def _new_source_score(self, hour: int, origin: list[Call]) -> int:
        account = self.actor.account
        call = origin[0]
        networks = self.baseline.usual_in_account(account, "networks")
        if not self.baseline.knows_in_hour(account, hour) or not networks:
            return 0
        is_stranger = self.is_from_stranger(call)
        if self.has_rows(hour * HOUR):
            if not self._usual_networks or self._is_private(call) or self.is_usual_place(call):
                return 0
            if self._is_usual_client(call.client):
                if not is_stranger:
                    return 0
                can_be_bulk = any(one.works_anywhere for one in origin)
                return 25 if can_be_bulk and self._messages_in_a_day_with(hour) >= 100 else 15
            if not self._usual_clients:
                return 0
            if not is_stranger:
                return 30
            is_elsewhere = any(self.is_usual_place(other) for other in self.hour(hour))
            return 50 if is_elsewhere or any(one.is_scoped for one in origin) else 40
        if not is_stranger:
            return 0
        clients = self.baseline.usual_in_account(account, "clients")
        is_new_client = bool(clients) and call.client not in clients
        return 25 if is_new_client or any(one.works_anywhere for one in origin) else 15

    def _messages_in_a_day_with(self, hour: int) -> int:
        """The most messages in any 24 hours that contain this hour: those by usual clients from
        strangers' networks, with credentials that work anywhere."""
        by_hour = {
            other: self._stranger_messages(other)
            for other in self.actor.by_hour
            if abs(other - hour) < 24
        }
        return max(
            sum(by_hour.get(other, 0) for other in range(start, start + 24))
            for start in range(hour - 23, hour + 1)
        )

    def _stranger_messages(self, hour: int) -> int:
        by_origin: defaultdict[Origin, list[Call]] = defaultdict(list)
        for call in self.hour(hour):
            by_origin[call.origin].append(call)
        return sum(
            sum(call.messages_of.values())
            for origin in by_origin.values()
            if self.is_from_stranger(origin[0])
            and self._is_usual_client(origin[0].client)
            and any(call.works_anywhere for call in origin)
            for call in origin
            if call.outcome == "ok"
        )

    def has_new_source(self, hours: Iterable[int]) -> bool:
        wanted = set(hours)
        return any(one.score >= 25 and one.hour in wanted for one in self.new_sources)

    # --- Makers ---

    def is_vouched_for(self, at: int) -> bool:
        account, key = self.key
        return key != self.actor.principal and self.context.is_vouched_for(account, key, at)
