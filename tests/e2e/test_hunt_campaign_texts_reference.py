"""The texts of the reference about campaigns: names, links and the story."""

from __future__ import annotations

import unittest

from hunt_reference import expected_hunt
from hunt_reference_calls import DAY
from hunt_reference_cases import (
    ACCOUNT,
    KNOWN,
    STORY,
    STRANGE,
    USER,
    at,
    call,
    identity,
    made,
    role,
    rows_of,
    trusting,
    user,
)

BOB = user("bob")


class TextsTest(unittest.TestCase):
    def test_names_that_distinguish_members(self) -> None:
        story = [
            made(STORY, "ann", by="CreateRole", assumeRolePolicyDocument=trusting("999999999999")),
            call(STORY + 60, "GetSendQuota", role("app/ann"), STRANGE),
        ]
        [found] = rows_of(story)
        links = f"{at(STORY)} user/ann made role/app/ann by CreateRole"
        self.assertEqual((found["Links"], found["Members"]), (links, [role("app/ann"), USER]))
        self.assertEqual(found["Principal"], USER)

    def test_an_accounts_root_and_names_of_two_accounts(self) -> None:
        elsewhere = "222222222222"
        root = {"type": "Root", "arn": f"arn:aws:iam::{ACCOUNT}:root"}
        other = {"userIdentity": {**identity(USER), "arn": USER.replace(ACCOUNT, elsewhere)}}
        for more, lines in (
            ({"userIdentity": root}, "root and ann"),
            (
                {**other, "recipientAccountId": elsewhere},
                f"ann@{ACCOUNT} and ann@{elsewhere}",
            ),
        ):
            story = [
                call(STORY, "GetSendQuota", USER, STRANGE),
                call(STORY, "GetSendQuota", USER, STRANGE, **more),
            ]
            known = [KNOWN, ((elsewhere, *KNOWN[0][1:]), KNOWN[1])]
            [found] = rows_of(story, *known)
            self.assertEqual(found["Links"], f"{at(STORY)} {lines} called from {STRANGE}")

    def test_callers_in_the_same_second_are_sorted_by_account_and_name(self) -> None:
        names = ["b", "teams/a"]
        story = [call(STORY, "GetSendQuota", user(name), STRANGE) for name in names]
        [found] = rows_of(story, KNOWN)
        self.assertEqual(found["Links"], f"{at(STORY)} b and a called from {STRANGE}")

    def test_a_story_of_ten_lines(self) -> None:
        """One member's recon calls crowd out neither another's nor the calls that prepared them."""
        looks = [
            *("GetSendQuota", "GetSendStatistics", "GetAccount", "GetAccountSendingEnabled"),
            *("ListIdentities", "ListEmailIdentities", "GetEmailIdentity", "ListTenants"),
        ]
        others = ["GetReputationEntity", "ListVerifiedEmailAddresses"]
        prepared = ["CreateUser", "CreateAccessKey"]
        for count, is_cut in ((6, False), (7, True), (8, True)):
            events = [(USER, name) for name in looks[:count]] + [(BOB, name) for name in others]
            story = [made(STORY + gap, "bob", by=by) for gap, by in enumerate(prepared)]
            story += [
                call(STORY + 60 + gap, name, who, STRANGE) for gap, (who, name) in enumerate(events)
            ]
            expected = expected_hunt(story)
            timeline = [line.split()[3] for line in expected.texts[0].timeline]
            self.assertEqual(timeline, [*prepared, *looks[:6], *others])
            self.assertEqual(expected.rows[0]["Truncated"], "Timeline" if is_cut else "")

    def test_lines_of_links(self) -> None:
        story = [
            made(STORY + 2, "b"),
            made(STORY + 3, "b", by="CreateAccessKey"),  # not the first call that made this user
            made(STORY + 1, "c"),
            made(STORY, "d", by="CreateLoginProfile"),
            made(STORY + 1, "a"),
        ]
        story += [call(STORY + 60, "GetSendQuota", user(name), STRANGE) for name in "abcd"]
        [found] = rows_of(story, KNOWN)
        self.assertEqual(
            found["Links"],
            [
                f"{at(STORY)} ann made d by CreateLoginProfile",
                f"{at(STORY)} ann, a, b and 2 more called from {STRANGE}",
                f"{at(STORY + 1)} ann made a, c and b by CreateUser",
            ],
        )

    def test_ten_lines_are_shown(self) -> None:
        for days in (10, 11):
            story = [
                call(STORY + day * DAY + number, "GetSendQuota", who, STRANGE)
                for day in range(days)
                for number, who in enumerate((USER, BOB))
            ]
            [found] = rows_of(story, KNOWN)
            self.assertEqual(len(found["Links"]), 10)
            self.assertEqual(found["Links"][0], f"{at(STORY)} ann and bob called from {STRANGE}")
            self.assertEqual(found["Truncated"], "" if days == 10 else "Links")


if __name__ == "__main__":
    unittest.main()
