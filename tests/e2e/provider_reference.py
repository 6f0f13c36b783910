"""The calls, messages, tokens and costs that the program must count in the providers' own logs.

The code is plain rather than fast, knows the logs only from their providers' documentation, and
shares nothing with the program or with the generators of records, so that the same mistake cannot
hide in both. It reads nothing but the prices from the catalogue.
"""

from __future__ import annotations

import base64
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from email.utils import parsedate_to_datetime
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from shipped_catalogue import CATALOGUE, read_stanzas

HOUR = 3600
MINUTE = 60

LABELS = {
    "sendgrid": "SendGrid",
    "twilio": "Twilio",
    "bedrock_invocations": "AWS Bedrock (invocation log)",
    "azure_openai": "Azure OpenAI",
}
THRESHOLDS = {"sendgrid": 100, "twilio": 200, "bedrock_invocations": 50, "azure_openai": 600}
NOTHING = (0, 0, 0, 0)

BLOCKED = {30004, 30007, 30450, 60410}
DENIED = {21215, 21408, 13227, 32205, 60605, 20003}
THROTTLED = {20429, 30001, 14107, 63018}


class Counted(NamedTuple):
    """A record that counts, or that adds details to one that does."""

    service: str
    id: str
    time: float
    principal: str
    account: str
    caller: str  # as mode=volume shows it
    caller_type: str
    region: str
    is_ok: bool
    is_volume: bool
    is_use: bool
    messages: int = 1
    model: str = ""
    # read, written, read from a cache, written to a cache
    tokens: tuple[int, int, int, int] = NOTHING
    cost: Decimal = Decimal(0)  # the provider's own price
    country: str = ""


def rank(record: Counted) -> tuple[Any, ...]:
    """Of several deliveries of one call, the first in this order counts."""
    return (not record.is_ok, -record.messages, -record.cost, [-n for n in record.tokens])


# --- prices ---


class Price(NamedTuple):
    read: Decimal
    written: Decimal
    cached: Decimal
    to_cache: Decimal
    is_cache_in_input: bool


def _prices() -> dict[str, Price]:
    prices = {}
    for name, keys in read_stanzas(CATALOGUE.read_text()).items():
        if name.startswith("price:"):
            read = keys["input"]
            amounts = (
                read,
                keys["output"],
                keys.get("cache_read", read),
                keys.get("cache_write", read),
            )
            prices[name[len("price:") :]] = Price(
                *map(Decimal, amounts), keys.get("cache_in_input") == "true"
            )
    return prices


PRICES = _prices()


def price_of(model: str) -> Price | None:
    name = model.rpartition("/")[2].lower()
    name = re.sub(r"^(us|eu|apac|global)\.", "", name)
    name = re.sub(r"^(anthropic|amazon)\.", "", name).partition(":")[0]
    name = re.sub(r"-v\d+$", "", name)
    name = re.sub(r"-(\d{8}|\d{4}-\d\d-\d\d)$", "", name)
    fitting = [pattern for pattern in PRICES if fnmatchcase(name, pattern)]
    return PRICES[max(fitting, key=len)] if fitting else None


def cost_of(model: str, tokens: Iterable[int], asked: Decimal) -> Decimal | None:
    read, written, cached, to_cache = tokens
    if not read + written + cached + to_cache:
        return asked
    price = price_of(model)
    if price is None:
        return None
    fresh = max(0, read - cached) if price.is_cache_in_input else read
    in_millions = (
        fresh * price.read
        + written * price.written
        + cached * price.cached
        + to_cache * price.to_cache
    )
    return in_millions / 1_000_000 + asked


@dataclass
class Money:
    """Tokens, and the costs of those that have a price."""

    # keyed by the call: model, tokens, provider's own price
    by_key: dict[Any, list[Any]] = field(default_factory=dict)

    def add(self, key: Any, record: Counted) -> None:
        one = self.by_key.setdefault(key, [record.model, list(NOTHING), Decimal(0)])
        one[1] = [a + b for a, b in zip(one[1], record.tokens)]
        one[2] += record.cost

    def tokens(self) -> list[int]:
        return [sum(numbers) for numbers in zip(NOTHING, *(one[1] for one in self.by_key.values()))]

    def cost(self) -> str:
        costs = [cost_of(*one) for one in self.by_key.values() if any(one[1]) or one[2]]
        known = [cost for cost in costs if cost is not None]
        if not known:
            return ""
        return str(sum(known, Decimal(0)).quantize(Decimal("0.0001"), ROUND_HALF_UP))

    def token_cells(self) -> list[str]:
        tokens = self.tokens()
        return [str(number) for number in tokens[:3]] if any(tokens) else ["", "", ""]


