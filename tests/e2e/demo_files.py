"""The made-up day of the demo as log files, laid out as their providers deliver them."""

from __future__ import annotations

import gzip
import json
import shutil
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from cloudtrail_day import ACCOUNT, Attack, Day, cloudtrail_day
from provider_day import other_providers, with_other_providers

SEED = 1


def demo_day() -> Day:
    """The day as events of an index, the newest first."""
    return with_other_providers(cloudtrail_day(SEED))


def write_demo_files(folder: Path) -> list[Attack]:
    """Fills the folder, which is made anew, and returns the attacks of the day.

    CloudTrail's files are below AWSLogs/, one for each region and hour, gzipped as in a bucket;
    those of SendGrid, Twilio and Azure hold one record per line.
    """
    # Beside the folder: in it, scan would report a file that is not a log.
    marker = folder.with_name(f"{folder.name}.made-by-demo")
    if folder.exists() and any(folder.iterdir()) and not marker.exists():
        raise SystemExit(f"{folder}: has other files than those of a demo; name another folder")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    marker.write_text("The demo removes the folder of this name and makes it again.\n")
    day = cloudtrail_day(SEED)
    _write_trail(folder, [raw for _, raw in reversed(day.events)])
    others = other_providers()
    _write_lines(folder / "sendgrid/events.jsonl", others.sendgrid)
    _write_lines(folder / "twilio/events.jsonl", others.twilio)
    _write_lines(folder / "azure/events.jsonl", others.azure)
    return [*day.attacks, *others.attacks]


def _write_trail(folder: Path, records: Iterable[bytes]) -> None:
    files = defaultdict(list)
    for raw in records:
        record = json.loads(raw)
        region = record.get("awsRegion", "us-east-1")
        date, _, time = record["eventTime"].partition("T")
        files[region, date, time[:2]].append(raw)
    for (region, date, hour), group in files.items():
        day = date.replace("-", "")
        name = f"{ACCOUNT}_CloudTrail_{region}_{day}T{hour}00Z.json.gz"
        place = folder / f"AWSLogs/{ACCOUNT}/CloudTrail/{region}/{date.replace('-', '/')}"
        place.mkdir(parents=True, exist_ok=True)
        # Without a time in gzip's header the same day gives the same bytes.
        body = b'{"Records":[' + b",".join(group) + b"]}"
        (place / name).write_bytes(gzip.compress(body, 6, mtime=0))


def _write_lines(path: Path, lines: Iterable[bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(line + b"\n" for line in lines))
