"""Which datasets an export holds, and for whom."""

from collections.abc import Callable, Sequence

from fastapi import Request
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.accounts.viewers import Viewer
from app.catalog.exporting import queries
from app.catalog.exporting.batches import Export

MAX_SELECTED = 200


def export_of(request: Request, viewer: Viewer, ids: Sequence[int]) -> Export:
    """Return what is exported for whoever asks."""
    return Export(
        session_factory=request.app.state.session_factory,
        ids=ids,
        with_team=viewer.can(Permission.BROWSE_TEAM_CATALOGUE),
    )


def choose_named(
    session: Session, slugs: Sequence[str], *, with_subsets: bool, with_team: bool
) -> list[int]:
    """
    Return the datasets of these slugs, with their subsets behind each if wanted.

    Raises
    ------
    NotFound
        If one of them does not exist, or one may not know that it does.
    """
    ids = queries.ids_of_slugs(session, slugs, with_team=with_team)
    if not with_subsets:
        return ids
    subsets = queries.subset_ids(session, ids, with_team=with_team)
    every = [one for dataset_id in ids for one in (dataset_id, *subsets.get(dataset_id, []))]
    return list(dict.fromkeys(every))


def page_of(request: Request) -> Callable[[str], str]:
    """Return what gives a dataset's address in this portal."""
    base: str = request.app.state.settings.base_url
    return lambda slug: f"{base}/catalogue/{slug}"
