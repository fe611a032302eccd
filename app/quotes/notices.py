"""
Who is told of what, by mail.

A mail to a vendor names no other vendor and holds no amount. What a vendor does with a quote is
confirmed on its page and not by mail: the outbox would show to the team who has quoted.
"""

from collections.abc import Iterable
from functools import cache, partial

from sqlalchemy import func
from sqlalchemy.orm import Session

from app.accounts import invitations as account_links
from app.accounts import queries as accounts
from app.accounts.models import Account
from app.audit import PORTAL, Actor
from app.mail import outbox
from app.mail.outbox import Recipient, Text
from app.quotes.models.quote import Quote
from app.quotes.models.rfq import Invitation, Lot, Rfq
from app.quotes.queries import invitations as invitation_queries
from app.quotes.queries import people as people_queries
from app.quotes.vocabulary import Unit
from app.quotes.words import UNITS
from app.settings import Settings
from app.web.dates import zone, zone_name
from app.web.i18n import CHINESE, later

# Not translated: the same in both languages, so that it stands in a bilingual subject once.
SUBJECT = "%(number)s %(title)s"
INVITED_SUBJECT = later("Request for a quote: %(title)s (%(number)s)")
GREETING = later("Hello %(name)s,")
WHERE = later("Open it:\n%(address)s")

INVITED = later(
    "%(inviter)s asks your organisation for a quote: “%(title)s” (%(number)s).\n%(lots)s"
)
SEALED = later(
    "Quotes are taken until %(deadline)s. Until then nobody but your organisation can see what you "
    "quote. Questions, and a word that you will not quote, go through the same page."
)
FIRST_LINK = later(
    "Make your account and open the request:\n%(link)s\nThis link works once, for seven days. If "
    "it has expired, ask who invited you for a new one."
)
WHERE_LATER = later("From then on the request is here: %(address)s")
TO_ALL = {
    "extended": later("The deadline of “%(title)s” (%(number)s) is later now: %(deadline)s."),
    "amended": later(
        "The request “%(title)s” (%(number)s) was changed. Please read what changed, and revise "
        "your quote if it needs it."
    ),
    "answered": later("A question about “%(title)s” (%(number)s) was answered."),
    "cancelled": later(
        "The request “%(title)s” (%(number)s) was cancelled. You need not do anything. Thank you "
        "for your time."
    ),
}
TO_BUYER = {
    "asked": later("A vendor has a question about “%(title)s” (%(number)s)."),
    "closed": later("The deadline of “%(title)s” (%(number)s) has passed: the quotes are open."),
}
APPROVAL = later(
    "%(owner)s asks you to open “%(title)s” (%(number)s): it is above what a buyer may open alone."
)
AWARDED = later(
    "Your quote for lot %(lot)s of “%(title)s” (%(number)s) was chosen. Who invited you will write "
    "to you about the contract."
)
_INVITATION = "rfq.invitation"
UNSUCCESSFUL = later(
    "“%(title)s” (%(number)s) is decided. This time your quote was not chosen. Thank you for the "
    "work that you put into it; it stays as you submitted it, and nobody outside the team sees it."
)


def tell_invited(
    session: Session, rfq: Rfq, invitation: Invitation, *, base_url: str
) -> str | None:
    """
    Tell a vendor that it is asked; return the link that leads its person in for the first time.

    A link that was copied before stays the one that works.
    """
    contact = invitation.account
    paragraphs = [
        _text(INVITED, rfq, inviter=invitation.invited_by_name, lots=partial(_lots, rfq)),
        _text(SEALED, rfq),
    ]
    if contact is None:
        for person in people_queries.list_members(session, invitation.organisation_id):
            if person.is_active:
                _queue(session, person, rfq, _INVITATION, [*paragraphs, _where(rfq)])
        return None
    link = None
    if contact.joined_at is None and invitation.link_given_at is None:
        person = accounts.get_account(session, contact.id)
        link = first_link(session, rfq, person, actor=PORTAL, base_url=base_url)
        invitation.link_given_at = func.clock_timestamp()
        paragraphs += [Text(FIRST_LINK, {"link": link}), _where(rfq, WHERE_LATER)]
    else:
        paragraphs.append(_where(rfq))
    _queue(session, contact, rfq, _INVITATION, paragraphs)
    return link


