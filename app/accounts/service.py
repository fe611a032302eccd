"""What a person changes about their own account."""

from datetime import timedelta

import psycopg
from fastapi import Request
from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import audit
from app.accounts import links, passwords, rate_limits, sessions
from app.accounts.models import Account, LinkPurpose, OrganisationKind, SignInMethod, WebSession
from app.accounts.viewers import Viewer
from app.errors import Conflict, Forbidden, InvalidInput

# So long after a one-time link was used, a new password needs no old one: that is what the
# link was asked for.
LINK_GRACE = timedelta(minutes=15)


def needs_current_password(session: Session, account: Account, web_session: WebSession) -> bool:
    """Whether a change of e-mail or password asks for the current password first."""
    if account.password_hash is None:
        return False
    if web_session.signed_in_by != SignInMethod.LINK:
        return True
    now = session.scalar(func.statement_timestamp().select())
    return now is None or now - web_session.created_at > LINK_GRACE


def is_confirmed(
    session: Session,
    request: Request,
    account: Account,
    web_session: WebSession,
    current_password: str,
) -> bool:
    """
    Whether the person at this session has shown that the account is theirs.

    Guesses are slowed down and counted as at sign-in; the caller answers False without raising.

    Raises
    ------
    TooManyRequests
        If guessing from there is slowed down at the moment.
    """
    if not needs_current_password(session, account, web_session):
        return True
    source = rate_limits.find_source(session, request, account.email)
    rate_limits.admit(session, source)
    if passwords.is_right(account.password_hash, current_password):
        return True
    rate_limits.count_failure(session, source)
    return False


def words_about(account: Account) -> set[str]:
    """Return what anybody who knows this person would try as their password."""
    organisation = account.organisation
    return passwords.guessable_words(
        account.email, account.name, organisation.name_zh, organisation.name_en, organisation.slug
    )


def change_profile(
    session: Session, account: Account, *, actor: Viewer, name: str, locale: str | None
) -> None:
    """Change how a person is called and the language that they read."""
    before = {"name": account.name, "locale": account.locale}
    after = {"name": name, "locale": locale}
    changed = [field for field in before if before[field] != after[field]]
    if not changed:
        return
    account.name = name
    account.locale = locale
    audit.record(
        session,
        actor=actor,
        action="account.profile_changed",
        object_type="account",
        object_id=account.public_id,
        before={field: before[field] for field in changed},
        after={field: after[field] for field in changed},
    )


def may_change_own_email(account: Account) -> bool:
    """
    Whether a person changes their e-mail address themselves: members of the team do.

    A vendor's member could otherwise try whether an address of another vendor is known here.
    """
    return account.organisation.kind == OrganisationKind.TEAM


def refuse_own_email(account: Account) -> None:
    """
    Refuse a person who may not change their e-mail address themselves.

    Raises
    ------
    Forbidden
        If they belong to a vendor.
    """
    if not may_change_own_email(account):
        raise Forbidden("An administrator changes the e-mail address of a vendor's member.")


def change_email(session: Session, account: Account, *, actor: audit.Actor, email: str) -> None:
    """
    Change the address that a person signs in with; links sent to the old one stop working.

    Raises
    ------
    Conflict
        If another account has it.
    """
    if email == account.email:
        return
    before = account.email
    set_email(session, account, email)
    links.revoke_links(session, account.id)
    audit.record(
        session,
        actor=actor,
        action="account.email_changed",
        object_type="account",
        object_id=account.public_id,
        before={"email": before},
        after={"email": email},
    )


def set_email(session: Session, account: Account, email: str) -> None:
    """
    Give an account an e-mail address.

    Raises
    ------
    Conflict
        If another account has it.
    """
    try:
        with session.begin_nested():
            account.email = email
            session.add(account)
            session.flush()
    except IntegrityError as error:
        if violated_constraint(error) != "uq_account_email_lower":
            raise
        raise Conflict(
            "There is an account with the e-mail address %(email)s already.",
            field="email",
            email=email,
        ) from None


