"""The reference's rules about credentials that are publicly known, or that were made to gain
access."""

from __future__ import annotations

from collections.abc import Iterator

from hunt_reference_calls import HOUR, Call, within
from hunt_reference_campaign import Campaign, Sign, SupportingCall, best, routine_or, values
from hunt_reference_catalogue import QUOTA
from hunt_reference_makings import EVERYBODY, grantees, last_part, list_or_one, param
from volume_reference import _read_document, _text, _Unreadable


def quarantined(who: Campaign) -> Sign | None:
    """AWS attached its quarantine policy, successfully."""
    attached = [call for call in who.actor.calls if call.is_quarantine and call.outcome == "ok"]
    # The reference does not keep which of a user's calls AWS made, so all calls alike are evidence.
    users = {call.member for call in attached}
    alike = [
        call
        for call in who.actor.calls
        if call.member in users and call.outcome == "ok" and call.name == "AttachUserPolicy"
    ]
    return Sign(60, attached[0].time, _of_account(*alike)) if attached else None


def _of_account(*calls: Call) -> tuple[SupportingCall, ...]:
    return tuple((call, "account") for call in calls)


def _grant_score(who: Campaign, call: Call) -> int:
    own = {who.by(call).actor.account, *who.context.baseline.accounts(), *who.context.own_accounts}
    score = 0
    for account, has_external_id in grantees(call):
        if account not in own:
            of_account = 40 if account == EVERYBODY else 30
            score = max(score, 10 if has_external_id else of_account)
    return score


def foreign_grant(who: Campaign) -> Sign | None:
    """A policy gives a foreign account, or everybody, a role or the right to send."""
    signs = []
    for call in who.actor.own:
        if call.services_in("grant") and call.outcome == "ok":
            score = _grant_score(who, call)
            if score:
                signs.append(Sign(score, call.time, _of_account(call)))
    return best(signs)


def _allows_mail(policy: str | None) -> bool:
    try:
        document = _read_document(policy or "")
    except _Unreadable:
        return False
    for statement in list_or_one(document.get("Statement")):
        if not isinstance(statement, dict) or _text(statement.get("Effect")) != "Allow":
            continue
        for action in list_or_one(statement.get("Action")):
            action = (_text(action) or "").lower()
            if action.startswith("ses:send") or action == "ses:*":
                return True
    return False


def _grants_of_mail(calls: list[Call]) -> Iterator[Call]:
    """Calls that allow a user to send mail: by its own policy, by a group, or by a policy made for
    it."""
    with_document = [call for call in calls if _allows_mail(param(call, "policyDocument"))]
    policies = {param(call, "policyName") for call in with_document if call.name == "CreatePolicy"}

    def is_mail_policy(call: Call) -> bool:
        arn = param(call, "policyArn") or ""
        return arn.endswith("/AmazonSESFullAccess") or last_part(arn) in policies - {None}

    groups = {"AWSSESSendingGroupDoNotRename"} | values(
        param(call, "groupName")
        for call in calls
        if (call.name == "PutGroupPolicy" and call in with_document)
        or (call.name == "AttachGroupPolicy" and is_mail_policy(call))
    )
    for call in calls:
        if (
            (call.name == "PutUserPolicy" and call in with_document)
            or (call.name == "AttachUserPolicy" and is_mail_policy(call))
            or (call.name == "AddUserToGroup" and param(call, "groupName") in groups)
        ):
            yield call


def smtp_credentials(who: Campaign) -> Sign | None:
    """A user or an access key was made and, within 1 h in either order, that user was allowed to
    send mail; or another way to send mail was opened."""
    accounts = dict.fromkeys(member.actor.account for member in who.members)
    return best(sign for account in accounts for sign in _ways_to_mail(who, account))


def _ways_to_mail(who: Campaign, account: str) -> Iterator[Sign]:
    calls = [
        call
        for call in who.actor.own
        if call.outcome == "ok"
        and call.is_in("account", "credential")
        and who.by(call).actor.account == account
    ]
    grants = list(_grants_of_mail(calls))
    for made in calls:
        if made.name not in ("CreateUser", "CreateAccessKey") or param(made, "userName") is None:
            continue
        for granted in within(grants, made.time - HOUR, made.time + HOUR):
            if param(made, "userName") == param(granted, "userName"):
                supporting = ((made, "credential"), (granted, "credential"))
                score = routine_or(who, 30, 10, *supporting)
                yield Sign(score, min(made.time, granted.time), _of_account(made, granted))
    for call in calls:
        if call.name in ("CreateIngressPoint", "CreateRelay"):
            score = routine_or(who, 30, 10, (call, "credential"))
            yield Sign(score, call.time, _of_account(call))


def api_key_made(who: Campaign) -> Sign | None:
    """A successful CreateServiceSpecificCredential for Bedrock."""
    return best(
        Sign(routine_or(who, 20, 10, (call, "credential")), call.time, _of_account(call))
        for call in who.actor.own
        if call.name == "CreateServiceSpecificCredential"
        and call.outcome == "ok"
        and param(call, "serviceName") == "bedrock.amazonaws.com"
    )


def quota_asked(who: Campaign) -> Sign | None:
    """A request for a higher quota, or a support case, whose service code, category or subject
    names a service."""
    asking = (
        *("RequestServiceQuotaIncrease", "PutServiceQuotaIncreaseRequestIntoTemplate"),
        *("CreateCase", "CreateSupportCase"),
    )
    signs = []
    for call in who.actor.own:
        words = [param(call, key) for key in ("serviceCode", "categoryCode", "subject")]
        text = " ".join(word for word in words if word).encode()[:256].decode("utf-8", "ignore")
        if call.name == "StartAutoManagement" or (call.name in asking and QUOTA.search(text)):
            signs.append(Sign(15, call.time, _of_account(call)))
    return best(signs)
