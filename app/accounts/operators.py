"""In whose name a command of the operator acts: an account's, or the command line's own."""

from sqlalchemy.orm import Session

from app.accounts import queries
from app.accounts.models import Role
from app.accounts.permissions import ROLE_PERMISSIONS, Permission
from app.accounts.viewers import Viewer
from app.audit import COMMAND_LINE, Actor
from app.errors import Conflict


def get_actor(session: Session, email: str, needs: Permission) -> Actor:
    """
    Return who a command's changes are recorded for; without an address the command line.

    Raises
    ------
    NotFound
        If no account has that address.
    Conflict
        If it is disabled, or its role may not do this.
    """
    if not email:
        return COMMAND_LINE
    account = queries.get_account_by_email(session, email)
    if not account.is_active:
        raise Conflict("The account %(email)s is disabled. Enable it first.", email=account.email)
    role = Role(account.role)
    if needs not in ROLE_PERMISSIONS[role]:
        raise Conflict("The role of %(email)s does not allow this.", email=account.email)
    return Viewer(account_id=account.id, name=account.name, email=account.email, role=role)
