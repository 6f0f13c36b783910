"""The reference's rules about use: onboarding, volume, access and choices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from hunt_reference_baseline import BaselineRow, family, short, usual
from hunt_reference_calls import DAY, HOUR, MINUTE, Call, within
from hunt_reference_campaign import ANYTHING, Campaign, Sign, best, by_member, values
from hunt_reference_catalogue import HUNTED_PHASES, LABELS, ORDINARY_RECON
from hunt_reference_made import duration, utc
from hunt_reference_sources import Subject

# --- Onboarding ----------------------------------------------------------------------------------


def enable_then_use(who: Campaign) -> Sign | None:
    """An enable call succeeded, and a use call of that service in that account was tried within 6
    h, or within 72 h if the enable call came from a stranger's source."""
    found = []
    for order, service in enumerate(LABELS):
        uses = who.actor.of(service, "use")
        for enable in who.actor.of(service, "enable"):
            if enable.outcome != "ok":
                continue
            reach = 72 * HOUR if who.by(enable).is_stranger(enable.time) else 6 * HOUR
            soon = within(uses, enable.time, enable.time + reach)
            later = [use for use in soon if who.account_of(use) == who.account_of(enable)]
            if not later:
                continue
            use, is_routine = _least_routine(who, service, later)
            is_routine = is_routine and who.by(enable).is_routine(service, "enable")
            gap = use.time - enable.time
            score = 45 if gap <= 2 * MINUTE else 35 if gap <= 6 * HOUR else 20
            if is_routine:
                score = min(score, 10)
            who_and_what = (enable.member, enable.numbers[service], len(found))
            rank = (-score, gap, enable.time, order, is_routine, *who_and_what)
            supporting = ((enable, service), (use, service))
            by, text = _enabled_and_used(who, service, enable, use)
            found.append((rank, Sign(score, enable.time, supporting, text, by)))
    return min(found)[1] if found else None


_USED = {
    "ok": "used it",
    "denied": "tried to use it and was denied",
    "probe": "probed it",
    "throttled": "tried to use it and was throttled",
    "blocked": "tried to use it and was blocked",
    "failed": "tried to use it and failed",
}


def _enabled_and_used(who: Campaign, service: str, enable: Call, use: Call) -> tuple[str, str]:
    """Who enabled it, and the reason without the description of the calls and of what followed."""
    names = who.names
    user = f"{names[use.member]} " if use.member != enable.member else ""
    return (
        f"{names[enable.member]}: " if len(names) > 1 else "",
        f"Enabled {ANYTHING}{LABELS[service]} at {utc(enable.time)} with {enable.name} and {user}"
        f"{_USED[use.outcome]} {duration(use.time - enable.time)} later with {use.name}{ANYTHING}",
    )


def _least_routine(who: Campaign, service: str, uses: Sequence[Call]) -> tuple[Call, bool]:
    """Among the uses in the first second, one by a member for which it is not routine, if there is
    one."""
    first = [
        (who.by(use).is_routine(service, "use"), use.member, use.numbers[service], outcome, number)
        for number, use in enumerate(uses)
        for outcome in [list(_USED).index(use.outcome)]
        if use.time == uses[0].time
    ]
    is_routine, *_, number = min(first)
    return uses[number], is_routine


def recon_then_use(who: Campaign) -> Sign | None:
    """Different recon calls in the 15 min before the first use of a service in the range."""
    if not who.is_one:
        return None
    signs = []
    all_recon = who.actor.in_phase("recon")
    for service in LABELS:
        uses = who.actor.of(service, "use")
        if not uses:
            continue
        use = min(uses, key=lambda one: (one.time, one.numbers[service], one.member))
        recon = within(all_recon, use.time - 15 * MINUTE, use.time)
        names = {(name, call.name) for call in recon for name in call.services_in("recon")}
        if len(names) >= 2 and any(name not in ORDINARY_RECON for _, name in names):
            score = 30 if who.actor.has_long_term_key else 20
            if who.is_routine((call, "recon") for call in recon) and who.by(use).is_routine(
                service, "use"
            ):
                score = min(score, 10)
            looks = [(call, name) for call in recon for name in call.services_in("recon")]
            sign = Sign(score, recon[0].time, (*looks, (use, service)))
            signs.append((use.time, len(signs), sign))
    return best(sign for *_, sign in sorted(signs))  # of equals, the service that was used first


