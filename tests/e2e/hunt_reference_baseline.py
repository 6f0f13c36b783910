"""The baseline in the reference: the meaning of its rows, and how `mode=baseline` updates them."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from typing import NamedTuple

from hunt_reference_calls import DAY, HOUR
from hunt_reference_makings import actor_key

WEEK = 7 * DAY

COLUMNS = [
    *("account", "principal", "service", "first_seen", "last_seen", "peak_hour", "peak_day"),
    *("peaks", "phases", "models", "regions", "networks", "clients", "parents", "made"),
    "peak_cost",
]
LISTS = ("phases", "models", "regions", "networks", "clients", "parents")
MOST_CLIENTS = 16
MOST_VALUES = 32
TOO_MANY = "*"


class Span(NamedTuple):
    """The first and the last day of a value, in days since 1970."""

    first: int
    last: int

    def joined(self, other: Span) -> Span:
        return Span(min(self.first, other.first), max(self.last, other.last))


Values = dict[str, Span]


class Making(NamedTuple):
    """Who made a principal, or gave it new credentials."""

    time: int
    maker: str
    is_from_known_source: bool


def short(text: str | None) -> str | None:
    """The part of a value that a list keeps: the whole characters within the first 256 bytes."""
    return text and text.encode()[:256].decode("utf-8", "ignore")


def add_value(values: Values, value: str, span: Span) -> None:
    values[value] = span.joined(values[value]) if value in values else span


def usual(values: Values) -> set[str]:
    """The values whose last day is at least 7 days after the first; none if there were too many."""
    if TOO_MANY in values:
        return set()
    return {value for value, span in values.items() if span.last - span.first >= 7}


@dataclass
class BaselineRow:
    first_seen: int
    last_seen: int
    peak_hour: int = 0
    peak_day: int = 0  # 0: not known
    peaks: dict[int, int] = field(default_factory=dict)  # keyed by the first second of the ISO week
    lists: dict[str, Values] = field(default_factory=lambda: {name: {} for name in LISTS})
    made: list[Making] = field(default_factory=list)

    @property
    def has_only_made(self) -> bool:
        """Whether an `account` row says no more than who made or assumed the principal."""
        acted = any(values for name, values in self.lists.items() if name != "parents")
        is_of_one_second = self.first_seen == self.last_seen  # not true in a file without lists
        return bool(self.made or self.lists["parents"]) and not acted and is_of_one_second

    @property
    def usual_day(self) -> int:
        return self.peak_day or 24 * self.peak_hour

    def old_peak(self, at: int) -> int:
        """The busiest hour of the weeks that ended at least 7 days before."""
        old = [peak for week, peak in self.peaks.items() if week + WEEK <= at - 7 * DAY]
        return max(old, default=self.peak_hour)


def family(principal: str) -> str | None:
    """The common part of the names of principals that do the same work."""
    if ":role/" not in principal:
        return None
    parts = principal.split(":role/", 1)[1].split("/")
    for part in parts[:-1]:
        if part.startswith("AWSReservedSSO_"):
            return part
    name = re.sub(r"-[A-Za-z0-9]{12,13}\Z", "", parts[-1])
    name = re.sub(r"(?<=[A-Za-z])[0-9A-F]{8}", "", name)
    return re.sub(r"[0-9]+", "#", name)


Key = tuple[str, str, str]  # account, principal, service


@dataclass
class Baseline:
    rows: dict[Key, BaselineRow] = field(default_factory=dict)

    @cached_property
    def _of_account(self) -> dict[str, list[tuple[str, str, BaselineRow]]]:
        found = defaultdict(list)
        for (account, principal, service), row in self.rows.items():
            found[account].append((principal, service, row))
        return dict(found)

    # --- Accounts ---

    @cached_property
    def _oldest(self) -> dict[str, int]:
        oldest: dict[str, int] = {}
        for (account, _, _), row in self.rows.items():
            # a role that was only assumed can belong to a partner's account
            if row.made or not row.has_only_made:
                oldest[account] = min(row.first_seen, oldest.get(account, row.first_seen))
        return oldest

    def accounts(self) -> set[str]:
        return set(self._oldest)

    def knows(self, account: str, at: int) -> bool:
        return account in self._oldest and self._oldest[account] + 14 * DAY <= at

    def knows_in_hour(self, account: str, hour: int) -> bool:
        return self.knows(account, hour * HOUR)

    def account_has(self, account: str, service: str) -> bool:
        return any(
            row.peak_hour > 0 and its_service == service
            for _, its_service, row in self._of_account.get(account, [])
        )

    @cached_property
    def _usual_of_accounts(self) -> dict[tuple[str, str], set[str]]:
        found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for (account, _, service), row in self.rows.items():
            if service == "account":
                for name in ("networks", "clients"):
                    found[account, name] |= usual(row.lists[name])
        return dict(found)

    def usual_in_account(self, account: str, name: str) -> set[str]:
        """The usual values of any principal of the account."""
        return self._usual_of_accounts.get((account, name), set())

    # --- Principals ---

    @cached_property
    def _rows_of(self) -> dict[tuple[str, str], dict[str, BaselineRow]]:
        found: defaultdict[tuple[str, str], dict[str, BaselineRow]] = defaultdict(dict)
        for (account, principal, service), row in self.rows.items():
            found[account, principal][service] = row
        return {
            key: rows
            for key, rows in found.items()
            if not (list(rows) == ["account"] and rows["account"].has_only_made)
        }

    def row(self, account: str, principal: str, service: str) -> BaselineRow | None:
        return self._rows_of.get((account, principal), {}).get(service)

    def is_young(self, account: str, principal: str, at: int) -> bool:
        """Whether the oldest of the principal's rows is less than 7 days old."""
        rows = self._rows_of.get((account, principal), {}).values()
        return bool(rows) and min(row.first_seen for row in rows) > at - 7 * DAY

    def has_rows(self, account: str, principal: str, at: int) -> bool:
        has_any = bool(self._rows_of.get((account, principal)))
        return has_any and not self.is_young(account, principal, at)

    def values(self, account: str, principal: str, service: str, name: str) -> Values:
        row = self.row(account, principal, service)
        return row.lists[name] if row else {}

    def has_used(self, account: str, principal: str, service: str) -> bool:
        row = self.row(account, principal, service)
        return row is not None and row.peak_hour > 0

    def is_routine(self, account: str, principal: str, service: str, phase: str) -> bool:
        return phase in usual(self.values(account, principal, service, "phases"))

    def peers(self, account: str, principal: str, service: str) -> list[BaselineRow]:
        """The rows of other members of its family that have used the service."""
        own = family(principal)
        return [
            row
            for name, its_service, row in self._of_account.get(account, [])
            if own is not None
            and its_service == service
            and row.peak_hour > 0
            and name != principal
            and family(name) == own
        ]

    def parents_of(self, account: str, key: str) -> Values:
        """The parents of the roles with that name, whatever their path."""
        parents: Values = {}
        for principal, _, row in self._of_account.get(account, []):
            if actor_key(principal) == key:
                for value, span in row.lists["parents"].items():
                    add_value(parents, value, span)
        return parents

    def makings(self, account: str, kind: str, name: str) -> list[Making]:
        """The makings of the users or roles with that name, whatever their path."""
        return [
            making
            for principal, service, row in self._of_account.get(account, [])
            if service == "account"
            and f":{kind}/" in principal
            and principal.rsplit("/", 1)[-1] == name
            for making in row.made
        ]


