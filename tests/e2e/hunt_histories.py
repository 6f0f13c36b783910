"""Random histories for comparing `mode=hunt` with its reference.

A history is what one account's principals did, of every kind of principal there is. It is made of
scenes, each of which meets, or just misses, one kind of evidence: the right calls at the edges of
its windows, in numbers at its thresholds. Scenes overlap, and around them is noise. Each history
has an account of its own, so that many of them fit into one search.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Callable, NamedTuple, Optional, TypeVar

from event_forms import delivery, lookup_item
from shipped_catalogue import CATALOGUE, calls_in, read_stanzas

IndexedEvent = tuple[Optional[str], bytes]  # `_time`, where the row has one, and `_raw`
Json = dict[str, Any]

T = TypeVar("T")

_START = 1_772_409_600  # 2026-03-02T00:00:00Z
_MINUTE = 60
_HOUR = 3600
_DAY = 24 * _HOUR

_PHASES = ("use", "recon", "enable", "evade", "cleanup", "credential")


class _Named(NamedTuple):
    source: str
    name: str


def _catalogue() -> dict[tuple[str, str], list[_Named]]:
    """The calls of each service and phase."""
    calls = {}
    for title, stanza in read_stanzas(CATALOGUE.read_text("utf-8")).items():
        kind, _, service = title.partition(":")
        for phase in _PHASES if kind == "service" else ():
            found = calls_in(stanza.get(phase, ""), stanza.get("source"))
            if found:
                calls[service, phase] = [_Named(call.source, call.name) for call in found]
    return calls


_CALLS = _catalogue()
_SOURCES = {call.name: call.source for calls in _CALLS.values() for call in calls}
_PHASE_OF = {call.name: key for key, calls in _CALLS.items() for call in calls}
_NAMES = sorted(_SOURCES)
_USED = ("bedrock", "ses", "sns", "sms_voice")
_THRESHOLDS = {"bedrock": 50, "ses": 100, "sns": 200, "sms_voice": 200}

_REGIONS = [
    *("us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-1", "sa-east-1"),
    *("ca-central-1", "ap-northeast-1"),
]
_MODELS = [
    "anthropic.claude-3-sonnet-20240229-v1:0",
    "us.anthropic.claude-3-5-sonnet-20241022-v2:0",
    "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-sonnet-20240229-v1:0",
    "meta.llama3-" + "7" * 300,
]
_AGENTS = [
    "aws-cli/2.24.10 md/awscrt#0.23.8 ua/2.0 os/linux#6.8.0-1021-aws md/arch#x86_64"
    " lang/python#3.12.9 md/pyimpl#CPython m/b,Z,E cfg/retry-mode#standard md/installer#exe"
    " md/prompt#off md/command#bedrock.invoke",
    "aws-cli/2.25.1 md/awscrt#0.24.0 ua/2.0 os/linux#6.9.1 md/arch#x86_64 lang/python#3.13.0"
    " md/pyimpl#CPython m/Z,b cfg/retry-mode#legacy md/installer#exe md/prompt#on"
    " md/command#ses.send",
    "aws-cli/2.25.1 ua/2.0 os/linux#6.9.1 md/arch#arm64 lang/python#3.13.0",
    "Boto3/1.36.26 md/Botocore#1.36.26 ua/2.0 os/linux#6.1.128 md/arch#x86_64"
    " lang/python#3.11.11 exec-env/AWS_Lambda_python3.11 Botocore/1.36.26",
    "Boto3/1.20 md/exec-env/AWS_ECS_FARGATE m/x 12.5 7",
    "aws-sdk-go-v2/1.30.3\tos/linux  lang/go#1.22 (x86_64; 1.2) [ab/1.0]",
    "python-requests/2.31.0",
    "stratus-red-team_7f3a/2.1 aws-sdk-go-v2",
    "Boto3/1.9 os/linux#5.18-Kali",
    *("1.0 2.0", "-", " ", "a/b/1 c/1/d e#/2", "m/ md/m/ mdx/1 ua/ xua/3"),
    "long " + "x/" * 130 + " pacu",
    "z" * 251 + "éééééé 1",
    "aws-cli/1.40 command/s3.cp md/prompt/off installer/exe md/command/x prompt/on cfg/a os/linux",
]
_PLACES_OF_NO_ADDRESS = [
    *(None, "", "AWS Internal", "10.1.2.3, 10.1.2.4", "10.1.2.3 ", "10.1.2", "fe80::1%eth0"),
    *("10.1.2.3:443", "somewhere.example.com", 17, ["10.1.2.3"], "010.001.002.003"),
]

_OUTCOMES: dict[str, list[Json]] = {
    "ok": [
        *({}, {}, {}, {}, {"errorCode": None}, {"errorCode": ""}, {"errorCode": {}}),
        *({"errorCode": "200"}, {"errorCode": 200, "errorMessage": "max_tokens: range: 1"}),
    ],
    "denied": [
        {"errorCode": "AccessDenied"},
        {"errorCode": "AccessDeniedException", "errorMessage": "max_tokens: at least 1"},
        {"errorCode": "UnauthorizedOperation"},
        {"errorCode": "AuthorizationError"},
    ],
    "probe": [
        {
            "errorCode": "ValidationException",
            "errorMessage": "max_tokens_to_sample: range: 1..1,000,000",
        },
        {
            "errorCode": "ValidationException",
            "errorMessage": "2 problems\nmaxtokens: must be greater than or equal to 1",
        },
        {"errorCode": "ValidationException", "errorMessage": "max_tokensX:  at least 1"},
        {"errorCode": "ValidationException", "errorMessage": "the max_tokens minimum is 1"},
    ],
    "failed": [
        {"errorCode": "ThrottlingException"},
        {"errorCode": "success"},
        {"errorCode": "false"},
        {"errorCode": "Client.UnauthorizedOperation"},
        {"errorCode": "AuthorizationErrorException"},
        {"errorCode": "accessDenied"},
        {"errorCode": "ValidationException"},
        {
            "errorCode": "ValidationException",
            "errorMessage": "max_tokens: 8000 > 4096, which is the maximum allowed",
        },
        {"errorCode": "ValidationException", "errorMessage": "max_tokens:\nrange: 1..4"},
        {"errorCode": "ValidationException", "errorMessage": "Max_Tokens: range: 1..4"},
        {"errorCode": "ValidationError", "errorMessage": "max_tokens: range: 1..4"},
        {"errorCode": "ModelNotReadyException", "errorMessage": "max_tokens: at least 1"},
    ],
}

_TRUE = [True, "true", [False, True], ["x", "true"]]
_NOT_TRUE: list[Any] = [False, "True", 1, None, [], {}, [False], [[True]], {"enabled": True}]
_FALSE = [False, "false", [True, False]]
_NOT_FALSE: list[Any] = [True, "False", 0, None, [], "", {}]


def _pick(rng: random.Random, items: Sequence[T]) -> T:
    # Of random.Random only random() is promised to give the same on every Python.
    return items[int(rng.random() * len(items))]


def _upto(rng: random.Random, most: int) -> int:
    """From 0 to `most`, both included."""
    return int(rng.random() * (most + 1))


def _shuffled(rng: random.Random, items: Sequence[T]) -> list[T]:
    return sorted(items, key=lambda _: rng.random())


def _edge(rng: random.Random, limit: int) -> int:
    """A gap at the edges of a window of so many seconds."""
    edges = [0, 1, limit - 1, limit, limit, limit, limit + 1, limit + 1]
    edges += [_upto(rng, limit), _upto(rng, limit), _upto(rng, 2 * limit), -1]
    return _pick(rng, edges)


@dataclass
class _Caller:
    """Who calls, and the members of a record that say so."""

    identity: Any
    user: Optional[str] = None  # an IAM user's name
    place: Any = "10.1.2.3"
    agent: Any = _AGENTS[0]
    region: Optional[str] = "us-east-1"
    members: Json = field(default_factory=dict)


@dataclass
class _Event:
    time: int
    record: Json
    row_time: Optional[str] = None


class _History:
    def __init__(self, rng: random.Random, account: str) -> None:
        self.rng = rng
        self.account = account
        self.events: list[_Event] = []
        self.moments = [self._moment() for _ in range(2)]
        self._ids: set[tuple[str, str, int]] = set()
        self.callers = [self._new_caller() for _ in range(_pick(rng, [1, 1, 1, 2, 2, 3]))]

    # --- Callers ---

    def _arn(self, service: str, rest: str) -> str:
        return f"arn:aws:{service}::{self.account}:{rest}"

    def _new_caller(self) -> _Caller:
        rng = self.rng
        make = _pick(
            rng,
            [
                *(self._user, self._user, self._user, self._role, self._role),
                *(self._sso, self._sourced, self._federated, self._parts, self._workload),
                *(self._by_aws,),
            ],
        )
        caller = make()
        caller.agent = _pick(rng, _AGENTS if rng.random() < 0.5 else _AGENTS[:4])
        if rng.random() < 0.08:
            caller.agent = _pick(rng, [None, "", 5])
        if caller.place == "10.1.2.3":
            caller.place = self.place(_upto(rng, 3), 1)
        if rng.random() < 0.06:
            caller.place = _pick(rng, _PLACES_OF_NO_ADDRESS)
        caller.region = _pick(rng, _REGIONS if rng.random() < 0.93 else [None, "unknown", ""])
        return caller

    def _user(self) -> _Caller:
        rng = self.rng
        name = _pick(rng, ["alice", "bob", "ses-smtp-user.1", "ci-test", "Zoë", "temporary"])
        path = _pick(rng, ["", "", "", "teams/mail/"])
        identity: Json = {
            "type": "IAMUser",
            "principalId": "AIDAEXAMPLE",
            "arn": self._arn("iam", f"user/{path}{name}"),
            "accountId": self.account,
            "accessKeyId": _pick(rng, ["AKIA", "AKIA", "ASIA"]) + name.encode().hex().upper(),
            "userName": name,
        }
        if rng.random() < 0.15:
            identity["accessKeyId"] = ""
        return _Caller(identity, user=name)

    def _session(self, role: str, name: str, **context: Any) -> Json:
        return {
            "type": "AssumedRole",
            "principalId": f"AROAEXAMPLE:{name}",
            "arn": self._arn("sts", f"assumed-role/{role.rsplit('/', 1)[-1]}/{name}"),
            "accountId": self.account,
            "accessKeyId": "ASIA" + name.encode().hex().upper()[:12],
            "sessionContext": {
                "sessionIssuer": {"type": "Role", "arn": self._arn("iam", f"role/{role}")},
                **context,
            },
        }

    def _role(self) -> _Caller:
        role = _pick(self.rng, ["deploy", "app/mailer", "AWSReservedSSO", "randomizer"])
        return _Caller(self._session(role, _pick(self.rng, ["i-0abc", "job-1", "job-2"])))

    def _sso(self) -> _Caller:
        role = "aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_0123456789abcdef"
        person = _pick(self.rng, ["ann@example.com", "ben@example.com"])
        identity = self._session(role, person)
        lost = self.rng.random()
        if lost < 0.3:
            del identity["arn"]
        if lost < 0.1:
            del identity["principalId"]
        return _Caller(identity)

    def _sourced(self) -> _Caller:
        person = _pick(self.rng, ["carl", "dora"])
        role = _pick(self.rng, ["shared", "AWSReservedSSO_Admin_1"])
        return _Caller(self._session(role, "session-1", sourceIdentity=person))

    def _federated(self) -> _Caller:
        name = _pick(self.rng, ["alice", "bob"])
        identity = self._session("x", name)
        identity["type"] = "FederatedUser"
        identity["arn"] = self._arn("sts", f"federated-user/{name}-session")
        issuer = {"type": "IAMUser", "arn": self._arn("iam", f"user/{name}")}
        identity["sessionContext"] = {"sessionIssuer": issuer}
        return _Caller(identity, user=name)

    def _parts(self) -> _Caller:
        """Identities with parts missing."""
        rng = self.rng
        session = self._session("deploy", "job-1")
        identity = _pick(
            rng,
            [
                *(None, {}, "x", [], {"accountId": self.account}, {"accountId": self.account}),
                {"type": "AWSAccount", "principalId": "AIDASTRANGER", "accountId": "999999999999"},
                {"type": "WebIdentityUser", "principalId": "accounts.example.com:app:someone"},
                {"accessKeyId": f"AKIAONLYTHEKEY{self.account}", "accountId": self.account},
                {"type": "IAMUser", "arn": None, "accessKeyId": "", "userName": "nobody"},
                {"type": "Root", "arn": self._arn("iam", "root"), "accountId": self.account},
                {**session, "type": None},
                {**session, "sessionContext": {"sessionIssuer": {"arn": ""}}},
                {**session, "sessionContext": {}, "arn": ""},
                {**session, "type": "FederatedUser"},
            ],
        )
        return _Caller(identity)

    def _workload(self) -> _Caller:
        """Roles of functions, containers and pipelines: some show a cloud sign."""
        rng = self.rng
        function = f"arn:aws:lambda:us-east-1:{self.account}:function:mailer"
        scope = _pick(
            rng,
            [
                {"issuerType": "AWS::Lambda::Function", "credentialsIssuedTo": function},
                {"credentialsIssuedTo": function},
                {"issuerType": "AWS::EC2::Instance"},
                {},
                {"issuerType": "", "credentialsIssuedTo": None},
            ],
        )
        identity = self._session("worker", "mailer")
        if rng.random() < 0.3:
            provider = _pick(rng, ["arn:aws:iam::1:oidc-provider/example.com", "", None])
            identity["sessionContext"]["webIdFederationData"] = {"federatedProvider": provider}
        else:
            identity["inScopeOf"] = scope
        return _Caller(identity)

    def _by_aws(self) -> _Caller:
        """What AWS calls itself, and what looks like it."""
        rng = self.rng
        user, role = self._user(), self._role()
        choice = _upto(rng, 6)
        if choice == 0:
            user.identity = {"type": "AWSService"}
            if rng.random() < 0.5:
                user.identity["invokedBy"] = "lambda.amazonaws.com"
        elif choice == 1:
            user.identity["invokedBy"] = _pick(
                rng,
                ["ses.amazonaws.com", "sns.amazonaws.com.cn", "AWS Internal", "x.amazonaws.com."],
            )
        elif choice == 2:
            user.place = _pick(rng, ["config.amazonaws.com", "a.amazonaws.com.cn", "amazonaws.com"])
        elif choice == 3:
            role.identity["sessionContext"]["sessionIssuer"]["arn"] = self._arn(
                "iam", "role/aws-service-role/x.amazonaws.com/AWSServiceRoleForSupport"
            )
            return role
        elif choice == 4:
            role.identity["sessionContext"]["sessionIssuer"]["arn"] = self._arn(
                "iam", "role/AWSServiceRoleForX/mine"
            )
            return role
        else:
            category = _pick(rng, ["NetworkActivity", "Insight", "Data", "Management"])
            user.members = {"eventCategory": category}
        return user

    # --- Places and times ---

    def place(self, network: int, host: int) -> str:
        if network % 5 == 4:
            address = f"2001:db{network:x}::{host:x}"
            if self.rng.random() < 0.5:
                address = f"2001:db{network:x}:{host:x}00::{host:x}"
            return address.upper() if self.rng.random() < 0.1 else address
        return f"10.{network}.{host % 7}.{host}"

    def _moment(self) -> int:
        rng = self.rng
        day = _pick(rng, [0, 0, 1, 2, 3])
        within = _pick(rng, [0, 0, 1, 30, 59, 60, 1800, 3540, 3599, _upto(rng, 3599)])
        return _START + day * _DAY + _pick(rng, [1, 9, 23]) * _HOUR + within

    def moment(self) -> int:
        """Scenes start at one of few moments, so that they meet."""
        return _pick(self.rng, self.moments) if self.rng.random() < 0.7 else self._moment()

    def caller(self) -> _Caller:
        return _pick(self.rng, self.callers)

    # --- Events ---

    def add(
        self,
        caller: _Caller,
        time: int,
        name: str,
        outcome: str = "ok",
        parameters: Optional[Json] = None,
        **members: Any,
    ) -> None:
        rng = self.rng
        record: Json = {
            "eventVersion": "1.09",
            "eventSource": _SOURCES.get(name, "s3.amazonaws.com"),
            "eventName": name,
            "awsRegion": caller.region,
            "sourceIPAddress": caller.place,
            "userAgent": caller.agent,
            "userIdentity": caller.identity,
            "recipientAccountId": self.account,
            "requestParameters": self._parameters(name) if parameters is None else parameters,
            **_pick(rng, _OUTCOMES[outcome]),
            **caller.members,
            **members,
        }
        arn = caller.identity.get("arn") if isinstance(caller.identity, dict) else None
        if arn and rng.random() < 0.1:  # only where the principal's name cannot stand in two
            del record["recipientAccountId"]
            if rng.random() < 0.1:
                record["userIdentity"] = {**record["userIdentity"], "accountId": None}
        if rng.random() < 0.01:
            record["additionalEventData"] = {"callWithBearerToken": _pick(rng, [True, "true", 1])}
        self.events.append(self._timed(record, time, name))

    def _timed(self, record: Json, time: int, name: str) -> _Event:
        rng = self.rng
        event = _Event(time, record)
        kind = rng.random()
        # Where the row alone has the time, nothing but the id tells equal records apart.
        own_id = self._event_id(name, time) if kind >= 0.04 else self._uuid()
        if own_id is not None:
            record["eventID"] = own_id
        if kind < 0.04:
            event.row_time = str(time)
            record["eventTime"] = _pick(rng, ["yesterday", "", None, {}])
        elif kind < 0.05:
            record["eventTime"] = "2026-02-30T00:00:00Z"
        else:
            stamp = datetime.fromtimestamp(time, timezone.utc)
            record["eventTime"] = stamp.strftime("%Y-%m-%dT%H:%M:%SZ")
            if rng.random() < 0.05:
                form = "%Y-%m-%d %H:%M:%S" + _pick(rng, [".0", ".999", ".9999999"])
                record["eventTime"] = stamp.strftime(form)
            event.row_time = _pick(rng, [None, str(time), f"{time}.5", str(time - 90)])
        return event

    def _uuid(self) -> str:
        digits = "".join(f"{_upto(self.rng, 255):02x}" for _ in range(16))
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))

    def _event_id(self, name: str, time: int) -> Any:
        if self.rng.random() < 0.9:
            return self._uuid()
        event_id = _pick(
            self.rng,
            [
                *(None, "", "-", "placeholder", 0, "00000000-0000-0000-0000-000000000000"),
                *("DEADBEEF-dead-BEEF-dead-BEEFDEADBEEF", "deadbeef-dead-beef-dead-beefdeadbee"),
            ],
        )
        # Two events that have all of it in common would be one, which of them would be chance.
        if (str(event_id), name, time) in self._ids:
            return self._uuid()
        self._ids.add((str(event_id), name, time))
        return event_id

    def _parameters(self, name: str) -> Any:
        rng = self.rng
        service, phase = _PHASE_OF.get(name, ("", ""))
        if name == "PutModelInvocationLoggingConfiguration":
            value = _pick(rng, _FALSE if rng.random() < 0.7 else _NOT_FALSE)
            return {"loggingConfig": {"textDataDeliveryEnabled": value}}
        if name in ("UpdateAccountSendingEnabled", "PutAccountSendingAttributes"):
            key = "enabled" if name.startswith("Update") else "sendingEnabled"
            return {key: _pick(rng, _TRUE if rng.random() < 0.7 else _NOT_TRUE)}
        if service == "bedrock" and phase == "use":
            return {"modelId": _pick(rng, [*_MODELS, None])} if rng.random() < 0.8 else None
        if service == "ses" and phase in ("enable", "cleanup"):
            return {"emailIdentity": "shop@example.com"}
        if service == "account":
            return _pick(rng, [{}, {"userName": "alice"}, None])
        return _pick(rng, [{}, None, {"x": [1, {"y": "z"}]}, [], "x"])

    def a_name(self, service: str, *phases: str) -> str:
        """A call of the service whose condition, if it has one, holds."""
        calls = [call for phase in phases for call in _CALLS.get((service, phase), [])]
        conditional = ("PutModelInvocation", "UpdateAccountSending", "PutAccountSending")
        return _pick(self.rng, [c.name for c in calls if not c.name.startswith(conditional)])

    def an_outcome(self) -> str:
        return _pick(self.rng, ["ok", "ok", "ok", "denied", "failed", "probe"])

    def mostly_ok(self) -> str:
        return "ok" if self.rng.random() < 0.85 else self.an_outcome()

    def use(self, caller: _Caller, time: int, service: str, messages: int, **more: Any) -> None:
        """One successful use of so many messages, which the service must be able to send."""
        rng = self.rng
        if service == "sns":
            if messages == 1 and rng.random() < 0.5:
                self.add(caller, time, "Publish", **more)
                return
            count = messages if messages < 10 else _pick(rng, [10, 10, 12])
            entries = [{"id": str(n)} for n in range(count)]
            parameters = {"publishBatchRequestEntries": entries}
            self.add(caller, time, "PublishBatch", parameters=parameters, **more)
            return
        if service != "ses":
            self.add(caller, time, self.a_name(service, "use"), **more)
            return
        if messages == 50:
            messages = _pick(rng, [50, 50, 53])  # more than there can be counts as many as can
        hidden = "HIDDEN_DUE_TO_SECURITY_REASONS"
        if rng.random() < 0.3:
            many = _upto(rng, messages - 1)  # to the first entry, besides its one
            destination = {"ccAddresses": [hidden] * many, "toAddresses": [hidden]}
            first: Any = {"destination": destination}
            rest: list[Any] = [{"destination": {}}, {}, "x", {"destination": None}]
            entries = [first, *(_pick(rng, rest) for _ in range(messages - 1 - many))]
            name, key = _pick(
                rng,
                [("SendBulkEmail", "bulkEmailEntries"), ("SendBulkTemplatedEmail", "destinations")],
            )
            self.add(caller, time, name, parameters={key: entries}, **more)
            return
        if rng.random() < 0.2:
            parameters = {"destinations": [hidden] * messages}
            self.add(caller, time, "SendRawEmail", parameters=parameters, **more)
            return
        to, cc = _upto(rng, messages), 0
        cc = _upto(rng, messages - to)
        kinds = {"toAddresses": to, "ccAddresses": cc, "bccAddresses": messages - to - cc}
        destination = {kind: [hidden] * count for kind, count in kinds.items()}
        if messages == 1 and rng.random() < 0.5:
            destination = {}
        name = _pick(rng, ["SendEmail", "SendEmail", "SendTemplatedEmail"])
        self.add(caller, time, name, parameters={"destination": destination}, **more)

    def sends(self, caller: _Caller, service: str, total: int, start: int, end: int) -> None:
        """Uses with so many messages between two seconds, one at each of them."""
        most = {"ses": 50, "sns": 10}.get(service, 1)
        sizes = []
        while total > 0:
            size = min(total, most if self.rng.random() < 0.9 else _upto(self.rng, most - 1) + 1)
            sizes.append(size)
            total -= size
        times = [start, end] + [start + _upto(self.rng, end - start) for _ in sizes]
        for time, size in zip(times, _shuffled(self.rng, sizes)):
            self.use(caller, time, service, size)


# --- Scenes --------------------------------------------------------------------------------------


def _switched_on_and_used(h: _History) -> None:
    caller, time = h.caller(), h.moment()
    service = _pick(h.rng, ["bedrock", "ses", "sns"])
    for _ in range(_pick(h.rng, [1, 1, 2])):
        name = h.a_name(service, "enable")
        h.add(caller, time - _pick(h.rng, [0, 0, 60, 7200]), name, h.mostly_ok())
    time += _edge(h.rng, _pick(h.rng, [120, 6 * _HOUR]))
    other = _pick(h.rng, _USED)
    h.add(caller, time, h.a_name(_pick(h.rng, [service] * 5 + [other]), "use"), h.an_outcome())


def _looked_at_and_used(h: _History) -> None:
    caller, time = h.caller(), h.moment()
    service = _pick(h.rng, _USED)
    h.add(caller, time, h.a_name(service, "use"), h.an_outcome())
    if h.rng.random() < 0.3:
        h.add(caller, time + _edge(h.rng, _HOUR), h.a_name(service, "use"))
    for _ in range(_pick(h.rng, [1, 2, 2, 2, 3])):
        recon = h.a_name(_pick(h.rng, ["bedrock", "ses", "sns"]), "recon")
        if h.rng.random() < 0.5:
            ordinary = ["ListFoundationModels", "ListInferenceProfiles"]
            recon = _pick(h.rng, [*ordinary, "GetSendQuota"])
        h.add(caller, time - _edge(h.rng, 900), recon, h.an_outcome())


def _sent_much(h: _History) -> None:
    caller, rng = h.caller(), h.rng
    # Of the services without batches every message is an event, so theirs stay few and small.
    service = _pick(rng, ["ses"] * 6 + ["sns"] * 4 + ["bedrock"] * 3)
    if rng.random() < 0.04:
        service = "sms_voice"
    times = _pick(rng, {"ses": [1, 1, 3, 10], "sns": [1, 1, 3]}.get(service, [1]))
    if rng.random() < 0.02:
        times = {"sns": 10, "bedrock": 3}.get(service, times)
    threshold = _THRESHOLDS[service]
    total = times * threshold + _pick(rng, [-1, 0, 0, 1, 1, 7])
    start = h.moment() // _MINUTE * _MINUTE + _pick(rng, [0, 30, 59])
    minutes = _pick(rng, [0, 5, 58, 59, 59, 60, 60])
    end = start // _MINUTE * _MINUTE + minutes * _MINUTE + _pick(rng, [0, 59])
    h.sends(caller, service, total, start, max(start, end))
    if rng.random() < 0.3:  # and once more, with a history by now
        later = start + _pick(rng, [_HOUR, 13 * _HOUR, 14 * _HOUR, _DAY])
        h.sends(caller, service, min(total, 2 * threshold), later, later + 600)


def _sent_more_than_usual(h: _History) -> None:
    caller, rng = h.caller(), h.rng
    service = _pick(rng, ["ses", "ses", "ses", "sns"])
    threshold = _THRESHOLDS[service]
    peak = _pick(rng, [1, threshold // 3, threshold // 3 + 1, threshold // 2])
    times = _pick(rng, [1, 1, 3, 10] if service == "ses" else [1, 3])
    if times > 1:
        peak = times * threshold // 3 if rng.random() < 0.3 else threshold // 3
    hour = h.moment() // _HOUR * _HOUR
    h.sends(caller, service, peak, hour + _pick(rng, [0, 60, 3000]), hour + 3599)
    if rng.random() < 0.4:  # a lower hour, also in the history
        h.sends(caller, service, max(1, peak // 2), hour - _HOUR, hour - 1)
    total = _pick(rng, [3 * peak, 3 * peak + 1, times * threshold, times * threshold + 1])
    start = hour + 13 * _HOUR + _pick(rng, [-1, -_MINUTE, 0, 0, 0, 59, _MINUTE, _DAY])
    h.sends(caller, service, total, start, start + _pick(rng, [60, 3480, 3540]))


def _refused(h: _History) -> None:
    caller, time, rng = h.caller(), h.moment(), h.rng
    service = _pick(rng, _USED)
    most = _pick(rng, [_DAY, _DAY, _DAY + 1, _DAY - 1, 600])
    if rng.random() < 0.7:
        outcomes = ["denied"] * _pick(rng, [2, 3, 3, 4])
    else:
        outcomes = [_pick(rng, ["failed", "failed", "probe", "denied"])] * _pick(rng, [19, 20, 20])
        outcomes[:2] = _pick(rng, [["failed", "failed"], ["denied", "failed"], ["denied"] * 2])
    times = [time, time + most, *(time + _upto(rng, most) for _ in outcomes)]
    for outcome, at in zip(outcomes, times):
        h.add(caller, at, h.a_name(service, "use"), outcome)
    if rng.random() < 0.6:
        after = _pick(rng, [-1, 0, 1199, 1200, 1200, 1201, 1201])
        h.add(caller, time + after, h.a_name(service, "use"))


def _refused_to_switch_on(h: _History) -> None:
    name = h.a_name(_pick(h.rng, ["bedrock", "ses", "sns"]), "enable")
    h.add(h.caller(), h.moment(), name, _pick(h.rng, ["denied", "denied", "failed"]))


def _probed(h: _History) -> None:
    name = h.a_name(_pick(h.rng, _USED), "use")
    h.add(h.caller(), h.moment(), name, _pick(h.rng, ["probe", "probe", "failed"]))


def _hidden(h: _History) -> None:
    for _ in range(_pick(h.rng, [1, 1, 2])):
        name = _pick(h.rng, _CALLS["bedrock", "evade"]).name
        h.add(h.caller(), h.moment(), name, h.mostly_ok())


def _made_and_deleted(h: _History) -> None:
    caller, time, rng = h.caller(), h.moment(), h.rng
    identities: list[Any] = ["a@example.com", "A@example.com", "example.com", 7, True]
    identity = _pick(rng, identities)
    others = [identity] * 6 + ["b@example.com", "", None, str(identity), ["a@example.com"]]
    keys = ["emailIdentity", "emailAddress", "domain", "identity"]
    made = {_pick(rng, keys): identity}
    gone: Json = {_pick(rng, keys): _pick(rng, others)}
    if rng.random() < 0.2:  # the first that is there counts
        gone = {"identity": identity, "emailIdentity": _pick(rng, ["", "b@example.com", identity])}
    names = ["CreateEmailIdentity", "VerifyEmailIdentity", "VerifyDomainDkim", "PutIdentityPolicy"]
    h.add(caller, time, _pick(rng, names), h.mostly_ok(), made)
    name = _pick(rng, _CALLS["ses", "cleanup"]).name
    h.add(caller, time + _edge(rng, 1800), name, h.mostly_ok(), gone)


def _regions(h: _History, count: int) -> list[Any]:
    regions: list[Any] = _shuffled(h.rng, _REGIONS)[:count]
    if h.rng.random() < 0.15:
        regions[-1] = _pick(h.rng, ["unknown", None, regions[0]])
    return regions


def _used_in_regions(h: _History) -> None:
    caller, time, rng = h.caller(), h.moment(), h.rng
    services = [_pick(rng, ["bedrock", "ses", "sns"])] * 3 + [_pick(rng, _USED)]
    if rng.random() < 0.3:
        gap = _pick(rng, [13, 13, 14, 24]) * _HOUR
        before = (time + _pick(rng, [0, _HOUR])) // _HOUR * _HOUR - gap + _upto(rng, 3599)
        h.use(caller, before, services[0], 1)
    regions = _regions(h, _pick(rng, [2, 3, 3, 4]))
    gaps = [0, _edge(rng, _HOUR), *(_upto(rng, _HOUR) for _ in regions)]
    for region, gap, service in zip(regions, gaps, services):
        name = h.a_name(service, *(["use"] if service == "sms_voice" else ["use", "enable"]))
        h.add(caller, time + gap, name, h.an_outcome(), awsRegion=region)


def _forms_in_regions(h: _History) -> None:
    caller, time = h.caller(), h.moment()
    regions = _regions(h, _pick(h.rng, [2, 3, 3, 4]))
    for region, gap in zip(regions, [0, _edge(h.rng, 10), *(_upto(h.rng, 11) for _ in regions)]):
        name = _pick(h.rng, ["PutAccountDetails", "PutUseCaseForModelAccess"])
        h.add(caller, time + gap, name, h.an_outcome(), awsRegion=region)


def _looked_in_regions(h: _History) -> None:
    caller, time = h.caller(), h.moment()
    service = _pick(h.rng, ["bedrock", "ses", "sns"])
    name = h.a_name(service, "recon")
    regions = _regions(h, _pick(h.rng, [3, 4, 4, 5]))
    for region, gap in zip(regions, [0, _edge(h.rng, 600), *(_upto(h.rng, 600) for _ in regions)]):
        if h.rng.random() < 0.07:
            name = h.a_name(service, "recon")
        h.add(caller, time + gap, name, h.an_outcome(), awsRegion=region)


def _swept(h: _History) -> None:
    caller, time = h.caller(), h.moment()
    services = _shuffled(h.rng, ["bedrock", "ses", "sns", "sms_voice"])[: _pick(h.rng, [2, 3, 3])]
    gaps = [0, _edge(h.rng, _HOUR), *(_upto(h.rng, _HOUR) for _ in services)]
    for service, gap in zip(services, gaps):
        phases = ["use"] if service == "sms_voice" else ["use", "recon", "recon", "enable"]
        h.add(caller, time + gap, h.a_name(service, _pick(h.rng, phases)), h.an_outcome())


def _from_many_places(h: _History) -> None:
    caller, rng = h.caller(), h.rng
    in_turn = rng.random() < 0.3  # three clients, none of which has enough of them
    if in_turn:
        networks = addresses = calls = _pick(rng, [9, 10, 10, 11])
    elif rng.random() < 0.2:
        networks = addresses = _pick(rng, [9, 10, 10, 11])
        calls = _pick(rng, [1, 2, 2]) * addresses + _pick(rng, [0, 1, 1, 8])
    else:
        addresses = _pick(rng, [4, 5, 5, 6, 7])
        networks = _pick(rng, [1, 4, 5, 5, addresses])
        calls = 2 * addresses + _pick(rng, [-addresses, -1, 0, 0, 1, 1])
    places: list[Any] = [h.place(21 + n % networks, 1 + n) for n in range(addresses)]
    if rng.random() < 0.2:
        places[-1] = _pick(rng, [*_PLACES_OF_NO_ADDRESS, "::ffff:10.20.0.1", "2001:DB8:0:0::1"])
    places += [_pick(rng, places) for _ in range(calls - addresses)]
    hour = h.moment() // _HOUR * _HOUR
    last = hour + _pick(rng, [0, 1, 23, 23, 24, 30]) * _HOUR
    inside = [hour + _upto(rng, last + 3599 - hour) for _ in places]
    times = [hour + _pick(rng, [0, 3599]), last + _pick(rng, [0, 3599]), *inside]
    # Other versions of the same client, some of them with a sign of the cloud, and others.
    agents = _pick(rng, [[caller.agent], [_AGENTS[0], _AGENTS[1]], _AGENTS[:5], _AGENTS])
    workload: Json = {}
    if isinstance(caller.identity, dict) and rng.random() < 0.15:
        workload = {**caller.identity, "inScopeOf": {"issuerType": "AWS::EC2::Instance"}}
    for number, (place, time) in enumerate(zip(_shuffled(rng, places), times)):
        agent = _pick(rng, agents) if rng.random() < 0.3 else agents[0]
        agent = [_AGENTS[0], _AGENTS[6], _AGENTS[7]][number % 3] if in_turn else agent
        more = {"userIdentity": workload} if workload and rng.random() < 0.3 else {}
        name = _pick(rng, _NAMES)
        h.add(caller, time, name, h.an_outcome(), sourceIPAddress=place, userAgent=agent, **more)


def _from_some_places(h: _History) -> None:
    caller, rng = h.caller(), h.rng
    hour = h.moment() // _HOUR * _HOUR
    times = [hour, hour + 3599, hour + _upto(rng, 3599), hour + _pick(rng, [-1, 1800, 3600])]
    for number, time in enumerate([*times, *times][: _pick(rng, [3, 4, 4, 5])]):
        place = h.place(_upto(rng, 2), number + 1)
        h.add(caller, time, _pick(rng, _NAMES), h.an_outcome(), sourceIPAddress=place)


def _from_more_places_than_are_shown(h: _History) -> None:
    caller, rng = h.caller(), h.rng
    time = h.moment()
    for number in range(_pick(rng, [100, 101, 110])):
        more: Json = {
            "sourceIPAddress": f"10.{number % 3}.7.{number}",
            "userAgent": f"client-{number}x/{number}",
            "awsRegion": f"mars-east-{number}",
        }
        parameters = {"modelId": f"model-{number}"}
        h.add(caller, time + number * 300, _pick(rng, _NAMES), "ok", parameters, **more)


def _quarantined(h: _History) -> None:
    rng = h.rng
    owner = _pick(rng, [caller.user for caller in h.callers if caller.user] or ["eve"])
    user = _pick(rng, [owner] * 5 + ["mallory", "Alice", None])
    policy = _pick(rng, ["AWSCompromisedKeyQuarantineV3"] * 5 + ["AWSCompromisedKeyQuarantine"])
    if rng.random() < 0.15:
        policy = _pick(rng, ["MyAWSCompromisedKeyQuarantine", "AWSCompromisedKey"])
    arn = f"arn:aws:iam::aws:policy/{policy}"
    by_aws = [
        _Caller({"type": "AWSService"}, place="iam.amazonaws.com"),
        _Caller({"accountId": h.account, "invokedBy": "AWS Internal"}, place="AWS Internal"),
        _Caller({"type": "Root", "arn": f"arn:aws:iam::{h.account}:root", "accessKeyId": "AKIAX"}),
    ]
    caller = _pick(rng, [*by_aws, h.caller()])
    more = {"eventCategory": "Insight"} if rng.random() < 0.05 else {}
    parameters = {"policyArn": arn, "userName": user}
    for _ in range(_pick(rng, [1, 1, 2])):
        h.add(caller, h.moment(), "AttachUserPolicy", h.mostly_ok(), parameters, **more)


def _policy(rng: random.Random) -> Any:
    action = _pick(
        rng,
        [
            *("ses:SendRawEmail", "ses:*", "SES:Send*", ["s3:Get*", "ses:SendEmail"], ["SES:*"]),
            *("ses:Get*", "*", ["ses:Create*"], [], None, "xses:SendEmail", [["ses:*"]], "ses:s*"),
        ],
    )
    effect = _pick(rng, ["Allow"] * 6 + ["Deny", "allow"])
    statement: Json = {"Effect": effect, "Action": action, "Resource": "*"}
    other = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    statements = _pick(rng, [statement, [statement], [other, statement], [other, "x", statement]])
    text = json.dumps({"Version": "2012-10-17", "Statement": statements})
    return _pick(rng, [text] * 8 + [text[:-1], json.loads(text), f"[{text}]", " " + text + "\n"])


def _gave_mail(h: _History) -> None:
    caller, time, rng = h.caller(), h.moment(), h.rng
    user = _pick(rng, ["mail-1", "mail-1", "mail-2", None, 17])
    other = _pick(rng, [user] * 6 + ["mail-3"])
    name = _pick(rng, ["CreateUser", "CreateAccessKey", "CreateAccessKey", "CreateLoginProfile"])
    h.add(caller, time, name, h.mostly_ok(), {"userName": user} if user else {})
    grant: Json = {"userName": other, "policyName": "ses:SendEmail"}
    if rng.random() < 0.7:
        name, grant["policyDocument"] = "PutUserPolicy", _policy(rng)
    else:
        name = "AttachUserPolicy"
        policies = ["AmazonSESFullAccess"] * 4 + ["AmazonSESReadOnlyAccess", "xAmazonSESFullAccess"]
        grant["policyArn"] = f"arn:aws:iam::aws:policy/{_pick(rng, policies)}"
    gap = _edge(rng, _HOUR) * _pick(rng, [1, 1, -1])
    h.add(caller, time + gap, name, h.mostly_ok(), grant)


def _made_an_api_key(h: _History) -> None:
    services: list[Any] = ["bedrock.amazonaws.com"] * 3 + ["codecommit.amazonaws.com", "bedrock"]
    parameters = {"serviceName": _pick(h.rng, [*services, None]), "userName": "alice"}
    name = "CreateServiceSpecificCredential"
    h.add(h.caller(), h.moment(), name, h.mostly_ok(), parameters)


def _asked_for_more(h: _History) -> None:
    words: list[Any] = [
        *("ses", "service-code-ses", "SNS", "sms-voice", "Raise my Bedrock quota", "bedrocks"),
        *("Increase simple  email", "simple email limit", "end user messaging", "assess", "ec2"),
        *("pinpoint2", "amazon_sms", None, "", 5, ["ses"], "é" * 124 + " sesame", "lambda"),
        *("x" * 253 + " ses", "x" * 252 + " ses", "x" * 252 + " sesx", "dynamodb"),
    ]
    keys = _shuffled(h.rng, ["serviceCode", "categoryCode", "subject", "communicationBody"])
    parameters = {key: _pick(h.rng, words) for key in keys[: _pick(h.rng, [1, 2, 3])]}
    if h.rng.random() < 0.1:  # what one blank joins
        parameters = {"serviceCode": "simple", "subject": _pick(h.rng, ["email", " email"])}
    name = _pick(h.rng, ["RequestServiceQuotaIncrease", "CreateCase"])
    h.add(h.caller(), h.moment(), name, h.an_outcome(), parameters)


def _days_of_work(h: _History) -> None:
    """The same every day, for a history."""
    caller, time, rng = h.caller(), h.moment(), h.rng
    service = _pick(rng, ["ses", "ses", "sns", "bedrock"])
    messages = _pick(rng, [1, 4, 9])
    for day in range(_pick(rng, [2, 3, 4])):
        for _ in range(_pick(rng, [1, 2, 3])):
            h.use(caller, time + day * _DAY + _upto(rng, 90), service, messages)


def _noise(h: _History) -> None:
    for _ in range(_pick(h.rng, [1, 3, 6])):
        caller = h.caller() if h.rng.random() < 0.8 else h._new_caller()
        name = _pick(h.rng, _NAMES if h.rng.random() < 0.9 else ["GetObject", "sendemail"])
        agent = _pick(h.rng, [caller.agent, caller.agent, _pick(h.rng, _AGENTS)])
        time = h.moment() + _pick(h.rng, [0, _edge(h.rng, _HOUR), _upto(h.rng, _DAY)])
        h.add(caller, time, name, h.an_outcome(), userAgent=agent)


_SCENES: list[Callable[[_History], None]] = [
    *(_switched_on_and_used, _looked_at_and_used, _sent_much, _sent_more_than_usual, _refused),
    *(_refused_to_switch_on, _probed, _hidden, _made_and_deleted, _used_in_regions),
    *(_forms_in_regions, _looked_in_regions, _swept, _from_many_places, _from_some_places),
    *(_quarantined, _gave_mail, _made_an_api_key, _asked_for_more, _days_of_work, _noise),
]

# --- Delivery ------------------------------------------------------------------------------------


def _written(rng: random.Random, record: Json) -> bytes:
    members = _shuffled(rng, list(record.items())) if rng.random() < 0.2 else record.items()
    separators = _pick(rng, [(",", ":"), (",", ":"), (", ", ": "), (" ,", " :")])
    as_ascii = rng.random() < 0.5
    text = json.dumps(dict(members), separators=separators, ensure_ascii=as_ascii)
    return text.encode("utf-8")


def _enveloped(rng: random.Random, raw: bytes) -> bytes:
    wrap = _pick(
        rng,
        [
            delivery,
            lookup_item,
            lambda raw: b'{"Records":[' + raw + b"]}",
            lambda raw: b'{ "Records" : [ ' + raw + b" ,\t" + delivery(raw) + b" ] }",
            lambda raw: b'{"Events":[' + lookup_item(raw) + b',{"a":{}}]}',
        ],
    )
    return wrap(raw)


def _delivered(h: _History) -> list[IndexedEvent]:
    """The events in any order, some of them more than once, and in more than one form."""
    rng = h.rng
    doubled = _pick(rng, [0.0, 0.0, 0.05, 0.3, 1.0])
    events = []
    for event in h.events:
        raw = _written(rng, event.record)
        deliveries = [raw]
        if rng.random() < doubled:
            again = _written(rng, {**event.record, "sharedEventID": "x"})
            deliveries.append(_pick(rng, [raw, raw, again]))
        for copy in deliveries:
            if rng.random() < 0.03:
                copy = _enveloped(rng, copy)
            events.append((event.row_time, copy))
    return _shuffled(rng, events)


def history(seed: int, index: int) -> list[IndexedEvent]:
    """One history; the same for the same numbers."""
    rng = random.Random(f"history {seed} {index}")
    h = _History(rng, f"{seed % 1_000_000:06}{index % 1_000_000:06}")
    for _ in range(_pick(rng, [1, 2, 2, 3, 4])):
        _pick(rng, _SCENES)(h)
    if rng.random() < 0.004:  # too long for more often
        _from_more_places_than_are_shown(h)
    return _delivered(h)


def histories(seed: int, count: int) -> list[list[IndexedEvent]]:
    """So many histories, each with its events in the order of their delivery."""
    return [history(seed, index) for index in range(count)]
