"""What `mode=hunt` must answer, written from the rules alone.

It is plain rather than fast: it keeps every call of every principal in a list and goes through that
list once for each kind of evidence, to the second. It shares nothing with the program or with the
generators of events, so that one mistake cannot hide in both.
"""

from __future__ import annotations

import json
import re
import socket
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Callable, NamedTuple, Optional, Union

from shipped_catalogue import CATALOGUE, read_stanzas
from volume_reference import IndexedEvent, Row
from volume_reference import _first_of_each, _refuse_constant, _Unreadable
from volume_reference import _list_of, _read_document, _read_time, _text

MINUTE = 60
HOUR = 3600
DAY = 24 * HOUR

# --- The catalogue -------------------------------------------------------------------------------

LABELS = {
    "bedrock": "AWS Bedrock",
    "ses": "AWS SES",
    "sns": "AWS SNS",
    "sms_voice": "AWS End User Messaging",
    "account": "AWS account",
}
THRESHOLDS = {"bedrock": 50, "ses": 100, "sns": 200, "sms_voice": 200}
PHASES = ("use", "recon", "enable", "evade", "cleanup", "credential")

_CALLS = {
    ("bedrock", "use", "bedrock"): """
        InvokeModel InvokeModelWithResponseStream CreateModelInvocationJob Converse ConverseStream
        InvokeModelWithBidirectionalStream StartAsyncInvoke InvokeAgent InvokeInlineAgent InvokeFlow
        RetrieveAndGenerate""",
    ("bedrock", "use", "bedrock-mantle"): "CreateInference",
    ("bedrock", "recon", "bedrock"): """
        ListFoundationModels GetFoundationModel GetFoundationModelAvailability
        ListFoundationModelAgreementOffers ListInferenceProfiles ListProvisionedModelThroughputs
        GetModelInvocationLoggingConfiguration GetUseCaseForModelAccess ListGuardrails""",
    ("bedrock", "enable", "bedrock"): """
        PutUseCaseForModelAccess PutFoundationModelEntitlement CreateFoundationModelAgreement
        CreateProvisionedModelThroughput""",
    ("bedrock", "evade", "bedrock"): """
        DeleteModelInvocationLoggingConfiguration PutModelInvocationLoggingConfiguration
        DeleteGuardrail UpdateGuardrail""",
    ("ses", "use", "ses"): """
        SendEmail SendRawEmail SendBulkTemplatedEmail SendBulkEmail SendTemplatedEmail
        SendCustomVerificationEmail""",
    ("ses", "recon", "ses"): """
        GetSendQuota GetSendStatistics GetAccount GetAccountSendingEnabled ListIdentities
        ListEmailIdentities GetIdentityVerificationAttributes GetEmailIdentity""",
    ("ses", "enable", "ses"): """
        VerifyEmailIdentity VerifyDomainIdentity VerifyDomainDkim CreateEmailIdentity
        PutAccountDetails PutIdentityPolicy UpdateAccountSendingEnabled
        PutAccountSendingAttributes""",
    ("ses", "cleanup", "ses"): "DeleteIdentity DeleteEmailIdentity",
    ("sns", "use", "sns"): "Publish PublishBatch",
    ("sns", "recon", "sns"): """
        GetSMSAttributes GetSMSSandboxAccountStatus ListOriginationNumbers ListPhoneNumbersOptedOut
        ListSMSSandboxPhoneNumbers CheckIfPhoneNumberIsOptedOut""",
    ("sns", "enable", "sns"): """
        SetSMSAttributes CreateSMSSandboxPhoneNumber VerifySMSSandboxPhoneNumber""",
    ("sms_voice", "use", "sms-voice"): "SendTextMessage SendVoiceMessage SendMediaMessage",
    ("account", "credential", "iam"): """
        CreateUser CreateLoginProfile CreateAccessKey PutUserPolicy AttachUserPolicy
        CreateServiceSpecificCredential""",
    ("account", "credential", "servicequotas"): "RequestServiceQuotaIncrease",
    ("account", "credential", "support"): "CreateCase",
}
# Source and name of a call to what it counts for: the service and the phase.
NAMED = {
    (f"{source}.amazonaws.com", name): (service, phase)
    for (service, phase, source), names in _CALLS.items()
    for name in names.split()
}
# What must stand where in the parameters of a call, else it is none of the catalogue's.
CONDITIONS = {
    "PutModelInvocationLoggingConfiguration": ("loggingConfig.textDataDeliveryEnabled", "false"),
    "UpdateAccountSendingEnabled": ("enabled", "true"),
    "PutAccountSendingAttributes": ("sendingEnabled", "true"),
}

