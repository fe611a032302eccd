"""The text form by API: for teams that keep their mixtures in git."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, Field

from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer, require
from app.db import DbSession
from app.mixtures import access, texts
from app.mixtures.api.computed import FindingOut, finding_out
from app.mixtures.api.etags import etag, or_stale, read_if_match
from app.mixtures.api.plans import Strict
from app.mixtures.findings import has_errors, lacks_estimates
from app.mixtures.pages import Number
from app.mixtures.queries import drafts as draft_queries
from app.mixtures.queries import mixtures as mixture_queries
from app.mixtures.queries import versions as version_queries

router = APIRouter(prefix="/api/v1", tags=["mixtures"])

YAML = "application/yaml"
YAML_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {"content": {YAML: {"schema": {"type": "string"}}}}
}


class TextIn(Strict):
    """The text of a mixture."""

    text: Annotated[str, Field(max_length=900_000)]


class CheckedOut(BaseModel):
    """Whether a text is a mixture that fits, with the same sentences as the page."""

    ok: bool
    fits: bool | None = Field(
        description="Null where nothing is wrong, but some data has no estimate."
    )
    findings: list[FindingOut]


class ImportedOut(BaseModel):
    """The mixture that a text was put into."""

    slug: str
    revision: int
    created: bool


class YamlResponse(PlainTextResponse):
    """A mixture's text."""

    media_type = YAML


@router.get(
    "/mixtures/{slug}/text",
    name="mixtures.api.text",
    # The errors of an address are JSON, so the document names YAML for the answer alone.
    response_class=Response,
    responses=YAML_ANSWER,
)
def show_text(session: DbSession, viewer: CurrentViewer, slug: str) -> Response:
    """Return the draft as text, with the revision that it was made of."""
    require(viewer, Permission.READ_MIXTURES)
    mixture = mixture_queries.get_mixture(session, slug, viewer)
    draft = draft_queries.get_draft(session, mixture.id)
    text = texts.of_draft(mixture, draft)
    return YamlResponse(text, headers={"ETag": etag(draft.revision)})


@router.get(
    "/mixtures/{slug}/versions/{number}/text",
    name="mixtures.api.version.text",
    # The errors of an address are JSON, so the document names YAML for the answer alone.
    response_class=Response,
    responses=YAML_ANSWER,
)
def show_version_text(
    session: DbSession, viewer: CurrentViewer, slug: str, number: Number
) -> Response:
    """Return a version as text."""
    mixture = mixture_queries.get_mixture(session, slug, viewer)
    version = version_queries.get_version(session, mixture, number)
    return YamlResponse(texts.of_version(mixture, version, with_team=access.sees_team(viewer)))


@router.put("/mixtures/{slug}/text", name="mixtures.api.text.put", response_model=ImportedOut)
def put_text(
    request: Request, session: DbSession, viewer: CurrentViewer, slug: str, body: TextIn
) -> Response:
    """Put a text in the place of the draft that If-Match, or the text's revision, names."""
    require(viewer, Permission.EDIT_MIXTURES)
    mixture = mixture_queries.get_mixture(session, slug, viewer)
    document = texts.read(session, body.text)
    revision = document.revision
    if revision is None or request.headers.get("If-Match"):
        revision = read_if_match(request)

    def change() -> Response:
        saved = texts.put(session, mixture, document, revision=revision, viewer=viewer)
        answer = ImportedOut(slug=slug, revision=saved.draft.revision, created=False)
        return Response(answer.model_dump_json(), media_type="application/json")

    return or_stale(request, change)


@router.post("/mixtures/import", name="mixtures.api.import", status_code=201)
def import_text(session: DbSession, viewer: CurrentViewer, body: TextIn) -> ImportedOut:
    """Make a mixture of a text."""
    require(viewer, Permission.EDIT_MIXTURES)
    mixture = texts.create(session, texts.read(session, body.text), viewer=viewer)
    return ImportedOut(slug=mixture.slug, revision=1, created=True)


@router.post("/mixtures/check", name="mixtures.api.check")
def check_text(session: DbSession, viewer: CurrentViewer, body: TextIn) -> CheckedOut:
    """Check a text without keeping it: the same sentences as on the page."""
    require(viewer, Permission.READ_MIXTURES)
    findings = texts.check(session, texts.read(session, body.text), viewer)
    is_ok = not has_errors(findings)
    return CheckedOut(
        ok=is_ok,
        fits=None if is_ok and lacks_estimates(findings) else is_ok,
        findings=[finding_out(one) for one in findings],
    )
