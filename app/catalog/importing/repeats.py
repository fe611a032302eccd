"""What many rows of a file have in common: each problem counted, however often it stands."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from app.catalog.exchange.items import Finding
from app.catalog.importing import findings

# Fewer rows are read faster one by one.
MIN_ROWS = 5
SHOWN = 10
# Of a file where each row has a problem of its own, none of which repeats.
MOST_KEPT = 5_000


@dataclass(slots=True)
class Repeats:
    """Counts findings that say the same of the same column."""

    _rows: dict[str, int] = field(default_factory=dict)
    _first: dict[str, Finding] = field(default_factory=dict)

    def add(self, found: Iterable[Finding]) -> None:
        """Count the findings of one row."""
        for one in found:
            key = json.dumps([one.code, one.column, dict(one.params)], default=str)
            if key in self._rows:
                self._rows[key] += 1
            elif len(self._rows) < MOST_KEPT:
                self._rows[key] = 1
                self._first[key] = one

    def to_json(self) -> list[dict[str, Any]]:
        """Return those that many rows have, as stored findings with their number of `rows`."""
        many = [key for key, rows in self._rows.items() if rows >= MIN_ROWS]
        many = sorted(many, key=lambda key: -self._rows[key])[:SHOWN]
        stored = findings.to_json(self._first[key] for key in many)
        return [one | {"rows": self._rows[key]} for one, key in zip(stored, many, strict=True)]