def first_link(session: Session, rfq: Rfq, person: Account, *, actor: Actor, base_url: str) -> str:
    """Return the link with which a person makes their account and comes to the request."""
    link = account_links.invite(session, person, actor=actor, base_url=base_url)
    return f"{link}?next={_path(rfq)}"


def tell_all(session: Session, rfq: Rfq, what: str) -> None:
    """Tell every invited vendor: `extended`, `amended`, `answered` or `cancelled`."""
    for invitation in rfq.invitations:
        _tell_members(session, rfq, invitation, f"rfq.{what}", TO_ALL[what])


def tell_buyers(session: Session, rfq: Rfq, what: str) -> None:
    """Tell the owner of a request: `asked` or `closed`."""
    owner = accounts.get_account(session, rfq.owner_id)
    _tell(session, [owner], rfq, f"rfq.{what}", TO_BUYER[what])


def tell_approvers(session: Session, rfq: Rfq) -> None:
    """Tell the approvers that a request waits for them."""
    _tell(session, people_queries.list_approvers(session), rfq, "rfq.approval", APPROVAL)


def tell_awarded(session: Session, rfq: Rfq, lot: Lot, quote: Quote) -> None:
    """Tell a vendor that it got a lot."""
    _tell_members(session, rfq, quote.invitation, "rfq.awarded", AWARDED, lot=lot.number)


def tell_unsuccessful(session: Session, rfq: Rfq) -> None:
    """Thank the vendors whose quotes stood and won nothing."""
    for invitation in invitation_queries.list_unsuccessful(session, rfq):
        _tell_members(session, rfq, invitation, "rfq.decided", UNSUCCESSFUL)


@cache
def _portal() -> str:
    return Settings().base_url


def _path(rfq: Rfq) -> str:
    return f"/quotes/{rfq.public_id}"


def _where(rfq: Rfq, message: str = WHERE) -> Text:
    return Text(message, {"address": _portal() + _path(rfq)})


def _lots(rfq: Rfq, locale: str) -> str:
    """Return a line for each lot: its number, title and volume."""
    line = "%s. %s：%s%s" if locale == CHINESE else "%s. %s: %s %s"
    return "\n".join(
        line % (lot.number, lot.title, f"{lot.volume.normalize():,f}", _unit(lot, locale))
        for lot in rfq.lots
    )


def _unit(lot: Lot, locale: str) -> str:
    return UNITS[Unit(lot.unit)].after_number(locale, is_one=lot.volume == 1)


def _text(message: str, rfq: Rfq, **more: object) -> Text:
    deadline = (
        f"{rfq.deadline.astimezone(zone()):%Y-%m-%d %H:%M} {zone_name()}" if rfq.deadline else ""
    )
    return Text(
        message,
        {
            "number": rfq.number,
            "title": rfq.title,
            "deadline": deadline,
            "owner": rfq.owner_name,
            **more,
        },
    )


def _tell_members(
    session: Session,
    rfq: Rfq,
    invitation: Invitation,
    kind: str,
    message: str,
    **more: object,
) -> None:
    members = people_queries.list_members(session, invitation.organisation_id)
    _tell(session, members, rfq, kind, message, **more)


def _tell(
    session: Session,
    people: Iterable[Account],
    rfq: Rfq,
    kind: str,
    message: str,
    **more: object,
) -> None:
    for person in people:
        if person.is_active:
            _queue(session, person, rfq, kind, [_text(message, rfq, **more), _where(rfq)])


def _queue(session: Session, person: Account, rfq: Rfq, kind: str, paragraphs: list[Text]) -> None:
    outbox.queue(
        session,
        Recipient(person.email, person.name, person.locale),
        kind=kind,
        about=rfq.number,
        subject=_text(INVITED_SUBJECT if kind == _INVITATION else SUBJECT, rfq),
        paragraphs=[Text(GREETING, {"name": person.name}), *paragraphs],
    )
