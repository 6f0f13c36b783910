"""Scenes whose outcome depends on the account's past, and scenes for the rules about the account.

Each scene meets, or narrowly misses, the conditions of one rule, and adds the events that this
requires to the past.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hunt_history import (
    CALLS,
    DAY,
    HOUR,
    OWN_ACCOUNTS,
    START,
    THRESHOLDS,
    USED,
    Caller,
    Event,
    History,
    Json,
    edge,
    pick,
    shuffled,
    upto,
)
from hunt_pasts import again, sibling
from hunt_scenes import SCENES
from hunt_values import AGENTS, MODELS, REGIONS

_FOREIGN = "999999999999"


def twice(h: History, act: Callable[[int], None], gap: int | None = None) -> None:
    """Do it in the past, on two days that are mostly a week apart."""
    day = START // DAY - pick(h.rng, [30, 40, 58])
    gap = pick(h.rng, [6, 7, 7, 7, 7, 20]) if gap is None else gap
    with h.in_past():
        for time in (day * DAY, (day + gap) * DAY):
            act(time + upto(h.rng, DAY - 2 * HOUR))


def settled(h: History) -> Caller:
    """A caller whose account the baseline shall know."""
    h.is_settled = True
    caller = h.caller()
    if caller.members or h.rng.random() < 0.3:
        caller = pick(h.rng, [h.a_user, h.a_user, h.a_role, h.a_workload])()
        caller.agent = pick(h.rng, AGENTS[:4])
        caller.place = h.place(upto(h.rng, 3), 1)
        h.callers.append(caller)
    return caller


def _lives(h: History, caller: Caller, service: str = "ses", gap: int | None = None) -> None:
    """It used a service every week, from its usual place."""
    twice(h, lambda time: h.use(caller, time, service, 1), gap)


def _from_a_new_place(h: History) -> None:
    caller, rng = settled(h), h.rng
    if rng.random() < 0.8:
        _lives(h, caller)
    time = h.moment()
    usual = (caller.place, caller.agent)
    if rng.random() < 0.3:
        h.use(caller, time // HOUR * HOUR + upto(rng, 3599), "ses", 1)
    place = pick(rng, [h.place(upto(rng, 3), 5), h.place(40, 1), h.place(41, 1), h.place(5, 1)])
    caller.place = pick(rng, [place, place, place, "100.64.1.1", "lambda.amazonaws.com"])
    caller.agent = pick(rng, [caller.agent, AGENTS[5], "never-seen/1"])
    for _ in range(pick(rng, [1, 1, 2])):
        h.use(caller, time + upto(rng, 2 * HOUR), "ses", pick(rng, [1, 49, 50, 50]))
    if rng.random() < 0.7:
        later = (time // HOUR + pick(rng, [1, 23, 24])) * HOUR
        h.use(caller, later + pick(rng, [0, 3599]), "ses", 50)
    caller.place, caller.agent = usual


def _more_than_in_the_past(h: History) -> None:
    caller, rng = settled(h), h.rng
    service = pick(rng, ["ses", "ses", "ses", "sns"])
    threshold = THRESHOLDS[service]
    peak = pick(rng, [1, threshold // 3, threshold // 3 + 1, threshold // 2])
    times = pick(rng, [1, 3, 10, 10] if service == "ses" else [1, 3])
    whose = caller
    if rng.random() < 0.3:  # the peak is a peer's
        whose = Caller(sibling(h, caller.identity), place=caller.place, agent=caller.agent)

    def one_hour(time: int) -> None:
        hour = time // HOUR * HOUR
        h.sends(whose, service, peak, hour, hour + 3599)

    twice(h, one_hour)
    place = caller.place
    if rng.random() < 0.5:
        caller.place = h.place(pick(rng, [2, 40, 41]), 1)
        if rng.random() < 0.5:
            caller.agent = "never-seen/2"
    total = pick(rng, [3 * peak, 3 * peak + 1, times * threshold, times * threshold + 1])
    start = h.moment()
    h.sends(caller, service, total, start, start + pick(rng, [60, 3000]))
    caller.place = place


def _trained(h: History) -> None:
    """The peak rose within days; an older peak decides."""
    caller, rng = settled(h), h.rng
    peaks = [pick(rng, [10, 11, 40]), pick(rng, [34, 40, 100])]
    start = h.moment()
    monday = START  # 2026-03-02
    for peak, days in zip(peaks, (pick(rng, [20, 15, 14]), pick(rng, [7, 4, 3]))):
        hour = monday - days * DAY + upto(rng, 20) * HOUR
        with h.in_past():
            h.sends(caller, "ses", peak, hour, hour + 3599)
    total = pick(rng, [10 * peaks[0], 10 * peaks[0] + 1, 101, 100, 3 * peaks[1], 301, 1001])
    h.sends(caller, "ses", total, start, start + 600)


def _dripped(h: History) -> None:
    caller, rng = settled(h), h.rng
    names = ("ses", "ses", "sns", "voice", "workmail")
    service = pick(rng, [name for name in names if name in THRESHOLDS])
    limit = 6 * THRESHOLDS[service]
    if rng.random() < 0.4:
        messages = pick(rng, [limit // 3, limit // 3, limit // 3 + 1, 1])
        twice(h, lambda time: h.sends(caller, service, messages, time, time + HOUR))
    hours = pick(rng, [7, 8, 8, 8, 9])
    total = limit + pick(rng, [0, 1, 1, 7])
    first = h.moment() // HOUR * HOUR
    last = first + pick(rng, [23, 23, 24]) * HOUR
    starts = [first, last] + [first + (1 + n) * 2 * HOUR for n in range(hours - 2)]
    if rng.random() < 0.2:
        caller = Caller({**_as_dict(caller.identity), "invokedBy": "bedrock.amazonaws.com"})
    for number, start in enumerate(starts):
        part = total // hours + (total % hours if number == 0 else 0)
        h.sends(caller, service, part, start, start + pick(rng, [0, 3599]))


def _as_dict(identity: Any) -> Json:
    return identity if isinstance(identity, dict) else {}


def _first_looked(h: History) -> None:
    caller, rng = settled(h), h.rng
    service = pick(rng, ["bedrock", "ses", "sns"])
    if rng.random() < 0.3:
        name = h.a_name(service, "recon", "use")
        twice(h, lambda time: h.add(caller, time, name), gap=pick(rng, [0, 7]))
    time = h.moment()
    for gap in (0, edge(rng, 900), upto(rng, 900))[: pick(rng, [2, 2, 3])]:
        name = h.a_name(service, "recon")
        if service == "bedrock" and rng.random() < 0.2:
            name = "ListInferenceProfiles"
        h.add(caller, time + gap, name, h.an_outcome())


def _first_used(h: History) -> None:
    caller, rng = settled(h), h.rng
    service = pick(rng, USED)
    if rng.random() < 0.4:
        other = Caller(sibling(h, caller.identity), place=h.place(2, 2), agent=caller.agent)
        twice(h, lambda time: h.use(other, time, service, 1))
    if rng.random() < 0.3:
        caller.place = h.place(pick(rng, [1, 2, 42]), 1)
    if rng.random() < 0.15:
        caller = Caller({**h.session("deploy", "x"), "invokedBy": "states.amazonaws.com"})
    h.add(caller, h.moment(), h.a_name(service, "use"), h.mostly_ok())


def _chose_anew(h: History) -> None:
    caller, rng = settled(h), h.rng
    region, agent = caller.region, caller.agent
    parameters = {"modelId": MODELS[0]}
    twice(h, lambda time: h.add(caller, time, "InvokeModel", "ok", parameters))
    count = pick(rng, [2, 3, 3, 4])
    time = h.moment()
    for number in range(count):
        more: Json = {}
        if rng.random() < 0.5:
            more = {"awsRegion": REGIONS[number]}
        parameters = {"modelId": f"other.model-{number}" if rng.random() < 0.8 else MODELS[0]}
        h.add(caller, time + number * HOUR, "InvokeModel", h.mostly_ok(), parameters, **more)
    caller.region, caller.agent = region, agent


def _fanned_out(h: History) -> None:
    caller, rng = settled(h), h.rng
    if ("sns", "prepare") not in CALLS:
        return
    time = h.moment()
    count = pick(rng, [49, 50, 50, 51])
    last = pick(rng, [HOUR, HOUR, HOUR + 1])
    for gap in [0, last, *(upto(rng, HOUR) for _ in range(count - 2))]:
        parameters = {"protocol": pick(rng, ["sms"] * 60 + ["email"]), "endpoint": "x"}
        h.add(caller, time + gap, "Subscribe", "ok", parameters)


def _tampered(h: History) -> None:
    caller, rng = settled(h), h.rng
    calls = CALLS.get(("account", "tamper"), [])
    if not calls:
        return
    time = h.moment()
    call = pick(rng, [pick(rng, calls).name, "PutEventSelectors", "StopLogging"])
    key = {"PutEventSelectors": "trailName", "DeleteLogGroup": "logGroupName"}.get(call, "name")
    if call.endswith(("DataStore", "Ingestion")):
        key = "eventDataStore"
    arn = f"arn:aws:cloudtrail:us-east-1:{h.account}:trail/main"
    names = ["main", "main", arn, None]
    if call == "DeleteLogGroup":
        names = ["/aws/bedrock/x", "aws-CloudTrail-logs", "app/ses", "sessions", "x_sns-y", None]
    parameters = {key: pick(rng, names)} if call != "LeaveOrganization" else None
    if rng.random() < 0.25:
        twice(h, lambda at: h.add(caller, at, call, "ok", parameters))
    h.add(caller, time, call, h.mostly_ok(), parameters)
    if rng.random() < 0.5:
        name = pick(rng, ["CreateTrail", "StartLogging"])
        gap = edge(rng, HOUR) * pick(rng, [1, -1])
        other = {"name": pick(rng, ["main", arn, "second", "second", None])}
        h.add(caller, time + gap, name, h.mostly_ok(), other)


def _grant_document(h: History) -> Any:
    rng = h.rng
    arn = f"arn:aws:iam::{_FOREIGN}:root"
    principal: Any = pick(
        rng,
        [
            *("*", {"AWS": "*"}, {"AWS": _FOREIGN}, {"AWS": arn}, {"AWS": [h.account, arn]}),
            *({"AWS": h.account}, {"AWS": OWN_ACCOUNTS[0]}, {"Service": "ec2.amazonaws.com"}),
            *({"AWS": "AIDAEXAMPLE"}, {"Federated": "*"}, {"AWS": [OWN_ACCOUNTS[0], "*"]}, None),
        ],
    )
    statement: Json = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}
    if rng.random() < 0.08:
        statement["NotPrincipal"] = {"AWS": h.account}
    if rng.random() < 0.45:
        operand = pick(
            rng,
            [
                *("sts:ExternalId", "sts:ExternalId", "STS:externalid"),
                *("aws:PrincipalOrgID", "AWS:SourceArn", "aws:SourceIp"),
            ],
        )
        operation = pick(rng, ["StringEquals", "StringEquals", "StringEquals", "StringNotEquals"])
        statement["Condition"] = {operation: {operand: "1"}}
    if rng.random() < 0.1:
        statement["Effect"] = pick(rng, ["Deny", "allow", None])
    other = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}
    statements = [statement, [statement], [other, statement], [statement, "x"]]
    document = {"Statement": pick(rng, statements)}
    text = json.dumps(document)
    return pick(rng, [text] * 8 + [text[:-1], document])


def _granted(h: History) -> None:
    caller, rng = settled(h), h.rng
    name, key = pick(
        rng,
        [
            ("CreateRole", "assumeRolePolicyDocument"),
            ("UpdateAssumeRolePolicy", "policyDocument"),
            ("PutIdentityPolicy", "policy"),
            ("CreateEmailIdentityPolicy", "policy"),
        ],
    )
    parameters = {key: _grant_document(h), "roleName": pick(rng, ["new", "deploy"])}
    h.add(caller, h.moment(), name, h.mostly_ok(), parameters)


def _mail_policy(h: History) -> str:
    action = pick(h.rng, ["ses:SendRawEmail", "ses:*", "ses:SendEmail", "s3:*"])
    return json.dumps({"Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})


def _gave_mail_by_group(h: History) -> None:
    caller, rng = settled(h), h.rng
    user, time = "mail-9", h.moment()
    group = pick(rng, ["AWSSESSendingGroupDoNotRename", "senders", "senders"])
    policy = f"arn:aws:iam::{h.account}:policy/{pick(rng, ['', 'x/'])}mailing"
    if rng.random() < 0.25:
        twice(h, lambda at: h.add(caller, at, "CreateUser", "ok", {"userName": "other"}))
    h.add(caller, time, pick(rng, ["CreateUser", "CreateAccessKey"]), "ok", {"userName": user})
    if rng.random() < 0.7:
        parameters: Json = {"policyName": "mailing", "policyDocument": _mail_policy(h)}
        h.add(caller, time + edge(rng, DAY), "CreatePolicy", h.mostly_ok(), parameters)
    if rng.random() < 0.7:
        name = pick(rng, ["PutGroupPolicy", "AttachGroupPolicy"])
        arns = [policy, policy, "arn:aws:iam::aws:policy/AmazonSESFullAccess"]
        parameters = {"groupName": pick(rng, ["senders", "senders", "others"])}
        if name == "PutGroupPolicy":
            parameters["policyDocument"] = _mail_policy(h)
        else:
            parameters["policyArn"] = pick(rng, arns)
        h.add(caller, time + edge(rng, DAY), name, h.mostly_ok(), parameters)
    grant: Json = {"userName": pick(rng, [user, user, user, "mail-8"])}
    name = pick(rng, ["AddUserToGroup", "AddUserToGroup", "AttachUserPolicy"])
    if name == "AddUserToGroup":
        grant["groupName"] = group
    else:
        grant["policyArn"] = policy
    h.add(caller, time + edge(rng, HOUR) * pick(rng, [1, -1]), name, h.mostly_ok(), grant)


def _opened_a_way_in(h: History) -> None:
    caller, rng = settled(h), h.rng
    if "CreateIngressPoint" not in {call.name for call in CALLS["account", "credential"]}:
        return
    if rng.random() < 0.3:
        twice(h, lambda at: h.add(caller, at, "CreateRelay", "ok", {}))
    name = pick(rng, ["CreateIngressPoint", "CreateRelay"])
    kind = pick(rng, ["AUTH", "AUTH", "OPEN", None])
    h.add(caller, h.moment(), name, h.mostly_ok(), {"type": kind})


def _enabled_days_before(h: History) -> None:
    caller, rng = settled(h), h.rng
    service = pick(rng, ["bedrock", "ses", "sns"])
    time = h.moment()
    place = caller.place
    caller.place = pick(rng, [place, h.place(43, 1), h.place(43, 1)])
    h.add(caller, time, h.a_name(service, "enable"), h.mostly_ok())
    caller.place = place
    later = time + edge(rng, pick(rng, [72 * HOUR, 72 * HOUR, 6 * HOUR]))
    h.add(caller, later, h.a_name(service, "use"), h.an_outcome())


def _forms_in_eight_regions(h: History) -> None:
    caller, rng = settled(h), h.rng
    regions = shuffled(rng, REGIONS)[: pick(rng, [7, 8, 8, 8])]
    if rng.random() < 0.3:
        twice(h, lambda at: h.add(caller, at, "PutAccountDetails"))
    time, place = h.moment(), caller.place
    caller.place = pick(rng, [place, h.place(44, 1)])
    gaps = [0, edge(rng, DAY), *(upto(rng, DAY) for _ in regions)]
    if rng.random() < 0.3:
        gaps = [0, *(upto(rng, 10) for _ in regions)]
    for region, gap in zip(regions, gaps):
        h.add(caller, time + gap, "PutAccountDetails", h.an_outcome(), awsRegion=region)
    caller.place = place


def _from_twenty_networks(h: History) -> None:
    caller, rng = settled(h), h.rng
    count = pick(rng, [9, 10, 10, 19, 20, 20, 21])
    calls = pick(rng, [1, 3])
    hour = h.moment() // HOUR * HOUR
    for number in range(count):
        place = h.address_in(60 + number, "1.1")
        time = hour + (number * 23 // (count - 1)) * HOUR + upto(rng, 3599)
        for _ in range(calls):
            name = h.a_name(pick(rng, ["ses", "sns"]), "recon")
            h.add(caller, time, name, h.mostly_ok(), sourceIPAddress=place)


def _evaded_and_restored(h: History) -> None:
    caller, rng = settled(h), h.rng
    name = "PutModelInvocationLoggingConfiguration"
    off = {"loggingConfig": {"textDataDeliveryEnabled": False}}
    on = {"loggingConfig": {"textDataDeliveryEnabled": True}}
    time = h.moment()
    first = pick(rng, ["DeleteModelInvocationLoggingConfiguration", name])
    if rng.random() < 0.4:
        twice(h, lambda at: h.add(caller, at, first, "ok", off))
    h.add(caller, time, first, h.mostly_ok(), off)
    more = {"awsRegion": pick(rng, REGIONS[:2])} if rng.random() < 0.3 else {}
    if rng.random() < 0.7:
        h.add(caller, time + edge(rng, 600), name, h.mostly_ok(), pick(rng, [on, on, off]), **more)


def _made_by_another(h: History) -> None:
    """Somebody makes a new user, and then this user bursts from a stranger's address."""
    rng = h.rng
    maker = settled(h)
    name = pick(rng, ["fresh", "fresh-2"])
    child = h.user_named(name)
    time = h.moment()
    place = maker.place
    for _ in range(pick(rng, [0, 1, 1, 2])):
        maker.place = pick(rng, [place, place, h.place(45, 1)])
        call = pick(rng, ["CreateUser", "CreateAccessKey", "CreateLoginProfile"])
        h.add(maker, time - edge(rng, DAY), call, h.mostly_ok(), {"userName": name})
    maker.place = place
    child.place = h.place(pick(rng, [46, 46, 1]), 1)
    child.agent = AGENTS[0]
    h.sends(child, "ses", pick(rng, [100, 101, 101, 301, 1001]), time, time + 600)


def _as_every_week(h: History) -> None:
    """A scene that also occurred in the past, so that its phases are routine."""
    before = len(h.events)
    h.is_settled = True
    pick(h.rng, SCENES)(h)
    scene: list[Event] = h.events[before:]
    if len(scene) > 40:
        return
    for event in scene:
        twice(h, lambda time: again(h, event, time, {}), gap=pick(h.rng, [6, *[7] * 12]))


SCENES_WITH_PAST: list[Callable[[History], None]] = [
    *(_from_a_new_place, _from_a_new_place, _from_a_new_place, _more_than_in_the_past),
    *(_more_than_in_the_past, _trained, _dripped, _first_looked, _first_used, _chose_anew),
    *(_tampered, _granted, _gave_mail_by_group, _opened_a_way_in, _enabled_days_before),
    *(_forms_in_eight_regions, _from_twenty_networks, _evaded_and_restored, _made_by_another),
    *(_as_every_week, _as_every_week, _as_every_week),
]
RARE_SCENES = [_fanned_out]  # each has many events
