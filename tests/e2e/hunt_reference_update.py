"""The file that `mode=baseline` must write: the old rows, merged with the events of a range."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace

from hunt_reference_baseline import (
    LISTS,
    MOST_CLIENTS,
    MOST_VALUES,
    TOO_MANY,
    Baseline,
    BaselineRow,
    Key,
    Making,
    Span,
    Values,
    add_value,
    short,
    week_of,
)
from hunt_reference_calls import DAY, HOUR, Actor, Call
from hunt_reference_makings import assumed_by, made_by, param
from hunt_reference_records import read_events
from hunt_reference_sources import Context, Subject
from volume_reference import IndexedEvent

_FORGOTTEN_AFTER = 90 * DAY
_MOST_WEEKS = 14
_MOST_MAKINGS = 4


class _Range:
    """The rows that the range alone would give, and when each pair was last seen."""

    def __init__(self, actors: list[Actor], now: int) -> None:
        self.rows: dict[Key, BaselineRow] = {}
        self.last_seen: dict[Key, int] = {}
        self._by_hour: defaultdict[Key, Counter[int]] = defaultdict(Counter)
        self._by_day: defaultdict[Key, Counter[int]] = defaultdict(Counter)
        self._days: defaultdict[tuple[Key, str, str], set[int]] = defaultdict(set)
        self.makings: list[tuple[Key, Actor, int]] = []
        # Maps each role to the times when it was assumed, and by whom.
        self.parents: defaultdict[Key, list[tuple[int, str]]] = defaultdict(list)
        counted = [
            (actor, call)
            for actor in actors
            for call in (*actor.own, *actor.by_aws)
            if 0 <= call.time <= now + DAY
        ]
        self.newest = max((call.time for _, call in counted), default=None)
        for actor, call in counted:
            assert self.newest is not None
            is_left = (call.hour + 1) * HOUR >= self.newest - DAY
            is_of_account = not call.is_by_aws and not call.is_link_only
            for service in {*call.phases_of, *(["account"] if is_of_account else [])}:
                key = (actor.account, actor.principal, service)
                self.last_seen[key] = max(call.time, self.last_seen.get(key, call.time))
                if not is_left:
                    self._add(key, call)
            child = None if is_left or call.is_by_aws else made_by(actor, call)
            if child is not None:
                kind = child.partition("/")[0]
                name = param(call, f"{kind}Name")
                key = (actor.account, f"arn:aws:iam::{actor.account}:{kind}/{name}", "account")
                self.makings.append((key, actor, call.time))
            role = None if is_left or call.is_by_aws else assumed_by(actor, call)
            if role is not None:
                parent = (call.time, short(actor.principal) or "")
                self.parents[role.account, role.arn, "account"].append(parent)
        self._add_peaks()

    def _add(self, key: Key, call: Call) -> None:
        service = key[2]
        row = self.rows.setdefault(key, BaselineRow(call.time, call.time))
        row.first_seen = min(row.first_seen, call.time)
        row.last_seen = max(row.last_seen, call.time)
        day = call.time // DAY

        def add(name: str, value: str | None) -> None:
            if value is not None:
                add_value(row.lists[name], value, Span(day, day))
                self._days[key, name, value].add(day)

        if call.outcome == "ok":
            for phase in call.phases_of.get(service, ()):
                add("phases", phase)
            if service in call.messages_of:
                self._by_hour[key][call.hour] += call.messages_of[service]
                self._by_day[key][day] += call.messages_of[service]
                if not call.is_by_aws:
                    add("models", short(call.model))
                add("regions", short(call.region))
        if service == "account" and not call.is_by_aws:
            add("networks", call.place)
            add("clients", call.client)

    def drop_days_of_too_many(self, key: Key, old: BaselineRow) -> None:
        """If a list had too many values on a day, it says nothing about single values on that
        day."""
        lists = self.rows[key].lists
        for name, values in old.lists.items():
            if TOO_MANY not in values:
                continue
            covered = values[TOO_MANY]
            kept: Values = {}
            for value in lists[name]:
                for day in self._days[key, name, value]:
                    if not covered.first <= day <= covered.last:
                        add_value(kept, value, Span(day, day))
            lists[name] = kept

    def _add_peaks(self) -> None:
        for key, hours in self._by_hour.items():
            row = self.rows[key]
            row.peak_hour = max(hours.values())
            row.peak_day = max(self._by_day[key].values())
            for hour, total in hours.items():
                week = week_of(hour * HOUR // DAY)
                row.peaks[week] = max(total, row.peaks.get(week, 0))


def _merged(old: BaselineRow, new: BaselineRow) -> BaselineRow:
    if old.has_only_made:  # the time when it was made is not a time when it acted
        old = replace(old, first_seen=new.first_seen, last_seen=new.last_seen)
    row = BaselineRow(
        first_seen=min(old.first_seen, new.first_seen),
        last_seen=max(old.last_seen, new.last_seen),
        peak_hour=max(old.peak_hour, new.peak_hour),
        peak_day=max(old.peak_day, new.peak_day),
    )
    for source in (old, new):
        for week, peak in source.peaks.items():
            row.peaks[week] = max(peak, row.peaks.get(week, 0))
        for name in LISTS:
            for value, span in source.lists[name].items():
                add_value(row.lists[name], value, span)
    row.made = list(old.made)
    return row


def _capped(values: Values, most: int) -> Values:
    if len(values) - (TOO_MANY in values) <= most:  # values after that are listed beside `*`
        return values
    first = min(span.first for span in values.values())
    return {TOO_MANY: Span(first, max(span.last for span in values.values()))}


def _trim(row: BaselineRow, newest: int) -> None:
    """First remove what is too old, then what exceeds the caps."""
    oldest = newest - _FORGOTTEN_AFTER
    for name, values in row.lists.items():
        kept = {value: span for value, span in values.items() if span.last >= oldest // DAY}
        row.lists[name] = _capped(kept, MOST_CLIENTS if name == "clients" else MOST_VALUES)
    row.peaks = dict(sorted(row.peaks.items())[-_MOST_WEEKS:])
    made = [making for making in row.made if making.time // DAY >= oldest // DAY]
    row.made = made[-_MOST_MAKINGS:]


def _add_makings(rows: dict[Key, BaselineRow], found: _Range, context: Context) -> None:
    """The updated baseline decides whether a maker's source was known, because no source is known
    in the first range that is learnt."""
    by_child: defaultdict[Key, dict[tuple[int, str], bool]] = defaultdict(dict)
    for key, row in rows.items():
        for making in row.made:
            by_child[key][making.time, making.maker] = making.is_from_known_source
    for key, maker, time in found.makings:
        name = (time, short(maker.principal) or "")
        is_known = Subject(maker, context).is_known_source(time)
        by_child[key][name] = is_known and by_child[key].get(name, True)
    for key, makings in by_child.items():
        row = rows.setdefault(key, BaselineRow(0, 0))
        row.made = [Making(*name, is_known) for name, is_known in sorted(makings.items())]


def _add_parents(rows: dict[Key, BaselineRow], found: _Range) -> None:
    for key, parents in found.parents.items():
        row = rows.setdefault(key, BaselineRow(0, 0))
        values = row.lists["parents"]
        too_many = values.get(TOO_MANY)
        for time, parent in parents:
            day = time // DAY
            # If the list had too many values on a day, it says nothing about single values on that
            # day.
            if too_many is None or not too_many.first <= day <= too_many.last:
                add_value(values, parent, Span(day, day))


def _only_linked(row: BaselineRow) -> BaselineRow:
    """A role that no longer does anything may still be assumed. Such a row is as old as its newest
    making, or as the last day of its parents."""
    parents = row.lists["parents"]
    last_day = max((span.last for span in parents.values()), default=0)
    time = row.made[-1].time if row.made else last_day * DAY
    kept = BaselineRow(time, time, made=row.made)
    kept.lists["parents"] = parents
    return kept


def update_baseline(
    events: Iterable[IndexedEvent],
    old: Baseline | None = None,
    *,
    now: int,
    networks: Iterable[str] = (),
    with_links: bool = False,
) -> Baseline:
    """The new baseline. It contains clients as texts; the program's file contains their hashes."""
    known = old or Baseline()
    actors = list(read_events(events, with_links).actors.values())
    found = _Range(actors, now)
    if found.newest is None:
        return known
    rows: dict[Key, BaselineRow] = {}
    for key in {*known.rows, *found.rows}:
        if key in known.rows and key in found.rows:
            found.drop_days_of_too_many(key, known.rows[key])
        both = [side[key] for side in (known.rows, found.rows) if key in side]
        rows[key] = _merged(both[0], both[-1])
    judge = Baseline(dict(rows))
    _add_makings(rows, found, Context(baseline=judge, networks=tuple(networks)))
    _add_parents(rows, found)
    kept = {}
    for key, row in rows.items():
        last_seen = max(row.last_seen, found.last_seen.get(key, row.last_seen))
        was_only_made = row.has_only_made
        _trim(row, found.newest)
        if not was_only_made and last_seen // DAY >= (found.newest - _FORGOTTEN_AFTER) // DAY:
            kept[key] = row
        elif row.lists["parents"] or (was_only_made and row.made):
            kept[key] = _only_linked(row)
    return Baseline(kept)
