"""A vendor's quote: written in a form, looked over, submitted, revised, withdrawn."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from app.accounts.viewers import CurrentViewer, Viewer
from app.db import DbSession
from app.errors import AppError, Conflict, InvalidInput, NotFound, StaleVersion
from app.quotes import answering, delivering, filing, outline, quote_body
from app.quotes.comparison import say
from app.quotes.content.answered import LineTerms, QuoteIn
from app.quotes.content.asked import LotRequirements
from app.quotes.fields.field import Kind
from app.quotes.models.papers import Attachment
from app.quotes.models.quote import Quote, QuoteLine
from app.quotes.models.rfq import Lot, Rfq
from app.quotes.pricing.money import COMMON_CURRENCIES, MINOR_DIGITS, Money
from app.quotes.queries import attachments as attachment_queries
from app.quotes.queries import quotes as quote_queries
from app.quotes.state import QuoteState, RfqState
from app.quotes.vendors import fields as every
from app.quotes.vendors import reading
from app.quotes.vendors.notices import SEE_OTHER, DoneNotice, redirect
from app.quotes.vendors.show import get_received, invitation_of
from app.quotes.vendors.words import WORDS, Words
from app.quotes.vocabulary import PriceBasis, TierKind
from app.quotes.words import options, unit_name
from app.web.errors import sentence
from app.web.forms import Form, FormData
from app.web.i18n import gettext as _
from app.web.templating import render

router = APIRouter(include_in_schema=False)

OK, UNPROCESSABLE = 200, 422


@dataclass(frozen=True)
class LotForm:
    """One lot of the form: what is asked, and the rows of its price table."""

    lot: Lot
    groups: list[outline.Group]
    rows: list[int]
    unit: str

    def at(self, name: str) -> str:
        """Return what one of the lot's fields is called."""
        return reading.at(self.lot, name)


@dataclass(frozen=True)
class FormPage:
    """The form of a quote."""

    rfq: Rfq
    quote: Quote | None
    form: FormData
    lots: list[LotForm]
    currencies: list[tuple[str, str]]
    attachments: Sequence[Attachment]
    labels: dict[str, str]
    version: str
    is_stale: bool
    notice: str | None
    extensions: str = filing.QUOTE_FILE.extensions.replace(" ", "")
    max_bytes: int = filing.QUOTE_FILE.max_bytes
    fields: object = every
    kinds: type[Kind] = Kind
    tier_kinds: list[tuple[str, str]] | None = None
    bases: list[tuple[str, str]] | None = None
    say: Words = WORDS


@dataclass(frozen=True)
class LineView:
    """One lot of a quote as it is read: its price in words, its total, its terms."""

    lot: Lot
    line: QuoteLine
    total: Money | None
    terms: list[tuple[str, str]]


@dataclass(frozen=True)
class QuotePage:
    """A quote as it was, or would be, submitted."""

    rfq: Rfq
    quote: Quote
    lines: list[LineView]
    unquoted: list[Lot]
    attachments: Sequence[Attachment]
    is_draft: bool
    may_act: bool
    problem: str | None
    notice: str | None
    say: Words = WORDS


@router.get("/quotes/{rfq_id}/quote", name="vendors.quote")
def show_form(
    request: Request, session: DbSession, viewer: CurrentViewer, notice: DoneNotice, rfq_id: str
) -> Response:
    """Show the form of the draft, or of a first one."""
    rfq = get_received(session, rfq_id, viewer)
    current = quote_queries.find_current_quotes(session, invitation_of(rfq, viewer).id)
    draft = current.get(QuoteState.DRAFT)
    if rfq.effective_state is not RfqState.OPEN or (
        draft is None and QuoteState.SUBMITTED in current
    ):
        return RedirectResponse(f"/quotes/{rfq_id}", status_code=SEE_OTHER)
    form = reading.form_of(quote_body.body_of(draft) if draft else QuoteIn(), rfq)
    return form_page(request, session, rfq, draft, form, notice=notice)


