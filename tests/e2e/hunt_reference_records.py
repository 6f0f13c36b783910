"""The calls of each principal, as the reference of `mode=hunt` and `mode=baseline` reads them from
events.

It shares nothing with the program or with the generators of events, so that the same mistake cannot
hide in both. Every call of every principal is kept.
"""

from __future__ import annotations

import re
import socket
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from hunt_reference_calls import Actor, Call, Origin, in_order
from hunt_reference_catalogue import ENTRIES, ENTRIES_WITH_LINKS, Entries, holds
from hunt_reference_forms import records_of
from volume_reference import IndexedEvent, _read_time, _text, _Unknown, _Unreadable

# --- What an event says --------------------------------------------------------------------------


def _at(value: Any, path: str) -> Any:
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _text_at(value: Any, path: str) -> str | None:
    return _text(_at(value, path))


def _cut(text: str | None, most: int = 512) -> str | None:
    """The whole characters within the first `most` bytes."""
    return text and text.encode()[:most].decode("utf-8", "ignore")


def _last_part(text: str) -> str:
    return text.rsplit("/", 1)[-1]


_BY_AWS = (".amazonaws.com", ".amazonaws.com.cn")


def _issuer(record: dict[str, Any]) -> str | None:
    """The issuer of the session. A session's own ARN names the role without its path."""
    identity = _at(record, "userIdentity")
    issuer = _text_at(identity, "sessionContext.sessionIssuer.arn")
    if issuer is not None or _text_at(identity, "type") not in ("AssumedRole", None):
        return issuer
    parts = (_text_at(identity, "arn") or "").split(":", 5)
    if len(parts) < 6 or parts[0] != "arn":
        return None
    kind, _, rest = parts[5].partition("/")
    role = rest.split("/", 1)[0]
    if kind != "assumed-role" or not role:
        return None
    return f"arn:{parts[1]}:iam::{parts[4]}:role/{role}"


def _is_by_aws_itself(record: dict[str, Any]) -> bool:
    issuer = _issuer(record) or ""
    return _text_at(record, "userIdentity.type") == "AWSService" or _last_part(issuer).startswith(
        "AWSServiceRoleFor"
    )


def _is_invoked_by_aws(record: dict[str, Any]) -> bool:
    invoker = _text_at(record, "userIdentity.invokedBy") or ""
    return invoker.endswith(_BY_AWS) and invoker != "signin.amazonaws.com"


def _without_path(principal: str) -> str:
    head, role, rest = principal.partition(":role/")
    shared = rest.find("AWSReservedSSO_")
    return head + role + (rest.rsplit("/", 1)[-1] if shared < 0 else rest[shared:])


def _principal(record: dict[str, Any]) -> tuple[str, str]:
    """The principal, and by which member it was identified."""
    identity = _at(record, "userIdentity")
    caller_type, arn = _text_at(identity, "type"), _text_at(identity, "arn")
    principal_id = _text_at(identity, "principalId")
    issuer = _issuer(record)
    user_id = _text_at(identity, "onBehalfOf.userId")
    if issuer is not None and caller_type in ("FederatedUser", None):
        return issuer, "federated user" if caller_type else "session without a type"
    if issuer is not None and caller_type == "AssumedRole":
        person = _text_at(identity, "sessionContext.sourceIdentity")
        if person is not None:
            return f"{issuer}/{person}", "source identity"
        if not _last_part(issuer).startswith("AWSReservedSSO_"):
            if user_id is not None:
                return f"{issuer}/{user_id}", "identity center's user behind a role"
            return issuer, "role"
        if arn is not None and "/" in arn:
            return f"{issuer}/{_last_part(arn)}", "session name"
        if principal_id is not None and ":" in principal_id:
            return f"{issuer}/{principal_id.rsplit(':', 1)[-1]}", "session name of the id"
        return issuer, "session without a name"
    if caller_type == "IdentityCenterUser" and user_id is not None:
        return f"identitycenter/{user_id}", "identity center's user"
    is_role = caller_type == "AssumedRole" and ":" in (principal_id or "")
    known_by = {
        "arn": arn,
        "role id": (principal_id or "").split(":", 1)[0] or None if is_role else None,
        "access key": _text_at(identity, "accessKeyId"),
        "principal id": principal_id,
        "account id": _text_at(identity, "accountId"),
    }
    for way, name in known_by.items():
        if name is not None:
            return name, way
    return "unknown", "nothing"


