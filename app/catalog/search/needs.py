"""What a row must have to be found, as conditions in SQL."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, Self

from app.catalog.search import terms
from app.catalog.search.statements import Clauses
from app.catalog.search.texts import Groups, Text, pattern

# Parts of a result by how well the text matches: the very name, the names, anything.
Tier = Literal["exact", "named", "unnamed"]
RANKS: dict[Tier, int] = {"exact": 2, "named": 1, "unnamed": 0}
EXACT = "(name_zh = %(name)s OR name_en = %(name)s)"


@dataclass(frozen=True, slots=True)
class Scope:
    """Which datasets somebody looks through: the subsets of one, all, or all but subsets."""

    sees_team: bool
    include_subsets: bool
    parent_id: int | None = None

    def clauses(self) -> Clauses:
        """Return what a row must satisfy to be looked at."""
        found = Clauses()
        if not self.sees_team:
            found.add("is_public")
        if self.parent_id is not None:
            found.add("parent_id = %(parent_id)s", parent_id=self.parent_id)
        elif not self.include_subsets:
            found.add("parent_id IS NULL")
        return found


@dataclass(frozen=True, slots=True)
class Needs:
    """What rows must have: a text, one value of each filter, a place in the scope, a tier."""

    text: Text
    scope: Scope
    filters: Groups = ()
    tier: Tier | None = None

    @property
    def rank_of_tier(self) -> int:
        """The rank of the rows, where the needs tell it."""
        return RANKS["unnamed" if self.tier is None else self.tier]

    def within(self, tier: Tier) -> Self:
        """Return the same for one tier."""
        return replace(self, tier=tier)

    def by_terms(self) -> Clauses:
        """Return the conditions as the index of terms answers them, and what it leaves open."""
        values = [tuple(map(terms.facet, group)) for group in self.filters]
        # What is in a name is in the dataset.
        text = self.text.in_names if self.tier == "named" else self.text.groups
        groups = [*text, *values]
        found = _have_terms(groups).extend(self._have_runs(self.text.phrases))
        return found.extend(self.scope.clauses()).extend(self._tier())

    def by_reading(self) -> Clauses:
        """Return the same conditions as each row answers them by itself, fastest first."""
        found = self.scope.clauses()
        for number, group in enumerate(self.filters):
            found.add(f"facets && %(filter{number})s::integer[]", **{f"filter{number}": [*group]})
        if any(not group for group in self.text.groups):
            found.add("false")
        return found.extend(self._have_runs(self.text.runs)).extend(self._tier())

    def rank(self) -> Clauses:
        """Return one expression: how well a row matches the text."""
        if not self.text.runs:
            return Clauses([str(RANKS["unnamed"])])
        named = self._is_named()
        sql = (
            f"CASE WHEN {EXACT} THEN {RANKS['exact']} "
            f"WHEN {named.sql()} THEN {RANKS['named']} ELSE {RANKS['unnamed']} END"
        )
        return Clauses([sql], {**named.parameters, "name": self.text.normalised})

    def _tier(self) -> Clauses:
        if self.tier is None:
            return Clauses()
        if self.tier == "exact":
            return Clauses().add(EXACT, name=self.text.normalised)
        named = self._is_named()
        if self.tier == "unnamed":
            return Clauses().add(f"NOT ({named.sql()})", **named.parameters)
        return named.add(f"NOT {EXACT}", name=self.text.normalised)

    def _is_named(self) -> Clauses:
        found = Clauses()
        for number, run in enumerate(self.text.runs):
            # A character finds a name that has it anywhere.
            like = f"%{run}%" if terms.is_chinese(run) else pattern(run)
            found.add(f"names LIKE %(named{number})s", **{f"named{number}": like})
        return found

    def _have_runs(self, runs: Sequence[str]) -> Clauses:
        found = Clauses()
        for run in runs:
            number = self.text.runs.index(run)
            if terms.is_chinese(run) and len(run) == 1:
                found.add(
                    f"(names LIKE %(named{number})s OR body LIKE %(run{number})s)",
                    **{f"named{number}": f"%{run}%", f"run{number}": f"% {run} %"},
                )
            else:
                found.add(f"body LIKE %(run{number})s", **{f"run{number}": pattern(run)})
        return found


def _have_terms(groups: Sequence[tuple[int, ...]]) -> Clauses:
    """Return the conditions that a row has one term of each group."""
    found = Clauses()
    if any(not group for group in groups):
        return found.add("false")
    if single := [group[0] for group in groups if len(group) == 1]:
        found.add("terms @> %(terms)s::integer[]", terms=single)
    for number, group in enumerate(group for group in groups if len(group) > 1):
        found.add(f"terms && %(terms{number})s::integer[]", **{f"terms{number}": [*group]})
    return found
