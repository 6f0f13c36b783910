"""Compare how three programs read conf files. Usage: conf_readers.py PROGRAM

The readers are PROGRAM (`check-config`), ksconf, and Splunk's parser for add-ons
(addonfactory-splunk-conf-parser-lib). conf_check.py runs this with the Python of an environment
that has the last two.

`check-config` does not print its reading as such, but two kinds of text show it:

- Texts in which nothing is right. The program reports each setting with its line, stanza and key,
  and quotes the values of most keys. It also reports each line that is not conf syntax.
- Texts in which everything is right. For each service the program prints the label, the threshold
  and the number of calls.

The texts are generated, and the app's own cloudhijack.conf is one of them. They contain only forms
about which all readers agree; DIFFERENCES has the forms about which they do not.
"""

from __future__ import annotations

import io
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from configparser import ParsingError
from pathlib import Path
from typing import NamedTuple

sys.path.append(str(Path(__file__).resolve().parents[1] / "e2e"))

from shipped_catalogue import CATALOGUE, PHASES, ROOT, calls_in, read_stanzas

ROUNDS = 250

# By stanza and key; None is the value of a setting that the program does not quote.
Settings = dict[tuple[str, str], str | None]


class Reading(NamedTuple):
    settings: Settings
    wrong_lines: set[int]  # lines that are not conf syntax


def normal(value: str) -> str:
    """A value with a slash for each line break, because the readers keep different blanks around
    them."""
    return re.sub(r"[ \t]*\n[ \t]*", " / ", value.strip())


def without_signs(value: str) -> str:
    """A value without the backslashes at the ends of its lines, which Splunk's parser keeps."""
    return re.sub(r"\\[ \t]*\n", "\n", value)


def splunks_parser(text: str) -> Reading:
    from addonfactory_splunk_conf_parser_lib import COMMENT_KEY, TABConfigParser

    parser = TABConfigParser()
    wrong: set[int] = set()
    try:
        parser.read_file(io.StringIO(text))
    except ParsingError as error:
        wrong = {line for line, _ in error.errors}
    settings: Settings = {}
    for line in parser.fields_outside_stanza:
        key, _, value = line.partition("=")
        settings["", key.strip()] = normal(value)
    for stanza, pairs in parser._sections.items():
        for key, value in pairs.items():
            if key != "__name__" and not key.startswith(COMMENT_KEY):
                # After a wrong line the parser leaves values as lists of lines.
                joined = "\n".join(value) if isinstance(value, list) else value
                settings[stanza, key] = normal(without_signs(joined))
    return Reading(settings, wrong)


def ksconfs_parser(text: str) -> Reading:
    from ksconf.conf.parser import GLOBAL_STANZA, PARSECONF_LOOSE, parse_conf_string

    settings: Settings = {}
    for stanza, pairs in parse_conf_string(text, profile=PARSECONF_LOOSE).items():
        for key, value in pairs.items():
            name = "" if stanza is GLOBAL_STANZA else stanza.strip()
            settings[name, key] = normal(value)
    return Reading(settings, set())  # in this profile it skips wrong lines


_REPORT = re.compile(
    r"cloudhijack: .*?x\.conf:(\d+):(?: \[([^]]*)\])?(?: (.*?):)?"
    r" ((?:invalid value|unknown key|unknown stanza|not a valid line|the stanza's name).*)"
)
_QUOTED = re.compile(r'invalid value "(.*)"; it accepts .*')
_SERVICE = re.compile(r"service (\S+): (.*), threshold (\d+), (\d+) calls?")


def reading_in(reports: str) -> Reading:
    """The reading that the messages of `check-config` show."""
    settings: Settings = {}
    wrong: set[int] = set()
    last: dict[tuple[str, str], int] = {}
    for line in reports.splitlines():
        if "the stanza has no key" in line:
            continue  # about a stanza as a whole
        match = _REPORT.fullmatch(line)
        assert match is not None, line
        number, stanza, key, text = int(match[1]), match[2] or "", match[3], match[4]
        if "not a valid line" in text or "has no closing" in text:
            wrong.add(number)
            continue
        assert key is not None, line
        if last.get((stanza, key), 0) < number:  # of equal keys the last one counts
            last[stanza, key] = number
            quoted = _QUOTED.fullmatch(text)
            # A message shows a line break as a dot; the generated values have no dots.
            settings[stanza, key] = normal(quoted[1].replace(".", "\n")) if quoted else None
    return Reading(settings, wrong)


class Program:
    def __init__(self, path: str, folder: str) -> None:
        self._path = path
        self._conf = Path(folder) / "x.conf"

    def _run(self, text: str) -> subprocess.CompletedProcess[str]:
        self._conf.write_text(text, encoding="utf-8")
        command = [self._path, "check-config", str(self._conf)]
        return subprocess.run(command, capture_output=True, text=True, encoding="utf-8")

    def reading(self, text: str) -> Reading:
        """Of a text in which nothing is right."""
        return reading_in(self._run(text).stderr)

    def services(self, text: str) -> dict[str, tuple[str, int, int]]:
        """Of a text in which everything is right: label, threshold and number of calls."""
        done = self._run(text)
        if done.returncode != 0:
            sys.exit(f"{text}\n{done.stderr}check-config refuses this text")
        return {
            match[1]: (match[2], int(match[3]), int(match[4]))
            for match in map(_SERVICE.fullmatch, done.stdout.splitlines())
            if match
        }


