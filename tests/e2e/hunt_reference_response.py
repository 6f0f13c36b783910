"""The column Response, as docs/response.md describes it for AWS."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Iterable

from hunt_reference_calls import Actor
from hunt_reference_campaign import Campaign
from hunt_reference_catalogue import RESPONSES, USE_SOURCES
from hunt_reference_makings import last_part

_MOST_STEPS = 3
_QUARANTINE = "--policy-name CloudhijackQuarantine"
_ARN = re.compile(r"arn:[^:]*:[^:]*:[^:]*:([^:]*):([^/]*)(?:/(.*))?", re.DOTALL)
_ANYTHING = '"*"'
_NOW = """'"$(date -u +%Y-%m-%dT%H:%M:%SZ)"'"""


def _word(text: str, placeholder: str) -> str:
    """A word of a command line; the placeholder if the text cannot be trusted."""
    is_safe = re.fullmatch(r"[A-Za-z0-9_][ -~]{0,255}", text) and "://" not in text
    if not is_safe:
        return placeholder
    parts = text.split("'")
    return text if shlex.quote(text) == text else "'" + r"'\''".join(parts) + "'"


def _plain(text: str | None, placeholder: str) -> str:
    is_plain = re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,255}", text or "")
    return text if text and is_plain else placeholder


def _deny(actions: str, condition: str = "") -> str:
    return (
        """--policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","""
        f""""Action":{actions},"Resource":"*"{condition}}}]}}'"""
    )


def _in(account: str) -> str:
    return f" in account {account}" if re.fullmatch("[0-9]{12}", account) else ""


def _actions(actor: Actor) -> str:
    """The services that the actor used."""
    prefixes = {
        "bedrock" if source == "bedrock-invocations" else source.split(".")[0]
        for call in (actor.whole or actor).everything
        for service in call.messages_of
        for source in USE_SOURCES[service, call.name]
    }
    found = sorted(f'"{prefix}:*"' for prefix in prefixes)
    if len(found) > 1:
        return f"[{','.join(found)}]"
    return found[0] if found else _ANYTHING


def _against_person(account: str, person: str) -> list[str]:
    target = account if _in(account) else "ACCOUNT_ID"
    return [
        "Remove the access that IAM Identity Center gives the person to the account; the person"
        " cannot begin new sessions, but open ones last until they expire: aws sso-admin"
        " delete-account-assignment --instance-arn INSTANCE_ARN --permission-set-arn"
        f" PERMISSION_SET_ARN --principal-type USER --principal-id {person}"
        f" --target-type AWS_ACCOUNT --target-id {target}"
    ]


def _against_role(account: str, path: str, actor: Actor) -> list[str]:
    role = "ROLE_NAME" if "/" in path else _word(path, "ROLE_NAME")
    actions = _actions(actor)
    condition = f',"Condition":{{"DateLessThan":{{"aws:TokenIssueTime":"{_NOW}"}}}}'
    what = "everything" if actions == _ANYTHING else "the services that it used"
    return [
        f"Revoke the sessions of the role{_in(account)}; its workloads fail until they have a new"
        f" session: aws iam put-role-policy --role-name {role} --policy-name"
        f" AWSRevokeOlderSessions {_deny(_ANYTHING, condition)}",
        f"Deny {what} to the role{_in(account)}; its workloads can no longer use them:"
        f" aws iam put-role-policy --role-name {role} {_QUARANTINE} {_deny(actions)}",
    ]


def _against(actor: Actor) -> list[str]:
    """The steps against one principal."""
    name = actor.principal
    keys = {call.key for call in (actor.whole or actor).calls if call.key is not None}
    usable = sorted(key for key in keys if key[:4] == "AKIA" and _plain(key, "") == key)
    disable = f"--access-key-id {usable[0]} --status Inactive" if usable else ""
    if name.startswith("identitycenter/"):
        person = _plain(name.removeprefix("identitycenter/"), "USER_ID")
        return _against_person(actor.account, person)
    if name.startswith("AKIA") and _plain(name, "") == name:
        user = (
            f'"$(aws iam get-access-key-last-used --access-key-id {name} --query UserName'
            ' --output text)"'
        )
        return [
            "Disable the access key; the programs that use it stop: aws iam update-access-key"
            f" --access-key-id {name} --status Inactive --user-name {user}"
        ]
    arn = _ARN.match(name)
    account, kind, rest = (group or "" for group in arn.groups()) if arn else ("", "", "")
    if kind == "user":
        user = _word(last_part(name), "USER_NAME")
        steps = [
            f"Deny everything to the user{_in(account)}; all its keys and sessions and the programs"
            f" that use them stop: aws iam put-user-policy --user-name {user} {_QUARANTINE} "
            + _deny(_ANYTHING)
        ]
        if usable:
            steps.append(
                f"Disable the access key{_in(account)}; the programs that use it stop:"
                f" aws iam update-access-key --user-name {user} {disable}"
            )
        return steps
    if kind == "root" and usable:
        return [
            f"Disable the access key of the root user{_in(account)}, signed in as the root user;"
            f" the programs that use it stop: aws iam update-access-key {disable}"
        ]
    if kind == "root":
        return [
            f"Change the password of the root user{_in(account)} and delete its access keys;"
            " programs that use them stop: sign in as the root user at"
            " https://console.aws.amazon.com/iam/home#/security_credentials"
        ]
    if kind == "role" and rest.startswith("aws-reserved/sso.amazonaws.com/"):
        return _against_person(account, "USER_ID")
    return _against_role(account, rest, actor) if kind == "role" else []


def _against_use(who: Campaign) -> Iterable[str]:
    """The steps against the use of services; the place with the most messages comes first."""
    messages: Counter[tuple[str, str, str]] = Counter()
    for call in who.everything.everything:
        for service, count in call.messages_of.items():
            place = (service, who.account_of(call), call.region or "")
            messages[place] += count if call.outcome == "ok" else 0
    order = list(RESPONSES)

    def rank(place: tuple[str, str, str]) -> tuple[int, int, bytes, bytes]:
        service, account, region = place
        return -messages[place], order.index(service), account.encode(), region.encode()

    for service, account, region in sorted(messages, key=rank):
        account = _plain("" if account == "unknown" else account, "ACCOUNT")
        step = RESPONSES[service].replace("{account}", account)
        yield step.replace("{region}", _plain(region, "REGION"))


def response_of(who: Campaign) -> list[str]:
    actors = [who.head.actor, *(one.actor for one in who.members if one is not who.head)]
    most = 2 if len(actors) == 1 else 1
    steps = [step for actor in actors for step in _against(actor)[:most]]
    steps += _against_use(who)
    return list(dict.fromkeys(filter(None, steps)))[:_MOST_STEPS]
