"""Rules of the reference about use: onboarding, volume, access and choices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple, Optional

from hunt_reference_baseline import short, usual
from hunt_reference_calls import DAY, HOUR, MINUTE, Call, within
from hunt_reference_catalogue import HUNTED_PHASES, LABELS, ORDINARY_RECON
from hunt_reference_sources import Subject


class Sign(NamedTuple):
    """Evidence that holds: its score, and the time of the first event behind it."""

    score: int
    time: int


def best(signs: Iterable[Sign]) -> Optional[Sign]:
    """The highest score counts, and of equals the earliest."""
    return min(signs, key=lambda sign: (-sign.score, sign.time), default=None)


def values(of: Iterable[Optional[Any]]) -> set[Any]:
    return {value for value in of if value is not None}


# --- Onboarding ----------------------------------------------------------------------------------


def enable_then_use(who: Subject) -> Optional[Sign]:
    """An enable call succeeded, then a use call of that service was tried within 6 h; within 72 h,
    if the enabling came from a stranger's source."""
    found = []
    for service in LABELS:
        uses = who.actor.of(service, "use")
        for enable in who.actor.of(service, "enable"):
            if enable.outcome != "ok":
                continue
            reach = 72 * HOUR if who.is_stranger(enable.time) else 6 * HOUR
            later = within(uses, enable.time, enable.time + reach)
            if not later:
                continue
            gap = later[0].time - enable.time
            score = 45 if gap <= 2 * MINUTE else 35 if gap <= 6 * HOUR else 20
            if all(
                who.baseline.is_routine(who.actor.account, who.actor.principal, service, phase)
                for phase in ("enable", "use")
            ):
                score = min(score, 10)
            found.append((-score, gap, enable.time))
    if not found:
        return None
    score, _, time = min(found)
    return Sign(-score, time)


def recon_then_use(who: Subject) -> Optional[Sign]:
    """Different recon calls in the 15 min before the first use of a service in the range."""
    if not who.actor.is_one:
        return None
    signs = []
    all_recon = who.actor.in_phase("recon")
    for service in LABELS:
        uses = who.actor.of(service, "use")
        if not uses:
            continue
        recon = within(all_recon, uses[0].time - 15 * MINUTE, uses[0].time)
        names = {(name, call.name) for call in recon for name in call.services_in("recon")}
        if len(names) >= 2 and any(name not in ORDINARY_RECON for _, name in names):
            score = 30 if who.actor.has_long_term_key else 20
            if who.is_routine((call, "recon") for call in recon) and who.baseline.is_routine(
                who.actor.account, who.actor.principal, service, "use"
            ):
                score = min(score, 10)
            signs.append(Sign(score, recon[0].time))
    return best(signs)


def first_recon(who: Subject) -> Optional[Sign]:
    """Two different recon calls of a service within 15 min by a principal without a row for it."""
    if not who.actor.is_one:
        return None
    signs = []
    for service in LABELS:
        recon = [c for c in who.actor.of(service, "recon") if c.name not in ORDINARY_RECON]
        for first in recon:
            names = {c.name for c in within(recon, first.time, first.time + 15 * MINUTE)}
            if len(names) >= 2 and who.is_known(first.time) and who.row(service) is None:
                signs.append(Sign(15, first.time))
    return best(signs)


# --- Volume --------------------------------------------------------------------------------------


