"""The states of requests, invitations, quotes and lots, and where each verb leads."""

from enum import StrEnum

from app.errors import Conflict


class RfqState(StrEnum):
    """Where a request for quotation stands."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    AWARDED = "awarded"
    UNAWARDED = "unawarded"
    CANCELLED = "cancelled"


class InvitationState(StrEnum):
    """What an invited vendor has done."""

    INVITED = "invited"
    VIEWED = "viewed"
    DECLINED = "declined"
    QUOTED = "quoted"


class QuoteState(StrEnum):
    """
    What became of a vendor's answer.

    None of them says who won: that is in the award, so a losing quote stays as it was.
    """

    DRAFT = "draft"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


class LotOutcome(StrEnum):
    """How a lot ended; before that it has no award row."""

    AWARDED = "awarded"
    UNAWARDED = "unawarded"


# (from, verb) -> to. What is not here is refused.
RFQ: dict[tuple[RfqState, str], RfqState] = {
    (RfqState.DRAFT, "edit"): RfqState.DRAFT,
    (RfqState.DRAFT, "request_approval"): RfqState.DRAFT,
    (RfqState.DRAFT, "open"): RfqState.OPEN,
    (RfqState.DRAFT, "cancel"): RfqState.CANCELLED,
    (RfqState.DRAFT, "invite"): RfqState.DRAFT,
    (RfqState.OPEN, "invite"): RfqState.OPEN,
    (RfqState.OPEN, "amend"): RfqState.OPEN,
    (RfqState.OPEN, "extend"): RfqState.OPEN,
    (RfqState.OPEN, "answer"): RfqState.OPEN,
    (RfqState.OPEN, "close"): RfqState.CLOSED,
    (RfqState.OPEN, "cancel"): RfqState.CANCELLED,
    (RfqState.CLOSED, "cancel"): RfqState.CANCELLED,
    (RfqState.CLOSED, "award"): RfqState.AWARDED,
    (RfqState.CLOSED, "give_up"): RfqState.UNAWARDED,
    (RfqState.CLOSED, "decide_lot"): RfqState.CLOSED,
}

INVITATION: dict[tuple[InvitationState, str], InvitationState] = {
    (InvitationState.INVITED, "view"): InvitationState.VIEWED,
    (InvitationState.INVITED, "decline"): InvitationState.DECLINED,
    (InvitationState.VIEWED, "decline"): InvitationState.DECLINED,
    (InvitationState.INVITED, "submit"): InvitationState.QUOTED,
    (InvitationState.VIEWED, "submit"): InvitationState.QUOTED,
    # A vendor that thinks again: the deadline is what ends it.
    (InvitationState.DECLINED, "submit"): InvitationState.QUOTED,
    (InvitationState.QUOTED, "submit"): InvitationState.QUOTED,
    (InvitationState.QUOTED, "withdraw"): InvitationState.VIEWED,
}

QUOTE: dict[tuple[QuoteState, str], QuoteState] = {
    (QuoteState.DRAFT, "save"): QuoteState.DRAFT,
    (QuoteState.DRAFT, "submit"): QuoteState.SUBMITTED,
    (QuoteState.SUBMITTED, "revise"): QuoteState.SUBMITTED,
    (QuoteState.SUBMITTED, "supersede"): QuoteState.SUPERSEDED,
    (QuoteState.SUBMITTED, "withdraw"): QuoteState.WITHDRAWN,
    (QuoteState.WITHDRAWN, "revise"): QuoteState.WITHDRAWN,
    (QuoteState.SUBMITTED, "award"): QuoteState.SUBMITTED,
}


def next_rfq_state(state: str, verb: str) -> RfqState:
    """
    Return where a verb leads a request.

    Raises
    ------
    Conflict
        If the request's state does not allow it.
    """
    found = RFQ.get((RfqState(state), verb))
    if found is None:
        raise rfq_refusal(RfqState(state))
    return found


def rfq_refusal(state: RfqState) -> Conflict:
    """Return why a request in that state does not take what was asked of it."""
    match state:
        case RfqState.DRAFT:
            return Conflict("The request is a draft. Open it first.")
        case RfqState.OPEN:
            return Conflict(
                "The request is open. This is possible before it opens or once it is closed."
            )
        case RfqState.CLOSED:
            return Conflict("The request is closed: its deadline has passed.")
        case RfqState.CANCELLED:
            return Conflict("The request is cancelled, so nothing about it changes any more.")
        case _:
            return Conflict("The request is decided, so nothing about it changes any more.")


def next_invitation_state(state: str, verb: str) -> InvitationState:
    """
    Return where a verb leads an invitation.

    Raises
    ------
    Conflict
        If the invitation's state does not allow it.
    """
    found = INVITATION.get((InvitationState(state), verb))
    if found is None:
        if state == InvitationState.DECLINED:
            raise Conflict("Your organisation has declined this request already.")
        raise Conflict("Your organisation has a submitted quote. Withdraw it first.")
    return found


def next_quote_state(state: str, verb: str) -> QuoteState:
    """
    Return where a verb leads a quote.

    Raises
    ------
    Conflict
        If the quote's state does not allow it.
    """
    found = QUOTE.get((QuoteState(state), verb))
    if found is None:
        raise quote_refusal(QuoteState(state))
    return found


def quote_refusal(state: QuoteState) -> Conflict:
    """Return why a quote in that state does not take what was asked of it."""
    match state:
        case QuoteState.DRAFT:
            return Conflict("The quote is a draft that was not submitted.")
        case QuoteState.SUBMITTED:
            return Conflict(
                "A submitted quote never changes. Revise it: that makes a new revision."
            )
        case QuoteState.WITHDRAWN:
            return Conflict("The quote was withdrawn.")
        case QuoteState.SUPERSEDED:
            return Conflict("A newer revision has taken the place of this quote.")
