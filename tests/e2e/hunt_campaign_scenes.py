"""Scenes in which principals are linked closely enough to form one campaign, or narrowly not.

The principals make users and roles, assume roles, and share addresses, with a past or without one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from hunt_history import DAY, HOUR, START, Caller, History, Json, edge, pick, shuffled, upto
from hunt_history_scenes import settled, twice
from hunt_values import AGENTS

_FOREIGN = "999999999999"
_MAKING = [
    *("CreateUser", "CreateUser", "CreateAccessKey", "CreateLoginProfile", "UpdateLoginProfile"),
    *("CreateServiceSpecificCredential", "ResetServiceSpecificCredential", "UpdateAccessKey"),
]
_NAMES = ["fresh", "fresh-2", "mailer", "alice", "bob"]


def _maker(h: History) -> Caller:
    """Mostly a caller of a settled account."""
    return settled(h) if h.rng.random() < 0.7 else h.caller()


def _strange(h: History) -> str:
    return h.place(pick(h.rng, [50, 50, 50, 51]), pick(h.rng, [1, 1, 2]))


def _from(h: History, caller: Caller, place: Any) -> Caller:
    agent = pick(h.rng, [caller.agent, AGENTS[0], AGENTS[6]])
    return Caller(caller.identity, caller.user, place, agent, caller.region, caller.members)


def _somewhere(h: History, caller: Caller) -> Caller:
    """The caller at its usual place, at another caller's, or at a stranger's."""
    places = [caller.place, h.place(upto(h.rng, 3), 1), _strange(h), _strange(h), "10.1.1.1"]
    return _from(h, caller, pick(h.rng, places))


def _named_role(h: History, name: str) -> Caller:
    session = h.session(pick(h.rng, ["", "", "app/"]) + name, pick(h.rng, ["job-1", "job-2"]))
    return Caller(session, place=h.place(upto(h.rng, 3), 1), agent=AGENTS[0])


def _named_user(h: History, name: str) -> Caller:
    caller = h.user_named(name)
    caller.place, caller.agent = h.place(upto(h.rng, 3), 1), AGENTS[0]
    return caller


def _make(h: History, maker: Caller, time: int, name: str) -> None:
    call = pick(h.rng, _MAKING)
    parameters = {"userName": name}
    if call == "UpdateAccessKey":
        parameters["status"] = pick(h.rng, ["Active", "Active", "Active", "Inactive"])
    h.add(maker, time, call, h.mostly_ok(), parameters)


def _trust(h: History) -> Any:
    rng = h.rng
    principal: Any = pick(
        rng,
        [
            *({"AWS": _FOREIGN}, {"AWS": f"arn:aws:iam::{_FOREIGN}:root"}, {"AWS": h.account}),
            *({"AWS": "*"}, "*", {"Service": "ec2.amazonaws.com"}, {"Federated": "x"}, None),
        ],
    )
    statement: Json = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}
    if rng.random() < 0.4:
        keys = ["sts:ExternalId", "sts:ExternalId", "aws:PrincipalOrgID"]
        statement["Condition"] = {"StringEquals": {pick(rng, keys): "1"}}
    other = {"Effect": "Allow", "Principal": {"AWS": _FOREIGN}}
    document = {"Statement": pick(rng, [statement, [statement], [statement], [statement, other]])}
    text = json.dumps(document)
    return pick(rng, [text] * 9 + [text[:-1]])


def _make_role(h: History, maker: Caller, time: int, name: str) -> None:
    call = pick(h.rng, ["CreateRole", "CreateRole", "UpdateAssumeRolePolicy"])
    key = "assumeRolePolicyDocument" if call == "CreateRole" else "policyDocument"
    h.add(maker, time, call, h.mostly_ok(), {"roleName": name, key: _trust(h)})


def _act(h: History, caller: Caller, time: int) -> None:
    """A call that a rule or a link asks about."""
    rng = h.rng
    service = pick(rng, ["ses", "ses", "sns", "bedrock"])
    phase = pick(rng, ["use", "use", "recon", "enable"])
    if phase == "use" and rng.random() < 0.3:
        h.sends(caller, "ses", pick(rng, [30, 50, 51, 90, 101]), time, time + 600)
        return
    for _ in range(pick(rng, [1, 1, 2])):
        name = h.a_name(service, phase)
        h.add(caller, time + pick(rng, [0, 0, 60, upto(rng, HOUR)]), name, h.an_outcome())


def _lived(h: History, caller: Caller) -> None:
    if h.rng.random() < 0.25:
        usual = _from(h, caller, h.place(upto(h.rng, 3), 1))
        usual.agent = caller.agent
        twice(h, lambda time: h.use(usual, time, "ses", pick(h.rng, [1, 20, 40])))


def _made_and_used(h: History) -> None:
    """One or several makers make a user, perhaps not for the first time."""
    rng = h.rng
    makers = [_maker(h) for _ in range(pick(rng, [1, 1, 1, 2]))]
    name = pick(rng, _NAMES)
    child = _named_user(h, name)
    _lived(h, child)
    if rng.random() < 0.1:
        maker = pick(rng, makers)
        twice(h, lambda at: h.add(maker, at, "CreateUser", "ok", {"userName": "other"}))
    time = h.moment()
    for maker in makers:
        for _ in range(pick(rng, [1, 1, 2])):
            _make(h, _somewhere(h, maker), time + pick(rng, [0, 0, 1, upto(rng, HOUR)]), name)
    later = time + edge(rng, pick(rng, [7 * DAY, 7 * DAY, HOUR, HOUR, 600]))
    _act(h, _somewhere(h, child), later)
    if rng.random() < 0.4:
        _act(h, _somewhere(h, pick(rng, makers)), time + upto(rng, HOUR))


def _made_a_role(h: History) -> None:
    rng = h.rng
    maker, time = _maker(h), h.moment()
    name = pick(rng, ["helper", "helper", "deploy"])
    child = _named_role(h, name)
    _lived(h, child)
    for _ in range(pick(rng, [1, 1, 2])):
        _make_role(h, _somewhere(h, maker), time + pick(rng, [0, 0, 60]), name)
    _act(h, _somewhere(h, child), time + edge(rng, pick(rng, [7 * DAY, HOUR, HOUR])))


def _made_a_chain(h: History) -> None:
    """Each principal makes the next one, and the last one perhaps makes the first."""
    rng = h.rng
    names = shuffled(rng, _NAMES)[: pick(rng, [2, 3, 4])]
    time = h.moment()
    callers = [_somewhere(h, _named_user(h, name)) for name in names]
    if rng.random() < 0.6:
        settled(h)
    for maker, child in zip(callers, [*names[1:], *(names[:1] if rng.random() < 0.5 else [])]):
        time += pick(rng, [0, 0, 1, 60])
        _make(h, maker, time, child)
    for caller in callers[1:]:
        if rng.random() < 0.8:
            _act(h, caller, time + edge(rng, HOUR))


def _made_a_crowd(h: History) -> None:
    """Several made users together send more than any one of them alone."""
    rng = h.rng
    maker = _somewhere(h, _maker(h))
    count = pick(rng, [3, 4, 6])
    time = h.moment()
    names = [f"crowd-{number}" for number in range(count)]
    if rng.random() < 0.2:
        names[-1] = "fresh"
    for name in names:
        _make(h, maker, time + pick(rng, [0, 0, upto(rng, 60)]), name)
    place = _strange(h)
    for name in names:
        child = _from(h, _named_user(h, name), pick(rng, [place, place, h.place(1, 1)]))
        _lived(h, child)
        total = pick(rng, [1, 26, 34, 51])
        h.sends(child, "ses", total, time + 60, time + 60 + pick(rng, [60, 3000]))


def _did_it_together(h: History) -> None:
    """One principal does the reconnaissance, one enables, one uses, and one removes."""
    rng = h.rng
    maker = _somewhere(h, _maker(h))
    time = h.moment()
    names = shuffled(rng, _NAMES)[: pick(rng, [1, 2])]
    for name in names:
        h.add(maker, time, "CreateUser", h.mostly_ok(), {"userName": name})
    callers = [maker, *(_somewhere(h, _named_user(h, name)) for name in names)]
    service = pick(rng, ["ses", "ses", "bedrock", "sns"])
    for phases, gap in (
        (["recon"], edge(rng, 900)),
        (["recon"], edge(rng, 900)),
        (["enable"], upto(rng, 60)),
        (["use"], edge(rng, pick(rng, [120, 6 * HOUR]))),
        (["cleanup"] if service == "ses" else ["use"], edge(rng, 1800)),
    ):
        caller = pick(rng, callers)
        name = h.a_name(service, *phases)
        if rng.random() < 0.15:
            twice(h, lambda at, c=caller, n=name: h.add(c, at, n))  # type: ignore[misc]
        h.add(caller, time + max(gap, 0), name, h.mostly_ok())


def _shared_an_address(h: History) -> None:
    """Within one day, or just across its boundaries."""
    rng = h.rng
    settled(h)
    place = _strange(h)
    day = START + pick(rng, [1, 2]) * DAY
    for number in range(pick(rng, [2, 2, 3, 5])):
        makes = [lambda: _named_user(h, pick(rng, _NAMES)), h.a_user, h.a_role, h.a_workload]
        caller = _from(h, pick(rng, [*makes, h.caller])(), place)
        _lived(h, caller)
        if rng.random() < 0.1:
            caller.place = h.place(50, 3)
        time = day + pick(rng, [0, 60, 12 * HOUR, 12 * HOUR, DAY - 1, DAY - 1, DAY, -1, number])
        _act(h, caller, time)


def _assume(h: History, caller: Caller, time: int, arn: Any, outcome: str = "ok") -> None:
    parameters = {"roleArn": arn, "roleSessionName": "x"}
    h.add(caller, time, "AssumeRole", outcome, parameters, eventSource="sts.amazonaws.com")


def _sister(h: History) -> History:
    """Another account of the same company."""
    other = History(h.rng, f"9{h.account[1:]}")
    other.is_settled = True
    role = Caller(other.session("backoffice", "job"), place=other.place(2, 9), agent=AGENTS[0])
    twice(other, lambda time: other.add(role, time, "GetSendQuota"), gap=7)
    return other


def _assumed_a_role(h: History) -> None:
    rng = h.rng
    caller = _somewhere(h, _maker(h))
    where = _sister(h) if rng.random() < 0.3 else h
    name = pick(rng, ["helper", "deploy"])
    child = _named_role(where, name)
    arn = child.identity["sessionContext"]["sessionIssuer"]["arn"]
    time = h.moment()
    if rng.random() < 0.4:
        twice(where, lambda at: where.use(child, at, "ses", 1))
    if rng.random() < 0.4:
        parents = [caller, caller, _named_user(h, "bob")]
        twice(h, lambda at: _assume(h, pick(rng, parents[:1] if at % 2 else parents), at, arn))
    if rng.random() < 0.3:
        owner = Caller(where.session("backoffice", "job"), place=where.place(2, 9))
        _make_role(where, _somewhere(where, owner), time - edge(rng, HOUR), name)
    arns: Sequence[Any] = [arn] * 8 + [None, arn.replace(":role/", ":user/"), "deploy"]
    _assume(h, caller, time, pick(rng, arns), h.mostly_ok())
    acting = _somewhere(where, child)
    _act(where, acting, time + edge(rng, pick(rng, [12 * HOUR, 12 * HOUR, 600])))
    if rng.random() < 0.3:  # and assumes another role from there
        _assume(where, acting, time + 60, arn.replace(name, "worker7"), "ok")
        _act(h, _named_role(h, "worker7"), time + 120)
    if where is not h:
        h.events += where.events
        h.past += where.past


def _share_the_last_part(h: History) -> None:
    rng = h.rng
    maker, time = _somewhere(h, _maker(h)), h.moment()
    name = pick(rng, ["mailer", "deploy"])
    _make(h, maker, time, name)
    _make_role(h, maker, time + 1, name)
    for caller in (_named_user(h, name), _named_user(h, name), _named_role(h, name)):
        _act(h, _somewhere(h, caller), time + upto(rng, HOUR))


def _made_by_nobody(h: History) -> None:
    """Principals known only by their account are not members of a campaign, but they make users."""
    rng = h.rng
    time = h.moment()
    identity: Any = pick(rng, [{"accountId": h.account}, {}, {"accountId": h.account}])
    nobody = Caller(identity, place=_strange(h))
    _make(h, nobody, time, "fresh")
    _act(h, nobody, time + 60)
    _act(h, _somewhere(h, _named_user(h, "fresh")), time + edge(rng, HOUR))


def _quarantined_child(h: History) -> None:
    rng = h.rng
    maker, time = _somewhere(h, _maker(h)), h.moment()
    name = pick(rng, _NAMES)
    _make(h, maker, time, name)
    if rng.random() < 0.7:
        _act(h, _somewhere(h, _named_user(h, name)), time + edge(rng, HOUR))
    policy = "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3"
    by_aws = Caller({"accountId": h.account, "invokedBy": "AWS Internal"}, place="AWS Internal")
    parameters = {"policyArn": policy, "userName": name}
    h.add(by_aws, time + edge(rng, DAY), "AttachUserPolicy", h.mostly_ok(), parameters)


def too_many_to_join(h: History) -> None:
    """Exactly as many members as a campaign may have, or more."""
    rng = h.rng
    settled(h)
    count = pick(rng, [62, 66, 68, 70, 72])  # some of the calls get lost
    names = [f"many-{number}" for number in range(count)]
    time, place = h.moment(), h.place(50, 1)
    makers_of = pick(rng, [["root-1"], ["root-1"], ["a", "b"]])
    makers = [_from(h, _named_user(h, name), place) for name in makers_of]
    way = pick(rng, ["made", "made", "made", "shared", "assumed"])
    for number, name in enumerate(names):
        maker = makers[number % len(makers)]
        if way == "made":
            h.add(maker, time, "CreateUser", "ok", {"userName": name})
        caller = _from(h, _named_user(h, name), place if way == "shared" else h.place(1, 1))
        if way == "assumed":
            caller = Caller(h.session(name, "job"), place=h.place(1, 1), agent=AGENTS[0])
            arn = caller.identity["sessionContext"]["sessionIssuer"]["arn"]
            _assume(h, maker, time, arn)
        h.add(caller, time + 60 + upto(rng, 60), "GetSendQuota")
    for maker in makers:
        h.add(maker, time + 30, "GetSendQuota")


CAMPAIGN_SCENES: list[Callable[[History], None]] = [
    *(_made_and_used, _made_and_used, _made_and_used, _made_a_role, _made_a_role),
    *(_made_a_chain, _made_a_crowd, _made_a_crowd, _did_it_together, _did_it_together),
    *(_shared_an_address, _shared_an_address, _assumed_a_role, _assumed_a_role),
    *(_share_the_last_part, _made_by_nobody, _quarantined_child),
]


def some_exceptions(h: History) -> list[dict[str, str]]:
    """Allowlist entries for principals of the history."""
    rng = h.rng
    lines = []
    for caller in shuffled(rng, h.callers)[:1]:
        arn = caller.identity.get("arn") if isinstance(caller.identity, dict) else None
        if arn is None or rng.random() < 0.3:
            name = pick(rng, ["fresh", "mailer", "crowd-1", "helper", "alice"])
            arn = f"arn:aws:iam::{h.account}:*/{name}"
        elif ":assumed-role/" in arn:
            issuer = caller.identity.get("sessionContext", {}).get("sessionIssuer", {})
            arn = issuer.get("arn") or arn
        line = {"principal": arn, "service": pick(rng, ["*", "*", "*", "account", "ses"])}
        line["evidence"] = pick(
            rng, ["*", "*", "*", "", "burst", "made_then_used", "first_use,new_source"]
        )
        line["threshold"] = ""
        if line["evidence"] in ("", "burst") or rng.random() < 0.1:
            is_limited = line["evidence"] in ("", "burst", "*")
            line["threshold"] = pick(rng, ["", "60", "150"]) if is_limited else ""
        line["expires"] = pick(rng, ["", "", "", "2026-03-02", "2026-03-03", "2026-03-04"])
        lines.append(line)
    return lines
