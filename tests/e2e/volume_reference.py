"""The answer that `mode=volume` must give, derived from the search that it replaces.

Each step of that search is one step here, with its SPL beside it. Every documented difference is
marked "not as the search". The code is plain rather than fast and shares nothing with the program
or with the generators of events, so that the same mistake cannot hide in both.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn

from shipped_catalogue import catalogue_calls

# Columns that no CloudTrail record fills.
MONEY_COLUMNS = ["InputTokens", "OutputTokens", "EstimatedCost"]

COLUMNS = [
    *("_time", "ServiceAbused", "AttackCategory", "EventCount", "Threshold", "SuspicionScore"),
    *("CallerARN", "CallerType", "UniqueIPs", "SourceIPs", "awsRegion", "FirstEvent", "LastEvent"),
]

SERVICES = {
    "ses.amazonaws.com": "AWS SES",
    "sns.amazonaws.com": "AWS SNS",
    "bedrock.amazonaws.com": "AWS Bedrock",
}
CALLS = {
    "AWS SES": {"SendEmail", "SendRawEmail", "SendBulkTemplatedEmail", "SendBulkEmail"},
    "AWS SNS": {"Publish", "PublishBatch"},
    "AWS Bedrock": {"InvokeModel", "InvokeModelWithResponseStream", "CreateModelInvocationJob"},
}
CATEGORIES = {
    "AWS SES": "Email Spam or Phishing Campaign",
    "AWS SNS": "SMS Pumping or Bulk Spam",
    "AWS Bedrock": "LLM Resource Hijacking (LLMJacking)",
}

# All calls in the catalogue, for any phase: a record of one of them must have a readable time.
NAMED = {(call.source, call.name) for call in catalogue_calls()}

Row = dict[str, str | list[str]]
IndexedEvent = tuple[str | None, bytes]  # `_time`, if the row has one, and `_raw`


@dataclass(frozen=True)
class Rules:
    """The options of `mode=volume`; the defaults are the search's."""

    span: int = 3600  # seconds
    thresholds: dict[str, int] = field(
        default_factory=lambda: {"AWS SES": 100, "AWS SNS": 200, "AWS Bedrock": 50}
    )
    min_score: int = 0
    suspicious_names: str = "(temp|tmp|test|anon|random)"


@dataclass
class Expected:
    rows: list[Row]
    unreadable: int  # records that cannot be read, out of this many:
    records: int
    unknown: int = 0  # objects that are not records of a known log; not included in the records


class _Unreadable(Exception):
    pass


class _Unknown:
    """An object that is neither a record nor an envelope."""


@dataclass
class _Call:
    time: int  # microseconds since 1970
    service: str
    arn: str
    type: str
    region: str
    address: str | None


@dataclass
class _Group:
    count: int = 0
    addresses: set[str] = field(default_factory=set)
    times: list[int] = field(default_factory=list)


