"""Scenes of histories: each meets, or narrowly misses, the conditions of one rule of hunt mode.

They place the right calls at the edges of the rule's windows, in numbers close to its thresholds.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

from hunt_history import (
    CALLS,
    DAY,
    HOUR,
    MINUTE,
    NAMES,
    THRESHOLDS,
    USED,
    Caller,
    History,
    Json,
    edge,
    pick,
    shuffled,
    upto,
)
from hunt_values import AGENTS, PLACES_OF_NO_ADDRESS, REGIONS


def _switched_on_and_used(h: History) -> None:
    caller, time = h.caller(), h.moment()
    service = pick(h.rng, ["bedrock", "ses", "sns"])
    for _ in range(pick(h.rng, [1, 1, 2])):
        name = h.a_name(service, "enable")
        h.add(caller, time - pick(h.rng, [0, 0, 60, 7200]), name, h.mostly_ok())
    time += edge(h.rng, pick(h.rng, [120, 6 * HOUR]))
    other = pick(h.rng, USED)
    h.add(caller, time, h.a_name(pick(h.rng, [service] * 5 + [other]), "use"), h.an_outcome())


def _looked_at_and_used(h: History) -> None:
    caller, time = h.caller(), h.moment()
    service = pick(h.rng, USED)
    h.add(caller, time, h.a_name(service, "use"), h.an_outcome())
    if h.rng.random() < 0.3:
        h.add(caller, time + edge(h.rng, HOUR), h.a_name(service, "use"))
    for _ in range(pick(h.rng, [1, 2, 2, 2, 3])):
        recon = h.a_name(pick(h.rng, ["bedrock", "ses", "sns"]), "recon")
        if h.rng.random() < 0.5:
            ordinary = ["ListFoundationModels", "ListInferenceProfiles"]
            recon = pick(h.rng, [*ordinary, "GetSendQuota"])
        h.add(caller, time - edge(h.rng, 900), recon, h.an_outcome())


def _sent_much(h: History) -> None:
    caller, rng = h.caller(), h.rng
    # In services without batches every message is an event, so these scenes stay few and small.
    service = pick(rng, ["ses"] * 6 + ["sns"] * 4 + ["bedrock"] * 3)
    if rng.random() < 0.04:
        service = "sms_voice"
    times = pick(rng, {"ses": [1, 1, 3, 10], "sns": [1, 1, 3]}.get(service, [1]))
    if rng.random() < 0.02:
        times = {"sns": 10, "bedrock": 3}.get(service, times)
    threshold = THRESHOLDS[service]
    total = times * threshold + pick(rng, [-1, 0, 0, 1, 1, 7])
    start = h.moment() // MINUTE * MINUTE + pick(rng, [0, 30, 59])
    minutes = pick(rng, [0, 5, 58, 59, 59, 60, 60])
    end = start // MINUTE * MINUTE + minutes * MINUTE + pick(rng, [0, 59])
    h.sends(caller, service, total, start, max(start, end))
    if rng.random() < 0.3:  # and once more, now with a history
        later = start + pick(rng, [HOUR, 13 * HOUR, 14 * HOUR, DAY])
        h.sends(caller, service, min(total, 2 * threshold), later, later + 600)


def _sent_more_than_usual(h: History) -> None:
    caller, rng = h.caller(), h.rng
    service = pick(rng, ["ses", "ses", "ses", "sns"])
    threshold = THRESHOLDS[service]
    peak = pick(rng, [1, threshold // 3, threshold // 3 + 1, threshold // 2])
    times = pick(rng, [1, 1, 3, 10] if service == "ses" else [1, 3])
    if times > 1:
        peak = times * threshold // 3 if rng.random() < 0.3 else threshold // 3
    hour = h.moment() // HOUR * HOUR
    h.sends(caller, service, peak, hour + pick(rng, [0, 60, 3000]), hour + 3599)
    if rng.random() < 0.4:  # a lower hour, which is in the history too
        h.sends(caller, service, max(1, peak // 2), hour - HOUR, hour - 1)
    total = pick(rng, [3 * peak, 3 * peak + 1, times * threshold, times * threshold + 1])
    start = hour + 13 * HOUR + pick(rng, [-1, -MINUTE, 0, 0, 0, 59, MINUTE, DAY])
    h.sends(caller, service, total, start, start + pick(rng, [60, 3480, 3540]))


def _refused(h: History) -> None:
    caller, time, rng = h.caller(), h.moment(), h.rng
    service = pick(rng, USED)
    most = pick(rng, [DAY, DAY, DAY + 1, DAY - 1, 600])
    if rng.random() < 0.7:
        outcomes = ["denied"] * pick(rng, [2, 3, 3, 4])
    else:
        outcomes = [pick(rng, ["failed", "throttled", "probe", "denied"])] * pick(rng, [19, 20, 20])
        outcomes[:2] = pick(rng, [["failed", "throttled"], ["denied", "failed"], ["denied"] * 2])
    times = [time, time + most, *(time + upto(rng, most) for _ in outcomes)]
    for outcome, at in zip(outcomes, times):
        h.add(caller, at, h.a_name(service, "use"), outcome)
    if rng.random() < 0.6:
        after = pick(rng, [-1, 0, 1199, 1200, 1200, 1201, 1201])
        h.add(caller, time + after, h.a_name(service, "use"))


def _refused_to_switch_on(h: History) -> None:
    name = h.a_name(pick(h.rng, ["bedrock", "ses", "sns"]), "enable")
    h.add(h.caller(), h.moment(), name, pick(h.rng, ["denied", "denied", "failed"]))


def _probed(h: History) -> None:
    name = h.a_name(pick(h.rng, USED), "use")
    h.add(h.caller(), h.moment(), name, pick(h.rng, ["probe", "probe", "failed"]))


def _hidden(h: History) -> None:
    for _ in range(pick(h.rng, [1, 1, 2])):
        name = pick(h.rng, CALLS["bedrock", "evade"]).name
        h.add(h.caller(), h.moment(), name, h.mostly_ok())


def _made_and_deleted(h: History) -> None:
    caller, time, rng = h.caller(), h.moment(), h.rng
    identities: list[Any] = ["a@example.com", "A@example.com", "example.com", 7, True]
    identity = pick(rng, identities)
    others = [identity] * 6 + ["b@example.com", "", None, str(identity), ["a@example.com"]]
    keys = ["emailIdentity", "emailAddress", "domain", "identity"]
    made = {pick(rng, keys): identity}
    gone: Json = {pick(rng, keys): pick(rng, others)}
    if rng.random() < 0.2:  # the first parameter that is present counts
        gone = {"identity": identity, "emailIdentity": pick(rng, ["", "b@example.com", identity])}
    names = ["CreateEmailIdentity", "VerifyEmailIdentity", "VerifyDomainDkim", "PutIdentityPolicy"]
    h.add(caller, time, pick(rng, names), h.mostly_ok(), made)
    name = pick(rng, CALLS["ses", "cleanup"]).name
    h.add(caller, time + edge(rng, 1800), name, h.mostly_ok(), gone)


def _regions(h: History, count: int) -> list[Any]:
    regions: list[Any] = shuffled(h.rng, REGIONS)[:count]
    if h.rng.random() < 0.15:
        regions[-1] = pick(h.rng, ["unknown", None, regions[0]])
    return regions


def _used_in_regions(h: History) -> None:
    caller, time, rng = h.caller(), h.moment(), h.rng
    services = [pick(rng, ["bedrock", "ses", "sns"])] * 3 + [pick(rng, USED)]
    if rng.random() < 0.3:
        gap = pick(rng, [13, 13, 14, 24]) * HOUR
        before = (time + pick(rng, [0, HOUR])) // HOUR * HOUR - gap + upto(rng, 3599)
        h.use(caller, before, services[0], 1)
    regions = _regions(h, pick(rng, [2, 3, 3, 4]))
    gaps = [0, edge(rng, HOUR), *(upto(rng, HOUR) for _ in regions)]
    for region, gap, service in zip(regions, gaps, services):
        name = h.a_name(service, *(["use"] if service == "sms_voice" else ["use", "enable"]))
        h.add(caller, time + gap, name, h.an_outcome(), awsRegion=region)


def _forms_in_regions(h: History) -> None:
    caller, time = h.caller(), h.moment()
    regions = _regions(h, pick(h.rng, [2, 3, 3, 4]))
    for region, gap in zip(regions, [0, edge(h.rng, 10), *(upto(h.rng, 11) for _ in regions)]):
        name = pick(h.rng, ["PutAccountDetails", "PutUseCaseForModelAccess"])
        h.add(caller, time + gap, name, h.an_outcome(), awsRegion=region)


def _looked_in_regions(h: History) -> None:
    caller, time = h.caller(), h.moment()
    service = pick(h.rng, ["bedrock", "ses", "sns"])
    name = h.a_name(service, "recon")
    regions = _regions(h, pick(h.rng, [3, 4, 4, 5]))
    for region, gap in zip(regions, [0, edge(h.rng, 600), *(upto(h.rng, 600) for _ in regions)]):
        if h.rng.random() < 0.07:
            name = h.a_name(service, "recon")
        h.add(caller, time + gap, name, h.an_outcome(), awsRegion=region)


def _swept(h: History) -> None:
    caller, time = h.caller(), h.moment()
    services = shuffled(h.rng, ["bedrock", "ses", "sns", "sms_voice"])[: pick(h.rng, [2, 3, 3])]
    gaps = [0, edge(h.rng, HOUR), *(upto(h.rng, HOUR) for _ in services)]
    for service, gap in zip(services, gaps):
        phases = ["use"] if service == "sms_voice" else ["use", "recon", "recon", "enable"]
        h.add(caller, time + gap, h.a_name(service, pick(h.rng, phases)), h.an_outcome())


def _from_many_places(h: History) -> None:
    caller, rng = h.caller(), h.rng
    in_turn = rng.random() < 0.3  # three clients in turn, none of which has enough calls
    if in_turn:
        networks = addresses = calls = pick(rng, [9, 10, 10, 11])
    elif rng.random() < 0.2:
        networks = addresses = pick(rng, [9, 10, 10, 11])
        calls = pick(rng, [1, 2, 2]) * addresses + pick(rng, [0, 1, 1, 8])
    else:
        addresses = pick(rng, [4, 5, 5, 6, 7])
        networks = pick(rng, [1, 4, 5, 5, addresses])
        calls = 2 * addresses + pick(rng, [-addresses, -1, 0, 0, 1, 1])
    places: list[Any] = [h.place(21 + n % networks, 1 + n) for n in range(addresses)]
    if rng.random() < 0.2:
        places[-1] = pick(rng, [*PLACES_OF_NO_ADDRESS, "::ffff:10.20.0.1", "2001:DB8:0:0::1"])
    places += [pick(rng, places) for _ in range(calls - addresses)]
    hour = h.moment() // HOUR * HOUR
    last = hour + pick(rng, [0, 1, 23, 23, 24, 30]) * HOUR
    inside = [hour + upto(rng, last + 3599 - hour) for _ in places]
    times = [hour + pick(rng, [0, 3599]), last + pick(rng, [0, 3599]), *inside]
    # Other versions of the same client, some of them with a sign of the cloud, and other clients.
    agents = pick(rng, [[caller.agent], [AGENTS[0], AGENTS[1]], AGENTS[:5], AGENTS])
    workload: Json = {}
    if isinstance(caller.identity, dict) and rng.random() < 0.15:
        workload = {**caller.identity, "inScopeOf": {"issuerType": "AWS::EC2::Instance"}}
    for number, (place, time) in enumerate(zip(shuffled(rng, places), times)):
        agent = pick(rng, agents) if rng.random() < 0.3 else agents[0]
        agent = [AGENTS[0], AGENTS[6], AGENTS[7]][number % 3] if in_turn else agent
        more = {"userIdentity": workload} if workload and rng.random() < 0.3 else {}
        name = pick(rng, NAMES)
        h.add(caller, time, name, h.an_outcome(), sourceIPAddress=place, userAgent=agent, **more)


def _from_some_places(h: History) -> None:
    caller, rng = h.caller(), h.rng
    hour = h.moment() // HOUR * HOUR
    times = [hour, hour + 3599, hour + upto(rng, 3599), hour + pick(rng, [-1, 1800, 3600])]
    for number, time in enumerate([*times, *times][: pick(rng, [3, 4, 4, 5])]):
        place = h.place(upto(rng, 2), number + 1)
        h.add(caller, time, pick(rng, NAMES), h.an_outcome(), sourceIPAddress=place)


def from_more_places_than_are_shown(h: History) -> None:
    caller, rng = h.caller(), h.rng
    time = h.moment()
    for number in range(pick(rng, [100, 101, 110])):
        more: Json = {
            "sourceIPAddress": f"10.{number % 3}.7.{number}",
            "userAgent": f"client-{number}x/{number}",
            "awsRegion": f"mars-east-{number}",
        }
        parameters = {"modelId": f"model-{number}"}
        h.add(caller, time + number * 300, pick(rng, NAMES), "ok", parameters, **more)


def _quarantined(h: History) -> None:
    rng = h.rng
    owner = pick(rng, [caller.user for caller in h.callers if caller.user] or ["eve"])
    user = pick(rng, [owner] * 5 + ["mallory", "Alice", None])
    policy = pick(rng, ["AWSCompromisedKeyQuarantineV3"] * 5 + ["AWSCompromisedKeyQuarantine"])
    if rng.random() < 0.15:
        policy = pick(rng, ["MyAWSCompromisedKeyQuarantine", "AWSCompromisedKey"])
    arn = f"arn:aws:iam::aws:policy/{policy}"
    by_aws = [
        Caller({"type": "AWSService"}, place="iam.amazonaws.com"),
        Caller({"accountId": h.account, "invokedBy": "AWS Internal"}, place="AWS Internal"),
        Caller({"type": "Root", "arn": f"arn:aws:iam::{h.account}:root", "accessKeyId": "AKIAX"}),
    ]
    caller = pick(rng, [*by_aws, h.caller()])
    more = {"eventCategory": "Insight"} if rng.random() < 0.05 else {}
    parameters = {"policyArn": arn, "userName": user}
    for _ in range(pick(rng, [1, 1, 2])):
        h.add(caller, h.moment(), "AttachUserPolicy", h.mostly_ok(), parameters, **more)


def _policy(rng: random.Random) -> Any:
    action = pick(
        rng,
        [
            *("ses:SendRawEmail", "ses:*", "SES:Send*", ["s3:Get*", "ses:SendEmail"], ["SES:*"]),
            *("ses:Get*", "*", ["ses:Create*"], [], None, "xses:SendEmail", [["ses:*"]], "ses:s*"),
        ],
    )
    effect = pick(rng, ["Allow"] * 6 + ["Deny", "allow"])
    statement: Json = {"Effect": effect, "Action": action, "Resource": "*"}
    other = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    statements = pick(rng, [statement, [statement], [other, statement], [other, "x", statement]])
    text = json.dumps({"Version": "2012-10-17", "Statement": statements})
    return pick(rng, [text] * 8 + [text[:-1], json.loads(text), f"[{text}]", " " + text + "\n"])


def _gave_mail(h: History) -> None:
    caller, time, rng = h.caller(), h.moment(), h.rng
    user = pick(rng, ["mail-1", "mail-1", "mail-2", None, 17])
    other = pick(rng, [user] * 6 + ["mail-3"])
    name = pick(rng, ["CreateUser", "CreateAccessKey", "CreateAccessKey", "CreateLoginProfile"])
    h.add(caller, time, name, h.mostly_ok(), {"userName": user} if user else {})
    grant: Json = {"userName": other, "policyName": "ses:SendEmail"}
    if rng.random() < 0.7:
        name, grant["policyDocument"] = "PutUserPolicy", _policy(rng)
    else:
        name = "AttachUserPolicy"
        policies = ["AmazonSESFullAccess"] * 4 + ["AmazonSESReadOnlyAccess", "xAmazonSESFullAccess"]
        grant["policyArn"] = f"arn:aws:iam::aws:policy/{pick(rng, policies)}"
    gap = edge(rng, HOUR) * pick(rng, [1, 1, -1])
    h.add(caller, time + gap, name, h.mostly_ok(), grant)


def _made_an_api_key(h: History) -> None:
    services: list[Any] = ["bedrock.amazonaws.com"] * 3 + ["codecommit.amazonaws.com", "bedrock"]
    parameters = {"serviceName": pick(h.rng, [*services, None]), "userName": "alice"}
    name = "CreateServiceSpecificCredential"
    h.add(h.caller(), h.moment(), name, h.mostly_ok(), parameters)


def _asked_for_more(h: History) -> None:
    words: list[Any] = [
        *("ses", "service-code-ses", "SNS", "sms-voice", "Raise my Bedrock quota", "bedrocks"),
        *("Increase simple  email", "simple email limit", "end user messaging", "assess", "ec2"),
        *("pinpoint2", "amazon_sms", None, "", 5, ["ses"], "é" * 124 + " sesame", "lambda"),
        *("x" * 253 + " ses", "x" * 252 + " ses", "x" * 252 + " sesx", "dynamodb"),
    ]
    keys = shuffled(h.rng, ["serviceCode", "categoryCode", "subject", "communicationBody"])
    parameters = {key: pick(h.rng, words) for key in keys[: pick(h.rng, [1, 2, 3])]}
    if h.rng.random() < 0.1:  # a service name that only appears if one blank joins the parameters
        parameters = {"serviceCode": "simple", "subject": pick(h.rng, ["email", " email"])}
    name = pick(h.rng, ["RequestServiceQuotaIncrease", "CreateCase"])
    h.add(h.caller(), h.moment(), name, h.an_outcome(), parameters)


def _days_of_work(h: History) -> None:
    """The same activity every day, to build a history."""
    caller, time, rng = h.caller(), h.moment(), h.rng
    service = pick(rng, ["ses", "ses", "sns", "bedrock"])
    messages = pick(rng, [1, 4, 9])
    for day in range(pick(rng, [2, 3, 4])):
        for _ in range(pick(rng, [1, 2, 3])):
            h.use(caller, time + day * DAY + upto(rng, 90), service, messages)


def _noise(h: History) -> None:
    for _ in range(pick(h.rng, [1, 3, 6])):
        caller = h.caller() if h.rng.random() < 0.8 else h.new_caller()
        name = pick(h.rng, NAMES if h.rng.random() < 0.9 else ["GetObject", "sendemail"])
        agent = pick(h.rng, [caller.agent, caller.agent, pick(h.rng, AGENTS)])
        time = h.moment() + pick(h.rng, [0, edge(h.rng, HOUR), upto(h.rng, DAY)])
        h.add(caller, time, name, h.an_outcome(), userAgent=agent)


SCENES: list[Callable[[History], None]] = [
    *(_switched_on_and_used, _looked_at_and_used, _sent_much, _sent_more_than_usual, _refused),
    *(_refused_to_switch_on, _probed, _hidden, _made_and_deleted, _used_in_regions),
    *(_forms_in_regions, _looked_in_regions, _swept, _from_many_places, _from_some_places),
    *(_quarantined, _gave_mail, _made_an_api_key, _asked_for_more, _days_of_work, _noise),
]
