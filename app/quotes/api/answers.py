"""What the API says of requests, invitations, quotes, awards and events."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from app.accounts.viewers import Viewer
from app.quotes import answering
from app.quotes.content.answered import LineTerms
from app.quotes.content.asked import LotRequirements, RfqTerms
from app.quotes.content.values import Currency, Money
from app.quotes.models.papers import Question
from app.quotes.models.quote import Award, Quote, QuoteLine
from app.quotes.models.record import Event
from app.quotes.models.rfq import Invitation, Lot, Rfq
from app.quotes.state import InvitationState, LotOutcome, QuoteState, RfqState


class DecisionOut(BaseModel):
    """
    How a lot ended; a vendor is told of the others' only that it is not theirs.

    `mixture` is the one that lacked what was bought: its draft is offered the `dataset`.
    """

    outcome: LotOutcome
    quote: str | None
    vendor: str | None
    reason: str | None
    decided_at: datetime
    dataset: str | None
    mixture: str | None


class LotOut(BaseModel):
    """One task line; `state` is `open` until it is decided."""

    id: str
    number: int
    title: str
    description: str | None
    task: str
    modality: str
    unit: str
    volume: str
    volume_min: str | None
    volume_max: str | None
    labels_per_item: int
    languages: list[str]
    requirements: LotRequirements
    state: str
    decision: DecisionOut | None


class InvitationOut(BaseModel):
    """An invited vendor. While quotes are sealed nobody is told who has quoted."""

    id: str
    vendor: str
    name_zh: str
    name_en: str
    email: str | None
    state: InvitationState
    invited_at: datetime
    viewed_at: datetime | None
    declined_at: datetime | None
    decline_reason: str | None
    link: str | None = None


class InvitationList(BaseModel):
    """All invitations of a request."""

    items: list[InvitationOut]
    total: int


class RfqOut(BaseModel):
    """
    A request. `state` is by the database's clock: it is `closed` once the deadline has passed.

    `quote_count`, `budget`, `criteria`, `rates`, `origin` and `invitations` are null for vendors.
    """

    id: str
    number: str
    title: str
    description: str | None
    state: RfqState
    is_sealed: bool
    deadline: datetime | None
    questions_until: datetime | None
    currency: Currency
    budget: Money | None
    revision: int
    amendment: int
    lots: list[LotOut]
    terms: RfqTerms
    criteria: list[dict[str, Any]] | None
    rates: dict[str, Any] | None
    origin: dict[str, Any] | None
    owner: str
    quote_count: int | None
    invitations: list[InvitationOut] | None
    invitation: InvitationOut | None
    approval_requested_at: datetime | None
    created_at: datetime
    updated_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None
    ended_at: datetime | None
    cancel_reason: str | None


class RfqPage(BaseModel):
    """Some requests, the newest first."""

    items: list[RfqOut]
    total: int
    next_cursor: str | None


class LineOut(BaseModel):
    """What a vendor asks for one lot."""

    id: str
    lot: str
    lot_number: int
    tiers: list[dict[str, str]]
    price_basis: str
    price_unit: str | None
    setup_fee: str | None
    management_fee: str | None
    pilot_fee: str | None
    moq: str | None
    minimum_order: str | None
    acceptance_rate: str | None
    lead_days: int | None
    terms: LineTerms


class QuoteOut(BaseModel):
    """A vendor's answer; `state` says `expired` once a submitted quote is past its validity."""

    id: str
    rfq: str
    vendor: str
    vendor_name_zh: str
    vendor_name_en: str
    revision: int
    state: str
    version: int
    currency: str
    valid_until: datetime | None
    tax_rate: str | None
    tax_included: bool | None
    invoice_type: str | None
    reference: str | None
    payment: str | None
    exceptions: str | None
    note: str | None
    lines: list[LineOut]
    content_hash: str | None
    amendment: int | None
    created_at: datetime
    updated_at: datetime
    submitted_at: datetime | None
    withdrawn_at: datetime | None


class QuoteList(BaseModel):
    """The quotes that one may read; while they are sealed the team sees their number alone."""

    items: list[QuoteOut]
    total: int
    is_sealed: bool