# --- The file ------------------------------------------------------------------------------------


def _time_text(time: int) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _day_text(day: int) -> str:
    return _time_text(day * DAY)[:10]


def _seconds(text: str) -> int:
    return int(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


def _day(text: str) -> int:
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def week_of(day: int) -> int:
    """The first second of a day's ISO week. 1970 began on a Thursday."""
    return (day - (day + 3) % 7) * DAY


def _week_text(week: int) -> str:
    year, number, _ = datetime.fromtimestamp(week, UTC).isocalendar()
    return f"{year:04}-W{number:02}"


def _week(text: str) -> int:
    year, number = text.split("-W")
    return _day(date.fromisocalendar(int(year), int(number), 1).isoformat()) * DAY


def _encoded(value: str) -> str:
    return value.replace("%", "%25").replace(" ", "%20").replace("=", "%3D")


def _decoded(text: str) -> str:
    return text.replace("%3D", "=").replace("%20", " ").replace("%25", "%")


def to_columns(key: Key, row: BaselineRow) -> dict[str, str]:
    account, principal, service = key
    columns = {
        "account": account,
        "principal": principal,
        "service": service,
        "first_seen": _time_text(row.first_seen),
        "last_seen": _time_text(row.last_seen),
        "peak_hour": str(row.peak_hour),
        "peak_day": str(row.peak_day or ""),
        "peaks": " ".join(f"{_week_text(week)}={peak}" for week, peak in sorted(row.peaks.items())),
        "made": " ".join(
            f"{_time_text(made.time)}/{_encoded(made.maker)}/"
            + ("k" if made.is_from_known_source else "s")
            for made in row.made
        ),
        "peak_cost": "",  # no CloudTrail record contains a cost
    }
    for name, values in row.lists.items():
        columns[name] = " ".join(
            f"{_encoded(value)}={_day_text(span.first)}/{_day_text(span.last)}"
            for value, span in sorted(values.items(), key=lambda item: item[0].encode())
        )
    return columns


def read_values(text: str) -> Values:
    values: Values = {}
    for word in text.split(" ") if text else []:
        value, days = word.rsplit("=", 1)
        first, last = days.split("/")
        add_value(values, _decoded(value), Span(_day(first), _day(last)))
    return values


def from_columns(columns: Mapping[str, str]) -> tuple[Key, BaselineRow]:
    row = BaselineRow(
        _seconds(columns["first_seen"]),
        _seconds(columns["last_seen"]),
        int(columns["peak_hour"]),
        int(columns.get("peak_day") or 0),
    )
    for word in (columns.get("peaks") or "").split():
        week, peak = word.split("=")
        row.peaks[_week(week)] = int(peak)
    for name in LISTS:
        row.lists[name] = read_values(columns.get(name) or "")
    for word in (columns.get("made") or "").split():
        time, rest = word.split("/", 1)
        maker, source = rest.rsplit("/", 1)
        row.made.append(Making(_seconds(time), _decoded(maker), source == "k"))
    return (columns["account"], columns["principal"], columns["service"]), row


def read_baseline(text: str) -> Baseline:
    return Baseline(dict(map(from_columns, csv.DictReader(io.StringIO(text)))))


def in_file_order(baseline: Baseline) -> list[tuple[Key, BaselineRow]]:
    return sorted(baseline.rows.items(), key=lambda item: [part.encode() for part in item[0]])
