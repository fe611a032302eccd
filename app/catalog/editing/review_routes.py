"""The review queue: what of the catalogue waits for a person."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.catalog.editing import review, review_queries
from app.catalog.editing.review_queries import Lack
from app.catalog.editing.routes import Editor
from app.catalog.editing.state_routes import read_below
from app.db import DbSession
from app.web.templating import render

router = APIRouter(include_in_schema=False)


@router.get(review.ADDRESS, name="catalog.review")
def show_review(
    request: Request,
    session: DbSession,
    _viewer: Editor,
    lack: Annotated[str, Query()] = Lack.LICENCE.value,
    subsets: Annotated[str, Query()] = "",
    cursor: Annotated[str, Query()] = "",
) -> Response:
    """Show the datasets that lack something; an unknown lack is the first."""
    chosen = Lack(lack) if lack in set(Lack) else Lack.LICENCE
    with_subsets = subsets == "true"
    page = review.review_page(
        chosen,
        review_queries.count_waiting(session, with_subsets=with_subsets),
        review_queries.list_waiting(
            session, chosen, with_subsets=with_subsets, above=read_below(cursor)
        ),
        with_subsets=with_subsets,
        is_first_page=not cursor,
    )
    return render(request, "catalog/edit/review.html", page)
