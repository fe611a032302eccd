"""Everything that a request names, looked up in one statement."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.catalog.search import statements, texts, vocabulary
from app.catalog.search.query import Facet, SearchRequest, is_slug

LOOKUP = """
SELECT
  (SELECT {in_scope} FROM facet_tally WHERE value_id = 0 AND other_id = 0),
  (SELECT all_count FROM facet_tally WHERE value_id = 0 AND other_id = 0),
  ARRAY(
    SELECT known.id
    FROM unnest(%(facets)s::text[], %(values)s::text[]) WITH ORDINALITY
      AS asked (facet, value, place)
    LEFT JOIN (
      facet_value AS known
      JOIN facet_tally ON value_id = 0 AND other_id = known.id AND {visible} > 0
    ) ON known.facet = asked.facet AND known.value = asked.value
    ORDER BY asked.place
  ),
  ARRAY(
    SELECT ARRAY[typed.place, nearest.id]
    FROM unnest(%(words)s::text[]) WITH ORDINALITY AS typed (word, place)
    CROSS JOIN LATERAL ({nearest}) AS nearest
  )
"""


@dataclass(frozen=True, slots=True)
class Lookup:
    """
    What a request names.

    How many datasets it looks through and there are in all, the ids of the facet values that
    the viewer may know of, and the numbers of the words that each of its words stands for.
    """

    in_scope: int
    all_rows: int
    values: Mapping[tuple[Facet, str], int]
    words: Mapping[str, tuple[int, ...]]


NOTHING = Lookup(in_scope=0, all_rows=0, values={}, words={})


def look_up(session: Session, request: SearchRequest, runs: Collection[str]) -> Lookup:
    """
    Look up a request whose text has these runs.

    Chinese characters name nothing, and how many datasets there are is told by what matches.
    """
    words = list(dict.fromkeys(texts.words_of(runs)))
    if runs and not words and not request.filters:
        return NOTHING
    asked = [
        (facet, value)
        for facet, values in request.filters.items()
        for value in values
        if is_slug(value)
    ]
    parameters = {
        **vocabulary.LIMITS,
        "words": words,
        "facets": [facet.value for facet, _ in asked],
        "values": [value for _, value in asked],
    }
    statement = LOOKUP.format(
        in_scope=count_column(request),
        visible=visible_column(request),
        nearest=vocabulary.NEAREST,
    )
    row = statements.fetch(session, statement, parameters)[0]
    in_scope, all_rows, value_ids, found = row
    standing_for: dict[str, list[int]] = {word: [] for word in words}
    for place, word_id in found:
        standing_for[words[place - 1]].append(word_id)
    return Lookup(
        in_scope=in_scope or 0,
        all_rows=all_rows or 0,
        values={one: value for one, value in zip(asked, value_ids, strict=True) if value},
        words={word: tuple(numbers) for word, numbers in standing_for.items()},
    )


def count_column(request: SearchRequest) -> str:
    """Return the column of `facet_tally` that counts what the request looks through."""
    if request.include_subsets:
        return visible_column(request)
    return "top_count" if request.sees_team else "public_top_count"


def visible_column(request: SearchRequest) -> str:
    """Return the column of `facet_tally` that counts what the viewer may see."""
    return "all_count" if request.sees_team else "public_all_count"
