"""Ask a vendor: its invitation, an account for its first contact, a link that leads there once."""

from sqlalchemy import func
from sqlalchemy.orm import Session

from app.accounts import people
from app.accounts import queries as accounts
from app.accounts.forms import is_email
from app.accounts.models import Account, Organisation, Role
from app.accounts.permissions import Permission
from app.accounts.viewers import Viewer, require
from app.errors import Conflict, InvalidInput
from app.quotes import events, naming, notices, state
from app.quotes.models.rfq import Invitation, Rfq
from app.quotes.queries import invitations as invitation_queries
from app.quotes.queries import people as people_queries
from app.quotes.queries import quotes as quote_queries
from app.quotes.queries import rfqs as rfq_queries
from app.quotes.state import InvitationState, QuoteState, RfqState


def invite(
    session: Session,
    rfq: Rfq,
    *,
    vendor: str,
    viewer: Viewer,
    base_url: str,
    email: str | None = None,
    name: str | None = None,
) -> tuple[Invitation, str | None]:
    """
    Invite a vendor; once the request is open they are told by mail.

    Returns the invitation and, where the mail that leaves now leads somebody in for the first
    time, the link in it: who invited may copy it this once.

    With `email` the mail goes to that person of the vendor. Only where the vendor has nobody who
    ever signed in is an account made for them: who invites must not be able to give themselves
    an account of a vendor that has quotes to hide.

    Raises
    ------
    Conflict
        If the vendor is invited already, the request is closed, or the address is not of a
        member of a vendor that has members.
    InvalidInput
        If the vendor's short name or the address cannot be one.
    """
    require(viewer, Permission.EDIT_REQUESTS)
    rfq = rfq_queries.lock_rfq(session, rfq)
    state.next_rfq_state(rfq.effective_state, "invite")
    organisation = naming.ensure_vendor(session, vendor, actor=viewer)
    if any(one.organisation_id == organisation.id for one in rfq.invitations):
        raise Conflict("This vendor is invited already.", field="vendor")
    contact = _contact(session, organisation, email, name, viewer) if email else None
    invitation = Invitation(
        rfq_id=rfq.id,
        organisation_id=organisation.id,
        account_id=contact.id if contact else None,
        invited_by_id=viewer.account_id,
        invited_by_name=viewer.name,
    )
    session.add(invitation)
    session.flush()
    events.record(
        session,
        rfq,
        "vendor.invited",
        actor=viewer,
        of=(events.INVITATION, invitation.public_id),
        states=(None, InvitationState.INVITED),
        invitation=invitation,
        detail={"vendor": organisation.slug},
    )
    found = invitation_queries.get_invitation(session, rfq, invitation.public_id)
    if rfq.state != RfqState.OPEN:
        return found, None
    return found, notices.tell_invited(session, rfq, found, base_url=base_url)


def give_link(
    session: Session, rfq: Rfq, invitation: Invitation, *, viewer: Viewer, base_url: str
) -> str:
    """
    Return, once, the link that leads the invited person in, for who cannot be reached by mail.

    Raises
    ------
    Conflict
        If it was given before, the vendor has members who sign in themselves, or nobody was
        named.
    """
    require(viewer, Permission.EDIT_REQUESTS)
    rfq_queries.lock_rfq(session, rfq)
    invitation = invitation_queries.get_invitation(session, rfq, invitation.public_id)
    if invitation.link_given_at is not None:
        raise Conflict("The link of this invitation was copied already: it is shown once.")
    if invitation.account is None:
        raise Conflict("This invitation names no person. Its vendor's members sign in themselves.")
    contact = accounts.get_account(session, invitation.account.id)
    if contact.joined_at is not None:
        raise Conflict("%(name)s has signed in before and needs no link.", name=contact.name)
    link = notices.first_link(session, rfq, contact, actor=viewer, base_url=base_url)
    invitation.link_given_at = func.clock_timestamp()
    session.flush()
    events.record(
        session,
        rfq,
        "invitation.link_copied",
        actor=viewer,
        of=(events.INVITATION, invitation.public_id),
        invitation=invitation,
    )
    return link


