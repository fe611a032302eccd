"""What the pages and services of quotes load. A foreign or unknown id is the same NotFound."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, joinedload, selectinload

from app.accounts.models import Account, Organisation, OrganisationKind
from app.accounts.permissions import Permission
from app.accounts.viewers import Viewer, require, require_account
from app.catalog.models import Provider
from app.errors import NotFound
from app.files.models import StoredFile
from app.quotes.models import (
    Amendment,
    Attachment,
    Award,
    Event,
    ExchangeRate,
    IdempotencyKey,
    Invitation,
    Lot,
    Question,
    Quote,
    QuoteLine,
    QuoteSettings,
    RateCard,
    Rfq,
)
from app.quotes.state import InvitationState, QuoteState, RfqState
from app.web.i18n import later

NO_RFQ = later("There is no such request for quotation.")
NO_QUOTE = later("There is no such quote.")
DEFAULT_BASE = "CNY"


def database_now(session: Session) -> datetime:
    """Return the database's time: the only clock that deadlines know."""
    now: datetime = session.scalars(select(func.clock_timestamp())).one()
    return now


def next_number(session: Session) -> str:
    """Return a new number for a request, such as RFQ-2026-0014; numbers may have gaps."""
    year, number = session.execute(
        select(func.extract("year", func.clock_timestamp()), func.nextval("rfq_number"))
    ).one()
    return f"RFQ-{int(year)}-{number:04d}"


# -- Requests


def require_reader(viewer: Viewer) -> None:
    """
    Refuse who reads no requests at all: neither the team's nor those addressed to a vendor.

    Raises
    ------
    NotSignedIn, Forbidden
        If the role, or the token's scopes, do not allow it.
    """
    if viewer.organisation_kind is OrganisationKind.VENDOR:
        require(viewer, Permission.ANSWER_REQUESTS)
    else:
        require(viewer, Permission.READ_QUOTES)