def first_recon(who: Campaign) -> Sign | None:
    """Two different recon calls of a service within 15 min, by principals without a row for it."""
    if not who.is_one:
        return None
    signs = []
    for service in LABELS:
        recon = [
            call
            for call in who.actor.of(service, "recon")
            if call.name not in ORDINARY_RECON
            and who.by(call).row(service) is None
            and who.by(call).is_known(call.time)
        ]
        for first in recon:
            window = within(recon, first.time, first.time + 15 * MINUTE)
            if len({call.name for call in window}) >= 2:
                signs.append(Sign(15, first.time, tuple((call, service) for call in window)))
    return best(signs)


# --- Volume --------------------------------------------------------------------------------------


def hours_of_minutes(calls: Sequence[Call]) -> Iterator[Sequence[Call]]:
    """The calls of 60 consecutive minutes, starting at each minute with a call."""
    for minute in sorted({call.time // MINUTE for call in calls}):
        yield within(calls, minute * MINUTE, minute * MINUTE + HOUR - 1)


def messages(calls: Iterable[Call], service: str) -> int:
    return sum(call.messages_of[service] for call in calls)


def _peers_of_families(
    users: Iterable[Subject], service: str, hours: Iterable[int]
) -> list[list[BaselineRow]]:
    """The peers of users that have no rows themselves. Each family counts once, however many
    of its roles take part."""
    found: dict[tuple[str, str | None], list[BaselineRow]] = {}
    for user in users:
        peers = user.peers(service, hours)
        if peers:
            found.setdefault((user.actor.account, family(user.actor.principal)), peers)
    return list(found.values())


def _is_strong(users: Iterable[Subject], service: str, window: Sequence[Call]) -> bool:
    """Whether a burst came from a source that is new for a member that took part."""
    first, last = window[0].time, window[-1].time
    hours = range(first // HOUR, last // HOUR + 1)
    for user in users:
        if user.has_new_source(hours):
            return True
        has_used = user.has_used(service, first // MINUTE * MINUTE)
        is_newcomer = not has_used and not user.peers(service, hours)
        if is_newcomer and user.is_stranger_in(hours) and not user.is_vouched_for(first):
            return True
    return False


def _burst_score(who: Campaign, service: str, window: Sequence[Call], total: int) -> int | None:
    threshold = who.threshold(service, window[-1].time)
    if threshold is None or total <= threshold:
        return None
    level = 2 if total > 10 * threshold else 1 if total > 3 * threshold else 0
    low, high = (25, 30, 35)[level], (35, 45, 55)[level]
    first, last = window[0].time, window[-1].time
    start = first // MINUTE * MINUTE
    in_range = who.actor.peak_in_range(service, start)
    # The history of a member that did not take part excuses nothing.
    users = who.users_in(window)
    if not all(user.is_known(start) for user in users):
        if in_range is None:
            return low
        return high if total > 3 * in_range else None
    grown = [user for user in users if user.has_used(service, start)]
    rows = [row for row in (user.row(service) for user in grown) if row]
    others = [user for user in users if user not in grown]
    peers = _peers_of_families(others, service, range(first // HOUR, last // HOUR + 1))
    usual_peak = sum(row.peak_hour for row in rows)
    usual_peak += sum(max(row.peak_hour for row in of_family) for of_family in peers)
    if total > 3 * max(in_range or 0, usual_peak):
        return high if _is_strong(users, service, window) else low
    if rows and total > 10 * sum(row.old_peak(start) for row in rows):
        return high  # nobody can raise this peak within a week
    return None


def burst(who: Campaign) -> Sign | None:
    """More messages of successful uses of a service within 60 minutes than its threshold."""
    bursts = []
    for service in who.context.thresholds:
        for window in hours_of_minutes(who.actor.good_uses(service)):
            total = messages(window, service)
            score = _burst_score(who, service, window, total)
            if score is not None:  # of equal scores, the largest burst
                supporting = tuple((call, service) for call in window)
                rank = (-score, -total, window[0].time, len(bursts))
                bursts.append((rank, Sign(score, window[0].time, supporting)))
    return min(bursts)[1] if bursts else None


def _usual_day(users: Sequence[Subject], service: str, hours: Iterable[int]) -> int:
    rows = {user: user.row(service) for user in users}
    used = {user: row for user, row in rows.items() if row and row.peak_hour > 0}
    others = [user for user in users if user not in used]
    return sum(row.usual_day for row in used.values()) + sum(
        max(row.usual_day for row in of_family)
        for of_family in _peers_of_families(others, service, hours)
    )


def drip(who: Campaign) -> Sign | None:
    """More than 6 times the threshold in 24 UTC hours, spread over at least 8 of them, by a
    principal that had not used the service; or more than 3 times its busiest day."""
    signs = []
    for service, threshold in who.context.thresholds.items():
        uses = who.actor.good_uses(service)
        for start in sorted({call.hour for call in uses}):
            window = within(uses, start * HOUR, start * HOUR + DAY - 1)
            hours = {call.hour for call in window}
            total = messages(window, service)
            if total <= 6 * threshold or len(hours) < 8:
                continue
            users = who.users_in(window)
            if not all(user.is_known(start * HOUR) for user in users):
                continue
            if total > 3 * _usual_day(users, service, range(start, start + 24)):
                supporting = tuple((call, service) for call in window)
                signs.append(Sign(25, window[0].time, supporting))
    return best(signs)


def fan_out(who: Campaign) -> Sign | None:
    """50 preparing calls of one service within 1 h."""
    signs = []
    for service in LABELS:
        calls = [call for call in who.actor.of(service, "prepare") if call.outcome == "ok"]
        for first in calls:
            window = within(calls, first.time, first.time + HOUR)
            if len(window) >= 50:
                signs.append(Sign(35, first.time, tuple((call, service) for call in window)))
    return best(signs)


# --- Access --------------------------------------------------------------------------------------


def probe(who: Campaign) -> Sign | None:
    """A use call with the outcome probe."""
    probes = [use for use in who.actor.in_phase("use") if use.outcome == "probe"]
    supporting = tuple((call, name) for call in probes for name in call.services_in("use"))
    return Sign(40, probes[0].time, supporting) if probes else None


def denied_use(who: Campaign) -> Sign | None:
    """At least 3 denied uses of a service in an account within 24 h, or at least 20 that were not
    successful, and none that succeeded within 20 min after the first of them."""
    signs = []
    for account, service in ((one, name) for one in who.accounts for name in LABELS):
        uses = [use for use in who.actor.of(service, "use") if who.account_of(use) == account]
        not_ok = [call for call in uses if call.outcome != "ok"]
        denied = [call for call in not_ok if call.outcome == "denied"]
        for refused, enough in ((denied, 3), (not_ok, 20)):
            for first in refused:
                soon = within(uses, first.time, first.time + 20 * MINUTE)
                count = len(within(refused, first.time, first.time + DAY))
                if count >= enough and not any(call.outcome == "ok" for call in soon):
                    supporting = within(not_ok, first.time, first.time + DAY)
                    signs.append(
                        Sign(20, first.time, tuple((call, service) for call in supporting))
                    )
    return best(signs)


def enable_denied(who: Campaign) -> Sign | None:
    """An enable call was denied."""
    denied = [call for call in who.actor.in_phase("enable") if call.outcome == "denied"]
    supporting = tuple((call, name) for call in denied for name in call.services_in("enable"))
    return Sign(15, denied[0].time, supporting) if denied else None


# --- Choices -------------------------------------------------------------------------------------


@by_member
def new_choice(who: Subject) -> Sign | None:
    """A pair with rows used at least 3 models, or regions, that are not usual for it."""
    signs = []
    for service in LABELS:
        calls = who.actor.of(service, *HUNTED_PHASES)
        calls = [call for call in calls if not call.is_quarantine]
        uses = [c for c in calls if c.is_in(service, "use") and c.outcome == "ok"]
        if not uses or who.row(service) is None or not who.is_known(calls[-1].time):
            continue
        if not who.has_rows(calls[-1].time):
            continue
        for name, used in (
            ("models", values(short(call.model) for call in uses)),
            ("regions", values(short(call.region) for call in uses)),
        ):
            known = usual(who.values(service, name))
            if known and len(used - known) >= 3:
                supporting = tuple((call, service) for call in uses)
                signs.append(Sign(15, uses[0].time, supporting))
    return best(signs)
