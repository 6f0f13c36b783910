"""A month of alerts. Run as a script, with CLOUDHIJACK set to the program, it renews the table and
the chart of docs/tuning.md.

The month is 45 days of CloudTrail by 300 principals in one account. For two weeks the nightly
baseline learns; after that hunt mode runs every hour over the last four hours, as a saved search
would. Jobs run steadily, newsletters go out weekly, integration tests run at night, and people try
models in the office, at home and, rarely, on a journey. Some people are hired and some get a new
laptop, two jobs move to another network, one job is deployed, a load test is announced, a key
leaks, and an administrator enables a model.
"""

from __future__ import annotations

import random
import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from chunk_body import write_body
from hunt_records import (
    BOTO,
    CLI,
    CONSOLE,
    DAY,
    HOUR,
    JAVASCRIPT,
    MINUTE,
    MONDAY,
    REGIONS,
    TERRAFORM,
    Caller,
    Trail,
    World,
)
from lookup_app import ALLOWLIST_COLUMNS, as_csv, install, lookups_of
from made_part import ROOT, in_docs
from splunkd import Answer, run_search

TABLE = in_docs("tuning.md", "month")
PICTURE = ROOT / "docs/month.svg"

DAYS = 45
LEARNING = 14
HOURS_OF_A_HUNT = 4
DAYS_OF_A_BASELINE = 3
TIMEOUT = 300.0

LEAK = 25  # days, counted from 0
ONBOARDING = 32
DEPLOYED = 20
LOAD_TEST = 28
MOVE = 35

# The company's networks, by number.
OFFICE, TUNNEL, BUILDS = 0, 1, 2
CLOUD = (3, 4, 5)  # addresses of its private networks in the cloud
FUNCTIONS = (6, 7, 8)  # AWS networks in which Lambda runs
MOVED_TO = 9
HOMES, PROVIDERS = 10, 34  # the first of them, and how many there are
JOURNEYS = (44, 45, 46, 47, 48, 49)
THIEF = 52

WORLD = World(number=1)


class Job(NamedTuple):
    """A caller, and the calls that it makes on a day."""

    caller: Caller
    calls: Callable[[Trail, Caller, int], None]


