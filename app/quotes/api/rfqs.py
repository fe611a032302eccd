"""Requests for quotation as JSON: list, write, open, close, cancel, extend; their events."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer, Viewer, require
from app.db import DbSession
from app.errors import InvalidInput
from app.quotes import closing, inviting, opening, rates, requests
from app.quotes.api.answers.records import EventList, event_out
from app.quotes.api.answers.requests import RfqOut, RfqPage, decision_out, rfq_out
from app.quotes.api.beginning import Chosen
from app.quotes.api.once import answer, etag, once, read_if_match
from app.quotes.beginning.start import read_start
from app.quotes.content.asked import Criterion, LotIn, RfqIn, RfqTerms
from app.quotes.content.values import (
    Currency,
    Day,
    Factor,
    Line,
    Moment,
    Money,
    Reason,
    Strict,
    Text,
    Title,
)
from app.quotes.models.rfq import Rfq
from app.quotes.paging import read_cursor
from app.quotes.queries import awards as award_queries
from app.quotes.queries import invitations as invitation_queries
from app.quotes.queries import quotes as quote_queries
from app.quotes.queries import rfqs as rfq_queries
from app.quotes.queries import timeline as timeline_queries
from app.quotes.state import RfqState
from app.web.paging import encode_cursor

router = APIRouter(prefix="/api/v1/rfqs", tags=["quotes"])

DEFAULT_LIMIT = 50
Id = Annotated[str, Path(max_length=40)]


class RfqPatch(Strict):
    """
    What is to change of a request; what is left out stays, null takes away.

    `lots` are all lots; those to keep carry their `id`. An open request is amended: say in
    `summary` what changed. Its deadline only moves later, and alone.
    """

    title: Title | None = None
    description: Text | None = None
    deadline: Moment | None = None
    questions_until: Moment | None = None
    currency: Currency | None = None
    budget: Money | None = None
    lots: Annotated[list[LotIn], Field(max_length=50)] | None = None
    terms: RfqTerms | None = None
    criteria: Annotated[list[Criterion], Field(max_length=20)] | None = None
    summary: Reason | None = None


class CancelIn(Strict):
    """Why a request is given up."""

    reason: Reason | None = None


class ExtendIn(Strict):
    """The later deadline."""

    deadline: Moment


class RateIn(Strict):
    """How much of the request's currency one unit of another is worth."""

    currency: Currency
    rate: Factor
    date: Day
    source: Line


@router.get("", name="quotes.api.rfqs")
def list_rfqs(
    session: DbSession,
    viewer: CurrentViewer,
    *,
    q: Annotated[str, Query(max_length=200)] = "",
    state: RfqState | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = DEFAULT_LIMIT,
    cursor: Annotated[str | None, Query(max_length=1_000)] = None,
) -> RfqPage:
    """List the requests of the team, or those addressed to one's organisation, newest first."""
    before = read_cursor(cursor)
    found = rfq_queries.list_rfqs(session, viewer, state=state, text=q, before=before, limit=limit)
    shown = found[:limit]
    counts = (
        quote_queries.count_quotes(session, [rfq.id for rfq in shown]) if viewer.is_team else {}
    )
    return RfqPage(
        items=[
            rfq_out(rfq, viewer, quote_count=counts.get(rfq.id, 0), own=_own(rfq, viewer))
            for rfq in shown
        ],
        total=rfq_queries.count_rfqs(session, viewer, state=state, text=q),
        next_cursor=encode_cursor([shown[-1].created_at.isoformat(), shown[-1].id])
        if len(found) > limit
        else None,
    )


@router.post("", name="quotes.api.rfqs.create", status_code=201, response_model=RfqOut)
def create_rfq(
    request: Request, session: DbSession, viewer: CurrentViewer, body: RfqIn, chosen: Chosen
) -> Response:
    """
    Make a draft of a request.

    The parameters say where it comes from, as those of `GET /rfqs/start`: with a mixture, what is
    awarded is offered to its draft.
    """

    def change() -> Response:
        origin = read_start(session, viewer, chosen, earlier=chosen["from"]).origin
        rfq = requests.create_rfq(session, body, viewer=viewer, origin=origin)
        response = answer(show(session, rfq, viewer), 201, version=rfq.revision)
        response.headers["Location"] = f"/api/v1/rfqs/{rfq.public_id}"
        return response

    return once(request, session, viewer, body, change)


@router.get("/{rfq_id}", name="quotes.api.rfq")
def show_rfq(response: Response, session: DbSession, viewer: CurrentViewer, rfq_id: Id) -> RfqOut:
    """Return a request; its ETag may go back as If-Match with a change."""
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)
    inviting.mark_viewed(session, rfq, viewer=viewer)
    response.headers["ETag"] = etag(rfq.revision)
    return show(session, rfq, viewer)


@router.patch("/{rfq_id}", name="quotes.api.rfq.change", response_model=RfqOut)
def change_rfq(
    request: Request, session: DbSession, viewer: CurrentViewer, rfq_id: Id, body: RfqPatch
) -> Response:
    """Change a draft, amend an open request, or move its deadline later."""
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)
    require(viewer, Permission.EDIT_REQUESTS)
    sent = body.model_dump(exclude_unset=True, exclude={"summary"})
    if rfq.effective_state is RfqState.OPEN and set(sent) == {"deadline"} and body.deadline:
        rfq = opening.extend_deadline(session, rfq, body.deadline, viewer=viewer)
        return answer(show(session, rfq, viewer), version=rfq.revision)
    rfq = requests.change_rfq(
        session,
        rfq,
        merged(rfq, body),
        viewer=viewer,
        revision=read_if_match(request),
        summary=body.summary,
    )
    return answer(show(session, rfq, viewer), version=rfq.revision)


