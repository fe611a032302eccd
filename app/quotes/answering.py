"""What a vendor does with its answer: draft it, submit it, revise it, withdraw it."""

import hashlib
import json
from typing import Any

from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.accounts.service import violated_constraint
from app.accounts.viewers import Viewer, require
from app.errors import Conflict, InvalidInput, StaleVersion
from app.quotes import events, filing, state
from app.quotes.content.answered import LineIn, QuoteIn
from app.quotes.content.values import to_json
from app.quotes.models.quote import Quote, QuoteLine, QuoteTier
from app.quotes.models.rfq import Invitation, Lot, Rfq
from app.quotes.queries import attachments as attachment_queries
from app.quotes.queries import invitations as invitation_queries
from app.quotes.queries import quotes as quote_queries
from app.quotes.queries import rfqs as rfq_queries
from app.quotes.requests import check_currency
from app.quotes.state import InvitationState, QuoteState, RfqState

_PLAIN = (
    "currency",
    "valid_until",
    "tax_rate",
    "tax_included",
    "invoice_type",
    "reference",
    "payment",
    "exceptions",
    "note",
)
# The state in an event of a draft that is gone; no row has it.
DISCARDED = "discarded"
_LINE = (
    "price_basis",
    "price_unit",
    "setup_fee",
    "management_fee",
    "pilot_fee",
    "moq",
    "minimum_order",
    "acceptance_rate",
    "lead_days",
)


def draft_quote(session: Session, rfq: Rfq, body: QuoteIn, *, viewer: Viewer) -> Quote:
    """
    Begin an answer, which nobody but the vendor sees before it is submitted and opened.

    Raises
    ------
    Conflict
        If the request is not open, or the vendor has a draft or a submitted quote already.
    InvalidInput
        If something in it cannot be.
    """
    require(viewer, Permission.ANSWER_REQUESTS)
    rfq = rfq_queries.lock_rfq(session, rfq, share=True)
    invitation = invitation_queries.get_own_invitation(session, rfq, viewer, lock=True)
    _require_open(rfq)
    current = quote_queries.find_current_quotes(session, invitation.id)
    if draft := current.get(QuoteState.DRAFT):
        raise Conflict(
            "Your organisation has a draft for this request already: %(id)s.", id=draft.public_id
        )
    if standing := current.get(QuoteState.SUBMITTED):
        raise Conflict(
            "Your organisation has submitted %(id)s. Revise it to change it.", id=standing.public_id
        )
    return _new_draft(session, rfq, invitation, body, viewer=viewer)


def save_quote(
    session: Session, quote: Quote, body: QuoteIn, *, viewer: Viewer, version: int | None = None
) -> Quote:
    """
    Put another content in the place of a draft's.

    Raises
    ------
    StaleVersion
        If a colleague changed the draft since `version`.
    Conflict
        If the quote is no draft any more, or the request is closed.
    """
    require(viewer, Permission.ANSWER_REQUESTS)
    rfq, _, quote = _lock(session, quote, viewer)
    state.next_quote_state(quote.state, "save")
    _require_open(rfq)
    if version is not None and version != quote.version:
        raise StaleVersion(
            "Somebody else changed the quote since you read it: it is at version %(now)s, you "
            "changed version %(yours)s. Nothing was overwritten; load it again.",
            now=quote.version,
            yours=version,
        )
    _check(body)
    for name in _PLAIN:
        setattr(quote, name, getattr(body, name))
    quote.currency = body.currency or rfq.currency
    _put_lines(session, quote, rfq, body.lines)
    quote.version += 1
    quote.updated_at = func.clock_timestamp()
    session.flush()
    return quote_queries.get_quote(session, quote.public_id, viewer)


def submit_quote(session: Session, quote: Quote, *, viewer: Viewer) -> Quote:
    """
    Submit a draft: it never changes from now on, and takes the place of the revision before.

    The request's row is locked first and the clock read afterwards: whoever commits late has
    been in time, and who is late is refused.

    Raises
    ------
    Conflict
        If the deadline has passed by the database's clock, or the quote is no draft.
    InvalidInput
        If it lacks what a quote must say.
    """
    require(viewer, Permission.ANSWER_REQUESTS)
    rfq, invitation, quote = _lock(session, quote, viewer)
    after = state.next_quote_state(quote.state, "submit")
    now = rfq_queries.database_now(session)
    _require_open(rfq)
    if rfq.deadline is None or now >= rfq.deadline:
        raise state.rfq_refusal(RfqState.CLOSED)
    _require_complete(quote)
    if quote.valid_until is None or quote.valid_until <= now:
        raise InvalidInput(
            "Say until when the quote is valid: a moment in the future.", field="valid_until"
        )
    standing = quote_queries.find_current_quotes(session, invitation.id).get(QuoteState.SUBMITTED)
    if standing is not None:
        standing.state = state.next_quote_state(standing.state, "supersede")
        session.flush()
        events.record_quote(
            session,
            standing,
            "quote.superseded",
            actor=viewer,
            before=QuoteState.SUBMITTED,
            invitation=invitation,
        )
    quote.amendment = rfq.amendment
    quote.content_hash = content_hash(quote)
    quote.submitted_at = now
    quote.submitted_by_name = viewer.name
    quote.updated_at = now
    quote.state = after
    session.flush()
    events.record_quote(
        session,
        quote,
        "quote.submitted",
        actor=viewer,
        before=QuoteState.DRAFT,
        invitation=invitation,
    )
    _move(session, rfq, invitation, "submit", viewer)
    return quote_queries.get_quote(session, quote.public_id, viewer)