def expected_answer(events: Iterable[IndexedEvent], rules: Rules = Rules()) -> Expected:
    """The rows in order, without `Reasons`, and the number of records that cannot be read."""
    groups: dict[tuple[Any, ...], _Group] = {}
    calls = [call for row_time, raw in events for call in _read_event(row_time, raw)]
    for call in calls:
        if not isinstance(call, _Call):
            continue
        # | bin _time span=1h
        bucket = call.time // (rules.span * 1_000_000) * rules.span
        # | stats ... by _time, ServiceAbused, AttackCategory, CallerARN, CallerType, awsRegion
        key = (bucket, call.service, CATEGORIES[call.service], call.arn, call.type, call.region)
        group = groups.setdefault(key, _Group())
        # count as EventCount, dc(sourceIPAddress), values(sourceIPAddress), earliest, latest
        group.count += 1
        group.times.append(call.time)
        if call.address is not None:
            group.addresses.add(call.address)

    kept = []
    for key, group in groups.items():
        bucket, service, category, arn, caller_type, region = key
        # | eval Threshold=case(...) | where EventCount > Threshold
        threshold = rules.thresholds[service]
        if not group.count > threshold:
            continue
        # | eval SuspicionScore=case(EventCount > Threshold * 10, 3, EventCount > Threshold * 3, 2,
        #   true(), 1), and a point each for many addresses, an assumed role, a suspicious name
        score = 3 if group.count > threshold * 10 else 2 if group.count > threshold * 3 else 1
        score += 1 if len(group.addresses) > 3 else 0
        score += 1 if caller_type == "AssumedRole" else 0
        score += 1 if re.search(rules.suspicious_names, arn, re.ASCII) else 0
        if score < rules.min_score:  # not as the search, which has no such option
            continue
        addresses = sorted(group.addresses, key=str.encode)
        row: Row = {
            "_time": str(bucket),
            "ServiceAbused": service,
            "AttackCategory": category,
            "EventCount": str(group.count),
            "Threshold": str(threshold),
            "SuspicionScore": str(score),
            "CallerARN": arn,
            "CallerType": caller_type,
            "UniqueIPs": str(len(addresses)),
            "SourceIPs": addresses if len(addresses) > 1 else "".join(addresses),
            "awsRegion": region,
            # Not as the search, where `bin` has overwritten the time.
            "FirstEvent": _in_seconds(min(group.times)),
            "LastEvent": _in_seconds(max(group.times)),
        }
        texts = [text.encode() for text in (service, category, arn, caller_type, region)]
        # | sort - SuspicionScore, - EventCount; equal rows in a defined order, not as the search
        kept.append(((-score, -group.count, bucket, *texts), row))
    rows = [row for _, row in sorted(kept, key=lambda item: item[0])]
    unreadable = sum(isinstance(call, _Unreadable) for call in calls)
    unknown = sum(isinstance(call, _Unknown) for call in calls)
    return Expected(rows, unreadable, len(calls) - unknown, unknown)


_Read = _Call | None | _Unreadable | _Unknown


def _read_event(row_time: str | None, raw: bytes) -> Iterator[_Read]:
    """For each record of an event: the call, None if it does not count, or why it cannot be
    read."""
    if _is_passed_over(raw):
        yield None
        return
    # Envelopes are not as the search, which does not open any.
    for found in _in_text(raw.decode("utf-8-sig", "replace"), row_time):
        if not isinstance(found, tuple):
            yield found
            continue
        try:
            yield _read_call(*found)
        except _Unreadable as why:
            yield why


_BLANKS = b" \t\r\n"
_CALL = re.compile(rb'(?<!\\)"eventName"[ \t\r\n]*:[ \t\r\n]*"([^"\\]*)"')
_NAMES = {name.encode() for _, name in NAMED}
_LIST_FIRST = re.compile(
    rb'\{[ \t\r\n]*"([Rr]ecords|[Ee]vents|[Mm]essages|results|data|body|detail)"'
)
_AS_AWS_WRITES = re.compile(rb'\{"eventVersion":"[^"]{0,8}","userIdentity":\{')


def _is_passed_over(raw: bytes) -> bool:
    """Whether the text alone shows that the record is irrelevant: it names one call, another one.

    Then it does not matter whether the rest can be read.
    """
    text = raw.strip(_BLANKS)
    found = _CALL.search(text)
    return (
        found is not None
        and text.count(b"eventName") == 1
        and b"\\u" not in text
        and text.startswith(b"{")
        and text.endswith(b"}")
        and _LIST_FIRST.match(text) is None
        and found[1] not in _NAMES
        and b":" not in found[1]  # the notices of S3
        and (b"eventSource" in text or _AS_AWS_WRITES.match(text) is not None)
    )


# Values under one of these keys are opened if the object is not a record.
_ENVELOPE_KEYS = [
    *("Records", "records", "Events", "events", "Messages", "messages", "results"),
    *("CloudTrailEvent", "detail", "Message", "body", "Body", "event", "data", "_raw"),
    *("_source", "original", "aws", "cloud_trail_event"),
]
_MOST_ENVELOPES = 4

_Found = tuple[dict[str, Any], str | None] | _Unreadable | _Unknown
_ReadJson = Callable[[str], Any]


