"""A day of CloudTrail in one account: hundreds of principals at work, and attacks among them.

The records have the shapes of real ones. The same seed gives the same day on every Python: of
random.Random only random() is promised to stay as it is, so nothing else of it is used.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

IndexedEvent = tuple[str | None, bytes]  # `_time` and `_raw`, as Splunk has them

T = TypeVar("T")

DAY = 1_709_596_800  # 2024-03-05T00:00:00Z
HOUR = 3600
ACCOUNT = "111122223333"
REGIONS = ["us-east-1", "us-east-1", "us-east-1", "eu-west-1", "us-west-2"]
HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"

BOTO = (
    "Boto3/1.34.51 md/Botocore#1.34.51 ua/2.0 os/linux#6.1.0 lang/python#3.11.7 md/pyimpl#CPython"
)
CLI = "aws-cli/2.15.24 Python/3.11.8 Linux/6.1.0 exe/x86_64.debian.12 prompt/off command/%s"
GO = "aws-sdk-go-v2/1.25.2 os/linux lang/go#1.22.0 md/GOOS#linux md/GOARCH#amd64"
AGENTS = [BOTO, GO, CLI % "ec2.describe-instances", "Terraform/1.7.4 aws-sdk-go-v2/1.25.2"]


class Call(NamedTuple):
    service: str
    name: str
    parameters: dict[str, Any] | None = None
    category: str = "Management"


class Principal(NamedTuple):
    """Who calls, from where and with what."""

    identity: dict[str, Any]
    addresses: Sequence[str]
    agent: str

    @property
    def arn(self) -> str:
        return str(self.identity.get("arn", ""))


@dataclass(frozen=True)
class Attack:
    story: str
    caller: str
    above_thresholds: bool  # so that the volume of an hour gives it away


def _without_account(arn: str) -> str:
    return arn.split(":", 5)[-1].replace("assumed-role/", "role/", 1)


def is_by(attack: Attack, principal: str) -> bool:
    """Whether a row's principal made the attack; in hunt mode it is the role, not its session."""
    caller = _without_account(attack.caller)
    return _without_account(principal) in (caller, caller.rpartition("/")[0])


@dataclass(frozen=True)
class Day:
    events: list[IndexedEvent]  # the newest first, as Splunk returns them
    attacks: list[Attack]


SEND_EMAIL = Call(
    *("ses", "SendEmail"),
    {"fromEmailAddress": HIDDEN, "destination": {"toAddresses": [HIDDEN]}, "content": HIDDEN},
    "Data",
)
SEND_BULK = Call(
    "ses", "SendBulkEmail", {"bulkEmailEntries": [{"destination": HIDDEN}] * 3}, "Data"
)
PUBLISH_SMS = Call("sns", "Publish", {"phoneNumber": HIDDEN, "message": HIDDEN}, "Data")
PUBLISH = Call("sns", "Publish", {"topicArn": f"arn:aws:sns:us-east-1:{ACCOUNT}:alarms"}, "Data")
INVOKE = Call("bedrock", "InvokeModel", {"modelId": "anthropic.claude-3-sonnet-20240229-v1:0"})
INVOKE_STREAM = INVOKE._replace(name="InvokeModelWithResponseStream")

EVERYDAY = [
    Call("ec2", "DescribeInstances", {"instancesSet": {}, "filterSet": {}}),
    Call("ec2", "DescribeVolumes", {"volumeSet": {}, "maxResults": 500}),
    Call(
        "sts",
        "AssumeRole",
        {"roleArn": f"arn:aws:iam::{ACCOUNT}:role/deploy", "roleSessionName": "x"},
    ),
    Call("sts", "GetCallerIdentity"),
    Call("kms", "Decrypt", {"encryptionAlgorithm": "SYMMETRIC_DEFAULT"}),
    Call("kms", "GenerateDataKey", {"keySpec": "AES_256", "keyId": "alias/aws/s3"}),
    Call("s3", "GetBucketAcl", {"bucketName": "logs", "Host": "logs.s3.amazonaws.com", "acl": ""}),
    Call("s3", "GetObject", {"bucketName": "assets", "key": 'a/\u00e9t\u00e9 "1".png'}, "Data"),
    Call(
        "ssm", "UpdateInstanceInformation", {"agentVersion": "3.2.2303.0", "platformType": "Linux"}
    ),
    Call("secretsmanager", "GetSecretValue", {"secretId": "prod/database"}),
    Call("lambda", "GetFunction20150331v2", {"functionName": "resize"}),
    Call("logs", "CreateLogStream", {"logGroupName": "/aws/lambda/resize", "logStreamName": "1"}),
    Call("monitoring", "DescribeAlarms", {"maxRecords": 100}),
    Call("dynamodb", "DescribeTable", {"tableName": "sessions"}),
    Call("ecr", "GetAuthorizationToken"),
    Call("cloudformation", "DescribeStacks", {"stackName": "network"}),
    Call("iam", "ListRoles", {"maxItems": 1000}),
    Call("rds", "DescribeDBInstances"),
    Call("sns", "ListTopics"),
    Call("ses", "GetSendQuota"),
    Call("bedrock", "ListFoundationModels"),
    Call("autoscaling", "DescribeAutoScalingGroups"),
]
READING = ("Describe", "Get", "List", "Decrypt", "Invoke")
FAILURES = [
    ("AccessDenied", "User is not authorized to perform this operation"),
    ("ThrottlingException", "Rate exceeded"),
    ("ResourceNotFoundException", "Requested resource not found"),
]


