"""Attacks, and legitimate work that resembles them: each story with the answer that it must get.

The answers follow from the rules alone: a story's score is the sum that a reader of the rules
calculates. There is no baseline here.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from hunt_records import (
    BOTO,
    CLAUDE_CODE,
    CLI,
    CONSOLE,
    DAY,
    DENIED_EXCEPTION,
    HIDDEN,
    HOUR,
    JAVASCRIPT,
    MINUTE,
    MONDAY,
    PROBE,
    REGIONS,
    REJECTED,
    TERRAFORM,
    THROTTLED,
    TOO_MANY_TOKENS,
    Caller,
    Trail,
    World,
)

T = TypeVar("T")

SEVERITIES = ["informational", "low", "medium", "high", "critical"]
MARKERS = {"tool_agent": 15, "bearer_key": 5, "long_term_key": 5, "suspicious_name": 5}
MIN_RISK = 21  # the option's default


def severity_of(score: int) -> str:
    return SEVERITIES[sum(score > band for band in (20, 40, 60, 80))]


@dataclass(frozen=True)
class Scenario:
    """Events, and the answer that they must get."""

    name: str
    lines: Sequence[bytes]
    # The principals of the story: first the one with the evidence, then those with nothing but,
    # perhaps, markers. In a campaign, all of them are in the row of the first.
    principals: tuple[str, ...]
    in_volume: bool  # whether mode=volume has rows
    # all evidence of the first principal, even if it is too little for a row
    evidence: frozenset[str]
    score: int
    severity: str  # for a benign story the highest that is allowed
    benign: bool = False
    bursts_on: str = ""  # the only day on which there is a burst, if that matters
    campaign: bool = False

    @property
    def members(self) -> list[str]:
        """The members of the first principal's row."""
        return sorted(self.principals) if self.campaign else [self.principals[0]]

    @property
    def has_only_markers(self) -> bool:
        return self.evidence <= MARKERS.keys()

    @property
    def has_row(self) -> bool:
        """Markers raise the score of a row but never make one."""
        markers = sum(score for marker, score in MARKERS.items() if marker in self.evidence)
        return self.score - markers >= MIN_RISK


def _scenario(
    name: str,
    trail: Trail,
    principals: Sequence[Caller],
    evidence: str,
    score: int,
    severity: str,
    *,
    in_volume: bool = False,
    benign: bool = False,
    bursts_on: str = "",
    campaign: bool = False,
) -> Scenario:
    who = tuple(caller.principal for caller in principals)
    ids = frozenset(evidence.split())
    return Scenario(
        name, trail.lines, who, in_volume, ids, score, severity, benign, bursts_on, campaign
    )


def _evenly(start: float, seconds: float, count: int) -> list[float]:
    """This many times; the last is within this many seconds of the first."""
    return [start + seconds * number / count for number in range(count)]


# Attacks


def first_mails(world: World) -> Scenario:
    trail = Trail("first mails")
    caller = world.role("orders", "i-0f3a9c51", world.addresses(0, 1), BOTO)
    for at in _evenly(MONDAY + 10 * HOUR, MINUTE, 10):
        trail.add(caller, "ses:SendEmail", at)
    return _scenario("10 mails in a minute", trail, [caller], "", 0, "informational")


def sms_switched_on(world: World) -> Scenario:
    trail = Trail("SMS switched on")
    caller = world.role("build-agent", "i-08d2e6b7", world.addresses(1, 1), BOTO)
    start = MONDAY + 11 * HOUR
    topic = {"name": world.own("alerts")}
    trail.add(caller, "sns:SetSMSAttributes", start)
    trail.add(caller, "sns:CreateTopic", start + 9, parameters=topic)
    for at in _evenly(start + 21, 30, 5):
        trail.add(caller, "sns:Publish", at)
    name = "SMS attributes set, a topic made, 5 messages published"
    return _scenario(name, trail, [caller], "enable_then_use", 45, "medium")


def first_invocations(world: World) -> Scenario:
    trail = Trail("first invocations")
    caller = world.role("reports", "i-04c7b1aa", world.addresses(2, 1), BOTO)
    for at in _evenly(MONDAY + 12 * HOUR, 5 * MINUTE, 15):
        trail.add(caller, "bedrock:InvokeModel", at)
    return _scenario("15 model invocations", trail, [caller], "", 0, "informational")


