"""Attacks on SendGrid and Twilio accounts, and legitimate work that resembles them."""

from __future__ import annotations

from hunt_records import DAY, HOUR, MINUTE, MONDAY
from messaging_records import SendGridTrail, TwilioTrail

OFFICE = "198.51.100.20"
ABROAD = "3fff:77::1"
WORKER = "US" + "a1" * 16
THIEF_SESSION = MONDAY + 2 * DAY + 3 * HOUR
BANGLADESH = "+88017"
GERMANY = "+4915"


def stolen_login(
    twilio: TwilioTrail, start: float, address: str, *, camel_case: bool = False
) -> None:
    """A stolen login permits a country and makes a key."""
    twilio.monitor("user-session.created", start, actor=WORKER, address=address)
    twilio.monitor(
        "sms-geographic-permissions.updated",
        start + 3 * MINUTE,
        actor=WORKER,
        address=address,
        properties={"bangladesh": {"previous": "disabled", "updated": "enabled"}},
    )
    twilio.monitor(
        "account-api-keys.created",
        start + 4 * MINUTE,
        actor=WORKER,
        address=address,
        camel_case=camel_case,
        resource="SK" + "b2" * 16,
    )


def pumping(twilio: TwilioTrail, start: float = THIEF_SESSION) -> None:
    """After a stolen login, 3,000 segments go to the country within an hour."""
    stolen_login(twilio, start, ABROAD, camel_case=True)
    for number in range(25):
        twilio.sent(
            start - 30 * MINUTE + number * 10,
            f"{BANGLADESH}{number:08}",
            state="failed",
            error=21408,
        )
    for number in range(1000):
        sid = twilio.sent(start + 10 * MINUTE + 3 * number, f"{BANGLADESH}{number:08}", segments=3)
        twilio.sent(start + 11 * MINUTE + 3 * number, state="delivered", sid=sid)


def workdays(twilio: TwilioTrail, days: int, start: float = MONDAY) -> None:
    """A worker logs in from the office, and customers receive codes."""
    for day in range(days):
        morning = start + day * DAY + 8 * HOUR
        twilio.monitor("user-session.created", morning, actor=WORKER, address=OFFICE)
        for hour in range(9):
            for number in range(40):
                twilio.sent(morning + hour * HOUR + 80 * number, f"{GERMANY}{number:08}")


def campaign(twilio: TwilioTrail, start: float) -> None:
    """A marketing run: 600 messages within an hour."""
    for number in range(600):
        twilio.sent(start + 5 * number, f"{GERMANY}{number:08}")


def newsletter(mail: SendGridTrail, start: float, mails: int = 3000) -> None:
    for number in range(mails):
        mail.processed(start + number)
    for number in range(mails // 100):
        mail.bounce(start + 60 * number)


def phishing(mail: SendGridTrail, start: float) -> None:
    """5,000 mails, of which 15 % bounce; then SendGrid suspends the account."""
    for number in range(5000):
        at = start + number // 2
        mail.processed(at)
        if number % 20 in (3, 11, 17):
            mail.bounce(at + 5, "blocked" if number % 40 == 3 else "bounce")
    mail.suspended(start + 50 * MINUTE)
