"""Makes libFuzzer's dictionaries from the sources: the words that the program itself looks for.

Each dictionary has the string literals of some source files, with the parts of JSON paths, and the
words of some of the app's files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]

DIRECTIVE = re.compile(rb"^[ \t]*#.*$", re.MULTILINE)  # its strings are names of headers
LITERAL = re.compile(
    rb"""
    '(?:\\.|[^'\\\n])'  # a character, which can be a quote
  | (?<!\w)R"(?P<end>\w*)\((?P<raw>.*?)\)(?P=end)"
  | "(?P<text>(?:\\.|[^"\\\n])*)"
    """,
    re.VERBOSE | re.DOTALL,
)
ESCAPE = re.compile(rb"\\(?:x(?P<byte>[0-9A-Fa-f]+)|u(?P<character>[0-9A-Fa-f]{4})|(?P<letter>.))")
CONTROLS = dict(zip(b"0abtnvfr", b"\0\a\b\t\n\v\f\r"))  # other escaped letters mean themselves

WORD = re.compile(rb"[A-Za-z_][A-Za-z0-9_:.-]{2,}")
LONGEST = 64  # bytes that libFuzzer accepts in a word
JSON_TOKENS = (
    *(b'{"', b'":"', b'","', b'":{"', b'"},"', b'"}]}', b'":[{"'),
    *(b"\\u0022", b'\\"', b"\n{", b"}\n{"),
)
CSV_TOKENS = (b'""', b'","', b"\r\n", b",,", b"2026-03-02/2026-03-03", b"2026-W10=7")
BIDI_AND_MARK = ("\u202e".encode(), "\ufeff".encode())


class Words(NamedTuple):
    sources: Sequence[str] = ()  # globs of C++ files, whose literals count
    files: Sequence[str] = ()  # globs of other files, whose words count
    tokens: Sequence[bytes] = ()


LOGS = Words(["bin_src/log/*.cpp"], ["default/cloudhijack.conf"], JSON_TOKENS)
PARTIAL = Words(
    ["bin_src/partial/*.[ch]pp", "bin_src/detect/**/*partial*.cpp", "bin_src/scan/state*.[ch]pp"],
    (),
    (
        *(b"CATALOGUE", b"PROGRAM", b"DOCUMENTS,HASH"),
        *(b"]],", b"[[0,0,", b",18446744073709551615", b'":[['),
    ),
)
PROTOCOL = Words(
    ["bin_src/scp/*.cpp", "bin_src/search/*.[ch]pp", "bin_src/config/options.cpp"],
    (),
    (
        *(b"chunked 1.0,", b'{"action":"execute","finished":true}'),
        *(b'"searchinfo":{"args":["', b"__mv_"),
    ),
)

DICTIONARIES: dict[str, Words] = {
    **dict.fromkeys(("event_reader", "log_records", "call_filter", "calls", "envelopes"), LOGS),
    **dict.fromkeys(("damage", "record_splitter", "merge", "session"), LOGS),
    **dict.fromkeys(("partial_document", "state"), PARTIAL),
    **dict.fromkeys(("search_command", "chunk_reader"), PROTOCOL),
    "row_reader": Words(tokens=CSV_TOKENS),
    "lookups": Words(
        ["bin_src/config/*look*.cpp", "bin_src/rules/baseline*.cpp"],
        ["default/cloudhijack.conf", "README/*.csv.example"],
        CSV_TOKENS,
    ),
    "conf_file": Words(
        ["bin_src/config/*reader*.cpp", "bin_src/config/options.cpp"],
        ["default/cloudhijack.conf", "README/cloudhijack.conf.example"],
        (b"[service:", b"[evidence:", b"[price:", b"[defaults]", b" = "),
    ),
    "patterns": Words(["bin_src/rules/prices.cpp"], tokens=(b"**", b"*\n*", b"arn:aws:iam::")),
    "html_report": Words(
        ["bin_src/output/html*.cpp"],
        tokens=(
            *(b"<script>", b"</style>", b"]]>", b"-->", b"&#x3c;", b"javascript:"),
            *BIDI_AND_MARK,
        ),
    ),
    "row_formats": Words(
        tokens=(
            *(b"$;$", b"$$", b"'\\''", b"=1+1", b"~|"),
            *(*BIDI_AND_MARK, "\u2066".encode()),
        )
    ),
    "unpack": Words(tokens=(b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"\x50\x2a\x4d\x18")),
}


def _unescaped(escape: re.Match[bytes]) -> bytes:
    if byte := escape["byte"]:
        return bytes([int(byte, 16)])
    if character := escape["character"]:
        return chr(int(character, 16)).encode()
    letter = escape["letter"][0]
    return bytes([CONTROLS.get(letter, letter)])


def literals(source: bytes) -> Iterator[bytes]:
    """The string literals of a C++ source, as the bytes that the program has."""
    for found in LITERAL.finditer(DIRECTIVE.sub(b"", source)):
        if found["raw"] is not None:
            yield found["raw"]
        elif found["text"] is not None:
            yield ESCAPE.sub(_unescaped, found["text"])


def _words_of_source(source: bytes) -> Iterator[bytes]:
    for text in literals(source):
        # The parts of a JSON path are keys; see ShapePath.
        if re.fullmatch(rb"[\w.^\[\]]+", text):
            yield from (b'"%s":' % part for part in re.split(rb"[.^\[\]]+", text))
        yield text


def words_of(words: Words) -> list[bytes]:
    found = dict.fromkeys(words.tokens)
    for pattern in words.sources:
        for path in sorted(ROOT.glob(pattern)):
            found.update(dict.fromkeys(_words_of_source(path.read_bytes())))
    for pattern in words.files:
        for path in sorted(ROOT.glob(pattern)):
            found.update(dict.fromkeys(WORD.findall(path.read_bytes())))
    return [word for word in found if 2 <= len(word) <= LONGEST]


def entry(word: bytes) -> str:
    """The word's line in a dictionary."""
    plain = range(0x20, 0x7F)
    text = "".join(
        chr(byte) if byte in plain and byte not in b'"\\' else f"\\x{byte:02x}" for byte in word
    )
    return f'"{text}"\n'


def write_dictionary(target: str, path: Path) -> None:
    """Writes the dictionary of a target; an empty one if it has none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(map(entry, words_of(DICTIONARIES.get(target, Words())))))
