"""“Used in”: the mixtures that a dataset is in, a fragment of its page."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from app.accounts.permissions import Permission
from app.accounts.viewers import CatalogueViewer
from app.catalog import queries as catalogue
from app.db import DbSession
from app.mixtures.queries import mixtures as mixture_queries
from app.mixtures.queries.mixtures import Use
from app.web.templating import render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class UsesPage:
    """The mixtures that use a dataset, as far as one may know of them."""

    slug: str
    name_zh: str
    name_en: str
    uses: Sequence[Use]
    is_team: bool


@router.get("/mixtures/using/{slug:path}", name="mixtures.uses")
def show_uses(request: Request, session: DbSession, viewer: CatalogueViewer, slug: str) -> Response:
    """Show which mixtures a dataset is in."""
    is_team = viewer.can(Permission.BROWSE_TEAM_CATALOGUE)
    dataset = catalogue.get_dataset(session, slug, with_team=is_team)
    page = UsesPage(
        slug=slug,
        name_zh=dataset.name_zh,
        name_en=dataset.name_en,
        uses=mixture_queries.list_uses(session, slug, viewer),
        is_team=viewer.can(Permission.READ_MIXTURES),
    )
    return render(request, "mixtures/uses.html", page, fragments=("used_in",))
