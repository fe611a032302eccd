"""Decide how a result is counted: from the tallies, by reading all matches, or by the sample."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from app.catalog.search import facets, matching, pages
from app.catalog.search.facets import Counts
from app.catalog.search.matching import Match
from app.catalog.search.needs import Needs, Scope
from app.catalog.search.orders import Row, Window
from app.catalog.search.query import Facet, SearchRequest
from app.catalog.search.texts import Text

Selected = Mapping[Facet, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Question:
    """
    A request with everything in it looked up.

    How many datasets there are is known of a request without a text only.
    """

    request: SearchRequest
    scope: Scope
    selected: Selected
    text: Text
    window: Window
    in_scope: int
    all_rows: int

    def needs(self, selected: Selected) -> Needs:
        """Return what rows must have, with these filters."""
        return Needs(self.text, self.scope, tuple(selected.values()))


@dataclass(frozen=True, slots=True)
class Result:
    """
    How many datasets match, by facet, and the rows of the window.

    `is_text_nowhere`: no dataset in the scope has the text, whatever the filters.
    """

    window: Window
    total: int
    counts: Counts
    rows: list[Row]
    capped_facets: frozenset[Facet] = frozenset()
    is_capped: bool = False
    is_text_nowhere: bool = False


def answer(session: Session, question: Question) -> Result:
    """Count a result by facet, exactly where that is cheap, else as floors; read its rows."""
    window, selected = question.window, question.selected
    if _tallied(question, selected) is not None:
        return _answer_each(session, question)
    is_small = question.scope.parent_id is not None or question.all_rows <= matching.FEW
    if not (question.text.runs or is_small):
        return _answer_each(session, question)
    needs = question.needs({})
    found = matching.match(session, needs, selected, window)
    if found.is_exact:
        is_nowhere = found.unfiltered == 0
        return Result(window, found.total, found.counts, found.rows, is_text_nowhere=is_nowhere)
    if selected:
        return _answer_each(session, question)
    rows = _read(session, question, found)
    return Result(window, found.total, found.counts, rows, frozenset(Facet), is_capped=True)


def _answer_each(session: Session, question: Question) -> Result:
    """Count what matches, and for each selected facet what matches without its selection."""
    selected = question.selected
    parts = [selected, *(_except(selected, facet) for facet in selected)]
    found, *others = _count_parts(session, question, parts)
    without = dict(zip(selected, others, strict=True))
    counts = dict(found.counts)
    for facet, part in without.items():
        counts[facet] = part.counts.get(facet, {})
    capped = {facet for facet in Facet if not without.get(facet, found).is_exact}
    total = _exact_total(question, without)
    if total is not None:
        found = replace(found, total=total, estimate=total)
    rows = found.rows if found.has_rows else _read(session, question, found)
    is_capped = total is None and not found.is_exact
    return Result(
        question.window, found.total, counts, rows, frozenset(capped), is_capped=is_capped
    )


def _count_parts(session: Session, question: Question, parts: Sequence[Selected]) -> list[Match]:
    """Count what matches the text and each of several selections."""
    values = {number: _tallied(question, part) for number, part in enumerate(parts)}
    known = {value for value in values.values() if value is not None}
    tallies = facets.count_with(session, known, question.request) if known else {}
    found = []
    for number, part in enumerate(parts):
        value = values[number]
        if value is None:
            needs = question.needs(part)
            found.append(matching.match(session, needs, {}, question.window))
        else:
            total = 0 if value else question.in_scope
            found.append(
                Match(
                    is_exact=True,
                    total=total,
                    counts=tallies[value],
                    estimate=total,
                    all_rows=question.all_rows,
                )
            )
    return found


def _tallied(question: Question, part: Selected) -> int | None:
    """Return the one value that tallies count a selection by, 0 for no selection, if they do."""
    if question.text.runs or question.scope.parent_id is not None:
        return None
    if not part:
        return 0
    values = [value for values in part.values() for value in values]
    return values[0] if len(part) == len(values) == 1 else None


def _exact_total(question: Question, without: Mapping[Facet, Match]) -> int | None:
    """Return how many match if a facet's exact counts say so: the count of its one value."""
    for facet, part in without.items():
        # Of several values asked for, it may be that datasets have one only.
        if part.is_exact and len(question.selected[facet]) == 1:
            asked = question.request.filters[facet]
            return sum(part.counts.get(facet, {}).get(value, 0) for value in asked)
    return None


def _except(selected: Selected, facet: Facet) -> Selected:
    return {other: values for other, values in selected.items() if other is not facet}


def _read(session: Session, question: Question, found: Match) -> list[Row]:
    reader = pages.Reader(
        session, question.window, found.all_rows, question.request.filters.get(Facet.SIZE, ())
    )
    needs = question.needs(question.selected)
    if not question.window.order.has_rank:
        return reader.read(needs, found.estimate)
    unnamed = found.estimate - found.named_estimate
    return reader.read_by_rank(
        needs, {"exact": 1, "named": found.named_estimate, "unnamed": unnamed}
    )
