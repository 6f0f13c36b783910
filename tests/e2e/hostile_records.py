"""Records of the demo's attacks in which every text tries to leave its place in a page of HTML."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from cloudtrail_day import cloudtrail_day
from provider_day import other_providers

MARK = "zq7"  # a text that no record has otherwise, so that a report shows which texts came through

PAYLOADS = (
    f"<script>window.ran='{MARK}'</script>",
    f'"><img src=x onerror="window.ran=\'{MARK}\'">',
    f"' onmouseover='window.ran=\"{MARK}\"' x='",
    f"]]><svg onload=window.ran='{MARK}'>",
    f"--><svg/onload=window.ran='{MARK}'><!--",
    f"</code></td></table></details></title></style></svg><iframe src=//{MARK}.example>",
    f"javascript:window.ran='{MARK}'",
    f"&lt;b&gt;&#60;i&#62;{MARK}&#x3c;u&#x3e;",
    f"\u202e\u2066{MARK}\u2069\ufeff\u200b",
    f"\x00\x08\x1b[31m{MARK}\r\n\t",
    f"\ufffe\uffff{MARK}\U000e0001",
)
INVALID = b"\xff\xc3(\xed\xa0\x80\xf0\x9f"  # bytes that are not UTF-8

# Texts that decide whether a record is one, and which call it is.
STRUCTURE = {
    *("eventTime", "eventSource", "eventName", "eventVersion", "eventType", "eventCategory"),
    *("errorCode", "type", "time", "timestamp", "event", "operationName", "category", "status"),
    *("resultType", "resultSignature", "event_type", "resource_type", "event_date", "specversion"),
    *("schemaversion", "Status", "DateCreated", "date_created", "date_sent", "direction"),
}


def attack_lines() -> Iterator[bytes]:
    """The records of the demo's attacks: all records of the principals that made them."""
    day, others = cloudtrail_day(1), other_providers()
    callers = {attack.caller for attack in day.attacks}
    kept = dict.fromkeys(callers, 0)
    for _, raw in reversed(day.events):
        arn = json.loads(raw).get("userIdentity", {}).get("arn")
        if arn in callers and kept[arn] < 60:
            kept[arn] += 1
            yield raw
    for lines in (others.sendgrid, others.twilio, others.azure):
        yield from lines[:: max(1, len(lines) // 600)]


def _hostile(value: Any, payload: str, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _hostile(each, payload, name) for name, each in value.items()}
    if isinstance(value, list):
        return [_hostile(each, payload, key) for each in value]
    if isinstance(value, str) and key not in STRUCTURE:
        return value + payload
    return value


def hostile_lines(payload: str, lines: Iterable[bytes]) -> bytes:
    """The records with the payload at the end of each text."""
    made = b"".join(
        json.dumps(_hostile(json.loads(line), payload), ensure_ascii=False).encode() + b"\n"
        for line in lines
    )
    return made.replace(MARK.encode(), MARK.encode() + INVALID)