def _digits(rng: random.Random, count: int) -> str:
    return "".join(_pick(rng, "0123456789abcdef") for _ in range(count))


def _pick(rng: random.Random, items: Sequence[T]) -> T:
    return items[int(rng.random() * len(items))]


def _addresses(network: int, count: int) -> list[str]:
    return [f"2001:db8:{network:x}::{host:x}" for host in range(1, count + 1)]


def _user(rng: random.Random, name: str, addresses: Sequence[str], agent: str) -> Principal:
    identity = {
        "type": "IAMUser",
        "principalId": "AIDA" + _digits(rng, 16).upper(),
        "arn": f"arn:aws:iam::{ACCOUNT}:user/{name}",
        "accountId": ACCOUNT,
        "accessKeyId": "AKIA" + _digits(rng, 16).upper(),
        "userName": name,
    }
    return Principal(identity, addresses, agent)


def _role(
    rng: random.Random, role: str, session: str, addresses: Sequence[str], agent: str = BOTO
) -> Principal:
    role_id = "AROA" + _digits(rng, 16).upper()
    issuer = {
        "type": "Role",
        "principalId": role_id,
        "arn": f"arn:aws:iam::{ACCOUNT}:role/{role}",
        "accountId": ACCOUNT,
        "userName": role,
    }
    attributes = {"creationDate": "2024-03-05T00:00:00Z", "mfaAuthenticated": "false"}
    identity = {
        "type": "AssumedRole",
        "principalId": f"{role_id}:{session}",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{session}",
        "accountId": ACCOUNT,
        "accessKeyId": "ASIA" + _digits(rng, 16).upper(),
        "sessionContext": {
            "sessionIssuer": issuer,
            "webIdFederationData": {},
            "attributes": attributes,
        },
    }
    return Principal(identity, addresses, agent)


def _aws_service(name: str) -> Principal:
    host = f"{name}.amazonaws.com"
    return Principal({"type": "AWSService", "invokedBy": host}, [host], host)


