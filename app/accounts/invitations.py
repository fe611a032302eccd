"""Links that lead people in: invitations, and sign-in links for who cannot sign in."""

from datetime import timedelta

from sqlalchemy.orm import Session

from app import audit
from app.accounts import links, people
from app.accounts.models import Account, LinkPurpose
from app.errors import Conflict


def invite(session: Session, account: Account, *, actor: audit.Actor, base_url: str) -> str:
    """
    Return the address of a new invitation for an account that nobody has signed in to.

    Raises
    ------
    Conflict
        If they have signed in before, or are disabled.
    """
    refuse_joined(account)
    return make_link(
        session,
        account,
        LinkPurpose.INVITATION,
        actor=actor,
        base_url=base_url,
        lifetime=links.INVITATION_LIFETIME,
    )


def make_sign_in_link(
    session: Session,
    account: Account,
    *,
    actor: audit.Actor,
    base_url: str,
    lifetime: timedelta = links.SIGN_IN_LINK_LIFETIME,
) -> str:
    """
    Return the address of a new one-time sign-in link, for somebody who cannot sign in.

    Raises
    ------
    Conflict
        If the account is disabled.
    """
    return make_link(
        session, account, LinkPurpose.SIGN_IN, actor=actor, base_url=base_url, lifetime=lifetime
    )


def make_link(
    session: Session,
    account: Account,
    purpose: LinkPurpose,
    *,
    actor: audit.Actor,
    base_url: str,
    lifetime: timedelta,
) -> str:
    """Return the address of a new link, and record that it was made."""
    if not account.is_active:
        raise Conflict("The account %(email)s is disabled. Enable it first.", email=account.email)
    address = links.create_link(session, account, purpose, base_url=base_url, lifetime=lifetime)
    audit.record(
        session,
        actor=actor,
        action="link.created",
        object_type="account",
        object_id=account.public_id,
        after={"purpose": purpose, "hours": lifetime // timedelta(hours=1)},
    )
    return address


def revoke_invitation(session: Session, account: Account, *, actor: audit.Actor) -> None:
    """
    Take back an invitation: the account that nobody has signed in to is removed.

    Raises
    ------
    Conflict
        If they have signed in before.
    """
    refuse_joined(account)
    people.keep_an_administrator(session, account, actor)
    audit.record(
        session,
        actor=actor,
        action="invitation.revoked",
        object_type="account",
        object_id=account.public_id,
        before={"email": account.email, "name": account.name, "role": account.role},
    )
    session.delete(account)
    session.flush()


def refuse_joined(account: Account) -> None:
    """
    Refuse what can only be done before somebody's first sign-in.

    Raises
    ------
    Conflict
        If they have signed in before.
    """
    if account.joined_at is not None:
        raise Conflict(
            "%(name)s has signed in already, so there is no invitation.", name=account.name
        )
