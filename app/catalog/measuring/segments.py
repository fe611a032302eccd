"""
Where a long text can be cut so that its parts have the same tokens as the whole.

The patterns of all vocabularies here end a piece after a run of line breaks, and begin a new one
at a letter or digit. So a cut between them changes nothing. A text without such a place is
cut anyway: the libraries take minutes over, or fail at, a million spaces.
"""

import re
from collections.abc import Iterator

LONGEST = 100_000
# A line break and then a Latin letter, a digit or a Chinese character.
_PLACE = re.compile(r"\n(?=[0-9A-Za-z\u4e00-\u9fff])")


def segments(text: str, longest: int = LONGEST) -> Iterator[str]:
    r"""
    Yield the parts of a text, each at most `longest` characters.

    >>> list(segments("one\ntwo\nthree", longest=8))
    ['one\ntwo\n', 'three']
    """
    start = 0
    while len(text) - start > longest:
        end = start + longest
        # The last place in the window: later parts are as long as they may be.
        place = text.rfind("\n", start, end)
        while place > start and not _PLACE.match(text, place):
            place = text.rfind("\n", start, place)
        end = place + 1 if place > start else end
        yield text[start:end]
        start = end
    yield text[start:]
