"""How Splunk splits an event into the tokens of its index, by the rules that Splunk publishes.

If the rules are ambiguous, this code makes fewer tokens, so that a search that finds an event here
finds it under any reading of the rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# "Default is ..." of MAJOR and of MINOR in segmenters.conf.spec, the same in versions 7.2 to 9.0:
# https://docs.splunk.com/Documentation/Splunk/9.0.4/Admin/Segmentersconf
# There, \s is a blank, \n, \r and \t mean the same as in C, and \\ is one backslash. The segmenter
# of an event is `indexing` unless its props.conf says otherwise (SEGMENTATION). It reads the whole
# event (LOOKAHEAD = -1) and keeps any number of tokens of any length (MAJOR_LEN and the like):
# https://docs.splunk.com/Documentation/Splunk/9.1.3/Admin/Propsconf
MAJOR = (
    *"[]<>(){}|!;,'\"*\n\r \t&?+",
    *("%21", "%26", "%2526", "%3B", "%7C", "%20", "%2B", "%3D", "--", "%2520"),
    *("%5D", "%5B", "%3A", "%0A", "%2C", "%28", "%29"),
)
MINOR = tuple("/:=@.-$#%\\_")

_MAJOR = re.compile("|".join(map(re.escape, sorted(MAJOR, key=len, reverse=True))))
_MINOR = re.compile("|".join(map(re.escape, MINOR)))


def _tokens_of_segment(segment: str) -> Iterator[str]:
    # "In addition to the segments specified by the major breakers, for each minor breaker found,
    # Splunk indexes the token from the last major breaker to the current minor breaker and from the
    # last minor breaker to the current minor breaker." (MINOR, on the page of MAJOR.) The example
    # at https://docs.splunk.com/Documentation/Splunk/9.0.4/Search/Eventsegmentationandsearching
    # also has the piece after the last minor breaker, which this function omits.
    yield segment
    last = 0
    for breaker in _MINOR.finditer(segment):
        yield segment[: breaker.start()]
        yield segment[last : breaker.start()]
        last = breaker.end()


def index_tokens(event: str) -> set[str]:
    """The tokens under which the index finds the event.

    They are in lower case: "By default, searches are case-insensitive",
    https://docs.splunk.com/Documentation/Splunk/9.0.5/Search/UseCASEandTERMtomatchphrases
    """
    return {
        token.lower() for segment in _MAJOR.split(event) for token in _tokens_of_segment(segment)
    }


def has_breaker(text: str) -> bool:
    """Whether Splunk would split a search term into several tokens."""
    return bool(_MAJOR.search(text) or _MINOR.search(text))
