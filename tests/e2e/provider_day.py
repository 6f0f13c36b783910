"""What hijackers did at other providers on the day of cloudtrail_day.py: mail, texts and models."""

from __future__ import annotations

import json
from datetime import datetime
from typing import NamedTuple

from azure_records import AzureTrail, Resource, attack
from cloudtrail_day import DAY, HOUR, Attack, Day, IndexedEvent
from messaging_records import SendGridTrail, TwilioTrail
from messaging_scenarios import phishing, pumping

RESOURCE = Resource("0b1f6471-1bf0-4dda-aec3-cb9272f09590", "Shop-AI")


def time_of(line: bytes) -> float:
    record = json.loads(line)
    if "timestamp" in record:
        return float(record["timestamp"])
    keys = ("eventTime", "time", "event_date", "eventDate")
    text = next(record[key] for key in keys if key in record)
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


class OtherProviders(NamedTuple):
    """The records of an attack at each of three providers, in the order of their logs."""

    sendgrid: list[bytes]
    twilio: list[bytes]
    azure: list[bytes]
    attacks: list[Attack]


def other_providers() -> OtherProviders:
    mail, texts = SendGridTrail("phishing"), TwilioTrail("pumping")
    phishing(mail, DAY + 4 * HOUR)
    pumping(texts, DAY + 21 * HOUR)
    models: AzureTrail = attack(RESOURCE, DAY + 15 * HOUR)
    return OtherProviders(
        mail.lines,
        texts.lines,
        models.lines,
        [
            Attack(
                "phishing through a SendGrid account, which is then suspended", mail.principal, True
            ),
            Attack("SMS pumping through Twilio after a stolen login", texts.principal, True),
            Attack("images from Azure OpenAI with a key that was just read", RESOURCE.key, True),
        ],
    )


def with_other_providers(day: Day) -> Day:
    """The day with the records of the other providers, the newest event first."""
    others = other_providers()
    lines = [*others.sendgrid, *others.twilio, *others.azure]
    events: list[IndexedEvent] = [(str(time_of(line)), line) for line in lines]
    both = sorted([*day.events, *events], key=lambda event: float(event[0] or 0), reverse=True)
    return Day(both, [*day.attacks, *others.attacks])