def hours_of_minutes(calls: Sequence[Call]) -> Iterator[Sequence[Call]]:
    """The calls of 60 consecutive minutes, from each minute with a call on."""
    for minute in sorted({call.time // MINUTE for call in calls}):
        yield within(calls, minute * MINUTE, minute * MINUTE + HOUR - 1)


def messages(calls: Iterable[Call], service: str) -> int:
    return sum(call.messages_of[service] for call in calls)


def _burst_score(who: Subject, service: str, window: Sequence[Call], total: int) -> Optional[int]:
    threshold = who.context.thresholds[service]
    if total <= threshold:
        return None
    level = 2 if total > 10 * threshold else 1 if total > 3 * threshold else 0
    low, high = (25, 30, 35)[level], (35, 45, 55)[level]
    first, last = window[0].time, window[-1].time
    start = first // MINUTE * MINUTE
    in_range = who.actor.peak_in_range(service, start)
    if not who.is_known(start):
        if in_range is None:
            return low
        return high if total > 3 * in_range else None
    hours = range(first // HOUR, last // HOUR + 1)
    has_used = who.has_used(service, start)
    row = who.row(service)
    peers = [] if has_used else who.peers(service, hours)
    peaks = [in_range or 0, *(peer.peak_hour for peer in peers)]
    peaks += [row.peak_hour] if has_used and row else []
    if total > 3 * max(peaks):
        is_new = who.has_new_source(hours) or (
            not has_used
            and not peers
            and who.is_stranger_in(hours)
            and not who.is_vouched_for(first)
        )
        return high if is_new else low
    if has_used and row and total > 10 * row.old_peak(start):
        return high  # nobody can train it within a week
    return None


def burst(who: Subject) -> Optional[Sign]:
    """More messages of successful use of a service in 60 minutes than its threshold."""
    bursts = []
    for service in who.context.thresholds:
        for window in hours_of_minutes(who.actor.good_uses(service)):
            total = messages(window, service)
            score = _burst_score(who, service, window, total)
            if score is not None:
                bursts.append((-score, -total, window[0].time))  # of equals the largest
    if not bursts:
        return None
    score, _, first = min(bursts)
    return Sign(-score, first)


def drip(who: Subject) -> Optional[Sign]:
    """In 24 UTC hours more than 6 times the threshold, in at least 8 of them, by a principal that
    had not used the service, or more than 3 times its busiest day."""
    signs = []
    for service, threshold in who.context.thresholds.items():
        uses = who.actor.good_uses(service)
        row = who.row(service)
        for start in sorted({call.hour for call in uses}):
            window = within(uses, start * HOUR, start * HOUR + DAY - 1)
            hours = {call.hour for call in window}
            total = messages(window, service)
            if total <= 6 * threshold or len(hours) < 8 or not who.is_known(start * HOUR):
                continue
            if row is not None and row.peak_hour > 0:
                usual_day = row.usual_day
            else:
                peers = who.peers(service, range(start, start + 24))
                usual_day = max((peer.usual_day for peer in peers), default=0)
            if total > 3 * usual_day:
                signs.append(Sign(25, window[0].time))
    return best(signs)


def fan_out(who: Subject) -> Optional[Sign]:
    """50 preparations of one service within 1 h."""
    signs = []
    for service in LABELS:
        calls = [call for call in who.actor.of(service, "prepare") if call.outcome == "ok"]
        for first in calls:
            if len(within(calls, first.time, first.time + HOUR)) >= 50:
                signs.append(Sign(35, first.time))
    return best(signs)


# --- Access --------------------------------------------------------------------------------------


def probe(who: Subject) -> Optional[Sign]:
    """A use call with outcome probe."""
    uses = who.actor.in_phase("use")
    return best(Sign(40, use.time) for use in uses if use.outcome == "probe")


def denied_use(who: Subject) -> Optional[Sign]:
    """3 or more uses of a service denied, or 20 or more not ok, within 24 h, and none succeeded
    within 20 min after the first of them."""
    signs = []
    for service in LABELS:
        uses = who.actor.of(service, "use")
        for outcomes, enough in ((("denied",), 3), (("denied", "probe", "failed"), 20)):
            refused = [call for call in uses if call.outcome in outcomes]
            for first in refused:
                soon = within(uses, first.time, first.time + 20 * MINUTE)
                count = len(within(refused, first.time, first.time + DAY))
                if count >= enough and not any(call.outcome == "ok" for call in soon):
                    signs.append(Sign(20, first.time))
    return best(signs)


def enable_denied(who: Subject) -> Optional[Sign]:
    """An enable call was denied."""
    denied = [call for call in who.actor.in_phase("enable") if call.outcome == "denied"]
    return best(Sign(15, call.time) for call in denied)


# --- Choices -------------------------------------------------------------------------------------


def new_choice(who: Subject) -> Optional[Sign]:
    """A pair with rows used 3 or more models, or regions, that are not usual for it."""
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
                signs.append(Sign(15, uses[0].time))
    return best(signs)


