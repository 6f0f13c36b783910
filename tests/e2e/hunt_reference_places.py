"""The reference's rules about spread over regions and services, and about sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from hunt_reference_calls import DAY, HOUR, MINUTE, Call, within
from hunt_reference_campaign import Campaign, Sign, SupportingCall, best, by_member, values
from hunt_reference_catalogue import HUNTED_PHASES, LABELS
from hunt_reference_sources import Subject

# --- Spread --------------------------------------------------------------------------------------


def _spreads(calls: Sequence[Call], regions: int, seconds: int) -> Iterator[Sequence[Call]]:
    """The windows of this many seconds with calls in at least this many regions."""
    calls = [call for call in calls if call.region is not None]
    if len({call.region for call in calls}) < regions:
        return
    for first in calls:
        window = within(calls, first.time, first.time + seconds)
        if len({call.region for call in window}) >= regions:
            yield window


def _has_no_history(who: Campaign, call: Call, service: str) -> bool:
    """Whether neither the range nor the baseline shows an earlier use of the service."""
    is_in_file = who.is_known(call.time) and who.peak_of_rows(service, call.time) > 0
    return not is_in_file and who.actor.peak_in_range(service, call.time) is None


def _supporting(calls: Sequence[Call], *phases: str) -> tuple[SupportingCall, ...]:
    return tuple((call, name) for call in calls for name in call.services_in(*phases))


def region_spread(who: Campaign) -> Sign | None:
    """Use or enable calls in at least 3 regions within 1 h, by principals without history of the
    service; or the forms that unlock a service in at least 3 regions within 10 s, or in at least 8
    within 24 h."""
    if not who.is_one:
        return None
    new = [
        call
        for call in who.actor.in_phase("use", "enable")
        if any(_has_no_history(who, call, name) for name in call.services_in("use", "enable"))
    ]
    signs = [
        Sign(20, window[0].time, _supporting(window, "use", "enable"))
        for window in _spreads(new, 3, HOUR)
    ]
    forms = [
        call
        for call in who.actor.calls
        if call.name in ("PutAccountDetails", "PutUseCaseForModelAccess")
    ]
    for regions, seconds in ((3, 10), (8, DAY)):
        for window in _spreads(forms, regions, seconds):
            is_suspect = any(
                who.by(call).works_anywhere_in([call.hour]) or who.by(call).is_stranger(call.time)
                for call in window
            )
            if regions == 3:
                score = 40 if is_suspect or not who.is_known(window[0].time) else 20
            else:
                score = 30 if is_suspect else 0
            if who.is_routine((call, "enable") for call in window):
                score = min(score, 10)
            if score:
                signs.append(Sign(score, window[0].time, _supporting(window, *HUNTED_PHASES)))
    return best(signs)


def recon_spread(who: Campaign) -> Sign | None:
    """One recon call in at least 4 regions within 10 min, with a long-term key."""
    if not who.is_one:
        return None
    signs = []
    by_name = defaultdict(list)
    for call in who.actor.in_phase("recon"):
        for service in call.services_in("recon"):
            by_name[service, call.name].append(call)
    for (service, _), calls in by_name.items():
        is_routine = all(one.is_routine(service, "recon") for one in who.users_in(calls))
        for window in _spreads(calls, 4, 10 * MINUTE):
            score = 35 if who.actor.has_long_term_key else 10
            score = min(score, 5) if is_routine else score
            supporting = tuple((call, service) for call in window)
            signs.append(Sign(score, window[0].time, supporting))
    return best(signs)


def service_sweep(who: Campaign) -> Sign | None:
    """Recon or use of at least 3 services within 1 h."""
    if not who.is_one:
        return None
    calls = who.actor.in_phase("recon", "use")
    signs = []
    if len(who.actor.services) < 3:
        return None
    for first in calls:
        supporting = _supporting(within(calls, first.time, first.time + HOUR), "recon", "use")
        if len({service for _, service in supporting}) >= 3:
            signs.append(Sign(10, first.time, supporting))
    return best(signs)


# --- Sources -------------------------------------------------------------------------------------


def calls_in_hours(calls: Sequence[Call], first: int, last: int) -> tuple[SupportingCall, ...]:
    found = [call for call in calls if first <= call.hour <= last]
    return tuple((call, service) for call in found for service in call.phases_of)


@by_member
def new_source(who: Subject) -> Sign | None:
    """Calls from a network and a client that are new for the principal."""
    found = min(who.new_sources, key=lambda one: (-one.score, one.time), default=None)
    if found is None:
        return None
    supporting = calls_in_hours(who.actor.calls, found.hour, found.hour)
    return Sign(found.score, found.time, supporting)


@by_member
def first_use(who: Subject) -> Sign | None:
    """Successful use of a service that neither the principal nor its peers had used."""
    signs = []
    for service in LABELS:
        uses = [call for call in who.actor.good_uses(service) if who.is_known(call.time)]
        if not uses:
            continue
        first = uses[0].time
        if who.has_used(service, first) or who.peers(service, [first // HOUR]):
            continue
        has = who.baseline.account_has(who.actor.account, service)
        score = (10 if has else 25) if who.is_stranger(first) else (5 if has else 15)
        signs.append(Sign(score, first, ((uses[0], service),)))
    return best(signs)


def days_of_hours(calls: Sequence[Call]) -> Iterator[Sequence[Call]]:
    """The calls of every 24 consecutive UTC hours. A window differs from the last only if an hour
    with a call enters at its end or leaves at its start."""
    hours = {call.hour for call in calls}
    for start in sorted({hour - 23 for hour in hours} | {hour + 1 for hour in hours}):
        window = within(calls, start * HOUR, start * HOUR + DAY - 1)
        if window:
            yield window


def _is_excused(who: Subject, call: Call) -> bool:
    """Whether the cloud explains that the address changes from call to call."""
    if not who.baseline.knows_in_hour(who.actor.account, call.hour):
        return call.has_cloud_sign
    if who.has_rows(call.hour * HOUR):
        return call.has_cloud_sign and not who.has_usual_networks
    if call.is_scoped or call.has_web_identity:
        return True
    return call.has_exec_env and not who.is_from_stranger(call)


def rotating_ips(who: Campaign) -> Sign | None:
    """In 24 UTC hours, a client's unexcused calls came from at least 5 addresses in at least 5
    networks, with at least half as many addresses as calls; or a long-term key was used from at
    least 10 networks, or from at least 20 networks of strangers. The first case scores less if
    there are fewer networks, or if excused calls have to be included. The principal's usual
    networks do not count."""
    if not who.is_one:
        return None
    found: list[tuple[tuple[int, int, int], Sign]] = []
    counted = [call for call in who.actor.placed if not who.by(call).is_usual_place(call)]

    def add(score: int, window: Sequence[Call]) -> None:
        addresses = len(values(call.address for call in window))
        supporting = calls_in_hours(who.actor.calls, window[0].hour, window[-1].hour)
        rank = (-score, window[0].time, -addresses)
        found.append((rank, Sign(score, window[0].time, supporting)))

    def add_windows(calls: Sequence[Call], with_networks: int, without: int) -> None:
        for window in days_of_hours(calls):
            addresses = values(call.address for call in window)
            networks = values(call.network for call in window)
            if len(addresses) >= 5 and 2 * len(addresses) >= len(window):
                add(with_networks if len(networks) >= 5 else without, window)

    for client in sorted({call.client for call in counted}):
        calls = [call for call in counted if call.client == client]
        add_windows([call for call in calls if not _is_excused(who.by(call), call)], 40, 15)
        add_windows(calls, 15, 15)
    if who.actor.has_long_term_key:
        for window in days_of_hours(counted):
            if len(values(call.network for call in window)) >= 10:
                add(30, window)
        strange = [call for call in counted if who.by(call).is_from_stranger(call)]
        for window in days_of_hours(strange):
            if len(values(call.network for call in window)) >= 20:
                add(40, window)
    return min(found, key=lambda one: one[0])[1] if found else None


def many_ips(who: Campaign) -> Sign | None:
    """More than 3 addresses in a UTC hour, outside the usual networks."""
    if not who.is_one:
        return None
    signs = []
    for hour, calls in who.actor.by_hour.items():
        counted = [
            call
            for call in calls
            if call.address is not None and not who.by(call).is_usual_place(call)
        ]
        if len({call.address for call in counted}) > 3:
            supporting = calls_in_hours(who.actor.calls, hour, hour)
            signs.append(Sign(10, counted[0].time, supporting))
    return best(signs)
