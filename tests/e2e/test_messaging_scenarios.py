"""Mail through SendGrid and messages through Twilio: attacks, and legitimate work that resembles
them."""

from __future__ import annotations

import random
import unittest
from collections.abc import Sequence

from cluster import Peer, run_cluster
from hunt_records import DAY, HOUR, MONDAY
from messaging_records import SendGridTrail, TwilioTrail
from messaging_scenarios import (
    ABROAD,
    BANGLADESH,
    THIEF_SESSION,
    WORKER,
    campaign,
    newsletter,
    phishing,
    pumping,
    workdays,
)
from program_under_test import program
from splunkd import run_search
from test_tuning import SearchTest, bodies, listed


class TwilioTest(SearchTest):
    def test_pumping_is_one_row_from_login_to_messages(self) -> None:
        twilio = TwilioTrail("pumping")
        pumping(twilio)
        row = self.one_row(twilio.lines)
        self.assertEqual(set(listed(row["Members"])), {WORKER, twilio.principal})
        self.assertEqual(row["Account"], twilio.account)
        self.assertEqual((row["UseCount"], row["MessageCount"]), ("1000", "3000"))
        self.assertEqual(row["FailedCount"], "25")
        self.assertEqual(listed(row["Countries"]), ["BD"])
        evidence = listed(row["Evidence"])
        for expected in ("burst", "enable_then_use", "denied_use"):
            self.assertIn(expected, evidence)
        self.assertIn("account-api-keys.created", " ".join(listed(row["Links"])))
        self.assertIn("needs a login to the Console", " ".join(listed(row["Reasons"])))
        self.assertEqual(row["Severity"], "critical")

    def test_pumping_in_a_known_account(self) -> None:
        twilio = TwilioTrail("usual")
        workdays(twilio, 30)
        self.learn_from(twilio.lines)
        attack = TwilioTrail("pumping")
        pumping(attack, MONDAY + 30 * DAY + 3 * HOUR)
        row = self.one_row(attack.lines)
        self.assertIn("new_source", listed(row["Evidence"]))
        self.assertIn(ABROAD, listed(row["SourceIPs"]))
        self.assertEqual(row["Learning"], "false")
        self.assertEqual(row["Severity"], "critical")

    def test_a_marketing_run_gives_no_row_with_a_baseline(self) -> None:
        usual = TwilioTrail("usual")
        workdays(usual, 30)
        for week in range(4):
            campaign(usual, MONDAY + (7 * week + 1) * DAY + 10 * HOUR)
        self.learn_from(usual.lines)
        today = TwilioTrail("today")
        workdays(today, 1, MONDAY + 30 * DAY)
        campaign(today, MONDAY + 30 * DAY + 10 * HOUR)
        self.assertEqual(self.hunt(today.lines).rows, [])

    def test_a_message_in_two_logs_counts_once(self) -> None:
        twilio = TwilioTrail("both")
        for number in range(300):
            at = MONDAY + 5 * number
            sid = twilio.sent(at, f"{BANGLADESH}{number:08}", segments=2)
            twilio.message(at, f"{BANGLADESH}{number:08}", segments=2, price="0.5000", sid=sid)
        for lines in (twilio.lines, twilio.lines[::-1]):
            [row] = self.search(lines).rows
            self.assertEqual((row["EventCount"], row["EstimatedCost"]), ("300", "150.0000"))
            self.assertEqual(row["awsRegion"], "BD")
            row = self.one_row(lines)
            self.assertEqual((row["UseCount"], row["MessageCount"]), ("300", "600"))
            self.assertEqual(row["EstimatedCost"], "150.0000")
            self.assertIn("costly_use", listed(row["Evidence"]))

    def test_answers_contain_no_phone_number_of_a_recipient(self) -> None:
        twilio = TwilioTrail("pumping")
        pumping(twilio)
        for number in range(300):
            twilio.message(THIEF_SESSION + number, f"{BANGLADESH}{number:08}")
        for mode in ("volume", "hunt", "baseline", "coverage"):
            answer = self.search(twilio.lines, f"mode={mode}")
            self.assertNotIn(BANGLADESH[1:], str(answer.rows) + str(answer.messages), mode)


