"""The volume search for DuckDB and ClickHouse, over a CSV export of a search or over JSON lines."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

from timing import Run, run

_SQL = """
select {arn} as who, count(*) as calls from {table}
where {filter} and {error} is null and (
  ({source} = 'bedrock.amazonaws.com' and {name} in
    ('InvokeModel', 'InvokeModelWithResponseStream', 'CreateModelInvocationJob'))
  or ({source} = 'ses.amazonaws.com' and {name} in
    ('SendEmail', 'SendRawEmail', 'SendBulkTemplatedEmail', 'SendBulkEmail'))
  or ({source} = 'sns.amazonaws.com' and {name} in ('Publish', 'PublishBatch')))
group by who, {source}, {region}{day}
having count(*) > case {source} when 'bedrock.amazonaws.com' then 50
  when 'ses.amazonaws.com' then 100 else 200 end
"""
# The LIKE filter discards most events before their JSON is parsed; both databases are fastest this
# way.
_LIKE = (
    "(" + " or ".join(f"_raw like '%{name}%'" for name in ("InvokeModel", "Send", "Publish")) + ")"
)

_DUCKDB = """
import duckdb, json, sys
duckdb.sql("set threads to 2")
for who, calls in duckdb.sql(sys.argv[1]).fetchall():
    print(json.dumps([who, calls]))
"""
_CLICKHOUSE = """
import chdb, json, sys
query = sys.argv[1] + " settings max_threads = 2"
for line in str(chdb.query(query, "JSONCompactEachRow")).splitlines():
    who, calls = json.loads(line)
    print(json.dumps([who, int(calls)]))
"""

# The path in the record of each column of the query.
_PATHS = {
    "arn": "userIdentity.arn",
    "error": "errorCode",
    "source": "eventSource",
    "name": "eventName",
    "region": "awsRegion",
    "time": "eventTime",
}


def _query(table: str, filter_: str, get: Callable[[str], str], by_day: bool = False) -> str:
    fields = {name: get(path) for name, path in _PATHS.items()}
    # All rows of the export have the same time; a search counts per day instead.
    day = f", substring({fields.pop('time')}, 1, 10)" if by_day else ""
    return _SQL.format(table=table, filter=filter_, day=day, **fields)


def duckdb_over_export(export: Path) -> str:
    table = f"read_csv('{export}', header=true, all_varchar=true)"
    return _query(table, _LIKE, lambda path: f"json_extract_string(_raw, '$.{path}')")


def clickhouse_over_export(export: Path) -> str:
    def get(path: str) -> str:
        keys = ", ".join(f"'{key}'" for key in path.split("."))
        return f"nullIf(JSONExtractString(_raw, {keys}), '')"

    return _query(f"file('{export}', 'CSVWithNames')", _LIKE, get)


def duckdb_over_lines(lines: Path) -> str:
    columns = ", ".join(f"{path}: 'VARCHAR'" for path in _PATHS.values() if "." not in path)
    table = (
        f"read_json('{lines}', format='newline_delimited',"
        f" columns={{{columns}, userIdentity: 'STRUCT(arn VARCHAR)'}})"
    )
    return _query(table, "true", lambda path: path, by_day=True)


def clickhouse_over_lines(lines: Path) -> str:
    columns = ", ".join(f"{path} Nullable(String)" for path in _PATHS.values() if "." not in path)
    table = f"file('{lines}', 'JSONEachRow', '{columns}, userIdentity Tuple(arn Nullable(String))')"
    return _query(table, "true", lambda path: path, by_day=True)


class Database:
    """A database that the program is compared with."""

    def __init__(self, name: str, code: str) -> None:
        self.name = name
        self._code = code

    def run(self, query: str) -> Run:
        return run([sys.executable, "-c", self._code, query])

    def findings(self, query: str) -> set[tuple[str, int]]:
        """Each caller and its number of calls."""
        lines = self.run(query).output.splitlines()
        return {(who, calls) for who, calls in map(json.loads, lines)}


DUCKDB = Database("DuckDB", _DUCKDB)
CLICKHOUSE = Database("ClickHouse", _CLICKHOUSE)
