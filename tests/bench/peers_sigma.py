"""Matches Sigma rules against CloudTrail files, as tools on pySigma's SQLite backend do.

usage: peers_sigma.py RULES FOLDER

RULES is a rule, or a folder of them. Prints the ARN of each caller that a rule matches, one a line,
and on standard error how many rules could not be converted.
"""

from __future__ import annotations

import gzip
import json
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sigma.backends.sqlite import sqliteBackend
from sigma.backends.sqlite.runtime import execute_plan
from sigma.collection import SigmaCollection
from sigma.exceptions import SigmaError

ARN = "userIdentity.arn"
Converted = dict[str, Any]  # a rule in the backend's format "zircolite"


def converted(path: Path) -> list[Converted]:
    """The queries of a file of rules; for rules and a correlation over them, only the latter."""
    backend = sqliteBackend(timestamp_field="eventTime")
    collection = SigmaCollection.from_yaml(path.read_text(encoding="utf-8"))
    return list(json.loads(backend.convert(collection, "zircolite")))


def read_rules(place: Path) -> list[Converted]:
    paths = sorted(place.rglob("*.yml")) if place.is_dir() else [place]
    rules: list[Converted] = []
    for path in paths:
        try:
            rules += converted(path)
        except SigmaError as error:
            print(f"{path.name}: not converted: {error}", file=sys.stderr)
    return rules


def records(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.rglob("*.json.gz")):
        yield from json.loads(gzip.decompress(path.read_bytes()))["Records"]


def value_of(record: Any, field: str) -> str | int | float | None:
    """The value at a dotted path. SQLite has no booleans and no lists."""
    for key in field.split("."):
        record = record.get(key) if isinstance(record, dict) else None
    if isinstance(record, bool):
        return str(record).lower()
    return json.dumps(record) if isinstance(record, dict | list) else record


def load(database: sqlite3.Connection, fields: list[str], folder: Path) -> None:
    columns = ", ".join(f"`{field}` TEXT COLLATE NOCASE" for field in fields)
    database.execute(f"CREATE TABLE logs ({columns})")
    rows = ([value_of(record, field) for field in fields] for record in records(folder))
    database.executemany(f"INSERT INTO logs VALUES ({', '.join('?' * len(fields))})", rows)


def callers(database: sqlite3.Connection, rule: Converted) -> Iterator[str]:
    if plan := rule.get("correlation_plan"):
        alerts, _ = execute_plan(database, plan, include_events=False)
        yield from (alert["group_keys"][ARN] for alert in alerts)
        return
    for query in rule["rule"]:
        found = query.replace("SELECT *", f"SELECT DISTINCT `{ARN}`", 1)
        yield from (arn for (arn,) in database.execute(found) if arn)


def main() -> int:
    if len(sys.argv) != 3:
        print(__doc__)
        return 2
    rules = read_rules(Path(sys.argv[1]))
    fields = {ARN, "eventTime"}.union(*(rule["required_fields"] for rule in rules))
    database = sqlite3.connect(":memory:")
    load(database, sorted(fields), Path(sys.argv[2]))
    found = {arn for rule in rules for arn in callers(database, rule)}
    print("".join(f"{arn}\n" for arn in sorted(found)), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
