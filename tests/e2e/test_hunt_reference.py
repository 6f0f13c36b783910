"""The reference of hunt mode and of the baseline at the edges of each rule, as the texts say.

The comparison with the program says only that both agree; this says that they do what is wanted.
"""

from __future__ import annotations

import json
import unittest
from datetime import datetime, timezone
from typing import Any, Optional

from hunt_reference import expected_hunt
from hunt_reference_baseline import Baseline, BaselineRow, family, from_columns, to_columns
from hunt_reference_calls import DAY, HOUR
from hunt_reference_update import update_baseline
from shipped_catalogue import catalogue_calls
from volume_reference import IndexedEvent

ACCOUNT = "111111111111"
USER = f"arn:aws:iam::{ACCOUNT}:user/ann"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/worker"
OTHER = f"arn:aws:iam::{ACCOUNT}:role/backoffice"
STORY = 1_772_409_600 + 10 * HOUR  # Monday, 2026-03-02T10:00:00Z
NOW = STORY + 30 * DAY

HOME, OFFICE, STRANGE, INSIDE = "52.1.0.1", "52.2.0.1", "52.90.0.1", "10.0.0.1"
_SOURCES = {call.name: call.source for call in catalogue_calls()}
LONG = "2025-12-20/2026-02-20"  # usual
SHORT = "2026-02-20/2026-02-26"  # not: 6 days