# The list of attack tools is data and no rule, so it is taken from the shipped file.
_SHIPPED = read_stanzas(CATALOGUE.read_text("utf-8"))
_TOOL_AGENT = re.compile(_SHIPPED["evidence:tool_agent"]["pattern"])
_SUSPICIOUS_NAME = re.compile("(temp|tmp|test|anon|random)")
_PROBE = re.compile(
    r"max_?tokens\w*.*(range: *\d|greater than or equal|at least|minimum)", re.ASCII
)
_QUOTA = re.compile(
    "(?i)(^|[^a-z])(ses|sns|sms|sms-voice|simple email|simple notification|end user messaging"
    "|pinpoint|bedrock)([^a-z]|$)"
)

# --- What an event says --------------------------------------------------------------------------


@dataclass(frozen=True)
class Call:
    """One call that the catalogue names, as the principal that it counts for made it."""

    time: int  # whole seconds since 1970
    name: str
    service: str
    phase: str
    outcome: str  # ok, denied, probe or failed
    region: Optional[str]
    messages: int
    parameters: dict[str, Any]
    is_quarantine: bool  # made by AWS about the user, so nothing below is the user's
    address: Optional[str]
    network: Optional[bytes]
    agent: Optional[str]
    client: str
    has_cloud_sign: bool
    key: Optional[str]
    bearer: bool
    model: Optional[str]
    caller_type: Optional[str]
    workload: Optional[str]


@dataclass
class Actor:
    """A row's key, and all that counts for it."""

    account: str
    principal: str
    is_one: bool = True  # false where the name is of an account, or of nobody
    calls: list[Call] = field(default_factory=list)

    def of(self, service: str, *phases: str) -> list[Call]:
        return [call for call in self.calls if call.service == service and call.phase in phases]

    def in_phase(self, *phases: str) -> list[Call]:
        return [call for call in self.calls if call.phase in phases]

    def own(self) -> list[Call]:
        """The calls that it made itself."""
        return [call for call in self.calls if not call.is_quarantine]

    def has_long_term_key(self) -> bool:
        return any((call.key or "").startswith("AKIA") for call in self.calls)

    def peak_hour(self, service: str, at: int) -> Optional[int]:
        """The most messages of a UTC hour that ended 12 h or more before; None: no history."""
        hours: Counter[int] = Counter()
        for call in self.of(service, "use"):
            hour = call.time // HOUR * HOUR
            if call.outcome == "ok" and hour + HOUR + 12 * HOUR <= at:
                hours[hour] += call.messages
        return max(hours.values()) if hours else None


class _Record(dict[str, Any]):
    """A JSON object that knows its own text."""

    json_text: str = ""


class _RecordDecoder(json.JSONDecoder):
    """Reads as volume's reference does, and keeps the text of each object."""

    def __init__(self) -> None:
        super().__init__(
            object_pairs_hook=lambda pairs: _Record(_first_of_each(pairs)),
            parse_int=str,
            parse_float=str,
            parse_constant=_refuse_constant,
        )
        read = self.parse_object

        def read_with_text(text_and_start: tuple[str, int], *more: Any) -> tuple[_Record, int]:
            text, start = text_and_start  # behind the brace
            record, end = read(text_and_start, *more)
            record.json_text = text[start - 1 : end]
            return record, end

        self.parse_object = read_with_text
        # The one in C calls no parse_object.
        self.scan_once = json.scanner.py_make_scanner(self)  # type: ignore[attr-defined]


_RECORD_DECODER = _RecordDecoder()


def _is_record(document: dict[str, Any]) -> bool:
    return bool(_text(document.get("eventSource")) or _text(document.get("eventName")))


Found = Union[tuple[dict[str, Any], str, Optional[str]], None, _Unreadable]


def _records_of(row_time: Optional[str], raw: bytes) -> Iterator[Found]:
    """For each record of an event: the record, its text and its row's time; None where it is a
    readable something else."""
    text = raw.decode("utf-8-sig", "replace")
    try:
        document = _read_document(text)
        if _is_record(document):
            yield document, text.strip(" \t\r\n"), row_time
            return
        document = _RECORD_DECODER.decode(text)
    except _Unreadable as why:
        yield why
        return
    members = _list_of(document)
    for member in [document] if members is None else members:
        try:
            yield _record_in(member)
        except _Unreadable as why:
            yield why


def _record_in(document: Any) -> Found:
    """A record in an envelope, where a row's time is not the record's."""
    if not isinstance(document, dict):
        raise _Unreadable("no object")
    if _list_of(document) is not None:
        raise _Unreadable("a list within a list")
    if _is_record(document):
        return document, document.json_text, None  # type: ignore[attr-defined]
    if isinstance(document.get("detail"), dict):
        return document["detail"], document["detail"].json_text, None
    text = _text(document.get("CloudTrailEvent"))
    if text is None:
        return None
    return _read_document(text), text.strip(" \t\r\n"), None


def _at(value: Any, path: str) -> Any:
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _text_at(value: Any, path: str) -> Optional[str]:
    return _text(_at(value, path))


