"""A search peer that lies: in each field of each item of its partial documents, and around them."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import fault
from call_records import START
from chunk_body import EventRow, Layout, write_body
from cluster import PARTIAL, Peer, run_cluster
from documented_documents import DOCUMENTS_OF_TALLY, HEADER, announced, must_be_refused
from program_under_test import program
from recorded_session import SEARCHES, Seen, mixed_rows, run_over, whole_replies
from splunkd import execute, frame, getinfo

LIAR = "idx-liar.example"
HONEST = "idx1"
Json = dict[str, Any]

REFUSED = "error that names the peer, and the complete answer of the other peers"
INCOMPLETE = "error that names the peer and the number of documents"
BELIEVED = "sums within their bounds are believed"

NUMBERS: list[Any] = [-1, 0, 1, 2**32, 2**40 + 1, 2**63, 2**64 - 1, 2**64, -(2**63) - 1, 1e300]
OTHERS: list[Any] = ["1", "", None, True, 1.5, [], [1], {}, {"a": 1}, "\x00", "x" * 30_000]
MOST_FIELDS = 26  # of an item that are tried
# The lies whose results are too rare to wait for.
ALWAYS = (f"tally[0][{DOCUMENTS_OF_TALLY}] = 0", "tally is missing", "host is missing")


class Lie(NamedTuple):
    """A change of a document; it is only made if the lie is tried."""

    mode: str
    what: str
    text: str
    change: Callable[[Json], Json | None]

    @property
    def document(self) -> str:
        document = json.loads(self.text)
        return json.dumps(self.change(document) or document)


def _rows(mode: str) -> list[EventRow]:
    """More calls in an hour than are kept exactly, so that there are documents with sums, too."""
    rows = mixed_rows()
    if mode != "hunt":
        return rows
    made = json.loads(bytes(rows[0]["_raw"]))
    more: list[EventRow] = []
    for n in range(1100):
        made["eventID"] = f"00000000-0000-4000-9000-{n:012}"
        made["sourceIPAddress"] = f"2001:db8::{n % 5:x}"
        more.append({"_time": b"%d" % START, "_raw": json.dumps(made).encode()})
    return [*rows, *more]


def of_host(document: str, host: str) -> str:
    return re.sub(r'"host":"[^"]*"', f'"host":"{host}"', document, count=1)


@functools.cache
def honest_documents(mode: str) -> tuple[str, ...]:
    _, traffic, _ = run_cluster(program(), SEARCHES[mode], [Peer(_rows(mode), HONEST)])
    return tuple(of_host(text, HONEST) for text in traffic.documents)


def lists_of(document: Json) -> list[str]:
    return [name for name, value in document.items() if isinstance(value, list) and name != "texts"]


def lies_in_items(mode: str, text: str) -> Iterator[Lie]:
    """Each field of some items of each list has another value, is missing, or is there twice."""
    document = json.loads(text)

    def lie(name: str, at: int, what: str, new: Any) -> Lie:
        def change(lying: Json) -> None:
            lying[name][at] = new

        return Lie(mode, f"{name}[{at}]{what}", text, change)

    for name in lists_of(document):
        for at in {0, len(document[name]) // 2, len(document[name]) - 1}:
            item = document[name][at]
            # The fields at the end of a long item repeat those before.
            for field in {*range(min(len(item), MOST_FIELDS)), len(item) - 1}:
                before, rest = item[:field], item[field + 1 :]
                for value in [*NUMBERS, *OTHERS, len(document["texts"])]:
                    yield lie(name, at, f"[{field}] = {value!r:.40}", [*before, value, *rest])
                yield lie(name, at, f"[{field}] is missing", [*before, *rest])
                yield lie(name, at, f"[{field}] is twice", [*before, *[item[field]] * 2, *rest])
                yield lie(name, at, f" ends before [{field}]", before)
            for value in (None, 5, {}, "x", [], [[]], [item]):
                yield lie(name, at, f" = {value!r:.40}", value)


def lies_around_items(mode: str, text: str) -> Iterator[Lie]:
    """Header, texts and whole lists."""
    document = json.loads(text)

    def lie(what: str, change: Callable[[Json], Json | None]) -> Lie:
        return Lie(mode, what, text, change)

    for name, kept in document.items():
        for value in [*NUMBERS, *OTHERS]:
            yield lie(f"{name} = {value!r:.40}", lambda d, n=name, v=value: {**d, n: v})
        rest = {key: value for key, value in document.items() if key != name}
        yield lie(f"{name} is missing", lambda _, r=rest: r)
        yield lie(f"{name} is last", lambda _, r=rest, n=name, k=kept: {**r, n: k})
    for name in lists_of(document):
        yield lie(
            f"{name} is renamed",
            lambda d, n=name: {("news" if key == n else key): value for key, value in d.items()},
        )
        yield lie(f"{name} is repeated", lambda d, n=name: {**d, n: d[n] * 50})
    for number in range(len(document["texts"])):
        for value in ("", "x" * 20_000, "\u202e\x00\x1b[31m", 7, None):

            def change(lying: Json, number: int = number, value: Any = value) -> None:
                lying["texts"][number] = value

            yield lie(f"texts[{number}] = {value!r:.40}", change)


def damaged_documents(mode: str, text: str) -> Iterator[tuple[str, str]]:
    """Texts that are no longer the JSON of the document, and what is wrong with them."""
    for end in ("", "}", "]", "\x00", "[" * 10_000, " " * 40_000):
        yield f"ends with {end!r:.40}", text[:-1] + end
        yield f"goes on with {end!r:.40}", text + end
    for cut in range(1, len(text), max(1, len(text) // 50)):
        yield f"is cut at {cut}", text[:cut]
    for name, value in json.loads(text).items():
        member = f'"{name}":{json.dumps(value)}'
        yield f"{name} is twice", f"{text[:-1]},{member}}}"
        if name in HEADER:
            yield f"{name} is twice at the front", f"{{{member},{text[1:]}"


def answer_of(mode: str, documents: list[str]) -> Seen:
    """The answer to partial documents of several peers."""
    rows: list[EventRow] = [
        {"_time": b"%d" % START, "_raw": b"", PARTIAL: text.encode()} for text in documents
    ]
    body = write_body(rows, Layout(("_time", "_raw", PARTIAL), twins="none"))
    data = frame(getinfo(SEARCHES[mode])) + frame(execute(True), body)
    ended = run_over(program(), data)
    fault.check(ended.is_quiet, ended)
    replies = whole_replies(ended)
    fault.check(len(replies) == 2 and replies[-1].error is None, replies[-1])
    return replies[-1]


@functools.cache
def honest_answer(mode: str) -> Seen:
    answer = answer_of(mode, list(honest_documents(mode)))
    fault.check(answer.rows and "ERROR" not in str(answer.messages), answer)
    return answer


def expected_of(mode: str, document: str) -> str:
    """The result that the documentation demands."""
    if must_be_refused(mode, document, json.loads(honest_documents(mode)[0])):
        return REFUSED
    return BELIEVED if announced(document) == 1 else INCOMPLETE


def result_of(mode: str, what: str, document: str) -> str:
    answer = answer_of(mode, [document, *honest_documents(mode)])
    errors = [text for severity, text in answer.messages if severity == "ERROR"]
    expected = expected_of(mode, document)
    if not errors:
        fault.check(answer.rows, answer)
        fault.check(expected == BELIEVED, "no error", expected)
        return BELIEVED
    named = (
        LIAR in errors[0]
        or "a search peer without a name" in errors[0]
        or what.startswith(("host", "is cut"))
    )
    fault.check(len(errors) == 1 and named, errors)
    if "announced" in errors[0]:
        fault.check(expected == INCOMPLETE, errors, expected)
        return INCOMPLETE
    fault.check(expected == REFUSED and "missing from the answer" in errors[0], errors, expected)
    fault.check(answer.rows == honest_answer(mode).rows, errors, answer.rows)
    return REFUSED


def _checked(mode: str, what: str, document: str) -> str:
    try:
        return result_of(mode, what, document)
    except AssertionError as error:
        raise fault.WrongResult(f"{mode}: {what}: {error}") from None


def _liars_documents(mode: str) -> list[str]:
    """Documents that between them have all lists of the mode, of another host."""
    chosen, lists = [], set()
    for text in honest_documents(mode):
        new = set(lists_of(json.loads(text))) - lists
        if new:
            lists |= new
            chosen.append(of_host(text, LIAR))
    return chosen


def _all(make: Callable[[str, str], Iterator[Any]]) -> list[Any]:
    return [one for mode in SEARCHES for text in _liars_documents(mode) for one in make(mode, text)]


def _results(cases: fault.Cases, lies: list[Lie], short: int) -> fault.Results:
    others = [lie for lie in lies if lie.what not in ALWAYS]
    chosen = [*(lie for lie in lies if lie.what in ALWAYS), *cases.some(others, short)]
    return fault.Results(_checked(lie.mode, lie.what, lie.document) for lie in chosen)


@fault.named("peer that lies in a field", "partial-documents.md#what-the-receiver-refuses")
def lying_field(cases: fault.Cases) -> fault.Results:
    return _results(cases, _all(lies_in_items), 500)


@fault.named("peer that lies in a header, text or list",
             "partial-documents.md#what-the-receiver-refuses")  # fmt: skip
def lying_header(cases: fault.Cases) -> fault.Results:
    return _results(cases, _all(lies_around_items), 300)


@fault.named("damaged partial document", "partial-documents.md#what-the-receiver-refuses")
def damaged_document(cases: fault.Cases) -> fault.Results:
    texts = _all(lambda mode, text: ((mode, *one) for one in damaged_documents(mode, text)))
    return fault.Results(_checked(*one) for one in cases.some(texts, 200))