def at(time: int) -> str:
    return datetime.fromtimestamp(time, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def identity(principal: str) -> dict[str, Any]:
    if ":user/" in principal:
        return {"type": "IAMUser", "arn": principal, "accessKeyId": "ASIAX"}
    issuer = {"sessionIssuer": {"type": "Role", "arn": principal}}
    return {"type": "AssumedRole", "arn": "x/job", "sessionContext": issuer}


def call(
    time: int,
    name: str,
    who: str = USER,
    place: Optional[str] = HOME,
    agent: str = "app",
    parameters: Any = None,
    **members: Any,
) -> IndexedEvent:
    record = {
        "eventTime": at(time),
        "eventSource": _SOURCES[name],
        "eventName": name,
        "awsRegion": "us-east-1",
        "sourceIPAddress": place,
        "userAgent": agent,
        "userIdentity": identity(who),
        "recipientAccountId": ACCOUNT,
        "requestParameters": parameters,
        **members,
    }
    return None, json.dumps(record).encode()


def mails(time: int, count: int, **more: Any) -> list[IndexedEvent]:
    """So many messages, 50 in an event at most, within a minute."""
    events = []
    for number, start in enumerate(range(0, count, 50)):
        to = ["x"] * min(50, count - start)
        parameters = {"destination": {"toAddresses": to}}
        events.append(call(time + number, "SendEmail", parameters=parameters, **more))
    return events


def row(
    principal: str, service: str = "account", first: int = STORY - 60 * DAY, **columns: str
) -> Any:
    """A row of the file; the principal's first day is long ago."""
    return from_columns(
        {
            "account": ACCOUNT,
            "principal": principal,
            "service": service,
            "first_seen": at(first),
            "last_seen": at(STORY - 3 * DAY),
            "peak_hour": "0",
            **columns,
        }
    )


# The account is known; others work from the office with the client `app`.
KNOWN = row(OTHER, networks=f"52.2.0.0/16={LONG}", clients=f"app={LONG}")
# So is the user, who works from home.
AT_HOME = row(USER, networks=f"52.1.0.0/16={LONG} 52.3.0.0/16={SHORT}", clients=f"app={LONG}")


def signs(events: list[IndexedEvent], *rows: Any, who: str = USER, **given: Any) -> dict[str, int]:
    """The rules that fire for a principal, and their scores."""
    # Only this principal's: the others' rows are asked for one by one.
    expected = expected_hunt(events, min_risk=0, baseline=Baseline(dict(rows)), **given)
    [found] = [one for one in expected.rows if one["Principal"] == who] or [{"Evidence": ""}]
    names = found["Evidence"] if isinstance(found["Evidence"], list) else [found["Evidence"]]
    return {name: score for name, score in expected.fired if name in names}


class NewSourceTest(unittest.TestCase):
    def score(self, *events: IndexedEvent, rows: Any = (KNOWN, AT_HOME), **given: Any) -> int:
        return signs(list(events), *rows, **given).get("new_source", 0)

    def test_a_principal_with_rows(self) -> None:
        for place, agent, score in (
            (HOME, "app", 0),
            (HOME, "new", 0),
            (OFFICE, "app", 0),
            (OFFICE, "new", 30),
            (STRANGE, "app", 15),
            (STRANGE, "new", 40),
            ("52.3.0.1", "new", 40),  # not usual yet
            (INSIDE, "new", 0),
            (None, "new", 0),
            ("appstream.amazonaws.com", "new", 40),
        ):
            event = call(STORY, "GetSendQuota", place=place, agent=agent)
            self.assertEqual(self.score(event), score, (place, agent))

    def test_a_listed_network(self) -> None:
        event = call(STORY, "GetSendQuota", place=STRANGE, agent="new")
        self.assertEqual(self.score(event, networks=["52.90.0.0/24"]), 30)

    def test_workload_credentials_and_two_places_at_once(self) -> None:
        scope = {**identity(USER), "inScopeOf": {"issuerType": "AWS::EC2::Instance"}}
        stolen = call(STORY, "GetSendQuota", place=STRANGE, agent="new", userIdentity=scope)
        self.assertEqual(self.score(stolen), 50)
        event = call(STORY, "GetSendQuota", place=STRANGE, agent="new")
        self.assertEqual(self.score(event, call(STORY + 3599, "GetSendQuota")), 50)
        self.assertEqual(self.score(event, call(STORY + 3600, "GetSendQuota")), 40)

    def test_a_hundred_messages_in_a_day(self) -> None:
        first = mails(STORY, 50, place=STRANGE)
        for hours, count, score in ((23, 50, 25), (23, 49, 15), (24, 50, 15)):
            second = mails(STORY + hours * HOUR, count, place=STRANGE)
            self.assertEqual(self.score(*first, *second), score, (hours, count))
        by_role = mails(STORY, 100, place=STRANGE, who=ROLE)
        rows = (KNOWN, row(ROLE, networks=f"52.1.0.0/16={LONG}", clients=f"app={LONG}"))
        self.assertEqual(self.score(*by_role, rows=rows, who=ROLE), 15)

    def test_no_rows(self) -> None:
        for who, agent, place, score in (
            (USER, "app", STRANGE, 25),
            (ROLE, "app", STRANGE, 15),
            (ROLE, "new", STRANGE, 25),
            (USER, "new", OFFICE, 0),
        ):
            event = call(STORY, "GetSendQuota", who=who, place=place, agent=agent)
            self.assertEqual(self.score(event, rows=[KNOWN], who=who), score, (who, agent, place))

    def test_too_many_networks_and_nothing_usual_say_nothing(self) -> None:
        event = call(STORY, "GetSendQuota", place=STRANGE, agent="new")
        for networks in (f"*={LONG}", f"52.1.0.0/16={SHORT}", ""):
            rows = (KNOWN, row(USER, networks=networks, clients=f"app={LONG}"))
            self.assertEqual(self.score(event, rows=rows), 0, networks)

    def test_what_the_cloud_excuses(self) -> None:
        """Nothing of a principal whose networks are known."""
        scope = {**identity(ROLE), "inScopeOf": {"issuerType": "AWS::EC2::Instance"}}
        story = [
            call(STORY + number, "GetSendQuota", ROLE, f"52.{60 + number}.0.1", userIdentity=scope)
            for number in range(5)
        ]
        for networks, score in (
            (f"52.1.0.0/16={LONG}", 40),
            (f"*={LONG}", 15),
            (f"52.1.0.0/16={SHORT}", 15),
            ("", 15),  # a file of before
        ):
            rows = (KNOWN, row(ROLE, networks=networks, clients=f"app={LONG}"))
            self.assertEqual(signs(story, *rows, who=ROLE)["rotating_ips"], score, networks)
        self.assertEqual(signs(story, KNOWN, who=ROLE)["rotating_ips"], 15)
        self.assertEqual(signs(story, who=ROLE)["rotating_ips"], 15)

    def test_a_young_principal_has_no_rows(self) -> None:
        event = call(STORY, "GetSendQuota", place=STRANGE, agent="new")
        for seconds, score in ((0, 40), (1, 25)):
            first = STORY - 7 * DAY + seconds
            young = row(USER, first=first, networks=f"52.1.0.0/16={LONG}", clients=f"app={LONG}")
            self.assertEqual(self.score(event, rows=(KNOWN, young)), score)

    def test_an_account_that_is_not_known(self) -> None:
        event = call(STORY + 1800, "GetSendQuota", place=STRANGE, agent="new")
        for seconds, score in ((0, 25), (1, 0)):  # the hour decides
            first = STORY - 14 * DAY + seconds
            known = row(OTHER, first=first, networks=f"52.2.0.0/16={LONG}", clients=f"app={LONG}")
            self.assertEqual(self.score(event, rows=[known]), score)


class UseTest(unittest.TestCase):
    SES = row(OTHER, "ses", peak_hour="10")

    def test_first_use(self) -> None:
        for rows, place, score in (
            ((KNOWN, self.SES), OFFICE, 5),
            ((KNOWN,), OFFICE, 15),
            ((KNOWN, self.SES), STRANGE, 10),
            ((KNOWN,), STRANGE, 25),
            ((), STRANGE, 0),
            ((KNOWN, row(USER, "ses", peak_hour="1")), OFFICE, 0),
            ((KNOWN, row(USER, "ses")), OFFICE, 15),  # it only looked
        ):
            found = signs(mails(STORY, 1, place=place), *rows)
            self.assertEqual(found.get("first_use", 0), score, (rows, place))

    def test_peers_excuse_unless_the_client_is_new(self) -> None:
        peer = row(ROLE.replace("worker", "worker-AB12CD34EF56"), "ses", peak_hour="1")
        for agent, score in (("app", 0), ("new", 5)):
            story = mails(STORY, 1, place=OFFICE, who=ROLE, agent=agent)
            found = signs(story, KNOWN, peer, who=ROLE)
            self.assertEqual(found.get("first_use", 0), score)

    def test_families(self) -> None:
        sso = "arn:aws:iam::1:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_1/ann"
        for principal, expected in (
            (sso, "AWSReservedSSO_Admin_1"),
            ("arn:aws:iam::1:role/x/pr-12-Task0A1B2C3D-ABCDEFGHIJKLM", "pr-#-Task"),
            ("arn:aws:iam::1:role/deploy-XY12ZW34VU5", "deploy-XY#ZW#VU#"),
            ("arn:aws:iam::1:user/ann1", None),
        ):
            self.assertEqual(family(principal), expected)

    def test_burst(self) -> None:
        used = row(USER, "ses", peak_hour="40")
        for rows, count, place, agent, score in (
            ((), 101, STRANGE, "app", 25),
            ((KNOWN, AT_HOME, used), 120, HOME, "app", 0),
            ((KNOWN, AT_HOME, used), 121, HOME, "app", 25),
            ((KNOWN, AT_HOME, used), 121, STRANGE, "new", 35),
            ((KNOWN, AT_HOME, used), 301, STRANGE, "new", 45),
            ((KNOWN, AT_HOME, used), 1001, STRANGE, "new", 55),
            ((KNOWN,), 101, STRANGE, "app", 35),
            ((KNOWN,), 101, OFFICE, "app", 25),
        ):
            found = signs(mails(STORY, count, place=place, agent=agent), *rows)
            self.assertEqual(found.get("burst", 0), score, (count, place, agent))

    def test_a_burst_cannot_be_trained_in_a_week(self) -> None:
        for peaks, count, score in (
            ("2026-W07=11 2026-W09=100", 111, 35),
            ("2026-W07=11 2026-W09=100", 110, 0),
            ("2026-W08=11 2026-W09=100", 111, 35),  # ended a week before, on 2026-02-23
            ("2026-W09=11", 111, 0),
            ("", 111, 0),
        ):
            used = row(USER, "ses", peak_hour="100", peaks=peaks)
            found = signs(mails(STORY, count), KNOWN, AT_HOME, used)
            self.assertEqual(found.get("burst", 0), score, (peaks, count))

    def test_who_is_vouched_for(self) -> None:
        """Its first use in a burst comes from a stranger's address."""
        child = f"arn:aws:iam::{ACCOUNT}:role/new"
        story = mails(STORY, 101, place=STRANGE, who=child)
        for places, score in (([OFFICE], 25), ([STRANGE], 35), ([OFFICE, STRANGE], 35), ([], 35)):
            makings = [
                call(STORY - number - 1, "CreateRole", OTHER, place, parameters={"roleName": "new"})
                for number, place in enumerate(places)
            ]
            self.assertEqual(signs([*makings, *story], KNOWN, who=child)["burst"], score, places)
        for days, source, score in ((29, "k", 25), (31, "k", 35), (29, "s", 35)):
            made = row(child, made=f"{at(STORY - days * DAY)}/{OTHER}/{source}")
            self.assertEqual(signs(story, KNOWN, made, who=child)["burst"], score, days)

    def test_drip(self) -> None:
        def a_day(hours: int, total: int) -> list[IndexedEvent]:
            events = []
            for number in range(hours):
                part = total // hours + (total % hours if number == 0 else 0)
                events += mails(STORY + number * 23 // (hours - 1) * HOUR, part, place=OFFICE)
            return events

        for hours, total, rows, score in (
            (8, 601, (), 25),
            (8, 600, (), 0),
            (7, 601, (), 0),
            (8, 601, (row(USER, "ses", peak_hour="1", peak_day="200"),), 25),
            (8, 601, (row(USER, "ses", peak_hour="1", peak_day="201"),), 0),
            (8, 601, (row(USER, "ses", peak_hour="9"),), 0),  # 24 times the hour
        ):
            found = signs(a_day(hours, total), KNOWN, *rows)
            self.assertEqual(found.get("drip", 0), score, (hours, total))

    def test_what_aws_does_for_a_role_counts_as_volume_only(self) -> None:
        session = {**identity(ROLE), "invokedBy": "states.amazonaws.com"}
        enable = call(STORY, "CreateEmailIdentity", ROLE, OFFICE)
        story = [enable, *mails(STORY, 101, who=ROLE, userIdentity=session)]
        found = signs(story, KNOWN, who=ROLE)
        self.assertEqual(found, {"burst": 25, "first_use": 15})

    def test_the_enabling_of_a_stranger_counts_for_three_days(self) -> None:
        for place, gap, score in (
            (STRANGE, 72 * HOUR, 20),
            (STRANGE, 72 * HOUR + 1, 0),
            (OFFICE, 6 * HOUR + 1, 0),
            (OFFICE, 6 * HOUR, 35),
        ):
            story = [call(STORY, "CreateEmailIdentity", place=place), *mails(STORY + gap, 1)]
            self.assertEqual(signs(story, KNOWN).get("enable_then_use", 0), score, (place, gap))

    def test_routine(self) -> None:
        story = [call(STORY, "CreateEmailIdentity"), *mails(STORY, 1)]
        for phases, score in ((f"enable={LONG} use={LONG}", 10), (f"enable={LONG}", 45)):
            found = signs(story, KNOWN, row(USER, "ses", phases=phases))
            self.assertEqual(found["enable_then_use"], score)

    def test_choices(self) -> None:
        for models, score in ((3, 15), (2, 0)):
            story = [
                call(STORY, "InvokeModel", parameters={"modelId": f"m{number}"})
                for number in range(models)
            ]
            used = row(USER, "bedrock", peak_hour="1", models=f"m9={LONG}", regions=f"*={LONG}")
            self.assertEqual(signs(story, KNOWN, AT_HOME, used).get("new_choice", 0), score)


class AccountTest(unittest.TestCase):
    def test_trails(self) -> None:
        stop = call(STORY, "StopLogging", parameters={"name": "main"})
        self.assertEqual(signs([stop])["trail_tampering"], 40)
        for name, gap, score in (("second", HOUR, 15), ("second", HOUR + 1, 40), ("main", 9, 40)):
            other = call(STORY + gap, "CreateTrail", parameters={"name": name})
            self.assertEqual(signs([stop, other])["trail_tampering"], score, (name, gap))
        tamper = row(USER, phases=f"tamper={LONG}", clients=f"app={LONG}")
        self.assertEqual(signs([stop], KNOWN, tamper)["trail_tampering"], 15)
        for who, place, score in ((ROLE, OFFICE, 15), (ROLE, STRANGE, 40), (USER, OFFICE, 40)):
            select = call(STORY, "PutEventSelectors", who, place, parameters={"trailName": "main"})
            self.assertEqual(signs([select], KNOWN, who=who)["trail_tampering"], score)
        for group, score in (("/aws/bedrock/x", 40), ("app/ses", 40), ("sessions", 0)):
            gone = call(STORY, "DeleteLogGroup", parameters={"logGroupName": group})
            self.assertEqual(signs([gone]).get("trail_tampering", 0), score, group)

    def test_a_log_that_is_restored(self) -> None:
        gone = call(STORY, "DeleteModelInvocationLoggingConfiguration")
        on = {"loggingConfig": {"textDataDeliveryEnabled": True}}
        for gap, region, score in ((600, "us-east-1", 10), (601, "us-east-1", 40), (1, "x", 40)):
            name = "PutModelInvocationLoggingConfiguration"
            back = call(STORY + gap, name, parameters=on, awsRegion=region)
            self.assertEqual(signs([gone, back])["evade"], score, (gap, region))

    def test_grants(self) -> None:
        foreign = {"AWS": "arn:aws:iam::999999999999:root"}
        external = {"StringEquals": {"sts:ExternalId": "1"}}
        for principal, condition, score in (
            (foreign, None, 30),
            ({"AWS": ["999999999999", ACCOUNT]}, None, 30),
            (foreign, external, 10),
            ("*", None, 40),
            ({"AWS": "*"}, external, 10),
            ({"AWS": ACCOUNT}, None, 0),
            ({"AWS": "222222222222"}, None, 0),
            ("*", {"StringEquals": {"aws:PrincipalOrgID": "o"}}, 0),
            ({"Service": "ec2.amazonaws.com"}, None, 0),
        ):
            statement = {"Effect": "Allow", "Principal": principal, "Condition": condition}
            parameters = {"assumeRolePolicyDocument": json.dumps({"Statement": [statement]})}
            story = [call(STORY, "CreateRole", parameters=parameters)]
            found = signs(story, own_accounts=["222222222222"])
            self.assertEqual(found.get("foreign_grant", 0), score, (principal, condition))

    def test_ways_to_mail(self) -> None:
        mail = json.dumps({"Statement": {"Effect": "Allow", "Action": "ses:SendRawEmail"}})
        policy = f"arn:aws:iam::{ACCOUNT}:policy/x/mailing"
        made = call(STORY, "CreateUser", parameters={"userName": "m"})
        created = {"policyName": "mailing", "policyDocument": mail}

        def grants(*calls: tuple[str, dict[str, str]]) -> int:
            later = [call(STORY + 60, name, parameters=parameters) for name, parameters in calls]
            return signs([made, *later]).get("smtp_credentials", 0)

        to_group = ("AddUserToGroup", {"userName": "m", "groupName": "g"})
        to_console = {"userName": "m", "groupName": "AWSSESSendingGroupDoNotRename"}
        attached = ("AttachUserPolicy", {"userName": "m", "policyArn": policy})
        to_all = ("AttachGroupPolicy", {"groupName": "g", "policyArn": policy})
        self.assertEqual(grants(to_group), 0)
        self.assertEqual(grants(("AddUserToGroup", to_console)), 30)
        inline = ("PutGroupPolicy", {"groupName": "g", "policyDocument": mail})
        self.assertEqual(grants(to_group, inline), 30)
        self.assertEqual(grants(attached), 0)
        self.assertEqual(grants(attached, ("CreatePolicy", created)), 30)
        self.assertEqual(grants(to_group, to_all, ("CreatePolicy", created)), 30)
        self.assertEqual(grants(to_group, to_all), 0)
        self.assertEqual(signs([call(STORY, "CreateRelay")])["smtp_credentials"], 30)
        opened = call(STORY, "CreateIngressPoint", parameters={"type": "OPEN"})
        self.assertEqual(signs([opened]), {})


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

    def test_what_a_row_holds(self) -> None:
        day = STORY - 20 * DAY  # 2026-02-10, a Tuesday of the 7th week
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

    def test_hours_that_are_left_for_the_next_run(self) -> None:
        for seconds, is_there in ((0, False), (-1, True)):
            hour = STORY - DAY - HOUR + (0 if seconds == 0 else -HOUR)
            rows = self.learn(*mails(hour + 3599, 1))
            self.assertEqual((ACCOUNT, USER, "ses") in rows, is_there)

    def test_what_is_old_goes(self) -> None:
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

    def test_times_that_cannot_be(self) -> None:
        story = [*mails(-1, 1), *mails(NOW + DAY + 1, 1)]
        self.assertEqual(set(self.learn(*story, now=NOW)), set())

    def test_who_made_whom(self) -> None:
        time = STORY - 5 * DAY
        made = call(time, "CreateUser", OTHER, OFFICE, parameters={"userName": "a b"})
        again = call(time + 60, "CreateAccessKey", OTHER, STRANGE, parameters={"userName": "a b"})
        child = (ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/a b", "account")
        found = to_columns(child, self.learn(made, again, rows=[KNOWN])[child])
        self.assertEqual(
            found["made"],
            f"{at(time)}/{OTHER}/s {at(time + 60)}/{OTHER}/s",  # of one hour
        )
        self.assertEqual((found["first_seen"], found["last_seen"]), (at(time + 60),) * 2)
        found = to_columns(child, self.learn(made, rows=[KNOWN])[child])
        self.assertEqual(found["made"], f"{at(time)}/{OTHER}/k")


if __name__ == "__main__":
    unittest.main()
