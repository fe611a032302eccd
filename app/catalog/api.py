"""The catalogue as JSON: `GET /api/v1/datasets`, one dataset, its history."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from app.accounts.permissions import Permission
from app.accounts.viewers import CatalogueViewer
from app.catalog import history, queries
from app.catalog.list_routes import load_names
from app.catalog.pages.addresses import ListState
from app.catalog.pages.facets import value_label
from app.catalog.representation import (
    DatasetDetailOut,
    DatasetOut,
    dataset_detail_out,
    dataset_out,
)
from app.catalog.search.query import (
    Facet,
    SearchRequest,
    parse_filters,
    parse_limit,
    parse_sort,
    parse_text,
)
from app.catalog.search.service import search
from app.db import DbSession
from app.web.i18n import current_locale

router = APIRouter(prefix="/api/v1", tags=["catalogue"])

Text = Annotated[str, Field(max_length=1_000)]
Values = Annotated[list[Text], Field(max_length=100)]


class DatasetFilter(BaseModel):
    """Which datasets are meant; a repeated filter means any of its values."""

    model_config = ConfigDict(extra="forbid")

    q: Text = Field(default="", description="Search text, Chinese or English.")
    category: Values = []
    modality: Values = []
    language: Values = []
    licence: Values = []
    provider: Values = []
    unit: Values = []
    method: Values = []
    size: Values = Field(default=[], description="Size bands of the token estimate.")
    parent: Text | None = Field(default=None, description="Only the subsets of this dataset.")
    subsets: bool = Field(default=False, description="Subsets beside top-level datasets.")

    def facets(self) -> dict[Facet, frozenset[str]]:
        """Return the values asked for; raises InvalidInput for too many."""
        return parse_filters({facet.value: getattr(self, facet.value) for facet in Facet})


class DatasetQuery(DatasetFilter):
    """What `GET /datasets` takes."""

    sort: Text | None = Field(default=None, description="relevance, -tokens, name or -updated.")
    limit: int | None = Field(default=None, ge=1, le=200)
    cursor: Text | None = Field(default=None, description="`next_cursor` of the page before.")


class FacetValueOut(BaseModel):
    """A value of a facet and how many datasets have it, the facet's own filter left aside."""

    value: str
    label: str
    count: int


class CorrectionOut(BaseModel):
    """A word that no dataset contains, and what was searched for instead."""

    typed: str
    used: str


class DatasetPage(BaseModel):
    """One page of the catalogue. With `total_capped`, `total` and the counts are floors."""

    items: list[DatasetOut]
    total: int
    total_capped: bool
    next_cursor: str | None
    facets: dict[str, list[FacetValueOut]]
    corrections: list[CorrectionOut]


class ChangeOut(BaseModel):
    """One change of a dataset: who, when, and the fields before and after."""

    at: datetime
    actor: str
    action: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class HistoryOut(BaseModel):
    """The changes of a dataset, newest first."""

    items: list[ChangeOut]


@router.get("/datasets", name="catalog.api.list")
def list_datasets(
    session: DbSession, viewer: CatalogueViewer, query: Annotated[DatasetQuery, Query()]
) -> DatasetPage:
    """Search and filter the catalogue, with the counts of every facet."""
    with_team = viewer.can(Permission.BROWSE_TEAM_CATALOGUE)
    text = parse_text(query.q)
    found = search(
        session,
        SearchRequest(
            text=text,
            filters=query.facets(),
            parent=query.parent,
            include_subsets=query.subsets,
            sort=parse_sort(query.sort, has_text=bool(text)),
            locale=current_locale(),
            limit=parse_limit(query.limit),
            cursor=query.cursor,
            sees_team=with_team,
        ),
    )
    counts = queries.subset_counts(session, found.ids)
    names = load_names(session, ListState(), found.facets, {})
    return DatasetPage(
        items=[
            dataset_out(dataset, counts.get(dataset.id, 0))
            for dataset in queries.list_items(session, found.ids)
        ],
        total=found.total,
        total_capped=found.total_is_capped,
        next_cursor=found.next_cursor,
        facets={
            facet.value: [
                FacetValueOut(
                    value=one.value, label=value_label(facet, one.value, names), count=one.count
                )
                for one in counts.values
            ]
            for facet, counts in found.facets.items()
        },
        corrections=[
            CorrectionOut(typed=correction.typed, used=correction.used)
            for correction in found.corrections
        ],
    )


@router.get("/datasets/{slug:path}/history", name="catalog.api.history")
def show_history(session: DbSession, viewer: CatalogueViewer, slug: str) -> HistoryOut:
    """Return who changed what of a dataset and when."""
    with_team = viewer.can(Permission.BROWSE_TEAM_CATALOGUE)
    dataset = queries.get_dataset(session, slug, with_team=with_team)
    return HistoryOut(
        items=[
            ChangeOut(
                at=event.at,
                actor=event.actor_name,
                action=event.action,
                before=event.before,
                after=event.after,
            )
            for event in history.list_newest(session, dataset.id, with_team=with_team)
        ]
    )


@router.get("/datasets/{slug:path}", name="catalog.api.show")
def show_dataset(
    response: Response, session: DbSession, viewer: CatalogueViewer, slug: str
) -> DatasetDetailOut:
    """Return all that is known of a dataset; a subset's slug is `parent/child`."""
    with_team = viewer.can(Permission.BROWSE_TEAM_CATALOGUE)
    dataset = queries.get_dataset(session, slug, with_team=with_team)
    subsets = queries.list_subsets(session, dataset.id, with_team=with_team)
    overlaps = queries.list_overlaps(session, dataset.id, with_team=with_team)
    response.headers["ETag"] = f'"{dataset.revision}"'
    return dataset_detail_out(dataset, overlaps, [subset.slug for subset in subsets])