@router.post("/quotes/{rfq_id}/quote", name="vendors.save")
def save(
    request: Request, session: DbSession, viewer: CurrentViewer, rfq_id: str, form: Form
) -> Response:
    """Save the draft; then show it again, or all of it to look over."""
    rfq = get_received(session, rfq_id, viewer)
    current = quote_queries.find_current_quotes(session, invitation_of(rfq, viewer).id)
    draft = current.get(QuoteState.DRAFT)
    body = reading.read_quote(form, rfq)
    if body is None:
        return form_page(request, session, rfq, draft, form, status=UNPROCESSABLE)
    version = form.text("version")
    try:
        with session.begin_nested():
            if draft is None:
                if version:
                    raise Conflict("The draft that you changed is gone: it was submitted.")
                answering.draft_quote(session, rfq, body, viewer=viewer)
            else:
                seen = int(version) if version.isdecimal() and len(version) < 10 else 0  # noqa: PLR2004  longer is no version
                answering.save_quote(session, draft, body, viewer=viewer, version=seen)
    except StaleVersion as error:
        session.expire_all()
        rfq = get_received(session, rfq_id, viewer)
        again = quote_queries.find_current_quotes(session, invitation_of(rfq, viewer).id)
        form.refuse("quote", _("A colleague changed the draft. What you typed is still here."))
        return form_page(
            request,
            session,
            rfq,
            again.get(QuoteState.DRAFT),
            form,
            status=int(error.status_code),
            is_stale=True,
        )
    except AppError as error:
        form.refuse(error.field if error.field in form.values else "quote", sentence(error))  # type: ignore[arg-type]
        return form_page(request, session, rfq, draft, form, status=int(error.status_code))
    if form.text("action") == "review":
        return redirect(f"/quotes/{rfq_id}/review")
    return redirect(f"/quotes/{rfq_id}/quote", "saved")


@router.get("/quotes/{rfq_id}/review", name="vendors.review")
def show_review(
    request: Request, session: DbSession, viewer: CurrentViewer, rfq_id: str
) -> Response:
    """Show the draft as it would be submitted."""
    rfq = get_received(session, rfq_id, viewer)
    draft = _draft(session, rfq, viewer)
    if draft is None:
        return RedirectResponse(f"/quotes/{rfq_id}", status_code=SEE_OTHER)
    return quote_page(request, session, rfq, draft)


@router.post("/quotes/{rfq_id}/submit", name="vendors.submit")
def submit(
    request: Request, session: DbSession, viewer: CurrentViewer, rfq_id: str, form: Form
) -> Response:
    """Submit the draft that was looked over; another version of it is shown again first."""
    rfq = get_received(session, rfq_id, viewer)
    draft = _draft(session, rfq, viewer)
    if draft is None:
        raise Conflict("There is no draft to submit. It may have been submitted already.")
    if form.text("version") != str(draft.version):
        problem = _("A colleague changed the draft since you looked it over. Look again.")
        return quote_page(request, session, rfq, draft, problem=problem, status=412)
    try:
        with session.begin_nested():
            answering.submit_quote(session, draft, viewer=viewer)
    except (InvalidInput, Conflict) as error:
        session.expire_all()
        rfq = get_received(session, rfq_id, viewer)
        found = _draft(session, rfq, viewer)
        if found is None:
            raise
        return quote_page(
            request, session, rfq, found, problem=sentence(error), status=int(error.status_code)
        )
    return redirect(f"/quotes/{rfq_id}", "submitted")


@router.post("/quotes/{rfq_id}/discard", name="vendors.discard")
def discard(session: DbSession, viewer: CurrentViewer, rfq_id: str) -> Response:
    """Throw the draft away."""
    rfq = get_received(session, rfq_id, viewer)
    draft = _draft(session, rfq, viewer)
    if draft is not None:
        answering.discard_draft(session, draft, viewer=viewer)
    return redirect(f"/quotes/{rfq_id}", "discarded")


@router.get("/quotes/{rfq_id}/revisions/{revision}", name="vendors.revision")
def show_revision(
    request: Request, session: DbSession, viewer: CurrentViewer, rfq_id: str, revision: int
) -> Response:
    """Show a quote as it was submitted."""
    rfq = get_received(session, rfq_id, viewer)
    return quote_page(request, session, rfq, _revision(session, rfq, revision, viewer))


@router.post("/quotes/{rfq_id}/revisions/{revision}/revise", name="vendors.revise")
def revise(session: DbSession, viewer: CurrentViewer, rfq_id: str, revision: int) -> Response:
    """Begin a new draft with the content of what was submitted."""
    rfq = get_received(session, rfq_id, viewer)
    answering.revise_quote(session, _revision(session, rfq, revision, viewer), viewer=viewer)
    return redirect(f"/quotes/{rfq_id}/quote", "revising")


@router.post("/quotes/{rfq_id}/revisions/{revision}/withdraw", name="vendors.withdraw")
def withdraw(session: DbSession, viewer: CurrentViewer, rfq_id: str, revision: int) -> Response:
    """Take a submitted quote back."""
    rfq = get_received(session, rfq_id, viewer)
    answering.withdraw_quote(session, _revision(session, rfq, revision, viewer), viewer=viewer)
    return redirect(f"/quotes/{rfq_id}", "withdrawn")


