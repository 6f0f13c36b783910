"""Which calls link principals in the reference of `mode=hunt`, and which principals are one
campaign.

Two principals are linked if one made or assumed the other, or if both called from the same address
of a stranger.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from hunt_reference_baseline import short, usual
from hunt_reference_calls import DAY, HOUR, Call, Origin
from hunt_reference_makings import assumed_by, made_by, trust_class
from hunt_reference_sources import Context, Subject

MOST_MEMBERS = 64
KINDS = frozenset({"made", "assumed", "shared"})

Key = tuple[str, str]  # account and actor_key()
Place = tuple[int, str]  # UTC day and address


class Link(NamedTuple):
    """A call by which a principal made or assumed another."""

    kind: str
    parent: Subject
    call: Call
    child: Key
    counts: bool  # false if the child is vouched for


class Part(NamedTuple):
    """The nodes of a campaign, or a single node."""

    nodes: list[Subject]
    kinds: frozenset[str] = KINDS  # of the links that were not dropped
    linked: int = 1  # the number of nodes that all links connect

    @property
    def is_of_too_many(self) -> bool:
        """Whether the node is alone because even the links by making connect too many nodes."""
        return not self.kinds


@dataclass
class Graph:
    """All principals of a search, in order, with their calls except those that exceptions cover."""

    context: Context
    subjects: list[Subject]

    @cached_property
    def nodes(self) -> list[Subject]:
        return [subject for subject in self.subjects if subject.actor.is_one]

    @cached_property
    def by_key(self) -> dict[Key, list[Subject]]:
        found = defaultdict(list)
        for node in self.nodes:
            found[node.key].append(node)
        return dict(found)

    # --- Made and assumed ---

    def _has_acted(self, child: Key, at: int) -> bool:
        nodes = self.by_key.get(child, [])
        return any(node.actor.everything[0].time < at for node in nodes)

    def _is_making(self, maker: Subject, call: Call, child: Key) -> bool:
        """Whether a making is evidence of a link, unless somebody vouches for the child."""
        if maker.is_known(call.time):
            if maker.is_routine("account", "credential"):
                return False
        elif call.name != "CreateUser" and self._has_acted(child, call.time):
            return False
        is_role = child[1].startswith("role/")
        return not is_role or trust_class(call) == "open" or maker.is_stranger(call.time)

    def _assumed(self, caller: Subject, call: Call) -> Key | None:
        """The role that a call assumed, if that counts."""
        role = assumed_by(caller.actor, call)
        baseline, at = self.context.baseline, call.time
        if role is None or not baseline.knows(role.account, at):
            return None
        if any(node.has_rows(at) for node in self.by_key.get(role.key, [])):
            parents = usual(baseline.parents_of(*role.key))
            if not parents or short(caller.actor.principal) in parents:
                return None
        is_of_partner = any(
            making.call.time <= at
            and trust_class(making.call) == "partner"
            and making.maker.is_known_source(making.call.time)
            for making in self.context.makings.get(role.key, [])
        )
        return None if is_of_partner else role.key

    @cached_property
    def links_to(self) -> dict[Key, list[Link]]:
        """The links to each child, from any parent."""
        found = defaultdict(list)
        for parent in self.subjects:
            for call in parent.actor.own:
                key = made_by(parent.actor, call)
                if key is not None:
                    child = (parent.actor.account, key)
                    if self._is_making(parent, call, child):
                        is_vouched = self.context.is_vouched_for(*child, call.time)
                        found[child].append(Link("made", parent, call, child, not is_vouched))
                role = self._assumed(parent, call)
                if role is not None:
                    found[role].append(Link("assumed", parent, call, role, True))
        return dict(found)

    def counted_links_to(self, child: Subject) -> list[Link]:
        """The links to the child that join principals, from any parent."""
        return [link for link in self.links_to.get(child.key, []) if link.counts]

    # --- Shared ---

    @cached_property
    def shared(self) -> dict[Place, dict[Subject, int]]:
        """The principals that called from a stranger's address that is new for them, and since
        when, whatever their account is."""
        found: defaultdict[Place, dict[Subject, int]] = defaultdict(dict)
        for node in self.nodes:
            new = {(one.hour, one.calls[0].origin) for one in node.new_sources if one.score >= 25}
            for hour, calls in node.actor.by_hour.items():
                for origin, first in _first_of_origins(calls).items():
                    if origin.address is None or not node.is_from_stranger(first):
                        continue
                    if node.has_rows(hour * HOUR) and (hour, origin) not in new:
                        continue
                    there = found[hour * HOUR // DAY, origin.address]
                    there[node] = min(first.time, there.get(node, first.time))
        return {place: there for place, there in found.items() if len(there) > 1}

    # --- Campaigns ---

    def _neighbours(self, kinds: frozenset[str]) -> dict[Subject, set[Subject]]:
        nodes = set(self.nodes)
        neighbours: dict[Subject, set[Subject]] = {node: set() for node in nodes}
        for node in nodes:
            for link in self.counted_links_to(node):
                if link.kind in kinds and link.parent in nodes:
                    neighbours[node].add(link.parent)
                    neighbours[link.parent].add(node)
        for there in self.shared.values() if "shared" in kinds else []:
            first = next(iter(there))
            for other in there:
                neighbours[first].add(other)
                neighbours[other].add(first)
        return neighbours

    def _parts(self, nodes: Iterable[Subject], kinds: frozenset[str]) -> list[list[Subject]]:
        """The groups of nodes that links of these kinds connect; `nodes` contains all nodes that
        are linked."""
        neighbours = self._neighbours_of_kinds[kinds]
        seen: set[Subject] = set()
        parts = []
        for node in nodes:
            part, left = [], [node]
            while left:
                next_one = left.pop()
                if next_one not in seen:
                    seen.add(next_one)
                    part.append(next_one)
                    left += neighbours[next_one]
            if part:
                parts.append(sorted(part, key=order_of))
        return parts

    @cached_property
    def _neighbours_of_kinds(self) -> dict[frozenset[str], dict[Subject, set[Subject]]]:
        kinds = (KINDS, KINDS - {"shared"}, frozenset({"made"}))
        return {some: self._neighbours(some) for some in kinds}

    def parts(self) -> list[Part]:
        found = [Part([one]) for one in self.subjects if not one.actor.is_one]
        for whole in self._parts(self.nodes, KINDS):
            found += self._apart(whole, whole, KINDS)
        return found

    def _apart(
        self, whole: list[Subject], part: list[Subject], kinds: frozenset[str]
    ) -> list[Part]:
        """A part, or its smaller parts if it is too large."""
        if len(part) <= MOST_MEMBERS:
            return [Part(part, kinds, len(whole))]
        if kinds == {"made"}:
            return [Part([node], frozenset(), len(whole)) for node in part]
        fewer = kinds - {"shared"} if "shared" in kinds else kinds - {"assumed"}
        return [
            smallest
            for smaller in self._parts(part, fewer)
            for smallest in self._apart(whole, smaller, fewer)
        ]


def order_of(subject: Subject) -> tuple[bytes, bytes]:
    """The order of a campaign's members."""
    return subject.actor.account.encode(), subject.actor.principal.encode()


def _first_of_origins(calls: Iterable[Call]) -> dict[Origin, Call]:
    firsts: dict[Origin, Call] = {}
    for call in calls:
        firsts.setdefault(call.origin, call)
    return firsts