# Generated texts.

BLANKS = ["", "", " ", "  "]
WORDS = [
    "x",
    "Zo\u00eb",
    "a=b",
    "=",
    "#",
    "[y]",
    "]",
    "a,b",
    '"q"',
    "'",
    "$k$",
    "`m`",
    "c\\d",
    "-",
    "z" * 40,
]


def wrong_value(rng: random.Random) -> str:
    """A value that no key accepts, over one or several lines. It fits into a message."""
    lines = []
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        # A line of a value begins with a letter: one that begins with # is a comment for some.
        words = ["v w", *rng.choices(WORDS, k=rng.randrange(3))]
        lines.append(rng.choice(BLANKS) + " ".join(words))
    return (rng.choice(["", " "]) + "\\\n").join(lines)[:90].rstrip("\\\n ")


def wrong_text(rng: random.Random, indented: bool) -> str:
    """Settings of which none is right, comments, blank lines, and repeated stanzas and keys."""
    before = BLANKS if indented else [""]
    text = ""
    for _ in range(rng.randrange(1, 6)):
        stanza = rng.choice(
            ["service:a", "service:b", "price:m*", "evidence:burst", "odd", "odd name", "a=b"]
        )
        text += f"[{stanza}]" + rng.choice(BLANKS) + "\n"
        for _ in range(rng.randrange(5)):
            key = rng.choice(
                {
                    "service": ["threshold", "source", "disabled", "nonsense"],
                    "price": ["input", "output", "other"],
                    "evidence": ["score", "disabled", "who knows"],
                }.get(stanza.partition(":")[0], ["k", "two words", "k.1"])
            )
            text += rng.choice(
                [
                    f"{rng.choice(before)}{key}{rng.choice(BLANKS)}={wrong_value(rng)}\n",
                    f"{key} = {wrong_value(rng)}\n",
                    "# a comment = 1\n",
                    f"#{key} = 5\n",
                    "\n",
                    "   \n",
                ]
            )
    return text


def with_wrong_lines(rng: random.Random, text: str) -> tuple[str, set[int]]:
    """The text with some lines that are not conf syntax, and their numbers."""
    lines = text.splitlines()
    # Not within a value, and not before the first stanza, where Splunk's parser accepts any line.
    places = [i for i in range(1, len(lines)) if not lines[i - 1].endswith("\\")]
    chosen = sorted(rng.sample(places, min(len(places), rng.randrange(1, 3))), reverse=True)
    for place in chosen:
        lines.insert(place, rng.choice(["no sign", "word", "a b c"]))
    added = {place + 1 + i for i, place in enumerate(reversed(chosen))}
    return "\n".join(lines) + "\n", added


def right_text(rng: random.Random) -> str:
    """Services in which everything is right."""
    text = ""
    for id in rng.choices(["g1", "g2", "g3"], k=rng.randrange(1, 5)):
        text += f"[service:{id}]\nsource = {id}\n"
        settings = [
            f"label = L{' '.join(rng.choices([*WORDS, 'a.b'], k=3))} e",
            f"threshold={rng.randrange(1000)}",
            "volume = " + rng.choice([" ", " \\\n    "]).join(rng.sample("ABCDEF", k=3)),
            "recon=" + " \\\n".join(f"List{rng.randrange(9)}" for _ in range(2)),
            "# threshold = 5",
            "",
        ]
        text += "\n".join(rng.choices(settings, k=rng.randrange(1, 6))) + "\n"
    return text


def expected_services(settings: Settings) -> dict[str, tuple[str | None, str | None, int]]:
    """What the settings say of each service; None is a key that is not set."""
    ids = {stanza.partition(":")[2] for stanza, _ in settings if stanza.startswith("service:")}
    found = {}
    for id in ids:
        keys = {
            key: value for (stanza, key), value in settings.items() if stanza == f"service:{id}"
        }
        if keys.get("disabled") == "true":
            continue
        calls = {
            (call.source, call.name)
            for phase in PHASES
            for call in calls_in((keys.get(phase) or "").replace(" / ", " "), keys.get("source"))
        }
        found[id] = (keys.get("label"), keys.get("threshold"), len(calls))
    return found


SPLUNKS, KSCONFS = "Splunk's parser for add-ons", "ksconf"
READERS: dict[str, Callable[[str], Reading]] = {SPLUNKS: splunks_parser, KSCONFS: ksconfs_parser}


def differences(program: Reading, other: Reading) -> list[str]:
    """Each setting about which two readers differ."""
    found = []
    for place in sorted(program.settings.keys() | other.settings.keys()):
        if place not in other.settings:
            found.append(f"{place} is read by the program only")
        elif place not in program.settings:
            found.append(f"{place} is not read by the program")
        elif (value := program.settings[place]) is not None and value != other.settings[place]:
            found.append(f"{place} is {value!r}, not {other.settings[place]!r}")
    return found