def form_page(
    request: Request,
    session: Session,
    rfq: Rfq,
    draft: Quote | None,
    form: FormData,
    *,
    status: int = OK,
    is_stale: bool = False,
    notice: str | None = None,
) -> Response:
    """Render the form with what was typed and what is wrong with it."""
    attachments = (
        attachment_queries.list_attachments(session, rfq, quote_id=draft.id) if draft else []
    )
    page = FormPage(
        rfq=rfq,
        quote=draft,
        form=form,
        lots=[
            LotForm(
                lot,
                outline.of_lot(lot),
                reading.tier_rows(form, lot),
                unit_name(lot.unit),
            )
            for lot in rfq.lots
        ],
        currencies=_currencies(rfq),
        attachments=attachments,
        labels=_labels(rfq, form),
        version=str(draft.version) if draft else "",
        is_stale=is_stale,
        notice=notice,
        tier_kinds=options(TierKind),
        bases=options(PriceBasis),
    )
    return render(request, "quotes/vendors/form.html", page, status_code=status)


def quote_page(
    request: Request,
    session: Session,
    rfq: Rfq,
    quote: Quote,
    *,
    problem: str | None = None,
    status: int = OK,
    notice: str | None = None,
) -> Response:
    """Render a quote to read, with what there is to do with it."""
    by_lot = {line.lot_id: line for line in quote.lines}
    page = QuotePage(
        rfq=rfq,
        quote=quote,
        lines=[
            LineView(
                lot,
                by_lot[lot.id],
                delivering.contract_total(quote, by_lot[lot.id], lot),
                _terms(quote, by_lot[lot.id], lot),
            )
            for lot in rfq.lots
            if lot.id in by_lot
        ],
        unquoted=[lot for lot in rfq.lots if lot.id not in by_lot],
        attachments=attachment_queries.list_attachments(session, rfq, quote_id=quote.id),
        is_draft=quote.state == QuoteState.DRAFT,
        may_act=rfq.effective_state is RfqState.OPEN,
        problem=problem,
        notice=notice,
    )
    return render(request, "quotes/vendors/quote.html", page, status_code=status)


def _terms(quote: Quote, line: QuoteLine, lot: Lot) -> list[tuple[str, str]]:
    """Return what a line says beside its prices, as people read it."""
    metric = LotRequirements.model_validate(lot.requirements).quality.metric
    terms = LineTerms.model_validate(line.terms)
    shown = []
    for field in every.LOT:
        value = getattr(terms if field.in_terms else line, field.key)
        if field.kind is Kind.MONEY:
            text = say.amount(Money(value, quote.currency)) if value else ""
        else:
            unit = line.price_unit if field.key == "moq" else None
            text = outline.text_of(field, value, metric, unit or lot.unit)
        if text:
            shown.append((field.label_text(), text))
    return shown


def _currencies(rfq: Rfq) -> list[tuple[str, str]]:
    first = list(dict.fromkeys((rfq.currency, *COMMON_CURRENCIES)))
    return [(code, code) for code in (*first, *sorted(set(MINOR_DIGITS) - set(first)))]


def _labels(rfq: Rfq, form: FormData) -> dict[str, str]:
    """Return, for each field that is wrong, what the summary above the form calls it."""
    labels = {field.key: field.label_text() for field in (*every.HEADER, *every.WORDING)}
    labels |= {"currency": _("Currency"), "quote": form.errors.get("quote", "")}
    labels |= {"file": _("File to attach")}
    for lot in rfq.lots:
        for field in every.LOT:
            labels[reading.at(lot, field.key)] = _(
                "Lot %(lot)s: %(field)s", lot=lot.number, field=field.label_text()
            )
        for number in range(1, reading.MAX_TIERS + 1):
            for name in ("from", "price"):
                labels[reading.at(lot, f"{name}{number}")] = _(
                    "Lot %(lot)s: price %(n)s", lot=lot.number, n=number
                )
    return labels


def _draft(session: Session, rfq: Rfq, viewer: Viewer) -> Quote | None:
    current = quote_queries.find_current_quotes(session, invitation_of(rfq, viewer).id)
    return current.get(QuoteState.DRAFT)


def _revision(session: Session, rfq: Rfq, revision: int, viewer: Viewer) -> Quote:
    for quote in quote_queries.list_own_quotes(session, [rfq.id], viewer).get(rfq.id, []):
        if quote.revision == revision and quote.state != QuoteState.DRAFT:
            return quote
    raise NotFound(quote_queries.NO_QUOTE)