def remind(
    session: Session, rfq: Rfq, invitation: Invitation, *, viewer: Viewer, base_url: str
) -> None:
    """
    Send an invitation once more; a link in it takes the place of the one before.

    Raises
    ------
    Conflict
        If the request is not open, or the vendor has declined.
    """
    require(viewer, Permission.EDIT_REQUESTS)
    rfq = rfq_queries.lock_rfq(session, rfq)
    if rfq.effective_state is not RfqState.OPEN:
        raise state.rfq_refusal(rfq.effective_state)
    invitation = invitation_queries.get_invitation(session, rfq, invitation.public_id)
    if invitation.state == InvitationState.DECLINED:
        raise Conflict("This vendor has declined, so it is not reminded.")
    invitation.link_given_at = None
    notices.tell_invited(session, rfq, invitation, base_url=base_url)
    events.record(
        session,
        rfq,
        "vendor.reminded",
        actor=viewer,
        of=(events.INVITATION, invitation.public_id),
        invitation=invitation,
    )


def mark_viewed(session: Session, rfq: Rfq, *, viewer: Viewer) -> None:
    """Note that a vendor has opened the request; only the first time changes anything."""
    invitation = invitation_queries.find_invitation(session, rfq, viewer)
    if invitation is None:
        return
    if invitation.state == InvitationState.INVITED:
        invitation = invitation_queries.get_own_invitation(session, rfq, viewer, lock=True)
        if invitation.state != InvitationState.INVITED:
            return
        invitation.state = InvitationState.VIEWED
        invitation.viewed_at = func.clock_timestamp()
        invitation.seen_amendment = rfq.amendment
        session.flush()
        _record(
            session,
            rfq,
            invitation,
            "invitation.viewed",
            before=InvitationState.INVITED,
            viewer=viewer,
        )
    elif invitation.seen_amendment < rfq.amendment:
        invitation.seen_amendment = rfq.amendment


def decline(session: Session, rfq: Rfq, reason: str | None, *, viewer: Viewer) -> Invitation:
    """
    Tell the buyer that there will be no quote.

    Raises
    ------
    Conflict
        If the request is not open any more, or the vendor has quoted.
    """
    rfq = rfq_queries.lock_rfq(session, rfq, share=True)
    invitation = invitation_queries.get_own_invitation(session, rfq, viewer, lock=True)
    if rfq.effective_state is not RfqState.OPEN:
        raise state.rfq_refusal(rfq.effective_state)
    if QuoteState.SUBMITTED in quote_queries.find_current_quotes(session, invitation.id):
        raise Conflict("Your organisation has a submitted quote. Withdraw it first.")
    before = invitation.state
    invitation.state = state.next_invitation_state(before, "decline")
    invitation.declined_at = func.clock_timestamp()
    invitation.decline_reason = (reason or "").strip()[:2_000] or None
    session.flush()
    _record(session, rfq, invitation, "invitation.declined", before=before, viewer=viewer)
    return invitation


def _contact(
    session: Session, organisation: Organisation, email: str, name: str | None, viewer: Viewer
) -> Account:
    if not is_email(email):
        raise InvalidInput("Write an e-mail address, like name@example.com.", field="email")
    account = accounts.find_account_by_email(session, email)
    if account is not None:
        if account.organisation_id != organisation.id or not account.is_active:
            raise Conflict(
                "The address %(email)s belongs to somebody who is no member of this vendor.",
                field="email",
                email=email,
            )
        return account
    if any(one.joined_at for one in people_queries.list_members(session, organisation.id)):
        raise Conflict(
            "This vendor has members already: invite one of them, or let an administrator add "
            "%(email)s.",
            field="email",
            email=email,
        )
    return people.add_person(
        session,
        actor=viewer,
        email=email,
        name=(name or "").strip()[:100] or email.partition("@")[0],
        role=Role.VENDOR,
        organisation=organisation,
    )


def _record(
    session: Session, rfq: Rfq, invitation: Invitation, action: str, *, before: str, viewer: Viewer
) -> None:
    events.record(
        session,
        rfq,
        action,
        actor=viewer,
        of=(events.INVITATION, invitation.public_id),
        states=(before, invitation.state),
        invitation=invitation,
    )
