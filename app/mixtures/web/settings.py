"""What a mixture is called, who sees it, its links; forks and the archive."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer, Viewer, require
from app.db import DbSession
from app.errors import AppError, InvalidInput
from app.mixtures import access, lifecycle, sharing, versions
from app.mixtures.models import Mixture, MixtureVersion, ShareLink, Visibility
from app.mixtures.pages import visible_origin
from app.mixtures.queries import links as link_queries
from app.mixtures.queries import mixtures as mixture_queries
from app.mixtures.queries import versions as version_queries
from app.mixtures.web.forms import put_error
from app.mixtures.web.notices import DoneNotice, redirect
from app.mixtures.web.say import SAY, Say
from app.mixtures.web.versions import version_page
from app.web.forms import Form, FormData
from app.web.i18n import gettext as _
from app.web.templating import render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class SettingsPage:
    """The settings of a mixture."""

    mixture: Mixture
    origin: str | None
    links: Sequence[ShareLink]
    visibilities: list[tuple[str, str]]
    numbers: list[tuple[str, str]]
    days: int
    can_edit: bool
    is_owner: bool
    can_fork: bool
    form: FormData | None
    address: str | None
    notice: str | None
    say: Say = SAY


@router.get("/mixtures/{slug}/settings", name="mixtures.settings")
def show_settings(
    request: Request, session: DbSession, viewer: CurrentViewer, slug: str, notice: DoneNotice
) -> Response:
    """Show what a mixture is called, who sees it and its links."""
    require(viewer, Permission.READ_MIXTURES)
    mixture = mixture_queries.get_mixture(session, slug, viewer)
    return settings_page(request, session, mixture, viewer, notice=notice)


def settings_page(
    request: Request,
    session: DbSession,
    mixture: Mixture,
    viewer: Viewer,
    *,
    form: FormData | None = None,
    address: str | None = None,
    notice: str | None = None,
) -> Response:
    """Render the settings, with what is wrong with a form, or with a link that was just made."""
    is_owner = viewer.can(Permission.EDIT_MIXTURES) and (
        mixture.owner_id == viewer.account_id or viewer.can(Permission.MANAGE_SETTINGS)
    )
    page = SettingsPage(
        mixture=mixture,
        origin=visible_origin(mixture, viewer),
        links=link_queries.list_links(session, mixture.id) if is_owner else [],
        visibilities=[(one.value, SAY.visibility(one)) for one in Visibility],
        numbers=[
            (str(number), _("Version %(number)s", number=number))
            for number in range(mixture.last_version, 0, -1)
        ],
        days=sharing.DEFAULT_DAYS,
        can_edit=access.can_edit(viewer, mixture),
        is_owner=is_owner,
        can_fork=viewer.can(Permission.EDIT_MIXTURES),
        form=form,
        address=address,
        notice=notice,
    )
    return render(request, "mixtures/settings.html", page, status_code=422 if form else 200)


@router.post("/mixtures/{slug}/settings", name="mixtures.settings.post")
def rename(
    request: Request, session: DbSession, viewer: CurrentViewer, slug: str, form: Form
) -> Response:
    """Save the name and the description."""
    mixture = _editable(session, slug, viewer)
    try:
        lifecycle.rename(
            session,
            mixture,
            name=form.text("name"),
            description=form.text("description"),
            viewer=viewer,
        )
    except InvalidInput as error:
        put_error(form, error)
        return settings_page(request, session, mixture, viewer, form=form)
    return redirect(f"/mixtures/{slug}/settings", "renamed")


@router.post("/mixtures/{slug}/visibility", name="mixtures.visibility")
def set_visibility(session: DbSession, viewer: CurrentViewer, slug: str, form: Form) -> Response:
    """Say who sees a mixture."""
    mixture = _editable(session, slug, viewer)
    wanted = form.text("visibility")
    if wanted not in list(Visibility):
        raise InvalidInput("Choose who sees the mixture.", field="visibility")
    lifecycle.set_visibility(session, mixture, Visibility(wanted), viewer=viewer)
    return redirect(f"/mixtures/{slug}/settings", "visibility")


@router.post("/mixtures/{slug}/archive", name="mixtures.archive")
def archive(session: DbSession, viewer: CurrentViewer, slug: str) -> Response:
    """Put a mixture out of the way."""
    mixture = _editable(session, slug, viewer)
    lifecycle.archive(session, mixture, viewer=viewer)
    return redirect(f"/mixtures/{slug}/settings", "archived")


@router.post("/mixtures/{slug}/restore", name="mixtures.restore")
def restore(session: DbSession, viewer: CurrentViewer, slug: str) -> Response:
    """Bring an archived mixture back."""
    mixture = _editable(session, slug, viewer)
    lifecycle.restore(session, mixture, viewer=viewer)
    return redirect(f"/mixtures/{slug}/settings", "restored")


@router.post("/mixtures/{slug}/fork", name="mixtures.fork")
def fork(
    request: Request, session: DbSession, viewer: CurrentViewer, slug: str, form: Form
) -> Response:
    """Make a mixture of the viewer's own from this one."""
    mixture = _editable(session, slug, viewer)
    number = form.text("version")
    version = (
        version_queries.get_version(session, mixture, int(number)) if number.isdecimal() else None
    )
    try:
        made = lifecycle.fork(
            session, mixture, name=form.text("fork_name"), version=version, viewer=viewer
        )
    except AppError as error:
        put_error(form, error, default="fork_name")
        return settings_page(request, session, mixture, viewer, form=form)
    return redirect(f"/mixtures/{made.slug}", "forked")


