"""Words that no dataset contains, and the nearest ones that some dataset does contain."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from app.catalog.search import arrays, planner, statements, terms, texts
from app.catalog.search.models import DatasetSearch, SearchWord
from app.catalog.search.texts import Text

# A shorter word is near to too many others.
MIN_LENGTH = 4
# So many letters may differ in a word of so many letters, at least.
DISTANCES = ((7, 2), (MIN_LENGTH, 1))
# A mistyped letter changes up to three trigrams, a large part of a short word's.
SETTINGS = {
    **planner.SEARCHING,
    # Whether there is a row must not be tried row by row.
    "enable_indexscan": "off",
    "pg_trgm.similarity_threshold": "0.2",
}
CANDIDATES = 50
CHECKED = 8
SAMPLE = 2
# Beyond so many datasets one word is as common as another.
COMMON = 100


@dataclass(frozen=True, slots=True)
class Correction:
    """A word as it was typed, and the word that was searched instead."""

    typed: str
    used: str


def correct(session: Session, text: Text, *, sees_team: bool) -> tuple[Correction, ...]:
    """Return the nearest word for each word of the text that no visible dataset contains."""
    # Its threshold is a setting only once a connection has called pg_trgm.
    statements.fetch(session, "SELECT show_limit()", {})
    with planner.guided(session, SETTINGS):
        unknown = [word for word in _unknown(session, text, sees_team) if _is_correctable(word)]
        found = ((word, _nearest(session, word, sees_team)) for word in unknown)
        return tuple(Correction(word, used) for word, used in found if used is not None)


def apply(session: Session, text: Text, corrections: Sequence[Correction]) -> Text:
    """Return the text with its words corrected."""
    used = {one.typed: one.used for one in corrections}
    return texts.from_runs(session, [used.get(run, run) for run in text.runs])


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


def _unknown(session: Session, text: Text, sees_team: bool) -> list[str]:
    found = []
    for word in text.words:
        word_terms = arrays.integers([terms.word(word_id) for word_id in text.standing_for[word]])
        some = exists().where(DatasetSearch.terms.overlap(word_terms), *_visible(sees_team))
        # Of a word that many datasets have, the sample has some, at a fraction of the cost.
        found.append(some.where(DatasetSearch.sample >= SAMPLE) | some)
    row = session.execute(select(*found)).one()
    return [word for word, is_known in zip(text.words, row, strict=True) if not is_known]


def _nearest(session: Session, word: str, sees_team: bool) -> str | None:
    """Return the visible word with the fewest letters changed, of those the most frequent."""
    most = next(changes for length, changes in DISTANCES if len(word) >= length)
    candidates = session.execute(
        select(SearchWord.word, SearchWord.id)
        .where(SearchWord.is_letters, SearchWord.word.bool_op("%")(word))
        .order_by(func.similarity(SearchWord.word, word).desc(), SearchWord.word)
        .limit(CANDIDATES)
    )
    near = [(distance(word, row.word), row.word, row.id) for row in candidates]
    near = sorted(one for one in near if one[0] <= most)[:CHECKED]
    if not near:
        return None
    matching = [
        select(DatasetSearch.dataset_id)
        .where(
            DatasetSearch.terms.contains(arrays.integers([terms.word(word_id)])),
            *_visible(sees_team),
        )
        .limit(COMMON)
        .subquery()
        for _distance, _word, word_id in near
    ]
    counts = session.execute(
        select(*(select(func.count()).select_from(part).scalar_subquery() for part in matching))
    ).one()
    visible = [
        (changes, -count, other)
        for (changes, other, _id), count in zip(near, counts, strict=True)
        if count
    ]
    return min(visible)[2] if visible else None


def _visible(sees_team: bool) -> list[ColumnElement[bool]]:
    return [] if sees_team else [DatasetSearch.is_public.is_(True)]
