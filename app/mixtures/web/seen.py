"""Say that one has seen what the catalogue changed since a version, so that it stays quiet."""

from fastapi import APIRouter, Response

from app.accounts.viewers import CurrentViewer
from app.db import DbSession
from app.mixtures import staleness
from app.mixtures.pages import Number
from app.mixtures.queries import mixtures as mixture_queries
from app.mixtures.queries import versions as version_queries
from app.mixtures.web.notices import redirect
from app.web.forms import Form

router = APIRouter(include_in_schema=False)


@router.post("/mixtures/{slug}/versions/{number}/seen", name="mixtures.version.seen")
def mark_seen(
    session: DbSession, viewer: CurrentViewer, slug: str, number: Number, form: Form
) -> Response:
    """Note it for who asks, and go back to the page where they said so."""
    mixture = mixture_queries.get_mixture(session, slug, viewer)
    version = version_queries.get_version(session, mixture, number)
    staleness.mark_seen(session, version, viewer)
    if form.text("from") == "draft":
        return redirect(f"/mixtures/{slug}", "seen")
    return redirect(f"/mixtures/{slug}/versions/{number}", "seen")
