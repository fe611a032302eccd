"""Mixtures as JSON: the list, the draft with its ETag, versions, differences, the text form."""

from typing import Annotated

from fastapi import APIRouter, Body, Query, Request, Response
from pydantic import Field

from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer, require
from app.db import DbSession
from app.errors import InvalidInput
from app.mixtures import (
    access,
    catalogue,
    comparing,
    drafts,
    lifecycle,
    loading,
    pages,
    staleness,
    versions,
)
from app.mixtures import content as contents
from app.mixtures.api import examples
from app.mixtures.api.computed import ComputedOut, computed_out
from app.mixtures.api.etags import etag, or_stale, read_if_match
from app.mixtures.api.plans import Strict
from app.mixtures.api.representation import (
    DiffOut,
    MixtureOut,
    MixturePage,
    VersionItem,
    VersionList,
    VersionOut,
    diff_out,
    mixture_out,
    version_item,
)
from app.mixtures.content import DEFAULT_TOKENIZER, Content, Phases, Tokenizer
from app.mixtures.models import Mixture, MixtureVersion, Visibility
from app.mixtures.queries import drafts as draft_queries
from app.mixtures.queries import mixtures as mixture_queries
from app.mixtures.queries import versions as version_queries
from app.mixtures.words import diffs as diff_words
from app.web.paging import encode_cursor

router = APIRouter(prefix="/api/v1/mixtures", tags=["mixtures"])

DEFAULT_LIMIT = 50
ETAG = {"ETag": {"description": "The draft's revision.", "schema": {"type": "string"}}}


class MixtureIn(Strict):
    """
    A new mixture; without phases it has one empty phase.

    What is in it stands under `draft`, or beside the name as in the text form.
    """

    name: Annotated[str, Field(max_length=500)]
    slug: Annotated[str, Field(max_length=200)] | None = None
    description: Annotated[str, Field(max_length=5_000)] | None = None
    visibility: Visibility = Visibility.TEAM
    draft: Content | None = None
    tokenizer: Tokenizer | None = None
    phases: Phases | None = None

    def content(self) -> Content:
        """Return what is to be in the draft."""
        if self.draft is not None:
            if self.phases is not None or self.tokenizer is not None:
                raise InvalidInput(
                    "Give what is in the mixture once: in draft, or as phases.", field="draft"
                )
            return self.draft
        tokenizer = DEFAULT_TOKENIZER if self.tokenizer is None else self.tokenizer
        if self.phases is None:
            return contents.new_content(token_budget=pages.DEFAULT_BUDGET).with_(
                tokenizer=tokenizer
            )
        return Content(tokenizer=tokenizer, phases=self.phases)


class VersionIn(Strict):
    """What the author says of a version; a reason where a policy does not hold."""

    message: Annotated[str, Field(max_length=5_000)]
    reason: Annotated[str, Field(max_length=5_000)] | None = None


@router.get("", name="mixtures.api.list")
def list_mixtures(
    session: DbSession,
    viewer: CurrentViewer,
    q: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = DEFAULT_LIMIT,
    cursor: Annotated[str | None, Query(max_length=1_000)] = None,
    *,
    archived: bool = False,
) -> MixturePage:
    """List the mixtures that one may see, the last changed first."""
    found = mixture_queries.list_mixtures(
        session,
        viewer,
        archived=archived,
        text=pages.read_search(q),
        before=pages.read_cursor(cursor),
        limit=limit,
    )
    shown = found[:limit]
    return MixturePage(
        items=[mixture_out(one) for one in shown],
        total=mixture_queries.count_mixtures(session, viewer, archived=archived, text=q),
        next_cursor=encode_cursor([shown[-1].updated_at.isoformat(), shown[-1].id])
        if len(found) > limit
        else None,
    )


@router.post("", name="mixtures.api.create", status_code=201)
def create_mixture(
    response: Response, session: DbSession, viewer: CurrentViewer, body: MixtureIn
) -> MixtureOut:
    """Make a mixture."""
    require(viewer, Permission.EDIT_MIXTURES)
    content = body.content()
    catalogue.require_tokenizer(session, content.tokenizer)
    mixture = lifecycle.create_mixture(
        session,
        name=body.name,
        slug=body.slug,
        description=body.description,
        visibility=body.visibility,
        content=content,
        viewer=viewer,
    )
    response.headers["ETag"] = etag(1)
    response.headers["Location"] = f"/api/v1/mixtures/{mixture.slug}"
    return mixture_out(mixture)


@router.get("/{slug}", name="mixtures.api.show")
def show_mixture(session: DbSession, viewer: CurrentViewer, slug: str) -> MixtureOut:
    """Return a mixture without its content."""
    mixture = mixture_queries.get_mixture(session, slug, viewer)
    return mixture_out(mixture, _origin(mixture, viewer))