def _is_record(document: dict[str, Any]) -> bool:
    source, name = _text(document.get("eventSource")), _text(document.get("eventName"))
    return name is not None and source is not None and not source.startswith("aws:")


def _in_text(
    text: str, row_time: str | None, read: _ReadJson | None = None, depth: int = 0
) -> Iterator[_Found]:
    """The content of a text: records, each with the row's time if it is the whole text."""
    read = read or _read_json
    try:
        document = read(text)
        if isinstance(document, str) and text.strip(" \t\r\n").startswith('"'):
            yield from _in_value(document, read, depth + 1)
        elif isinstance(document, dict) and _is_record(document):
            yield document, row_time
        elif isinstance(document, list):
            for member in document:
                yield from _in_value(member, read, depth + 1)
        else:
            yield from _in_value(document, read, depth)
    except _Unreadable as why:
        yield from _objects_in(text, read, depth, why)


def _objects_in(text: str, read: _ReadJson, depth: int, why: _Unreadable) -> Iterator[_Found]:
    """The objects at the beginning of a text, separated by nothing but commas, and the rest."""
    rest, count = text.strip(" \t\r\n"), 0
    while rest.startswith("{"):
        try:
            end = json.JSONDecoder().raw_decode(rest)[1]
            document = read(rest[:end])
        except (ValueError, _Unreadable):
            break
        if _is_record(document):
            yield document, None
        else:
            yield from _in_value(document, read, depth)
        rest, count = rest[end:].lstrip(" \t\r\n,]}"), count + 1
    if rest or count == 0:
        yield why


def _in_value(value: Any, read: _ReadJson, depth: int) -> Iterator[_Found]:
    """The objects in a JSON value that is inside this many envelopes."""
    if depth > _MOST_ENVELOPES:
        yield _Unreadable("too many envelopes")
    elif isinstance(value, list):
        for member in value:
            yield from _in_value(member, read, depth + 1)
    elif isinstance(value, str) and _looks_like_json(value):
        yield from _in_text(value, None, read, depth)
    elif not isinstance(value, dict):
        yield _Unreadable("no object")
    elif _is_record(value):
        yield value, None
    else:
        enclosed = [value[key] for key in value if key in _ENVELOPE_KEYS]
        enclosed = [one for one in enclosed if _may_hold_records(one)]
        if not enclosed:
            yield _Unknown()
        for one in enclosed:
            for member in one if isinstance(one, list) else [one]:
                yield from _in_value(member, read, depth + 1)


def _looks_like_json(text: str) -> bool:
    return text.strip(" \t\r\n").startswith(("{", "["))


def _may_hold_records(value: Any) -> bool:
    return isinstance(value, (dict, list)) or (isinstance(value, str) and _looks_like_json(value))


def _read_call(record: dict[str, Any], row_time: str | None) -> _Call | None:
    """The record as the search counts it, or None if it does not."""
    # (eventSource=... OR ...) (eventName=... OR ...); as pairs, not as the search
    source, name = _text(record.get("eventSource")) or "", _text(record.get("eventName"))
    if (source, name) not in NAMED:
        return None
    time = _read_time(row_time)
    if time is None:
        time = _read_time(_text(record.get("eventTime")))
    if time is None:
        raise _Unreadable("a call without a time")
    service = SERVICES.get(source)
    if service is None or name not in CALLS[service]:
        return None
    # NOT errorCode=*
    if _text(record.get("errorCode")) is not None:
        return None
    identity = record.get("userIdentity")
    if not isinstance(identity, dict):
        identity = {}
    if _repeats_calls(record):  # not as the search, which counts both
        return None
    address = _text(record.get("sourceIPAddress"))
    return _Call(
        time=time,
        service=service,
        # | eval CallerARN=coalesce('userIdentity.arn', 'userIdentity.principalId', "unknown")
        arn=_bounded(
            _text(identity.get("arn"))
            or _text(identity.get("principalId"))
            or _identity_center_user(identity)
            or "unknown"
        ),
        # | eval CallerType=coalesce('userIdentity.type', "unknown")
        type=_bounded(_text(identity.get("type")) or "unknown"),
        # The search drops a call without a region.
        region=_bounded(_text(record.get("awsRegion")) or "unknown"),
        address=address and _bounded(address),
    )