def violated_constraint(error: IntegrityError) -> str | None:
    """Return the name of the constraint that a write broke."""
    if isinstance(error.orig, psycopg.Error):
        return error.orig.diag.constraint_name
    return None


def refuse_guessable(account: Account, password: str, *texts: str) -> None:
    """
    Refuse a password that somebody who knows its owner, or `texts`, would try first.

    Raises
    ------
    InvalidInput
        With what is wrong with it.
    """
    words = words_about(account) | passwords.guessable_words(*texts)
    if fault := passwords.find_fault(password, words):
        raise InvalidInput(fault, field="password")


def set_password(session: Session, account: Account, *, actor: audit.Actor, password: str) -> None:
    """
    Give an account a new password; unused links to it stop working.

    Raises
    ------
    InvalidInput
        If the password would be guessed first.
    """
    refuse_guessable(account, password)
    account.password_hash = passwords.hash_password(password)
    links.revoke_links(session, account.id)
    audit.record(
        session,
        actor=actor,
        action="account.password_changed",
        object_type="account",
        object_id=account.public_id,
    )


def accept_invitation(session: Session, secret: str, *, name: str, password: str) -> Account:
    """
    Use up an invitation: the invited chooses their name and password.

    Raises
    ------
    NotFound
        If the link does not work.
    InvalidInput
        If the password would be guessed first; the link stays good.
    """
    account = links.get_account_of_link(session, secret, LinkPurpose.INVITATION)
    refuse_guessable(account, password, name)
    links.consume_link(session, secret, LinkPurpose.INVITATION)
    account.name = name
    actor = Viewer(account_id=account.id, name=name)
    set_password(session, account, actor=actor, password=password)
    return account


def complete_account(
    session: Session,
    account: Account,
    web_session: WebSession,
    *,
    actor: Viewer,
    name: str,
    email: str,
    password: str,
) -> str:
    """
    Give an account that came without a password all that its owner chooses.

    Returns the new secret of the session. A vendor's member keeps the e-mail address.

    Raises
    ------
    Conflict
        If it has a password already, or another account has the e-mail address.
    InvalidInput
        If the password would be guessed first.
    """
    if account.password_hash is not None:
        raise Conflict("This account has a password already. Change it on its own page.")
    refuse_guessable(account, password, name, email)
    if may_change_own_email(account):
        change_email(session, account, actor=actor, email=email)
    change_profile(session, account, actor=actor, name=name, locale=account.locale)
    return change_password(session, account, web_session, actor=actor, password=password)


def change_password(
    session: Session,
    account: Account,
    web_session: WebSession,
    *,
    actor: Viewer,
    password: str,
) -> str:
    """
    Change the password, end every other session and return this one's new secret.

    Raises
    ------
    InvalidInput
        If the password would be guessed first.
    """
    set_password(session, account, actor=actor, password=password)
    sessions.end_sessions(session, account.id, keep_id=web_session.id)
    web_session.signed_in_by = SignInMethod.PASSWORD
    return sessions.renew_session(session, web_session)


def end_session(
    session: Session, account: Account, web_session: WebSession, *, actor: Viewer
) -> None:
    """Sign a person out of one browser."""
    audit.record(
        session,
        actor=actor,
        action="session.ended",
        object_type="account",
        object_id=account.public_id,
        before={"session": web_session.public_id, "address": web_session.address},
    )
    session.delete(web_session)
    session.flush()


def end_other_sessions(session: Session, account: Account, *, actor: Viewer) -> int:
    """Sign a person out everywhere but here; return how many sessions that were."""
    ended = sessions.end_sessions(session, account.id, keep_id=actor.session_id)
    if ended:
        audit.record(
            session,
            actor=actor,
            action="session.others_ended",
            object_type="account",
            object_id=account.public_id,
            before={"sessions": ended},
        )
    return ended
