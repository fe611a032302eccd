"""The Latin words of the catalogue: their numbers, and which of them a typed word stands for."""

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.catalog.search import arrays
from app.catalog.search.models import SearchWord

# From so many letters on, a typed word also stands for the words that begin with it,
MIN_PREFIX = 3
# and from so many on for those that contain it: "pajama" finds RedPajama.
MIN_INSIDE = 4
# The most words that one typed word stands for, the shortest first.
MAX_WORDS = 100
# Sorts after every letter and digit, so it ends the range of words with a prefix.
AFTER_LETTERS = "{"
LETTERS = "^[a-z]+$"

# The words that `typed.word` stands for, by one of three ways: its length decides.
NEAREST = """
SELECT found.id
FROM (
  SELECT id, word FROM search_word
  WHERE length(typed.word) < %(prefix)s AND word = typed.word
  UNION ALL
  SELECT id, word FROM search_word
  WHERE length(typed.word) >= %(prefix)s AND length(typed.word) < %(inside)s
    AND word >= typed.word AND word < typed.word || %(after)s
  UNION ALL
  SELECT id, word FROM search_word
  WHERE length(typed.word) >= %(inside)s AND word LIKE '%%' || typed.word || '%%'
) AS found
ORDER BY length(found.word), found.word
LIMIT %(most)s
"""
LIMITS = {
    "prefix": MIN_PREFIX,
    "inside": MIN_INSIDE,
    "after": AFTER_LETTERS,
    "most": MAX_WORDS,
}


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
