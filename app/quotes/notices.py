"""Who is told of what. Mails to a vendor name no other vendor, and hold no amount."""

from sqlalchemy.orm import Session

from app.quotes.models import Invitation, Lot, Quote, Rfq


def tell_invited(session: Session, rfq: Rfq, invitation: Invitation, *, base_url: str) -> None:
    """Tell a vendor that it is asked, with a link that leads its person in."""


def tell_all(session: Session, rfq: Rfq, what: str) -> None:
    """Tell every invited vendor: `extended`, `amended`, `answered` or `cancelled`."""


def tell_buyers(session: Session, rfq: Rfq, what: str) -> None:
    """Tell the owner of a request: `asked` or `closed`."""


def tell_approvers(session: Session, rfq: Rfq) -> None:
    """Tell the approvers that a request waits for them."""


def confirm_quote(session: Session, quote: Quote, what: str) -> None:
    """Confirm to a vendor what it did with a quote: `submitted` or `withdrawn`."""


def tell_awarded(session: Session, rfq: Rfq, lot: Lot, quote: Quote) -> None:
    """Tell a vendor that it got a lot."""


def tell_unsuccessful(session: Session, rfq: Rfq) -> None:
    """Thank the vendors that quoted and got nothing."""
