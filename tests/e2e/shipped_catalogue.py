"""The content of default/cloudhijack.conf, read by a few independent lines of code.

They share nothing with the program, and rely on the form of the shipped file: it is well formed,
with no blanks in conditions.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "default/cloudhijack.conf"

PHASES = (
    *("volume", "use", "recon", "enable", "evade", "cleanup", "credential"),
    *("grant", "tamper", "restore", "prepare", "link", "note"),
)

Stanza = dict[str, str]

# The sources of logs other than AWS's. The file writes them unchanged, like those that contain a
# dot.
OTHER_SOURCES = (
    *("azure-openai", "azure-apim", "azure", "bedrock-invocations"),
    *("sendgrid", "twilio", "twilio-messages", "twilio-errors"),
)

_CALL = re.compile(r"(?:([\w.-]+):)?([\w/.-]+)(?:\*(\d+))?(?:\((.*)\))?(?:\*(\d+))?")


class Call(NamedTuple):
    source: str  # as events contain it
    name: str
    conditions: str  # `path=value,...`, or empty
    weight: int = 1  # messages in hunt mode for each message of the event


def read_stanzas(text: str) -> dict[str, Stanza]:
    """The stanzas of a well-formed conf file; a value over several lines becomes one line."""
    stanzas: dict[str, Stanza] = {}
    stanza: Stanza = {}
    for line in re.sub(r"\\\n\s*", " ", text).splitlines():
        if line.startswith("["):
            stanza = stanzas.setdefault(line.strip("[]"), {})
        elif line and not line.startswith("#"):
            key, _, value = line.partition("=")
            stanza[key.strip()] = " ".join(value.split())
    return stanzas


def calls_in(value: str, source: str | None) -> list[Call]:
    """The calls of one phase; those without a source have the stanza's."""
    calls = []
    for word in value.split():
        match = _CALL.fullmatch(word)
        assert match is not None, word
        own_source, name, weight, conditions, weight_at_end = match.groups()
        full_source = own_source or str(source)
        if "." not in full_source and full_source not in OTHER_SOURCES:
            full_source += ".amazonaws.com"
        calls.append(Call(full_source, name, conditions or "", int(weight or weight_at_end or 1)))
    return calls


def services() -> dict[str, Stanza]:
    """The stanzas of the services that are not disabled, by id."""
    return {
        title.removeprefix("service:"): stanza
        for title, stanza in read_stanzas(CATALOGUE.read_text("utf-8")).items()
        if title.startswith("service:") and stanza.get("disabled") != "true"
    }


def catalogue_calls() -> set[Call]:
    """Every AWS call, of every phase of every service."""
    return {call for call in calls_of_all_logs() if call.source.endswith(".amazonaws.com")}


def calls_of_all_logs() -> set[Call]:
    """Every call of every phase of every service."""
    return {
        call
        for stanza in services().values()
        for phase in PHASES
        for call in calls_in(stanza.get(phase, ""), stanza.get("source"))
    }
