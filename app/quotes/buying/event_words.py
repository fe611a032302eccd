"""What happened to a request, as sentences."""

from enum import StrEnum

from app.quotes import events
from app.quotes.comparison.say import listed
from app.quotes.models.record import Event
from app.quotes.state import InvitationState, QuoteState, RfqState
from app.quotes.words import word
from app.web.i18n import gettext as _
from app.web.i18n import later

EVENTS = {
    "rfq.created": later("made the request"),
    "rfq.edited": later("edited the draft"),
    "rfq.approval_requested": later("asked the approvers to open it"),
    "rfq.opened": later("opened the request"),
    "rfq.amended": later("amended the request"),
    "rfq.extended": later("extended the deadline"),
    "rfq.closed": later("closed the request: the deadline had passed, the quotes are open"),
    "rfq.cancelled": later("cancelled the request"),
    "rfq.awarded": later("the request is decided: every lot has its outcome"),
    "rfq.unawarded": later("the request is decided: no lot was awarded"),
    "rfq.rate_added": later("added a missing exchange rate"),
    "vendor.invited": later("invited a vendor"),
    "vendor.reminded": later("reminded a vendor"),
    "invitation.viewed": later("looked at the request for the first time"),
    "invitation.declined": later("declined to quote"),
    "invitation.quoted": later("quoted"),
    "invitation.reopened": later("took its quote back"),
    "invitation.link_copied": later("copied the link of an invitation"),
    "quote.drafted": later("began a quote"),
    "quote.discarded": later("threw a draft away"),
    "quote.submitted": later("submitted a quote"),
    "quote.superseded": later("replaced a quote by a newer revision"),
    "quote.withdrawn": later("withdrew a quote"),
    "question.asked": later("asked a question"),
    "question.answered": later("answered a question"),
    "question.file_added": later("attached a file to a question"),
    "question.supplemented": later("added a file to an answer"),
    "lot.awarded": later("awarded a lot"),
    "lot.unawarded": later("declared a lot unawarded"),
    "lot.entered_in_catalogue": later("the catalogue has an entry of what was awarded"),
    "lot.entry_refused": later("the catalogue refused an entry of what was awarded"),
    "lot.added_to_draft": later("added what was awarded to the draft of a mixture"),
    "file.added": later("added a file"),
    "file.removed": later("took a file off"),
    "attachment.added": later("added a file"),
    "attachment.removed": later("took a file off"),
}

STATES: dict[str, type[StrEnum]] = {
    events.RFQ: RfqState,
    events.INVITATION: InvitationState,
    events.QUOTE: QuoteState,
}


def event_text(event: Event) -> str:
    """Return what an event says; an unknown one keeps its code."""
    sentence = _(EVENTS[event.action]) if event.action in EVENTS else event.action
    parts = [sentence]
    detail = event.detail
    if "lot" in detail:
        parts.append(_("lot %(number)s", number=detail["lot"]))
    if "revision" in detail:
        parts.append(_("revision %(n)s", n=detail["revision"]))
    if "number" in detail and event.action == "rfq.amended":
        parts.append(_("amendment %(n)s", n=detail["number"]))
    return listed(parts)


def change_text(event: Event) -> str:
    """Return the states before and after in words; nothing where no state changed."""
    before, after = event.before_state, event.after_state
    if not before or not after or before == after:
        return ""
    return f"{_state(event, before)} → {_state(event, after)}"


def _state(event: Event, code: str) -> str:
    kind = STATES.get(event.object_type)
    return word(kind(code)) if kind and code in list(kind) else code
