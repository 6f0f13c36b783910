"""The reference's answers for campaigns whose members act in two accounts."""

from __future__ import annotations

import unittest
from typing import Any

from hunt_reference import expected_hunt
from hunt_reference_baseline import Baseline
from hunt_reference_calls import HOUR
from hunt_reference_cases import (
    ACCOUNT,
    KNOWN,
    OFFICE,
    STORY,
    STRANGE,
    USER,
    at,
    call,
    mails,
    reason_for,
    role,
    signs,
)
from volume_reference import IndexedEvent

ELSEWHERE = "222222222222"
BOB = f"arn:aws:iam::{ELSEWHERE}:user/bob"
THERE = {"recipientAccountId": ELSEWHERE, "who": BOB}


def of_other_account(item: Any) -> Any:
    """A row of the baseline, for the other account."""
    (_, principal, service), columns = item
    return (ELSEWHERE, principal.replace(ACCOUNT, ELSEWHERE), service), columns


class TwoAccountsTest(unittest.TestCase):
    """Ann of one account and bob of another account call from the address of a stranger."""

    joining = (
        call(STORY, "GetSendQuota", place=STRANGE),
        call(STORY, "GetSendQuota", place=STRANGE, **THERE),
    )
    known = (KNOWN, of_other_account(KNOWN))

    def signs(self, *events: IndexedEvent, rows: Any = (), is_one: bool = True) -> dict[str, int]:
        story = [*self.joining, *events]
        rows = dict([*self.known, *rows])
        [found] = expected_hunt(story, min_risk=0, baseline=Baseline(rows)).rows
        self.assertEqual(found["Members"], [USER, BOB])
        return signs(story, *rows.items())

    def test_logs_restored_in_another_account_excuse_nothing(self) -> None:
        gone = call(STORY, "DeleteModelInvocationLoggingConfiguration", place=STRANGE)
        on = {"loggingConfig": {"textDataDeliveryEnabled": True}}
        name = "PutModelInvocationLoggingConfiguration"
        back = call(STORY + 60, name, place=STRANGE, parameters=on, **THERE)
        self.assertEqual(self.signs(gone, back)["evade"], 40)
        own = call(STORY + 60, name, place=STRANGE, parameters=on)
        self.assertEqual(self.signs(gone, back, own)["evade"], 10)

    def test_a_trail_of_another_account_is_not_a_replacement(self) -> None:
        stop = call(STORY, "StopLogging", place=STRANGE, parameters={"name": "main"})
        new = {"name": "second"}
        other = call(STORY + 60, "CreateTrail", place=STRANGE, parameters=new, **THERE)
        self.assertEqual(self.signs(stop, other)["trail_tampering"], 40)
        own = call(STORY + 60, "CreateTrail", place=STRANGE, parameters=new)
        self.assertEqual(self.signs(stop, other, own)["trail_tampering"], 15)

    def test_a_service_is_enabled_in_one_account(self) -> None:
        enable = call(STORY + 60, "CreateEmailIdentity", place=STRANGE)
        there = mails(STORY + 120, 1, place=STRANGE, **THERE)
        self.assertNotIn("enable_then_use", self.signs(enable, *there))
        here = mails(STORY + HOUR, 1, place=STRANGE)
        self.assertEqual(self.signs(enable, *there, *here)["enable_then_use"], 35)

    def test_denied_use_is_counted_per_account(self) -> None:
        def sends(count: int, is_ok: bool, start: int, **who: Any) -> list[IndexedEvent]:
            code = {} if is_ok else {"errorCode": "AccessDenied"}
            return [
                call(start + number, "SendEmail", place=STRANGE, **code, **who)
                for number in range(count)
            ]

        denied = sends(3, False, STORY + 60)
        ok_there = sends(1, True, STORY + 120, **THERE)
        self.assertEqual(self.signs(*denied, *ok_there)["denied_use"], 20)
        ok_here = sends(1, True, STORY + 120)
        self.assertNotIn("denied_use", self.signs(*denied, *ok_here))
        some = [*sends(2, False, STORY + 60), *sends(2, False, STORY + 90, **THERE)]
        self.assertNotIn("denied_use", self.signs(*some))

    def test_the_accounts_of_senders_must_be_known(self) -> None:
        assumed = {"roleArn": role("worker")}
        for senders, score in (((USER,), 35), ((BOB,), 25), ((USER, BOB), 25)):
            # The role's account is known, the caller's account is not.
            story = [
                call(STORY, "AssumeRole", place=STRANGE, parameters=assumed, **THERE),
                call(STORY + 60, "GetSendQuota", role("worker"), STRANGE),
                call(STORY + 60, "GetSendQuota", place=STRANGE),
            ]
            for sender in senders:
                who = {"recipientAccountId": sender.split(":")[4], "who": sender}
                story += mails(STORY + 120, 101, place=STRANGE, **who)
            expected = expected_hunt(
                story, min_risk=0, baseline=Baseline(dict([KNOWN])), with_links=True
            )
            [found] = expected.rows
            self.assertEqual(found["Members"], [role("worker"), USER, BOB])
            self.assertEqual(signs(story, KNOWN, with_links=True)["burst"], score, senders)
            # It is enough that one member's account is known to have a history.
            self.assertEqual(found["Learning"], "false")

    def test_names_of_a_sentence(self) -> None:
        """Names are as in the campaign's other texts, as long as these name two of its members."""
        caller = USER.replace(ACCOUNT, ELSEWHERE)  # another ann
        there = {"recipientAccountId": ELSEWHERE, "who": caller}
        assumed = {"roleArn": role("w")}
        for code, did in ((None, "looked at"), ("AccessDenied", "tried to look at")):
            story = [
                call(STORY, "GetSendQuota", place=STRANGE),
                call(STORY, "GetSendQuota", place=STRANGE, **there),
                call(STORY, "AssumeRole", place=STRANGE, parameters=assumed, **there),
                call(STORY + 60, "GetSendQuota", role("w"), OFFICE, errorCode=code),
            ]
            rows = dict(self.known)
            expected = expected_hunt(story, min_risk=0, baseline=Baseline(rows), with_links=True)
            self.assertEqual(len(expected.rows), 1)
            reason = reason_for("made_then_used", expected)
            self.assertEqual(
                reason.who + reason.text,
                f"w@{ACCOUNT} was assumed by ann@{ELSEWHERE} at {at(STORY)} and {did} AWS SES"
                f" at {at(STORY + 60)} with GetSendQuota, 60 s later; the maker came from a"
                " network that is new to the account",
            )


if __name__ == "__main__":
    unittest.main()
