"""What the tables of quotes share: how exact amounts are, and the values of a state."""

from sqlalchemy import (
    Numeric,
)

# Eight places: prices per character or per token are that small. See docs/decisions/quotes.md.
MONEY = Numeric(24, 8)


AMOUNT = Numeric(20, 3)


RATE = Numeric(20, 10)


def one_of(column: str, values: type) -> str:
    """Return the condition that a column has one of an enumeration's values."""
    return f"{column} IN ({', '.join(repr(str(value)) for value in values)})"  # type: ignore[attr-defined]
