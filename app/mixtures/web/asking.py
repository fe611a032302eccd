"""Where what a mixture lacks becomes a request for quotation, for those who may write one."""

from fastapi import Request
from starlette.routing import NoMatchFound

from app.accounts.permissions import Permission
from app.accounts.viewers import Viewer
from app.mixtures.models import Mixture


def rfq_href(request: Request, viewer: Viewer, mixture: Mixture) -> str | None:
    """Return the address of a new request that starts from a mixture; None where there is none."""
    if not viewer.can(Permission.EDIT_REQUESTS):
        return None
    try:
        return f"{request.app.url_path_for('quotes.new')}?mixture={mixture.slug}"
    except NoMatchFound:
        return None
