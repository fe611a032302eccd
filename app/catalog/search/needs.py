"""What a row must have to be found, as conditions of a query."""

from dataclasses import dataclass, replace
from typing import Literal, Self

from sqlalchemy import ColumnElement, and_, case, false, literal, not_, or_

from app.catalog.search import arrays
from app.catalog.search.models import DatasetSearch
from app.catalog.search.texts import Groups, Text

# Parts of a result by how well the text matches: the very name, the names, anything.
Tier = Literal["exact", "named", "unnamed"]
RANKS: dict[Tier, int] = {"exact": 2, "named": 1, "unnamed": 0}


@dataclass(frozen=True, slots=True)
class Scope:
    """Which datasets somebody looks through: the subsets of one, all, or all but subsets."""

    sees_team: bool
    include_subsets: bool
    parent_id: int | None = None

    def conditions(self, table: type[DatasetSearch]) -> list[ColumnElement[bool]]:
        """Return what a row must satisfy to be looked at."""
        found: list[ColumnElement[bool]] = []
        if not self.sees_team:
            found.append(table.is_public.is_(True))
        if self.parent_id is not None:
            found.append(table.parent_id == self.parent_id)
        elif not self.include_subsets:
            found.append(table.parent_id.is_(None))
        return found


@dataclass(frozen=True, slots=True)
class Needs:
    """What rows must have: terms, phrases, a place in the scope; perhaps only one tier of them."""

    text: Text
    scope: Scope
    filters: Groups = ()
    tier: Tier | None = None

    def within(self, tier: Tier) -> Self:
        """Return the same for one tier."""
        return replace(self, tier=tier)

    def conditions(self, table: type[DatasetSearch] = DatasetSearch) -> list[ColumnElement[bool]]:
        """Return the conditions on a table, or on an alias of it."""
        found = has_groups(table, (*self.text.groups, *self.filters))
        found += [table.body.contains(phrase) for phrase in self.text.phrases]
        found += self.scope.conditions(table)
        if self.tier is not None:
            found.append(self._in_tier(table, self.tier))
        return found

    def rank(self, table: type[DatasetSearch] = DatasetSearch) -> ColumnElement[int]:
        """Return how well a row matches the text."""
        if not self.text.groups:
            return literal(0)
        return case(
            (self._is_exact(table), RANKS["exact"]),
            (self._is_named(table), RANKS["named"]),
            else_=RANKS["unnamed"],
        )

    def _in_tier(self, table: type[DatasetSearch], tier: Tier) -> ColumnElement[bool]:
        if tier == "exact":
            return self._is_exact(table)
        if tier == "named":
            return and_(self._is_named(table), not_(self._is_exact(table)))
        return and_(not_(self._is_named(table)), not_(self._is_exact(table)))

    def _is_exact(self, table: type[DatasetSearch]) -> ColumnElement[bool]:
        name = self.text.normalised
        return or_(table.name_zh == name, table.name_en == name)

    def _is_named(self, table: type[DatasetSearch]) -> ColumnElement[bool]:
        return and_(*has_groups(table, self.text.in_names))


def has_groups(table: type[DatasetSearch], groups: Groups) -> list[ColumnElement[bool]]:
    """Return the conditions that a row has one term of each group."""
    if any(not group for group in groups):
        return [false()]
    single = [group[0] for group in groups if len(group) == 1]
    found = [table.terms.contains(arrays.integers(single))] if single else []
    found += [table.terms.overlap(arrays.integers(group)) for group in groups if len(group) > 1]
    return found
