"""Who makes and assumes which principal, and whom a policy admits, as the reference reads it from
calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from hunt_reference_calls import Actor, Call
from hunt_reference_catalogue import LINKS
from volume_reference import _read_document, _text, _Unreadable

_MADE_WITH = {
    **dict.fromkeys(
        [
            *("CreateUser", "CreateAccessKey", "CreateLoginProfile", "UpdateLoginProfile"),
            *("CreateServiceSpecificCredential", "ResetServiceSpecificCredential"),
            "UpdateAccessKey",
        ],
        "user",
    ),
    **dict.fromkeys(["CreateRole", "UpdateAssumeRolePolicy"], "role"),
}


def param(call: Call, *keys: str) -> str | None:
    """The first of these parameters that is a non-empty text."""
    return next(filter(None, (_text(call.parameters.get(key)) for key in keys)), None)


def list_or_one(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def last_part(text: str) -> str:
    return text.rsplit("/", 1)[-1]


def short_name(principal: str) -> str:
    """A principal's name in a sentence: `root` is that of an account."""
    return behind_last_colon(last_part(principal))


def behind_last_colon(text: str) -> str:
    return text.rsplit(":", 1)[-1]


def actor_key(principal: str) -> str:
    """The common part of a principal's name and of the calls about it: the name without its
    path."""
    for kind in ("user", "role"):
        if f":{kind}/" in principal:
            return f"{kind}/{last_part(principal)}"
    return principal


def made_by(actor: Actor, call: Call) -> str | None:
    """The key of the principal that the call made, if it is not the caller itself."""
    kind = _MADE_WITH.get(call.name)
    if kind is None or call.outcome != "ok" or not call.is_in("account", "credential"):
        return None
    name = _text(call.parameters.get(f"{kind}Name"))
    key = f"{kind}/{last_part(name)}" if name else None
    return None if key == actor_key(actor.principal) else key


class Role(NamedTuple):
    """A role that a call names; it may belong to another account."""

    account: str
    arn: str

    @property
    def key(self) -> tuple[str, str]:
        return self.account, actor_key(self.arn)


def assumed_by(actor: Actor, call: Call) -> Role | None:
    """The role that the call assumed, if it is not the caller itself."""
    if call.outcome != "ok" or call.name != "AssumeRole" or not call.is_in(LINKS, "link"):
        return None
    arn = param(call, "roleArn") or ""
    fields = arn.split(":")
    if ":role/" not in arn or len(fields) < 6:
        return None
    role = Role(fields[4], arn)
    return None if role.key == (actor.account, actor_key(actor.principal)) else role


# --- Policies ------------------------------------------------------------------------------------

EVERYBODY = "*"


def document(call: Call) -> dict[str, Any] | None:
    names = ("assumeRolePolicyDocument", "policyDocument", "policy", "resourcePolicy")
    try:
        return _read_document(param(call, *names) or "")
    except _Unreadable:
        return None


# Conditions on these keys limit a statement for everybody to an organisation, or to the calls of a
# service for an account.
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
    """The principals that a statement names; `*` for everybody."""
    if "NotPrincipal" in statement:
        yield EVERYBODY
    principal = statement.get("Principal")
    if isinstance(principal, dict):
        principal = principal.get("AWS")
        yield from filter(None, map(_text, list_or_one(principal)))
    elif principal == EVERYBODY:
        yield EVERYBODY


def _account_of(principal: str) -> str | None:
    fields = principal.split(":")
    account = principal if len(fields) == 1 else fields[4] if len(fields) > 4 else ""
    return account if len(account) == 12 and account.isascii() and account.isdigit() else None


def grantees(call: Call) -> list[tuple[str, bool]]:
    """The accounts that a policy admits, or everybody, and whether it requires an external id."""
    found = []
    for statement in list_or_one((document(call) or {}).get("Statement")):
        if not isinstance(statement, dict) or _text(statement.get("Effect")) != "Allow":
            continue
        keys = set(_condition_keys(statement))
        for principal in _aws_principals(statement):
            account = EVERYBODY if principal == EVERYBODY else _account_of(principal)
            if account is not None and not (account == EVERYBODY and keys & _LIMITING_KEYS):
                found.append((account, "sts:externalid" in keys))
    return found


def trust_class(call: Call) -> str:
    """Whom a role that the call made trusts: `open` or `partner` accounts, or `closed`."""
    with_id = {has_external_id for _, has_external_id in grantees(call)}
    return "open" if False in with_id else "partner" if with_id else "closed"