class _Trail:
    """What has been recorded so far."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.events: list[tuple[float, IndexedEvent]] = []

    def add(
        self,
        caller: Principal,
        call: Call,
        at: float,
        region: str = "us-east-1",
        failure: tuple[str, str] | None = None,
    ) -> None:
        rng = self.rng
        host = f"{call.service}.{region}.amazonaws.com"
        noise = _digits(rng, 32)
        record: dict[str, Any] = {
            "eventVersion": "1.09",
            "userIdentity": caller.identity,
            "eventTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at)),
            "eventSource": f"{call.service}.amazonaws.com",
            "eventName": call.name,
            "awsRegion": region,
            "sourceIPAddress": _pick(rng, caller.addresses),
            "userAgent": caller.agent,
        }
        if failure is not None:
            record["errorCode"], record["errorMessage"] = failure
        record.update(
            requestParameters=call.parameters,
            responseElements=None,
            requestID=f"{noise[:8]}-{noise[8:12]}-4{noise[13:16]}-9{noise[17:20]}-{noise[20:]}",
            eventID=f"{noise[24:]}-{noise[20:24]}-4{noise[1:4]}-a{noise[5:8]}-{noise[8:20]}",
            readOnly=call.name.startswith(READING),
            eventType="AwsApiCall",
            managementEvent=call.category == "Management",
            recipientAccountId=ACCOUNT,
            eventCategory=call.category,
            tlsDetails={
                "tlsVersion": "TLSv1.3",
                "cipherSuite": "TLS_AES_128_GCM_SHA256",
                "clientProvidedHostHeader": host,
            },
        )
        raw = json.dumps(record, separators=(",", ":"), ensure_ascii=False).encode()
        self.events.append((at, (str(int(at)), raw)))

    def add_many(
        self,
        caller: Principal,
        calls: Sequence[Call],
        count: int,
        start: float,
        end: float,
        regions: Sequence[str] = ("us-east-1",),
        failing: float = 0.0,
    ) -> None:
        """So many calls at random times between two hours of the day."""
        rng = self.rng
        for _ in range(count):
            at = DAY + (start + rng.random() * (end - start)) * HOUR
            failure = _pick(rng, FAILURES) if rng.random() < failing else None
            self.add(caller, _pick(rng, calls), at, _pick(rng, regions), failure)


def _work_of_the_day(trail: _Trail, events: int) -> None:
    rng = trail.rng
    office = _addresses(0xF, 12)
    principals = [
        *(_user(rng, f"employee.{i}", [_pick(rng, office)], _pick(rng, AGENTS)) for i in range(90)),
        *(
            _role(rng, "AWSReservedSSO_Developer_1f", f"dev{i}@example.com", office)
            for i in range(60)
        ),
        *(
            _role(rng, f"service-{i}", f"i-0{_digits(rng, 16)}", _addresses(i, 3), GO)
            for i in range(120)
        ),
        *(_role(rng, f"lambda-{i}", f"function-{i}", ["AWS Internal"]) for i in range(30)),
        *(_aws_service(name) for name in ("cloudtrail", "config", "autoscaling", "ec2")),
    ]
    share = events // len(principals)
    for principal in principals:
        at_desk = principal.identity.get("userName") or "SSO" in principal.arn
        start, end = (7.5, 18.5) if at_desk else (0, 24)
        trail.add_many(principal, EVERYDAY, share, start, end, REGIONS, failing=0.03)


def _lawful_use(trail: _Trail) -> None:
    """The services that get hijacked, used as they are meant; the newsletter is loud."""
    rng = trail.rng
    shop = _role(rng, "webshop", "i-0aa11", _addresses(0xA, 4), GO)
    trail.add_many(shop, [SEND_EMAIL], 1400, 0, 24)
    alerting = _role(rng, "alerting", "alerting", ["monitoring.amazonaws.com"])
    trail.add_many(alerting, [PUBLISH], 2400, 0, 24, failing=0.01)
    assistant = _role(rng, "support-assistant", "assistant", _addresses(0xB, 2))
    trail.add_many(assistant, [INVOKE, INVOKE_STREAM], 300, 8, 18, ["us-west-2"])
    newsletter = _role(rng, "newsletter", "weekly", _addresses(0xC, 1))
    trail.add_many(newsletter, [SEND_BULK], 640, 9.05, 9.7)


def _attacks(trail: _Trail) -> list[Attack]:
    rng = trail.rng
    mailer = _user(rng, "ses-smtp.20210412", _addresses(0x51, 2), BOTO)
    trail.add_many(mailer, [Call("ses", "GetSendQuota"), Call("ses", "GetAccount")], 6, 1.9, 2.0)
    trail.add_many(mailer, [SEND_EMAIL], 4100, 2.1, 3.8, failing=0.04)

    pumper = _user(rng, "ci-notifications", _addresses(0x52, 5), BOTO)
    trail.add_many(pumper, [Call("sns", "GetSMSAttributes")], 2, 12.95, 13.0)
    trail.add_many(pumper, [PUBLISH_SMS], 3000, 13.05, 13.9, failing=0.02)

    proxies = [f"2001:db8:{network:x}::53" for network in range(0x5300, 0x5328)]
    reseller = _role(rng, "tmp-migration", "boto3", proxies)
    trail.add_many(reseller, [Call("bedrock", "ListFoundationModels")], 9, 17.6, 17.9, REGIONS)
    trail.add_many(reseller, [INVOKE, INVOKE_STREAM], 1900, 18, 20.4)

    node = _role(rng, "test-eks-node", "i-0bb22", _addresses(0x54, 1))
    trail.add_many(node, [SEND_BULK], 420, 6.3, 6.9)

    checker = _user(rng, "backup-agent", _addresses(0x55, 9), BOTO)
    probe = ("ValidationException", "max_tokens_to_sample: range: 1..1,000,000")
    for hour, region in enumerate(sorted(set(REGIONS)) * 3):
        trail.add(checker, INVOKE, DAY + (10.2 + hour) * HOUR, region, probe)
        trail.add(checker, INVOKE, DAY + (10.25 + hour) * HOUR, region)

    return [
        Attack("spam over SES with a leaked key", mailer.arn, True),
        Attack("SMS pumping over SNS with a CI user's key", pumper.arn, True),
        Attack("Bedrock resold through 40 proxies by a temporary role", reseller.arn, True),
        Attack("bulk mail from a taken-over test node", node.arn, True),
        Attack("Bedrock key checker, nine calls in nine hours", checker.arn, False),
    ]


def cloudtrail_day(seed: int = 1, background: int = 30_000) -> Day:
    """About `background` everyday events, a few thousand of lawful use, and the attacks."""
    trail = _Trail(seed)
    _work_of_the_day(trail, background)
    _lawful_use(trail)
    attacks = _attacks(trail)
    trail.events.sort(key=lambda event: event[0], reverse=True)
    return Day([event for _, event in trail.events], attacks)
