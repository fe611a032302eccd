"""The search of layouts: those that fit, fastest first, and why the others do not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response

from app.accounts.viewers import CurrentViewer
from app.db import DbSession
from app.errors import AppError
from app.training import form_values, forms, knowledge, presets, search_form, service, words
from app.training.known import Known
from app.training.service import FoundLayout, RefusedLayout, Search
from app.web.forms import FormData
from app.web.templating import render

router = APIRouter(include_in_schema=False)

EXAMPLES = 3


@dataclass(frozen=True)
class Reason:
    """A rule that refused layouts: how many, and some of them with their sentences."""

    count: int
    examples: Sequence[RefusedLayout]


@dataclass(frozen=True)
class Row:
    """A layout that fits, and the address of the calculator with it."""

    found: FoundLayout
    href: str
    is_current: bool


@dataclass(frozen=True)
class LayoutsPage:
    """The form, and what a search found; `search` is None where it cannot be made."""

    form: FormData
    values: Mapping[str, str]
    search: Search | None
    rows: Sequence[Row]
    reasons: Sequence[Reason]
    known: Known
    models: Sequence[tuple[str, str]]
    words: Any = words
    address: Any = form_values.address


@router.get("/training/layouts", name="training.layouts")
def show_layouts(request: Request, session: DbSession, viewer: CurrentViewer) -> Response:
    """Search the layouts of the cluster in the address."""
    del viewer
    known = knowledge.load_known(session)
    filled = forms.read_query(dict(request.query_params), known=known)
    search = None
    body = search_form.read_search(filled)
    if body is not None:
        try:
            search = service.find_layouts(body, known)
        except AppError as error:
            forms.put_refusal(filled.form, error)
    current = forms.layout_of(filled)
    page = LayoutsPage(
        form=filled.form,
        values=filled.values,
        search=search,
        rows=[
            Row(
                one,
                form_values.address(
                    "/training",
                    search_form.with_layout(
                        filled.values, form_values.values_of_layout(one.layout)
                    ),
                ),
                is_current=one.layout == current,
            )
            for one in search.layouts
        ]
        if search
        else [],
        reasons=list_reasons(search) if search else [],
        known=known,
        models=[(one.id, one.name) for one in presets.models().values()],
    )
    return render(
        request,
        "training/layouts.html",
        page,
        fragments=("search",),
        status_code=200 if search else 422,
    )


def list_reasons(search: Search) -> list[Reason]:
    """Return what refused layouts, the most frequent first, each with a few examples."""
    examples: dict[str, list[RefusedLayout]] = {}
    for one in search.rejected:
        found = examples.setdefault(one.rule, [])
        if len(found) < EXAMPLES and all(other.reason != one.reason for other in found):
            found.append(one)
    ranked = sorted(search.rejected_by_rule.items(), key=lambda item: -item[1])
    return [Reason(count, examples.get(rule, [])) for rule, count in ranked]
