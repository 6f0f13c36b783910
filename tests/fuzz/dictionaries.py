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

LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_:.-]{2,}")
LONGEST = 60  # bytes that libFuzzer accepts in a word
JSON_TOKENS = ['{"', '":"', '","', '":{"', '"},"', '"}]}', '":[{"', "\\u0022", '\\"', "\n{", "}\n{"]
CSV_TOKENS = ['""', '","', "\r\n", ",,", "2026-03-02/2026-03-03", "2026-W10=7"]


class Words(NamedTuple):
    sources: Sequence[str] = ()  # globs of C++ files, whose literals count
    files: Sequence[str] = ()  # globs of other files, whose words count
    tokens: Sequence[str] = ()


LOGS = Words(["bin_src/log/*.cpp"], ["default/cloudhijack.conf"], JSON_TOKENS)
PARTIAL = Words(
    ["bin_src/partial/*.[ch]pp", "bin_src/detect/**/*partial*.cpp", "bin_src/scan/state*.[ch]pp"],
    (),
    ["CATALOGUE", "PROGRAM", "DOCUMENTS,HASH", "]],", "[[0,0,", ",18446744073709551615", '":[['],
)
PROTOCOL = Words(
    ["bin_src/scp/*.cpp", "bin_src/search/*.[ch]pp", "bin_src/config/options.cpp"],
    (),
    ["chunked 1.0,", '{"action":"execute","finished":true}', '"searchinfo":{"args":["', "__mv_"],
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
        ["[service:", "[evidence:", "[price:", "[defaults]", " = "],
    ),
    "patterns": Words(["bin_src/rules/prices.cpp"], tokens=["**", "*\n*", "arn:aws:iam::"]),
    "html_report": Words(
        ["bin_src/output/html*.cpp"],
        tokens=["<script>", "</style>", "]]>", "-->", "&#x3c;", "javascript:", "\u202e", "\ufeff"],
    ),
    "row_formats": Words(tokens=["$;$", "$$", "'\\''", "=1+1", "\u202e", "\ufeff", "\u2066", "~|"]),
    "unpack": Words(tokens=["\x1f\x8b\x08", "\x28\xb5\x2f\xfd", "\x50\x2a\x4d\x18"]),
}


def _literals(path: Path) -> Iterator[str]:
    for text in LITERAL.findall(path.read_text()):
        # The parts of a JSON path are keys; see ShapePath.
        for part in re.split(r"[.^\[\]]+", text) if re.fullmatch(r"[\w.^\[\]]+", text) else []:
            yield f'"{part}":'
        yield text.replace('\\"', '"').replace("\\\\", "\\")


def words_of(words: Words) -> list[str]:
    found = dict.fromkeys(words.tokens)
    for pattern in words.sources:
        for path in sorted(ROOT.glob(pattern)):
            found.update(dict.fromkeys(_literals(path)))
    for pattern in words.files:
        for path in sorted(ROOT.glob(pattern)):
            found.update(dict.fromkeys(WORD.findall(path.read_text())))
    return [word for word in found if 2 <= len(word.encode()) <= LONGEST]


def _entry(word: str, is_bytes: bool) -> str:
    data = word.encode("latin-1" if is_bytes else "utf-8")
    plain = range(0x20, 0x7F)
    return "".join(
        chr(byte) if byte in plain and byte not in b'"\\' else f"\\x{byte:02x}" for byte in data
    )


def write_dictionary(target: str, path: Path) -> None:
    """Writes the dictionary of a target; an empty one if it has none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    words = words_of(DICTIONARIES.get(target, Words()))
    path.write_text("".join(f'"{_entry(word, target == "unpack")}"\n' for word in words))