def _desk(number: int) -> list[str]:
    """A person's addresses: in the office, through the company's tunnel, at home."""
    office = WORLD.address(OFFICE, 1 + number % 4)
    tunnel = WORLD.address(TUNNEL, 1 + number % 2)
    home = WORLD.address(HOMES + number % PROVIDERS, 1 + number // PROVIDERS)
    return [office, tunnel, home]


def _place(trail: Trail, caller: Caller) -> str:
    """The address from which somebody works today."""
    chance = trail.chance()
    if chance < 0.02:
        journey = JOURNEYS[int(len(JOURNEYS) * trail.chance())]
        return WORLD.address(journey, 1 + int(250 * trail.chance()))
    return caller.addresses[0 if chance < 0.6 else 1 if chance < 0.7 else 2]


def _spread(trail: Trail, start: float, seconds: float, count: int) -> list[float]:
    return sorted(start + seconds * trail.chance() for _ in range(count))


def _around(trail: Trail, mean: float) -> int:
    """A number of calls, up to a third more or less than the mean."""
    return round(mean * (0.67 + 0.66 * trail.chance()))


def _is_workday(day: int) -> bool:
    return day % 7 < 5


def _all_day(call: str, an_hour: float, region: str = "us-east-1") -> Callable[..., None]:
    """Twice as many calls by day as by night."""

    def calls(trail: Trail, caller: Caller, day: int) -> None:
        for hour in range(24):
            mean = an_hour * (2 if 7 <= hour < 19 else 1)
            start = MONDAY + day * DAY + hour * HOUR
            times = _spread(trail, start, HOUR, _around(trail, mean))
            trail.flood(caller, call, times, region)

    return calls


def _at_once(call: str, hour: int, minutes: int, count: int, weekday: int = -1) -> Callable:
    def calls(trail: Trail, caller: Caller, day: int) -> None:
        if weekday in (-1, day % 7):
            start = MONDAY + day * DAY + hour * HOUR + 5 * MINUTE
            times = _spread(trail, start, minutes * MINUTE, _around(trail, count))
            trail.flood(caller, call, times)

    return calls


def _person(trail: Trail, caller: Caller, day: int, agent: str | None = None) -> None:
    """A look at what exists, then some prompts."""
    if not _is_workday(day) or trail.chance() < 0.4:
        return
    place = _place(trail, caller)
    at = MONDAY + day * DAY + 8 * HOUR + 9 * HOUR * trail.chance()
    trail.add(caller, "bedrock:ListFoundationModels", at, address=place, agent=agent)
    trail.add(caller, "bedrock:ListInferenceProfiles", at + 2, address=place, agent=agent)
    for _ in range(int(20 * trail.chance())):
        at += 5 + 300 * trail.chance()
        trail.add(caller, "bedrock:Converse", at, address=place, agent=agent)


def _gets_another_laptop(developer: int) -> bool:
    return developer % 5 == 0


def _with_another_laptop(first_day: int) -> Callable[..., None]:
    def calls(trail: Trail, caller: Caller, day: int) -> None:
        _person(trail, caller, day, CLI if day >= first_day else None)

    return calls


def _operator(trail: Trail, caller: Caller, day: int) -> None:
    """Somebody monitors mail, and now and then sends one by hand."""
    if not _is_workday(day):
        return
    place = _place(trail, caller)
    at = MONDAY + day * DAY + 9 * HOUR + 7 * HOUR * trail.chance()
    for call in ("GetSendQuota", "GetSendStatistics", "GetAccount"):
        at += 3 + 40 * trail.chance()
        trail.add(caller, f"ses:{call}", at, address=place)
    if trail.chance() < 0.2:
        trail.add(caller, "ses:SendEmail", at + 600, address=place)


def _posture_scan(trail: Trail, caller: Caller, day: int) -> None:
    at = MONDAY + day * DAY + 4 * HOUR + 20 * MINUTE
    for region in REGIONS:
        for call in (
            *("ses:GetAccount", "sns:GetSMSAttributes", "bedrock:ListGuardrails"),
            "bedrock:GetModelInvocationLoggingConfiguration",
        ):
            trail.add(caller, call, at, region)
            at += 0.5


def _infrastructure(trail: Trail, caller: Caller, day: int) -> None:
    """Deployments on some days, over some regions."""
    if not _is_workday(day) or trail.chance() < 0.7:
        return
    at = MONDAY + day * DAY + 10 * HOUR + 5 * HOUR * trail.chance()
    for region in REGIONS[:4]:
        for call in ("ses:GetEmailIdentity", "sns:GetSMSAttributes", "bedrock:ListGuardrails"):
            trail.add(caller, call, at, region)
            at += 2


def _hired(first_day: int) -> Callable[..., None]:
    def calls(trail: Trail, caller: Caller, day: int) -> None:
        if day >= first_day:
            _person(trail, caller, day)

    return calls


def _moved(calls_before: Callable[..., None]) -> Callable[..., None]:
    """The job moves to another network of the cloud."""

    def calls(trail: Trail, caller: Caller, day: int) -> None:
        if day >= MOVE:
            caller = replace(caller, addresses=[WORLD.address(MOVED_TO)])
        calls_before(trail, caller, day)

    return calls


def _deployed(trail: Trail, caller: Caller, day: int) -> None:
    if day >= DEPLOYED:
        _all_day("bedrock:InvokeModel", 60, "eu-west-1")(trail, caller, day)


def _load_test(trail: Trail, caller: Caller, day: int) -> None:
    if day == LOAD_TEST:
        _at_once("sns:PublishBatch", 13, 40, 4000)(trail, caller, day)


def _leaked_key(trail: Trail, caller: Caller, day: int) -> None:
    """A backup job reports by mail. On one night its key is also used from elsewhere."""
    for at in _spread(trail, MONDAY + day * DAY + 3 * HOUR, HOUR, 6):
        trail.add(caller, "ses:SendEmail", at)
    if day != LEAK:
        return
    start = MONDAY + day * DAY + 22 * HOUR + 17 * MINUTE
    thief = WORLD.networks(THIEF, 6)
    for number, call in enumerate(
        ("ListFoundationModels", "GetFoundationModelAvailability", "GetUseCaseForModelAccess")
    ):
        trail.add(
            *(caller, f"bedrock:{call}", start + 11 * number),
            address=thief[0],
            agent=JAVASCRIPT,
        )
    for number, at in enumerate(_spread(trail, start + 90, 95 * MINUTE, 700)):
        trail.add(
            *(caller, "bedrock:InvokeModel", at),
            address=thief[number % len(thief)],
            agent=JAVASCRIPT,
        )


def _onboarding(trail: Trail, caller: Caller, day: int) -> None:
    _operator(trail, caller, day)
    if day != ONBOARDING:
        return
    start = MONDAY + day * DAY + 14 * HOUR + 8 * MINUTE
    for number, call in enumerate(
        (
            *("ListFoundationModels", "GetFoundationModelAvailability"),
            *("ListFoundationModelAgreementOffers", "PutUseCaseForModelAccess"),
            *("CreateFoundationModelAgreement", "PutFoundationModelEntitlement", "InvokeModel"),
        )
    ):
        trail.add(caller, f"bedrock:{call}", start + 40 * number, agent=CLI)


def _nat(number: int) -> list[str]:
    return WORLD.addresses(CLOUD[number % len(CLOUD)], 3)


LEAKED = WORLD.user("backup-report", WORLD.addresses(OFFICE, 1), BOTO)
ADMINISTRATOR = WORLD.sso("PlatformAdmin_4a5b6c", "robin@example.com", _desk(291), CONSOLE)
DEPLOYMENT = WORLD.role("summaries", "i-0a1b2c3d", _nat(1), BOTO)
TESTED_LOAD = WORLD.role("load-probe", "spring", WORLD.addresses(BUILDS, 4), BOTO)


def _jobs() -> list[Job]:
    jobs = [
        Job(LEAKED, _leaked_key),
        Job(ADMINISTRATOR, _onboarding),
        Job(DEPLOYMENT, _deployed),
        Job(TESTED_LOAD, _load_test),
    ]

    def add(caller: Caller, calls: Callable[..., None]) -> None:
        jobs.append(Job(caller, calls))

    def role(name: str, agent: str = BOTO, addresses: Sequence[str] = ()) -> Caller:
        from_ = addresses or _nat(len(jobs))
        return WORLD.role(name, f"i-{len(jobs):08x}", from_, agent)

    def person(name: str) -> Caller:
        mail = f"{name}@example.com"
        return WORLD.sso("Developer_1f2e3d", mail, _desk(len(jobs)), CONSOLE)

    builds = WORLD.addresses(BUILDS, 8)
    for number in range(40):
        region = REGIONS[number % 3]
        mean = 110 if number < 2 else 2 + number / 4
        calls = _all_day("bedrock:InvokeModel", mean, region)
        add(role(f"inference-{number}"), _moved(calls) if number < 2 else calls)
    for number in range(25):
        add(role(f"mailer-{number}"), _all_day("ses:SendEmail", 90 if number < 2 else 4))
    for number in range(6):
        count = 1500 + 600 * number
        newsletter = _at_once("ses:SendEmail", 9, 50, count, weekday=number % 5)
        add(role(f"newsletter-{number}"), newsletter)
    for number in range(15):
        integration = role(f"integration-{number}", addresses=builds)
        add(integration, _at_once("sns:Publish", 1 + number % 5, 30, 280))
    for number in range(20):
        addresses = [WORLD.address(FUNCTIONS[i % 3], 1 + number * 10 + i) for i in range(10)]
        function = WORLD.function(f"notify-{number}", addresses)
        add(function, _all_day("sns:Publish", 3))
    for number in range(12):
        add(role(f"terraform-{number}", TERRAFORM, builds), _infrastructure)
    for number in range(3):
        add(role(f"posture-{number}"), _posture_scan)
    for number in range(30):
        add(WORLD.user(f"operator-{number}", _desk(len(jobs)), CLI), _operator)
    for number in range(8):
        add(person(f"hire-{number}"), _hired(LEARNING + 1 + 3 * number))
    for number in range(300 - len(jobs)):
        first_day = LEARNING + 2 + number % 27
        laptop = _gets_another_laptop(number)
        add(person(f"developer-{number}"), _with_another_laptop(first_day) if laptop else _person)
    assert len({job.caller.principal for job in jobs}) == 300
    return jobs


ALLOWED = [
    {
        "principal": TESTED_LOAD.principal,
        "service": "sns",
        "evidence": "*",
        "threshold": "",
        "expires": "2026-03-31",
        "note": "spring load test",
    },
    {
        "principal": "*:user/operator-*",
        "service": "ses",
        "evidence": "recon_then_use",
        "threshold": "",
        "expires": "",
        "note": "they look at quotas and send by hand",
    },
]


class Month:
    """Makes the bodies of a day's hours, each day once and independently of the others."""

    def __init__(self) -> None:
        self._jobs = _jobs()
        self._kept: dict[int, list[bytes]] = {}
        self.events = 0

    def hours(self, day: int) -> list[bytes]:
        if day not in self._kept:
            self._kept = {kept: hours for kept, hours in self._kept.items() if kept > day - 4}
            self._kept[day] = self._make(day)
        return self._kept[day]

    def _make(self, day: int) -> list[bytes]:
        trail = Trail(f"day {day}")
        for job in self._jobs:
            job.calls(trail, job.caller, day)
        by_hour: list[list[bytes]] = [[] for _ in range(24)]
        mark = b'"eventTime":"2026-'
        for line in trail.lines:
            at = line.index(mark) + len(mark)  # followed by mm-ddThh:mm:ssZ
            by_hour[int(line[at + 6 : at + 8])].append(line)
        self.events += len(trail.lines)
        rng = random.Random(day)
        for lines in by_hour:
            rng.shuffle(lines)
        return [write_body([{"_raw": line} for line in lines]) for lines in by_hour]


@dataclass
class Day:
    """The principals that had a row in any search of a day, and the highest risk of each."""

    number: int
    risks: dict[str, int] = field(default_factory=dict)
    evidence: dict[str, set[str]] = field(default_factory=dict)
    # The principals without baseline and allowlist, from one search every four hours.
    untuned: set[str] = field(default_factory=set)

    def take(self, answer: Answer) -> None:
        for row in answer.rows:
            who = str(row["Principal"])
            self.risks[who] = max(self.risks.get(who, 0), int(str(row["RiskScore"])))
            listed = row["Evidence"]
            ids = [listed] if isinstance(listed, str) else listed
            self.evidence.setdefault(who, set()).update(ids)


ABOVE_LOW = 41


def above_low(risks: dict[str, int]) -> set[str]:
    return {who for who, risk in risks.items() if risk >= ABOVE_LOW}


def _search(program: Path, args: Sequence[str], bodies: Sequence[bytes]) -> Answer:
    answer = run_search([str(program)], args, bodies, timeout=TIMEOUT)
    if answer.error is not None:
        raise SystemExit(f"{' '.join(args)}: {answer.error}")
    return answer


def run_month() -> list[Day]:
    """The days on which hunt mode ran."""
    month = Month()
    days: list[Day] = []
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        tuned = install(Path(folder) / "tuned")
        plain = install(Path(folder) / "plain")
        lookups = lookups_of(tuned)
        allowlist = as_csv(ALLOWLIST_COLUMNS, ALLOWED)
        (lookups / "cloudhijack_allowlist.csv").write_text(allowlist)
        for number in range(DAYS):
            month.hours(number)
            if number >= 1:  # at midnight
                range_of_days = range(max(0, number - DAYS_OF_A_BASELINE), number)
                bodies = [hour for day in range_of_days for hour in month.hours(day)]
                baseline = _search(tuned, ["mode=baseline"], bodies)
                text = as_csv(baseline.columns, baseline.rows)
                (lookups / "cloudhijack_baseline.csv").write_text(text)
            if number < LEARNING:
                continue
            hours = month.hours(number - 1) + month.hours(number)
            day = Day(number)
            # On the day on which learning ends, the hours before it are not in the baseline.
            first = HOURS_OF_A_HUNT + 1 if number == LEARNING else 1
            ranges = [hours[24 + end - HOURS_OF_A_HUNT : 24 + end] for end in range(first, 25)]
            hunt = ["mode=hunt"]
            for answer in pool.map(lambda bodies: _search(tuned, hunt, bodies), ranges):
                day.take(answer)
            ranges = [hours[24 + end - HOURS_OF_A_HUNT : 24 + end] for end in range(4, 25, 4)]
            for answer in pool.map(lambda bodies: _search(plain, hunt, bodies), ranges):
                day.untuned |= {str(row["Principal"]) for row in answer.rows}
            days.append(day)
    return days


# What docs/tuning.md shows

_KNOWN = {
    LEAKED.principal: "the leaked key",
    ADMINISTRATOR.principal: "the onboarding",
}
_NAMES = {
    **_KNOWN,
    DEPLOYMENT.principal: "a job on its first days",
    TESTED_LOAD.principal: "the load test",
}


def _name(who: str) -> str:
    name = who.rpartition("/")[2]
    developer = re.match(r"developer-(\d+)", name)
    if developer and _gets_another_laptop(int(developer[1])):
        name = "another laptop"
    return _NAMES.get(who, name)


def _day_text(day: Day) -> str:
    """Names with their risks and evidence; names that agree in everything else are merged."""
    risks: dict[tuple[str, str], list[str]] = {}
    for who, risk in sorted(day.risks.items(), key=lambda item: (-item[1], item[0])):
        evidence = ", ".join(sorted(day.evidence[who]))
        risks.setdefault((_name(who), evidence), []).append(str(risk))
    rows = (f"{name} ({', '.join(of)}: {evidence})" for (name, evidence), of in risks.items())
    return "; ".join(rows) or "-"


def month_table(days: Sequence[Day]) -> str:
    lines = [
        "| day | principals with a row | how many without baseline and allowlist |",
        "| --- | --- | --- |",
    ]
    noisy = [day for day in days if day.risks]
    lines += [f"| {day.number + 1} | {_day_text(day)} | {len(day.untuned)} |" for day in noisy]
    quiet = [day for day in days if not day.risks]
    if quiet:
        most = max(len(day.untuned) for day in quiet)
        least = min(len(day.untuned) for day in quiet)
        number = str(most) if most == least else f"{least} to {most}"
        lines.append(f"| the other {len(quiet)} | none | {number} |")
    return "\n".join(lines) + "\n"


_WIDTH, _LEFT, _TOP, _STEP, _BAR = 760, 46, 58, 23, 9


def _bar(x: float, base: float, height: float, colour: str, title: str) -> str:
    return (
        f'<rect x="{x:g}" y="{base - height:g}" width="{_BAR}" height="{height:g}"'
        f' fill="{colour}"><title>{title}</title></rect>'
    )


def month_picture(days: Sequence[Day]) -> str:
    """Bars for each day: the rows of the tuned hunt, and beside them those without tuning."""
    most = max(1, *(max(len(day.untuned), len(day.risks)) for day in days))
    height = 170.0
    base = _TOP + height
    found, other, untuned = "#b3261e", "#e8a33d", "#c9ced6"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{base + 62:g}"'
        ' font-family="sans-serif" font-size="12" fill="#333">',
        '<rect width="100%" height="100%" fill="#fff"/>',
        f'<text x="{_LEFT}" y="20" font-size="14">Principals with a row, by day: hourly hunts'
        " over four hours</text>",
    ]
    legend = (
        (found, "leaked key, onboarding"),
        (other, "others"),
        (untuned, "without baseline and allowlist"),
    )
    x = float(_LEFT)
    for colour, text in legend:
        parts.append(f'<rect x="{x:g}" y="31" width="10" height="10" fill="{colour}"/>')
        parts.append(f'<text x="{x + 15:g}" y="40">{text}</text>')
        x += 30 + 7 * len(text)
    step = max(1, -(-most // 5))
    for value in range(0, most + 1, step):
        y = base - height * value / most
        parts.append(f'<path d="M{_LEFT} {y:g}H{_WIDTH - 10}" stroke="#e6e6e6"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 4:g}" text-anchor="end">{value}</text>')
    for place, day in enumerate(days):
        x = _LEFT + 4 + place * _STEP
        title = f"day {day.number + 1}: {_day_text(day)}"
        known = len(set(day.risks) & set(_KNOWN))
        rest = len(day.risks) - known
        unit = height / most
        parts.append(_bar(x, base, unit * known, found, title))
        parts.append(_bar(x, base - unit * known, unit * rest, other, title))
        without = f"day {day.number + 1}, without: {len(day.untuned)}"
        parts.append(_bar(x + _BAR + 1, base, unit * len(day.untuned), untuned, without))
        if day.number % 5 == 4:
            parts.append(
                f'<text x="{x + _BAR:g}" y="{base + 16:g}" text-anchor="middle">'
                f"{day.number + 1}</text>"
            )
    parts.append(f'<text x="{_LEFT}" y="{base + 40:g}">day (the first 14 are learned)</text>')
    return "\n".join(parts) + "\n</svg>\n"


def main() -> int:
    days = run_month()
    new = month_table(days)
    TABLE.write(new)
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(month_picture(days), encoding="utf-8")
    print(new, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