@router.get("/{slug}/draft", name="mixtures.api.draft", responses={200: {"headers": ETAG}})
def show_draft(response: Response, session: DbSession, viewer: CurrentViewer, slug: str) -> Content:
    """Return the draft; its ETag goes back as If-Match with a change."""
    mixture = _readable_draft(session, slug, viewer)
    draft = draft_queries.get_draft(session, mixture.id)
    response.headers["ETag"] = etag(draft.revision)
    return contents.read(draft.content)


@router.put(
    "/{slug}/draft",
    name="mixtures.api.draft.put",
    response_model=Content,
    responses={200: {"headers": ETAG}, 428: {"description": "If-Match is missing."}},
)
def put_draft(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    slug: str,
    *,
    body: Annotated[Content, Body(openapi_examples=examples.asked("draft"))],
) -> Response:
    """Put a whole draft in the place of the one that If-Match names."""
    mixture = _readable_draft(session, slug, viewer)
    access.require_edit(viewer, mixture)
    revision = read_if_match(request)
    catalogue.require_tokenizer(session, body.tokenizer)

    def change() -> Response:
        saved = drafts.replace_content(session, mixture, body, revision=revision, viewer=viewer)
        return Response(
            saved.content.model_dump_json(),
            media_type="application/json",
            headers={"ETag": etag(saved.draft.revision)},
        )

    return or_stale(request, change)


@router.get("/{slug}/draft/plan", name="mixtures.api.draft.plan")
def show_plan(session: DbSession, viewer: CurrentViewer, slug: str) -> ComputedOut:
    """Return what the draft comes to with the catalogue as it is now."""
    mixture = _readable_draft(session, slug, viewer)
    content = contents.read(draft_queries.get_draft(session, mixture.id).content)
    return computed_out(loading.load_plan(session, content, viewer, is_whole=True))


@router.get("/{slug}/versions", name="mixtures.api.versions")
def list_versions(session: DbSession, viewer: CurrentViewer, slug: str) -> VersionList:
    """List the versions of a mixture, the newest first."""
    mixture = mixture_queries.get_mixture(session, slug, viewer)
    found = version_queries.list_versions(session, mixture.id)
    changed = staleness.count_stale(session, found, viewer)
    return VersionList(
        items=[version_item(one, changed[one.id]) for one in found], total=mixture.last_version
    )


@router.post(
    "/{slug}/versions",
    name="mixtures.api.versions.post",
    status_code=201,
    response_model=VersionItem,
)
def save_version(
    request: Request, session: DbSession, viewer: CurrentViewer, slug: str, body: VersionIn
) -> Response:
    """Save the draft as the next version; with If-Match only if the draft is that revision."""
    mixture = _readable_draft(session, slug, viewer)
    access.require_edit(viewer, mixture)
    revision = read_if_match(request) if request.headers.get("If-Match") else None

    def change() -> Response:
        version = versions.save_version(
            session,
            mixture,
            message=body.message,
            reason=body.reason,
            revision=revision,
            viewer=viewer,
        )
        return Response(
            version_item(version).model_dump_json(),
            status_code=201,
            media_type="application/json",
            headers={"Location": f"/api/v1/mixtures/{slug}/versions/{version.number}"},
        )

    return or_stale(request, change)


@router.get("/{slug}/versions/{number}", name="mixtures.api.version")
def show_version(
    session: DbSession, viewer: CurrentViewer, slug: str, number: pages.Number
) -> VersionOut:
    """Return a version with its content and what it came to."""
    version = _version(session, slug, number, viewer)
    opened = versions.open_version(version, with_team=access.sees_team(viewer))
    changed = staleness.count_stale(session, [version], viewer)
    return VersionOut(
        **version_item(version, changed[version.id]).model_dump(),
        content=contents.to_json(opened.content),
        plan=computed_out(opened.view),
    )


@router.get("/{slug}/diff", name="mixtures.api.diff")
def show_diff(
    session: DbSession,
    viewer: CurrentViewer,
    slug: str,
    before: Annotated[str, Query(alias="from", max_length=100)],
    after: Annotated[str, Query(alias="to", max_length=100)],
) -> DiffOut:
    """Compare two versions; a side is `3`, `draft`, or `other-mixture@3`."""
    mixture = mixture_queries.get_mixture(session, slug, viewer)
    found = comparing.compare(session, mixture, before=before, after=after, viewer=viewer)
    old, new = found.before.label, found.after.label
    text = diff_words.text(found.diff, before=old, after=new)
    return diff_out(found.diff, before=old, after=new, text=text)


def _readable_draft(session: DbSession, slug: str, viewer: CurrentViewer) -> Mixture:
    """Return a mixture whose draft one may read: drafts are for the team alone."""
    require(viewer, Permission.READ_MIXTURES)
    return mixture_queries.get_mixture(session, slug, viewer)


def _version(session: DbSession, slug: str, number: int, viewer: CurrentViewer) -> MixtureVersion:
    return version_queries.get_version(
        session, mixture_queries.get_mixture(session, slug, viewer), number
    )


def _origin(mixture: Mixture, viewer: CurrentViewer) -> str | None:
    return pages.visible_origin(mixture, viewer)