def _repeats_calls(record: dict[str, Any]) -> bool:
    is_denied_by_endpoint = _text(record.get("errorCode")) == "VpceAccessDenied"
    category = _text(record.get("eventCategory"))
    return category == "Insight" or (category == "NetworkActivity" and not is_denied_by_endpoint)


def _identity_center_user(identity: dict[str, Any]) -> str | None:
    """Not as the search, which treats all of these users as one."""
    behalf = identity.get("onBehalfOf")
    user = _text(behalf.get("userId")) if isinstance(behalf, dict) else None
    is_person = _text(identity.get("type")) == "IdentityCenterUser" and user is not None
    return f"identitycenter/{user}" if is_person else None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _bounded(text: str) -> str:
    """The part that the program keeps of a text so long that AWS never writes it; the search keeps
    it all."""
    whole = text.encode()
    if len(whole) <= 1024:
        return text
    return whole[:1000].decode("utf-8", "ignore") + f"... ({len(whole)} bytes)"


def _first_of_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    first: dict[str, Any] = {}
    for key, value in pairs:
        first.setdefault(key, value)
    return first


def _read_json(text: str) -> Any:
    try:
        return json.loads(
            text,
            object_pairs_hook=_first_of_each,
            parse_int=str,  # the text of a number is kept unchanged
            parse_float=str,
            parse_constant=_refuse_constant,
        )
    except ValueError as error:
        raise _Unreadable(str(error)) from None


def _read_document(text: str) -> dict[str, Any]:
    document = _read_json(text)
    if not isinstance(document, dict):
        raise _Unreadable("no object")
    return document


def _text(value: Any) -> str | None:
    """The text of a value where a string is expected; None if it is absent."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and value:
        # Unpaired surrogates are not valid text.
        return value if value.isascii() else re.sub("[\ud800-\udfff]", "\ufffd", value)
    return None


_MILLISECONDS = re.compile(r"\d{13}", re.ASCII)
_EPOCH = re.compile(r"(-?)0*(\d{1,12})(?:\.(\d+))?", re.ASCII)
_YEAR_1 = -62_135_596_800 * 1_000_000
_YEAR_10000 = 253_402_300_800 * 1_000_000
_CALENDAR = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):?(\d\d))?", re.ASCII
)


def _microseconds(fraction: str | None) -> int:
    return int(((fraction or "") + "000000")[:6])


def _read_time(text: str | None) -> int | None:
    """Microseconds since 1970, or None for an invalid time."""
    if text and _MILLISECONDS.fullmatch(text):
        return int(text) * 1000
    epoch = _EPOCH.fullmatch(text or "")
    if epoch is not None:
        sign, seconds, fraction = epoch.groups()
        time = (int(seconds) * 1_000_000 + _microseconds(fraction)) * (-1 if sign else 1)
        return time if _YEAR_1 <= time < _YEAR_10000 else None
    calendar = _CALENDAR.fullmatch(text or "")
    if calendar is None:
        return None
    date, clock, fraction, sign, hours, minutes = calendar.groups()
    try:
        since_1970 = datetime.fromisoformat(f"{date} {clock}") - datetime(1970, 1, 1)
    except ValueError:  # the 30th of February
        return None
    seconds = since_1970.days * 86_400 + since_1970.seconds
    if sign is not None:
        offset = int(hours) * 3600 + int(minutes) * 60
        seconds -= offset if sign == "+" else -offset
    return seconds * 1_000_000 + _microseconds(fraction)


def _in_seconds(time: int) -> str:
    whole, micros = divmod(abs(time), 1_000_000)
    fraction = f".{micros:06}".rstrip("0") if micros else ""
    return f"{'-' if time < 0 else ''}{whole}{fraction}"