_PROBE = re.compile(
    r"max_?tokens\w*.*(range: *\d|greater than or equal|greater or equal|at least|minimum)"
    r"|malformed input request.*is not greater or equal to"
    r"|at least one message is required"
    r"|use case details have not been submitted",
    re.ASCII | re.IGNORECASE | re.DOTALL,
)
_PROBED = ("ValidationException", "ResourceNotFoundException")
_DENIED = ("UnauthorizedOperation", "AuthorizationError", "VpceAccessDenied")


_THROTTLED = ("ThrottlingException", "TooManyRequestsException", "ServiceQuotaExceededException")


def _outcome(record: dict[str, Any]) -> str:
    code = _text(record.get("errorCode"))
    if code is None or code == "200":
        return "ok"
    if code.startswith("AccessDenied") or code in _DENIED:
        return "denied"
    if code in _PROBED and _PROBE.search(_text(record.get("errorMessage")) or ""):
        return "probe"
    if code in _THROTTLED or code.startswith("LimitExceeded"):
        return "throttled"
    return "failed"


_NO_CLIENT = ("m/", "ua/", "cfg/", "command/", "exec-env/", "prompt/", "installer/")


@cache
def _client(agent: str | None) -> str:
    words = []
    for word in re.split("[ \t]", agent or ""):
        if word.removeprefix("md/").startswith(_NO_CLIENT):
            continue
        if not word.startswith("md/arch#"):
            word = word.split("#", 1)[0]
        word = re.split("/(?=[0-9])", word, maxsplit=1)[0]
        if word and not re.fullmatch("[0-9.]*", word):
            words.append(word)
    return " ".join(words) or "-"


class _Place(NamedTuple):
    address: str | None = None  # as it is shown
    network: bytes | None = None
    text: str | None = None  # of the network
    name: str | None = None  # of an AWS service


def _bare_address(text: str) -> str:
    """The client's address in a list, without the characters that logs write around an address."""
    text = text.split(",", 1)[0].strip(" \t\"'")
    text = re.split("[/%]", text, maxsplit=1)[0]
    if text.startswith("["):
        return text[1:].split("]", 1)[0] if "]" in text else text
    return (text.split(":", 1)[0] if text.count(":") == 1 else text).strip(" \t\r\n")


@cache
def _place(written: str | None) -> _Place:
    text = None if written is None else _bare_address(written)
    for family, prefix in ((socket.AF_INET, 2), (socket.AF_INET6, 4)):
        try:
            packed = socket.inet_pton(family, text or "")
        except (OSError, ValueError):
            continue
        start = packed[:prefix] + bytes(len(packed) - prefix)
        network = f"{socket.inet_ntop(family, start)}/{8 * prefix}"
        address = socket.inet_ntop(family, packed)
        return _Place(address, b"%d " % family + packed[:prefix], network)
    if written is not None and written.endswith(_BY_AWS):
        return _Place(text=_cut(written, 256), name=written)
    return _Place()


def _length(value: Any) -> int:
    return len(value) if isinstance(value, list) else 0


def _recipients(destination: Any) -> int:
    kinds = ("toAddresses", "ccAddresses", "bccAddresses")
    return max(1, sum(_length(_at(destination, kind)) for kind in kinds))


def _messages(source: str, parameters: dict[str, Any]) -> int:
    if source == "ses.amazonaws.com":
        for entries in (parameters.get("destinations"), parameters.get("bulkEmailEntries")):
            if isinstance(entries, list) and entries:
                return min(50, sum(_recipients(_at(entry, "destination")) for entry in entries))
        return min(50, _recipients(parameters.get("destination")))
    if source == "sns.amazonaws.com":
        return min(10, max(1, _length(parameters.get("publishBatchRequestEntries"))))
    return 1


_UUID = re.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def _usable_id(record: dict[str, Any]) -> str | None:
    event_id = _text(record.get("eventID"))
    if event_id is not None and _UUID.fullmatch(event_id) and event_id.strip("0-"):
        return event_id
    request_id = _text(record.get("requestID"))
    is_usable = request_id is not None and request_id.strip("0-") and len(request_id) >= 8
    return request_id if is_usable else None


