"""Lists as one array parameter: the same statement for any number of elements."""

from collections.abc import Collection, Sequence

from sqlalchemy import BigInteger, ColumnElement, Integer, Text, any_, cast, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute


def is_one_of(
    column: InstrumentedAttribute[int] | InstrumentedAttribute[int | None],
    numbers: Collection[int],
) -> ColumnElement[bool]:
    """Return the condition that a column has one of these numbers."""
    return column == any_(cast(list(numbers), ARRAY(BigInteger)))


def is_one_of_words(
    column: InstrumentedAttribute[str], words: Collection[str]
) -> ColumnElement[bool]:
    """Return the condition that a column has one of these words."""
    return column == any_(words_of(words))


def words_of(words: Collection[str]) -> ColumnElement[Sequence[str]]:
    """Return a text[] value."""
    return literal(list(words), ARRAY(Text))


def integers(numbers: Collection[int]) -> ColumnElement[Sequence[int]]:
    """Return an integer[] value."""
    return literal(list(numbers), ARRAY(Integer))