def fail(text: str, what: str) -> None:
    numbered = "\n".join(f"{i:4} {line}" for i, line in enumerate(text.splitlines(), 1))
    sys.exit(f"{numbered}\nconf readers: {what}")


def compare_wrong_texts(program: Program) -> int:
    rng = random.Random(1)
    seen = 0
    for turn in range(ROUNDS):
        indented = turn % 4 == 0
        text = wrong_text(rng, indented)
        reading = program.reading(text)
        if reading.wrong_lines:
            fail(text, f"the program finds the lines {reading.wrong_lines} wrong")
        for name, reader in READERS.items():
            if indented and name == KSCONFS:
                continue  # it keeps the blanks before a key
            for difference in differences(reading, reader(text)):
                fail(text, f"{difference} ({name})")
        seen += len(reading.settings)
        text, added = with_wrong_lines(rng, text)
        wrong = program.reading(text).wrong_lines, splunks_parser(text).wrong_lines
        if wrong != (added, added):
            fail(text, f"the lines {sorted(added)} are wrong; the readers say {wrong}")
    return seen


def compare_right_texts(program: Program) -> int:
    rng = random.Random(2)
    seen = 0
    for text in [CATALOGUE.read_text("utf-8"), *(right_text(rng) for _ in range(ROUNDS))]:
        printed = program.services(text)
        for name, reader in READERS.items():
            for id, (label, threshold, calls) in expected_services(reader(text).settings).items():
                shown = printed.get(id, ("", 0, 0))
                right = label in (None, shown[0]) and threshold in (None, str(shown[1]))
                if not right or shown[2] != calls:
                    fail(text, f"{id} is {shown}, not {(label, threshold, calls)} ({name})")
                seen += 1
    return seen


def flat(value: str | None) -> str:
    """A normal value without its line breaks."""
    return " ".join((value or "").replace(" / ", " ").split())


def compare_shipped_files() -> int:
    """All conf files of the app, with the tests' own reader."""
    seen = 0
    for path in sorted((ROOT / "default").glob("*.conf")):
        text = path.read_text(encoding="utf-8")
        own: Settings = {
            (stanza, key): flat(normal(value))
            for stanza, pairs in read_stanzas(text).items()
            for key, value in pairs.items()
        }
        for name, reader in READERS.items():
            other = {place: flat(value) for place, value in reader(text).settings.items()}
            for difference in differences(Reading(own, set()), Reading(other, set())):
                sys.exit(f"conf readers: {path.name}: {difference} ({name})")
        seen += len(own)
    return seen


# Forms about which the readers differ, with the readers that differ from the program. Splunk
# documents only # as the beginning of a comment, and only = after a key; so does the program read
# them. A form that is no longer read differently belongs into the generated texts.
DIFFERENCES: dict[str, tuple[str, set[str]]] = {
    "a comment with ;": ("[service:a]\n; threshold = v\n", {SPLUNKS, KSCONFS}),
    "a comment with *": ("[service:a]\n* threshold = v\n", {SPLUNKS}),
    "a comment with rem": ("[service:a]\nrem threshold = v\n", {SPLUNKS}),
    "a comment after a value": ("[service:a]\nthreshold = v ; w\n", {SPLUNKS}),
    "a colon after a key": ("[service:a]\nthreshold: v = w\n", {SPLUNKS}),
    "a value of two quotes": ('[service:a]\nthreshold = ""\n', {SPLUNKS}),
    "blanks before a key": ("[service:a]\n  threshold = v\n", {KSCONFS}),
    "a tab before a key": ("[service:a]\nsource = v w\n\tthreshold = v\n", {SPLUNKS, KSCONFS}),
    "a # in a continued value": ("[service:a]\nthreshold = v \\\n# w\nsource = v w\n", {SPLUNKS}),
    "a backslash after a comment": ("[service:a]\n# v \\\nthreshold = v\n", {KSCONFS}),
    "blanks after a backslash": ("[service:a]\nthreshold = v \\ \nw\n", {KSCONFS}),
    "blanks in the brackets of a stanza": ("[ service:a ]\nthreshold = v\n", {SPLUNKS}),
    "the stanza DEFAULT": ("[DEFAULT]\nthreshold = v\n", {SPLUNKS}),
}


def compare_known_differences(program: Program) -> int:
    """So the comparison does find differences, too."""
    for form, (text, expected) in DIFFERENCES.items():
        reading = program.reading(text)
        differ = {name for name, reader in READERS.items() if differences(reading, reader(text))}
        if differ != expected:
            fail(text, f"{form} is read differently by {sorted(differ)}, not {sorted(expected)}")
    return len(DIFFERENCES)


def main(path: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        program = Program(path, folder)
        settings = compare_wrong_texts(program)
        services = compare_right_texts(program)
        known = compare_known_differences(program)
    shipped = compare_shipped_files()
    print(
        f"conf readers: {' and '.join(READERS)} read {settings} settings, {services} services and "
        f"the {shipped} settings of the app's files as the program and its tests do; "
        f"{known} forms are known to differ"
    )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
