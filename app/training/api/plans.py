"""Saved plans as JSON: listed, made, read with an ETag, given further versions, archived."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response

from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer, Viewer, require
from app.db import DbSession
from app.errors import PreconditionRequired, StaleVersion
from app.mixtures import pages
from app.mixtures.api.etags import etag
from app.training import knowledge
from app.training.api.refusals import refused_as
from app.training.api.representation import (
    PlanChange,
    PlanIn,
    PlanOut,
    PlanPage,
    VersionIn,
    VersionItem,
    VersionList,
    VersionOut,
    plan_out,
    version_item,
    version_out,
)
from app.training.models import TrainingPlan
from app.training.plans import content, queries, service, sources
from app.training.plans.content import Content, PhasePart
from app.training.plans.sources import Source
from app.web.errors import error_response, sentence
from app.web.i18n import pgettext
from app.web.paging import encode_cursor

router = APIRouter(prefix="/api/v1/training/plans", tags=["training"])

DEFAULT_LIMIT = 50
ETAG = {"ETag": {"description": "The number of the last version.", "schema": {"type": "string"}}}
IfMatch = Annotated[str | None, Header(max_length=100, description="The ETag of the plan.")]


@router.get("", name="training.api.plans")
def list_plans(
    session: DbSession,
    viewer: CurrentViewer,
    q: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = DEFAULT_LIMIT,
    cursor: Annotated[str | None, Query(max_length=1_000)] = None,
    *,
    archived: bool = False,
) -> PlanPage:
    """List the plans that one may see, the last changed first."""
    text = pages.read_search(q)
    found = queries.list_plans(
        session,
        viewer,
        archived=archived,
        text=text,
        before=pages.read_cursor(cursor),
        limit=limit + 1,
    )
    shown = found[:limit]
    last = shown[-1].plan if shown else None
    return PlanPage(
        items=[plan_out(one.plan, one) for one in shown],
        total=queries.count_plans(session, viewer, archived=archived, text=text),
        next_cursor=encode_cursor([last.updated_at.isoformat(), last.id])
        if last and len(found) > limit
        else None,
    )


@router.post(
    "",
    name="training.api.plans.post",
    status_code=201,
    response_model=PlanOut,
    responses={201: {"headers": ETAG}},
)
def create_plan(
    request: Request, session: DbSession, viewer: CurrentViewer, body: PlanIn
) -> Response:
    """Make a plan and its first version; the run is computed and refused as by an estimate."""
    require(viewer, Permission.EDIT_MIXTURES)
    source = _source(session, body, viewer)
    with refused_as(request) as refusal, session.begin_nested():
        version = service.create_plan(
            session,
            _content(body, source),
            name=body.name,
            message=body.message,
            visibility=body.visibility,
            mixture_version_id=source.version_id if source else None,
            known=knowledge.load_known(session),
            viewer=viewer,
        )
    if refusal.response is not None:
        return refusal.response
    session.refresh(version, ["plan"])
    session.refresh(version.plan)
    return Response(
        plan_out(version.plan, version).model_dump_json(),
        status_code=201,
        media_type="application/json",
        headers={
            "ETag": etag(version.number),
            "Location": f"/api/v1/training/plans/{version.plan.slug}",
        },
    )


@router.get("/{slug}", name="training.api.plan", responses={200: {"headers": ETAG}})
def show_plan(response: Response, session: DbSession, viewer: CurrentViewer, slug: str) -> PlanOut:
    """Return a plan; its ETag goes back as If-Match with the next version."""
    plan = queries.get_plan(session, slug, viewer)
    response.headers["ETag"] = etag(plan.last_version)
    return plan_out(plan, queries.get_version(session, plan, plan.last_version))


@router.put(
    "/{slug}",
    name="training.api.plan.put",
    response_model=VersionItem,
    responses={
        200: {"headers": ETAG},
        412: {"description": "Somebody saved a version since; the ETag says which."},
        428: {"description": "If-Match is missing."},
    },
)
def save_version(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    slug: str,
    body: VersionIn,
    *,
    if_match: IfMatch = None,
) -> Response:
    """Save the next version on top of the one that If-Match names; earlier ones stay."""
    plan = _changed(session, slug, viewer)
    base = _read_base(if_match)
    source = _source(session, body, viewer)
    try:
        with refused_as(request) as refusal, session.begin_nested():
            version = service.save_version(
                session,
                plan,
                _content(body, source),
                base=base,
                message=body.message,
                mixture_version_id=source.version_id if source else None,
                known=knowledge.load_known(session),
                viewer=viewer,
            )
    except StaleVersion as error:
        return error_response(
            request,
            int(error.status_code),
            error.code,
            sentence(error),
            details={"last_version": plan.last_version},
            headers={"ETag": etag(plan.last_version)},
        )
    if refusal.response is not None:
        return refusal.response
    session.refresh(version)
    return Response(
        version_item(version).model_dump_json(),
        media_type="application/json",
        headers={
            "ETag": etag(version.number),
            "Location": f"/api/v1/training/plans/{slug}/versions/{version.number}",
        },
    )


@router.patch("/{slug}", name="training.api.plan.patch", responses={200: {"headers": ETAG}})
def change_plan(
    response: Response, session: DbSession, viewer: CurrentViewer, slug: str, body: PlanChange
) -> PlanOut:
    """Say who sees a plan, archive it, or bring it back; for its owner."""
    plan = _changed(session, slug, viewer)
    if body.visibility is not None:
        service.set_visibility(session, plan, body.visibility, viewer=viewer)
    if body.archived is not None:
        service.set_archived(session, plan, body.archived, viewer=viewer)
    session.flush()
    session.refresh(plan)
    response.headers["ETag"] = etag(plan.last_version)
    return plan_out(plan, queries.get_version(session, plan, plan.last_version))


@router.delete("/{slug}", name="training.api.plan.delete", status_code=204)
def archive_plan(session: DbSession, viewer: CurrentViewer, slug: str) -> None:
    """Archive a plan: it stays readable, and `PATCH` brings it back. For its owner."""
    service.set_archived(session, _changed(session, slug, viewer), archived=True, viewer=viewer)


@router.get("/{slug}/versions", name="training.api.plan.versions")
def list_versions(session: DbSession, viewer: CurrentViewer, slug: str) -> VersionList:
    """List the versions of a plan, the newest first."""
    plan = queries.get_plan(session, slug, viewer)
    found = queries.list_versions(session, plan)
    return VersionList(items=[version_item(one) for one in found], total=plan.last_version)


@router.get("/{slug}/versions/{number}", name="training.api.plan.version")
def show_version(
    session: DbSession, viewer: CurrentViewer, slug: str, number: pages.Number
) -> VersionOut:
    """Return a version: its content, and every phase with everything that it takes."""
    plan = queries.get_plan(session, slug, viewer)
    version = queries.get_version(session, plan, number)
    known = knowledge.load_known(session)
    return version_out(version, content.compute(content.read(version.content), known))


def _changed(session: DbSession, slug: str, viewer: Viewer) -> TrainingPlan:
    require(viewer, Permission.EDIT_MIXTURES)
    return queries.get_plan(session, slug, viewer, for_change=True)


def _read_base(if_match: str | None) -> int:
    """Return the version that a change was made from; one that cannot be a version is stale."""
    given = (if_match or "").strip()
    if not given:
        raise PreconditionRequired(
            "Send the plan's ETag as If-Match, so that nobody's version is passed over."
        )
    number = given.removeprefix("W/").strip('"')
    return int(number) if number.isdecimal() and len(number) < 8 else -1  # noqa: PLR2004  a version


def _source(session: DbSession, body: VersionIn, viewer: Viewer) -> Source | None:
    if body.mixture is None:
        return None
    return sources.find_source(session, body.mixture.slug, str(body.mixture.version), viewer)


def _content(body: VersionIn, source: Source | None) -> Content:
    phases: tuple[PhasePart, ...] = tuple(body.phases or ())
    if not phases:
        name = pgettext("phase", "Main")
        phases = source.phases if source else (PhasePart(name=name, tokens=int(body.run.tokens)),)
    return Content(run=body.run, phases=phases, mixture=source.part if source else None)
