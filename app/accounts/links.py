"""One-time links: a sign-in without a password, or an invitation, good for one use."""

from datetime import timedelta

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from app.accounts import queries, tokens
from app.accounts.models import Account, LinkPurpose, OneTimeLink
from app.errors import NotFound

FIRST_LINK_LIFETIME = timedelta(hours=24)
SIGN_IN_LINK_LIFETIME = timedelta(hours=1)
INVITATION_LIFETIME = timedelta(days=7)

PATHS = {
    LinkPurpose.SIGN_IN: "/sign-in/link/",
    LinkPurpose.INVITATION: "/invitation/",
}


def create_link(
    session: Session,
    account: Account,
    purpose: LinkPurpose,
    *,
    base_url: str,
    lifetime: timedelta,
) -> str:
    """Return the address of a new link; from here on it is the account's only one that works."""
    revoke_links(session, account.id)
    secret = tokens.new_secret()
    session.add(
        OneTimeLink(
            token_hash=tokens.hash_secret(secret),
            purpose=purpose,
            account_id=account.id,
            expires_at=func.clock_timestamp() + lifetime,
        )
    )
    session.flush()
    return base_url + PATHS[purpose] + secret


def revoke_links(session: Session, account_id: int) -> None:
    """Make every unused link of an account worthless."""
    session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.account_id == account_id, queries.is_link_usable())
        .values(revoked_at=func.clock_timestamp())
    )


def refusal() -> NotFound:
    """Return the answer for a link that does not work, the same whatever the reason."""
    return NotFound(
        "This link does not work: it was used already, has expired or was replaced by a newer "
        "one. Ask whoever sent it for a new link."
    )


def get_account_of_link(session: Session, secret: str, purpose: LinkPurpose) -> Account:
    """
    Return whose link this is, without using it up.

    Raises
    ------
    NotFound
        If the link does not work.
    """
    account = queries.find_account_of_link(session, tokens.hash_secret(secret), purpose)
    if account is None:
        raise refusal()
    return account


def consume_link(session: Session, secret: str, purpose: LinkPurpose) -> Account:
    """
    Use a link up and return whose it was.

    One statement checks and takes it, so of two requests at the same moment one wins.

    Raises
    ------
    NotFound
        If the link does not work.
    """
    account_id = session.scalar(
        update(OneTimeLink)
        .where(
            OneTimeLink.token_hash == tokens.hash_secret(secret),
            OneTimeLink.purpose == purpose,
            queries.is_link_usable(),
            OneTimeLink.account_id == Account.id,
            Account.is_active,
        )
        .values(consumed_at=func.clock_timestamp())
        .returning(OneTimeLink.account_id)
    )
    if account_id is None:
        raise refusal()
    return queries.get_account(session, account_id)