@router.post("/mixtures/{slug}/links", name="mixtures.links")
def share(
    request: Request, session: DbSession, viewer: CurrentViewer, slug: str, form: Form
) -> Response:
    """Make a link that shows one version; its address is shown this once."""
    mixture = _editable(session, slug, viewer)
    number, days = form.text("link_version"), form.text("days")
    try:
        address = sharing.share(
            session,
            mixture,
            _version(session, mixture, number),
            days=int(days) if days.isdecimal() and len(days) < 6 else 0,  # noqa: PLR2004  longer is no number of days
            base_url=request.app.state.settings.base_url,
            viewer=viewer,
        )
    except InvalidInput as error:
        put_error(form, error, default="days")
        return settings_page(request, session, mixture, viewer, form=form)
    return settings_page(request, session, mixture, viewer, address=address)


@router.post("/mixtures/{slug}/links/{link_id}/revoke", name="mixtures.links.revoke")
def revoke(session: DbSession, viewer: CurrentViewer, slug: str, link_id: int) -> Response:
    """Make a link worthless."""
    mixture = _editable(session, slug, viewer)
    sharing.revoke(session, mixture, link_id, viewer=viewer)
    return redirect(f"/mixtures/{slug}/settings", "revoked")


@router.get("/mixtures/shared/{secret}", name="mixtures.shared")
def show_shared(
    request: Request, session: DbSession, viewer: CurrentViewer, secret: str
) -> Response:
    """Show the version of a link, read-only; what only the team may know of has no name."""
    version = sharing.open_link(session, secret)
    opened = versions.open_version(version, with_team=False)
    page = version_page(version.mixture, opened, stale=(), viewer=viewer, is_shared=True)
    response = render(request, "mixtures/version.html", page)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _version(session: DbSession, mixture: Mixture, number: str) -> MixtureVersion:
    if not number.isdecimal():
        raise InvalidInput("Choose a version. A draft has no link.", field="link_version")
    return version_queries.get_version(session, mixture, int(number))


def _editable(session: DbSession, slug: str, viewer: Viewer) -> Mixture:
    require(viewer, Permission.EDIT_MIXTURES)
    return mixture_queries.get_mixture(session, slug, viewer)
