"""The reference's campaigns: who joins at the edges of the rules, and the contents of a row."""

from __future__ import annotations

import unittest
from typing import Any

from hunt_reference import expected_hunt
from hunt_reference_allowlist import read_line
from hunt_reference_baseline import Baseline
from hunt_reference_calls import DAY, HOUR
from hunt_reference_campaign import ANYTHING
from hunt_reference_cases import (
    ACCOUNT,
    AT_HOME,
    KNOWN,
    LONG,
    OFFICE,
    OTHER,
    ROLE,
    STORY,
    STRANGE,
    USER,
    at,
    call,
    listed,
    made,
    mails,
    reason_for,
    role,
    row,
    rows_of,
    signs,
    trusting,
    user,
)
from volume_reference import IndexedEvent, Row

BOB = user("bob")


def members(rows: list[Row]) -> list[list[str]]:
    return [[one.rsplit("/", 1)[-1] for one in listed(row["Members"])] for row in rows]


class JoinedTest(unittest.TestCase):
    """The links that join principals, without a history and with one."""

    def joined(self, *events: IndexedEvent, rows: Any = (), **given: Any) -> list[list[str]]:
        return members(rows_of(list(events), *rows, **given))

    def test_makers_of_a_user_join_it(self) -> None:
        looks = call(STORY + 60, "GetSendQuota", BOB, STRANGE)
        before = call(STORY - 1, "GetSendQuota", BOB, STRANGE)
        for making, joins in (
            (made(STORY, "bob"), True),
            (made(STORY, "rob"), False),
            (made(STORY, "bob", by="CreateAccessKey"), True),
            (made(STORY, "bob", place="10.0.0.1"), False),  # vouched for
            (call(STORY, "CreateUser", parameters={"userName": "bob"}, errorCode="X"), False),
        ):
            found = self.joined(making, looks)
            self.assertEqual(found, [["ann", "bob"]] if joins else [["ann"], ["bob"]])
        # A user that had acted before is joined only by CreateUser, and only without a history.
        for by, joins in (("CreateUser", True), ("CreateAccessKey", False)):
            found = self.joined(made(STORY, "bob", by=by), before)
            self.assertEqual(len(found), 1 if joins else 2, by)
        found = self.joined(made(STORY, "bob", by="CreateAccessKey"), before, rows=[KNOWN])
        self.assertEqual(found, [["ann", "bob"]])

    def test_a_routine_maker_joins_nobody(self) -> None:
        looks = call(STORY + 60, "GetSendQuota", BOB, STRANGE)
        maker = row(USER, phases=f"credential={LONG}", networks=f"52.1.0.0/16={LONG}")
        found = self.joined(made(STORY, "bob"), looks, rows=[KNOWN, maker])
        self.assertEqual(found, [["ann"], ["bob"]])
        # Nor does the child have the evidence that would follow from its making.
        alone = signs([made(STORY, "bob"), looks], KNOWN, maker, who=BOB)
        self.assertNotIn("made_then_used", alone)

    def test_a_role_joins_by_its_trust_or_by_a_stranger(self) -> None:
        acts = call(STORY + 60, "GetSendQuota", ROLE, STRANGE)
        foreign = "999999999999"
        for trust, rows, place, joins in (
            (trusting(foreign), (), STRANGE, True),
            (trusting(ACCOUNT), (), STRANGE, True),
            (trusting(foreign, external_id=True), (), STRANGE, False),
            ("{}", (), STRANGE, False),
            ("{}", (KNOWN,), STRANGE, True),
            (trusting(foreign), (KNOWN,), OFFICE, False),  # vouched for
        ):
            making = made(
                STORY, "worker", place=place, by="CreateRole", assumeRolePolicyDocument=trust
            )
            found = self.joined(making, acts, rows=rows)
            self.assertEqual(len(found), 1 if joins else 2, (trust, place))

    def test_callers_that_assume_a_role_join_it(self) -> None:
        assumes = call(STORY, "AssumeRole", USER, parameters={"roleArn": ROLE})
        acts = call(STORY + 60, "GetSendQuota", ROLE, OFFICE)
        grown = row(ROLE, "ses")
        for rows, joins in (
            ((), False),  # the baseline does not know the account
            ((KNOWN,), True),
            ((KNOWN, grown), False),
            ((KNOWN, grown, row(ROLE, parents=f"{USER}={LONG}")), False),
            ((KNOWN, grown, row(ROLE, parents=f"{BOB}={LONG}")), True),
            ((KNOWN, grown, row(ROLE, parents=f"{BOB}={LONG} *={LONG}")), False),
        ):
            found = self.joined(assumes, acts, rows=rows, with_links=True)
            self.assertEqual(len(found), 1 if joins else 2, rows)
        partner = made(
            STORY - HOUR,
            "worker",
            OTHER,
            OFFICE,
            "CreateRole",
            assumeRolePolicyDocument=trusting("999999999999", external_id=True),
        )
        found = self.joined(assumes, acts, partner, rows=[KNOWN], with_links=True)
        self.assertEqual(found, [["backoffice"], ["worker"], ["ann"]])
        self.assertEqual(len(self.joined(assumes, acts, rows=[KNOWN])), 1)  # without any AssumeRole

    def test_a_shared_address_joins_principals_for_which_it_is_new(self) -> None:
        def both(gap: int, agent: str, *rows: Any) -> int:
            morning = call(STORY, "GetSendQuota", USER, STRANGE, agent)
            later = call(STORY + gap, "GetSendQuota", BOB, STRANGE, agent)
            return len(self.joined(morning, later, rows=rows))

        bob_at_home = row(BOB, networks=f"52.1.0.0/16={LONG}", clients=f"app={LONG}")
        self.assertEqual(both(14 * HOUR - 1, "app", KNOWN), 1)
        self.assertEqual(both(14 * HOUR, "app", KNOWN), 2)  # the next day
        self.assertEqual(both(60, "app"), 2)  # without a baseline there are no strangers
        # both are away, which scores only 15
        self.assertEqual(both(60, "app", KNOWN, AT_HOME, bob_at_home), 2)
        self.assertEqual(both(60, "app", KNOWN, AT_HOME), 2)
        self.assertEqual(both(60, "new", KNOWN, AT_HOME, bob_at_home), 1)

    def test_a_campaign_that_is_too_large_is_split(self) -> None:
        """The links by shared addresses are dropped first, then those by assumed roles."""

        def looks(names: list[str]) -> list[IndexedEvent]:
            return [call(STORY + 60, "GetSendQuota", user(name), STRANGE) for name in names]

        names = [f"u{number:02}" for number in range(65)]
        for count, found in ((64, 1), (65, 65)):
            rows = rows_of(looks(names[:count]), KNOWN)
            self.assertEqual(len(rows), found)
            self.assertEqual(rows[0]["UniqueMembers"], "64" if count == 64 else "1")
            self.assertEqual(rows[0]["Truncated"], "" if count == 64 else "Links")
        makings = [
            made(STORY, name, USER if number < 33 else BOB) for number, name in enumerate(names)
        ]
        rows = rows_of([*makings, *looks(names)], KNOWN)
        self.assertEqual([one["UniqueMembers"] for one in rows], ["34", "33"])
        self.assertEqual({one["Truncated"] for one in rows}, {"Links"})
        message = "67 principals are linked, too many to be judged together: "
        ends = {one["Links"][-1] for one in rows}
        self.assertEqual(ends, {message + "shared addresses are ignored"})
        of_one = [made(STORY, name) for name in names]
        rows = rows_of([*of_one, *looks(names)], KNOWN)
        self.assertEqual(len(rows), 66)
        self.assertEqual({one["UniqueMembers"] for one in rows}, {"66"})
        self.assertEqual(rows[1]["Members"], user("u00"))
        self.assertEqual(rows[1]["Truncated"], ["Members", "Links"])
        message = message.replace("67", "66") + "each is judged separately"
        self.assertEqual({one["Links"] for one in rows}, {message})
        self.assertIn("made_then_used", listed(rows[1]["Evidence"]))

    def test_assumed_roles_are_dropped_after_addresses(self) -> None:
        roles = [role(f"r{letter}{other}") for letter in "abcdefgh" for other in "abcdefgh"]
        story = [
            call(STORY, "AssumeRole", USER, STRANGE, parameters={"roleArn": arn}) for arn in roles
        ]
        story += [call(STORY + 60, "GetSendQuota", arn, OFFICE) for arn in roles]
        rows = rows_of(story, KNOWN, with_links=True)
        self.assertEqual(len(rows), 65)
        self.assertEqual({one["UniqueMembers"] for one in rows}, {"1"})
        self.assertTrue(rows[0]["Links"].endswith("addresses and assumed roles are ignored"))
        self.assertEqual(len(rows_of(story[1:], KNOWN, with_links=True)), 2)  # one is not assumed

    def test_the_head(self) -> None:
        story = [made(STORY, "bob", USER), made(STORY + 1, "ann", BOB), made(STORY + 2, "cat", BOB)]
        cat = call(STORY + 9, "GetSendQuota", user("cat"), STRANGE)
        [found] = rows_of([*story, cat])
        self.assertEqual(found["Principal"], USER)  # the first member of a cycle
        [found] = rows_of([*story[1:], cat])
        self.assertEqual((found["Principal"], found["user"]), (BOB, "bob"))

    def test_exceptions(self) -> None:
        story = [made(STORY, "bob"), *mails(STORY + 60, 101, who=BOB, place=STRANGE)]

        def left(min_risk: int = 0, **line: str) -> Any:
            lines = [read_line({"principal": USER, "service": "*", **line})]
            return expected_hunt(story, allowlist=lines, min_risk=min_risk)

        whole = left(evidence="drip")
        self.assertEqual(members(whole.rows), [["ann", "bob"]])
        self.assertEqual(whole.rows[0]["RiskScore"], "50")  # burst 25, made_then_used 25
        self.assertEqual((whole.allowed, whole.lessened), (0, 0))
        alone = left(evidence="*")
        self.assertEqual(members(alone.rows), [["bob"]])
        self.assertEqual(alone.rows[0]["Evidence"], "burst")  # no making is left
        self.assertEqual((alone.allowed, alone.lessened), (0, 1))
        self.assertEqual(left(min_risk=30, evidence="*").allowed, 1)
        self.assertEqual(members(left(evidence="*", expires="2026-03-01").rows), [["ann", "bob"]])
        # The allowance of one member raises the threshold of the whole campaign.
        self.assertEqual(left(threshold="101").rows[0]["RiskScore"], "25")
        self.assertEqual(left(threshold="100").rows[0]["RiskScore"], "50")

    def test_exceptions_cover_only_their_members_volume(self) -> None:
        """A member that may send more, or any number, does not cover the messages of others."""

        def has_burst(anns: int, bobs: int, *lines: dict[str, str]) -> bool:
            story = [made(STORY, "bob"), *mails(STORY + 60, bobs, who=BOB, place=STRANGE)]
            story += mails(STORY + 60, anns, place=STRANGE)
            given = [read_line({"service": "*", "evidence": "burst", **line}) for line in lines]
            expected = expected_hunt(story, allowlist=given, min_risk=0)
            self.assertEqual(members(expected.rows), [["ann", "bob"]])
            return "burst" in listed(expected.rows[0]["Evidence"])

        some = {"principal": USER, "threshold": "300"}
        for total, found in ((300, False), (301, True)):
            self.assertEqual(has_burst(0, total, some), found)
            self.assertEqual(has_burst(total - 1, 1, some), found)
        more = {"principal": BOB, "threshold": "150"}
        for total, found in ((350, False), (351, True)):  # 100, 200 and 50
            self.assertEqual(has_burst(200, total - 200, some, more), found)
        both = {"principal": "*:user/*", "threshold": "150"}
        for total, found in ((200, False), (201, True)):  # 100 and twice 50
            self.assertEqual(has_burst(100, total - 100, both), found)
        any_number = {"principal": USER, "threshold": ""}
        for total, found in ((100, False), (101, True)):
            self.assertEqual(has_burst(1000, total, any_number), found)
        for total, found in ((150, False), (151, True)):
            self.assertEqual(has_burst(1000, total, any_number, more), found)

    def test_expected_calls_of_a_child_do_not_count_as_its_activity(self) -> None:
        before = mails(STORY - DAY, 1, who=BOB, place=STRANGE)
        making = made(STORY, "bob", by="CreateAccessKey")
        looks = call(STORY + 60, "GetSendQuota", BOB, STRANGE)
        for expires, joins in (("2026-03-01", True), ("2026-02-28", False), ("2026-02-27", False)):
            line = {"principal": BOB, "service": "*", "evidence": "*", "expires": expires}
            story = [*before, making, looks]
            rows = rows_of(story, allowlist=[read_line(line)])
            self.assertEqual(len(rows), 1 if joins else 2, expires)


