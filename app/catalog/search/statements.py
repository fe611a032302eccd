"""
Statements written as SQL: a search is too much SQL to be put together from objects each time.

What varies is which of a few fixed conditions a statement has; every value is a parameter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from sqlalchemy.orm import Session

Parameters = Mapping[str, object]


@dataclass(slots=True)
class Clauses:
    """Conditions that must all hold, with the values of their parameters."""

    conditions: list[str] = field(default_factory=list)
    parameters: dict[str, object] = field(default_factory=dict)

    def add(self, condition: str, **parameters: object) -> Self:
        """Add a condition; `%(name)s` stands for the value of a parameter."""
        self.conditions.append(condition)
        self.parameters.update(parameters)
        return self

    def extend(self, other: "Clauses") -> Self:
        """Add the conditions of others."""
        self.conditions += other.conditions
        self.parameters.update(other.parameters)
        return self

    def sql(self) -> str:
        """Return them as one condition."""
        return " AND ".join(self.conditions) or "true"


def fetch(session: Session, statement: str, parameters: Parameters) -> Sequence[Any]:
    """Return the rows of a statement, run in the session's transaction."""
    return session.connection().exec_driver_sql(statement, dict(parameters)).all()