def _cut(text: Optional[str], most: int = 512) -> Optional[str]:
    """As many characters as so many bytes hold."""
    return text and text.encode()[:most].decode("utf-8", "ignore")


def _last_part(text: str) -> str:
    return text.rsplit("/", 1)[-1]


def _list_or_one(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _holds(value: Any, wanted: str) -> bool:
    return wanted in map(_text, _list_or_one(value))


def _is_left_out(record: dict[str, Any]) -> bool:
    """Whether AWS made the call itself."""
    by_aws = (".amazonaws.com", ".amazonaws.com.cn")
    issuer = _text_at(record, "userIdentity.sessionContext.sessionIssuer.arn") or ""
    return (
        _text_at(record, "userIdentity.type") == "AWSService"
        or (_text_at(record, "userIdentity.invokedBy") or "").endswith(by_aws)
        or (_text_at(record, "sourceIPAddress") or "").endswith(by_aws)
        or _last_part(issuer).startswith("AWSServiceRoleFor")
    )


def _principal(record: dict[str, Any]) -> tuple[str, str]:
    """The principal, and by what it is known."""
    identity = _at(record, "userIdentity")
    caller_type, arn = _text_at(identity, "type"), _text_at(identity, "arn")
    principal_id = _text_at(identity, "principalId")
    issuer = _text_at(identity, "sessionContext.sessionIssuer.arn")
    if issuer is not None and caller_type == "FederatedUser":
        return issuer, "federated user"
    if issuer is not None and caller_type == "AssumedRole":
        person = _text_at(identity, "sessionContext.sourceIdentity")
        if person is not None:
            return f"{issuer}/{person}", "source identity"
        if not _last_part(issuer).startswith("AWSReservedSSO_"):
            return issuer, "role"
        if arn is not None and "/" in arn:
            return f"{issuer}/{_last_part(arn)}", "session name"
        if principal_id is not None and ":" in principal_id:
            return f"{issuer}/{principal_id.rsplit(':', 1)[-1]}", "session name of the id"
        return issuer, "session without a name"
    known_by = {
        "arn": arn,
        "access key": _text_at(identity, "accessKeyId"),
        "principal id": principal_id,
        "account id": _text_at(identity, "accountId"),
    }
    for way, name in known_by.items():
        if name is not None:
            return name, way
    return "unknown", "nothing"


def _outcome(record: dict[str, Any]) -> str:
    code = _text(record.get("errorCode"))
    if code is None or code == "200":
        return "ok"
    if code.startswith("AccessDenied") or code in ("UnauthorizedOperation", "AuthorizationError"):
        return "denied"
    if code == "ValidationException" and _PROBE.search(_text(record.get("errorMessage")) or ""):
        return "probe"
    return "failed"


_NO_CLIENT = ("m/", "ua/", "cfg/", "command/", "exec-env/", "prompt/", "installer/")


def _client(agent: Optional[str]) -> str:
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


def _address(text: Optional[str]) -> tuple[Optional[str], Optional[bytes]]:
    """The address as it is shown, and its network."""
    for family, prefix in ((socket.AF_INET, 2), (socket.AF_INET6, 4)):
        try:
            packed = socket.inet_pton(family, text or "")
        except (OSError, ValueError):
            continue
        return socket.inet_ntop(family, packed), b"%d " % family + packed[:prefix]
    return None, None


def _length(value: Any) -> int:
    return len(value) if isinstance(value, list) else 0


def _recipients(destination: Any) -> int:
    kinds = ("toAddresses", "ccAddresses", "bccAddresses")
    return max(1, sum(_length(_at(destination, kind)) for kind in kinds))


def _messages(service: str, parameters: dict[str, Any]) -> int:
    if service == "ses":
        for entries in (parameters.get("destinations"), parameters.get("bulkEmailEntries")):
            if isinstance(entries, list) and entries:
                return min(50, sum(_recipients(_at(entry, "destination")) for entry in entries))
        return min(50, _recipients(parameters.get("destination")))
    if service == "sns":
        return min(10, max(1, _length(parameters.get("publishBatchRequestEntries"))))
    return 1


_UUID = re.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def _identity_of(record: dict[str, Any], text: str, time: int) -> tuple[Any, ...]:
    """What the same event delivered again has in common with itself."""
    event_id = _text(record.get("eventID"))
    if event_id is not None and _UUID.fullmatch(event_id):
        # Ids can be placeholders: what the call is counts as well.
        keys = ("eventSource", "eventName", "awsRegion", "errorCode", "sourceIPAddress", "userAgent")
        return (event_id, time, *(_text(record.get(key)) for key in keys))
    return text, time


# --- Who did what --------------------------------------------------------------------------------


@dataclass
class _Reading:
    """All events, read; each counted in one of the ways that it can go."""

    actors: dict[tuple[str, str], Actor] = field(default_factory=dict)
    records: int = 0
    unreadable: int = 0
    left_out: int = 0
    duplicates: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    seen: set[tuple[Any, ...]] = field(default_factory=set)
    quarantines: list[tuple[str, str, Call]] = field(default_factory=list)

    def actor(self, account: str, principal: str) -> Actor:
        return self.actors.setdefault((account, principal), Actor(account, principal))

    def read(self, row_time: Optional[str], raw: bytes) -> None:
        for found in _records_of(row_time, raw):
            self.records += 1
            if isinstance(found, _Unreadable):
                self.unreadable += 1
            elif found is not None:
                self._take(*found)

    def _take(self, record: dict[str, Any], text: str, row_time: Optional[str]) -> None:
        source, name = _text(record.get("eventSource")), _text(record.get("eventName"))
        if (source, name) not in NAMED:
            return
        assert source is not None and name is not None
        micros = _read_time(_text(record.get("eventTime")))
        micros = _read_time(row_time) if micros is None else micros
        if micros is None:
            self.unreadable += 1
            return
        time = micros // 1_000_000
        service, phase = NAMED[source, name]
        parameters = _at(record, "requestParameters")
        parameters = parameters if isinstance(parameters, dict) else {}
        if name in CONDITIONS:
            path, wanted = CONDITIONS[name]
            if not _holds(_at(parameters, path), wanted):
                return

        quarantined = None
        if name == "AttachUserPolicy":
            policy = _last_part(_text(parameters.get("policyArn")) or "")
            if policy.startswith("AWSCompromisedKeyQuarantine"):
                quarantined = _text(parameters.get("userName"))
        category = _text(record.get("eventCategory"))
        if category in ("NetworkActivity", "Insight"):
            self.kinds[f"left out: {category}"] += 1
            self.left_out += 1
            return
        if quarantined is None and _is_left_out(record):
            self.kinds["left out: AWS itself"] += 1
            self.left_out += 1
            return

        account = _text(record.get("recipientAccountId"))
        account = account or _text_at(record, "userIdentity.accountId") or "unknown"
        principal, known_by = _principal(record)
        whose = f"quarantined {quarantined}" if quarantined else f"principal {principal}"
        identity = (account, whose, *_identity_of(record, text, time))
        if identity in self.seen:
            self.duplicates += 1
            return
        self.seen.add(identity)

        if quarantined:
            call = _call(record, time, service, phase, parameters, is_quarantine=True)
            self.quarantines.append((account, quarantined, call))
            return
        self.kinds[known_by] += 1
        actor = self.actor(account, principal)
        actor.is_one &= known_by not in ("account id", "nothing")
        actor.calls.append(_call(record, time, service, phase, parameters))

    def credit_quarantines(self) -> None:
        """Once all principals are known: a user of that name, or a new one."""
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


def _call(
    record: dict[str, Any],
    time: int,
    service: str,
    phase: str,
    parameters: dict[str, Any],
    is_quarantine: bool = False,
) -> Call:
    of_caller: dict[str, Any] = {} if is_quarantine else record
    identity = _at(of_caller, "userIdentity")
    agent = _text(of_caller.get("userAgent"))
    address, network = _address(_text(of_caller.get("sourceIPAddress")))
    workload = _text_at(identity, "inScopeOf.credentialsIssuedTo")
    caller_type = _text_at(identity, "type")
    region = _text(record.get("awsRegion"))
    model = _text(parameters.get("modelId"))
    return Call(
        time=time,
        name=_text(record.get("eventName")) or "",
        service=service,
        phase=phase,
        outcome=_outcome(record),
        region=None if region == "unknown" else _cut(region),
        messages=_messages(service, parameters) if phase == "use" else 0,
        parameters=parameters,
        is_quarantine=is_quarantine,
        address=address,
        network=network,
        agent=_cut(agent),
        client=_cut(_client(agent)),
        has_cloud_sign=(
            workload is not None
            or _text_at(identity, "inScopeOf.issuerType") is not None
            or _text_at(identity, "sessionContext.webIdFederationData.federatedProvider")
            is not None
            or ("exec-env/AWS_" in (agent or "") and caller_type == "AssumedRole")
        ),
        key=_cut(_text_at(identity, "accessKeyId")),
        bearer=_text_at(of_caller, "additionalEventData.callWithBearerToken") == "true",
        model=_cut(_last_part(model)) if model else None,
        caller_type=_cut(caller_type),
        workload=_cut(workload),
    )


# --- Evidence ------------------------------------------------------------------------------------


class Sign(NamedTuple):
    """Evidence that holds: its score, and the time of the first event behind it."""

    score: int
    time: int


def _best(signs: Iterable[Sign]) -> Optional[Sign]:
    """The highest score counts, and of equals the earliest."""
    return min(signs, key=lambda sign: (-sign.score, sign.time), default=None)


def _within(calls: Iterable[Call], start: int, end: int) -> list[Call]:
    return [call for call in calls if start <= call.time <= end]


def _values(values: Iterable[Optional[Any]]) -> set[Any]:
    return {value for value in values if value is not None}


def enable_then_use(actor: Actor) -> Optional[Sign]:
    """An enable call succeeded, then a use call of that service was tried within 6 h."""
    gaps = [
        (use.time - enable.time, enable.time)
        for enable in actor.in_phase("enable")
        for use in actor.of(enable.service, "use")
        if enable.outcome == "ok" and 0 <= use.time - enable.time <= 6 * HOUR
    ]
    if not gaps:
        return None
    gap, time = min(gaps)
    return Sign(45 if gap <= 2 * MINUTE else 35, time)


def recon_then_use(actor: Actor) -> Optional[Sign]:
    """Different recon calls in the 15 min before the first use of a service in the range."""
    if not actor.is_one:
        return None
    signs = []
    for service in LABELS:
        uses = actor.of(service, "use")
        if not uses:
            continue
        first_use = min(call.time for call in uses)
        recon = _within(actor.in_phase("recon"), first_use - 15 * MINUTE, first_use)
        names = {(call.service, call.name) for call in recon}
        ordinary = ("ListFoundationModels", "ListInferenceProfiles")
        if len(names) >= 2 and any(name not in ordinary for _, name in names):
            score = 30 if actor.has_long_term_key() else 20
            signs.append(Sign(score, min(call.time for call in recon)))
    return _best(signs)


def _hours_of_minutes(calls: list[Call]) -> Iterator[list[Call]]:
    """The calls of 60 consecutive minutes, from each minute with a call on."""
    for minute in sorted({call.time // MINUTE for call in calls}):
        yield [call for call in calls if minute <= call.time // MINUTE <= minute + 59]


def burst(actor: Actor) -> Optional[Sign]:
    """More messages of successful use of a service in 60 minutes than its threshold."""
    bursts = []
    for service, threshold in THRESHOLDS.items():
        uses = [call for call in actor.of(service, "use") if call.outcome == "ok"]
        for window in _hours_of_minutes(uses):
            first = min(call.time for call in window)
            total = sum(call.messages for call in window)
            peak = actor.peak_hour(service, first // MINUTE * MINUTE)
            scores = (25, 30, 35) if peak is None else (35, 45, 55)
            if total > threshold and (peak is None or total > 3 * peak):
                times = 2 if total > 10 * threshold else 1 if total > 3 * threshold else 0
                bursts.append((-scores[times], -total, first))  # of equals the largest
    if not bursts:
        return None
    score, _, first = min(bursts)
    return Sign(-score, first)


def probe(actor: Actor) -> Optional[Sign]:
    """A use call with outcome probe."""
    return _best(Sign(40, use.time) for use in actor.in_phase("use") if use.outcome == "probe")


def denied_use(actor: Actor) -> Optional[Sign]:
    """3 or more uses of a service denied, or 20 or more not ok, within 24 h, and none succeeded
    within 20 min after the first of them."""
    signs = []
    for service in LABELS:
        uses = actor.of(service, "use")
        for outcomes, enough in ((("denied",), 3), (("denied", "probe", "failed"), 20)):
            refused = [call for call in uses if call.outcome in outcomes]
            for first in refused:
                soon = _within(uses, first.time, first.time + 20 * MINUTE)
                count = len(_within(refused, first.time, first.time + DAY))
                if count >= enough and not [call for call in soon if call.outcome == "ok"]:
                    signs.append(Sign(20, first.time))
    return _best(signs)


def enable_denied(actor: Actor) -> Optional[Sign]:
    """An enable call was denied."""
    denied = [call for call in actor.in_phase("enable") if call.outcome == "denied"]
    return _best(Sign(15, call.time) for call in denied)


def evade(actor: Actor) -> Optional[Sign]:
    """A successful evade call; on a guardrail."""
    calls = [call for call in actor.in_phase("evade") if call.outcome == "ok"]
    return _best(Sign(10 if "Guardrail" in call.name else 40, call.time) for call in calls)


def _mail_identity(call: Call) -> Optional[str]:
    for key in ("emailIdentity", "emailAddress", "domain", "identity"):
        identity = _text(call.parameters.get(key))
        if identity is not None:
            return identity
    return None


def cleanup(actor: Actor) -> Optional[Sign]:
    """The same identity was created or verified and deleted within 30 min, both ok."""
    return _best(
        Sign(30, made.time)
        for made in actor.in_phase("enable")
        for gone in actor.of(made.service, "cleanup")
        if made.outcome == "ok"
        and gone.outcome == "ok"
        and 0 <= gone.time - made.time <= 30 * MINUTE
        and _mail_identity(made) is not None
        and _mail_identity(made) == _mail_identity(gone)
    )


def _spread(calls: list[Call], regions: int, seconds: int, score: int) -> Iterator[Sign]:
    """The calls came in so many regions within so many seconds."""
    calls = [call for call in calls if call.region is not None]
    for first in calls:
        seen = {call.region for call in _within(calls, first.time, first.time + seconds)}
        if len(seen) >= regions:
            yield Sign(score, first.time)


def region_spread(actor: Actor) -> Optional[Sign]:
    """Use or enable calls in 3 or more regions within 1 h, of pairs without history; the forms
    that unlock a service in 3 or more regions within 10 s."""
    if not actor.is_one:
        return None
    new = [
        call
        for call in actor.in_phase("use", "enable")
        if actor.peak_hour(call.service, call.time) is None
    ]
    forms = [
        call
        for call in actor.calls
        if call.name in ("PutAccountDetails", "PutUseCaseForModelAccess")
    ]
    return _best([*_spread(new, 3, HOUR, 20), *_spread(forms, 3, 10, 40)])


def recon_spread(actor: Actor) -> Optional[Sign]:
    """One recon call in 4 or more regions within 10 min; with a long-term key."""
    if not actor.is_one:
        return None
    score = 35 if actor.has_long_term_key() else 10
    by_name = defaultdict(list)
    for call in actor.in_phase("recon"):
        by_name[call.service, call.name].append(call)
    return _best(
        sign for calls in by_name.values() for sign in _spread(calls, 4, 10 * MINUTE, score)
    )


def service_sweep(actor: Actor) -> Optional[Sign]:
    """Recon or use of 3 or more services within 1 h."""
    if not actor.is_one:
        return None
    calls = actor.in_phase("recon", "use")
    signs = []
    for first in calls:
        services = {call.service for call in _within(calls, first.time, first.time + HOUR)}
        if len(services) >= 3:
            signs.append(Sign(10, first.time))
    return _best(signs)


def _days_of_hours(calls: list[Call]) -> Iterator[list[Call]]:
    """The calls of 24 consecutive UTC hours, whichever: they change where an hour with a call comes
    in at the end or has left at the front."""
    hours = {call.time // HOUR for call in calls}
    for start in sorted({hour - 23 for hour in hours} | {hour + 1 for hour in hours}):
        window = [call for call in calls if start <= call.time // HOUR <= start + 23]
        if window:
            yield window


def rotating_ips(actor: Actor) -> Optional[Sign]:
    """In 24 UTC hours a client's calls without a cloud sign came from 5 or more addresses of 5 or
    more networks, and from at least half as many addresses as calls; a long-term key was used from
    10 or more networks; as the first, with fewer networks, or over all calls of the client."""
    if not actor.is_one:
        return None
    signs = []

    def weigh(calls: list[Call], with_networks: int, without: int) -> None:
        for window in _days_of_hours(calls):
            addresses = _values(call.address for call in window)
            networks = _values(call.network for call in window)
            if len(addresses) >= 5 and 2 * len(addresses) >= len(window):
                score = with_networks if len(networks) >= 5 else without
                signs.append(Sign(score, min(call.time for call in window)))

    for client in {call.client for call in actor.own()}:
        calls = [call for call in actor.own() if call.client == client]
        weigh([call for call in calls if not call.has_cloud_sign], with_networks=40, without=15)
        weigh(calls, with_networks=15, without=0)
    if actor.has_long_term_key():
        for window in _days_of_hours(actor.own()):
            if len(_values(call.network for call in window)) >= 10:
                signs.append(Sign(30, min(call.time for call in window)))
    return _best(sign for sign in signs if sign.score)


def many_ips(actor: Actor) -> Optional[Sign]:
    """More than 3 addresses in a UTC hour."""
    if not actor.is_one:
        return None
    by_hour = defaultdict(list)
    for call in actor.own():
        if call.address is not None:
            by_hour[call.time // HOUR].append(call)
    return _best(
        Sign(10, min(call.time for call in calls))
        for calls in by_hour.values()
        if len({call.address for call in calls}) > 3
    )


def quarantined(actor: Actor) -> Optional[Sign]:
    """AWS attached its quarantine policy, ok."""
    calls = [call for call in actor.calls if call.is_quarantine and call.outcome == "ok"]
    return _best(Sign(60, call.time) for call in calls)


def _allows_mail(policy: Optional[str]) -> bool:
    try:
        document = _read_document(policy or "")
    except _Unreadable:
        return False
    for statement in _list_or_one(document.get("Statement")):
        if _text_at(statement, "Effect") != "Allow":
            continue
        for action in _list_or_one(_at(statement, "Action")):
            action = (_text(action) or "").lower()
            if action.startswith("ses:send") or action == "ses:*":
                return True
    return False


def _grants_mail(call: Call) -> bool:
    if call.name == "AttachUserPolicy":
        arn = _text(call.parameters.get("policyArn")) or ""
        return arn.endswith("/AmazonSESFullAccess")
    policy = _text(call.parameters.get("policyDocument"))
    return call.name == "PutUserPolicy" and _allows_mail(policy)


def smtp_credentials(actor: Actor) -> Optional[Sign]:
    """It made a user or an access key and, within 1 h in either order, gave that user mail."""
    about = [call for call in actor.own() if call.outcome == "ok" and _user(call) is not None]
    return _best(
        Sign(30, min(made.time, granted.time))
        for made in about
        for granted in about
        if made.name in ("CreateUser", "CreateAccessKey")
        and _grants_mail(granted)
        and _user(made) == _user(granted)
        and abs(made.time - granted.time) <= HOUR
    )


def _user(call: Call) -> Optional[str]:
    return _text(call.parameters.get("userName"))


def api_key_made(actor: Actor) -> Optional[Sign]:
    """CreateServiceSpecificCredential for Bedrock, ok."""
    return _best(
        Sign(20, call.time)
        for call in actor.calls
        if call.name == "CreateServiceSpecificCredential"
        and call.outcome == "ok"
        and _text(call.parameters.get("serviceName")) == "bedrock.amazonaws.com"
    )


def quota_asked(actor: Actor) -> Optional[Sign]:
    """A higher quota or a support case whose service code, category or subject names a service."""
    signs = []
    for call in actor.calls:
        if call.name in ("RequestServiceQuotaIncrease", "CreateCase"):
            keys = ("serviceCode", "categoryCode", "subject")
            words = [_text(call.parameters.get(key)) for key in keys]
            if _QUOTA.search(_cut(" ".join(word for word in words if word), 256) or ""):
                signs.append(Sign(15, call.time))
    return _best(signs)


def tool_agent(actor: Actor) -> Optional[Sign]:
    """A known attack tool's client."""
    agents = _values(call.agent for call in actor.calls)
    return Sign(15, 0) if any(map(_TOOL_AGENT.search, agents)) else None


def bearer_key(actor: Actor) -> Optional[Sign]:
    """A call with an API key."""
    return Sign(5, 0) if any(call.bearer for call in actor.calls) else None


def long_term_key(actor: Actor) -> Optional[Sign]:
    """A call with a long-term key."""
    return Sign(5, 0) if actor.has_long_term_key() else None


def suspicious_name(actor: Actor) -> Optional[Sign]:
    """The name pattern of volume on the principal."""
    return Sign(5, 0) if _SUSPICIOUS_NAME.search(actor.principal) else None


# In the order in which a row lists them. Of `first_use` nothing is here: it needs a baseline.
EVIDENCE: list[tuple[str, Callable[[Actor], Optional[Sign]]]] = [
    ("onboarding", enable_then_use),
    ("onboarding", recon_then_use),
    ("volume", burst),
    ("access", probe),
    ("access", denied_use),
    ("access", enable_denied),
    ("hiding", evade),
    ("hiding", cleanup),
    ("spread", region_spread),
    ("spread", recon_spread),
    ("spread", service_sweep),
    ("sources", rotating_ips),
    ("sources", many_ips),
    ("credentials", quarantined),
    ("credentials", smtp_credentials),
    ("credentials", api_key_made),
    ("credentials", quota_asked),
    ("marks", tool_agent),
    ("marks", bearer_key),
    ("marks", long_term_key),
    ("marks", suspicious_name),
]
EVIDENCE_IDS = [evidence.__name__ for _, evidence in EVIDENCE]

# --- Rows ----------------------------------------------------------------------------------------

# Those that can hold several values, and in ndjson are always arrays.
LISTS = {
    *("Services", "Phases", "Evidence", "SourceIPs", "Regions", "Clients", "AccessKeys", "Models"),
    *("CallerType", "Workload", "Truncated", "src", "vendor_region", "user_agent"),
    *("threat_object",),
}


@dataclass
class HuntExpected:
    rows: list[Row]
    records: int
    unreadable: int
    left_out: int
    duplicates: int
    fired: Counter[tuple[str, int]]  # in these rows: an evidence's id and score
    kinds: Counter[str]  # by what principals were known, and why calls were left out


def expected_hunt(
    events: Iterable[IndexedEvent],
    *,
    min_risk: int = 21,
    disabled: frozenset[str] = frozenset(),
) -> HuntExpected:
    """The rows but for `Reasons`, `Timeline`, `EventIDs` and `risk_message`, in order."""
    reading = _Reading()
    for row_time, raw in events:
        reading.read(row_time, raw)
    reading.credit_quarantines()

    fired: Counter[tuple[str, int]] = Counter()
    kept = []
    for actor in reading.actors.values():
        signs = {}
        by_group: defaultdict[str, list[int]] = defaultdict(list)
        for group, evidence in EVIDENCE:
            sign = None if evidence.__name__ in disabled else evidence(actor)
            if sign is not None:
                signs[evidence.__name__] = sign
                by_group[group].append(sign.score)
        marks = sum(by_group.pop("marks", []))
        score = sum(max(scores) for scores in by_group.values())
        if score < min_risk:
            continue
        fired.update((name, sign.score) for name, sign in signs.items())
        row = _row(actor, signs, min(100, score + marks))
        first = min(call.time for call in actor.calls)
        order = (-min(100, score + marks), first, actor.account.encode(), actor.principal.encode())
        kept.append((order, row))
    return HuntExpected(
        rows=[row for _, row in sorted(kept, key=lambda item: item[0])],
        records=reading.records,
        unreadable=reading.unreadable,
        left_out=reading.left_out,
        duplicates=reading.duplicates,
        fired=fired,
        kinds=reading.kinds,
    )


def _severity(score: int) -> str:
    for most, severity in ((20, "informational"), (40, "low"), (60, "medium"), (80, "high")):
        if score <= most:
            return severity
    return "critical"


def _shown(values: Iterable[str]) -> Union[str, list[str]]:
    """A column's values as a search's row has them: one or none is no list."""
    values = list(values)
    return values if len(values) > 1 else "".join(values)


_MOST_SHOWN = 100  # values of a list


def _in_byte_order(values: Iterable[str]) -> list[str]:
    return sorted(values, key=str.encode)


def _row(actor: Actor, signs: dict[str, Sign], score: int) -> Row:
    calls = actor.calls
    uses = actor.in_phase("use")
    ok_uses = [call for call in uses if call.outcome == "ok"]
    windows = [
        window
        for service in THRESHOLDS
        for window in _hours_of_minutes([call for call in ok_uses if call.service == service])
    ]
    phases: dict[str, int] = {}
    for call in calls:
        phases[call.phase] = min(call.time, phases.get(call.phase, call.time))
    first_event = min(call.time for call in calls)
    marks = {evidence.__name__ for group, evidence in EVIDENCE if group == "marks"}
    behind = [sign.time for name, sign in signs.items() if name not in marks]

    lists = {
        "SourceIPs": _values(call.address for call in calls),
        "Regions": _values(call.region for call in calls),
        "Clients": {call.client for call in actor.own()},
        "AccessKeys": _values(call.key for call in calls),
        "Models": _values(call.model for call in calls),
        "CallerType": _values(call.caller_type for call in calls),
        "Workload": _values(call.workload for call in calls),
        "user_agent": _values(call.agent for call in calls),
    }
    shown = {name: _shown(_in_byte_order(values)[:_MOST_SHOWN]) for name, values in lists.items()}
    return {
        "_time": str(min(behind, default=first_event)),
        "Principal": actor.principal,
        "Account": actor.account,
        "RiskScore": str(score),
        "Severity": _severity(score),
        "Services": _shown(_in_byte_order({LABELS[call.service] for call in calls})),
        "Phases": _shown(sorted(phases, key=lambda phase: (phases[phase], PHASES.index(phase)))),
        "Evidence": _shown(signs),
        "UseCount": str(len(ok_uses)),
        "MessageCount": str(sum(call.messages for call in ok_uses)),
        "FailedCount": str(len(uses) - len(ok_uses)),
        "PeakPerHour": str(
            max((sum(call.messages for call in window) for window in windows), default=0)
        ),
        "UniqueIPs": str(len(lists["SourceIPs"])),
        "SourceIPs": shown["SourceIPs"],
        "UniqueRegions": str(len(lists["Regions"])),
        "Regions": shown["Regions"],
        "UniqueClients": str(len(lists["Clients"])),
        "Clients": shown["Clients"],
        "UniqueAccessKeys": str(len(lists["AccessKeys"])),
        "AccessKeys": shown["AccessKeys"],
        "UniqueModels": str(len(lists["Models"])),
        "Models": shown["Models"],
        "CallerType": shown["CallerType"],
        "Workload": shown["Workload"],
        "FirstEvent": str(first_event),
        "LastEvent": str(max(call.time for call in calls)),
        "Truncated": _shown(name for name, values in lists.items() if len(values) > _MOST_SHOWN),
        "user": _last_part(actor.principal),
        "src": shown["SourceIPs"],
        "vendor_account": actor.account,
        "vendor_region": shown["Regions"],
        "user_agent": shown["user_agent"],
        "risk_object": actor.principal,
        "risk_object_type": "user",
        "risk_score": str(score),
        "threat_object": shown["SourceIPs"],
        "threat_object_type": "ip_address" if lists["SourceIPs"] else "",
        "mitre_technique_id": "T1496.004",
    }
