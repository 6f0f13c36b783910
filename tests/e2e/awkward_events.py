"""Events with every kind of awkward value, to compare the program with the reference.

There are only a few callers, regions and hours, so that groups fill up and rows come out. Mixed in
are the values that real logs, broken forwarders and attackers produce. Records are assembled as
bytes, because a JSON writer would correct them.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

IndexedEvent = tuple[str | None, bytes]  # `_time`, if the row has one, and `_raw`
Member = tuple[bytes, bytes]  # a key and a value of a JSON object, both as they appear in the text

T = TypeVar("T")

_START = 1_709_596_800  # 2024-03-05T00:00:00Z
_HOURS = 3

_CALLS = [
    *((b'"ses.amazonaws.com"', name) for name in (b'"SendEmail"', b'"SendBulkEmail"')),
    *((b'"sns.amazonaws.com"', name) for name in (b'"Publish"', b'"PublishBatch"')),
    *((b'"bedrock.amazonaws.com"', name) for name in (b'"InvokeModel"', b'"\\u0049nvokeModel"')),
    (b'"ses\\u002Eamazonaws.com"', b'"SendRawEmail"'),
    (b'"bedrock.amazonaws.com"', b'"InvokeModelWithResponseStream"'),
]
_SEND = b'{"eventSource":"ses.amazonaws.com","eventName":"SendEmail"'
_OTHER_CALLS = [
    (b'"s3.amazonaws.com"', b'"GetObject"'),
    (b'"ses.amazonaws.com"', b'"Publish"'),  # both are in the search, but not as a pair
    (b'"sns.amazonaws.com"', b'"SendEmail"'),
    (b'"bedrock.amazonaws.com"', b'"invokemodel"'),
    (b'"SES.amazonaws.com"', b'"SendEmail"'),
    (b'"ses.amazonaws.com "', b'"SendEmail"'),
    (b'"ses.amazonaws.com"', b'"SendEmail\\u0000"'),
    (b'"ses.amazonaws.com"', b"null"),
    (b'["ses.amazonaws.com"]', b'"SendEmail"'),
    (b'{"eventSource":"ses.amazonaws.com"}', b"17"),
    (b'""', b'"SendEmail"'),
]

# Values where a string is expected. The empty list stands for a missing key.
_NOT_STRINGS = [
    *(b"null", b'""', b"[]", b"{}", b'["a","b"]', b'{"a":{"b":[1,2,{}]}}', b"true", b"false"),
    *(b"0", b"-0", b"12345", b"-1.50", b"1E5", b"0.10e-7", b"9" * 40),
]
_STRINGS = [
    b'"Zo\xc3\xab \xe6\x97\xa5\xe6\x9c\xac \xf0\x9f\x93\xa7"',
    b'"Zo\\u00eb \\u65E5\\u672c \\ud83d\\udce7"',
    b'"half \\ud800 pair"',
    b'"halves \\udce7\\ud83d\\ud83d\\udce7\\ud800\\u0041"',
    b'"bytes \xff \xc3( \xe6\x97 \xed\xa0\x80 \xf8\x88 \xc0\xaf"',
    b'"cut \xf0\x9f\x93"',
    b'"a\\\\b\\/c\\"d\\"\\\\"',
    b'"one\\ntwo\\r\\nthree\\ttab"',
    b'"commas, quotes \\" and ,, more"',
    b'"$a$;$b$"',
    b'";$$"',
    b'"\\u0000zero\\u0000"',
    b'"  blanks  "',
    b'"=1+1"',
    b'"\xef\xbb\xbf"',
    b'"' + b"long/" * 9000 + b'"',
]
_ARNS = [
    b'"arn:aws:iam::111122223333:user/alice"',
    b'"arn:aws:iam::111122223333:user\\/alice"',  # the same ARN, escaped differently
    b'"arn:aws:sts::111122223333:assumed-role/tmp-deploy/i-0abc"',
    b'"arn:aws:sts::111122223333:assumed-role/TEST/anonymous"',
    b'"arn:aws:iam::111122223333:root"',
]
_TYPES = [
    *(b'"IAMUser"', b'"AssumedRole"', b'"AssumedRole"', b'"Root"', b'"assumedrole"'),
    b'"IdentityCenterUser"',
]
_CATEGORIES = [b'"Management"', b'"Data"', b'"NetworkActivity"', b'"Insight"']
_PRINCIPAL_IDS = [b'"AIDAEXAMPLE"', b'"AROAEXAMPLE:tmp"']
_REGIONS = [b'"us-east-1"', b'"eu-west-1"']
_ADDRESSES = [
    *(b'"2001:db8::%x"' % i for i in range(6)),
    *(b'"AWS Internal"', b'"lambda.amazonaws.com"', b'"2001:db8::1, 2001:db8::2"'),
]
_ERROR_CODES = [b'"AccessDenied"', b'"200"', b"200", b"false", b'"success"']
_NO_ERRORS = [b"null", b'""', b"{}", b"[]"]

_UNREADABLE_TIMES = [
    *("", "yesterday", "nan", "1e9", "--5", "5.", ".5", "0x10", "2024-03-05", "12:00:00"),
    *("2024-02-30T00:00:00Z", "2024-13-01T00:00:00Z", "2024-03-05T24:00:00Z", "17095968000000"),
    *("2024-03-05T00:61:00Z", "2024-03-05T00:00:00.Z", "2024-03-05T00:00:00+1", "5 March 2024"),
    *("2024-03-05T00:00:00ZZ", "1709596800 ", "1" * 30),
]
_FAR_TIMES = [
    *("0", "-1", "1709596800250", "-0.0000019", "-3600.25", "-62135596800", "253402300799.9999999"),
    *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.123456789Z", "1969-12-31 23:59:59.5"),
    *("2024-02-29T23:59:59+23:59", "2000-01-01T00:00:00-0000"),
]

_IRRELEVANT_VALUES = [
    b'{"eventSource":"ses.amazonaws.com","eventName":"SendEmail","errorCode":"x","awsRegion":""}',
    b'{"userIdentity":{"arn":"arn:aws:iam::111122223333:user/random","type":"AssumedRole"}}',
    b'"\\"eventName\\":\\"SendEmail\\""',
    b"[" * 200 + b"]" * 200,
    b'{"a":' * 100 + b"null" + b"}" * 100,
    b'"' + b"x" * 30_000 + b'\\\\"',
    b'[1,-2.5e+3,true,false,null,"",{},[]]',
    b'"broken \xe2\x82 bytes"',
]
_IRRELEVANT_KEYS = [
    *(b"requestParameters", b"responseElements", b"EventName", b"eventname", b"", b"event Name"),
    *(b"additionalEventData", b"arn", b"type", b"userIdentity.arn", b"k\xffy", b"\\ud800", b"\\n"),
]


def _pick(rng: random.Random, items: Sequence[T]) -> T:
    # The standard library guarantees only for random() that every Python version gives the same
    # sequence.
    return items[int(rng.random() * len(items))]


def _shuffled(rng: random.Random, items: Sequence[T]) -> list[T]:
    return sorted(items, key=lambda _: rng.random())


def _value(rng: random.Random, usual: Sequence[bytes], awkward: float = 0.12) -> bytes | None:
    """A JSON value, or None for a missing key."""
    if rng.random() >= awkward:
        return _pick(rng, usual)
    return _pick(rng, [None, _pick(rng, _NOT_STRINGS), _pick(rng, _STRINGS)])


def _usual_time(rng: random.Random) -> str:
    seconds = _START + int(rng.random() * _HOURS * 3600)
    fraction = _pick(rng, ["", "", ".5", ".000", ".250", ".123456", ".1234567", ".999999999"])
    if rng.random() < 0.4:
        return f"{seconds}{fraction}"
    zone, offset = _pick(
        rng, [("Z", 0), ("", 0), ("+00:00", 0), ("+0530", 330), ("-07:00", -420), ("+14:00", 840)]
    )
    local = datetime.fromtimestamp(seconds, UTC) + timedelta(minutes=offset)
    return local.strftime(f"%Y-%m-%d{_pick(rng, 'T ')}%H:%M:%S") + fraction + zone


def _time(rng: random.Random) -> str:
    kind = rng.random()
    if kind < 0.05:
        return _pick(rng, _FAR_TIMES)
    return _pick(rng, _UNREADABLE_TIMES) if kind < 0.15 else _usual_time(rng)


def _event_time(rng: random.Random) -> bytes | None:
    if rng.random() < 0.1:
        return _value(rng, [b"null"], awkward=1)
    text = _time(rng)
    is_number = text.replace(".", "", 1).isdigit() and text[0] in "123456789" and text[-1] != "."
    return text.encode() if is_number and rng.random() < 0.5 else b'"%s"' % text.encode()


def _present(members: Sequence[tuple[bytes, bytes | None]]) -> list[Member]:
    return [(key, value) for key, value in members if value is not None]


def _identity(rng: random.Random, write: Callable[[list[Member]], bytes]) -> bytes | None:
    if rng.random() < 0.06:
        return _value(rng, [b"null"], awkward=1)
    members = _present(
        [
            (b"type", _value(rng, _TYPES)),
            (b"arn", _value(rng, _ARNS)),
            (b"principalId", _value(rng, _PRINCIPAL_IDS)),
            (b"accessKeyId", _value(rng, [b'""', b'"AKIAEXAMPLE"'])),
            (b"onBehalfOf", b'{"userId":"5448-94e8"}' if rng.random() < 0.3 else None),
            (b"sessionContext", b'{"arn":"no","sessionIssuer":{"type":"Role","arn":"no"}}'),
        ]
    )
    return write(members)


def _escaped(rng: random.Random, key: bytes) -> bytes:
    if rng.random() >= 0.04 or not key.isalpha():
        return key
    at = int(rng.random() * len(key))
    return key[:at] + b"\\u%04x" % key[at] + key[at + 1 :]


def _writer(rng: random.Random) -> Callable[[list[Member]], bytes]:
    """Returns a function that writes objects of one record: with the same white space throughout
    and keys in any order, some of them escaped and some repeated."""
    blank = _pick(rng, [b"", b"", b"", b" ", b"\r\n   ", b"\n\t"])

    def write(members: list[Member]) -> bytes:
        members = _shuffled(rng, members)
        if members and rng.random() < 0.08:
            again = (_pick(rng, members)[0], _pick(rng, [*_NOT_STRINGS, *_ARNS, *_CALLS[0]]))
            members.insert(int(rng.random() * (len(members) + 1)), again)
        parts = [
            b'"%s"%s:%s%s' % (_escaped(rng, key), blank, blank, value) for key, value in members
        ]
        inner = (blank + b"," + blank).join(parts)
        return b"{" + blank + inner + blank + b"}"

    return write


def _record(rng: random.Random) -> bytes:
    write = _writer(rng)
    source, name = _pick(rng, _CALLS if rng.random() < 0.85 else _OTHER_CALLS)
    error_code = None
    if rng.random() < 0.3:
        error_code = _pick(rng, _NO_ERRORS if rng.random() < 0.5 else _ERROR_CODES)
    members = _present(
        [
            (b"eventVersion", b'"1.09"'),
            (b"eventTime", _event_time(rng)),
            (b"eventSource", source),
            (b"eventName", name if rng.random() < 0.98 else None),
            (b"errorCode", error_code),
            (b"userIdentity", _identity(rng, write)),
            (b"sourceIPAddress", _value(rng, _ADDRESSES)),
            (b"awsRegion", _value(rng, _REGIONS)),
            (b"eventCategory", _value(rng, _CATEGORIES) if rng.random() < 0.3 else None),
        ]
    )
    while rng.random() < 0.5:
        members.append((_pick(rng, _IRRELEVANT_KEYS), _pick(rng, _IRRELEVANT_VALUES)))
    return write(members)


def _damaged(rng: random.Random, record: bytes) -> bytes:
    """The record as broken forwarders and third-party exports deliver it."""
    cut = int(rng.random() * len(record))
    return _pick(
        rng,
        [
            record[:cut],
            record[:-1],
            record + record,
            record + b"\n" + record,
            record + b"}",
            record + b" x",
            b"x " + record,
            b"[" + record + b"]",
            b'{"a" 1,' + record[1:],
            b"{," + record[1:],
            record[:-1] + b",}",
            record.replace(b'"ses', b'"\x00ses').replace(b'"Invoke', b'"Invoke\n'),
            *(b"", b" \r\n\t ", b"null", b"17", b'"text"', b"[]", b"true", b"{", b"}", b'{"a"}'),
            *(b'%s,"eventTime":nul}' % _SEND, b'%s,"awsRegion":01}' % _SEND),
            *(b'%s,"errorCode":1.}' % _SEND, b'%s,"errorCode":+1}' % _SEND),
            *(b'%s,"awsRegion":NaN}' % _SEND, b'%s,"awsRegion":"\\x"}' % _SEND),
            *(b"{'a':1}", b"\xff", b"<xml/>"),
        ],
    )


def _harmless(rng: random.Random, record: bytes) -> bytes:
    """The record with a change that makes no difference."""
    return _pick(
        rng,
        [b"\xef\xbb\xbf" + record, b" \n" + record, record + b"\r\n", b"{}", b"{ }", b'{"a":1}'],
    )


def _enveloped(rng: random.Random) -> bytes:
    """Records in an envelope, or several in a list, in which some items are not records."""
    write = _writer(rng)

    def item() -> bytes:
        text = json.dumps(_record(rng).decode("utf-8", "replace"), ensure_ascii=rng.random() < 0.5)
        return write([(b"EventName", b'"SendEmail"'), (b"CloudTrailEvent", text.encode())])

    def delivery() -> bytes:
        return write([(b"detail-type", b'"AWS API Call"'), (b"detail", _record(rng))])

    def member() -> bytes:
        make = _pick(rng, [_record, _record, _record, lambda _: item(), lambda _: delivery()])
        return make(rng) if rng.random() < 0.95 else _pick(rng, [b"17", b"{}", b'{"Records":[]}'])

    def members() -> bytes:
        blank = _pick(rng, [b"", b"", b" ", b"\r\n", b"\n\t"])
        records = [member() for _ in range(int(rng.random() * 5))]
        return b"[" + blank + (blank + b"," + blank).join(records) + blank + b"]"

    kind = rng.random()
    if kind < 0.3:
        return item()
    if kind < 0.6:
        return delivery()
    others = [(_pick(rng, _IRRELEVANT_KEYS), _pick(rng, _IRRELEVANT_VALUES))]
    return write([(_pick(rng, [b"Records", b"Events"]), members()), *others])


def awkward_events(seed: int, count: int) -> list[IndexedEvent]:
    """Random events; the same seed gives the same events."""
    rng = random.Random(seed)
    events: list[IndexedEvent] = []
    for _ in range(count):
        row_time = None if rng.random() < 0.3 else _time(rng)
        raw = _record(rng)
        kind = rng.random()
        if kind < 0.07:
            raw = _damaged(rng, raw)
        elif kind < 0.14:
            raw = _harmless(rng, raw)
        elif kind < 0.24:
            raw = _enveloped(rng)
        events.append((row_time, raw))
    return events
