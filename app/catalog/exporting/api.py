"""The catalogue as files, by API: `GET /exports/datasets`, `GET /datasets/{slug}/export`."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from app.accounts.permissions import Permission
from app.accounts.viewers import CatalogueViewer
from app.catalog import queries
from app.catalog.api import DatasetFilter, Text
from app.catalog.exporters import card_files, cards, croissant, own_csv, own_json, xlsx
from app.catalog.exporting import downloads, formats, selecting
from app.catalog.exporting.formats import Format
from app.catalog.exporting.selecting import MAX_SELECTED
from app.catalog.pages import parts
from app.catalog.search.query import SearchRequest, parse_text
from app.catalog.search.whole import find_ids
from app.db import DbSession
from app.errors import InvalidInput
from app.web.i18n import gettext as _

router = APIRouter(prefix="/api/v1", tags=["exports"])

MEDIA_TYPES = (
    own_csv.MEDIA_TYPE,
    xlsx.MEDIA_TYPE,
    own_json.MEDIA_TYPE,
    croissant.MEDIA_TYPE,
    croissant.SCHEMA_MEDIA_TYPE,
    cards.MEDIA_TYPE,
    card_files.MEDIA_TYPE,
)
BINARY = {"type": "string", "format": "binary"}
FILE_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file, as a download.",
        "content": {
            kind.partition(";")[0]: {"schema": {"type": "object"} if "json" in kind else BINARY}
            for kind in MEDIA_TYPES
        },
    }
}


class ExportQuery(DatasetFilter):
    """What `GET /exports/datasets` takes: the filters of the list, or datasets by name."""

    format: Format
    dataset: Annotated[list[Text], Field(max_length=MAX_SELECTED)] = Field(
        default=[], description="Only these datasets, by slug."
    )

    @property
    def has_filter(self) -> bool:
        """Whether anything narrows the list."""
        return bool(self.q or self.parent or self.facets())


class OneQuery(BaseModel):
    """What the export of one dataset takes."""

    model_config = ConfigDict(extra="forbid")

    format: Format


@router.get(
    "/exports/datasets",
    name="catalog.api.exports",
    response_class=Response,
    responses=FILE_ANSWER,
)
def export_datasets(
    request: Request,
    session: DbSession,
    viewer: CatalogueViewer,
    query: Annotated[ExportQuery, Query()],
) -> Response:
    """
    Download what the list finds, or the datasets named by `dataset`.

    `subsets` adds subsets as in the list. `croissant` is one schema.org/DataCatalog whose
    datasets are Croissant where they have all that it requires; `hf` is a ZIP of cards.
    """
    with_team = viewer.can(Permission.BROWSE_TEAM_CATALOGUE)
    if query.dataset and query.has_filter:
        raise InvalidInput(
            "Name datasets or filter the list, not both: a selection is exported as it is.",
            field="dataset",
        )
    ids: Sequence[int]
    if query.dataset:
        ids = selecting.choose_named(
            session, query.dataset, with_subsets=query.subsets, with_team=with_team
        )
    else:
        search = SearchRequest(
            text=parse_text(query.q),
            filters=query.facets(),
            parent=query.parent,
            include_subsets=query.subsets,
            sees_team=with_team,
        )
        ids = find_ids(session, search)
    title = _("Datasets")
    file = formats.write_many(
        selecting.export_of(request, viewer, ids),
        query.format,
        title=title,
        page_of=selecting.page_of(request),
    )
    return downloads.send(file, title)


@router.get(
    "/datasets/{slug:path}/export",
    name="catalog.api.export",
    response_class=Response,
    responses=FILE_ANSWER,
)
def export_dataset(
    request: Request,
    session: DbSession,
    viewer: CatalogueViewer,
    slug: str,
    query: Annotated[OneQuery, Query()],
) -> Response:
    """
    Download one dataset with its subsets.

    `croissant` answers with schema.org/Dataset where something that Croissant requires is
    missing; its media type says which it is.
    """
    with_team = viewer.can(Permission.BROWSE_TEAM_CATALOGUE)
    dataset = queries.get_dataset(session, slug, with_team=with_team)
    ids = selecting.choose_named(session, [slug], with_subsets=True, with_team=with_team)
    export = selecting.export_of(request, viewer, ids)
    file = formats.write_one(export, query.format, page_of=selecting.page_of(request))
    return downloads.send(file, parts.dataset_name(dataset).text)
