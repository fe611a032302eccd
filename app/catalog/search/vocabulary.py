"""The Latin words of the catalogue: their numbers, and which of them a typed word stands for."""

from collections.abc import Collection

from sqlalchemy import Select, func, literal, or_, select, union_all
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.catalog.search import arrays
from app.catalog.search.models import SearchWord

# From so many letters on, a typed word also stands for the words that begin with it,
MIN_PREFIX = 3
# and from so many on for those that contain it: "pajama" finds RedPajama.
MIN_INSIDE = 4
# The most words that one typed word stands for, the shortest first.
MAX_WORDS = 256
# Sorts after every letter and digit, so it ends the range of words with a prefix.
AFTER_LETTERS = "{"
LETTERS = "^[a-z]+$"


def number_words(session: Session, words: Collection[str]) -> dict[str, int]:
    """Return the numbers of words, giving one to those that are new; needs the writers' lock."""
    numbers = _find(session, words)
    missing = sorted(set(words) - numbers.keys())
    if missing:
        new = func.unnest(arrays.words_of(missing)).column_valued("word")
        rows = session.execute(
            insert(SearchWord)
            .from_select(["word", "is_letters"], select(new, new.regexp_match(LETTERS)))
            .returning(SearchWord.word, SearchWord.id)
        )
        numbers |= {row.word: row.id for row in rows}
    return numbers


def _find(session: Session, words: Collection[str]) -> dict[str, int]:
    rows = session.execute(
        select(SearchWord.word, SearchWord.id).where(arrays.is_one_of_words(SearchWord.word, words))
    )
    return {row.word: row.id for row in rows}


def expand(session: Session, words: Collection[str]) -> dict[str, tuple[int, ...]]:
    """Return the numbers of the words that each typed word stands for, the shortest first."""
    found: dict[str, list[int]] = {word: [] for word in words}
    if found:
        parts = [_standing_for(word) for word in sorted(found)]
        for row in session.execute(union_all(*parts)):
            found[row.typed].append(row.id)
    return {word: tuple(numbers) for word, numbers in found.items()}


def _standing_for(word: str) -> Select[tuple[str, int]]:
    conditions = [SearchWord.word == word]
    if len(word) >= MIN_PREFIX:
        conditions = [(SearchWord.word >= word) & (SearchWord.word < word + AFTER_LETTERS)]
    if len(word) >= MIN_INSIDE:
        conditions.append(SearchWord.is_letters & SearchWord.word.contains(word))
    nearest = (
        select(literal(word).label("typed"), SearchWord.id)
        .where(or_(*conditions))
        .order_by(func.length(SearchWord.word), SearchWord.word)
        .limit(MAX_WORDS)
        .subquery()
    )
    return select(nearest.c.typed, nearest.c.id)
