"""Search the catalogue: one page of results, its neighbours, and the facets of all results."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.models.datasets import Dataset
from app.catalog.search import counting, facets, lookups, orders, suggestions, terms, texts
from app.catalog.search.counting import Question, Result
from app.catalog.search.facets import FacetCounts
from app.catalog.search.models import DatasetSearch
from app.catalog.search.needs import Scope
from app.catalog.search.query import Facet, SearchRequest, is_slug, shown
from app.catalog.search.suggestions import Correction
from app.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class SearchPage:
    """
    One page of results.

    `total` is a floor if `total_is_capped`. `corrections` are words that no dataset contains,
    with what was searched instead.
    """

    ids: tuple[int, ...]
    total: int
    total_is_capped: bool
    facets: Mapping[Facet, FacetCounts]
    next_cursor: str | None = None
    previous_cursor: str | None = None
    corrections: tuple[Correction, ...] = ()


def search(session: Session, request: SearchRequest) -> SearchPage:
    """
    Return the page that a request asks for.

    A word that no dataset contains, as far as the viewer may know, is replaced by the nearest
    one that some dataset does contain, where nothing else is found.

    Raises
    ------
    InvalidInput
        If there is no such facet value, parent or cursor.
    """
    scope = scope_of(session, request)
    runs = terms.runs(request.text)
    question = question_of(session, request, scope, runs)
    result = counting.answer(session, question)
    corrections: tuple[Correction, ...] = ()
    if result.is_text_nowhere and question.text.words:
        corrections = suggestions.correct(session, question.text, sees_team=request.sees_team)
        if corrections:
            used = {one.typed: one.used for one in corrections}
            runs = [used.get(run, run) for run in runs]
            result = counting.answer(session, question_of(session, request, scope, runs))
    return _page(request, result, corrections)


def question_of(
    session: Session, request: SearchRequest, scope: Scope, runs: Sequence[str]
) -> Question:
    """Return a request with all that it names looked up."""
    found = lookups.look_up(session, request, runs)
    order = orders.choose(request, has_text=bool(runs))
    return Question(
        request,
        scope,
        selected=facets.find_selected(session, request, found.values),
        text=texts.read(runs, found.words),
        # One row more than wanted tells whether there is another page.
        window=orders.read_cursor(request.cursor, order, request.limit + 1),
        in_scope=found.in_scope,
        all_rows=found.all_rows,
    )


def scope_of(session: Session, request: SearchRequest) -> Scope:
    """Return which datasets a request looks through; raises InvalidInput for an unknown parent."""
    if request.parent is None:
        return Scope(request.sees_team, request.include_subsets)
    parent_id = _find_parent(session, request.parent, sees_team=request.sees_team)
    if parent_id is None:
        raise InvalidInput(
            "There is no dataset “%(slug)s” to list the subsets of, or you may not see it.",
            field="parent",
            slug=shown(request.parent),
        )
    return Scope(request.sees_team, request.include_subsets, parent_id)


def _find_parent(session: Session, slug: str, *, sees_team: bool) -> int | None:
    if not is_slug(slug):
        return None
    return session.scalar(
        select(DatasetSearch.dataset_id)
        .join(Dataset, Dataset.id == DatasetSearch.dataset_id)
        .where(Dataset.slug == slug, DatasetSearch.is_public | sees_team)
    )


def _page(
    request: SearchRequest, result: Result, corrections: tuple[Correction, ...]
) -> SearchPage:
    window, rows = result.window, result.rows
    has_more = len(rows) > request.limit
    rows = rows[: request.limit]
    if window.is_backwards:
        rows.reverse()
        has_previous, has_next = has_more, True
    else:
        has_previous, has_next = window.place is not None, has_more
    return SearchPage(
        ids=tuple(row.dataset_id for row in rows),
        total=result.total,
        total_is_capped=result.is_capped,
        facets=facets.arrange(result.counts, request, result.capped_facets),
        next_cursor=orders.write_cursor(window.order, rows[-1].place)
        if rows and has_next
        else None,
        previous_cursor=orders.write_cursor(window.order, rows[0].place, is_backwards=True)
        if rows and has_previous
        else None,
        corrections=corrections,
    )
