"""What the pages and services of accounts load."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, func, select, tuple_
from sqlalchemy.orm import Session, joinedload

from app.accounts.credentials import is_session_alive, is_token_alive
from app.accounts.models import (
    Account,
    ApiToken,
    LinkPurpose,
    OneTimeLink,
    Organisation,
    OrganisationKind,
    Role,
    WebSession,
)
from app.errors import NotFound
from app.settings import Settings

PEOPLE_PER_PAGE = 50


def find_account_by_email(session: Session, email: str) -> Account | None:
    """Return the account of an e-mail address, in whatever case it is written."""
    return session.scalar(
        select(Account)
        .where(func.lower(Account.email) == func.lower(email))
        .options(joinedload(Account.organisation))
    )


def get_account_by_email(session: Session, email: str) -> Account:
    """
    Return the account of an e-mail address.

    Raises
    ------
    NotFound
        If there is none.
    """
    account = find_account_by_email(session, email)
    if account is None:
        raise NotFound("There is no account with the e-mail address %(email)s.", email=email)
    return account


def get_account(session: Session, account_id: int) -> Account:
    """Return an account with its organisation."""
    return session.scalars(
        select(Account).where(Account.id == account_id).options(joinedload(Account.organisation))
    ).one()


def list_accounts(session: Session) -> Sequence[Account]:
    """Return everybody, in the order of their e-mail addresses."""
    return session.scalars(
        select(Account).options(joinedload(Account.organisation)).order_by(Account.email)
    ).all()


def list_administrators(session: Session, *, lock: bool = False) -> Sequence[Account]:
    """Return everybody with that role; locked, nobody can change one until the transaction ends."""
    statement = select(Account).where(Account.role == Role.ADMINISTRATOR).order_by(Account.id)
    if lock:
        # What was read before the lock may have changed while it was waited for.
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.scalars(statement).all()


def is_link_usable() -> ColumnElement[bool]:
    """Return the condition that a one-time link was neither used nor replaced nor has expired."""
    return and_(
        OneTimeLink.consumed_at.is_(None),
        OneTimeLink.revoked_at.is_(None),
        OneTimeLink.expires_at > func.statement_timestamp(),
    )


def find_account_of_link(session: Session, token_hash: bytes, purpose: str) -> Account | None:
    """Return whose usable one-time link this is."""
    return session.scalar(
        select(Account)
        .join(OneTimeLink, OneTimeLink.account_id == Account.id)
        .where(
            OneTimeLink.token_hash == token_hash,
            OneTimeLink.purpose == purpose,
            is_link_usable(),
            Account.is_active,
        )
        .options(joinedload(Account.organisation))
    )


# -- People, as administrators see them


@dataclass(frozen=True)
class Person:
    """An account with what belongs to it."""

    account: Account
    organisation: Organisation
    session_count: int
    token_count: int
    has_invitation: bool


@dataclass(frozen=True)
class PeoplePage:
    """Some people in the order of their names, and where the next page starts."""

    people: list[Person]
    next_start: tuple[str, int] | None


def _people(settings: Settings) -> Select[Account, Organisation, int, int, bool]:
    sessions = (
        select(func.count())
        .select_from(WebSession)
        .where(WebSession.account_id == Account.id, is_session_alive(settings))
        .scalar_subquery()
    )
    tokens = (
        select(func.count())
        .select_from(ApiToken)
        .where(ApiToken.account_id == Account.id, is_token_alive())
        .scalar_subquery()
    )
    has_invitation = exists().where(
        OneTimeLink.account_id == Account.id,
        OneTimeLink.purpose == LinkPurpose.INVITATION,
        is_link_usable(),
    )
    return select(Account, Organisation, sessions, tokens, has_invitation).join(
        Organisation, Organisation.id == Account.organisation_id
    )


def list_people(
    session: Session, settings: Settings, start: tuple[str, int] | None = None
) -> PeoplePage:
    """Return one page of people, in the order of their names."""
    statement = _people(settings).order_by(Account.name, Account.id).limit(PEOPLE_PER_PAGE + 1)
    if start is not None:
        statement = statement.where(tuple_(Account.name, Account.id) > start)
    people = [Person(*row) for row in session.execute(statement)]
    shown = people[:PEOPLE_PER_PAGE]
    last = shown[-1].account if len(people) > PEOPLE_PER_PAGE else None
    return PeoplePage(shown, (last.name, last.id) if last else None)


def get_person(session: Session, settings: Settings, public_id: str) -> Person:
    """
    Return one person.

    Raises
    ------
    NotFound
        If there is none of that id.
    """
    row = session.execute(_people(settings).where(Account.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound("There is no such person.")
    return Person(*row)


def list_vendors(session: Session) -> Sequence[Organisation]:
    """Return every vendor, in the order of its short name."""
    return session.scalars(
        select(Organisation)
        .where(Organisation.kind == OrganisationKind.VENDOR)
        .order_by(Organisation.slug)
    ).all()


def find_organisation(session: Session, slug: str) -> Organisation | None:
    """Return an organisation by its short name."""
    return session.scalar(select(Organisation).where(Organisation.slug == slug))


def get_team(session: Session) -> Organisation:
    """Return the team that runs this portal."""
    return session.scalars(
        select(Organisation).where(Organisation.kind == OrganisationKind.TEAM)
    ).one()


# -- A person's own sessions and tokens


def list_sessions(session: Session, settings: Settings, account_id: int) -> Sequence[WebSession]:
    """Return a person's web sessions, the last used first."""
    return session.scalars(
        select(WebSession)
        .where(WebSession.account_id == account_id, is_session_alive(settings))
        .order_by(WebSession.last_seen_at.desc(), WebSession.id.desc())
    ).all()


def get_session(session: Session, account_id: int, public_id: str) -> WebSession:
    """
    Return one of a person's web sessions.

    Raises
    ------
    NotFound
        If it is not theirs, or there is none.
    """
    found = session.scalar(
        select(WebSession).where(
            WebSession.public_id == public_id, WebSession.account_id == account_id
        )
    )
    if found is None:
        raise NotFound("There is no such session. It may have ended already.")
    return found


def list_tokens(session: Session, account_id: int) -> Sequence[ApiToken]:
    """Return a person's API tokens that are not revoked, the newest first."""
    return session.scalars(
        select(ApiToken)
        .where(ApiToken.account_id == account_id, ApiToken.revoked_at.is_(None))
        .order_by(ApiToken.id.desc())
    ).all()


def list_all_tokens(session: Session) -> Sequence[ApiToken]:
    """Return everybody's API tokens that are not revoked, with their owners."""
    return session.scalars(
        select(ApiToken)
        .where(ApiToken.revoked_at.is_(None))
        .options(joinedload(ApiToken.account))
        .order_by(ApiToken.id)
    ).all()


def get_token(session: Session, public_id: str, *, account_id: int | None = None) -> ApiToken:
    """
    Return an API token that is not revoked, of one person or of anybody.

    Raises
    ------
    NotFound
        If it is not theirs, or there is none.
    """
    statement = select(ApiToken).where(
        ApiToken.public_id == public_id, ApiToken.revoked_at.is_(None)
    )
    if account_id is not None:
        statement = statement.where(ApiToken.account_id == account_id)
    token = session.scalar(statement)
    if token is None:
        raise NotFound("There is no such token. It may be revoked already.")
    return token