def _identity_of(record: dict[str, Any], time: int) -> tuple[Any, ...] | None:
    """The values that identify repeated deliveries of an event; None without an id."""
    event_id = _usable_id(record)
    if event_id is not None:
        # Ids can be placeholders, not only the all-zero one, so the details of the call count as
        # well.
        keys = (
            *("eventSource", "eventName", "awsRegion", "errorCode", "sourceIPAddress"),
            "userAgent",
        )
        return (event_id, time, *(_text(record.get(key)) for key in keys))
    return None


# --- Who did what --------------------------------------------------------------------------------


@dataclass
class Reading:
    """All events that were read; each is counted in exactly one way."""

    entries: Entries
    actors: dict[tuple[str, str], Actor] = field(default_factory=dict)
    records: int = 0
    unreadable: int = 0
    unknown: int = 0  # objects that are not records of a known log; not included in the records
    left_out: int = 0
    duplicates: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    seen: set[tuple[Any, ...]] = field(default_factory=set)
    quarantines: list[tuple[str, str, Call]] = field(default_factory=list)

    def actor(self, account: str, principal: str) -> Actor:
        return self.actors.setdefault((account, principal), Actor(account, principal))

    def read(self, row_time: str | None, raw: bytes) -> None:
        for found in records_of(row_time, raw):
            if isinstance(found, _Unknown):
                self.unknown += 1
                continue
            self.records += 1
            if isinstance(found, _Unreadable):
                self.unreadable += 1
            else:
                self._take(*found)

    def _take(self, record: dict[str, Any], text: str, row_time: str | None) -> None:
        source, name = _text(record.get("eventSource")), _text(record.get("eventName"))
        if source is None or name is None or (source, name) not in self.entries:
            return
        micros = _read_time(_text(record.get("eventTime")))
        micros = _read_time(row_time) if micros is None else micros
        if micros is None:
            self.unreadable += 1
            return
        time = micros // 1_000_000
        parameters = _at(record, "requestParameters")
        parameters = parameters if isinstance(parameters, dict) else {}
        named = [
            entry
            for entry in self.entries[source, name]
            if holds(parameters, entry.conditions, _text)
        ]
        if not named:
            return

        quarantined = None
        if source == "iam.amazonaws.com" and name == "AttachUserPolicy":
            policy = _last_part(_text(parameters.get("policyArn")) or "")
            if policy.startswith("AWSCompromisedKeyQuarantine"):
                quarantined = _text(parameters.get("userName"))
        category = _text(record.get("eventCategory"))
        is_denied_by_endpoint = _text(record.get("errorCode")) == "VpceAccessDenied"
        if category == "Insight" or (category == "NetworkActivity" and not is_denied_by_endpoint):
            self.kinds[f"left out: {category}"] += 1
            self.left_out += 1
            return
        by_aws = False
        if quarantined is None and (_is_by_aws_itself(record) or _is_invoked_by_aws(record)):
            self.left_out += 1
            issuer = _issuer(record) or ""
            by_aws = (
                not _is_by_aws_itself(record)
                and ":role/" in issuer
                and any(entry.phase == "use" for entry in named)
            )
            if not by_aws:
                self.kinds["left out: AWS itself"] += 1
                return
            self.kinds["AWS for a role"] += 1
            named = [entry for entry in named if entry.phase == "use"]

        account = _text(record.get("recipientAccountId"))
        account = account or _text_at(record, "userIdentity.accountId") or "unknown"
        principal, known_by = _principal(record)
        whose = f"quarantined {quarantined}" if quarantined else f"principal {principal}"
        identity = _identity_of(record, time)
        if identity is None:
            self.kinds["without an id"] += 1
        elif (account, whose, by_aws, *identity) in self.seen:
            self.duplicates += 1
            return
        else:
            self.seen.add((account, whose, by_aws, *identity))

        call = _call(record, time, named, parameters, bool(quarantined), by_aws)
        if quarantined:
            self.quarantines.append((account, quarantined, call))
            return
        actor = self.actor(account, principal)
        actor.is_one &= known_by not in ("account id", "nothing")
        if by_aws:
            actor.by_aws.append(call)
        else:
            self.kinds[known_by] += 1
            actor.calls.append(call)

    def _join_names_of_roles(self) -> None:
        """Without an issuer, a session names its role without the path, so both names are one
        role."""
        for account, principal in sorted(self.actors):
            plain = (account, _without_path(principal))
            if plain[1] == principal or plain not in self.actors:
                continue
            other = self.actors.pop(plain)
            actor = self.actors[account, principal]
            actor.calls += other.calls
            actor.by_aws += other.by_aws
            self.kinds["role of two names"] += 1

    def finish(self) -> None:
        """Assign each quarantine to the user of that name, or to a new one, once all principals are
        known."""
        self._join_names_of_roles()
        known = sorted(self.actors)
        for account, user, call in self.quarantines:
            principals = [
                principal
                for its_account, principal in known
                if its_account == account
                and ":user/" in principal
                and _last_part(principal) == user
            ]
            self.kinds["quarantined with calls" if principals else "quarantined without"] += 1
            principals.append(f"arn:aws:iam::{account}:user/{user}")
            self.actor(account, principals[0]).calls.append(call)
        for actor in self.actors.values():
            actor.calls = in_order(actor.calls)
            actor.by_aws = in_order(actor.by_aws)


