"""What the catalogue changed since a version, and that one has seen it, as JSON."""

from typing import Annotated, Literal

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel, Field

from app.accounts.permissions import Permission, Scope
from app.accounts.viewers import CurrentViewer, require, require_scope
from app.db import DbSession
from app.mixtures import access, staleness, versions
from app.mixtures.api.answers import finite
from app.mixtures.api.etags import PreconditionRequired, quoted
from app.mixtures.facts import DatasetFacts
from app.mixtures.models import MixtureVersion
from app.mixtures.pages import Number
from app.mixtures.queries import mixtures as mixture_queries
from app.mixtures.queries import versions as version_queries
from app.mixtures.staleness import Stale

router = APIRouter(prefix="/api/v1/mixtures", tags=["mixtures"])

ETAG = {
    "ETag": {"description": "These changes; the next has another.", "schema": {"type": "string"}}
}


class StateOut(BaseModel):
    """What of a dataset a mixture is computed with."""

    low: int | None
    mid: int | None
    high: int | None
    method: str | None
    tokenizer: str | None
    licence_class: str
    licence: str | None
    languages: list[str]
    category: str
    modality: str
    archived: bool


class ChangedOut(BaseModel):
    """A dataset that changed since a version was saved."""

    dataset: str
    fields: list[Literal["estimate", "licence", "status", "tags", "gone"]]
    before: StateOut
    now: StateOut | None = Field(description="Null where it is gone, or you may not see it.")
    before_epochs: float | None = Field(description="Over all phases and earlier runs.")
    now_epochs: float | None


class ChangesOut(BaseModel):
    """What changed since a version, with the epochs that the same tokens come to now."""

    items: list[ChangedOut]
    total: int
    seen: bool = Field(description="Whether you said that you saw these changes.")
    next_cursor: None = None


@router.get(
    "/{slug}/versions/{number}/changes",
    name="mixtures.api.version.changes",
    responses={200: {"headers": ETAG}},
)
def show_changes(
    response: Response, session: DbSession, viewer: CurrentViewer, slug: str, number: Number
) -> ChangesOut:
    """Return what the catalogue changed since a version; the version itself stays as it is."""
    version = _version(session, slug, number, viewer)
    opened = versions.open_version(version, with_team=access.sees_team(viewer))
    found = staleness.find(session, opened, viewer)
    response.headers["ETag"] = quoted(staleness.digest_of(session, version, viewer))
    return ChangesOut(
        items=[_changed(one) for one in found],
        total=len(found),
        seen=bool(found) and staleness.has_seen(session, version, viewer),
    )


@router.post(
    "/{slug}/versions/{number}/seen",
    name="mixtures.api.version.seen",
    status_code=204,
    response_class=Response,
    responses={
        412: {"description": "The catalogue changed again."},
        428: {"description": "If-Match is missing."},
    },
)
def mark_seen(
    session: DbSession,
    viewer: CurrentViewer,
    slug: str,
    number: Number,
    if_match: Annotated[
        str | None, Header(max_length=200, description="The ETag of the changes that you read.")
    ] = None,
) -> Response:
    """Note for oneself that one saw these changes: they are announced again when more change."""
    require(viewer, Permission.READ_MIXTURES)
    # It silences a notice to its owner: a token that only reads must not.
    require_scope(viewer, Scope.MIXTURES_WRITE)
    version = _version(session, slug, number, viewer)
    if not if_match:
        raise PreconditionRequired(
            "Send the ETag of the changes as If-Match, so that only what you read counts as seen."
        )
    staleness.mark_seen(session, version, viewer, read=if_match.strip('"'))
    return Response(status_code=204)


def _version(session: DbSession, slug: str, number: int, viewer: CurrentViewer) -> MixtureVersion:
    mixture = mixture_queries.get_mixture(session, slug, viewer)
    return version_queries.get_version(session, mixture, number)


def _changed(one: Stale) -> ChangedOut:
    return ChangedOut.model_validate(
        {
            "dataset": one.dataset,
            "fields": one.fields,
            "before": _state(one.before),
            "now": _state(one.now) if one.now else None,
            "before_epochs": finite(one.before_epochs),
            "now_epochs": finite(one.after_epochs),
        }
    )


def _state(facts: DatasetFacts) -> StateOut:
    return StateOut(
        low=facts.low,
        mid=facts.mid,
        high=facts.high,
        method=facts.method,
        tokenizer=facts.tokenizer,
        licence_class=facts.licence_class,
        licence=facts.licence_spdx,
        languages=list(facts.languages),
        category=facts.category,
        modality=facts.modality,
        archived=facts.is_archived,
    )