class MergedTest(unittest.TestCase):
    """The rules' results for all calls of a campaign together."""

    def test_one_enables_and_another_uses(self) -> None:
        story = [
            made(STORY, "bob"),
            call(STORY + 60, "CreateEmailIdentity", USER, STRANGE),
            *mails(STORY + 120, 1, who=BOB, place=STRANGE),
        ]
        expected = expected_hunt(story)
        [found] = expected.rows
        self.assertEqual(found["Evidence"], ["enable_then_use", "made_then_used"])
        self.assertEqual((found["RiskScore"], found["_time"]), ("70", str(STORY + 60)))
        self.assertEqual(found["Members"], [USER, BOB])
        self.assertEqual(found["Links"], f"{at(STORY)} ann made bob by CreateUser")
        self.assertEqual(found["Confidence"], "2 groups, no history")
        first, second = expected.texts[0].reasons
        self.assertEqual(
            "".join(first).replace(ANYTHING, "..."),
            f"ann: Enabled ...AWS SES at {at(STORY + 60)} with CreateEmailIdentity and bob used it"
            " 60 s later with SendEmail... (+45)",
        )
        self.assertEqual(
            "".join(second),
            f"bob was set up by ann at {at(STORY)} with CreateUser and used"
            f" AWS SES at {at(STORY + 120)} with SendEmail, 2 min later; no history (+25)",
        )

    def test_forty_users_of_ninety_an_hour(self) -> None:
        names = [f"u{number:02}" for number in range(40)]
        story = [made(STORY + number, name) for number, name in enumerate(names)]
        for name in names:
            story += mails(STORY + 600, 90, who=user(name), place=STRANGE)
        expected = expected_hunt(story)
        [found] = expected.rows
        self.assertEqual(found["Evidence"], ["burst", "made_then_used"])
        self.assertEqual((found["RiskScore"], found["UniqueMembers"]), ("60", "41"))  # 35 and 25
        self.assertEqual((found["MessageCount"], found["PeakPerHour"]), ("3600", "3600"))
        self.assertEqual(
            found["Links"], f"{at(STORY)} ann made u00, u01, u02 and 37 more by CreateUser"
        )
        [texts] = expected.texts
        self.assertEqual(texts.reasons[0].who, "u00, u01, u02 and 37 more: ")
        together = " and 40 linked principals behave like hijackers of cloud services"
        self.assertEqual(texts.message, USER + together)
        self.assertEqual(
            texts.timeline,
            [
                f"{at(STORY)} ann credential CreateUser us-east-1 {STRANGE} ok",
                f"{at(STORY + 39)} ann credential CreateUser us-east-1 {STRANGE} ok",
                f"{at(STORY + 600)} u00 and 39 more use SendEmail us-east-1 {STRANGE} ok",
                f"{at(STORY + 601)} u00 use SendEmail us-east-1 {STRANGE} ok",
            ],
        )

    def test_peaks_and_days_are_sums(self) -> None:
        """The sums include the members that take part and have used the service before."""
        rows = [row(USER, "ses", peak_hour="20"), row(BOB, "ses", peak_hour="20"), KNOWN]
        for total, score in ((120, 0), (121, 25)):
            story = [
                made(STORY, "bob"),
                *mails(STORY + 60, total - 1, who=BOB, place=OFFICE),
                *mails(STORY + 60, 1, place=OFFICE),
            ]
            self.assertEqual(signs(story, *rows, who=BOB).get("burst", 0), score)

    def test_the_history_of_a_maker_that_sends_nothing_excuses_nothing(self) -> None:
        making = made(STORY, "bob")
        burst = mails(STORY + 60, 101, who=BOB, place=STRANGE)
        grown = [row(USER, "ses", peak_hour="1000", peak_day="1000"), KNOWN]
        self.assertEqual(signs([making, *burst], *grown, who=BOB)["burst"], 35)
        # It does not excuse them if it sends earlier or later, only if it sends in the same hour.
        for gap, score in ((-HOUR, 35), (-HOUR + 59, 35), (HOUR, 35), (2 * HOUR, 35), (0, 0)):
            ann = mails(STORY + 60 + gap, 1, place=STRANGE)
            found = signs([making, *burst, *ann], *grown, who=BOB)
            self.assertEqual(found.get("burst", 0), score, gap)
        # The maker's old peak does not make the child's rise a slow one, nor does it excuse a drip.
        old = row(USER, "ses", peak_hour="1", peaks="2026-W07=1")
        low = row(BOB, "ses", peak_hour="40")
        for rows in ((old, low), (low,)):
            story = [making, *mails(STORY + 60, 120, who=BOB, place=OFFICE)]
            self.assertEqual(signs(story, *rows, KNOWN, who=BOB).get("burst", 0), 0)
        for sender, score in ((BOB, 25), (USER, 0)):
            drops = [
                one
                for hour in range(8)
                for one in mails(
                    STORY + hour * HOUR, 80, who=sender if hour == 7 else BOB, place=OFFICE
                )
            ]
            self.assertEqual(signs([making, *drops], *grown, who=BOB).get("drip", 0), score)

    def test_the_peak_of_a_family_counts_once(self) -> None:
        story = []
        roles = [role(f"job-{number}") for number in range(2)]
        for who in roles:
            name = who.rsplit("/", 1)[-1]
            trust = trusting(ACCOUNT)
            story.append(made(STORY, name, by="CreateRole", assumeRolePolicyDocument=trust))
        peer = row(role("job-7"), "ses", peak_hour="40", peak_day="220")
        for total, score in ((120, 0), (121, 25)):
            sent = [one for who in roles for one in mails(STORY + 60, 60, who=who, place=OFFICE)]
            sent += mails(STORY + 60, total - 120, who=roles[0], place=OFFICE)
            found = signs([*story, *sent], KNOWN, peer, who=roles[0])
            self.assertEqual(found.get("burst", 0), score, total)
        for more, score in ((0, 0), (1, 25)):
            drops = [
                one
                for hour in range(8)
                for one in mails(
                    STORY + hour * HOUR,
                    80 + (20 + more) * (hour == 0),
                    who=roles[hour % 2],
                    place=OFFICE,
                )
            ]
            found = signs([*story, *drops], KNOWN, peer, who=roles[0])
            self.assertEqual(found.get("drip", 0), score, more)

    def test_recon_counts_for_the_service_that_was_used_first(self) -> None:
        looks = [
            call(STORY + gap, name, place=STRANGE)
            for gap, name in enumerate(("ListIdentities", "GetSendStatistics"))
        ]
        for first, user_of_it in ((STORY + 60, "bob"), (STORY + 240, "cat")):
            story = [made(STORY, "bob"), made(STORY, "cat"), *looks]
            story += mails(first, 1, who=BOB, place=STRANGE)
            story.append(call(STORY + 120, "InvokeModel", user("cat"), STRANGE))
            expected = expected_hunt(story)
            reason = reason_for("recon_then_use", expected)
            self.assertEqual(reason.who, f"ann and {user_of_it}: ")

    def test_routine_is_judged_for_the_acting_member(self) -> None:
        story = [
            made(STORY, "bob"),
            call(STORY + 60, "CreateEmailIdentity", USER, STRANGE),
            *mails(STORY + 120, 1, who=BOB, place=STRANGE),
        ]
        both = f"enable={LONG} use={LONG}"
        for phases, other, score in ((both, "", 45), (both, both, 10), ("", both, 45)):
            rows = [KNOWN, row(USER, "ses", phases=phases), row(BOB, "ses", phases=other)]
            self.assertEqual(signs(story, *rows)["enable_then_use"], score)

    def test_user_made_by_one_member_and_allowed_to_send_by_another(self) -> None:
        mail = "arn:aws:iam::aws:policy/AmazonSESFullAccess"
        parameters = {"userName": "m", "policyArn": mail}
        grant = call(STORY + 60, "AttachUserPolicy", BOB, STRANGE, parameters=parameters)
        found = signs([made(STORY, "bob"), made(STORY + 1, "m"), grant])
        self.assertEqual(found["smtp_credentials"], 30)


