"""The tables of accelerators, prices and grids: read by everybody, changed by administrators."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer, require
from app.db import DbSession
from app.errors import InvalidInput, NotFound
from app.mixtures import slugs
from app.training import form_values, knowledge, words
from app.training.known import Known
from app.training.plans import queries
from app.training.plans.service import read_text
from app.web.errors import sentence
from app.web.forms import Form, FormData
from app.web.i18n import gettext as _
from app.web.i18n import later
from app.web.templating import render

router = APIRouter(include_in_schema=False)

KINDS = ("accelerator", "price", "grid")
NEW = "new"
DONE = {
    "saved": later("Saved. It counts from the next calculation on."),
    "reset": later("Set back to what is shipped."),
}


@dataclass(frozen=True)
class TablesPage:
    """The three tables."""

    known: Known
    can_edit: bool
    notice: str | None
    words: Any = words


@dataclass(frozen=True)
class FigurePage:
    """The form of one row."""

    kind: str
    code: str
    title: str
    values: Mapping[str, str]
    revision: int
    is_edited: bool
    accelerators: Sequence[tuple[str, str]]
    form: FormData | None
    words: Any = words


@router.get("/training/tables", name="training.tables")
def show_tables(
    request: Request, session: DbSession, viewer: CurrentViewer, done: str = ""
) -> Response:
    """Show accelerators, prices and grids with their sources and dates."""
    page = TablesPage(
        known=knowledge.load_known(session),
        can_edit=viewer.can(Permission.MANAGE_SETTINGS),
        notice=_(DONE[done]) if done in DONE else None,
    )
    return render(request, "training/tables.html", page)


@router.get("/training/tables/{kind}/{code}", name="training.figure")
def show_figure(
    request: Request, session: DbSession, viewer: CurrentViewer, kind: str, code: str
) -> Response:
    """Show the form of a row, or of a new one."""
    require(viewer, Permission.MANAGE_SETTINGS)
    return _figure_page(request, session, kind, code, None)


@router.post("/training/tables/{kind}/{code}", name="training.figure.post")
def save_figure(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    kind: str,
    *,
    code: str,
    form: Form,
) -> Response:
    """Save a row, or set it back."""
    require(viewer, Permission.MANAGE_SETTINGS)
    if form.text("do") == "reset":
        knowledge.reset_figure(session, kind, code, viewer=viewer)
        return RedirectResponse("/training/tables?done=reset", 303)
    known = knowledge.load_known(session)
    _row_values(known, kind, code)
    revision = form.text("revision")
    try:
        values = _read(form, kind, known)
        knowledge.save_figure(
            session,
            kind,
            _new_code(form, known, kind) if code == NEW else code,
            values,
            source=read_text(form.text("source"), field="source", most=300),
            as_of=_read_date(form.text("as_of")),
            revision=int(revision) if revision.isdecimal() and len(revision) < 9 else 0,  # noqa: PLR2004  a revision
            viewer=viewer,
        )
    except InvalidInput as error:
        form.refuse(error.field or "source", sentence(error))
        return _figure_page(request, session, kind, code, form)
    return RedirectResponse("/training/tables?done=saved", 303)


def _figure_page(
    request: Request, session: Session, kind: str, code: str, form: FormData | None
) -> Response:
    known = knowledge.load_known(session)
    values = _row_values(known, kind, code)
    row = None if code == NEW else queries.find_figure(session, kind, code)
    page = FigurePage(
        kind=kind,
        code=code,
        title=values.get("title", ""),
        values=values,
        revision=row.revision if row else 0,
        is_edited=row is not None,
        accelerators=[(one.id, one.device.name) for one in known.accelerators.values()],
        form=form,
    )
    return render(
        request, "training/figure.html", page, status_code=422 if form is not None else 200
    )


def _row_values(known: Known, kind: str, code: str) -> dict[str, str]:
    """Return what the form of a row starts with; 404 where there is no such row."""
    if kind in {"price", "grid"} and code == NEW:
        return {"title": _("A new row")}
    if kind == "accelerator" and code in known.accelerators:
        preset = known.accelerators[code]
        numbers = {name: getattr(preset.device, name) for name in knowledge.NUMBERS}
        return {
            "title": preset.device.name,
            "source": "; ".join(preset.sources)[:300],
        } | {name: "" if one is None else form_values.plain(one) for name, one in numbers.items()}
    if kind == "price" and code in known.prices:
        price = known.prices[code]
        return {
            "title": code,
            "accelerator": price.accelerator,
            "usd_per_hour": form_values.plain(price.usd_per_hour),
            "terms": price.terms,
            "source": price.source,
            "as_of": price.as_of.isoformat(),
        }
    if kind == "grid" and code in known.grids:
        grid = known.grids[code]
        return {
            "title": code,
            "zh": grid.name["zh"],
            "en": grid.name["en"],
            "g_per_kwh": form_values.plain(grid.g_per_kwh),
            "source": grid.source,
            "as_of": grid.as_of.isoformat(),
        }
    raise NotFound("There is no such row.")


def _read(form: FormData, kind: str, known: Known) -> dict[str, Any]:
    if kind == "accelerator":
        return {
            name: knowledge.read_amount(
                form.text(name), field=name, is_needed=name in knowledge.NEEDED
            )
            for name in knowledge.NUMBERS
        }
    if kind == "price":
        if form.text("accelerator") not in known.accelerators:
            raise InvalidInput("Choose one of the accelerators.", field="accelerator")
        amount = knowledge.read_amount(
            form.text("usd_per_hour"), field="usd_per_hour", is_needed=True
        )
        return {
            "accelerator": form.text("accelerator"),
            "usd_per_hour": form_values.plain(amount or 0),
            "terms": read_text(form.text("terms"), field="terms", most=80),
        }
    return {
        "zh": read_text(form.text("zh"), field="zh", most=80),
        "en": read_text(form.text("en"), field="en", most=80),
        "g_per_kwh": knowledge.read_amount(
            form.text("g_per_kwh"), field="g_per_kwh", is_needed=True
        ),
    }


def _new_code(form: FormData, known: Known, kind: str) -> str:
    name = (
        f"{form.text('accelerator')} {form.text('terms')}" if kind == "price" else form.text("en")
    )
    taken = known.prices if kind == "price" else known.grids
    return slugs.propose_free(name, lambda slug: slug in taken or slug == NEW)


def _read_date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput("Write a date such as 2026-02-01.", field="as_of") from None
