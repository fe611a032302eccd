"""What the audit trail calls requests and rate cards, and what was done to a request."""

from app.accounts.audit_trail import Words
from app.accounts.words import ACTIONS, action_name
from app.quotes.buying.event_words import EVENTS
from app.quotes.queries import audited
from app.web.i18n import gettext as _


def _action(action: str) -> str:
    """Return what was done; what only a request's own timeline has words for is said in those."""
    if action not in ACTIONS and action in EVENTS:
        return _(EVENTS[action])
    return action_name(action)


WORDS = {
    "rfq": Words(names=audited.name_requests, action=_action),
    "rate_card": Words(names=audited.name_rate_cards),
}