def revise_quote(session: Session, quote: Quote, *, viewer: Viewer) -> Quote:
    """
    Return a new draft with the content of a quote that stands or was withdrawn.

    Raises
    ------
    Conflict
        If the request is not open, or the vendor has a draft already.
    """
    require(viewer, Permission.ANSWER_REQUESTS)
    rfq, invitation, quote = _lock(session, quote, viewer)
    state.next_quote_state(quote.state, "revise")
    _require_open(rfq)
    current = quote_queries.find_current_quotes(session, invitation.id)
    if draft := current.get(QuoteState.DRAFT):
        raise Conflict(
            "Your organisation has a draft for this request already: %(id)s.", id=draft.public_id
        )
    if quote.state == QuoteState.WITHDRAWN and QuoteState.SUBMITTED in current:
        raise state.quote_refusal(QuoteState.SUPERSEDED)
    draft = _new_draft(session, rfq, invitation, body_of(quote), viewer=viewer)
    filing.copy_to_revision(session, quote, draft)
    return draft


def withdraw_quote(session: Session, quote: Quote, *, viewer: Viewer) -> Quote:
    """
    Take back a submitted quote before the deadline. It stays readable to its vendor.

    Raises
    ------
    Conflict
        If the deadline has passed, or the quote does not stand.
    """
    require(viewer, Permission.ANSWER_REQUESTS)
    rfq, invitation, quote = _lock(session, quote, viewer)
    after = state.next_quote_state(quote.state, "withdraw")
    _require_open(rfq)
    quote.state = after
    quote.withdrawn_at = func.clock_timestamp()
    session.flush()
    events.record_quote(
        session,
        quote,
        "quote.withdrawn",
        actor=viewer,
        before=QuoteState.SUBMITTED,
        invitation=invitation,
    )
    _move(session, rfq, invitation, "withdraw", viewer)
    return quote_queries.get_quote(session, quote.public_id, viewer)


def discard_draft(session: Session, quote: Quote, *, viewer: Viewer) -> None:
    """
    Throw a draft away.

    Raises
    ------
    Conflict
        If the quote is no draft.
    """
    require(viewer, Permission.ANSWER_REQUESTS)
    rfq, invitation, quote = _lock(session, quote, viewer)
    state.next_quote_state(quote.state, "save")
    events.record(
        session,
        rfq,
        "quote.discarded",
        actor=viewer,
        of=(events.QUOTE, quote.public_id),
        states=(QuoteState.DRAFT, DISCARDED),
        invitation=invitation,
        detail={"revision": quote.revision},
    )
    for attachment in attachment_queries.list_attachments(session, rfq, quote_id=quote.id):
        session.delete(attachment)
    session.flush()
    session.delete(quote)
    session.flush()


def body_of(quote: Quote) -> QuoteIn:
    """Return a quote's content as it would be sent."""
    return QuoteIn.model_validate(
        {
            **{name: getattr(quote, name) for name in _PLAIN},
            "lines": [line_body(line) for line in sorted(quote.lines, key=lambda x: x.lot.number)],
        }
    )


def line_body(line: QuoteLine) -> dict[str, Any]:
    """Return a line as it would be sent."""
    return {
        "lot": line.lot.public_id,
        **{name: getattr(line, name) for name in _LINE},
        "terms": line.terms,
        "tiers": [
            {"from": tier.from_quantity, "unit_price": tier.unit_price, "kind": line.tier_kind}
            for tier in line.tiers
        ],
    }