def refused_mail(world: World) -> Scenario:
    trail = Trail("refused mail")
    caller = world.role("intranet", "i-0b96f0d3", world.addresses(3, 1), BOTO)
    start = MONDAY + 13 * HOUR + 17 * MINUTE
    trail.add(caller, "ses:CreateEmailIdentity", start, about="it-support@example.net")
    trail.add(caller, "ses:SendEmail", start + 42, outcome=REJECTED, about="it-support@example.net")
    name = "A mail identity made, and within a minute a mail from it, refused"
    return _scenario(name, trail, [caller], "enable_then_use", 45, "medium")


def ses_campaign(world: World) -> Scenario:
    """The recon calls come hours before the first mail, so `recon_then_use` does not fire."""
    trail = Trail("SES campaign")
    caller = world.role("web-frontend", "i-0e51d7c8", world.addresses(4, 2), BOTO)
    start = MONDAY + 13 * HOUR
    trail.add(caller, "ses:GetSendQuota", start)
    trail.add(caller, "ses:GetAccount", start + 2)
    for number, region in enumerate(REGIONS):
        trail.add(caller, "ses:PutAccountDetails", start + 20 + number * 10 // 17, region)
    trail.add(caller, "support:CreateCase", start + 3 * HOUR)
    identity = "invoices@example.org"
    trail.add(caller, "ses:CreateEmailIdentity", start + 5 * HOUR + 30, about=identity)
    mails = _evenly(start + 5 * HOUR + MINUTE, 50 * MINUTE, 5000)
    trail.flood(caller, "ses:SendEmail", mails, about=identity)
    return _scenario(
        "SES campaign: production access asked for in every region in 10 s, 5,000 mails",
        trail,
        [caller],
        "enable_then_use region_spread burst quota_asked",
        100,
        "critical",
        in_volume=True,
    )


def made_user_mails(world: World) -> Scenario:
    """Modelled on the intruders known as DangerDev."""
    trail = Trail("made user mails")
    leaked = world.user("deploy-bot", world.addresses(5, 1), CLI)
    made = world.user("dangerdev", world.addresses(6, 2), CONSOLE, key="ASIA")
    start = MONDAY + 20 * HOUR
    for number, call in enumerate(("GetSendQuota", "ListIdentities", "GetAccountSendingEnabled")):
        trail.add(leaked, f"ses:{call}", start + number * 7)
    for number, call in enumerate(("CreateUser", "CreateLoginProfile", "AttachUserPolicy")):
        trail.add(leaked, f"iam:{call}", start + 300 + number * 4, about="dangerdev")
    trail.add(made, "support:CreateCase", start + HOUR)
    identity = "parcel@example.org"
    verified = start + 3 * HOUR + 5 * MINUTE
    trail.add(made, "ses:VerifyEmailIdentity", verified, about=identity)
    for at in _evenly(verified + 50, 12 * MINUTE, 400):
        trail.add(made, "ses:SendEmail", at, about=identity)
    trail.add(made, "ses:DeleteIdentity", verified + 14 * MINUTE, about=identity)
    return _scenario(
        "DangerDev: a user made with a leaked key asks for more SES, verifies an identity, sends"
        " 400 mails and deletes the identity after 14 min",
        trail,
        [leaked, made],
        "enable_then_use cleanup quota_asked burst made_then_used long_term_key",
        100,
        "critical",
        in_volume=True,
        campaign=True,
    )


def sns_sender(world: World) -> Scenario:
    trail = Trail("SNS Sender")
    caller = world.user("backup-service", world.addresses(7, 1), BOTO)
    start = MONDAY + 4 * HOUR
    for number, region in enumerate(REGIONS[:8]):
        trail.add(caller, "sns:GetSMSAttributes", start + number * 6, region)
        trail.add(caller, "sns:GetSMSSandboxAccountStatus", start + number * 6 + 2, region)
    trail.add(caller, "sns:SetSMSAttributes", start + 3 * MINUTE)
    case = {
        "subject": "Limit Increase: SMS (Text Messaging)",
        "serviceCode": "service-code-text-messaging",
        "categoryCode": "general-limits",
        "severityCode": "high",
        "communicationBody": HIDDEN,
        "language": "en",
    }
    trail.add(caller, "support:CreateCase", start + 20 * MINUTE, parameters=case)
    return _scenario(
        "SNS Sender: SMS limits read in 8 regions and raised with a long-term key; its sends are"
        " not logged",
        trail,
        [caller],
        "recon_spread quota_asked long_term_key",
        55,
        "medium",
    )


def text_messages(world: World) -> Scenario:
    trail = Trail("text messages")
    caller = world.user("crm-export", world.addresses(8, 1), BOTO)
    times = _evenly(MONDAY + DAY + 2 * HOUR + 4 * MINUTE, 50 * MINUTE, 3000)
    trail.flood(caller, "sms-voice:SendTextMessage", times)
    name = "3,000 text messages in 50 min with a long-term key"
    return _scenario(name, trail, [caller], "burst long_term_key", 40, "low")


def _check_key(trail: Trail, caller: Caller, start: float, probed: Sequence[str]) -> None:
    for number, region in enumerate(REGIONS[:8]):
        at = start + number * 11
        trail.add(caller, "bedrock:GetModelInvocationLoggingConfiguration", at + 3, region)
        if region in probed:
            trail.add(caller, "bedrock:InvokeModel", at, region, PROBE)


def key_checker(world: World) -> Scenario:
    trail = Trail("key checker")
    caller = world.user("translations", world.addresses(9, 1), BOTO)
    _check_key(trail, caller, MONDAY + DAY + 5 * HOUR, REGIONS[:1])
    return _scenario(
        "Key checker with a long-term key: a probe in one region, the logging configuration read"
        " in 8",
        trail,
        [caller],
        "probe recon_spread long_term_key",
        80,
        "high",
    )


def key_checker_of_regions(world: World) -> Scenario:
    """The probes are also use calls, and in this many regions they are a spread as well."""
    trail = Trail("key checker of regions")
    caller = world.user("image-labels", world.addresses(10, 1), BOTO)
    _check_key(trail, caller, MONDAY + DAY + 6 * HOUR, REGIONS)
    return _scenario(
        "Key checker with a long-term key: a probe in each of 8 regions too",
        trail,
        [caller],
        "probe region_spread recon_spread long_term_key",
        80,
        "high",
    )


def rotating_proxies(world: World) -> Scenario:
    trail = Trail("rotating proxies")
    addresses = world.networks(11, 18)
    caller = world.user("ml-notebook", addresses, JAVASCRIPT)
    start = MONDAY + DAY + 8 * HOUR + 5 * MINUTE
    first = ["bedrock:ListFoundationModels", "bedrock:GetFoundationModelAvailability"]
    times = [start, start + 3 * MINUTE, start + 5 * MINUTE]
    times += [start + HOUR + number * 33 * MINUTE for number in range(17)]
    others = ["bedrock:ListFoundationModels", "bedrock:InvokeModel", "ses:GetSendQuota"]
    calls = [*first, "bedrock:InvokeModel", *(others[number % 3] for number in range(17))]
    for number, (call, at) in enumerate(zip(calls, times)):
        trail.add(caller, call, at, address=addresses[number % len(addresses)])
    return _scenario(
        "Leaked key behind rotating proxies: 20 calls, 18 addresses, one client, 10 h",
        trail,
        [caller],
        "recon_then_use rotating_ips long_term_key",
        75,
        "high",
    )


def steady_invocations(world: World) -> Scenario:
    """Without a baseline this looks exactly like a production role that the range shows
    completely."""
    trail = Trail("steady invocations")
    caller = world.role("sandbox", "i-0a7e4d90", world.addresses(29, 3), BOTO)
    trail.flood(caller, "bedrock:InvokeModel", _evenly(MONDAY, 2 * DAY, 75_000), "us-west-2")
    name = "75,000 model invocations in 48 h, evenly, by a role"
    return _scenario(name, trail, [caller], "burst", 35, "low", in_volume=True)


def burst_across_hours(world: World) -> Scenario:
    trail = Trail("burst across the hour mark")
    caller = world.role("chat-backend", "i-03bd58e2", world.addresses(30, 1), BOTO)
    for at in _evenly(MONDAY + 16 * HOUR - 20 * MINUTE, 40 * MINUTE, 96):
        trail.add(caller, "bedrock:InvokeModel", at)
    name = "Burst of model invocations across the hour mark"
    return _scenario(name, trail, [caller], "burst", 25, "low")


def burst_over_regions(world: World) -> Scenario:
    trail = Trail("burst over regions")
    caller = world.role("search-index", "i-0d04c9f6", world.addresses(31, 1), BOTO)
    for number, at in enumerate(_evenly(MONDAY + 17 * HOUR, 50 * MINUTE, 225)):
        trail.add(caller, "bedrock:InvokeModel", at, REGIONS[number % 5])
    name = "Burst of model invocations over 5 regions"
    return _scenario(name, trail, [caller], "burst region_spread", 50, "medium")


def burst_over_regions_later(world: World) -> Scenario:
    """A service that the role has used before is not new for it in any region."""
    trail = Trail("burst over regions, later")
    caller = world.role("autocomplete", "i-0c5e2b17", world.addresses(31, 1), BOTO)
    for at in _evenly(MONDAY + 8 * HOUR, 8 * HOUR, 24):
        trail.add(caller, "bedrock:InvokeModel", at)
    for number, at in enumerate(_evenly(MONDAY + DAY + 17 * HOUR, 50 * MINUTE, 225)):
        trail.add(caller, "bedrock:InvokeModel", at, REGIONS[number % 5])
    name = "Burst over 5 regions by a role that invoked a few models the day before"
    return _scenario(name, trail, [caller], "burst", 45, "medium")


def model_access_hijacked(world: World) -> Scenario:
    trail = Trail("model access hijacked")
    caller = world.role("ci-runner", "build-4711", world.addresses(32, 1), "")
    start = MONDAY + DAY + 21 * HOUR + 13 * MINUTE
    for after, call in (
        (0, "GetFoundationModelAvailability"),
        (17, "PutUseCaseForModelAccess"),
        (33, "ListFoundationModelAgreementOffers"),
        (48, "CreateFoundationModelAgreement"),
        (62, "PutFoundationModelEntitlement"),
        (94, "InvokeModel"),
    ):
        trail.add(caller, f"bedrock:{call}", start + after)
    return _scenario(
        "LLMjacking: from a model's availability to its first use in 94 s, the user agent empty",
        trail,
        [caller],
        "enable_then_use recon_then_use",
        45,
        "medium",
    )


def delivered_twice(world: World) -> Scenario:
    once = made_user_mails(world)
    lines = [line for line in once.lines for _ in range(2)]
    return replace(once, name="DangerDev, every event delivered twice", lines=lines)


# Legitimate work that resembles attacks


def production_role(world: World, hours: int = 26, calls: int = 10_000) -> Scenario:
    trail = Trail("production role")
    caller = world.role("product-search", "i-0617fae4", world.addresses(33, 3), BOTO)
    for hour in range(hours):
        start = MONDAY + hour * HOUR
        trail.flood(caller, "bedrock:InvokeModel", _evenly(start, HOUR, calls), "eu-west-1")
    return _scenario(
        "Production role, 10,000 model invocations every hour in one region",
        trail,
        [caller],
        "burst",
        35,
        "low",
        in_volume=True,
        benign=True,
        bursts_on="2026-03-02",
    )


def newsletter(world: World, mails: int = 50_000) -> Scenario:
    trail = Trail("newsletter")
    caller = world.role("newsletter", "weekly", world.addresses(34, 2), BOTO)
    for week in range(4):
        start = MONDAY + week * 7 * DAY + 9 * HOUR
        trail.flood(caller, "ses:SendEmail", _evenly(start, 55 * MINUTE, mails))
    return _scenario(
        "Newsletter, 50,000 mails each Monday for 4 weeks",
        trail,
        [caller],
        "burst",
        35,
        "low",
        in_volume=True,
        benign=True,
        bursts_on="2026-03-02",
    )


def nightly_publishes(world: World) -> Scenario:
    trail = Trail("nightly publishes")
    caller = world.role("integration", "pipeline", world.addresses(35, 1), BOTO)
    for night in range(7):
        for at in _evenly(MONDAY + night * DAY + 2 * HOUR, 40 * MINUTE, 300):
            trail.add(caller, "sns:Publish", at)
    return _scenario(
        "CI with 300 messages published each night for a week",
        trail,
        [caller],
        "burst",
        25,
        "low",
        in_volume=True,
        benign=True,
        bursts_on="2026-03-02",
    )


def console_playground(world: World) -> Scenario:
    """The first calls of a model are refused while AWS subscribes to it."""
    trail = Trail("console playground")
    caller = world.sso("Developer_1f2e3d", "kim@example.com", world.addresses(36, 1), CONSOLE)
    start = MONDAY + 9 * HOUR + 30 * MINUTE
    for number, call in enumerate(
        (
            "ListFoundationModels",
            "ListInferenceProfiles",
            "GetFoundationModelAvailability",
            "GetUseCaseForModelAccess",
            "ListGuardrails",
            "GetModelInvocationLoggingConfiguration",
        )
    ):
        trail.add(caller, f"bedrock:{call}", start + number)
    for number in range(3):
        at = start + 90 + number * 20
        trail.add(caller, "bedrock:ConverseStream", at, outcome=DENIED_EXCEPTION)
    for at in _evenly(start + 5 * MINUTE, 40 * MINUTE, 20):
        trail.add(caller, "bedrock:ConverseStream", at)
    trail.add(caller, "bedrock:ConverseStream", start + HOUR, outcome=TOO_MANY_TOKENS)
    name = "Console playground"
    return _scenario(name, trail, [caller], "recon_then_use", 20, "informational", benign=True)


def posture_sweep(world: World) -> Scenario:
    trail = Trail("posture sweep")
    caller = world.role("posture-scanner", "nightly", world.addresses(37, 2), BOTO)
    calls = [
        "bedrock:ListFoundationModels",
        "bedrock:GetModelInvocationLoggingConfiguration",
        "bedrock:ListGuardrails",
        "bedrock:ListProvisionedModelThroughputs",
        "ses:ListIdentities",
        "ses:GetAccount",
        "ses:GetSendQuota",
        "sns:GetSMSAttributes",
        "sns:ListOriginationNumbers",
        "ec2:DescribeInstances",
    ]
    for night in range(3):
        at = MONDAY + night * DAY + HOUR
        for region in REGIONS:
            for call in calls:
                address = caller.addresses[int(trail.chance() * 2)]
                closed = region == "ap-northeast-3" and call.startswith("bedrock:")
                outcome = DENIED_EXCEPTION if closed else None
                trail.add(caller, call, at, region, outcome, address=address)
                at += 1
    return _scenario(
        "Posture scan of all services and regions by a role",
        trail,
        [caller],
        "recon_spread service_sweep",
        10,
        "informational",
        benign=True,
    )


def pause_and_resume(world: World) -> Scenario:
    trail = Trail("pause and resume")
    caller = world.function("sending-guard", world.addresses(38, 2))
    for number in range(12):
        at = MONDAY + number * 4 * HOUR
        resumes = number % 2 == 1
        trail.add(caller, "ses:GetSendStatistics", at)
        trail.add(caller, "ses:GetAccountSendingEnabled", at + 1)
        enabled = {"enabled": resumes}
        trail.add(caller, "ses:UpdateAccountSendingEnabled", at + 2, parameters=enabled)
        enabled = {"sendingEnabled": resumes}
        trail.add(caller, "ses:PutAccountSendingAttributes", at + 3, parameters=enabled)
    return _scenario(
        "Function of its own role that pauses and resumes SES",
        trail,
        [caller],
        "",
        0,
        "informational",
        benign=True,
    )


def guardrail_edits(world: World) -> Scenario:
    trail = Trail("guardrail edits")
    caller = world.sso("Trust_9c8b7a", "noor@example.com", world.addresses(39, 1), CONSOLE)
    version = {"guardrailIdentifier": "k3v9x2m7q1ab"}
    for number in range(4):
        at = MONDAY + 14 * HOUR + number * 13 * MINUTE
        trail.add(caller, "bedrock:ListGuardrails", at)
        trail.add(caller, "bedrock:UpdateGuardrail", at + 150)
        trail.add(caller, "bedrock:CreateGuardrailVersion", at + 160, parameters=version)
        trail.add(caller, "bedrock:ApplyGuardrail", at + 200, parameters=version)
        trail.add(caller, "bedrock:InvokeModel", at + 230)
    trail.add(caller, "bedrock:DeleteGuardrail", MONDAY + 15 * HOUR)
    return _scenario("Guardrail edits", trail, [caller], "evade", 10, "informational", benign=True)


_LOGGING_ON = {
    "loggingConfig": {
        "cloudWatchConfig": {"logGroupName": "/aws/bedrock/invocations"},
        "textDataDeliveryEnabled": True,
        "imageDataDeliveryEnabled": True,
    }
}


def logging_switched_on(world: World) -> Scenario:
    trail = Trail("logging switched on")
    caller = world.sso("Admin_4d5e6f", "sam@example.com", world.addresses(40, 1), CONSOLE)
    start = MONDAY + 15 * HOUR + 20 * MINUTE
    reading = "bedrock:GetModelInvocationLoggingConfiguration"
    trail.add(caller, reading, start)
    switching = "bedrock:PutModelInvocationLoggingConfiguration"
    trail.add(caller, switching, start + 70, parameters=_LOGGING_ON)
    trail.add(caller, reading, start + 72)
    name = "Logging of model invocations switched on"
    return _scenario(name, trail, [caller], "", 0, "informational", benign=True)


def terraform(world: World) -> Scenario:
    trail = Trail("Terraform")
    caller = world.role("infrastructure", "apply", world.addresses(41, 1), TERRAFORM)
    at = MONDAY + 16 * HOUR + 5 * MINUTE
    for region in REGIONS[:5]:
        identity = f"{region}.mail.example.com"
        for call in (
            "ses:GetEmailIdentity",
            "ses:CreateEmailIdentity",
            "ses:GetEmailIdentity",
            "ses:VerifyDomainDkim",
            "sns:GetSMSAttributes",
            "sns:SetSMSAttributes",
        ):
            trail.add(caller, call, at, region, about=identity)
            at += 4
        reading = "bedrock:GetModelInvocationLoggingConfiguration"
        trail.add(caller, reading, at, region)
        switching = "bedrock:PutModelInvocationLoggingConfiguration"
        trail.add(caller, switching, at + 2, region, parameters=_LOGGING_ON)
        at += 6
    return _scenario(
        "Terraform over 5 regions by a role",
        trail,
        [caller],
        "region_spread recon_spread service_sweep",
        20,
        "informational",
        benign=True,
    )


def coding_assistant(world: World) -> Scenario:
    trail = Trail("coding assistant")
    caller = world.user("lee", world.addresses(42, 2), CLAUDE_CODE)
    for day in range(2):
        start = MONDAY + day * DAY + 8 * HOUR
        address = caller.addresses[day]
        trail.add(caller, "bedrock:ListInferenceProfiles", start - 30, address=address)
        for number, at in enumerate(_evenly(start, 9 * HOUR, 45 * 9)):
            outcome = THROTTLED if number % 50 == 49 else None
            call = "bedrock:InvokeModelWithResponseStream"
            trail.add(caller, call, at, "us-west-2", outcome, address=address)
    return _scenario(
        "Coding assistant with a long-term key, under 50 calls an hour",
        trail,
        [caller],
        "long_term_key",
        5,
        "informational",
        benign=True,
    )


def function_of_many_addresses(world: World) -> Scenario:
    trail = Trail("function of many addresses")
    addresses = [world.address(43 + number % 20, 1 + number // 20) for number in range(50)]
    caller = world.function("receipts", addresses)
    for number, at in enumerate(_evenly(MONDAY + 8 * HOUR, 8 * HOUR, 60)):
        trail.add(caller, "ses:SendEmail", at, address=addresses[number % 50])
    return _scenario(
        "Lambda function with 50 addresses in one region",
        trail,
        [caller],
        "rotating_ips many_ips",
        15,
        "informational",
        benign=True,
    )


def model_onboarding(world: World) -> Scenario:
    trail = Trail("model onboarding")
    caller = world.user("admin-robin", world.addresses(63, 1), CLI)
    at = MONDAY + DAY + 10 * HOUR
    for call in (
        "ListFoundationModels",
        "GetFoundationModelAvailability",
        "ListFoundationModelAgreementOffers",
        "CreateFoundationModelAgreement",
        "PutFoundationModelEntitlement",
        "GetFoundationModelAvailability",
        "Converse",
        "Converse",
    ):
        trail.add(caller, f"bedrock:{call}", at, "eu-central-1")
        at += 25
    return _scenario(
        "Model onboarding from the command line by an administrator, in one region",
        trail,
        [caller],
        "enable_then_use recon_then_use long_term_key",
        50,
        "medium",
        benign=True,
    )


Build = Callable[[World], Scenario]

ATTACKS: list[Build] = [
    *(first_mails, sms_switched_on, first_invocations, refused_mail),
    *(ses_campaign, made_user_mails, sns_sender, text_messages),
    *(key_checker, key_checker_of_regions, rotating_proxies),
    *(steady_invocations, burst_across_hours, burst_over_regions, burst_over_regions_later),
    *(model_access_hijacked, delivered_twice),
]
NOISY_BENIGN: list[Build] = [production_role, newsletter, nightly_publishes]
QUIET_BENIGN: list[Build] = [
    *(console_playground, posture_sweep, pause_and_resume, guardrail_edits, logging_switched_on),
    *(terraform, coding_assistant, function_of_many_addresses, model_onboarding),
]
STORIES: list[Build] = [*ATTACKS, *NOISY_BENIGN, *QUIET_BENIGN]

# These have hundreds of thousands of events each.
HUGE: list[Build] = [production_role, newsletter]


def scenarios(world: World = World(), without: Sequence[Build] = ()) -> Iterator[Scenario]:
    return (build(world) for build in STORIES if build not in without)


# Everyday work


def _pick(rng: random.Random, items: Sequence[T]) -> T:
    return items[int(rng.random() * len(items))]


# Calls that are never suspicious, no matter which principal makes them.
EVERYDAY = [
    *("ec2:DescribeInstances", "sts:AssumeRole", "sts:GetCallerIdentity", "kms:Decrypt"),
    *("s3:GetObject", "logs:CreateLogStream", "secretsmanager:GetSecretValue"),
    *("dynamodb:DescribeTable", "iam:ListRoles", "iam:GetUser", "monitoring:DescribeAlarms"),
    *("sns:CreateTopic", "sns:Subscribe", "sns:ListTopics", "bedrock:ApplyGuardrail"),
    *("bedrock:CreateGuardrail", "ses:ListConfigurationSets", "support:DescribeCases"),
]


def _workers(world: World) -> Iterator[tuple[Caller, Sequence[str], float]]:
    """The principals at work, their calls, and the number of hours from 8 o'clock on."""
    office = world.addresses(0, 12)
    reading = ["ses:GetSendQuota", "ses:ListIdentities", "bedrock:ListFoundationModels"]
    for number in range(60):
        desk = [office[number % len(office)]]
        yield world.user(f"employee-{number}", desk, CLI), reading, 10
        person = f"dev{number}@example.com"
        yield world.sso("Engineer_7a6b5c", person, desk, CONSOLE), ["sns:GetSMSAttributes"], 10
        chat = ["bedrock:ListInferenceProfiles", "bedrock:Converse"]
        host = world.role(f"chat-{number}", f"i-0{number:08x}", world.addresses(1, 2), BOTO)
        yield host, chat, 15
        mails = ["ses:SendEmail", "ses:SendTemplatedEmail", "ses:GetSendQuota"]
        yield world.function(f"mailer-{number}", world.addresses(2, 3)), mails, 15
        yield world.function(f"alarm-{number}", world.addresses(3, 2)), ["sns:Publish"], 15
    for service in ("ses", "cloudtrail", "autoscaling"):
        yield world.aws_service(service), ["sns:Publish", "ses:SendEmail"], 15


def everyday_work(world: World, calls: int, seed: str) -> list[bytes]:
    """A day of about 300 principals with this many calls each, none of which may have a row."""
    trail = Trail(seed)
    rng = random.Random(seed)
    for caller, special, hours in _workers(world):
        region = _pick(rng, REGIONS)
        for number in range(calls):
            at = MONDAY + (8 + rng.random() * hours) * HOUR
            call = _pick(rng, special) if number % 3 == 0 else _pick(rng, EVERYDAY)
            outcome = THROTTLED if rng.random() < 0.02 else None
            trail.add(caller, call, int(at), region, outcome)
    return trail.lines
