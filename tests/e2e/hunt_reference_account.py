"""The reference's rules about hiding, and its markers of callers."""

from __future__ import annotations

from hunt_reference_calls import HOUR, MINUTE, Call, within
from hunt_reference_campaign import Campaign, Sign, best, routine_or, values
from hunt_reference_catalogue import GUARDRAIL_CALLS, LOG_GROUP, SUSPICIOUS_NAME, TOOL_AGENT
from hunt_reference_makings import last_part, param

# --- Hiding --------------------------------------------------------------------------------------


def evade(who: Campaign) -> Sign | None:
    """A successful evade call, scored lower if it is about a guardrail, or about a log that the
    principal restores."""
    restored = [
        call
        for call in who.actor.in_phase("restore")
        if call.outcome == "ok" and call.name == "PutModelInvocationLoggingConfiguration"
    ]
    signs = []
    evading = [call for call in who.actor.in_phase("evade") if call.outcome == "ok"]
    supporting = tuple((call, name) for call in evading for name in call.services_in("evade"))
    for call in evading:
        later = within(restored, call.time, call.time + 10 * MINUTE)
        is_restored = call.name.endswith("ModelInvocationLoggingConfiguration") and any(
            other.region == call.region and who.account_of(other) == who.account_of(call)
            for other in later
        )
        score = 10 if call.name in GUARDRAIL_CALLS or is_restored else 40
        score = routine_or(who, score, 15, (call, "evade"))
        signs.append(Sign(score, call.time, supporting))
    return best(signs)


def _trail(call: Call) -> str | None:
    name = param(call, "name", "trailName", "eventDataStore")
    return name and last_part(name)


_CLOUDTRAIL_CALLS = (
    *("StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors", "DeleteEventDataStore"),
    *("StopEventDataStoreIngestion", "CreateTrail", "StartLogging"),
)


def trail_tampering(who: Campaign) -> Sign | None:
    """A trail, or a log of the services, was switched off, deleted or changed."""
    trails = [
        call
        for call in who.actor.in_phase("restore")
        if call.outcome == "ok" and call.name in _CLOUDTRAIL_CALLS
    ]
    signs = []
    for call in who.actor.in_phase("tamper"):
        if call.outcome != "ok":
            continue
        if call.name == "DeleteLogGroup" and not LOG_GROUP.search(
            param(call, "logGroupName") or ""
        ):
            continue
        score = 40
        if call.name in _CLOUDTRAIL_CALLS and _trail(call) is not None:
            others = within(trails, call.time - HOUR, call.time + HOUR)
            if any(
                _trail(other) not in (None, _trail(call))
                and who.account_of(other) == who.account_of(call)
                for other in others
            ):
                score = 15
        if (
            call.name == "PutEventSelectors"
            and not who.by(call).works_anywhere_in([call.hour])
            and who.by(call).is_known_source(call.time)
        ):
            score = 15
        score = routine_or(who, score, 15, (call, "tamper"))
        supporting = tuple((call, name) for name in call.services_in("tamper"))
        signs.append(Sign(score, call.time, supporting))
    return best(signs)


def _mail_identity(call: Call) -> str | None:
    return param(call, "emailIdentity", "emailAddress", "domain", "identity")


def cleanup(who: Campaign) -> Sign | None:
    """The same identity was created or verified and deleted within 30 min, both successfully."""
    signs = []
    for made in who.actor.in_phase("enable"):
        for service in made.services_in("enable"):
            for gone in within(
                who.actor.of(service, "cleanup"), made.time, made.time + 30 * MINUTE
            ):
                if made.outcome != "ok" or gone.outcome != "ok":
                    continue
                identity = _mail_identity(made)
                if identity is not None and identity == _mail_identity(gone):
                    supporting = ((made, "enable"), (gone, "cleanup"))
                    score = routine_or(who, 30, 10, *supporting)
                    signs.append(Sign(score, made.time, ((made, service), (gone, service))))
    return best(signs)


# --- Markers -------------------------------------------------------------------------------------


def tool_agent(who: Campaign) -> Sign | None:
    """A client that is known as an attack tool."""
    agents = values(call.agent for call in who.everything.calls)
    return Sign(15, 0) if any(map(TOOL_AGENT.search, agents)) else None


def bearer_key(who: Campaign) -> Sign | None:
    """A call with an API key."""
    return Sign(5, 0) if any(call.bearer for call in who.everything.calls) else None


def long_term_key(who: Campaign) -> Sign | None:
    """A call with a long-term key."""
    return Sign(5, 0) if who.actor.has_long_term_key else None


def suspicious_name(who: Campaign) -> Sign | None:
    """A principal's name matches the name pattern of volume mode."""
    names = [member.actor.principal for member in who.members]
    return Sign(5, 0) if any(map(SUSPICIOUS_NAME.search, names)) else None