def content_hash(quote: Quote) -> str:
    """Return the SHA-256 of what a quote says, as canonical JSON."""
    text = json.dumps(
        body_of(quote).model_dump(mode="json", by_alias=True),
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _lock(session: Session, quote: Quote, viewer: Viewer) -> tuple[Rfq, Invitation, Quote]:
    """Lock request, invitation and quote, always in this order, and load them again."""
    rfq = rfq_queries.lock_rfq(session, quote.rfq, share=True)
    invitation = invitation_queries.get_own_invitation(session, rfq, viewer, lock=True)
    return rfq, invitation, quote_queries.get_quote(session, quote.public_id, viewer, lock=True)


def _require_open(rfq: Rfq) -> None:
    if rfq.effective_state is not RfqState.OPEN:
        raise state.rfq_refusal(rfq.effective_state)


def _new_draft(
    session: Session, rfq: Rfq, invitation: Invitation, body: QuoteIn, *, viewer: Viewer
) -> Quote:
    _check(body)
    values = {name: getattr(body, name) for name in _PLAIN}
    quote = Quote(
        rfq_id=rfq.id,
        invitation_id=invitation.id,
        revision=quote_queries.last_revision(session, invitation.id) + 1,
        created_by_id=viewer.account_id,
        created_by_name=viewer.name,
        lines=[],
        **(values | {"currency": body.currency or rfq.currency}),
    )
    try:
        with session.begin_nested():
            session.add(quote)
            session.flush()
    except IntegrityError as error:
        if violated_constraint(error) not in {
            "uq_quote_one_draft",
            "uq_quote_invitation_id_revision",
        }:
            raise
        raise Conflict("A colleague has begun a draft at the same moment.") from None
    _put_lines(session, quote, rfq, body.lines)
    session.flush()
    quote = quote_queries.get_quote(session, quote.public_id, viewer)
    events.record_quote(
        session, quote, "quote.drafted", actor=viewer, before=None, invitation=invitation
    )
    return quote


def _put_lines(session: Session, quote: Quote, rfq: Rfq, wanted: list[LineIn]) -> None:
    lots: dict[str, Lot] = {}
    for lot in rfq.lots:
        lots[lot.public_id] = lots[str(lot.number)] = lot
    chosen: dict[int, LineIn] = {}
    for one in wanted:
        found = lots.get(one.lot)
        if found is None:
            raise InvalidInput(
                "The request has no lot %(lot)s. Name its id or its number.",
                field="lines",
                lot=one.lot,
            )
        if found.id in chosen:
            raise InvalidInput(
                "Lot %(lot)s is quoted twice. A quote has one line for each lot.",
                field="lines",
                lot=found.number,
            )
        chosen[found.id] = one
    quote.lines = []
    session.flush()
    for lot_id, one in chosen.items():
        quote.lines.append(
            QuoteLine(
                rfq_id=rfq.id,
                lot_id=lot_id,
                tier_kind=one.tiers[0].kind if one.tiers else "marginal",
                terms=to_json(one.terms),
                tiers=[
                    QuoteTier(from_quantity=tier.from_, unit_price=tier.unit_price)
                    for tier in one.tiers
                ],
                **{name: getattr(one, name) for name in _LINE},
            )
        )


def _check(body: QuoteIn) -> None:
    if body.currency is not None:
        check_currency(body.currency)


def _require_complete(quote: Quote) -> None:
    priced = [line for line in quote.lines if line.tiers]
    if not priced:
        raise InvalidInput("Quote a price for at least one lot first.", field="lines")
    for line in quote.lines:
        if not line.tiers:
            raise InvalidInput(
                "Lot %(lot)s has no price. Write one, or leave the lot out of the quote.",
                field="lines",
                lot=line.lot.number,
            )
        if line.tiers[0].from_quantity > 1:
            raise InvalidInput(
                "The first price of lot %(lot)s counts from the first unit on: from 1. Use the "
                "minimum order for less than you take on.",
                field="lines",
                lot=line.lot.number,
            )
    if quote.tax_included is None:
        raise InvalidInput("Say whether the prices include tax.", field="tax_included")
    if quote.tax_rate is None and not quote.tax_included:
        raise InvalidInput(
            "Say which tax comes on top of the prices: 0.06 means 6 percent.",
            field="tax_rate",
        )


def _move(session: Session, rfq: Rfq, invitation: Invitation, verb: str, viewer: Viewer) -> None:
    before = invitation.state
    invitation.state = state.next_invitation_state(before, verb)
    if invitation.state == before:
        return
    if invitation.viewed_at is None and invitation.state != InvitationState.INVITED:
        invitation.viewed_at = func.clock_timestamp()
    session.flush()
    events.record(
        session,
        rfq,
        "invitation.quoted" if verb == "submit" else "invitation.reopened",
        actor=viewer,
        of=(events.INVITATION, invitation.public_id),
        states=(before, invitation.state),
        invitation=invitation,
    )
