"""Exchange rates, and above which amount an approver opens a request."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer, Viewer, require
from app.db import DbSession
from app.errors import AppError, Forbidden, InvalidInput, NotFound
from app.quotes import rates
from app.quotes.buying.notices import DoneNotice, redirect
from app.quotes.buying.reading import read_number
from app.quotes.buying.words import WORDS, Words
from app.quotes.models.money import ExchangeRate, QuoteSettings
from app.quotes.pricing.money import COMMON_CURRENCIES, MINOR_DIGITS
from app.quotes.queries import rfqs as rfq_queries
from app.quotes.queries import rules as rule_queries
from app.web.forms import Form, FormData
from app.web.i18n import gettext as _
from app.web.templating import render

router = APIRouter(include_in_schema=False)

PAGE = "/rfqs/settings"


@dataclass(frozen=True)
class SettingsPage:
    """The rates that are known and the rules that hold."""

    rates: Sequence[ExchangeRate]
    settings: QuoteSettings
    today: date
    form: FormData | None
    can_manage: bool
    can_enter: bool
    notice: str | None
    currencies: tuple[str, ...] = COMMON_CURRENCIES
    all_currencies: tuple[str, ...] = tuple(sorted(MINOR_DIGITS))
    say: Words = WORDS


@router.get(PAGE, name="quotes.settings")
def show_settings(
    request: Request, session: DbSession, viewer: CurrentViewer, notice: DoneNotice
) -> Response:
    """Show rates and rules."""
    _require_team(viewer)
    page = _page(session, viewer, None, notice=notice)
    return render(request, "quotes/settings.html", page)


@router.post(PAGE + "/rates", name="quotes.enter_rate")
def enter_rate(request: Request, session: DbSession, viewer: CurrentViewer, form: Form) -> Response:
    """Keep a rate, with its day and where it is from."""
    try:
        with session.begin_nested():
            rates.enter_rate(
                session,
                currency=form.text("currency"),
                base=form.text("base"),
                rate=_number(form, "rate"),
                on_date=_day(form, "date"),
                source=form.text("source"),
                viewer=viewer,
            )
    except Forbidden:
        raise
    except AppError as error:
        form.refuse(error.field or "rate", _(error.message, **error.params))
        page = _page(session, viewer, form)
        return render(request, "quotes/settings.html", page, status_code=error.status_code)
    return redirect(PAGE, "rate")


@router.post(PAGE + "/rules", name="quotes.change_rules")
def change_rules(
    request: Request, session: DbSession, viewer: CurrentViewer, form: Form
) -> Response:
    """Say above which amount an approver opens a request."""
    require(viewer, Permission.MANAGE_SETTINGS)
    try:
        with session.begin_nested():
            rates.change_settings(
                session,
                base_currency=form.text("base_currency"),
                approval_threshold=_number(form, "approval_threshold")
                if form.text("approval_threshold")
                else None,
                viewer=viewer,
            )
    except AppError as error:
        form.refuse(error.field or "approval_threshold", _(error.message, **error.params))
        page = _page(session, viewer, form)
        return render(request, "quotes/settings.html", page, status_code=error.status_code)
    return redirect(PAGE, "settings")


def _page(
    session: Session, viewer: Viewer, form: FormData | None, *, notice: str | None = None
) -> SettingsPage:
    can_manage = viewer.can(Permission.MANAGE_SETTINGS)
    return SettingsPage(
        rates=rule_queries.list_rates(session),
        settings=rule_queries.get_settings(session),
        today=rfq_queries.database_now(session).date(),
        form=form,
        can_manage=can_manage,
        can_enter=can_manage or viewer.can(Permission.EDIT_REQUESTS),
        notice=notice,
    )


def _require_team(viewer: Viewer) -> None:
    require(viewer, Permission.READ_QUOTES)
    if not viewer.is_team:
        raise NotFound(rfq_queries.NO_RFQ)


def _number(form: FormData, name: str) -> Decimal:
    try:
        value = read_number(form.text(name))
    except ValueError as error:
        raise InvalidInput(str(error).replace("%", "%%"), field=name) from None
    if not 0 <= value < Decimal(10) ** 15:
        raise InvalidInput("Write a number from 0 to 10^15.", field=name)
    return value


def _day(form: FormData, name: str) -> date:
    try:
        return date.fromisoformat(form.text(name))
    except ValueError:
        raise InvalidInput("Write a date like 2027-01-31.", field=name) from None
