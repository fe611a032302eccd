"""The first administrator: an account without a password and a one-time link that opens it."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from app import audit
from app.accounts import links, organisations, queries
from app.accounts.models import Account, LinkPurpose, Role

FIRST_EMAIL = "admin@localhost"
FIRST_NAME = "Administrator"
# Any number; the same one in every process that starts.
FIRST_RUN_LOCK = 7_305_002


def ensure_first_link(session: Session, base_url: str) -> str | None:
    """
    Return a one-time sign-in link for the first administrator, or None once somebody is one.

    There are no default passwords. The account is made where no administrator exists; a start
    before any administrator's first sign-in makes a new link, and the older ones stop working.
    """
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": FIRST_RUN_LOCK})
    administrators = queries.list_administrators(session)
    if any(account.joined_at for account in administrators):
        return None
    account = next((one for one in administrators if is_first(one)), None)
    if account is None:
        if administrators:
            # The operator made them, and lets them in with `peibi user link`.
            return None
        account = create_first_administrator(session)
    return links.create_link(
        session,
        account,
        LinkPurpose.SIGN_IN,
        base_url=base_url,
        lifetime=links.FIRST_LINK_LIFETIME,
    )


def is_first(account: Account) -> bool:
    """Whether this is the account that the first run made, and it may be used."""
    return account.email == FIRST_EMAIL and account.is_active


def create_first_administrator(session: Session) -> Account:
    """Make the account that the first link signs in to."""
    team = organisations.ensure_team(session)
    account = queries.find_account_by_email(session, FIRST_EMAIL)
    if account is None:
        account = Account(email=FIRST_EMAIL, name=FIRST_NAME)
        session.add(account)
    account.organisation_id = team.id
    account.role = Role.ADMINISTRATOR
    account.is_active = True
    session.flush()
    audit.record(
        session,
        actor=audit.PORTAL,
        action="account.created",
        object_type="account",
        object_id=account.public_id,
        after={"email": account.email, "role": account.role},
    )
    return account
