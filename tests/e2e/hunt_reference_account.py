"""Rules of the reference about the account: hiding, credentials and markers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Optional

from hunt_reference_calls import HOUR, MINUTE, Call, within
from hunt_reference_catalogue import (
    GUARDRAIL_CALLS,
    LOG_GROUP,
    QUOTA,
    SUSPICIOUS_NAME,
    TOOL_AGENT,
)
from hunt_reference_sources import Subject
from hunt_reference_use import Sign, best, values
from volume_reference import _read_document, _text, _Unreadable


def _param(call: Call, *keys: str) -> Optional[str]:
    """The first of these parameters that has a text."""
    return next(filter(None, (_text(call.parameters.get(key)) for key in keys)), None)


def _list_or_one(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _last_part(text: str) -> str:
    return text.rsplit("/", 1)[-1]


def _routine(who: Subject, score: int, routine: int, *behind: tuple[Call, str]) -> int:
    return min(score, routine) if who.is_routine(behind) else score


# --- Hiding --------------------------------------------------------------------------------------


def evade(who: Subject) -> Optional[Sign]:
    """A successful evade call; on a guardrail; on a log that the principal restores."""
    restored = [
        call
        for call in who.actor.in_phase("restore")
        if call.outcome == "ok" and call.name == "PutModelInvocationLoggingConfiguration"
    ]
    signs = []
    for call in who.actor.in_phase("evade"):
        if call.outcome != "ok":
            continue
        later = within(restored, call.time, call.time + 10 * MINUTE)
        is_restored = call.name.endswith("ModelInvocationLoggingConfiguration") and any(
            other.region == call.region for other in later
        )
        score = 10 if call.name in GUARDRAIL_CALLS or is_restored else 40
        signs.append(Sign(_routine(who, score, 15, (call, "evade")), call.time))
    return best(signs)


def _trail(call: Call) -> Optional[str]:
    name = _param(call, "name", "trailName", "eventDataStore")
    return name and _last_part(name)


_CLOUDTRAIL_CALLS = (
    *("StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors", "DeleteEventDataStore"),
    *("StopEventDataStoreIngestion", "CreateTrail", "StartLogging"),
)


def trail_tampering(who: Subject) -> Optional[Sign]:
    """A trail, or a log of the services, was switched off, deleted or changed."""
    trails = [
        call
        for call in who.actor.in_phase("restore")
        if call.outcome == "ok" and call.name in _CLOUDTRAIL_CALLS
    ]
    signs = []
    for call in who.actor.in_phase("tamper"):
        if call.outcome != "ok":
            continue
        if call.name == "DeleteLogGroup" and not LOG_GROUP.search(
            _param(call, "logGroupName") or ""
        ):
            continue
        score = 40
        if call.name in _CLOUDTRAIL_CALLS and _trail(call) is not None:
            others = within(trails, call.time - HOUR, call.time + HOUR)
            if any(_trail(other) not in (None, _trail(call)) for other in others):
                score = 15
        if (
            call.name == "PutEventSelectors"
            and not who.works_anywhere_in([call.hour])
            and who.is_known_source(call.time)
        ):
            score = 15
        signs.append(Sign(_routine(who, score, 15, (call, "tamper")), call.time))
    return best(signs)


def _mail_identity(call: Call) -> Optional[str]:
    return _param(call, "emailIdentity", "emailAddress", "domain", "identity")


def cleanup(who: Subject) -> Optional[Sign]:
    """The same identity was created or verified and deleted within 30 min, both ok."""
    signs = []
    for made in who.actor.in_phase("enable"):
        for service in made.services_in("enable"):
            for gone in within(
                who.actor.of(service, "cleanup"), made.time, made.time + 30 * MINUTE
            ):
                if made.outcome != "ok" or gone.outcome != "ok":
                    continue
                identity = _mail_identity(made)
                if identity is not None and identity == _mail_identity(gone):
                    behind = ((made, "enable"), (gone, "cleanup"))
                    signs.append(Sign(_routine(who, 30, 10, *behind), made.time))
    return best(signs)


# --- Credentials ---------------------------------------------------------------------------------


def quarantined(who: Subject) -> Optional[Sign]:
    """AWS attached its quarantine policy, ok."""
    calls = [call for call in who.actor.calls if call.is_quarantine and call.outcome == "ok"]
    return best(Sign(60, call.time) for call in calls)


def _document(call: Call) -> Optional[dict[str, Any]]:
    try:
        return _read_document(
            _param(
                call, "assumeRolePolicyDocument", "policyDocument", "policy", "resourcePolicy"
            ) or ""
        )
    except _Unreadable:
        return None


# Conditions on them limit a statement for everybody to an organisation, or to a service's work for an account.
_LIMITING_KEYS = {
    *("aws:principalorgid", "aws:principalorgpaths", "aws:sourceorgid", "aws:sourceorgpaths"),
    *("aws:sourceaccount", "aws:sourcearn"),
}


def _condition_keys(statement: dict[str, Any]) -> Iterator[str]:
    condition = statement.get("Condition")
    for operation, operands in condition.items() if isinstance(condition, dict) else []:
        if isinstance(operands, dict) and "Not" not in operation:
            yield from (key.lower() for key in operands)


def _aws_principals(statement: dict[str, Any]) -> Iterator[str]:
    """Those that a statement names; `*` for everybody."""
    if "NotPrincipal" in statement:
        yield "*"
    principal = statement.get("Principal")
    if isinstance(principal, dict):
        principal = principal.get("AWS")
        yield from filter(None, map(_text, _list_or_one(principal)))
    elif principal == "*":
        yield "*"


def _account_of(principal: str) -> Optional[str]:
    fields = principal.split(":")
    account = principal if len(fields) == 1 else fields[4] if len(fields) > 4 else ""
    return account if len(account) == 12 and account.isascii() and account.isdigit() else None


def _grant_score(who: Subject, statement: Any) -> int:
    if not isinstance(statement, dict) or _text(statement.get("Effect")) != "Allow":
        return 0
    keys = list(_condition_keys(statement))
    own = {who.actor.account} | who.baseline.accounts() | who.context.own_accounts
    score = 0
    for principal in _aws_principals(statement):
        account = _account_of(principal)
        if principal == "*":
            score = score if _LIMITING_KEYS.intersection(keys) else max(score, 40)
        elif account is not None and account not in own:
            score = max(score, 30)
    return min(score, 10) if "sts:externalid" in keys else score


def foreign_grant(who: Subject) -> Optional[Sign]:
    """A policy gives a foreign account, or everybody, a role or the right to send."""
    signs = []
    for call in who.actor.own:
        document = _document(call) if call.services_in("grant") and call.outcome == "ok" else None
        if document is not None:
            statements = _list_or_one(document.get("Statement"))
            score = max((_grant_score(who, one) for one in statements), default=0)
            if score:
                signs.append(Sign(score, call.time))
    return best(signs)


def _allows_mail(policy: Optional[str]) -> bool:
    try:
        document = _read_document(policy or "")
    except _Unreadable:
        return False
    for statement in _list_or_one(document.get("Statement")):
        if not isinstance(statement, dict) or _text(statement.get("Effect")) != "Allow":
            continue
        for action in _list_or_one(statement.get("Action")):
            action = (_text(action) or "").lower()
            if action.startswith("ses:send") or action == "ses:*":
                return True
    return False


def _grants_of_mail(calls: list[Call]) -> Iterator[Call]:
    """Calls that give a user mail: by its own policy, by a group, or by a policy made for it."""
    with_document = [call for call in calls if _allows_mail(_param(call, "policyDocument"))]
    policies = {_param(call, "policyName") for call in with_document if call.name == "CreatePolicy"}

    def is_mail_policy(call: Call) -> bool:
        arn = _param(call, "policyArn") or ""
        return arn.endswith("/AmazonSESFullAccess") or _last_part(arn) in policies - {None}

    groups = {"AWSSESSendingGroupDoNotRename"} | values(
        _param(call, "groupName")
        for call in calls
        if (call.name == "PutGroupPolicy" and call in with_document)
        or (call.name == "AttachGroupPolicy" and is_mail_policy(call))
    )
    for call in calls:
        if (
            (call.name == "PutUserPolicy" and call in with_document)
            or (call.name == "AttachUserPolicy" and is_mail_policy(call))
            or (call.name == "AddUserToGroup" and _param(call, "groupName") in groups)
        ):
            yield call


def smtp_credentials(who: Subject) -> Optional[Sign]:
    """It made a user or an access key and, within 1 h in either order, gave that user mail; or a
    way in for mail."""
    calls = [
        call
        for call in who.actor.own
        if call.outcome == "ok" and call.is_in("account", "credential")
    ]
    signs = []
    grants = list(_grants_of_mail(calls))
    for made in calls:
        if made.name not in ("CreateUser", "CreateAccessKey") or _param(made, "userName") is None:
            continue
        for granted in within(grants, made.time - HOUR, made.time + HOUR):
            if _param(made, "userName") == _param(granted, "userName"):
                behind = ((made, "credential"), (granted, "credential"))
                score = _routine(who, 30, 10, *behind)
                signs.append(Sign(score, min(made.time, granted.time)))
    for call in calls:
        if call.name in ("CreateIngressPoint", "CreateRelay"):
            signs.append(Sign(_routine(who, 30, 10, (call, "credential")), call.time))
    return best(signs)


def api_key_made(who: Subject) -> Optional[Sign]:
    """CreateServiceSpecificCredential for Bedrock, ok."""
    return best(
        Sign(_routine(who, 20, 10, (call, "credential")), call.time)
        for call in who.actor.own
        if call.name == "CreateServiceSpecificCredential"
        and call.outcome == "ok"
        and _param(call, "serviceName") == "bedrock.amazonaws.com"
    )


def quota_asked(who: Subject) -> Optional[Sign]:
    """A higher quota or a support case whose service code, category or subject names a service."""
    asking = (
        *("RequestServiceQuotaIncrease", "PutServiceQuotaIncreaseRequestIntoTemplate"),
        *("CreateCase", "CreateSupportCase"),
    )
    signs = []
    for call in who.actor.own:
        words = [_param(call, key) for key in ("serviceCode", "categoryCode", "subject")]
        text = " ".join(word for word in words if word).encode()[:256].decode("utf-8", "ignore")
        if call.name == "StartAutoManagement" or (call.name in asking and QUOTA.search(text)):
            signs.append(Sign(15, call.time))
    return best(signs)


# --- Markers -------------------------------------------------------------------------------------


def tool_agent(who: Subject) -> Optional[Sign]:
    """A known attack tool's client."""
    agents = values(call.agent for call in who.actor.calls)
    return Sign(15, 0) if any(map(TOOL_AGENT.search, agents)) else None


def bearer_key(who: Subject) -> Optional[Sign]:
    """A call with an API key."""
    return Sign(5, 0) if any(call.bearer for call in who.actor.calls) else None


def long_term_key(who: Subject) -> Optional[Sign]:
    """A call with a long-term key."""
    return Sign(5, 0) if who.actor.has_long_term_key else None


def suspicious_name(who: Subject) -> Optional[Sign]:
    """The name pattern of volume on the principal."""
    return Sign(5, 0) if SUSPICIOUS_NAME.search(who.actor.principal) else None