class QuestionOut(BaseModel):
    """A question; never who asked it. `is_own` marks one's own."""

    id: str
    question: str
    asked_at: datetime
    answer: str | None
    answered_at: datetime | None
    is_own: bool


class QuestionList(BaseModel):
    """The questions of a request."""

    items: list[QuestionOut]
    total: int


class AwardOut(BaseModel):
    """How a lot ended."""

    lot: str
    lot_number: int
    outcome: LotOutcome
    quote: str | None
    reason: str | None
    awarded_at: datetime
    awarded_by: str
    dataset: str | None
    mixture: str | None


class EventOut(BaseModel):
    """One change of state."""

    id: int
    at: datetime
    actor: str
    action: str
    object_type: str
    object_id: str
    before: str | None
    after: str | None
    detail: dict[str, Any]


class EventList(BaseModel):
    """What happened to a request, the first first."""

    items: list[EventOut]
    total: int


def plain(value: Any) -> str | None:  # noqa: ANN401  a Decimal of a column, or nothing
    """Return a decimal as text without trailing zeros."""
    if value is None:
        return None
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def invitation_out(
    invitation: Invitation, rfq: Rfq, viewer: Viewer, *, link: str | None = None
) -> InvitationOut:
    """Return an invitation as its reader may know it."""
    state = InvitationState(invitation.state)
    if viewer.is_team and rfq.is_sealed and state is InvitationState.QUOTED:
        state = InvitationState.VIEWED
    account = invitation.account if viewer.is_team else None
    return InvitationOut(
        id=invitation.public_id,
        vendor=invitation.organisation.slug,
        name_zh=invitation.organisation.name_zh,
        name_en=invitation.organisation.name_en,
        email=account.email if account else None,
        state=state,
        invited_at=invitation.invited_at,
        viewed_at=invitation.viewed_at,
        declined_at=invitation.declined_at if state is InvitationState.DECLINED else None,
        decline_reason=invitation.decline_reason if state is InvitationState.DECLINED else None,
        link=link,
    )


def lot_out(lot: Lot, decision: DecisionOut | None) -> LotOut:
    """Return a lot."""
    return LotOut(
        id=lot.public_id,
        number=lot.number,
        title=lot.title,
        description=lot.description,
        task=lot.task,
        modality=lot.modality,
        unit=lot.unit,
        volume=plain(lot.volume) or "0",
        volume_min=plain(lot.volume_min),
        volume_max=plain(lot.volume_max),
        labels_per_item=lot.labels_per_item,
        languages=lot.languages,
        requirements=LotRequirements.model_validate(lot.requirements),
        state=decision.outcome if decision else "open",
        decision=decision,
    )


def rfq_out(
    rfq: Rfq,
    viewer: Viewer,
    *,
    quote_count: int = 0,
    own: Invitation | None = None,
    decisions: dict[int, DecisionOut] | None = None,
) -> RfqOut:
    """Return a request as its reader may know it."""
    is_team = viewer.is_team
    return RfqOut(
        id=rfq.public_id,
        number=rfq.number,
        title=rfq.title,
        description=rfq.description,
        state=rfq.effective_state,
        is_sealed=rfq.is_sealed,
        deadline=rfq.deadline,
        questions_until=rfq.questions_until,
        currency=rfq.currency,
        budget=rfq.budget if is_team else None,
        revision=rfq.revision,
        amendment=rfq.amendment,
        lots=[lot_out(lot, (decisions or {}).get(lot.id)) for lot in rfq.lots],
        terms=RfqTerms.model_validate(rfq.terms),
        criteria=rfq.criteria["criteria"] if is_team and rfq.criteria else None,
        rates=rfq.rates if is_team else None,
        origin=rfq.origin if is_team else None,
        owner=rfq.owner_name,
        quote_count=quote_count if is_team else None,
        invitations=[invitation_out(one, rfq, viewer) for one in rfq.invitations]
        if is_team
        else None,
        invitation=invitation_out(own, rfq, viewer) if own is not None else None,
        approval_requested_at=rfq.approval_requested_at if is_team else None,
        created_at=rfq.created_at,
        updated_at=rfq.updated_at,
        opened_at=rfq.opened_at,
        closed_at=rfq.closed_at,
        ended_at=rfq.ended_at,
        cancel_reason=rfq.cancel_reason,
    )


