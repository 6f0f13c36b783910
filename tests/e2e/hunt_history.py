"""One account's random history: its callers, their places, and the events that they cause."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar

from hunt_values import (
    AGENTS,
    FALSE,
    MODELS,
    NOT_FALSE,
    NOT_TRUE,
    OUTCOMES,
    PLACES_INSIDE,
    PLACES_OF_NO_ADDRESS,
    REGIONS,
    ROLES,
    TRUE,
)
from shipped_catalogue import PHASES, calls_in, services

Json = dict[str, Any]

T = TypeVar("T")

START = 1_772_409_600  # 2026-03-02T00:00:00Z
MINUTE = 60
HOUR = 3600
DAY = 24 * HOUR

# The possible first octets of an account's addresses. Shared addresses link accounts, so only few
# accounts may have the same first octet.
_FIRST_NUMBERS = [n for n in range(11, 224) if n not in (100, 127, 169, 172, 192, 198, 203)]

# The entries of cloudhijack_networks.csv, and the organisation's accounts.
LISTED_NETWORKS = [
    *(f"{first}.5.0.0/16" for first in _FIRST_NUMBERS),
    *(f"{first}.21.1.0/24" for first in _FIRST_NUMBERS),
    "2001:db4:1100::/40",
]
OWN_ACCOUNTS = ["222222222222"]


class Named(NamedTuple):
    source: str
    name: str
    conditions: str
    weight: int


def _catalogue() -> dict[tuple[str, str], list[Named]]:
    """The calls of each service and phase."""
    calls = {}
    for service, stanza in services().items():
        for phase in PHASES:
            found = calls_in(stanza.get(phase, ""), stanza.get("source"))
            of_aws = [Named(*call) for call in found if call.source.endswith(".amazonaws.com")]
            if of_aws and phase != "volume":
                calls[service, phase] = of_aws
    return calls


CALLS = _catalogue()
_ALL_CALLS = [call for calls in CALLS.values() for call in calls]
SOURCES = {call.name: call.source for call in _ALL_CALLS}
_CONDITIONS: dict[str, set[str]] = {name: set() for name in SOURCES}
for _call in _ALL_CALLS:
    _CONDITIONS[_call.name].add(_call.conditions)
KEYS_OF = {
    name: {key for key, calls in CALLS.items() if name in {call.name for call in calls}}
    for name in SOURCES
}
NAMES = sorted(SOURCES)
USED = ("bedrock", "ses", "sns", "sms_voice")
THRESHOLDS = {
    service: int(stanza["threshold"]) for service, stanza in services().items() if "use" in stanza
}


def pick(rng: random.Random, items: Sequence[T]) -> T:
    # The standard library guarantees only for random() that every Python version gives the same
    # sequence.
    return items[int(rng.random() * len(items))]


def upto(rng: random.Random, most: int) -> int:
    """A number from 0 to `most`, both included."""
    return int(rng.random() * (most + 1))


def shuffled(rng: random.Random, items: Sequence[T]) -> list[T]:
    return sorted(items, key=lambda _: rng.random())


def edge(rng: random.Random, limit: int) -> int:
    """A gap close to the end of a window of this many seconds."""
    edges = [0, 1, limit - 1, limit, limit, limit, limit + 1, limit + 1]
    edges += [upto(rng, limit), upto(rng, limit), upto(rng, 2 * limit), -1]
    return pick(rng, edges)


@dataclass
class Caller:
    """The caller, and the members of a record that identify it."""

    identity: Any
    user: str | None = None  # an IAM user's name
    place: Any = "10.1.2.3"
    agent: Any = AGENTS[0]
    region: str | None = "us-east-1"
    members: Json = field(default_factory=dict)


@dataclass
class Event:
    time: int
    record: Json
    row_time: str | None = None


class History:
    def __init__(self, rng: random.Random, account: str) -> None:
        self.rng = rng
        self.account = account
        self.events: list[Event] = []
        self.past: list[Event] = []
        self.is_settled = False  # whether the baseline shall know the account
        self.moments = [self._moment() for _ in range(2)]
        self._ids: set[tuple[str, str, int]] = set()
        self.callers = [self.new_caller() for _ in range(pick(rng, [1, 1, 1, 2, 2, 3]))]

    @contextmanager
    def in_past(self) -> Iterator[None]:
        """Events added inside this context are part of the past."""
        self.events, self.past = self.past, self.events
        try:
            yield
        finally:
            self.events, self.past = self.past, self.events

    # --- Callers ---

    def _arn(self, service: str, rest: str) -> str:
        return f"arn:aws:{service}::{self.account}:{rest}"

    def new_caller(self) -> Caller:
        rng = self.rng
        make = pick(
            rng,
            [
                *(self.a_user, self.a_user, self.a_user, self.a_role, self.a_role),
                *(self._sso, self._sourced, self._federated, self._parts, self.a_workload),
                *(self._by_aws,),
            ],
        )
        caller = make()
        caller.agent = pick(rng, AGENTS if rng.random() < 0.5 else AGENTS[:4])
        if rng.random() < 0.08:
            caller.agent = pick(rng, [None, "", 5])
        if caller.place == "10.1.2.3":
            caller.place = self.place(upto(rng, 3), 1)
            if rng.random() < 0.1:
                caller.place = pick(rng, PLACES_INSIDE)
        if rng.random() < 0.06:
            caller.place = pick(rng, PLACES_OF_NO_ADDRESS)
        caller.region = pick(rng, REGIONS if rng.random() < 0.93 else [None, "unknown", ""])
        return caller

    def a_user(self) -> Caller:
        names = ["alice", "bob", "ses-smtp-user.1", "ci-test", "Zoë", "temporary"]
        return self.user_named(pick(self.rng, names))

    def user_named(self, name: str) -> Caller:
        rng = self.rng
        path = pick(rng, ["", "", "", "teams/mail/"])
        identity: Json = {
            "type": "IAMUser",
            "principalId": "AIDAEXAMPLE",
            "arn": self._arn("iam", f"user/{path}{name}"),
            "accountId": self.account,
            "accessKeyId": pick(rng, ["AKIA", "AKIA", "ASIA"]) + name.encode().hex().upper(),
            "userName": name,
        }
        if rng.random() < 0.15:
            identity["accessKeyId"] = ""
        return Caller(identity, user=name)

    def session(self, role: str, name: str, **context: Any) -> Json:
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

    def a_role(self) -> Caller:
        role = pick(self.rng, ROLES)
        return Caller(self.session(role, pick(self.rng, ["i-0abc", "job-1", "job-2"])))

    def _sso(self) -> Caller:
        role = "aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_0123456789abcdef"
        person = pick(self.rng, ["ann@example.com", "ben@example.com"])
        identity = self.session(role, person)
        lost = self.rng.random()
        if lost < 0.3:
            del identity["arn"]
        if lost < 0.1:
            del identity["principalId"]
        return Caller(identity)

    def _sourced(self) -> Caller:
        person = pick(self.rng, ["carl", "dora"])
        role = pick(self.rng, ["shared", "AWSReservedSSO_Admin_1"])
        return Caller(self.session(role, "session-1", sourceIdentity=person))

    def _federated(self) -> Caller:
        name = pick(self.rng, ["alice", "bob"])
        identity = self.session("x", name)
        identity["type"] = "FederatedUser"
        identity["arn"] = self._arn("sts", f"federated-user/{name}-session")
        issuer = {"type": "IAMUser", "arn": self._arn("iam", f"user/{name}")}
        identity["sessionContext"] = {"sessionIssuer": issuer}
        return Caller(identity, user=name)

    def _parts(self) -> Caller:
        """Identities with missing parts."""
        rng = self.rng
        session = self.session("deploy", "job-1")
        identity = pick(
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
        return Caller(identity)

    def a_workload(self) -> Caller:
        """Roles of functions, containers and pipelines; some of them show a cloud sign."""
        rng = self.rng
        function = f"arn:aws:lambda:us-east-1:{self.account}:function:mailer"
        scope = pick(
            rng,
            [
                {"issuerType": "AWS::Lambda::Function", "credentialsIssuedTo": function},
                {"credentialsIssuedTo": function},
                {"issuerType": "AWS::EC2::Instance"},
                {},
                {"issuerType": "", "credentialsIssuedTo": None},
            ],
        )
        identity = self.session("worker", "mailer")
        if rng.random() < 0.3:
            provider = pick(rng, ["arn:aws:iam::1:oidc-provider/example.com", "", None])
            identity["sessionContext"]["webIdFederationData"] = {"federatedProvider": provider}
        else:
            identity["inScopeOf"] = scope
        return Caller(identity)

    def _by_aws(self) -> Caller:
        """Calls that AWS makes itself, and calls that resemble them."""
        rng = self.rng
        user, role = self.a_user(), self.a_role()
        choice = upto(rng, 9)
        if choice > 6:  # made for a role, so that the use counts
            role.identity["invokedBy"] = "bedrock.amazonaws.com"
            return role
        if choice == 0:
            user.identity = {"type": "AWSService"}
            if rng.random() < 0.5:
                user.identity["invokedBy"] = "lambda.amazonaws.com"
        elif choice == 1:
            user.identity["invokedBy"] = pick(
                rng,
                [
                    *("ses.amazonaws.com", "sns.amazonaws.com.cn", "AWS Internal"),
                    *("x.amazonaws.com.", "signin.amazonaws.com"),
                ],
            )
        elif choice == 2:
            user.place = pick(rng, ["config.amazonaws.com", "a.amazonaws.com.cn", "amazonaws.com"])
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
            category = pick(rng, ["NetworkActivity", "Insight", "Data", "Management"])
            user.members = {"eventCategory": category}
        return user

    # --- Places and times ---

    def place(self, network: int, host: int) -> str:
        if network % 5 == 4:
            end = f"{int(self.account[-6:]):x}:{host:x}"
            address = f"2001:db{network:x}::{end}"
            if self.rng.random() < 0.5:
                address = f"2001:db{network:x}:{host:x}00::{end}"
            return address.upper() if self.rng.random() < 0.1 else address
        return self.address_in(network, f"{host % 7}.{host}")

    def address_in(self, network: int, rest: str) -> str:
        first = _FIRST_NUMBERS[int(self.account[-6:]) % len(_FIRST_NUMBERS)]
        return f"{first}.{network}.{rest}"

    def _moment(self) -> int:
        rng = self.rng
        day = pick(rng, [0, 0, 1, 2, 3])
        within = pick(rng, [0, 0, 1, 30, 59, 60, 1800, 3540, 3599, upto(rng, 3599)])
        return START + day * DAY + pick(rng, [1, 9, 23]) * HOUR + within

    def moment(self) -> int:
        """Scenes start at one of a few moments, so that they overlap."""
        return pick(self.rng, self.moments) if self.rng.random() < 0.7 else self._moment()

    def caller(self) -> Caller:
        return pick(self.rng, self.callers)

    # --- Events ---

    def add(
        self,
        caller: Caller,
        time: int,
        name: str,
        outcome: str = "ok",
        parameters: Json | None = None,
        **members: Any,
    ) -> None:
        rng = self.rng
        record: Json = {
            "eventVersion": "1.09",
            "eventSource": SOURCES.get(name, "s3.amazonaws.com"),
            "eventName": name,
            "awsRegion": caller.region,
            "sourceIPAddress": caller.place,
            "userAgent": caller.agent,
            "userIdentity": caller.identity,
            "recipientAccountId": self.account,
            "requestParameters": self._parameters(name) if parameters is None else parameters,
            **pick(rng, OUTCOMES[outcome]),
            **caller.members,
            **members,
        }
        arn = caller.identity.get("arn") if isinstance(caller.identity, dict) else None
        if arn and rng.random() < 0.1:  # only if two accounts cannot have a principal of this name
            del record["recipientAccountId"]
            if rng.random() < 0.1:
                record["userIdentity"] = {**record["userIdentity"], "accountId": None}
        if rng.random() < 0.01:
            record["additionalEventData"] = {"callWithBearerToken": pick(rng, [True, "true", 1])}
        self.events.append(self._timed(record, time, name))

    def _timed(self, record: Json, time: int, name: str) -> Event:
        rng = self.rng
        event = Event(time, record)
        kind = rng.random()
        # If only the row has a time, nothing but the id distinguishes equal records.
        own_id = self._event_id(name, time) if kind >= 0.04 else self.uuid()
        if own_id is not None:
            record["eventID"] = own_id
        if kind < 0.04:
            event.row_time = str(time)
            record["eventTime"] = pick(rng, ["yesterday", "", None, {}])
        elif kind < 0.05:
            record["eventTime"] = "2026-02-30T00:00:00Z"
        else:
            stamp = datetime.fromtimestamp(time, UTC)
            record["eventTime"] = stamp.strftime("%Y-%m-%dT%H:%M:%SZ")
            if rng.random() < 0.05:
                form = "%Y-%m-%d %H:%M:%S" + pick(rng, [".0", ".999", ".9999999"])
                record["eventTime"] = stamp.strftime(form)
            event.row_time = pick(rng, [None, str(time), f"{time}.5", str(time - 90)])
        return event

    def uuid(self) -> str:
        digits = "".join(f"{upto(self.rng, 255):02x}" for _ in range(16))
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))

    def _event_id(self, name: str, time: int) -> Any:
        if self.rng.random() < 0.9:
            return self.uuid()
        event_id = pick(
            self.rng,
            [
                *(None, "", "-", "placeholder", 0, "00000000-0000-0000-0000-000000000000"),
                *("DEADBEEF-dead-BEEF-dead-BEEFDEADBEEF", "deadbeef-dead-beef-dead-beefdeadbee"),
            ],
        )
        # Two events that agree in all of these would count as one event, and chance would decide
        # which.
        if (str(event_id), name, time) in self._ids:
            return self.uuid()
        self._ids.add((str(event_id), name, time))
        return event_id

    def _parameters(self, name: str) -> Any:
        rng = self.rng
        keys = KEYS_OF.get(name, set())
        if name == "PutModelInvocationLoggingConfiguration":
            value = pick(rng, [*FALSE, *FALSE, *TRUE, *NOT_FALSE])
            return {"loggingConfig": {"textDataDeliveryEnabled": value}}
        conditions = _CONDITIONS.get(name, {""})
        if "" not in conditions:
            return self._conditional(pick(rng, sorted(conditions)))
        if ("bedrock", "use") in keys:
            return {"modelId": pick(rng, [*MODELS, None])} if rng.random() < 0.8 else None
        if ("ses", "enable") in keys or ("ses", "cleanup") in keys:
            return {"emailIdentity": "shop@example.com"}
        if any(service == "account" for service, _ in keys):
            return pick(rng, [{}, {"userName": "alice"}, None])
        return pick(rng, [{}, None, {"x": [1, {"y": "z"}]}, [], "x"])

    def _conditional(self, conditions: str) -> Json:
        """Parameters that mostly meet the conditions."""
        rng = self.rng
        parameters: Json = {}
        for condition in conditions.split(","):
            path, _, wanted = condition.partition("=")
            values: list[Any] = [wanted, wanted, wanted, ["x", wanted]]
            if wanted in ("true", "false"):
                is_true = wanted == "true"
                values = [*(TRUE if is_true else FALSE), *(TRUE if is_true else FALSE)]
                values += pick(rng, [[], [], NOT_TRUE if is_true else NOT_FALSE])
            elif rng.random() < 0.3:
                values = [wanted.lower() + "x", None, {}, 5]
            value = pick(rng, values)
            for key in reversed(path.split(".")):
                value = {key: value}
            parameters.update(value)
        return parameters

    def a_name(self, service: str, *phases: str) -> str:
        """A call of the service that counts whatever its parameters are, and as one message."""
        calls = [call for phase in phases for call in CALLS.get((service, phase), [])]
        return pick(self.rng, [c.name for c in calls if not c.conditions and c.weight == 1])

    def an_outcome(self) -> str:
        return pick(self.rng, ["ok", "ok", "ok", "denied", "failed", "throttled", "probe"])

    def mostly_ok(self) -> str:
        return "ok" if self.rng.random() < 0.85 else self.an_outcome()

    def use(self, caller: Caller, time: int, service: str, messages: int, **more: Any) -> None:
        """One successful use with this many messages, a number that the service must be able to
        send."""
        rng = self.rng
        if service == "sns":
            if messages == 1 and rng.random() < 0.5:
                self.add(caller, time, "Publish", **more)
                return
            count = messages if messages < 10 else pick(rng, [10, 10, 12])
            entries = [{"id": str(n)} for n in range(count)]
            parameters = {"publishBatchRequestEntries": entries}
            self.add(caller, time, "PublishBatch", parameters=parameters, **more)
            return
        if service != "ses":
            name = self.a_name(service, "use")
            weighted = [call.name for call in CALLS[service, "use"] if call.weight > 1]
            if weighted and rng.random() < 0.01:
                name = pick(rng, weighted)
            self.add(caller, time, name, **more)
            return
        if messages == 50:
            messages = pick(rng, [50, 50, 53])  # more than a call can have count as the maximum
        hidden = "HIDDEN_DUE_TO_SECURITY_REASONS"
        if rng.random() < 0.3:
            many = upto(rng, messages - 1)  # added to the one recipient of the first entry
            destination = {"ccAddresses": [hidden] * many, "toAddresses": [hidden]}
            first: Any = {"destination": destination}
            rest: list[Any] = [{"destination": {}}, {}, "x", {"destination": None}]
            entries = [first, *(pick(rng, rest) for _ in range(messages - 1 - many))]
            name, key = pick(
                rng,
                [("SendBulkEmail", "bulkEmailEntries"), ("SendBulkTemplatedEmail", "destinations")],
            )
            self.add(caller, time, name, parameters={key: entries}, **more)
            return
        if rng.random() < 0.2:
            parameters = {"destinations": [hidden] * messages}
            self.add(caller, time, "SendRawEmail", parameters=parameters, **more)
            return
        to, cc = upto(rng, messages), 0
        cc = upto(rng, messages - to)
        kinds = {"toAddresses": to, "ccAddresses": cc, "bccAddresses": messages - to - cc}
        destination = {kind: [hidden] * count for kind, count in kinds.items()}
        if messages == 1 and rng.random() < 0.5:
            destination = {}
        name = pick(rng, ["SendEmail", "SendEmail", "SendTemplatedEmail"])
        self.add(caller, time, name, parameters={"destination": destination}, **more)

    def sends(self, caller: Caller, service: str, total: int, start: int, end: int) -> None:
        """Uses with this many messages in total from `start` to `end`, with one at each of the
        two."""
        most = {"ses": 50, "sns": 10}.get(service, 1)
        sizes = []
        while total > 0:
            size = min(total, most if self.rng.random() < 0.9 else upto(self.rng, most - 1) + 1)
            sizes.append(size)
            total -= size
        times = [start, end] + [start + upto(self.rng, end - start) for _ in sizes]
        for time, size in zip(times, shuffled(self.rng, sizes)):
            self.use(caller, time, service, size)
