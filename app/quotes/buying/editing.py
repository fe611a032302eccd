"""Write a request in steps that save as they go: basics, lots, terms, and a look at the whole."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer, Viewer, require
from app.db import DbSession
from app.errors import AppError, NotFound
from app.quotes import indicating, requests
from app.quotes.beginning import origins
from app.quotes.beginning import start as beginning
from app.quotes.buying.notices import DoneNotice, redirect
from app.quotes.buying.reading import Json, read_number, read_step, typed, validate
from app.quotes.buying.words import WORDS, Words
from app.quotes.comparison.scores import CRITERIA, weights_of
from app.quotes.content.asked import LotIn, RfqIn
from app.quotes.content.values import to_json
from app.quotes.fields.field import Step
from app.quotes.fields.header import HEADER
from app.quotes.fields.lot import LOT_STEP
from app.quotes.fields.terms import TERMS
from app.quotes.indicating import Indicated
from app.quotes.models.rfq import Rfq
from app.quotes.pricing.money import COMMON_CURRENCIES, MINOR_DIGITS
from app.quotes.queries import rfqs as rfq_queries
from app.quotes.state import RfqState
from app.quotes.vocabulary import Metric
from app.web.forms import Form, FormData
from app.web.i18n import gettext as _
from app.web.i18n import later
from app.web.templating import is_htmx, render

router = APIRouter(include_in_schema=False)

STEPS = (
    ("basics", later("Basics")),
    ("lots", later("Lots")),
    ("terms", later("Terms")),
    ("scoring", later("Scoring")),
)
FORMS: dict[str, Step] = {"basics": HEADER, "terms": TERMS}
NEXT = {"basics": "lots", "lots": "terms", "terms": "scoring", "scoring": ""}


@dataclass(frozen=True, slots=True)
class Position:
    """Where in the form somebody is, and what to say when it is saved."""

    step: str
    number: int = 0
    done: str = ""


@dataclass(frozen=True)
class EditPage:
    """One step of the form."""

    rfq: Rfq | None
    body: RfqIn
    step: str
    form_step: Step | None
    lot: LotIn | None
    lot_number: int
    values: dict[str, str]
    form: FormData | None
    notice: str | None
    weights: dict[str, str]
    note: str
    hidden: dict[str, str]
    # What rate cards say of the lots, on the step that lists them.
    indicated: Indicated | None = None
    # Vendors have seen the request, so that they are told what changed.
    is_amendment: bool = False
    steps: Sequence[tuple[str, str]] = STEPS
    currencies: tuple[str, ...] = COMMON_CURRENCIES
    all_currencies: tuple[str, ...] = tuple(sorted(MINOR_DIGITS))
    criteria: tuple[str, ...] = tuple(CRITERIA)
    say: Words = WORDS


# -- A new request


@router.get("/rfqs/new", name="quotes.new")
def show_new(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    earlier: Annotated[str, Query(alias="from")] = "",
) -> Response:
    """Show the first step of a new request, perhaps with what it begins from."""
    require(viewer, Permission.EDIT_REQUESTS)
    start = beginning.read_start(session, viewer, request.query_params, earlier=earlier)
    return render(request, "quotes/edit.html", _new_page(start, None))


@router.post("/rfqs/new", name="quotes.create")
def create(request: Request, session: DbSession, viewer: CurrentViewer, form: Form) -> Response:
    """Make the draft; from here on every step saves."""
    require(viewer, Permission.EDIT_REQUESTS)
    chosen = {name: form.text(name) for name in beginning.PARAMETERS}
    start = beginning.read_start(session, viewer, chosen, earlier=form.text("from"))
    body = to_json(start.body)
    read_step(HEADER.fields, form, body)
    content = None if form.errors else validate(RfqIn, body, form)
    if isinstance(content, RfqIn):
        try:
            with session.begin_nested():
                rfq = requests.create_rfq(session, content, viewer=viewer, origin=start.origin)
            return redirect(
                _address(request, rfq, "lots"), "copied" if start.is_copy else "created"
            )
        except AppError as error:
            form.refuse(error.field or "form", _(error.message, **error.params))
    return render(request, "quotes/edit.html", _new_page(start, form), status_code=422)


def _new_page(start: beginning.Start, form: FormData | None) -> EditPage:
    return EditPage(
        rfq=None,
        body=start.body,
        step="basics",
        form_step=HEADER,
        lot=None,
        lot_number=0,
        values={field.name: typed(field, start.body) for field in HEADER.fields},
        form=form,
        notice=None,
        weights={},
        note=start.note,
        hidden=start.hidden,
    )


# -- The steps of a draft


@router.get("/rfqs/{rfq_id}/edit/{step}", name="quotes.edit")
def show_step(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    notice: DoneNotice,
    rfq_id: str,
    step: str,
) -> Response:
    """Show a step of the form with what is saved."""
    rfq = _editable(session, viewer, rfq_id)
    page = _page(rfq, step, None, notice=notice)
    if step == "lots" and rfq.lots:
        page = replace(page, indicated=indicating.load(session, rfq, viewer))
    return render(request, "quotes/edit.html", page)


@router.post("/rfqs/{rfq_id}/edit/{step}", name="quotes.save")
def save_step(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    form: Form,
    rfq_id: str,
    step: str,
) -> Response:
    """Save a step; a person goes on to the next, a change of a field stays."""
    rfq = _editable(session, viewer, rfq_id)
    if step not in {"basics", "terms", "scoring"}:
        raise NotFound("There is no such step.")
    body = to_json(requests.body_of(rfq))
    if step == "scoring":
        body["criteria"] = _read_weights(form)
    else:
        read_step(FORMS[step].fields, form, body)
        if rfq.effective_state is RfqState.OPEN:
            # A deadline is extended elsewhere, and budget and currency stay.
            kept = to_json(requests.body_of(rfq))
            body |= {name: kept.get(name) for name in ("deadline", "budget", "currency")}
    return _save(request, session, viewer, rfq, body, form, at=Position(step))


@router.get("/rfqs/{rfq_id}/edit/lots/{number}", name="quotes.edit_lot")
def show_lot(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    notice: DoneNotice,
    rfq_id: str,
    number: str,
) -> Response:
    """Show the form of one lot; `new` is one more."""
    rfq = _editable(session, viewer, rfq_id)
    page = _page(rfq, "lots", None, notice=notice, number=_number(rfq, number))
    return render(request, "quotes/edit.html", page)


@router.post("/rfqs/{rfq_id}/edit/lots/{number}", name="quotes.save_lot")
def save_lot(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    form: Form,
    rfq_id: str,
    number: str,
) -> Response:
    """Save one lot, add it, or take it off the draft."""
    rfq = _editable(session, viewer, rfq_id)
    position = _number(rfq, number)
    body = to_json(requests.body_of(rfq))
    lots: list[Json] = body.setdefault("lots", [])
    if form.text("do") == "remove" and position <= len(lots):
        del lots[position - 1]
        at = Position("lots", done="lot-removed")
        return _save(request, session, viewer, rfq, body, form, at=at)
    lot: Json = lots[position - 1] if position <= len(lots) else {}
    read_step(LOT_STEP.fields, form, lot)
    content = None if form.errors else validate(LotIn, lot, form)
    if content is None:
        page = _page(rfq, "lots", form, number=position)
        return _refused(request, page)
    is_new = position > len(lots)
    if is_new:
        lots.append(lot)
    at = Position("lots", position, "lot-added" if is_new else "saved")
    return _save(request, session, viewer, rfq, body, form, at=at)


def _save(
    request: Request,
    session: Session,
    viewer: Viewer,
    rfq: Rfq,
    body: Json,
    form: FormData,
    *,
    at: Position,
) -> Response:
    step, number, done = at.step, at.number, at.done
    content = None if form.errors else validate(RfqIn, body, form)
    if isinstance(content, RfqIn):
        try:
            with session.begin_nested():
                saved = requests.change_rfq(
                    session,
                    rfq,
                    content,
                    viewer=viewer,
                    revision=_revision(form),
                    summary=form.text("summary") or None,
                )
        except AppError as error:
            session.expire_all()
            form.refuse(error.field or "form", _(error.message, **error.params))
            rfq = rfq_queries.get_rfq(session, rfq.public_id, viewer)
            page = _page(rfq, step, form, number=number)
            return _refused(request, page, error.status_code)
        return _saved(request, saved, step, number, done)
    return _refused(request, _page(rfq, step, form, number=number))


def _saved(request: Request, rfq: Rfq, step: str, number: int, done: str) -> Response:
    if is_htmx(request) and request.headers.get("HX-Target", "").endswith("save_state"):
        return render(
            request,
            "quotes/edit.html",
            _page(rfq, step, None, number=number),
            fragments=("save_state",),
        )
    if rfq.effective_state is RfqState.OPEN:
        return redirect(request.url_for("quotes.show", rfq_id=rfq.public_id).path, "amended")
    if step == "lots":
        return redirect(_address(request, rfq, "lots"), done or "saved")
    following = NEXT[step]
    if following:
        return redirect(_address(request, rfq, following), "saved")
    return redirect(request.url_for("quotes.show", rfq_id=rfq.public_id).path, "saved")


def _refused(request: Request, page: EditPage, status_code: int = 422) -> Response:
    return render(
        request, "quotes/edit.html", page, status_code=status_code, fragments=("save_state",)
    )


def _page(
    rfq: Rfq, step: str, form: FormData | None, *, notice: str | None = None, number: int = 0
) -> EditPage:
    if step not in dict(STEPS):
        raise NotFound("There is no such step.")
    body = requests.body_of(rfq)
    lot: LotIn | None = None
    form_step = FORMS.get(step)
    model: RfqIn | LotIn | None = body
    metric: Metric | None = None
    if number:
        form_step = LOT_STEP
        lot = body.lots[number - 1] if number <= len(body.lots) else None
        model = lot
        metric = lot.requirements.quality.metric if lot else None
    fields = form_step.fields if form_step else []
    weights = weights_of(rfq.criteria)
    return EditPage(
        rfq=rfq,
        body=body,
        step=step,
        form_step=form_step,
        lot=lot,
        lot_number=number,
        values={field.name: typed(field, model, metric) for field in fields},
        form=form,
        notice=notice,
        weights={code: f"{weights[code]:f}" if code in weights else "0" for code in CRITERIA},
        note=origins.say(rfq.origin),
        hidden={},
        is_amendment=rfq.effective_state is RfqState.OPEN,
    )


def _editable(session: Session, viewer: Viewer, rfq_id: str) -> Rfq:
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)
    if not viewer.is_team:
        raise NotFound(rfq_queries.NO_RFQ)
    require(viewer, Permission.EDIT_REQUESTS)
    return rfq


def _number(rfq: Rfq, text: str) -> int:
    """Return a lot's number, one more than there are for a new one."""
    if text == "new":
        return len(rfq.lots) + 1
    if text.isascii() and text.isdecimal() and len(text) < 4 and 1 <= int(text) <= len(rfq.lots):  # noqa: PLR2004  no request has a thousand lots
        return int(text)
    raise NotFound("The request has no such lot.")


def _revision(form: FormData) -> int | None:
    text = form.text("revision")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None  # noqa: PLR2004  far below 2^31


def _read_weights(form: FormData) -> list[dict[str, Any]]:
    weights = []
    for code in CRITERIA:
        text = form.text(f"weight_{code}")
        try:
            weights.append({"code": code, "weight": read_number(text) if text else 0})
        except ValueError as error:
            form.refuse(f"weight_{code}", str(error))
    if not form.errors and not any(one["weight"] for one in weights):
        form.refuse("weight_price", _("Give at least one criterion a weight above 0."))
    return weights


def _address(request: Request, rfq: Rfq, step: str) -> str:
    return str(request.url_for("quotes.edit", rfq_id=rfq.public_id, step=step).path)
