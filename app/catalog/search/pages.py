"""Read the rows of a result that is too large to be read whole."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.catalog.search import bands, facets, statements
from app.catalog.search.needs import RANKS, Needs, Tier
from app.catalog.search.orders import Row, Window
from app.catalog.search.statements import Clauses

# Reading a row costs about as much either way (docs/performance.md). In the order of tokens the
# first band is read by terms; reading all rows is shorter only where one in so many matches.
# Without a text more: a row's filters are soon checked, and many datasets have their terms.
DENSE, DENSE_WITHOUT_TEXT = 40, 200
# Matches may lie unevenly in an order: look at so many times as many rows as a page should take.
PATIENCE = 4
LEAST_LOOKED_AT = 1_000

# An index is read in its order while the planner takes that for cheaper than sorting everything.
MOST_LOOKED_AT = 16_384
# One branch of a statement: rows past all others in an order that an index has,
IN_ORDER = """
(SELECT {rank} AS rank, dataset_id, {key}
 FROM (
   SELECT * FROM dataset_search WHERE {beyond} ORDER BY {sorted} LIMIT {looked_at}
 ) AS near
 WHERE {where} ORDER BY {sorted} LIMIT %(size)s)
"""
# or all that match, and of these the first. OFFSET keeps the planner from the way above.
BY_TERMS = """
(SELECT {rank} AS rank, dataset_id, {key}
 FROM (SELECT dataset_id, {key} FROM dataset_search WHERE {where} AND {beyond} OFFSET 0) AS found
 ORDER BY {sorted} LIMIT %(size)s)
"""
IS_MORE = """
SELECT 1 FROM dataset_search WHERE {beyond} ORDER BY {sorted} OFFSET {looked_at} LIMIT 1
"""


class Branch(NamedTuple):
    """A part of a statement: rows of one rank beyond a place, found in one way."""

    statement: str
    where: Clauses
    window: Window
    rank: int


@dataclass(frozen=True, slots=True)
class Reader:
    """
    Reads the rows of a window among `all_rows`.

    There are two ways, and an estimate of how many rows match chooses the shorter one: in order,
    past all rows until the window is full; or by terms, one size band after the other where the
    order is that of tokens. Branches are run until there are rows enough.
    """

    session: Session
    window: Window
    all_rows: int
    sizes: Collection[str] = ()

    def read(self, needs: Needs, estimate: int) -> list[Row]:
        """Return the rows of what matches, whatever their rank."""
        return self._read((needs,), self.window, estimate)

    def read_by_rank(self, needs: Needs, estimates: dict[Tier, int]) -> list[Row]:
        """Return the rows tier by tier: exact names, matches in names, the others."""
        parts: list[tuple[Tier, ...]] = [("exact", "named"), ("unnamed",)]
        if self.window.is_backwards:
            # What is read in order may be incomplete, and nothing may follow that.
            parts = [("unnamed",), ("named",), ("exact",)]
        rows: list[Row] = []
        for tiers in parts:
            wanted = tuple(needs.within(tier) for tier in tiers if self._is_ahead(tier))
            part = replace(self.window, size=self.window.size - len(rows))
            if wanted and part.size:
                rows += self._read(wanted, part, max(estimates.get(tier, 0) for tier in tiers))
        return rows

    def _is_ahead(self, tier: Tier) -> bool:
        place = self.window.place
        if place is None or RANKS[tier] == place.rank:
            return True
        return (RANKS[tier] < place.rank) != self.window.is_backwards

    def _read(self, wanted: Sequence[Needs], window: Window, estimate: int) -> list[Row]:
        *exact, last = wanted
        if last.tier != "exact" and self._is_in_order_shorter(last, window, estimate):
            expected = window.size * self.all_rows // max(estimate, 1)
            looked_at = _rounded(LEAST_LOOKED_AT + PATIENCE * expected)
            branches = [branch for needs in exact for branch in self._by_terms(needs, window)]
            in_order = Branch(
                IN_ORDER, last.by_reading(), _of_rank(window, last), last.rank_of_tier
            )
            rows = self._fetch([*branches, in_order], window, looked_at)
            if len(rows) >= window.size or not self._is_more(in_order.window, looked_at):
                return rows
        by_terms = [branch for needs in wanted for branch in self._by_terms(needs, window)]
        return self._fetch(by_terms, window, 0)

    def _is_in_order_shorter(self, needs: Needs, window: Window, estimate: int) -> bool:
        if window.order.key == "tokens" and not self.sizes:
            dense = DENSE if needs.text.runs else DENSE_WITHOUT_TEXT
            return estimate * dense > self.all_rows
        return estimate**2 > window.size * self.all_rows

    def _by_terms(self, needs: Needs, window: Window) -> list[Branch]:
        window, rank = _of_rank(window, needs), needs.rank_of_tier
        if needs.tier == "exact":
            # Few rows have the very name, and an index finds them.
            return [Branch(BY_TERMS, needs.by_reading(), window, rank)]
        where = needs.by_terms()
        if window.order.key != "tokens":
            return [Branch(BY_TERMS, where, window, rank)]
        return [
            Branch(BY_TERMS, _in_band(term).extend(where), window, rank)
            for term in bands.ahead(window)
        ]

    def _fetch(self, branches: Sequence[Branch], window: Window, looked_at: int) -> list[Row]:
        parameters: dict[str, object] = {"size": window.size}
        selects = []
        for branch in branches:
            beyond = self._beyond(branch.window)
            selects.append(
                branch.statement.format(
                    rank=branch.rank,
                    key=window.order.key,
                    where=branch.where.sql(),
                    beyond=beyond.sql(),
                    sorted=window.sorted([window.order.key, "dataset_id"]),
                    looked_at=looked_at,
                )
            )
            parameters |= {**branch.where.parameters, **beyond.parameters}
        statement = " UNION ALL ".join(selects)
        if len(selects) > 1:
            statement += " LIMIT %(size)s"
        rows = statements.fetch(self.session, statement, parameters)
        return [Row(dataset_id, rank, key) for rank, dataset_id, key in rows]

    def _is_more(self, window: Window, looked_at: int) -> bool:
        """Return whether there are rows beyond those that were looked at."""
        if looked_at >= self.all_rows:
            return False
        beyond = self._beyond(window)
        statement = IS_MORE.format(
            beyond=beyond.sql(),
            sorted=window.sorted([window.order.key, "dataset_id"]),
            looked_at=looked_at,
        )
        return bool(statements.fetch(self.session, statement, beyond.parameters))

    def _beyond(self, window: Window) -> Clauses:
        found = window.beyond([window.order.key, "dataset_id"])
        if window.order.key == "tokens" and self.sizes:
            least, most = facets.range_of(self.sizes)
            # With both ends the planner would expect few rows and sort them.
            if window.is_falling:
                found.add("tokens <= %(most)s::bigint", most=most)
            else:
                found.add("tokens >= %(least)s::bigint", least=least)
        return found


def _rounded(rows: int) -> int:
    """Return a few powers of two only, so that there are only so many different statements."""
    return min(1 << (rows - 1).bit_length(), MOST_LOOKED_AT)


def _of_rank(window: Window, needs: Needs) -> Window:
    """Return the window without its place if that is in another tier."""
    if window.place is None or needs.tier is None or needs.rank_of_tier == window.place.rank:
        return window
    return replace(window, place=None)


def _in_band(term: int) -> Clauses:
    return Clauses().add(f"terms @> %(band{term})s::integer[]", **{f"band{term}": [term]})