class SendGridTest(SearchTest):
    def test_a_silent_account_sends_phishing_and_is_suspended(self) -> None:
        usual = SendGridTrail("usual")
        for day in range(20):
            newsletter(usual, MONDAY + day * DAY + 9 * HOUR, 30)
        self.learn_from(usual.lines)
        attack = SendGridTrail("phishing")
        phishing(attack, MONDAY + 80 * DAY + 2 * HOUR)
        row = self.one_row(attack.lines)
        self.assertEqual(row["Principal"], attack.principal)
        evidence = listed(row["Evidence"])
        for expected in ("burst", "reputation", "quarantined"):
            self.assertIn(expected, evidence)
        self.assertEqual(row["Severity"], "critical")
        reasons = " ".join(listed(row["Reasons"]))
        self.assertIn("Of 5000 emails sent through SendGrid in 24 h", reasons)
        self.assertIn(" 750 bounced or were dropped", reasons)
        self.assertIn("The provider suspended the account at ", reasons)
        self.assertEqual(listed(row["Phases"]), ["use"])

    def test_phishing_is_found_without_a_baseline_too(self) -> None:
        attack = SendGridTrail("phishing")
        phishing(attack, MONDAY)
        row = self.one_row(attack.lines)
        self.assertEqual(row["UseCount"], "5000")
        self.assertEqual(row["Severity"], "critical")

    def test_a_monday_newsletter_gives_no_row_with_a_baseline(self) -> None:
        usual = SendGridTrail("usual")
        for week in range(5):
            newsletter(usual, MONDAY + 7 * week * DAY + 9 * HOUR)
        usual.processed(MONDAY + 31 * DAY)
        self.learn_from(usual.lines)
        today = SendGridTrail("today")
        newsletter(today, MONDAY + 35 * DAY + 9 * HOUR)
        self.assertEqual(self.hunt(today.lines).rows, [])

    def test_reputation_requires_enough_mails_and_enough_bounces(self) -> None:
        for mails, bounces, dropped, reports, fires in (
            (100, 10, 0, 0, True),
            (100, 9, 0, 0, False),
            (99, 20, 0, 0, False),
            (1000, 50, 50, 0, True),
            (1000, 0, 0, 1, False),  # a spam report does not say whose mail it is about
        ):
            mail = SendGridTrail("some")
            for number in range(mails):
                mail.processed(MONDAY + number)
            for number in range(bounces):
                mail.bounce(MONDAY + number)
            for number in range(dropped):
                mail.dropped(MONDAY + number)
            for number in range(reports):
                mail.spamreport(MONDAY + number)
            rows = self.hunt(mail.lines, "min_risk=0").rows
            evidence = [name for row in rows for name in listed(row["Evidence"])]
            self.assertEqual("reputation" in evidence, fires, (mails, bounces, dropped, reports))

    def test_whole_events_of_a_cut_batch_count(self) -> None:
        mail = SendGridTrail("batch")
        for number in range(300):
            mail.processed(MONDAY + number)
        batch = b"[" + b",".join(mail.lines) + b"]"
        cut = batch[:10_000]
        whole = cut.count(b"},{")
        answer = self.search([cut], "sendgrid_threshold=1")
        self.assertEqual(answer.rows[0]["EventCount"], str(whole))
        self.assertIn("TRUNCATE", str(answer.messages))

    def test_volume_counts_each_mail_once(self) -> None:
        mail = SendGridTrail("phishing")
        phishing(mail, MONDAY)
        [row] = self.search([*mail.lines, *mail.lines[:2000]]).rows
        self.assertEqual(row["EventCount"], "5000")
        self.assertEqual((row["CallerARN"], row["CallerType"]), (mail.principal, "Account"))
        self.assertEqual((row["InputTokens"], row["EstimatedCost"]), ("", ""))


class TopologyTest(unittest.TestCase):
    def test_any_order_and_split_give_the_same_rows(self) -> None:
        twilio, mail = TwilioTrail("pumping"), SendGridTrail("phishing")
        pumping(twilio)
        phishing(mail, THIEF_SESSION)
        lines = [*twilio.lines, *mail.lines]
        for args in ([], ["mode=hunt"], ["mode=coverage"]):
            usual = run_search(program(), args, bodies(lines)).rows
            shuffled = random.Random(7).sample(lines, len(lines))
            parts: Sequence[list[bytes]] = (shuffled[::3], shuffled[1::3], shuffled[2::3])
            peers = [Peer([{"_raw": line} for line in part]) for part in parts]
            self.assertEqual(run_cluster(program(), args, peers)[0].rows, usual)


if __name__ == "__main__":
    unittest.main()
