"""The reference of hunt mode at the edges of each rule, as the documentation of the rules states
them.

The comparison with the program only shows that both agree; these tests show that the results are
the intended ones.
"""

from __future__ import annotations

import json
import unittest
from typing import Any

from hunt_reference_baseline import family
from hunt_reference_calls import DAY, HOUR
from hunt_reference_cases import (
    ACCOUNT,
    AT_HOME,
    HOME,
    INSIDE,
    KNOWN,
    LONG,
    OFFICE,
    OTHER,
    ROLE,
    SHORT,
    STORY,
    STRANGE,
    USER,
    at,
    call,
    identity,
    mails,
    row,
    signs,
)
from volume_reference import IndexedEvent


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

    def test_too_many_networks_or_no_usual_network_is_inconclusive(self) -> None:
        event = call(STORY, "GetSendQuota", place=STRANGE, agent="new")
        for networks in (f"*={LONG}", f"52.1.0.0/16={SHORT}", ""):
            rows = (KNOWN, row(USER, networks=networks, clients=f"app={LONG}"))
            self.assertEqual(self.score(event, rows=rows), 0, networks)

    def test_sources_that_the_cloud_excuses(self) -> None:
        """The cloud excuses nothing for a principal whose networks are known."""
        scope = {**identity(ROLE), "inScopeOf": {"issuerType": "AWS::EC2::Instance"}}
        story = [
            call(STORY + number, "GetSendQuota", ROLE, f"52.{60 + number}.0.1", userIdentity=scope)
            for number in range(5)
        ]
        for networks, score in (
            (f"52.1.0.0/16={LONG}", 40),
            (f"*={LONG}", 15),
            (f"52.1.0.0/16={SHORT}", 15),
            ("", 15),  # a file of an older version
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
            ((KNOWN, row(USER, "ses")), OFFICE, 15),  # the principal only made recon calls
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

    def test_a_burst_cannot_be_trained_within_a_week(self) -> None:
        for peaks, count, score in (
            ("2026-W07=11 2026-W09=100", 111, 35),
            ("2026-W07=11 2026-W09=100", 110, 0),
            # the first week ended 7 days before, on 2026-02-23
            ("2026-W08=11 2026-W09=100", 111, 35),
            ("2026-W09=11", 111, 0),
            ("", 111, 0),
        ):
            used = row(USER, "ses", peak_hour="100", peaks=peaks)
            found = signs(mails(STORY, count), KNOWN, AT_HOME, used)
            self.assertEqual(found.get("burst", 0), score, (peaks, count))

    def test_a_principal_that_is_vouched_for(self) -> None:
        """Its first use is a burst from a stranger's address."""
        child = f"arn:aws:iam::{ACCOUNT}:role/new"
        story = mails(STORY, 101, place=STRANGE, who=child)
        for places, score in (([OFFICE], 25), ([STRANGE], 35), ([OFFICE, STRANGE], 35), ([], 35)):
            makings = [
                call(STORY - number - 1, "CreateRole", OTHER, place, parameters={"roleName": "new"})
                for number, place in enumerate(places)
            ]
            self.assertEqual(signs([*makings, *story], KNOWN, who=child)["burst"], score, places)
        for days, source, score in ((29, "k", 25), (31, "k", 35), (29, "s", 35)):
            text = f"{at(STORY - days * DAY)}/{OTHER}/{source}"
            made = row(child, first=STORY - 3 * DAY, made=text)
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

    def test_a_new_client_on_the_day_of_a_drip_rules_out_peers(self) -> None:
        other = ROLE.replace("worker", "worker-AB12CD34EF56")
        peer = row(other, "ses", peak_hour="100", peak_day="400")
        story = [
            event
            for hour in range(8)
            for event in mails(STORY + hour * HOUR, 80, place=OFFICE, who=ROLE)
        ]
        for hour, score in ((23, 25), (24, 0)):
            look = call(STORY + hour * HOUR, "GetSendQuota", ROLE, OFFICE, "new")
            found = signs([*story, look], KNOWN, peer, who=ROLE)
            self.assertEqual(found.get("drip", 0), score, hour)

    def test_calls_that_aws_makes_for_a_role_count_only_as_volume(self) -> None:
        session = {**identity(ROLE), "invokedBy": "states.amazonaws.com"}
        enable = call(STORY, "CreateEmailIdentity", ROLE, OFFICE)
        story = [enable, *mails(STORY, 101, who=ROLE, userIdentity=session)]
        found = signs(story, KNOWN, who=ROLE)
        self.assertEqual(found, {"burst": 25, "first_use": 15})

    def test_enabling_by_a_stranger_counts_for_three_days(self) -> None:
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


if __name__ == "__main__":
    unittest.main()
