"""Words that no dataset contains, and the nearest ones that some dataset does contain."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.catalog.search import statements, terms
from app.catalog.search.texts import Text

# A shorter word is near to too many others.
MIN_LENGTH = 4
# So many letters may differ in a word of so many letters, at least.
DISTANCES = ((7, 2), (MIN_LENGTH, 1))
# A mistyped letter changes up to three trigrams, a large part of a short word's.
SIMILARITY = "0.2"
CANDIDATES = 50
CHECKED = 8
# The most words of a text that are corrected.
MOST_WORDS = 4

THRESHOLD = """
SELECT show_limit(), set_config('pg_trgm.similarity_threshold', %(similarity)s, true)
"""
SIMILAR = """
SELECT word, id FROM search_word
WHERE is_letters AND word %% %(word)s
ORDER BY similarity(word, %(word)s) DESC, word
LIMIT %(most)s
"""
ANYWHERE = """
SELECT count(*) FROM dataset_search WHERE terms && %(terms)s::integer[] AND {where}
"""
EACH = """
SELECT one.number,
  (SELECT count(*) FROM dataset_search WHERE terms @> ARRAY[one.term] AND {where})
FROM unnest(%(numbers)s::integer[], %(terms)s::integer[]) AS one (number, term)
"""


class Sample(NamedTuple):
    """One dataset in `factor`, and which."""

    factor: int
    condition: str


SAMPLES = (Sample(256, "sample >= 2"), Sample(1, "true"))


@dataclass(frozen=True, slots=True)
class Correction:
    """A word as it was typed, and the word that was searched instead."""

    typed: str
    used: str


def correct(session: Session, typed: Text, *, sees_team: bool) -> tuple[Correction, ...]:
    """Return the nearest word for words of the text that no visible dataset contains."""
    found = []
    for word in [word for word in typed.words if _is_correctable(word)][:MOST_WORDS]:
        if not _is_anywhere(session, typed.standing_for[word], sees_team=sees_team):
            used = _nearest(session, word, sees_team=sees_team)
            if used is not None:
                found.append(Correction(word, used))
    return tuple(found)


def distance(left: str, right: str) -> int:
    """
    Return how many letters to insert, drop, change or swap, to make one word the other.

    >>> distance("slimpajma", "slimpajama"), distance("piel", "pile")
    (1, 1)
    """
    before: list[int] = []
    last = list(range(len(right) + 1))
    for i, letter in enumerate(left, start=1):
        current = [i]
        for j, other in enumerate(right, start=1):
            cost = min(last[j] + 1, current[j - 1] + 1, last[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == right[j - 2] and left[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        before, last = last, current
    return last[-1]


def _is_correctable(word: str) -> bool:
    return len(word) >= MIN_LENGTH and word.isalpha()


def _is_anywhere(session: Session, numbers: Sequence[int], *, sees_team: bool) -> bool:
    """Return whether a visible dataset has one of these words."""
    if not numbers:
        return False
    parameters = {"terms": [terms.word(number) for number in numbers]}
    return any(
        statements.fetch(session, _with_condition(ANYWHERE, sample, sees_team), parameters)[0][0]
        for sample in SAMPLES
    )


def _nearest(session: Session, word: str, *, sees_team: bool) -> str | None:
    """Return the visible word with the fewest letters changed, of those the most frequent."""
    most = next(changes for length, changes in DISTANCES if len(word) >= length)
    parameters = {"word": word, "similarity": SIMILARITY, "most": CANDIDATES}
    # The threshold is a setting only once a connection has called pg_trgm.
    statements.fetch(session, THRESHOLD, parameters)
    candidates = statements.fetch(session, SIMILAR, parameters)
    near = [(distance(word, other), other, word_id) for other, word_id in candidates]
    near = sorted(one for one in near if one[0] <= most)[:CHECKED]
    counts: dict[int, int] = {}
    for sample in SAMPLES:
        # What the sample has none of, few datasets have, and all of those can be counted.
        numbers = [word_id for _, _, word_id in near if not counts.get(word_id)]
        rows = statements.fetch(
            session,
            _with_condition(EACH, sample, sees_team),
            {"terms": [terms.word(number) for number in numbers], "numbers": numbers},
        )
        counts |= {number: count * sample.factor for number, count in rows}
    visible = [(changes, -counts[one], other) for changes, other, one in near if counts[one]]
    return min(visible)[2] if visible else None


def _with_condition(statement: str, sample: Sample, sees_team: bool) -> str:
    where = sample.condition if sees_team else f"{sample.condition} AND is_public"
    return statement.format(where=where)
