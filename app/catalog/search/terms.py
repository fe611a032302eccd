"""
Texts as the numbers that search compares.

A text is cut into runs of Chinese characters and of Latin letters and digits; everything else
separates. Two neighbouring Chinese characters make one term, so a word of two or more characters
is found anywhere in a run. A Latin word is a term of its own, by its number in `search_word`.
All terms of a row are one array of 32-bit integers under one index:

    0 ..            two Chinese characters
    800,000,000 ..  a Chinese character that stands alone
    800,100,000 ..  a Chinese character anywhere in a name
    900,000,000 ..  a facet value
    990,000,000 ..  a size band
    1,000,000,000 ..  a Latin word
    ~term           the same term in a name
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from itertools import pairwise

RUN = re.compile(r"[㐀-䶿一-鿿]+|[a-z0-9]+")

FIRST_CHINESE = "㐀"
FIRST_CHARACTER = ord(FIRST_CHINESE)
CHARACTERS = ord("鿿") - FIRST_CHARACTER + 1
FIRST_PAIR = FIRST_CHARACTER * CHARACTERS + FIRST_CHARACTER
ALONE = 800_000_000
IN_NAME = 800_100_000
FACET = 900_000_000
BAND = 990_000_000
WORD = 1_000_000_000

# A longer run of letters is no word; its beginning finds it.
MAX_WORD = 64
# Far above any description, far below what an index entry or a row may hold.
MAX_BODY = 12_000


def runs(text: str) -> list[str]:
    """
    Return the runs of Chinese characters and of Latin words of a text, in order.

    >>> runs("ＦｉｎｅＷｅｂ-Edu：中文、教育网页")
    ['fineweb', 'edu', '中文', '教育网页']
    """
    found = RUN.findall(unicodedata.normalize("NFKC", text).lower())
    if any(map(MAX_WORD.__lt__, map(len, found))):
        return [run if is_chinese(run) else run[:MAX_WORD] for run in found]
    return found


def normalise(text: str) -> str:
    """
    Return a text as its runs with a space between, to compare and to sort by.

    >>> normalise("The Pile (EleutherAI)")
    'the pile eleutherai'
    """
    return " ".join(runs(text))


def padded(text: str) -> str:
    """Return a normalised text, cut to what is kept, with a space before and after each run."""
    return f" {text[:MAX_BODY].strip()} "


def is_chinese(run: str) -> bool:
    """Return whether a run is of Chinese characters; else it is a Latin word."""
    return run[0] >= FIRST_CHINESE


def words(texts: Iterable[str]) -> set[str]:
    """Return the Latin words of normalised texts."""
    return {run for text in texts for run in text.split() if run[0] < FIRST_CHINESE}


def pairs(run: str) -> list[int]:
    """Return the terms of a run of two or more Chinese characters, one for each neighbour."""
    places = memoryview(run.encode("utf-16")).cast("H")[1:]
    return [left * CHARACTERS + right - FIRST_PAIR for left, right in pairwise(places)]


def alone(character: str) -> int:
    """Return the term of a Chinese character that stands alone."""
    return ALONE + ord(character) - FIRST_CHARACTER


def in_name(character: str) -> int:
    """Return the term of a Chinese character anywhere in a name."""
    return IN_NAME + ord(character) - FIRST_CHARACTER


def word(word_id: int) -> int:
    """Return the term of a Latin word."""
    return WORD + word_id


def facet(value_id: int) -> int:
    """Return the term of a facet value."""
    return FACET + value_id


def band(number: int) -> int:
    """Return the term of a size band."""
    return BAND + number


def text_terms(text: str, word_ids: Mapping[str, int]) -> set[int]:
    """Return the terms of a normalised text."""
    found: set[int] = set()
    for run in text.split():
        if run[0] < FIRST_CHINESE:
            found.add(WORD + word_ids[run])
        elif len(run) == 1:
            found.add(alone(run))
        else:
            found.update(pairs(run))
    return found


def document_terms(names: str, body: str, word_ids: Mapping[str, int]) -> set[int]:
    """
    Return the terms of the texts of one dataset, from its normalised names and all its texts.

    One character finds names only, or where it stands alone: anywhere else it is noise.
    """
    named = text_terms(names, word_ids)
    characters = {in_name(c) for run in names.split() if is_chinese(run) for c in run}
    return named | {~term for term in named} | characters | text_terms(body, word_ids)
