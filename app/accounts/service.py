"""What a person changes about their own account."""

import psycopg
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import audit
from app.accounts import links, passwords, sessions
from app.accounts.models import Account, OrganisationKind, SignInMethod, WebSession
from app.accounts.viewers import Viewer
from app.errors import Conflict, Forbidden, InvalidInput


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
