"""Records of SendGrid's events, and of Twilio's audit log, streams and messages."""

from __future__ import annotations

import base64
import json
import random
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from hunt_records import utc


class Trail:
    """Events of one story, with ids derived from its name."""

    def __init__(self, name: str):
        self._random = random.Random(name)
        self.lines: list[bytes] = []

    def _add(self, record: dict[str, Any]) -> None:
        self.lines.append(json.dumps(record, separators=(",", ":")).encode())

    def _hex(self, digits: int = 32) -> str:
        return f"{self._random.getrandbits(4 * digits):0{digits}x}"


class SendGridTrail(Trail):
    """The events that a webhook delivers, each as a separate object."""

    def __init__(self, name: str, user: str = "21358997"):
        super().__init__(name)
        self.user = user

    @property
    def principal(self) -> str:
        return f"account {self.user}"

    def _event_id(self, *parts: str) -> str:
        return base64.urlsafe_b64encode("-".join(parts).encode()).decode().rstrip("=")

    def event(self, name: str, at: float, *, head: str | None = None, **more: Any) -> None:
        """One event; `head` is the beginning of its id, and without it the id is random."""
        tail = self._hex(22)
        parts = (
            [head, self.user, tail]
            if head in ("processed", "drop")
            else [head, "0", self.user, tail]
        )
        self._add(
            {
                "email": f"{self._hex(8)}@example.com",
                "event": name,
                "sg_event_id": self._event_id(*map(str, parts)) if head else self._hex(22),
                "sg_message_id": f"{self._hex(22)}.recvd-0-1",
                "timestamp": int(at),
                **more,
            }
        )

    def processed(self, at: float, **more: Any) -> None:
        self.event("processed", at, head="processed", **more)

    def bounce(self, at: float, kind: str = "bounce") -> None:
        self.event("bounce", at, head="bounce", type=kind, reason="550 5.1.1 no such user")

    def dropped(self, at: float, reason: str = "Bounced Address") -> None:
        self.event("dropped", at, head="drop", reason=reason)

    def spamreport(self, at: float) -> None:
        """The id of such an event does not show which account it belongs to."""
        self.event("spamreport", at)

    def suspended(self, at: float, kind: str = "compliance_suspend") -> None:
        self._add(
            {
                "event": "account_status_change",
                "sg_event_id": self._event_id(self.user, "terminate", str(int(at))),
                "timestamp": int(at),
                "type": kind,
            }
        )


class TwilioTrail(Trail):
    """The changes and the messages of one account."""

    def __init__(self, name: str, account: str = "AC" + "0123456789abcdef" * 2):
        super().__init__(name)
        self.account = account

    @property
    def principal(self) -> str:
        return f"account {self.account}"

    def monitor(
        self,
        event_type: str,
        at: float,
        *,
        actor: str = "",
        address: str = "198.51.100.20",
        resource: str = "",
        properties: dict[str, Any] | None = None,
        camel_case: bool = False,
    ) -> None:
        """An event of the audit log."""
        record: dict[str, Any] = {
            "sid": "AE" + self._hex(),
            "account_sid": self.account,
            "actor_sid": actor or self.account,
            "actor_type": "user" if actor else "account",
            "description": None,
            "event_type": event_type,
            "event_date": utc(at),
            "resource_sid": resource or self.account,
            "resource_type": event_type.partition(".")[0],
            "source": "web" if actor else "api",
            "source_ip_address": address,
            "event_data": {"resource_properties": properties or {}},
        }
        if camel_case:
            record = {_in_camel_case(key): value for key, value in record.items()}
        self._add(record)

    def sent(
        self,
        at: float,
        to: str = "+8801712345678",
        *,
        segments: int = 1,
        state: str = "sent",
        error: int | None = None,
        sid: str = "",
    ) -> str:
        """A state of a message, as Event Streams deliver it; returns the message's sid."""
        sid = sid or "SM" + self._hex()
        data: dict[str, Any] = {
            "messageStatus": state.upper(),
            "messageSid": sid,
            "accountSid": self.account,
            "from": "+12025550123",
            "to": to,
            "numberOfSegments": segments,
            "timestamp": utc(at),
        }
        if error is not None:
            data["errorCode"] = error
        self._add(
            {
                "specversion": "1.0",
                "type": f"com.twilio.messaging.message.{state}",
                "source": f"/2010-04-01/Accounts/{self.account}/Messages/{sid}.json",
                "id": "EZ" + self._hex(),
                "datacontenttype": "application/json",
                "time": utc(at),
                "data": data,
            }
        )
        return sid

    def message(
        self,
        at: float,
        to: str = "+8801712345678",
        *,
        segments: int = 1,
        price: str | None = "0.2500",
        error: int | None = None,
        sid: str = "",
        direction: str = "outbound-api",
    ) -> str:
        """A message as the REST API lists it; returns its sid."""
        sid = sid or "SM" + self._hex()
        time = format_datetime(datetime.fromtimestamp(int(at), UTC))
        self._add(
            {
                "sid": sid,
                "account_sid": self.account,
                "body": "Your code is 123456",
                "date_created": time,
                "date_sent": time,
                "direction": direction,
                "error_code": error,
                "from": "+12025550123",
                "num_segments": str(segments),
                "price": None if price is None else f"-{price}",
                "price_unit": "USD",
                "status": "sent",
                "to": to,
            }
        )
        return sid


def _in_camel_case(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
