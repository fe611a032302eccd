"""People who choose their name and password for the first time."""

from sqlalchemy.orm import Session

from app.accounts import links, service
from app.accounts.models import Account, LinkPurpose, WebSession
from app.accounts.viewers import Viewer
from app.errors import Conflict


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
    service.refuse_guessable(account, password, name)
    links.consume_link(session, secret, LinkPurpose.INVITATION)
    account.name = name
    actor = Viewer(account_id=account.id, name=name)
    service.set_password(session, account, actor=actor, password=password)
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
    service.refuse_guessable(account, password, name, email)
    if service.may_change_own_email(account):
        service.change_email(session, account, actor=actor, email=email)
    service.change_profile(session, account, actor=actor, name=name, locale=account.locale)
    return service.change_password(session, account, web_session, actor=actor, password=password)