def read_events(events: Iterable[IndexedEvent], with_links: bool = False) -> Reading:
    reading = Reading(ENTRIES_WITH_LINKS if with_links else ENTRIES)
    for row_time, raw in events:
        reading.read(row_time, raw)
    reading.finish()
    return reading


def _call(
    record: dict[str, Any],
    time: int,
    named: Sequence[Any],
    parameters: dict[str, Any],
    is_quarantine: bool,
    is_by_aws: bool,
) -> Call:
    of_caller: dict[str, Any] = {} if is_quarantine or is_by_aws else record
    identity = _at(of_caller, "userIdentity")
    agent = _text(of_caller.get("userAgent"))
    place = _place(_text(of_caller.get("sourceIPAddress")))
    workload = _text_at(identity, "inScopeOf.credentialsIssuedTo")
    caller_type = _text_at(identity, "type")
    region = _text(record.get("awsRegion"))
    model = _text(parameters.get("modelId"))
    source = _text(record.get("eventSource")) or ""
    bearer = "true" in (
        _text_at(of_caller, "additionalEventData.callWithBearerToken"),
        _text_at(of_caller, "requestParameters.callWithBearerToken"),
    )
    key = _text_at(identity, "accessKeyId") or ""
    is_of_console = _text(of_caller.get("sessionCredentialFromConsole")) == "true"
    phases_of: defaultdict[str, set[str]] = defaultdict(set)
    messages_of: dict[str, int] = {}
    for entry in named:
        phases_of[entry.service].add(entry.phase)
        if entry.phase == "use":
            messages_of[entry.service] = entry.weight * _messages(source, parameters)
    return Call(
        time=time,
        name=_text(record.get("eventName")) or "",
        id=_cut(_text(record.get("eventID")), 128) or "",
        numbers={entry.service: entry.number for entry in named},
        phases_of={service: frozenset(phases) for service, phases in phases_of.items()},
        messages_of=messages_of,
        outcome=_outcome(record),
        region=None if region == "unknown" else _cut(region, 64),
        parameters=parameters,
        is_quarantine=is_quarantine,
        is_by_aws=is_by_aws,
        address=place.address,
        network=place.network,
        place=place.text,
        origin=Origin(_cut(_client(agent)) or "-", place.address, place.name),
        agent=_cut(agent),
        works_anywhere=bearer or caller_type in ("IAMUser", "Root", "FederatedUser"),
        is_scoped=(workload is not None or _text_at(identity, "inScopeOf.issuerType") is not None),
        has_web_identity=(
            _text_at(identity, "sessionContext.webIdFederationData.federatedProvider") is not None
        ),
        has_exec_env="exec-env/AWS_" in (agent or "") and caller_type == "AssumedRole",
        key=_cut(_text_at(identity, "accessKeyId")),
        bearer=bearer,
        has_long_term_key=key.startswith("AKIA")
        or (
            caller_type == "IAMUser"
            and key.startswith("ASIA")
            and not is_of_console
            and not (agent or "").startswith("Mozilla/")
        ),
        model=_cut(_last_part(model)) if model else None,
        caller_type=_cut(caller_type),
        workload=_cut(workload),
    )
