"""The settings of the conversion priors: the table, a preview of a change, the change."""

from decimal import Decimal, InvalidOperation

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer, require
from app.catalog import reference, service
from app.catalog.pages.about import prior_row
from app.catalog.pages.priors import PreviewView, PriorsPage, preview_view, prior_form
from app.catalog.service import PriorValues
from app.catalog.words import labels
from app.db import DbSession
from app.errors import InvalidInput
from app.web.errors import sentence
from app.web.forms import Form, FormData
from app.web.i18n import gettext as _
from app.web.i18n import ngettext
from app.web.templating import render

router = APIRouter(include_in_schema=False)

UNPROCESSABLE = 422


@router.get("/settings/priors", name="catalog.priors")
def priors(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    edit: str = "",
    changed: int | None = None,
) -> Response:
    """Show the priors, and the form of the one that is edited."""
    require(viewer, Permission.EDIT_PRIORS)
    done = None
    if changed is not None:
        done = ngettext(
            "%(n)s estimate was derived again.", "%(n)s estimates were derived again.", changed
        )
    page = PriorsPage(
        priors=[prior_row(prior) for prior in reference.list_priors(session)],
        edited=prior_form(reference.get_prior(session, edit)) if edit else None,
        done=done,
    )
    return render(request, "catalog/priors.html", page)


@router.post("/settings/priors", name="catalog.change_prior")
def change_prior(
    request: Request, session: DbSession, viewer: CurrentViewer, form: Form
) -> Response:
    """Show what a change of a prior would do, or make it."""
    require(viewer, Permission.EDIT_PRIORS)
    code = form.text("code")
    values = read_values(form)
    preview = None
    if values is not None:
        try:
            if form.text("action") != "save":
                preview = preview_view(service.preview_prior(session, code, values))
            else:
                changed = service.change_prior(
                    session, code, values, revision=read_revision(form), actor=viewer
                )
                return RedirectResponse(f"/settings/priors?changed={changed}", status_code=303)
        except InvalidInput as error:
            form.refuse(error.field or "mid", sentence(error))
    return show_form(request, session, code, form, preview)


def show_form(
    request: Request, session: Session, code: str, form: FormData, preview: PreviewView | None
) -> Response:
    """Show the form again, as it was typed, with its errors or its preview."""
    page = PriorsPage(
        priors=[prior_row(prior) for prior in reference.list_priors(session)],
        edited=prior_form(reference.get_prior(session, code), form),
        preview=preview,
    )
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "catalog/priors.html", page, status_code=status)


def read_revision(form: FormData) -> int:
    """Return the revision that the form was opened at; anything else is none of ours."""
    text = form.text("revision")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004


def read_values(form: FormData) -> PriorValues | None:
    """Return the values of the form, or None with the errors put at their fields."""
    low, mid, high = (read_number(form, name) for name in ("low", "mid", "high"))
    if mid is None:
        form.refuse("mid", _("Give the middle: tokens per unit, such as 170000."))
    source = form.text("source_text")
    if not source:
        form.refuse("source_text", _("Say where the numbers come from."))
    grade = form.text("grade")
    if grade not in labels.PRIOR_GRADES:
        form.refuse("grade", _("Choose one of the grades."))
    if form.errors or mid is None:
        return None
    return PriorValues(
        low=low,
        mid=mid,
        high=high,
        grade=grade,
        source_text=source,
        note_zh=form.text("note_zh") or None,
        note_en=form.text("note_en") or None,
    )


def read_number(form: FormData, name: str) -> Decimal | None:
    """Return a number of the form, or None where it is empty or, with an error, unreadable."""
    text = form.text(name).replace(",", "").replace("，", "")
    if not text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) >= Decimal(10) ** 12:
        form.refuse(name, _("“%(text)s” is not a number. Write it like 170000.", text=text[:40]))
        return None
    return round(number, 6)