# --- the logs ---


def _second(text: str) -> float:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


COUNTRIES = {"+880": "BD", "+44": "GB", "+49": "DE", "+1": "US/CA", "+1876": "JM", "+7": "RU/KZ"}


def country_of(number: str) -> str:
    codes = [code for code in COUNTRIES if number.startswith(code)]
    return COUNTRIES[max(codes, key=len)] if codes else ""


def sendgrid(record: dict[str, Any]) -> Iterator[Counted]:
    name = record["event"]
    try:
        padded = record["sg_event_id"] + "=" * (-len(record["sg_event_id"]) % 4)
        parts = base64.urlsafe_b64decode(padded).decode().split("-")
    except ValueError:
        parts = [""]
    place = {"processed": 1, "drop": 1, "delivered": 2, "bounce": 2, "deferred": 2}.get(parts[0])
    if name == "account_status_change":
        place = 0
    user = parts[place] if place is not None else "unknown"
    yield Counted(
        service="sendgrid",
        id=record["sg_event_id"],
        time=record["timestamp"],
        principal=f"account {user}",
        account=user,
        caller=f"account {user}",
        caller_type="Account",
        region="unknown",
        is_ok=name == "processed",
        is_volume=name == "processed",
        is_use=name in ("processed", "dropped"),
    )


def twilio_stream(record: dict[str, Any]) -> Iterator[Counted]:
    state = record["type"].rpartition(".")[2]
    data = record["data"]
    if state not in ("sent", "failed"):
        return
    error = data.get("errorCode")
    account = data["accountSid"]
    country = country_of(data["to"])
    yield Counted(
        service="twilio",
        id=data["messageSid"],
        time=_second(record["time"]),
        principal=f"account {account}",
        account=account,
        caller=f"account {account}",
        caller_type="Account",
        region=country or "unknown",
        is_ok=state == "sent" and not error,
        is_volume=state == "sent",
        is_use=True,
        messages=max(1, int(data.get("numberOfSegments", 1))),
        country=country,
    )


def twilio_message(record: dict[str, Any]) -> Iterator[Counted]:
    if record["direction"] == "inbound":
        return
    country = country_of(record["to"])
    account = record["account_sid"]
    yield Counted(
        service="twilio",
        id=record["sid"],
        time=parsedate_to_datetime(record["date_sent"]).timestamp(),
        principal=f"account {account}",
        account=account,
        caller=f"account {account}",
        caller_type="Account",
        region=country or "unknown",
        is_ok=not record["error_code"],
        is_volume=True,
        is_use=True,
        messages=max(1, int(record["num_segments"])),
        cost=abs(Decimal(record["price"] or 0)),
        country=country,
    )


def invocation(record: dict[str, Any]) -> Iterator[Counted]:
    arn = record["identity"]["arn"]
    role = re.fullmatch(r"arn:aws:sts::(\d+):assumed-role/([^/]+)/.*", arn)
    read, written = record.get("input", {}), record.get("output", {})
    yield Counted(
        service="bedrock_invocations",
        id=record["requestId"],
        time=_second(record["timestamp"]),
        principal=f"arn:aws:iam::{role[1]}:role/{role[2]}" if role else arn,
        account=record["accountId"],
        caller=arn,
        caller_type="AssumedRole" if role else "IAMUser",
        region=record["region"],
        is_ok="errorCode" not in record,
        is_volume=True,
        is_use=True,
        model=record["modelId"],
        tokens=(
            read.get("inputTokenCount", 0),
            written.get("outputTokenCount", 0),
            read.get("cacheReadInputTokenCount", 0),
            read.get("cacheWriteInputTokenCount", 0),
        ),
    )


