"""What the templates of vendors say: states, figures, names."""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType

from app.quotes import words as terms
from app.quotes.comparison import say as amounts
from app.quotes.comparison.say import amount
from app.quotes.content.asked import LotIn
from app.quotes.models.quote import Quote
from app.quotes.models.rfq import Invitation, Lot, Rfq
from app.quotes.outline import volume_text
from app.quotes.pricing.money import Money
from app.quotes.state import InvitationState, QuoteState, RfqState
from app.quotes.vocabulary import FileRole, Task, Unit
from app.web.i18n import gettext as _

QUOTE_TONES = {
    QuoteState.DRAFT: "warn",
    QuoteState.SUBMITTED: "good",
    QuoteState.WITHDRAWN: "none",
    QuoteState.SUPERSEDED: "none",
}


def rfq_state(rfq: Rfq) -> tuple[str, str]:
    """Return the tone and the word of a request's state; a vendor is not told who won."""
    state = rfq.effective_state
    if state in {RfqState.AWARDED, RfqState.UNAWARDED}:
        return "none", _("decided")
    return terms.RFQ_TONES[state], terms.word(state)


def quote_state(quote: Quote) -> tuple[str, str]:
    """Return the tone and the word of a quote's state."""
    if quote.is_expired:
        return "none", _("expired")
    return QUOTE_TONES[QuoteState(quote.state)], terms.word(QuoteState(quote.state))


def own_state(invitation: Invitation, quotes: list[Quote]) -> tuple[str, str]:
    """Return how far a vendor is with a request: its tone and word."""
    states = {quote.state for quote in quotes}
    if QuoteState.SUBMITTED in states:
        if QuoteState.DRAFT in states:
            return "warn", _("submitted; a revision is in work")
        return "good", _("submitted")
    if invitation.state == InvitationState.DECLINED:
        return "none", _("declined")
    if QuoteState.DRAFT in states:
        return "warn", _("draft, not submitted")
    if QuoteState.WITHDRAWN in states:
        return "none", _("withdrawn")
    return "info", _("not answered yet")


@dataclass(frozen=True)
class Words:
    """The words, by subject."""

    amounts: ModuleType = field(default=amounts)
    rfq_state: Callable[[Rfq], tuple[str, str]] = rfq_state
    quote_state: Callable[[Quote], tuple[str, str]] = quote_state
    own_state: Callable[[Invitation, list[Quote]], tuple[str, str]] = own_state
    volume: Callable[[Lot | LotIn], str] = volume_text
    money: Callable[[Money], str] = amount

    def task(self, code: str) -> str:
        """Return what a task is called."""
        return terms.word(Task(code))

    def file_role(self, code: str) -> str:
        """Return what an attached file is."""
        return terms.word(FileRole(code))

    def units(self) -> list[tuple[str, str]]:
        """Return the units that a price may be per."""
        return [("", _("the unit of the lot")), *((u.value, terms.unit_name(u)) for u in Unit)]


WORDS = Words()
