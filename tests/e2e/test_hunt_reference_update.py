"""The reference of the baseline at the limits of a row, as the documentation states them."""

from __future__ import annotations

import unittest
from typing import Any

from hunt_reference_baseline import Baseline, BaselineRow, from_columns, to_columns
from hunt_reference_calls import DAY, HOUR
from hunt_reference_cases import (
    ACCOUNT,
    KNOWN,
    NOW,
    OFFICE,
    OTHER,
    ROLE,
    STORY,
    STRANGE,
    USER,
    at,
    call,
    mails,
    row,
)
from hunt_reference_update import update_baseline
from volume_reference import IndexedEvent


class UpdateTest(unittest.TestCase):
    END = call(STORY, "GetSendQuota", OTHER)

    def learn(
        self, *events: IndexedEvent, rows: Any = (), now: int = NOW
    ) -> dict[Any, BaselineRow]:
        known = Baseline(dict(rows))
        return update_baseline([*events, self.END], known, now=now).rows

    def columns(
        self, *events: IndexedEvent, service: str = "ses", rows: Any = ()
    ) -> dict[str, str]:
        key = (ACCOUNT, USER, service)
        return to_columns(key, self.learn(*events, rows=rows)[key])

    def test_contents_of_a_row(self) -> None:
        day = STORY - 20 * DAY  # 2026-02-10, a Tuesday in week 7
        story = [*mails(day, 60), *mails(day + HOUR, 30), *mails(day + 7 * DAY, 20)]
        failed = call(day - DAY, "SendEmail", errorCode="AccessDenied", awsRegion="eu-west-1")
        found = self.columns(*story, failed)
        self.assertEqual(found["first_seen"], at(day - DAY))
        self.assertEqual((found["peak_hour"], found["peak_day"]), ("60", "90"))
        self.assertEqual(found["peaks"], "2026-W07=60 2026-W08=20")
        self.assertEqual(found["phases"], "use=2026-02-10/2026-02-17")
        self.assertEqual(found["regions"], "us-east-1=2026-02-10/2026-02-17")
        own = self.columns(*story, failed, service="account")
        self.assertEqual(own["networks"], "52.1.0.0/16=2026-02-09/2026-02-17")
        self.assertEqual((own["phases"], own["peak_hour"]), ("", "0"))

    def test_hours_left_for_the_next_run(self) -> None:
        for seconds, is_there in ((0, False), (-1, True)):
            hour = STORY - DAY - HOUR + (0 if seconds == 0 else -HOUR)
            rows = self.learn(*mails(hour + 3599, 1))
            self.assertEqual((ACCOUNT, USER, "ses") in rows, is_there)

    def test_old_values_are_removed(self) -> None:
        regions = "a=2025-01-01/2025-12-01 b=2025-01-01/2025-12-02"
        old = row(USER, "ses", peak_hour="5", regions=regions)
        found = self.columns(*mails(STORY - 3 * DAY, 1), rows=[old])
        regions = "b=2025-01-01/2025-12-02 us-east-1=2026-02-27/2026-02-27"
        self.assertEqual(found["regions"], regions)
        gone = from_columns(
            {
                **to_columns(*old),
                "first_seen": at(STORY - 95 * DAY),
                "last_seen": at(STORY - 92 * DAY),
            }
        )
        self.assertNotIn((ACCOUNT, USER, "ses"), self.learn(rows=[gone]))

    def test_too_many_values_become_one(self) -> None:
        for count in (32, 33):
            story = [
                call(STORY - (9 + number) * DAY, "SendEmail", awsRegion=f"r{number}")
                for number in range(count)
            ]
            regions = self.columns(*story)["regions"]
            self.assertEqual(len(regions.split()), 32 if count == 32 else 1)
        self.assertEqual(regions, "*=2026-01-20/2026-02-21")
        starred = row(USER, "ses", regions="*=2026-01-01/2026-01-02")
        found = self.columns(*mails(STORY - 3 * DAY, 1), rows=[starred])
        beside = "*=2026-01-01/2026-01-02 us-east-1=2026-02-27/2026-02-27"
        self.assertEqual(found["regions"], beside)

    def test_impossible_times(self) -> None:
        story = [*mails(-1, 1), *mails(NOW + DAY + 1, 1)]
        self.assertEqual(set(self.learn(*story, now=NOW)), set())

    def test_makers_of_principals(self) -> None:
        time = STORY - 5 * DAY
        made = call(time, "CreateUser", OTHER, OFFICE, parameters={"userName": "a b"})
        again = call(time + 60, "CreateAccessKey", OTHER, STRANGE, parameters={"userName": "a b"})
        child = (ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/a b", "account")
        found = to_columns(child, self.learn(made, again, rows=[KNOWN])[child])
        self.assertEqual(
            found["made"],
            f"{at(time)}/{OTHER}/s {at(time + 60)}/{OTHER}/s",  # both within one hour
        )
        self.assertEqual((found["first_seen"], found["last_seen"]), (at(time + 60),) * 2)
        found = to_columns(child, self.learn(made, rows=[KNOWN])[child])
        self.assertEqual(found["made"], f"{at(time)}/{OTHER}/k")


class ParentsTest(unittest.TestCase):
    """The parents of roles, if [service:links] is enabled."""

    KEY = (ACCOUNT, ROLE, "account")

    def learn(self, *events: IndexedEvent, rows: Any = (), **given: Any) -> Baseline:
        end = call(STORY, "GetSendQuota", OTHER)
        given = {"now": NOW, "with_links": True, **given}
        return update_baseline([*events, end], Baseline(dict(rows)), **given)

    def assumed(self, days: int, arn: str = ROLE, who: str = USER, **more: Any) -> IndexedEvent:
        parameters = {"roleArn": arn}
        return call(STORY - days * DAY, "AssumeRole", who, parameters=parameters, **more)

    def test_the_days_of_each_parent(self) -> None:
        story = [self.assumed(9), self.assumed(2), self.assumed(5, who=OTHER)]
        story += [self.assumed(3, errorCode="AccessDenied"), self.assumed(0, who=OTHER)]
        found = to_columns(self.KEY, self.learn(*story).rows[self.KEY])
        parents = f"{OTHER}=2026-02-25/2026-02-25 {USER}=2026-02-21/2026-02-28"
        self.assertEqual(found["parents"], parents)
        self.assertEqual((found["first_seen"], found["last_seen"]), ("2026-02-28T00:00:00Z",) * 2)
        self.assertNotIn(self.KEY, self.learn(*story, with_links=False).rows)

    def test_being_assumed_is_not_activity(self) -> None:
        learned = self.learn(self.assumed(9), self.assumed(2))
        self.assertFalse(learned.has_rows(ACCOUNT, ROLE, STORY))
        # The caller has a row for the service, but no source was recorded for it.
        self.assertIn((ACCOUNT, USER, "links"), learned.rows)
        self.assertNotIn((ACCOUNT, USER, "account"), learned.rows)
        acts = call(STORY - 4 * DAY, "GetSendQuota", ROLE)
        learned = self.learn(acts, rows=[(self.KEY, learned.rows[self.KEY])])
        found = to_columns(self.KEY, learned.rows[self.KEY])
        self.assertEqual((found["first_seen"], found["last_seen"]), (at(STORY - 4 * DAY),) * 2)
        self.assertEqual(found["parents"], f"{USER}=2026-02-21/2026-02-28")

    def test_a_role_of_another_account(self) -> None:
        arn = "arn:aws:iam::222222222222:role/app/deploy"
        rows = self.learn(self.assumed(2, arn)).rows
        self.assertEqual(list(rows["222222222222", arn, "account"].lists["parents"]), [USER])

    def test_a_role_that_assumes_itself_is_not_a_parent(self) -> None:
        """A principal of the same name in another account, or of another kind, is a parent."""
        own_name = ROLE.replace("worker", "app/worker")
        for who, arn, is_parent in (
            (ROLE, ROLE, False),
            (own_name, ROLE, False),
            (ROLE, ROLE.replace(ACCOUNT, "222222222222"), True),
            (USER.replace("ann", "worker"), ROLE, True),
        ):
            rows = self.learn(self.assumed(2, arn, who)).rows
            found = [row.lists["parents"] for row in rows.values() if row.lists["parents"]]
            self.assertEqual(list(map(list, found)), [[who]] if is_parent else [], (who, arn))


if __name__ == "__main__":
    unittest.main()
