"""Versions: saved, listed, shown, compared, taken as text, put back into the draft."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import PlainTextResponse

from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer, Viewer, require
from app.db import DbSession
from app.errors import InvalidInput, NotFound
from app.mixtures import access, comparing, drafts, loading, staleness, versions
from app.mixtures import content as contents
from app.mixtures.catalogue import Evidence
from app.mixtures.diffs import MixtureDiff
from app.mixtures.findings import Finding, list_findings
from app.mixtures.models import Mixture, MixtureVersion
from app.mixtures.pages import Number, visible_origin
from app.mixtures.queries import drafts as draft_queries
from app.mixtures.queries import mixtures as mixture_queries
from app.mixtures.queries import versions as version_queries
from app.mixtures.staleness import Stale
from app.mixtures.versions import Opened
from app.mixtures.views import MixtureView
from app.mixtures.web.forms import put_error
from app.mixtures.web.notices import DoneNotice, redirect
from app.mixtures.web.say import SAY, Say
from app.mixtures.words import diffs as diff_words
from app.mixtures.words.settings import settings
from app.web.errors import sentence
from app.web.forms import Form, FormData
from app.web.i18n import gettext as _
from app.web.templating import render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class VersionsPage:
    """The versions of a mixture, and the form that saves the next one."""

    mixture: Mixture
    versions: Sequence[MixtureVersion]
    stale: Mapping[int, int]
    origin: str | None
    can_edit: bool
    is_team: bool
    revision: int | None
    next_number: int
    policies: Sequence[Any]
    facts: Mapping[str, Any]
    message: str
    form: FormData | None
    notice: str | None
    say: Say = SAY


@dataclass(frozen=True)
class VersionPage:
    """One version with everything that it came to."""

    mixture: Mixture
    version: MixtureVersion
    view: MixtureView
    findings: Sequence[Finding]
    evidence: Mapping[str, list[Evidence]]
    stale: Sequence[Stale]
    is_seen: bool
    can_edit: bool
    can_share: bool
    is_shared: bool
    is_last: bool
    revision: int | None
    notice: str | None
    say: Say = SAY


@dataclass(frozen=True)
class DiffPage:
    """What differs between two versions."""

    mixture: Mixture
    before: str
    after: str
    diff: MixtureDiff | None
    numbers: Sequence[int]
    is_team: bool
    settings: Sequence[str]
    problem: str | None
    say: Say = SAY


@router.get("/mixtures/{slug}/versions", name="mixtures.versions")
def show_versions(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    slug: str,
    *,
    notice: DoneNotice,
    rebase: Annotated[bool, Query()] = False,
) -> Response:
    """List the versions of a mixture; `rebase` proposes to save one on today's catalogue."""
    mixture = mixture_queries.get_mixture(session, slug, viewer)
    return versions_page(request, session, mixture, viewer, notice=notice, is_rebase=rebase)


def versions_page(
    request: Request,
    session: DbSession,
    mixture: Mixture,
    viewer: Viewer,
    *,
    form: FormData | None = None,
    notice: str | None = None,
    is_rebase: bool = False,
) -> Response:
    """Render the list of versions, with what is wrong with the form that saves one."""
    found = version_queries.list_versions(session, mixture.id)
    is_team = viewer.can(Permission.READ_MIXTURES)
    view = revision = None
    if access.can_edit(viewer, mixture):
        draft = draft_queries.get_draft(session, mixture.id)
        revision = draft.revision
        view = loading.load_plan(session, contents.read(draft.content), viewer)
    page = VersionsPage(
        mixture=mixture,
        versions=found,
        stale=staleness.count_stale(session, found, viewer),
        origin=visible_origin(mixture, viewer),
        can_edit=access.can_edit(viewer, mixture),
        is_team=is_team,
        revision=revision,
        next_number=mixture.last_version + 1,
        policies=[one for one in view.policies if one.needs_reason] if view else [],
        facts=view.facts if view else {},
        message=_("On the catalogue as it is now") if is_rebase else "",
        form=form,
        notice=notice,
    )
    return render(request, "mixtures/versions.html", page, status_code=422 if form else 200)


@router.post("/mixtures/{slug}/versions", name="mixtures.versions.post")
def save_version(
    request: Request, session: DbSession, viewer: CurrentViewer, slug: str, form: Form
) -> Response:
    """Save the draft as the next version."""
    require(viewer, Permission.READ_MIXTURES)
    mixture = mixture_queries.get_mixture(session, slug, viewer)
    revision = form.text("revision")
    try:
        version = versions.save_version(
            session,
            mixture,
            message=form.text("message"),
            reason=form.text("reason"),
            revision=int(revision) if revision.isdecimal() else None,
            viewer=viewer,
        )
    except InvalidInput as error:
        put_error(form, error, default="message", fields=("reason",))
        return versions_page(request, session, mixture, viewer, form=form)
    return redirect(f"/mixtures/{slug}/versions/{version.number}", "saved")


