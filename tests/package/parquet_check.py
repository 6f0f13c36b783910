"""Convert Parquet as `scan` says that it can be converted. Usage: parquet_check.py PROGRAM

DuckDB writes records of Security Lake to Parquet files, with the lake's columns. `scan` must refuse
them with a command, and after that command find the same as in the original records. So must the
command of the documentation, for a folder.
"""

from __future__ import annotations

import datetime
import gzip
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from pinned_tool import install

FOLDER = Path(__file__).resolve().parent
ENVIRONMENT = FOLDER.parents[1] / "build/duckdb/venv"
E2E = FOLDER.parent / "e2e"
DOCUMENT = FOLDER.parents[1] / "docs/scan.md"
STORIES = FOLDER.parent / "data/stories"
sys.path.insert(0, str(E2E))

from ocsf_records import as_ocsf

# The types of the columns that Security Lake's tables of CloudTrail have, of those that records
# made by as_ocsf fill, and some that they leave empty.
COLUMNS = {
    "metadata": """STRUCT(product STRUCT(version VARCHAR, name VARCHAR, vendor_name VARCHAR,
        feature STRUCT(name VARCHAR)), event_code VARCHAR, uid VARCHAR, profiles VARCHAR[],
        version VARCHAR)""",
    "time": "BIGINT",
    "time_dt": "TIMESTAMP_MS",
    "cloud": "STRUCT(region VARCHAR, provider VARCHAR)",
    "api": """STRUCT(response STRUCT(error VARCHAR, message VARCHAR, data VARCHAR),
        operation VARCHAR, version VARCHAR, service STRUCT(name VARCHAR),
        request STRUCT(data VARCHAR, uid VARCHAR))""",
    "actor": """STRUCT("user" STRUCT("type" VARCHAR, name VARCHAR, uid VARCHAR, uid_alt VARCHAR,
        uuid VARCHAR, account STRUCT(uid VARCHAR), account_uid VARCHAR, credential_uid VARCHAR),
        session STRUCT(created_time_dt TIMESTAMP_MS, is_mfa BOOLEAN, issuer VARCHAR),
        invoked_by VARCHAR, idp STRUCT(name VARCHAR))""",
    "http_request": "STRUCT(user_agent VARCHAR)",
    "src_endpoint": "STRUCT(uid VARCHAR, ip VARCHAR, domain VARCHAR)",
    "resources": """STRUCT(uid VARCHAR, owner STRUCT(account STRUCT(uid VARCHAR)),
        "type" VARCHAR)[]""",
    "class_uid": "INTEGER",
    "unmapped": "MAP(VARCHAR, VARCHAR)",
}


def lake_record(line: bytes) -> dict[str, Any]:
    """The record with values of the columns' types: as_ocsf varies the forms of some."""
    record: dict[str, Any] = json.loads(as_ocsf(line))
    unmapped = record["unmapped"]
    if isinstance(unmapped, str):
        unmapped = json.loads(unmapped)
    if isinstance(unmapped, list):
        unmapped = dict(pair.values() if isinstance(pair, dict) else pair for pair in unmapped)
    record["unmapped"] = unmapped
    parameters = record["api"]["request"]["data"]
    if isinstance(parameters, dict):
        record["api"]["request"]["data"] = json.dumps(parameters)
    at = json.loads(line)["eventTime"]
    moment = datetime.datetime.fromisoformat(at.replace("Z", "+00:00"))
    record["time"] = int(moment.timestamp()) * 1000
    record["time_dt"] = at
    record["resources"] = [{"uid": "arn:aws:iam::111122223333:user/alice"}]
    return record


def run(*command: object, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, check=False, **options
    )


def must(holds: object, what: str, done: subprocess.CompletedProcess[str]) -> None:
    if not holds:
        sys.exit(f"{done.stdout}{done.stderr}parquet_check.py: {what}: {done.args}")


def write_parquet(duckdb: Path, lines: list[bytes], path: Path, compression: str) -> None:
    records = path.with_suffix(".made.json")
    records.write_text("".join(json.dumps(lake_record(line)) + "\n" for line in lines))
    types = ", ".join(f"{name}: '{kind}'" for name, kind in COLUMNS.items())
    done = run(
        duckdb,
        "-c",
        f"COPY (FROM read_json('{records}', format = 'newline_delimited', columns = {{{types}}})) "
        f"TO '{path}' (FORMAT parquet, COMPRESSION {compression})",
    )
    must(done.returncode == 0, "cannot make a Parquet file", done)
    records.unlink()


def command_for(program: str, path: Path) -> str:
    """The command in the message of `scan` about the file, for that file."""
    done = run(program, "scan", path)
    found = re.search(
        r': is Parquet, which scan cannot read; convert it to JSON with (duckdb -c "[^"]*")',
        done.stderr,
    )
    must(done.returncode == 2 and done.stdout == "" and found, "Parquet is not refused", done)
    assert found is not None
    return found[1].replace("FILE", str(path))


def command_in_docs() -> str:
    """The command for a folder named `lake`, which makes lake.jsonl.gz."""
    found = re.search(r"(?m)^duckdb -c .*$", DOCUMENT.read_text(encoding="utf-8"))
    return found[0] if found else sys.exit(f"{DOCUMENT} has no command of DuckDB")


def check(program: str, duckdb: Path, folder: Path) -> None:
    original = folder / "original.jsonl"
    lake = folder / "lake"
    partition = lake / "region=us-east-1/accountId=111122223333/eventDay=20240305"
    partition.mkdir(parents=True)
    shell = {
        "cwd": folder,
        "env": {**os.environ, "PATH": f"{duckdb.parent}:{os.environ['PATH']}"},
    }
    every_line = []
    files = []
    for number, name in enumerate(("R01", "R07", "E01", "E05", "H31")):
        lines = gzip.decompress((STORIES / f"{name}.jsonl.gz").read_bytes()).splitlines()
        every_line += lines
        files.append(partition / f"{name}.gz.parquet")
        write_parquet(duckdb, lines, files[-1], ("zstd", "gzip", "snappy")[number % 3])
    original.write_bytes(b"\n".join(every_line))
    for command in (command_in_docs(), *(command_for(program, path) for path in files)):
        done = run("sh", "-c", command, **shell)
        must(done.returncode == 0, "the command fails", done)
    for path in files:
        path.unlink()  # the result of the conversion is beside it
    modes = (
        ("--mode", "hunt", "--min-risk", "0"),
        ("--mode", "volume", "--bedrock-threshold", "0"),
    )
    for mode in modes:
        answers = []
        for path in (original, lake, folder / "lake.jsonl.gz"):
            done = run(program, "scan", *mode, "--format", "ndjson", path)
            must(done.returncode == 0 and done.stdout, "no rows", done)
            must(f", {len(every_line)} records, " in done.stderr, "records are missing", done)
            answers.append(done.stdout)
        must(len(set(answers)) == 1, "the rows differ from those of the original", done)
        rows = len(answers[0].splitlines())
        print(f"{mode[1]}: the same {rows} rows from Parquet as from the original records")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    tool = install(ENVIRONMENT, FOLDER / "duckdb-requirements.txt") / "duckdb"
    with tempfile.TemporaryDirectory() as made:
        check(os.path.abspath(sys.argv[1]), tool, Path(made))
