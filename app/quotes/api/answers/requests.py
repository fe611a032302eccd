"""What the API says of requests, their lots and who is invited."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from app.accounts.viewers import Viewer
from app.quotes.api.answers.numbers import text_of
from app.quotes.content.asked import LotRequirements, RfqTerms
from app.quotes.content.values import Currency, Money
from app.quotes.models.quote import Award
from app.quotes.models.rfq import Invitation, Lot, Rfq
from app.quotes.state import InvitationState, LotOutcome, RfqState


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
        volume=text_of(lot.volume) or "0",
        volume_min=text_of(lot.volume_min),
        volume_max=text_of(lot.volume_max),
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