@router.get("/mixtures/{slug}/versions/{number}", name="mixtures.version")
def show_version(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    slug: str,
    *,
    number: Number,
    notice: DoneNotice,
) -> Response:
    """Show one version with everything that it came to."""
    mixture = mixture_queries.get_mixture(session, slug, viewer)
    version = version_queries.get_version(session, mixture, number)
    opened = versions.open_version(version, with_team=access.sees_team(viewer))
    can_edit = access.can_edit(viewer, mixture)
    stale = staleness.find(session, opened, viewer)
    page = version_page(
        mixture,
        opened,
        stale=stale,
        is_seen=bool(stale) and staleness.has_seen(session, version, viewer),
        viewer=viewer,
        revision=draft_queries.get_draft(session, mixture.id).revision if can_edit else None,
        notice=notice,
    )
    return render(request, "mixtures/version.html", page)


def version_page(
    mixture: Mixture,
    opened: Opened,
    *,
    stale: Sequence[Stale],
    viewer: Viewer,
    is_seen: bool = False,
    revision: int | None = None,
    notice: str | None = None,
    is_shared: bool = False,
) -> VersionPage:
    """Return the context of one version's page."""
    stored = opened.version.facts["evidence"]
    return VersionPage(
        mixture=mixture,
        version=opened.version,
        view=opened.view,
        findings=list_findings(opened.view),
        evidence={
            slug: [Evidence(**one) for one in found]
            for slug, found in stored.items()
            if slug in opened.view.facts
        },
        stale=stale,
        is_seen=is_seen,
        can_edit=not is_shared and access.can_edit(viewer, mixture),
        can_share=not is_shared
        and access.can_edit(viewer, mixture)
        and (mixture.owner_id == viewer.account_id or viewer.can(Permission.MANAGE_SETTINGS)),
        is_shared=is_shared,
        is_last=opened.version.number == mixture.last_version,
        revision=revision,
        notice=notice,
    )


@router.post("/mixtures/{slug}/versions/{number}/revert", name="mixtures.version.revert")
def revert(
    session: DbSession, viewer: CurrentViewer, slug: str, number: Number, form: Form
) -> Response:
    """Put a version into the draft's place; undo brings the draft back."""
    mixture = mixture_queries.get_mixture(session, slug, viewer)
    version = version_queries.get_version(session, mixture, number)
    revision = form.text("revision")
    if not revision.isdecimal():
        raise InvalidInput("The page is too old to be sent. Open it again.", field="revision")
    drafts.revert(session, mixture, version, revision=int(revision), viewer=viewer)
    return redirect(f"/mixtures/{slug}", "reverted")


@router.get("/mixtures/{slug}/diff", name="mixtures.diff")
def show_diff(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    slug: str,
    *,
    before: Annotated[str, Query(alias="from")] = "",
    after: Annotated[str, Query(alias="to")] = "",
) -> Response:
    """Compare two versions, or a version and the draft."""
    mixture = mixture_queries.get_mixture(session, slug, viewer)
    is_team = viewer.can(Permission.READ_MIXTURES)
    newest = str(mixture.last_version or comparing.DRAFT)
    sides = before or newest, after or (comparing.DRAFT if is_team else newest)
    found, problem = None, None
    try:
        found = comparing.compare(session, mixture, before=sides[0], after=sides[1], viewer=viewer)
    except (InvalidInput, NotFound) as error:
        problem = error
    page = DiffPage(
        mixture=mixture,
        before=found.before.label if found else sides[0],
        after=found.after.label if found else sides[1],
        diff=found.diff if found else None,
        numbers=range(mixture.last_version, 0, -1),
        is_team=is_team,
        settings=settings(found.diff, found.diff.facts) if found else (),
        problem=sentence(problem) if problem else None,
    )
    status_code = int(problem.status_code) if problem else 200
    return render(request, "mixtures/diff.html", page, status_code=status_code)


@router.get("/mixtures/{slug}/diff.txt", name="mixtures.diff.text")
def show_diff_text(
    session: DbSession,
    viewer: CurrentViewer,
    slug: str,
    *,
    before: Annotated[str, Query(alias="from")],
    after: Annotated[str, Query(alias="to")],
) -> Response:
    """Send a comparison as plain text."""
    mixture = mixture_queries.get_mixture(session, slug, viewer)
    found = comparing.compare(session, mixture, before=before, after=after, viewer=viewer)
    text = diff_words.text(found.diff, before=found.before.label, after=found.after.label)
    return PlainTextResponse(text)
