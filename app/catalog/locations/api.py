"""Where a dataset lies for training, by API: `GET|PUT /datasets/{slug}/locations`."""

from typing import Annotated

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel, ConfigDict, Field

from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer, require
from app.catalog import queries as catalog_queries
from app.catalog.locations import queries, service
from app.catalog.locations.kinds import Layout, Split
from app.catalog.locations.models import TrainingData
from app.catalog.locations.service import Entered, Place
from app.db import DbSession
from app.errors import StaleVersion

router = APIRouter(prefix="/api/v1", tags=["catalogue"])

MAX_HEADER = 200


class Strict(BaseModel):
    """Nothing unknown passes."""

    model_config = ConfigDict(extra="forbid")


class LocationBody(Strict):
    """One place where files lie."""

    uri: Annotated[str, Field(min_length=1, max_length=service.MAX_URI)]
    layout: Layout
    split: Split = Split.TRAIN
    tokenizer: Annotated[str | None, Field(max_length=100)] = None
    subset: Annotated[str | None, Field(min_length=1, max_length=service.MAX_WORD)] = None
    text_field: Annotated[str | None, Field(min_length=1, max_length=service.MAX_WORD)] = None


class LocationsIn(Strict):
    """All places of a dataset, and the mean tokens per document with its source."""

    locations: Annotated[list[LocationBody], Field(max_length=service.MAX_LOCATIONS)] = []
    tokens_per_document: Annotated[float | None, Field(gt=0, le=service.MAX_TOKENS)] = None
    documents_source: Annotated[str | None, Field(min_length=1, max_length=service.MAX_SOURCE)] = (
        None
    )
    document_tokenizer: Annotated[str | None, Field(max_length=100)] = None


class LocationsOut(LocationsIn):
    """The same, as it is stored."""

    dataset: str
    revision: int


@router.get("/datasets/{slug:path}/locations", name="catalog.api.locations")
def show_locations(
    response: Response, session: DbSession, viewer: CurrentViewer, slug: str
) -> LocationsOut:
    """Return where a dataset lies for training; for the team alone."""
    require(viewer, Permission.BROWSE_TEAM_CATALOGUE)
    dataset = catalog_queries.get_dataset(session, slug, with_team=True)
    data = queries.find_training_data(session, dataset.id)
    return _out(response, dataset.slug, data)


@router.put("/datasets/{slug:path}/locations", name="catalog.api.locations.put")
def put_locations(  # noqa: PLR0917  FastAPI reads them by name
    response: Response,
    session: DbSession,
    viewer: CurrentViewer,
    slug: str,
    body: LocationsIn,
    if_match: Annotated[
        str | None,
        Header(max_length=MAX_HEADER, description="The ETag of the GET; 412 if it is stale."),
    ] = None,
) -> LocationsOut:
    """Put everything that is stated in the place of what was stored."""
    require(viewer, Permission.EDIT_CATALOGUE)
    dataset = catalog_queries.get_dataset(session, slug, with_team=True)
    entered = Entered(
        tuple(Place(**one.model_dump()) for one in body.locations),
        body.tokens_per_document,
        body.documents_source,
        body.document_tokenizer,
    )
    revision = _revision(if_match)
    data = service.save(session, dataset, entered, viewer=viewer, revision=revision)
    return _out(response, dataset.slug, data)


def _revision(if_match: str | None) -> int | None:
    if if_match is None or if_match.strip() == "*":
        return None
    digits = if_match.strip().strip('"')
    if not digits.isdecimal() or len(digits) > 9:  # noqa: PLR2004  no revision is that long
        raise StaleVersion(
            "Somebody else changed the locations of this dataset since you opened them, so nothing "
            "was saved yet."
        )
    return int(digits)


def _out(response: Response, slug: str, data: TrainingData | None) -> LocationsOut:
    entered = service.read_entered(data)
    revision = data.revision if data is not None else 0
    response.headers["ETag"] = f'"{revision}"'
    return LocationsOut(
        dataset=slug,
        revision=revision,
        locations=[
            LocationBody(
                uri=one.uri,
                layout=Layout(one.layout),
                split=Split(one.split),
                tokenizer=one.tokenizer,
                subset=one.subset,
                text_field=one.text_field,
            )
            for one in entered.places
        ],
        tokens_per_document=entered.tokens_per_document,
        documents_source=entered.documents_source,
        document_tokenizer=entered.document_tokenizer,
    )
