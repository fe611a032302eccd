"""The page of where a dataset lies for training: shown to the team, changed by its editors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer, Viewer, require
from app.catalog import queries as catalog_queries
from app.catalog import reference
from app.catalog.editing.routes import Editor
from app.catalog.locations import forms, queries, service
from app.catalog.locations.kinds import LAYOUT_WORDS, TOKENISED, Split
from app.catalog.models.datasets import Dataset
from app.catalog.pages import parts
from app.db import DbSession
from app.errors import InvalidInput
from app.web.forms import Form, FormData
from app.web.i18n import gettext as _
from app.web.templating import render

router = APIRouter(include_in_schema=False)

SEE_OTHER = 303


@dataclass(frozen=True)
class LocationsPage:
    """Where a dataset lies for training."""

    slug: str
    name: parts.Name
    crumbs: list[tuple[str, str | None]]
    form: FormData
    rows: list[dict[str, str]]
    layouts: Sequence[tuple[str, str]]
    splits: Sequence[tuple[str, str]]
    tokenizers: Sequence[tuple[str, str]]
    tokenised: frozenset[str]
    can_edit: bool
    has_any: bool
    is_saved: bool


def layout_words() -> dict[str, str]:
    """Return what each layout is, in the reader's language."""
    return {layout: _(text) for layout, text in LAYOUT_WORDS.items()}


def split_words() -> dict[str, str]:
    """Return what each split is for, in the reader's language."""
    return {
        Split.TRAIN: _("training"),
        Split.VALID: _("validation"),
        Split.TEST: _("test"),
    }


@router.get("/catalogue/{slug:path}/locations", name="catalog.locations")
def show(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    slug: str,
    done: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Show where a dataset lies for training."""
    require(viewer, Permission.BROWSE_TEAM_CATALOGUE)
    dataset = catalog_queries.get_dataset(session, slug, with_team=True)
    data = queries.find_training_data(session, dataset.id)
    entered = service.read_entered(data)
    form = FormData(forms.fields_of(entered, data.revision if data else 0))
    return _page(request, session, dataset, form, viewer=viewer, is_saved=done == "saved")


@router.post("/catalogue/{slug:path}/locations", name="catalog.locations.post")
def save(request: Request, session: DbSession, viewer: Editor, form: Form, slug: str) -> Response:
    """Save everything of the form, or show it again with another row or with what is wrong."""
    dataset = catalog_queries.get_dataset(session, slug, with_team=True)
    if form.text("do") == "row":
        again = forms.with_another_row(form)
        return _page(request, session, dataset, again, viewer=viewer)
    entered, rows = forms.read(form)
    revision = form.text("revision")
    if not form.errors:
        try:
            with session.begin_nested():
                service.save(
                    session,
                    dataset,
                    entered,
                    viewer=viewer,
                    revision=int(revision) if revision.isdecimal() else None,
                )
        except InvalidInput as error:
            _put(form, error, rows)
        else:
            return RedirectResponse(f"/catalogue/{dataset.slug}/locations?done=saved", SEE_OTHER)
    return _page(request, session, dataset, form, viewer=viewer)


def _put(form: FormData, error: InvalidInput, rows: Sequence[int]) -> None:
    """Put a refusal at its field: `locations.2.uri` is the second row that was not blank."""
    parts_of_field = (error.field or "").split(".")
    if parts_of_field[0] == "locations" and len(parts_of_field) == 3:  # noqa: PLR2004  row, field
        row = rows[int(parts_of_field[1]) - 1]
        form.refuse(f"{parts_of_field[2]}-{row}", str(error))
    else:
        form.refuse(error.field or "uri-1", str(error))


def _page(
    request: Request,
    session: Session,
    dataset: Dataset,
    form: FormData,
    *,
    viewer: Viewer,
    is_saved: bool = False,
) -> Response:
    name = parts.dataset_name(dataset)
    rows = forms.rows_of(form)
    page = LocationsPage(
        slug=dataset.slug,
        name=name,
        crumbs=[
            (_("Catalogue"), "/catalogue"),
            (name.text, f"/catalogue/{dataset.slug}"),
            (_("Where it lies for training"), None),
        ],
        form=form,
        rows=rows,
        layouts=list(layout_words().items()),
        splits=list(split_words().items()),
        tokenizers=list(reference.tokenizer_names(session).items()),
        tokenised=frozenset(TOKENISED),
        can_edit=viewer.can(Permission.EDIT_CATALOGUE),
        has_any=any(row["uri"] for row in rows),
        is_saved=is_saved,
    )
    status = 422 if form.errors else 200
    return render(request, "catalog/locations.html", page, status_code=status)
