"""Compares a baseline file that the program wrote with the reference's baseline for the same
events."""

from __future__ import annotations

import csv
import io
from collections import Counter

from hunt_reference_baseline import (
    COLUMNS,
    Baseline,
    Values,
    in_file_order,
    read_values,
    to_columns,
)


class ClientNames:
    """Finds out which hash belongs to which client, because the file contains only hashes.

    A hash is learnt from lists in which no other client has the same days. The file agrees if each
    list has as many clients with the same days as expected, and no two clients share a hash.
    """

    def __init__(self) -> None:
        self._hash_of: dict[str, str] = {}
        self._client_of: dict[str, str] = {}

    def difference(self, hashes: Values, clients: Values) -> str | None:
        if Counter(hashes.values()) != Counter(clients.values()):
            return f"days {sorted(hashes.values())}, expected {sorted(clients.values())}"
        for client, span in clients.items():
            same = [text for text, other in hashes.items() if other == span]
            if client in self._hash_of:
                if self._hash_of[client] not in same:
                    return f"{client!r} is no longer {self._hash_of[client]}"
            elif len(same) == 1:
                if self._client_of.setdefault(same[0], client) != client:
                    return f"{same[0]} is {self._client_of[same[0]]!r} and {client!r}"
                self._hash_of[client] = same[0]
        return None


def baseline_difference(
    text: str, expected: Baseline, names: ClientNames | None = None
) -> str | None:
    """The first difference between the file and the expected baseline, or None."""
    reader = csv.DictReader(io.StringIO(text))
    rows = list(reader)
    if list(reader.fieldnames or []) != COLUMNS:
        return f"columns {reader.fieldnames}"
    names = names or ClientNames()
    found = {(row["account"], row["principal"], row["service"]): row for row in rows}
    for key, row in in_file_order(expected):
        got = found.pop(key, None)
        if got is None:
            return f"no row of {key}: {to_columns(key, row)}"
        for name, value in to_columns(key, row).items():
            if name == "clients":
                difference = names.difference(read_values(got[name]), row.lists[name])
                if difference is not None:
                    return f"{key}: clients: {difference}"
            elif got[name] != value:
                return f"{key}: {name} is {got[name]!r}, expected {value!r}"
    for got in found.values():
        return f"a row too many: {got}"
    order = [(row["account"], row["principal"], row["service"]) for row in rows]
    if order != [key for key, _ in in_file_order(expected)]:
        return "the order of the rows"
    return None