@router.post("/{rfq_id}/open", name="quotes.api.rfq.open", response_model=RfqOut)
def open_rfq(request: Request, session: DbSession, viewer: CurrentViewer, rfq_id: Id) -> Response:
    """Open a request to the invited vendors."""
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)
    base_url = request.app.state.settings.base_url

    def change() -> Response:
        opened = opening.open_rfq(session, rfq, viewer=viewer, base_url=base_url)
        return answer(show(session, opened, viewer), version=opened.revision)

    return once(request, session, viewer, None, change)


@router.post("/{rfq_id}/request-approval", name="quotes.api.rfq.approval", response_model=RfqOut)
def request_approval(
    request: Request, session: DbSession, viewer: CurrentViewer, rfq_id: Id
) -> Response:
    """Ask the approvers to open a request above the threshold."""
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)

    def change() -> Response:
        asked = opening.request_approval(session, rfq, viewer=viewer)
        return answer(show(session, asked, viewer), version=asked.revision)

    return once(request, session, viewer, None, change)


@router.post("/{rfq_id}/close", name="quotes.api.rfq.close", response_model=RfqOut)
def close_rfq(request: Request, session: DbSession, viewer: CurrentViewer, rfq_id: Id) -> Response:
    """Close a request whose deadline has passed; before it this is 409."""
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)

    def change() -> Response:
        closing.close_rfq(session, rfq, viewer=viewer)
        closed = rfq_queries.get_rfq(session, rfq_id, viewer)
        return answer(show(session, closed, viewer), version=closed.revision)

    return once(request, session, viewer, None, change)


@router.post("/{rfq_id}/extend", name="quotes.api.rfq.extend", response_model=RfqOut)
def extend_rfq(
    request: Request, session: DbSession, viewer: CurrentViewer, rfq_id: Id, body: ExtendIn
) -> Response:
    """Give all vendors more time, before the deadline has passed."""
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)

    def change() -> Response:
        extended = opening.extend_deadline(session, rfq, body.deadline, viewer=viewer)
        return answer(show(session, extended, viewer), version=extended.revision)

    return once(request, session, viewer, body, change)


@router.post("/{rfq_id}/cancel", name="quotes.api.rfq.cancel", response_model=RfqOut)
def cancel_rfq(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    rfq_id: Id,
    body: CancelIn | None = None,
) -> Response:
    """Give a request up; quotes that were sealed stay sealed."""
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)

    def change() -> Response:
        reason = body.reason if body else None
        cancelled = closing.cancel_rfq(session, rfq, reason, viewer=viewer)
        return answer(show(session, cancelled, viewer), version=cancelled.revision)

    return once(request, session, viewer, body, change)


@router.post("/{rfq_id}/rates", name="quotes.api.rfq.rates", response_model=RfqOut)
def add_rate(
    request: Request, session: DbSession, viewer: CurrentViewer, rfq_id: Id, body: RateIn
) -> Response:
    """Give a closed request the rate of a currency that it lacks; none is changed."""
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)

    def change() -> Response:
        changed = rates.add_missing_rate(
            session,
            rfq,
            currency=body.currency,
            rate=body.rate,
            on_date=body.date,
            source=body.source,
            viewer=viewer,
        )
        return answer(show(session, changed, viewer), version=changed.revision)

    return once(request, session, viewer, body, change)


@router.get("/{rfq_id}/events", name="quotes.api.rfq.events")
def list_events(session: DbSession, viewer: CurrentViewer, rfq_id: Id) -> EventList:
    """List what happened to a request; of sealed quotes nothing."""
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)
    found = timeline_queries.list_events(session, rfq, viewer)
    shown = [event_out(one, place, viewer) for place, one in enumerate(found, start=1)]
    return EventList(items=shown, total=len(shown))


def show(session: Session, rfq: Rfq, viewer: Viewer) -> RfqOut:
    """Return a request with all that its reader may know of it."""
    own = invitation_queries.find_invitation(session, rfq, viewer)
    awards = award_queries.list_awards(session, rfq) if rfq.state not in _BEFORE_AWARDS else []
    counts = quote_queries.count_quotes(session, [rfq.id]) if viewer.is_team else {}
    return rfq_out(
        rfq,
        viewer,
        quote_count=counts.get(rfq.id, 0),
        own=own,
        decisions={one.lot_id: decision_out(one, viewer, own) for one in awards},
    )


_BEFORE_AWARDS = (RfqState.DRAFT, RfqState.OPEN)


def merged(rfq: Rfq, patch: RfqPatch) -> RfqIn:
    """
    Return a request's content with what a patch says.

    Raises
    ------
    InvalidInput
        If the patch takes away what a request always has.
    """
    sent: dict[str, Any] = patch.model_dump(exclude_unset=True, exclude={"summary"})
    for name in ("title", "currency", "lots", "terms"):
        if name in sent and sent[name] is None:
            raise InvalidInput("This field cannot be taken away.", field=name)
    return RfqIn.model_validate(requests.body_of(rfq).model_dump() | sent)


def _own(rfq: Rfq, viewer: Viewer) -> Any:  # noqa: ANN401  an invitation, or none
    if viewer.is_team:
        return None
    return next(
        (one for one in rfq.invitations if one.organisation_id == viewer.organisation_id), None
    )