class MadeThenUsedTest(unittest.TestCase):
    def score(
        self, *events: IndexedEvent, rows: Any = (KNOWN,), who: str = BOB, **given: Any
    ) -> int:
        return signs(list(events), *rows, who=who, **given).get("made_then_used", 0)

    def test_strangers(self) -> None:
        for maker, child, score in (
            (OFFICE, OFFICE, 15),  # vouched for: they do not join
            (STRANGE, OFFICE, 25),
            (OFFICE, STRANGE, 25),
            (STRANGE, STRANGE, 45),
        ):
            story = [made(STORY, "bob", place=maker), *mails(STORY + HOUR, 1, who=BOB, place=child)]
            self.assertEqual(self.score(*story), score, (maker, child))
            rows = rows_of(story, KNOWN)
            self.assertEqual(len(rows), 2 if maker == OFFICE else 1)
        self.assertEqual(self.score(*story, rows=()), 25)

    def test_the_window_of_a_week(self) -> None:
        for gap, score in ((-1, 0), (0, 15), (7 * DAY, 15), (7 * DAY + 1, 0)):
            uses = mails(STORY + gap, 1, who=BOB, place=OFFICE)
            self.assertEqual(self.score(made(STORY, "bob", place=OFFICE), *uses), score, gap)

    def test_a_child_with_a_history_must_come_from_a_new_source(self) -> None:
        making = made(STORY, "bob", place=STRANGE)
        bob = row(BOB, networks=f"52.1.0.0/16={LONG}", clients=f"app={LONG}")
        for agent, score in (("app", 0), ("new", 45)):
            uses = mails(STORY + HOUR, 1, who=BOB, place=STRANGE, agent=agent)
            self.assertEqual(self.score(making, *uses, rows=(KNOWN, bob)), score)

    def test_the_call_with_the_highest_score_counts(self) -> None:
        first = call(STORY + 60, "GetSendQuota", BOB, OFFICE)
        later = mails(STORY + 2 * HOUR, 1, who=BOB, place=STRANGE)
        self.assertEqual(self.score(made(STORY, "bob"), first), 25)
        self.assertEqual(self.score(made(STORY, "bob"), first, *later), 45)

    def test_an_assumed_role(self) -> None:
        for caller, child, gap, score in (
            (OFFICE, OFFICE, 60, 0),
            (STRANGE, OFFICE, 12 * HOUR, 20),
            (STRANGE, STRANGE, 12 * HOUR, 35),
            (STRANGE, STRANGE, 12 * HOUR + 1, 0),
        ):
            story = [
                call(STORY, "AssumeRole", USER, caller, parameters={"roleArn": ROLE}),
                call(STORY, "GetSendQuota", USER, caller),  # AssumeRole alone has no source
                call(STORY + gap, "PutAccountDetails", ROLE, child),
            ]
            self.assertEqual(self.score(*story, who=ROLE, with_links=True), score, (caller, child))
        story = [*story[:2], call(STORY + 60, "PutAccountDetails", ROLE, OFFICE)]
        expected = expected_hunt(story, baseline=Baseline(dict([KNOWN])), with_links=True)
        reason = reason_for("made_then_used", expected)
        self.assertEqual(
            reason.who + reason.text,
            f"worker was assumed by ann at {at(STORY)} and"
            f" enabled AWS SES at {at(STORY + 60)} with PutAccountDetails, 60 s later; the maker"
            " came from a network that is new to the account",
        )


if __name__ == "__main__":
    unittest.main()