def decision_out(award: Award, viewer: Viewer, own: Invitation | None) -> DecisionOut:
    """Return how a lot ended: to vendors only whether they won it."""
    quote = award.line.quote if award.line is not None else None
    is_told = viewer.is_team or (
        quote is not None and own is not None and quote.invitation_id == own.id
    )
    vendor = quote.invitation.organisation.slug if quote is not None and is_told else None
    return DecisionOut(
        outcome=LotOutcome(award.outcome),
        quote=quote.public_id if quote is not None and is_told else None,
        vendor=vendor,
        reason=award.reason if viewer.is_team else None,
        decided_at=award.awarded_at,
        dataset=award.dataset_slug if viewer.is_team else None,
        mixture=award.offered_to if viewer.is_team else None,
    )


def line_out(line: QuoteLine) -> LineOut:
    """Return a quote line."""
    body = answering.line_body(line)
    return LineOut(
        id=line.public_id,
        lot=line.lot.public_id,
        lot_number=line.lot.number,
        tiers=[
            {
                "from": plain(tier["from"]) or "0",
                "unit_price": plain(tier["unit_price"]) or "0",
                "kind": tier["kind"],
            }
            for tier in body["tiers"]
        ],
        price_basis=line.price_basis,
        price_unit=line.price_unit,
        setup_fee=plain(line.setup_fee),
        management_fee=plain(line.management_fee),
        pilot_fee=plain(line.pilot_fee),
        moq=plain(line.moq),
        minimum_order=plain(line.minimum_order),
        acceptance_rate=plain(line.acceptance_rate),
        lead_days=line.lead_days,
        terms=LineTerms.model_validate(line.terms),
    )


def quote_out(quote: Quote) -> QuoteOut:
    """Return a quote that its reader may read."""
    organisation = quote.invitation.organisation
    return QuoteOut(
        id=quote.public_id,
        rfq=quote.rfq.public_id,
        vendor=organisation.slug,
        vendor_name_zh=organisation.name_zh,
        vendor_name_en=organisation.name_en,
        revision=quote.revision,
        state="expired" if quote.is_expired else QuoteState(quote.state),
        version=quote.version,
        currency=quote.currency,
        valid_until=quote.valid_until,
        tax_rate=plain(quote.tax_rate),
        tax_included=quote.tax_included,
        invoice_type=quote.invoice_type,
        reference=quote.reference,
        payment=quote.payment,
        exceptions=quote.exceptions,
        note=quote.note,
        lines=[line_out(line) for line in sorted(quote.lines, key=lambda one: one.lot.number)],
        content_hash=quote.content_hash,
        amendment=quote.amendment,
        created_at=quote.created_at,
        updated_at=quote.updated_at,
        submitted_at=quote.submitted_at,
        withdrawn_at=quote.withdrawn_at,
    )


def question_out(question: Question, own: Invitation | None) -> QuestionOut:
    """Return a question without who asked it."""
    return QuestionOut(
        id=question.public_id,
        question=question.body,
        asked_at=question.asked_at,
        answer=question.answer,
        answered_at=question.answered_at,
        is_own=own is not None and question.invitation_id == own.id,
    )


def award_out(award: Award, lot: Lot, quote_id: str | None) -> AwardOut:
    """Return how a lot ended, for the team."""
    return AwardOut(
        lot=lot.public_id,
        lot_number=lot.number,
        outcome=LotOutcome(award.outcome),
        quote=quote_id,
        reason=award.reason,
        awarded_at=award.awarded_at,
        awarded_by=award.awarded_by_name,
        dataset=award.dataset_slug,
        mixture=award.offered_to,
    )


def event_out(event: Event) -> EventOut:
    """Return an event."""
    return EventOut(
        id=event.id,
        at=event.at,
        actor=event.actor_name,
        action=event.action,
        object_type=event.object_type,
        object_id=event.object_id,
        before=event.before_state,
        after=event.after_state,
        detail=event.detail,
    )
