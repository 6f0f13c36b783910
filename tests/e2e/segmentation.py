"""How Splunk cuts an event into the tokens of its index, by the rules that Splunk publishes.

Where the rules leave a doubt, fewer tokens are taken: what is found here is found by any reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# "Default is ..." of MAJOR and of MINOR in segmenters.conf.spec, the same in versions 7.2 to 9.0:
# https://docs.splunk.com/Documentation/Splunk/9.0.4/Admin/Segmentersconf
# There \s is a blank, \n, \r and \t are what they are in C, and \\ is one backslash. The segmenter
# of an event is `indexing` unless its props.conf says otherwise (SEGMENTATION), and it reads the
# whole event (LOOKAHEAD = -1) and keeps tokens of any length and number (MAJOR_LEN and the like):
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
    # has the piece behind the last minor breaker too; it is left out here.
    yield segment
    last = 0
    for breaker in _MINOR.finditer(segment):
        yield segment[: breaker.start()]
        yield segment[last : breaker.start()]
        last = breaker.end()


def index_tokens(event: str) -> set[str]:
    """The tokens under which the index finds the event.

    In lower case: "By default, searches are case-insensitive",
    https://docs.splunk.com/Documentation/Splunk/9.0.5/Search/UseCASEandTERMtomatchphrases
    """
    return {
        token.lower() for segment in _MAJOR.split(event) for token in _tokens_of_segment(segment)
    }


def has_breaker(text: str) -> bool:
    """Whether Splunk would cut a search's term in pieces."""
    return bool(_MAJOR.search(text) or _MINOR.search(text))
