"""What docs/partial-documents.md says of a document: whether a search head must refuse it.

Nothing here comes from the program: the forms below are the tables of that page. Lengths of texts
and of the host's name are not checked, since the page limits only what the program writes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

import fault  # noqa: F401 (it makes the modules of e2e importable)
from shipped_catalogue import PHASES, calls_in, services

FORMAT = 6
LARGEST_DOCUMENT = 32_768  # bytes
LOGS = {
    *("cloudtrail", "ocsf", "bedrock_invocations", "vertex_ai", "sendgrid"),
    *("azure_openai", "azure_gateway", "azure_activity"),
    *("twilio", "twilio_streams", "twilio_messages"),
}
Members = Sequence[tuple[str, Any]]  # of a JSON object
HEADER = ("cloudhijack", "catalogue", "host", "mode")


class Bounds(NamedTuple):
    least: int
    most: int


def up_to(most: int) -> Bounds:
    return Bounds(0, most)


def around_1970(most: int) -> Bounds:
    return Bounds(-most, most)


# Indexes, whose bounds depend on the document or on the field before.
TEXT, LOG, SERVICE, CALL = "text", "log", "service", "call"

HASH = NUMBER_64 = up_to(2**64 - 1)
COUNT = up_to(2**40)
DELIVERIES = Bounds(1, 2**40)
FLAG = up_to(1)
OUTCOME = up_to(5)
PHASE_BITS = Bounds(1, 2**13 - 1)
MICROSECONDS = around_1970(3 * 10**17)
SECONDS = around_1970(3 * 10**11)
MINUTE = around_1970(5 * 10**9)
HOUR = around_1970(83_333_333)
DAY = around_1970(3_472_222)
SECONDS_OF_MINUTE = Bounds(1, 2**60 - 1)
CREDENTIALS = up_to(15)
SPEND = [up_to(10**9)] * 5  # tokens of four kinds, and the cost
SUM_OF_SPENDS = [NUMBER_64] * 5
TRAIT = up_to(9)

Field = Bounds | str


class Form(NamedTuple):
    """The fields of an item, and those that can follow any number of times."""

    fields: list[Field]
    more: Sequence[Field] = ()
    most: int | None = None  # how often they can follow, at most
    is_counted: bool = False  # the last of the first fields is how often they follow


_TALLY = Form([*[COUNT] * 16, FLAG, TEXT, TEXT])
_IRREGULAR = Form([COUNT, COUNT])
_GROUP = [MICROSECONDS, SERVICE, TEXT, TEXT, TEXT, COUNT, MICROSECONDS, MICROSECONDS]
_OWNER = [up_to(2), TEXT, TEXT]
_IN_HOUR = [*_OWNER, SERVICE, HOUR]
_FIRST_CALL = [COUNT, up_to(65_535)]

_VOLUME = {
    "tally": _TALLY,
    "irregular": _IRREGULAR,
    "groups": Form(_GROUP, [TEXT]),
    "identified_calls": Form(_GROUP, [HASH]),
    "spends": Form(_GROUP, [HASH, TEXT, *SPEND]),
    "spend_sums": Form(_GROUP, [TEXT, *SUM_OF_SPENDS]),
    "other_use": Form([SERVICE, CALL, COUNT]),
}
_COVERAGE = {
    "tally": _TALLY,
    "coverage": Form(
        [
            *(TEXT, SERVICE, TEXT, COUNT, COUNT, SECONDS, SECONDS, SECONDS, CALL),
            Bounds(1, len(LOGS)),
        ],
        [LOG],
        is_counted=True,
    ),
}
_CALL = [
    *(HASH, HASH, TEXT, CREDENTIALS, FLAG, FLAG, OUTCOME, PHASE_BITS),
    *(up_to(65_535), up_to(3_599), CALL, TEXT, Bounds(1, 2**32 - 1)),
]
_SUM = [up_to(59), CALL, PHASE_BITS, OUTCOME, TEXT, FLAG, DELIVERIES, COUNT, SECONDS_OF_MINUTE]
_SUBJECT = [
    *(TEXT, SERVICE, CALL, PHASE_BITS, OUTCOME, up_to(12), FLAG, FLAG, up_to(3), TEXT),
]
_HUNT = {
    "tally": _TALLY,
    "irregular": _IRREGULAR,
    "calls": Form([*_IN_HOUR, *_CALL], [TEXT, *SPEND], most=1),
    "sums": Form([*_IN_HOUR, *_SUM]),
    "spends": Form([*_IN_HOUR, up_to(59), TEXT, FLAG, *SUM_OF_SPENDS]),
    "samples": Form(_IN_HOUR, [HASH, DELIVERIES]),
    "spend_samples": Form(_IN_HOUR, [HASH, NUMBER_64, NUMBER_64]),
    "origins": Form([*_IN_HOUR, HASH, TEXT, CREDENTIALS, COUNT, *_FIRST_CALL * 3]),
    "principals": Form([*_OWNER, FLAG, FLAG, FLAG], [MINUTE, SECONDS_OF_MINUTE]),
    "shown": Form([*_OWNER, SERVICE, CALL, OUTCOME, SECONDS, TEXT, TEXT, TEXT, PHASE_BITS]),
    "subjects": Form([*_OWNER, *_SUBJECT], [MINUTE, SECONDS_OF_MINUTE]),
    "models": Form([*_OWNER, SERVICE, FLAG, TEXT], [DAY, Bounds(1, 2**24 - 1)]),
    "sets": Form([*_OWNER, TRAIT], [TEXT]),
    "hashes": Form([*_OWNER, TRAIT], [HASH]),
    "data": Form([SERVICE], [TEXT]),
}
FORMS = {"volume": _VOLUME, "coverage": _COVERAGE, "hunt": _HUNT, "baseline": _HUNT}

DOCUMENTS_OF_TALLY = 10  # the field that announces how many documents there are


def _calls_of(stanza: dict[str, str]) -> int:
    calls = [one for name in PHASES for one in calls_in(stanza.get(name, ""), stanza.get("source"))]
    return len({(one.source, one.name) for one in calls})


CALLS = [_calls_of(stanza) for stanza in services().values()]  # how many each service has


def _fields_of(form: Form, item: list[int]) -> list[Field] | None:
    """The field of each number; nothing if there are too few or too many."""
    times, rest = divmod(len(item) - len(form.fields), len(form.more) or 1)
    if times < 0 or rest or (times and not form.more):
        return None
    if form.most is not None and times > form.most:
        return None
    if form.is_counted and item[len(form.fields) - 1] != times:
        return None
    return [*form.fields, *form.more * times]


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _fits_item(form: Form, item: Any, texts: list[str]) -> bool:
    if not isinstance(item, list) or not all(map(_is_whole, item)):
        return False
    fields = _fields_of(form, item)
    if fields is None:
        return False
    most_call = 0
    for field, value in zip(fields, item):
        if isinstance(field, Bounds):
            bounds = field
        elif field == SERVICE:
            bounds = up_to(len(CALLS) - 1)
        elif field == CALL:
            bounds = up_to(most_call)
        else:
            bounds = up_to(len(texts) - 1)
        if not bounds.least <= value <= bounds.most:
            return False
        if field == SERVICE:
            most_call = CALLS[value] - 1
        if field == LOG and texts[value] not in LOGS:
            return False
    return True


def _fits_header(members: Members, honest: dict[str, Any]) -> bool:
    """The header comes first, in any order, and is that of the search head but for the host."""
    header = dict(members[: len(HEADER)])
    host = header.get("host")
    if set(header) != set(HEADER) or not isinstance(host, str) or not host:
        return False
    return all(
        header[name] == honest[name] and type(header[name]) is type(honest[name])
        for name in HEADER
        if name != "host"
    )


def _fits_list(mode: str, name: str, value: Any, texts: list[str]) -> bool:
    if not isinstance(value, list):
        return False
    if name == "texts":
        return all(isinstance(text, str) for text in value)
    form = FORMS[mode].get(name)
    return form is not None and all(_fits_item(form, item, texts) for item in value)


def _fits_lists(mode: str, members: Members) -> bool:
    """Each item refers to texts that are before it."""
    texts: list[str] = []
    for name, value in members:
        if not _fits_list(mode, name, value, texts):
            return False
        if name == "texts":
            texts = value
    return True


def must_be_refused(mode: str, document: str, honest: dict[str, Any]) -> bool:
    """Whether no call in the document may count; an honest one has the search head's header."""
    if len(document.encode()) > LARGEST_DOCUMENT:
        return True
    try:
        members = json.loads(document, object_pairs_hook=tuple)  # so that it has members twice
    except (ValueError, RecursionError):
        return True
    if not isinstance(members, tuple) or not _fits_header(members, honest):
        return True
    return not _fits_lists(mode, members[len(HEADER) :])


def announced(document: str) -> int:
    """How many documents the last tally of a valid document announces."""
    tallies = json.loads(document).get("tally") or [[0] * (DOCUMENTS_OF_TALLY + 1)]
    return tallies[-1][DOCUMENTS_OF_TALLY]
