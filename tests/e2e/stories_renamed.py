"""Renames principals, accounts, addresses and user agents of a story and its histories.

Equal names become equal names, and different ones different ones. Names that AWS gives keep their
fixed parts, families of roles stay families, addresses of one network stay in one network, and user
agents keep the names of their tools.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import replace
from pathlib import Path

from stories import HISTORIES, Story, read_lines

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def _cipher() -> dict[int, int]:
    """Replaces each letter and digit by another one of the same kind.

    Hexadecimal digits stay hexadecimal digits, and capitals stay capitals, because they
    distinguish the parts of a name that AWS makes up.
    """
    alphabets = ("abcdef", "ghijklmnopqrstuvwxyz", "ABCDEF", "GHIJKLMNOPQRSTUVWXYZ", "0123456789")
    replaced: dict[int, int] = {}
    for letters in alphabets:
        shifted = letters[3:] + letters[:3]
        replaced.update(str.maketrans(letters, shifted))
    return replaced


CIPHER = _cipher()
DIGITS = {of: into for of, into in CIPHER.items() if chr(of).isdigit()}

# Parts of names that are AWS's, and the words that the marker suspicious_name looks for.
KEPT = re.compile(
    r"AWSReservedSSO_|AWSServiceRoleFor|aws-reserved/sso\.amazonaws\.com/|aws-service-role/"
    r"|AWSSESSendingGroupDoNotRename|OrganizationAccountAccessRole"
    r"|AmazonBedrockExecutionRoleForAgents_|BedrockAPIKey-|ses-smtp-user\.|GitHubActions|SageMaker"
    r"|\bi-(?=[0-9a-f]+)|temp|tmp|test|anon|random"
)

# The names in a record. A record's texts can contain JSON, whose quotes have a backslash.
NAMED = re.compile(
    r'"sourceIPAddress":"(?P<address>[^"]*)"'
    r'|"userAgent":"(?P<agent>[^"]*)"'
    r'|"(?:userName|roleName|groupName|roleSessionName|functionName)":"(?P<name>[^"]*)"'
    r":?"
    r'|:(?:user|role|group|assumed-role|instance|function)/?(?P<path>[^"\\]*)'
    r"|\b(?:AKIA|ASIA|AIDA|AROA|AGPA)(?P<key>[A-Z0-9]{12,}(?::[^\"\\]*)?)"
)
ACCOUNT = re.compile(r"(?<![0-9A-Za-z.-])[0-9]{12}(?![0-9A-Za-z.-])")
VERSION = re.compile(r"[0-9]+(?:\.[0-9]+)+")


def renamed_name(name: str) -> str:
    """A name, a path with one or a part of either."""
    parts = []
    end = 0
    for kept in KEPT.finditer(name):
        parts += [name[end : kept.start()].translate(CIPHER), kept[0]]
        end = kept.end()
    parts.append(name[end:].translate(CIPHER))
    return "".join(parts)


def renamed_actor(actor: str) -> str:
    """A substring of a principal's ARN: `user/alpha`, `@corp.example`."""
    kind, slash, name = actor.rpartition("/")
    return actor if actor == "root" else kind + slash + renamed_name(name)


def renamed_agent(agent: str) -> str:
    """The same tools in other versions."""
    return VERSION.sub(lambda version: version[0].translate(DIGITS), agent)


class Addresses:
    """Maps networks in the order in which they appear: /16 of IPv4, /32 of IPv6."""

    def __init__(self) -> None:
        self._networks: dict[int, int] = {}
        self._wide_networks: dict[int, int] = {}

    def renamed(self, text: str) -> str:
        try:
            address = ipaddress.ip_address(text)
        except ValueError:  # the name of a service
            return text
        number = int(address)
        if isinstance(address, ipaddress.IPv4Address):
            return str(
                ipaddress.IPv4Address(self._narrow(number >> 16) << 16 | number & 0xFFFF ^ 0x2A2A)
            )
        low = number & (1 << 96) - 1 ^ 0x2A
        return str(ipaddress.IPv6Address(self._wide(number >> 96) << 96 | low))

    def _narrow(self, network: int) -> int:
        first, second = network >> 8, network & 0xFF
        if first == 10:
            return first << 8 | second ^ 0x2A
        if first == 172 and 16 <= second < 32:
            return first << 8 | second ^ 0x0A
        if first == 100 and 64 <= second < 128:
            return first << 8 | second ^ 0x2A
        if (first, second) == (192, 168) or first in (0, 127):
            return network
        return self._networks.setdefault(network, 60 << 8 | len(self._networks))

    def _wide(self, network: int) -> int:
        if network >> 25 == 0xFC >> 1:  # unique local
            return network ^ 0x2A
        return self._wide_networks.setdefault(network, 0x2C0F_0000 + len(self._wide_networks))


class Renaming:
    """One renaming of the records of one story and its histories."""

    def __init__(self) -> None:
        self._addresses = Addresses()
        self._parts: dict[str, str] = {}

    def line(self, line: str) -> str:
        """The record; much of it repeats, so the parts without the time and ID are remembered."""
        caller, time, rest = line.partition('"eventTime":"')
        call, event_id, end = rest[20:].partition('"eventID":"')
        return "".join(
            (
                self._part(caller),
                time,
                rest[:20],
                self._part(call),
                event_id,
                end[:36],
                self._part(end[36:]),
            )
        )

    def _part(self, part: str) -> str:
        renamed = self._parts.get(part)
        if renamed is None:
            renamed = ACCOUNT.sub(lambda found: found[0].translate(DIGITS), part)
            renamed = self._parts[part] = NAMED.sub(self._named, renamed)
        return renamed

    def _named(self, found: re.Match[str]) -> str:
        kind = found.lastgroup
        assert kind is not None
        text = found[kind]
        if kind == "address":
            new = self._addresses.renamed(text)
        elif kind == "agent":
            new = renamed_agent(text)
        else:
            new = renamed_name(text)
        start, end = found.start(kind) - found.start(), found.end(kind) - found.start()
        return found[0][:start] + new + found[0][end:]


def renamed_story(story: Story, folder: Path) -> Story:
    """The story with other names; its files go to the folder, and are not compressed."""
    renaming = Renaming()
    renamed = replace(story, actors=tuple(map(renamed_actor, story.actors)), folder=folder)
    pairs = [(story.history(kind), renamed.history(kind)) for kind in HISTORIES]
    for path, new_path in (*pairs, (story.records(), renamed.records())):
        lines = [renaming.line(line.decode("utf-8")) for line in read_lines(path)]
        new_path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return renamed