def is_visible(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition that a viewer may know of a request: the team, or who was invited."""
    if viewer.is_team:
        return Rfq.id.is_not(None)
    return and_(
        Rfq.state != RfqState.DRAFT,
        Rfq.opened_at.is_not(None),
        exists().where(
            Invitation.rfq_id == Rfq.id, Invitation.organisation_id == viewer.organisation_id
        ),
    )


def with_content() -> Select[Rfq]:
    """Return the select of a request with its lots, how they ended, and invitations."""
    return select(Rfq).options(
        selectinload(Rfq.lots).joinedload(Lot.award),
        selectinload(Rfq.invitations).joinedload(Invitation.organisation),
        selectinload(Rfq.invitations).joinedload(Invitation.account),
    )


def get_rfq(session: Session, public_id: str, viewer: Viewer) -> Rfq:
    """
    Return a request with its lots and invitations.

    A vendor must not be shown the invitations of others: use `find_invitation`.

    Raises
    ------
    NotFound
        If there is none, or the viewer may not know that there is.
    """
    require_reader(viewer)
    rfq = session.scalar(
        with_content()
        .where(or_(Rfq.public_id == public_id, Rfq.number == public_id), is_visible(viewer))
        .execution_options(populate_existing=True)
    )
    if rfq is None:
        raise NotFound(NO_RFQ)
    return rfq


def lock_rfq(session: Session, rfq: Rfq, *, share: bool = False) -> Rfq:
    """
    Lock a request until the transaction ends and load it again.

    The team's verbs take it alone; vendors share it, so that they do not wait for each other
    and yet none submits while the request is being closed, extended or cancelled. The clock is
    read by the second statement, after any wait for the lock.
    """
    statement = select(Rfq.id).where(Rfq.id == rfq.id)
    session.execute(statement.with_for_update(read=share, key_share=not share)).one()
    return session.scalars(
        with_content().where(Rfq.id == rfq.id).execution_options(populate_existing=True)
    ).one()


def _filtered(
    statement: Select[Rfq], viewer: Viewer, *, state: RfqState | None, text: str
) -> Select[Rfq]:
    statement = statement.where(is_visible(viewer))
    if state is not None:
        is_due = and_(Rfq.state == RfqState.OPEN, Rfq.deadline <= func.clock_timestamp())
        if state is RfqState.OPEN:
            statement = statement.where(Rfq.state == state, ~is_due)
        elif state is RfqState.CLOSED:
            statement = statement.where(or_(Rfq.state == state, is_due))
        else:
            statement = statement.where(Rfq.state == state)
    if text:
        pattern = f"%{text.translate({ord(c): chr(92) + c for c in '%_' + chr(92)})}%"
        statement = statement.where(or_(Rfq.title.ilike(pattern), Rfq.number.ilike(pattern)))
    return statement


def list_rfqs(
    session: Session,
    viewer: Viewer,
    *,
    state: RfqState | None = None,
    text: str = "",
    before: tuple[datetime, int] | None = None,
    limit: int = 50,
) -> Sequence[Rfq]:
    """Return requests, the newest first, and one more than `limit` if there are more."""
    require_reader(viewer)
    statement = _filtered(with_content(), viewer, state=state, text=text)
    if before is not None:
        statement = statement.where(tuple_(Rfq.created_at, Rfq.id) < before)
    return session.scalars(
        statement.order_by(Rfq.created_at.desc(), Rfq.id.desc()).limit(limit + 1)
    ).all()


def count_rfqs(
    session: Session, viewer: Viewer, *, state: RfqState | None = None, text: str = ""
) -> int:
    """Return how many requests a list has."""
    statement = _filtered(select(Rfq), viewer, state=state, text=text)
    return session.scalar(select(func.count()).select_from(statement.subquery())) or 0


def count_quotes(session: Session, rfq_ids: Sequence[int]) -> dict[int, int]:
    """Return how many quotes stand for each request: all that the team sees while it is sealed."""
    rows = session.execute(
        select(Quote.rfq_id, func.count())
        .where(Quote.rfq_id.in_(rfq_ids), Quote.state == QuoteState.SUBMITTED)
        .group_by(Quote.rfq_id)
    )
    return dict(rows.all())


# -- Invitations


def find_invitation(session: Session, rfq: Rfq, viewer: Viewer) -> Invitation | None:
    """Return the viewer's own invitation to a request; None for members of the team."""
    if viewer.is_team or viewer.organisation_id is None:
        return None
    return session.scalar(
        select(Invitation)
        .where(Invitation.rfq_id == rfq.id, Invitation.organisation_id == viewer.organisation_id)
        .options(joinedload(Invitation.organisation))
    )


def get_own_invitation(
    session: Session, rfq: Rfq, viewer: Viewer, *, lock: bool = False
) -> Invitation:
    """
    Return the invitation of the viewer's organisation, for what only vendors do.

    Raises
    ------
    NotSignedIn, Forbidden
        If the viewer answers no requests.
    NotFound
        If the organisation was not invited.
    """
    require(viewer, Permission.ANSWER_REQUESTS)
    statement = select(Invitation).where(
        Invitation.rfq_id == rfq.id, Invitation.organisation_id == viewer.organisation_id
    )
    if lock:
        statement = statement.with_for_update(key_share=True).execution_options(
            populate_existing=True
        )
    invitation = session.scalar(statement)
    if invitation is None:
        raise NotFound(NO_RFQ)
    return invitation


def get_invitation(session: Session, rfq: Rfq, public_id: str) -> Invitation:
    """
    Return an invitation of a request, for the team.

    Raises
    ------
    NotFound
        If there is none of that id.
    """
    found = session.scalar(
        select(Invitation)
        .where(Invitation.rfq_id == rfq.id, Invitation.public_id == public_id)
        .options(joinedload(Invitation.organisation), joinedload(Invitation.account))
    )
    if found is None:
        raise NotFound("There is no such invitation.")
    return found


def list_members(session: Session, organisation_id: int) -> Sequence[Account]:
    """Return the people of a vendor who can sign in."""
    return session.scalars(
        select(Account)
        .where(Account.organisation_id == organisation_id, Account.is_active)
        .order_by(Account.id)
        .options(joinedload(Account.organisation))
    ).all()


def list_approvers(session: Session) -> Sequence[Account]:
    """Return the people who may open a request above the threshold."""
    return session.scalars(
        select(Account).where(Account.role == "approver", Account.is_active).order_by(Account.id)
    ).all()


def find_vendor(session: Session, slug: str) -> Organisation | None:
    """Return a vendor by its short name."""
    return session.scalar(
        select(Organisation).where(
            Organisation.slug == slug, Organisation.kind == OrganisationKind.VENDOR
        )
    )


# -- Quotes


def with_lines(*, with_rfq: bool = True) -> Select[Quote]:
    """Return the select of a quote with all that it says and whose it is."""
    return select(Quote).options(
        *([joinedload(Quote.rfq)] if with_rfq else []),
        joinedload(Quote.invitation).joinedload(Invitation.organisation),
        selectinload(Quote.lines).selectinload(QuoteLine.tiers),
        selectinload(Quote.lines).joinedload(QuoteLine.lot),
    )


def may_read_quote(viewer: Viewer) -> ColumnElement[bool]:
    """
    Return the condition that a viewer may read a quote, for a statement that joins its request.

    A vendor reads its own, all revisions. The team reads what stands once the request is closed:
    by the database's clock, whatever ran or did not.
    """
    if viewer.is_team:
        return and_(Quote.state == QuoteState.SUBMITTED, ~is_sealed())
    return Invitation.organisation_id == viewer.organisation_id


def is_sealed() -> ColumnElement[bool]:
    """Return the condition that nobody but its vendor may read a request's quotes."""
    return or_(
        Rfq.state == RfqState.DRAFT,
        and_(Rfq.state == RfqState.OPEN, Rfq.deadline > func.clock_timestamp()),
        and_(Rfq.state == RfqState.CANCELLED, Rfq.closed_at.is_(None)),
    )


def get_quote(session: Session, public_id: str, viewer: Viewer, *, lock: bool = False) -> Quote:
    """
    Return a quote that the viewer may read.

    Raises
    ------
    NotFound
        If there is none, or it is another vendor's, or sealed.
    """
    require_reader(viewer)
    # Of what is locked the newest is wanted; its request was locked and loaded before.
    statement = (
        with_lines(with_rfq=not lock)
        .join(Rfq, Rfq.id == Quote.rfq_id)
        .join(Invitation, Invitation.id == Quote.invitation_id)
        .where(Quote.public_id == public_id, may_read_quote(viewer))
    )
    if lock:
        statement = statement.with_for_update(of=Quote, key_share=True).execution_options(
            populate_existing=True
        )
    quote = session.scalar(statement)
    if quote is None:
        raise NotFound(NO_QUOTE)
    return quote


def list_quotes(session: Session, rfq: Rfq, viewer: Viewer) -> Sequence[Quote]:
    """Return the quotes of a request that the viewer may read: none of them while it is sealed."""
    require_reader(viewer)
    return session.scalars(
        with_lines()
        .join(Rfq, Rfq.id == Quote.rfq_id)
        .join(Invitation, Invitation.id == Quote.invitation_id)
        .where(Quote.rfq_id == rfq.id, may_read_quote(viewer))
        .order_by(Quote.invitation_id, Quote.revision)
    ).all()


def find_current_quotes(session: Session, invitation_id: int) -> dict[QuoteState, Quote]:
    """Return a vendor's draft and the quote that stands, by state."""
    found = session.scalars(
        with_lines().where(
            Quote.invitation_id == invitation_id,
            Quote.state.in_((QuoteState.DRAFT, QuoteState.SUBMITTED)),
        )
    )
    return {QuoteState(quote.state): quote for quote in found}


def last_revision(session: Session, invitation_id: int) -> int:
    """Return the number of a vendor's latest revision, 0 where it has none."""
    return (
        session.scalar(select(func.max(Quote.revision)).where(Quote.invitation_id == invitation_id))
        or 0
    )


def get_award(session: Session, lot_id: int) -> Award | None:
    """Return how a lot ended, with the line that won it."""
    return session.scalar(
        select(Award)
        .where(Award.lot_id == lot_id)
        .options(
            joinedload(Award.line).selectinload(QuoteLine.tiers),
            joinedload(Award.line).joinedload(QuoteLine.quote),
        )
    )


def list_awards(session: Session, rfq: Rfq) -> Sequence[Award]:
    """Return how the lots of a request ended, in their order."""
    return session.scalars(
        select(Award)
        .join(Lot, Lot.id == Award.lot_id)
        .where(Lot.rfq_id == rfq.id)
        .order_by(Lot.number)
        .options(
            joinedload(Award.lot),
            joinedload(Award.line).selectinload(QuoteLine.tiers),
            joinedload(Award.line)
            .joinedload(QuoteLine.quote)
            .joinedload(Quote.invitation)
            .joinedload(Invitation.organisation),
        )
    ).all()


def get_vendor_of(session: Session, quote: Quote) -> Organisation:
    """Return the organisation whose quote this is."""
    return session.scalars(
        select(Organisation)
        .join(Invitation, Invitation.organisation_id == Organisation.id)
        .where(Invitation.id == quote.invitation_id)
    ).one()


def find_provider_slug(session: Session, organisation: Organisation) -> str | None:
    """Return the provider that a vendor is in the catalogue: by its key, else by its short name."""
    return session.scalar(
        select(Provider.slug)
        .where(
            or_(
                Provider.organisation_id == organisation.id,
                and_(Provider.organisation_id.is_(None), Provider.slug == organisation.slug),
            )
        )
        .order_by(Provider.organisation_id.is_(None))
        .limit(1)
    )


def list_unsuccessful(session: Session, rfq: Rfq) -> Sequence[Invitation]:
    """Return the invitations whose quote stands and won no lot."""
    won = (
        select(Quote.invitation_id)
        .join(QuoteLine, QuoteLine.quote_id == Quote.id)
        .join(Award, Award.quote_line_id == QuoteLine.id)
        .where(Quote.rfq_id == rfq.id)
    )
    return session.scalars(
        select(Invitation)
        .join(Quote, Quote.invitation_id == Invitation.id)
        .where(
            Invitation.rfq_id == rfq.id,
            Quote.state == QuoteState.SUBMITTED,
            Invitation.id.not_in(won),
        )
        .order_by(Invitation.id)
    ).all()


# -- What belongs to a request


def list_questions(session: Session, rfq: Rfq, viewer: Viewer) -> Sequence[Question]:
    """Return the questions: to vendors the answered ones and their own."""
    statement = select(Question).where(Question.rfq_id == rfq.id).order_by(Question.id)
    if not viewer.is_team:
        own = select(Invitation.id).where(
            Invitation.rfq_id == rfq.id, Invitation.organisation_id == viewer.organisation_id
        )
        statement = statement.where(
            or_(Question.answered_at.is_not(None), Question.invitation_id.in_(own))
        )
    return session.scalars(statement).all()


def get_question(session: Session, rfq: Rfq, public_id: str, *, lock: bool = False) -> Question:
    """
    Return a question of a request, for the team.

    Raises
    ------
    NotFound
        If there is none of that id.
    """
    statement = select(Question).where(Question.rfq_id == rfq.id, Question.public_id == public_id)
    found = session.scalar(statement.with_for_update() if lock else statement)
    if found is None:
        raise NotFound("There is no such question.")
    return found


def list_amendments(session: Session, rfq: Rfq) -> Sequence[Amendment]:
    """Return what was changed after a request was opened, the first first."""
    return session.scalars(
        select(Amendment).where(Amendment.rfq_id == rfq.id).order_by(Amendment.number)
    ).all()


def list_attachments(
    session: Session, rfq: Rfq, *, quote_id: int | None = None, question_id: int | None = None
) -> Sequence[Attachment]:
    """Return the files of a request, or of one of its quotes or questions, newest version last."""
    return session.scalars(
        select(Attachment)
        .where(
            Attachment.rfq_id == rfq.id,
            Attachment.quote_id.is_not_distinct_from(quote_id),
            Attachment.question_id.is_not_distinct_from(question_id),
            Attachment.removed_at.is_(None),
        )
        .options(joinedload(Attachment.file))
        .order_by(Attachment.role, Attachment.series, Attachment.version)
    ).all()


def get_attachment(
    session: Session, rfq: Rfq, public_id: str, *, quote_id: int | None = None
) -> Attachment:
    """
    Return a file of a request, or of one of its quotes.

    Raises
    ------
    NotFound
        If there is none of that id.
    """
    found = session.scalar(
        select(Attachment)
        .where(
            Attachment.rfq_id == rfq.id,
            Attachment.public_id == public_id,
            Attachment.quote_id.is_not_distinct_from(quote_id),
            Attachment.removed_at.is_(None),
        )
        .options(joinedload(Attachment.file))
    )
    if found is None:
        raise NotFound("There is no such file, or it was cleaned up after its time.")
    return found


def may_read_file(session: Session, stored: StoredFile, viewer: Viewer) -> bool:
    """Whether a viewer may read what a file is attached to: the request, or the sealed quote."""
    if viewer.account_id is None:
        return False
    can_read = (
        viewer.can(Permission.READ_QUOTES)
        if viewer.is_team
        else viewer.can(Permission.ANSWER_REQUESTS)
    )
    of_rfq = (
        select(Attachment.id)
        .join(Rfq, Rfq.id == Attachment.rfq_id)
        .where(
            Attachment.file_id == stored.id,
            Attachment.quote_id.is_(None),
            Attachment.removed_at.is_(None),
            is_visible(viewer),
        )
    )
    of_quote = (
        select(Attachment.id)
        .join(Rfq, Rfq.id == Attachment.rfq_id)
        .join(Quote, Quote.id == Attachment.quote_id)
        .join(Invitation, Invitation.id == Quote.invitation_id)
        .where(
            Attachment.file_id == stored.id,
            Attachment.removed_at.is_(None),
            may_read_quote(viewer),
        )
    )
    return can_read and session.scalar(select(or_(of_rfq.exists(), of_quote.exists()))) is True


def list_events(session: Session, rfq: Rfq, viewer: Viewer) -> Sequence[Event]:
    """
    Return what happened to a request, the first first.

    Vendors see what they did and what concerns all. Until the deadline the team sees nothing of
    what vendors did with quotes, nor that they did.
    """
    statement = select(Event).where(Event.rfq_id == rfq.id).order_by(Event.id)
    if viewer.is_team:
        if rfq.is_sealed:
            statement = statement.where(Event.object_type != "quote", ~_shows_a_quote())
    else:
        own = select(Invitation.id).where(
            Invitation.rfq_id == rfq.id, Invitation.organisation_id == viewer.organisation_id
        )
        statement = statement.where(
            or_(
                Event.invitation_id.in_(own),
                and_(Event.invitation_id.is_(None), Event.action.in_(TOLD_TO_ALL)),
            )
        )
    return session.scalars(statement).all()


def _shows_a_quote() -> ColumnElement[bool]:
    return and_(
        Event.object_type == "invitation",
        or_(
            Event.after_state == InvitationState.QUOTED,
            Event.before_state == InvitationState.QUOTED,
        ),
    )


# What every invited vendor is told of.
TOLD_TO_ALL = (
    "rfq.opened",
    "rfq.amended",
    "rfq.extended",
    "rfq.closed",
    "rfq.cancelled",
    "question.answered",
)


# -- Rate cards, exchange rates, settings


def list_rate_cards(
    session: Session,
    viewer: Viewer,
    *,
    task: str | None = None,
    unit: str | None = None,
    is_current: bool = False,
) -> Sequence[RateCard]:
    """Return rate cards: to a vendor its own only."""
    require_reader(viewer)
    statement = (
        select(RateCard)
        .where(RateCard.withdrawn_at.is_(None))
        .options(joinedload(RateCard.organisation), selectinload(RateCard.tiers))
        .order_by(RateCard.task, RateCard.unit, RateCard.id)
    )
    if not viewer.is_team:
        statement = statement.where(RateCard.organisation_id == viewer.organisation_id)
    if task is not None:
        statement = statement.where(RateCard.task == task)
    if unit is not None:
        statement = statement.where(RateCard.unit == unit)
    if is_current:
        today = func.current_date()
        statement = statement.where(
            RateCard.valid_from <= today,
            or_(RateCard.valid_to.is_(None), RateCard.valid_to >= today),
        )
    return session.scalars(statement).all()


def get_rate_card(session: Session, public_id: str, viewer: Viewer) -> RateCard:
    """
    Return a rate card; to a vendor its own only.

    Raises
    ------
    NotFound
        If there is none, or it is another vendor's.
    """
    require_reader(viewer)
    require_account(viewer)
    statement = (
        select(RateCard)
        .where(RateCard.public_id == public_id, RateCard.withdrawn_at.is_(None))
        .options(joinedload(RateCard.organisation), selectinload(RateCard.tiers))
    )
    if not viewer.is_team:
        statement = statement.where(RateCard.organisation_id == viewer.organisation_id)
    card = session.scalar(statement)
    if card is None:
        raise NotFound("There is no such rate card.")
    return card


def latest_rates(session: Session, base: str) -> dict[str, ExchangeRate]:
    """Return the newest rate of each currency to `base`, of today or before."""
    rows = session.scalars(
        select(ExchangeRate)
        .where(ExchangeRate.base == base, ExchangeRate.on_date <= func.current_date())
        .order_by(ExchangeRate.currency, ExchangeRate.on_date.desc())
        .ext(distinct_on(ExchangeRate.currency))
    )
    return {row.currency: row for row in rows}


def get_settings(session: Session) -> QuoteSettings:
    """Return the rules of the installation; without a row there is no threshold."""
    found = session.get(QuoteSettings, 1)
    return found or QuoteSettings(id=1, base_currency=DEFAULT_BASE, approval_threshold=None)


def get_idempotency_key(session: Session, account_id: int, key: str) -> IdempotencyKey:
    """Return what was answered to a key before."""
    return session.scalars(
        select(IdempotencyKey).where(
            IdempotencyKey.account_id == account_id, IdempotencyKey.key == key
        )
    ).one()


def list_own_quotes(
    session: Session, rfq_ids: Sequence[int], viewer: Viewer
) -> dict[int, list[Quote]]:
    """Return all revisions of a vendor's own quotes, the last first, by request."""
    found: dict[int, list[Quote]] = {}
    statement = (
        with_lines()
        .join(Invitation, Invitation.id == Quote.invitation_id)
        .where(Quote.rfq_id.in_(rfq_ids), Invitation.organisation_id == viewer.organisation_id)
        .order_by(Quote.revision.desc())
    )
    for quote in session.scalars(statement):
        found.setdefault(quote.rfq_id, []).append(quote)
    return found


def own_outcomes(session: Session, rfq: Rfq, viewer: Viewer) -> dict[int, str]:
    """Return, by lot, whether a vendor won it: `won`, `not_won`; undecided lots are left out."""
    rows = session.execute(
        select(Award.lot_id, Invitation.organisation_id)
        .join(Lot, Lot.id == Award.lot_id)
        .outerjoin(QuoteLine, QuoteLine.id == Award.quote_line_id)
        .outerjoin(Quote, Quote.id == QuoteLine.quote_id)
        .outerjoin(Invitation, Invitation.id == Quote.invitation_id)
        .where(Lot.rfq_id == rfq.id)
    )
    return {
        lot_id: "won" if organisation_id == viewer.organisation_id else "not_won"
        for lot_id, organisation_id in rows
    }


def count_rate_cards(session: Session, organisation_id: int) -> int:
    """Return how many rate cards a vendor has."""
    statement = select(func.count()).where(
        RateCard.organisation_id == organisation_id, RateCard.withdrawn_at.is_(None)
    )
    return session.scalar(statement) or 0
