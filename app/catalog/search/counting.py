"""Decide how a result is counted: from the tallies, by reading all matches, or by the sample."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from app.catalog.search import facets, matching, pages
from app.catalog.search.matching import Counts, Match
from app.catalog.search.needs import Needs, Scope
from app.catalog.search.orders import Row, Window
from app.catalog.search.query import Facet, SearchRequest
from app.catalog.search.texts import Text

# So few datasets are read whole rather than picked by their facets.
FEW = 2_000

Selected = Mapping[Facet, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Question:
    """A request with everything in it looked up."""

    request: SearchRequest
    scope: Scope
    selected: Selected
    text: Text
    window: Window

    def needs(self, selected: Selected) -> Needs:
        """Return what rows must have, with these filters."""
        return Needs(self.text, self.scope, tuple(selected.values()))


@dataclass(frozen=True, slots=True)
class Result:
    """How many datasets match, by facet, and the rows of the page."""

    total: int
    counts: Counts
    capped_facets: frozenset[Facet]
    rows: list[Row]
    is_capped: bool = False


def answer(session: Session, question: Question) -> Result:
    """Count a result by facet, exactly where that is cheap, else as floors; read its page."""
    in_scope, all_rows = facets.count_all(session, question.request)
    is_small = question.scope.parent_id is not None or in_scope <= FEW
    if question.text.runs or is_small:
        needs = Needs(question.text, question.scope)
        found = matching.match(session, needs, question.selected, question.window)
        if found.is_exact:
            return Result(found.total, found.counts, frozenset(), found.rows)
        if not question.selected:
            rows = _read(session, question, found, all_rows)
            return Result(found.total, found.counts, frozenset(Facet), rows, is_capped=True)
    return _answer_each(session, question, in_scope, all_rows)


def _answer_each(session: Session, question: Question, in_scope: int, all_rows: int) -> Result:
    """Count what matches, and for each selected facet what matches without its selection."""
    selected = question.selected
    found = _count(session, question, selected, in_scope)
    without = {
        facet: _count(session, question, _except(selected, facet), in_scope) for facet in selected
    }
    counts = {one: count for one, count in found.counts.items() if one[0] not in selected}
    for facet, part in without.items():
        counts |= {one: count for one, count in part.counts.items() if one[0] is facet}
    capped = {facet for facet in Facet if not without.get(facet, found).is_exact}
    total = _exact_total(question, without)
    if total is not None:
        found = replace(found, total=total, estimate=total)
    is_capped = total is None and not found.is_exact
    rows = found.rows if found.has_rows else _read(session, question, found, all_rows)
    return Result(found.total, counts, frozenset(capped), rows, is_capped=is_capped)


def _count(session: Session, question: Question, selected: Selected, in_scope: int) -> Match:
    """Count what matches the text and these filters."""
    single = [values[0] for values in selected.values() if len(values) == 1]
    has_tally = not question.text.runs and question.scope.parent_id is None
    if has_tally and not selected:
        counts = facets.count_with(session, 0, question.request)
        return Match(is_exact=True, total=in_scope, counts=counts, estimate=in_scope)
    if has_tally and len(selected) == len(single) == 1:
        counts = facets.count_with(session, single[0], question.request)
        return Match(is_exact=True, total=0, counts=counts, estimate=0)
    return matching.match(session, question.needs(selected), {}, question.window)


def _exact_total(question: Question, without: Mapping[Facet, Match]) -> int | None:
    """Return how many match if a facet's exact counts say so: the count of its one value."""
    for facet, part in without.items():
        # Of several values asked for, it may be that datasets have one only.
        if part.is_exact and len(question.selected[facet]) == 1:
            asked = question.request.filters[facet]
            return sum(part.counts.get((facet, value), 0) for value in asked)
    return None


def _except(selected: Selected, facet: Facet) -> Selected:
    return {other: values for other, values in selected.items() if other is not facet}


def _read(session: Session, question: Question, found: Match, all_rows: int) -> list[Row]:
    needs = question.needs(question.selected)
    if question.window.order.has_rank:
        return pages.read_by_rank(
            session,
            needs,
            question.window,
            estimates={
                "exact": 1,
                "named": found.named_estimate,
                "unnamed": found.estimate - found.named_estimate,
            },
            all_rows=all_rows,
        )
    return pages.read(session, needs, question.window, estimate=found.estimate, all_rows=all_rows)
