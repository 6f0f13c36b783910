"""Makes lookups/cloudhijack_demo.csv: python3 tests/e2e/demo_lookup.py

A day of two accounts in about 300 records, small enough to ship: one attack on each of six
services, a newsletter and a deployment. The report "Cloudhijack - Try it" searches it, so that a
new installation shows findings without any data.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from azure_records import IMAGES, AzureTrail, Resource, stolen_keys
from hunt_records import BOTO, CLI, HOUR, MINUTE, MONDAY, PROBE, TERRAFORM, Trail, World
from made_part import ROOT
from messaging_records import SendGridTrail, TwilioTrail
from messaging_scenarios import BANGLADESH, stolen_login
from provider_day import time_of

LOOKUP = ROOT / "lookups/cloudhijack_demo.csv"

WORLD = World()
RESOURCE = Resource("0b1f6471-1bf0-4dda-aec3-cb9272f09590", "Shop-AI")
OFFICE = ["3fff:10::25"]
ATTACKER = "3fff:9d4::66"


def ses_attack(trail: Trail, start: float) -> None:
    """A leaked key makes a user, which sends 600 mails and removes its mail identity again."""
    leaked = WORLD.user("deploy-bot", [ATTACKER], CLI)
    mailer = WORLD.user("mailer", [ATTACKER], BOTO)
    identity = "invoices@example.org"
    for number, call in enumerate(("ses:GetSendQuota", "ses:ListIdentities")):
        trail.add(leaked, call, start + 7 * number)
    trail.add(leaked, "iam:CreateUser", start + 2 * MINUTE, about="mailer")
    trail.add(leaked, "iam:CreateAccessKey", start + 2 * MINUTE + 4, about="mailer")
    trail.add(mailer, "ses:CreateEmailIdentity", start + 8 * MINUTE, about=identity)
    for number in range(60):
        trail.add(mailer, "ses:SendBulkEmail", start + (9 + number / 6) * MINUTE, about=identity)
    trail.add(mailer, "ses:DeleteEmailIdentity", start + 24 * MINUTE, about=identity)


def sns_attack(trail: Trail, start: float) -> None:
    """A build key raises the SMS limits and publishes 300 messages in batches."""
    thief = WORLD.user("ci-notifications", ["3fff:5a1::7", "3fff:5a1::8"], BOTO)
    trail.add(thief, "sns:GetSMSAttributes", start)
    trail.add(thief, "sns:GetSMSSandboxAccountStatus", start + 12)
    trail.add(thief, "sns:SetSMSAttributes", start + MINUTE)
    for number in range(30):
        trail.add(thief, "sns:PublishBatch", start + 2 * MINUTE + 20 * number)


def bedrock_attack(trail: Trail, start: float) -> None:
    """A key is checked, model access is requested, logging is switched off, and models are run."""
    thief = WORLD.user("backup-agent", ["3fff:c07::1f"], BOTO)
    for number, region in enumerate(("us-east-1", "us-west-2", "eu-west-1")):
        at = start + 9 * number
        trail.add(thief, "bedrock:InvokeModel", at, region, outcome=PROBE)
        trail.add(thief, "bedrock:GetModelInvocationLoggingConfiguration", at + 3, region)
    trail.add(thief, "bedrock:GetFoundationModelAvailability", start + 3 * MINUTE)
    trail.add(thief, "bedrock:CreateFoundationModelAgreement", start + 3 * MINUTE + 20)
    trail.add(thief, "bedrock:DeleteModelInvocationLoggingConfiguration", start + 4 * MINUTE)
    for number in range(60):
        trail.add(thief, "bedrock:InvokeModel", start + 5 * MINUTE + 15 * number)


def newsletter(trail: Trail, start: float) -> None:
    """Legitimate: 200 mails, which without a baseline look like any other bulk."""
    sender = WORLD.role("newsletter", "weekly", OFFICE, BOTO)
    for number in range(20):
        trail.add(sender, "ses:SendBulkEmail", start + 30 * number, about="news@example.com")


def deployment(trail: Trail, start: float) -> None:
    """Legitimate: a tool sets up mail in two regions."""
    tool = WORLD.role("terraform", "pipeline", OFFICE, TERRAFORM)
    for number, region in enumerate(("us-east-1", "eu-west-1")):
        at = start + 20 * number
        trail.add(tool, "ses:GetAccount", at, region)
        trail.add(tool, "ses:CreateEmailIdentity", at + 2, region, about="shop.example.com")
        trail.add(tool, "ses:GetEmailIdentity", at + 4, region, about="shop.example.com")


def azure_attack(azure: AzureTrail, start: float) -> None:
    """Key access is enabled again, an unknown application reads the keys, and images are made."""
    stolen_keys(azure, RESOURCE, start, ATTACKER)
    for number in range(20):
        at = start + 12 * MINUTE + 9 * number
        azure.request(RESOURCE, at, IMAGES, address="203.0.113.***", model="dall-e-3")


def sendgrid_attack(mail: SendGridTrail, start: float) -> None:
    """Mails of which many bounce, until SendGrid suspends the account."""
    for number in range(40):
        mail.processed(start + 5 * number)
        if number % 4 == 0:
            mail.bounce(start + 5 * number + 3)
    mail.suspended(start + 20 * MINUTE)


def twilio_attack(texts: TwilioTrail, start: float) -> None:
    """A stolen login permits a country and makes a key, and messages go there."""
    stolen_login(texts, start, ATTACKER)
    for number in range(40):
        texts.sent(start + 10 * MINUTE + 7 * number, f"{BANGLADESH}{number:08}", segments=3)


def records() -> Iterator[tuple[float, bytes]]:
    """Each record with its time."""
    trail, azure = Trail("demo lookup"), AzureTrail("demo of Azure")
    mail, texts = SendGridTrail("demo of SendGrid"), TwilioTrail("demo of Twilio")
    deployment(trail, MONDAY + 8 * HOUR)
    newsletter(trail, MONDAY + 9 * HOUR)
    bedrock_attack(trail, MONDAY + 1 * HOUR)
    sns_attack(trail, MONDAY + 4 * HOUR)
    ses_attack(trail, MONDAY + 13 * HOUR)
    azure_attack(azure, MONDAY + 15 * HOUR)
    sendgrid_attack(mail, MONDAY + 18 * HOUR)
    twilio_attack(texts, MONDAY + 21 * HOUR)
    for line in (*trail.lines, *azure.lines, *mail.lines, *texts.lines):
        yield time_of(line), line


def _written(rows: Sequence[tuple[float, bytes]]) -> str:
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\n")
    writer.writerow(["_time", "_raw"])
    writer.writerows([f"{at:.3f}", line.decode()] for at, line in rows)
    return output.getvalue()


def demo_lookup() -> str:
    """The file; the newest record first, as in an index."""
    return _written(sorted(records(), key=lambda row: row[0], reverse=True))


if __name__ == "__main__":
    LOOKUP.parent.mkdir(exist_ok=True)
    LOOKUP.write_text(demo_lookup(), encoding="utf-8")
    print(f"wrote {LOOKUP.relative_to(ROOT)}")
