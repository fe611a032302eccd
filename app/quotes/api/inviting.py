"""Invitations of a request as JSON, and how its lots are decided."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import AfterValidator, BaseModel, Field

from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer, require
from app.db import DbSession
from app.quotes import awarding, inviting
from app.quotes.api.answers.records import (
    AwardOut,
    award_out,
)
from app.quotes.api.answers.requests import InvitationList, InvitationOut, invitation_out
from app.quotes.api.once import answer, once
from app.quotes.api.rfqs import Id
from app.quotes.content.values import Line, Reason, Strict, readable
from app.quotes.queries import invitations as invitation_queries
from app.quotes.queries import rfqs as rfq_queries

router = APIRouter(prefix="/api/v1/rfqs/{rfq_id}", tags=["quotes"])

Part = Annotated[str, Path(max_length=40)]


class InvitationIn(Strict):
    """A vendor's short name; with `email` the person there who is told, and led in."""

    vendor: Annotated[str, Field(max_length=100), AfterValidator(readable)]
    email: Line | None = None
    name: Line | None = None


class LinkOut(BaseModel):
    """The one-time link of an invitation, shown this once."""

    link: str


class DeclineIn(Strict):
    """Why a vendor will not quote."""

    reason: Reason | None = None


class AwardIn(Strict):
    """The quote that gets the lot, and why."""

    quote: Annotated[str, Field(max_length=40), AfterValidator(readable)]
    reason: Reason | None = None


class UnawardIn(Strict):
    """Why nobody gets the lot."""

    reason: Reason | None = None


@router.get("/invitations", name="quotes.api.invitations")
def list_invitations(session: DbSession, viewer: CurrentViewer, rfq_id: Id) -> InvitationList:
    """List who is invited; a vendor sees its own invitation only."""
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)
    found = [
        one
        for one in rfq.invitations
        if viewer.is_team or one.organisation_id == viewer.organisation_id
    ]
    return InvitationList(
        items=[invitation_out(one, rfq, viewer) for one in found], total=len(found)
    )


@router.post(
    "/invitations",
    name="quotes.api.invitations.create",
    status_code=201,
    response_model=InvitationOut,
)
def invite(
    request: Request, session: DbSession, viewer: CurrentViewer, rfq_id: Id, body: InvitationIn
) -> Response:
    """
    Invite a vendor.

    Once the request is open a person named by `email` who never signed in gets a one-time link
    by mail; `link` shows it this once. An Idempotency-Key is not kept here, since the answer
    holds a secret: inviting a vendor twice is a conflict by itself.
    """
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)
    invitation, link = inviting.invite(
        session,
        rfq,
        vendor=body.vendor,
        email=body.email,
        name=body.name,
        viewer=viewer,
        base_url=request.app.state.settings.base_url,
    )
    response = answer(invitation_out(invitation, rfq, viewer, link=link), 201)
    response.headers["Cache-Control"] = "no-store"
    return response


@router.post("/invitations/{invitation_id}/link", name="quotes.api.invitations.link")
def give_link(
    request: Request,
    response: Response,
    session: DbSession,
    viewer: CurrentViewer,
    *,
    rfq_id: Id,
    invitation_id: Part,
) -> LinkOut:
    """Return, once, the link that leads the invited person in."""
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)
    require(viewer, Permission.EDIT_REQUESTS)
    invitation = invitation_queries.get_invitation(session, rfq, invitation_id)
    link = inviting.give_link(
        session, rfq, invitation, viewer=viewer, base_url=request.app.state.settings.base_url
    )
    response.headers["Cache-Control"] = "no-store"
    return LinkOut(link=link)


@router.post(
    "/invitations/{invitation_id}/remind",
    name="quotes.api.invitations.remind",
    response_model=InvitationOut,
)
def remind(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    rfq_id: Id,
    invitation_id: Part,
) -> Response:
    """Send an invitation once more."""
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)
    require(viewer, Permission.EDIT_REQUESTS)
    invitation = invitation_queries.get_invitation(session, rfq, invitation_id)
    base_url = request.app.state.settings.base_url

    def change() -> Response:
        inviting.remind(session, rfq, invitation, viewer=viewer, base_url=base_url)
        return answer(invitation_out(invitation, rfq, viewer))

    return once(request, session, viewer, None, change)


@router.post("/decline", name="quotes.api.decline", response_model=InvitationOut)
def decline(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    rfq_id: Id,
    body: DeclineIn | None = None,
) -> Response:
    """Tell the buyer that one's organisation will not quote."""
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)

    def change() -> Response:
        inviting.decline(session, rfq, body.reason if body else None, viewer=viewer)
        own = invitation_queries.find_invitation(session, rfq, viewer)
        assert own is not None  # noqa: S101  decline has found it
        return answer(invitation_out(own, rfq, viewer))

    return once(request, session, viewer, body, change)


@router.post("/lots/{lot_id}/award", name="quotes.api.lots.award", response_model=AwardOut)
def award(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    *,
    rfq_id: Id,
    lot_id: Part,
    body: AwardIn,
) -> Response:
    """Award a lot to a quote. Final."""
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)
    require(viewer, Permission.AWARD_QUOTES)
    lot = awarding.find_lot(rfq, lot_id)

    def change() -> Response:
        made = awarding.award_lot(session, rfq, lot, body.quote, viewer=viewer, reason=body.reason)
        return answer(award_out(made, lot, body.quote))

    return once(request, session, viewer, body, change)


@router.post("/lots/{lot_id}/unaward", name="quotes.api.lots.unaward", response_model=AwardOut)
def unaward(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    *,
    rfq_id: Id,
    lot_id: Part,
    body: UnawardIn | None = None,
) -> Response:
    """Declare that nobody gets a lot. Final."""
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)
    require(viewer, Permission.AWARD_QUOTES)
    lot = awarding.find_lot(rfq, lot_id)

    def change() -> Response:
        reason = body.reason if body else None
        made = awarding.declare_unawarded(session, rfq, lot, viewer=viewer, reason=reason)
        return answer(award_out(made, lot, None))

    return once(request, session, viewer, body, change)