def azure(record: dict[str, Any]) -> Iterator[Counted]:
    """Calls with a key, and the log that counts their tokens."""
    resource = record["resourceId"].rpartition("/")[2].lower()
    account = record["resourceId"].split("/")[2].lower()
    properties = record["properties"]
    if record["category"] == "AzureOpenAIRequestUsage":
        yield Counted(
            service="azure_openai",
            id=record["correlationId"],
            time=_second(record["time"]),
            principal=f"resource {resource}",
            account=account,
            caller="",
            caller_type="",
            region=record["location"],
            is_ok=True,
            is_volume=False,
            is_use=False,
            model=properties["modelName"],
            tokens=(
                sum(properties["promptTokens"]),
                sum(properties["generatedTokens"]),
                sum(properties["cachedTokens"]),
                0,
            ),
        )
        return
    yield Counted(
        service="azure_openai",
        id=record["correlationId"],
        time=_second(record["time"]),
        principal=f"key of {resource}",
        account=account,
        caller=f"key of {resource}",
        caller_type="ApiKey",
        region=record["location"],
        is_ok=record["resultSignature"].startswith("2"),
        is_volume=True,
        is_use=True,
        model=properties["modelName"],
        tokens=(properties.get("promptTokens", 0), properties.get("completionTokens", 0), 0, 0),
    )


def records_of(lines: Iterable[bytes]) -> Iterator[Counted]:
    for line in lines:
        record = json.loads(line)
        if "sg_event_id" in record:
            yield from sendgrid(record)
        elif "schemaType" in record:
            yield from invocation(record)
        elif "category" in record:
            yield from azure(record)
        elif "specversion" in record:
            yield from twilio_stream(record)
        elif "num_segments" in record:
            yield from twilio_message(record)
        else:
            raise ValueError(record)


# --- the expected rows ---

VOLUME_COLUMNS = (
    *("_time", "ServiceAbused", "CallerARN", "CallerType", "awsRegion", "EventCount"),
    *("InputTokens", "OutputTokens", "EstimatedCost"),
)
HUNT_COLUMNS = (
    *("Principal", "Account", "UseCount", "MessageCount", "FailedCount"),
    *("InputTokens", "OutputTokens", "CachedTokens", "EstimatedCost", "Countries"),
)


def volume_rows(lines: Iterable[bytes], threshold: int) -> list[tuple[str, ...]]:
    """The rows of groups with more calls than the threshold, sorted."""
    groups: dict[tuple[str, ...], dict[str, Counted]] = defaultdict(dict)
    for record in records_of(lines):
        if not (record.is_volume and record.is_ok):
            continue
        start = int(record.time // HOUR * HOUR)
        key = (str(start), LABELS[record.service], record.caller, record.caller_type, record.region)
        best = groups[key].get(record.id)
        if best is None or rank(record) < rank(best):
            groups[key][record.id] = record
    rows = []
    for key, calls in groups.items():
        if len(calls) <= threshold:
            continue
        money = Money()
        for record in calls.values():
            money.add(record.model, record)
        read, written, _ = money.token_cells()
        rows.append((*key, str(len(calls)), read, written, money.cost()))
    return sorted(rows)


def hunt_rows(lines: Iterable[bytes]) -> list[tuple[str, ...]]:
    """The principals that were seen in the given hours, sorted."""
    deliveries: dict[tuple[Any, ...], Counted] = {}
    countries: dict[tuple[str, str], set[str]] = defaultdict(set)
    for record in records_of(lines):
        who = (record.principal, record.account)
        key = (*who, record.service, record.time // HOUR, record.id, record.region, record.is_use)
        if key not in deliveries or rank(record) < rank(deliveries[key]):
            deliveries[key] = record
        countries[who] |= {record.country} - {""}
    totals: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    moneys: dict[tuple[str, str], Money] = defaultdict(Money)
    for record in deliveries.values():
        who = (record.principal, record.account)
        total = totals[who]
        if record.is_use and record.is_ok:
            total[0] += 1
            total[1] += record.messages
        elif record.is_use:
            total[2] += 1
        moneys[who].add((record.time // MINUTE, record.service, record.model), record)
    return sorted(
        (
            *who,
            *map(str, total),
            *moneys[who].token_cells(),
            moneys[who].cost(),
            " ".join(sorted(countries[who])),
        )
        for who, total in totals.items()
    )
