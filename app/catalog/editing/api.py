"""Writing the catalogue by the API: `POST /datasets`, `PATCH` and `DELETE /datasets/{slug}`."""

from typing import Annotated

from fastapi import APIRouter, Header, Response
from sqlalchemy.orm import Session

from app.catalog import queries as catalog_queries
from app.catalog.editing import api_content, queries, service
from app.catalog.editing.api_models import DatasetIn, DatasetPatch
from app.catalog.editing.content import content_of, empty_content
from app.catalog.editing.routes import Editor
from app.catalog.editing.service import Refused
from app.catalog.models.datasets import Dataset
from app.catalog.representation import DatasetDetailOut, dataset_detail_out
from app.db import DbSession
from app.errors import InvalidInput, PreconditionRequired, StaleVersion

router = APIRouter(prefix="/api/v1", tags=["catalogue"])

CREATED, NO_CONTENT = 201, 204
MAX_HEADER = 1_000

IfMatch = Annotated[
    str | None,
    Header(
        max_length=MAX_HEADER,
        description="The ETag of `GET /datasets/{slug}`: 428 without it, 412 if it is stale.",
    ),
]


@router.post("/datasets", name="catalog.api.create", status_code=CREATED)
def create_dataset(
    response: Response, session: DbSession, viewer: Editor, body: DatasetIn
) -> DatasetDetailOut:
    """Add a dataset, or a subset of `parent`."""
    known, parent = queries.load_known(session), None
    if body.parent:
        parent = catalog_queries.get_dataset(session, body.parent, with_team=True)
    draft, problems = api_content.draft_of(body, empty_content(), known)
    if problems:
        raise InvalidInput(problems[0].sentence, field=problems[0].path)
    prefix = f"{parent.slug}/" if parent else ""
    try:
        slug = service.create_dataset(
            session,
            draft,
            slug=prefix + body.slug if body.slug else "",
            known=known,
            actor=viewer,
            parent=parent,
        )
    except Refused as error:
        raise as_api_error(error) from None
    response.headers["Location"] = f"/api/v1/datasets/{slug}"
    return detail(response, session, slug)


@router.patch("/datasets/{slug:path}", name="catalog.api.change")
def change_dataset(  # noqa: PLR0917  FastAPI reads them by name
    response: Response,
    session: DbSession,
    viewer: Editor,
    slug: str,
    body: DatasetPatch,
    if_match: IfMatch = None,
) -> DatasetDetailOut:
    """Change what the body names, archive or restore; the rest stays."""
    require_match(if_match)
    dataset = queries.lock_dataset(session, slug)
    check_match(if_match, dataset)
    is_archived = dataset.archived_at is not None
    if body.archived is False and is_archived:
        service.restore_dataset(session, dataset, actor=viewer)
        dataset = queries.lock_dataset(session, slug)
    known = queries.load_known(session)
    fields = body.model_fields_set - {"archived"}
    if fields:
        draft, problems = api_content.draft_of(body, content_of(dataset), known)
        if problems:
            raise InvalidInput(problems[0].sentence, field=problems[0].path)
        try:
            service.change_dataset(session, dataset, draft, known=known, actor=viewer)
        except Refused as error:
            raise as_api_error(error) from None
    if body.archived is True and not is_archived:
        service.archive_dataset(session, queries.lock_dataset(session, slug), actor=viewer)
    return detail(response, session, slug)


@router.delete("/datasets/{slug:path}", name="catalog.api.archive", status_code=NO_CONTENT)
def archive_dataset(
    session: DbSession, viewer: Editor, slug: str, if_match: IfMatch = None
) -> Response:
    """Archive a dataset: it leaves lists and search, its history stays, and it can come back."""
    require_match(if_match)
    dataset = queries.lock_dataset(session, slug)
    check_match(if_match, dataset)
    service.archive_dataset(session, dataset, actor=viewer)
    return Response(status_code=NO_CONTENT)


def require_match(if_match: str | None) -> None:
    """
    Refuse a change that does not say which revision it is of.

    Raises
    ------
    PreconditionRequired
        If there is no If-Match header.
    """
    if not (if_match or "").strip():
        raise PreconditionRequired(
            "Send the ETag of the dataset as If-Match, so that nobody’s change is overwritten."
        )


def check_match(if_match: str | None, dataset: Dataset) -> None:
    """
    Refuse a change of another revision than the one that is stored.

    Raises
    ------
    StaleVersion
        If no tag of the header is the current one.
    """
    tags = [tag.strip() for tag in (if_match or "").split(",")]
    if "*" not in tags and f'"{dataset.revision}"' not in tags:
        raise StaleVersion(
            "Somebody else changed this dataset: read it again, then send your change."
        )


def as_api_error(error: Refused) -> InvalidInput:
    """Return a refusal with its field named as a body names it."""
    first = error.problems[0]
    return InvalidInput(first.sentence, field=first.path.replace("-", "."))


def detail(response: Response, session: Session, slug: str) -> DatasetDetailOut:
    """Return a dataset as it is now, with its ETag."""
    session.expire_all()
    dataset = catalog_queries.get_dataset(session, slug, with_team=True)
    subsets = catalog_queries.list_subsets(session, dataset.id, with_team=True)
    overlaps = catalog_queries.list_overlaps(session, dataset.id, with_team=True)
    response.headers["ETag"] = f'"{dataset.revision}"'
    return dataset_detail_out(dataset, overlaps, [subset.slug for subset in subsets])
