"""Who may read and change a mixture, and what else one person owns and shares in the same way."""

from datetime import datetime
from typing import Protocol

from app.accounts.permissions import Permission
from app.accounts.viewers import Viewer, require
from app.errors import Conflict, Forbidden
from app.mixtures.models import Visibility


class Owned(Protocol):
    """A thing with an owner, who says who sees it."""

    @property
    def owner_id(self) -> int | None:
        """The account of its owner."""

    @property
    def visibility(self) -> str:
        """Who sees it: one of Visibility."""

    @property
    def archived_at(self) -> datetime | None:
        """Since when it is out of the way; None where it is not."""


def can_edit(viewer: Viewer, owned: Owned) -> bool:
    """Whether a viewer may change a thing: planners, and what is private its owner alone."""
    if not viewer.can(Permission.EDIT_MIXTURES) or owned.archived_at is not None:
        return False
    return owned.visibility != Visibility.PRIVATE or owned.owner_id == viewer.account_id


def owns(viewer: Viewer, owned: Owned) -> bool:
    """Whether a viewer decides who sees a thing: its owner, or an administrator."""
    return viewer.can(Permission.EDIT_MIXTURES) and (
        owned.owner_id == viewer.account_id or viewer.can(Permission.MANAGE_SETTINGS)
    )


def require_edit(viewer: Viewer, owned: Owned) -> None:
    """
    Refuse to change a thing that the viewer may only read.

    Raises
    ------
    NotSignedIn, Forbidden
        If their role does not allow it.
    Conflict
        If it is archived.
    """
    require(viewer, Permission.EDIT_MIXTURES)
    if owned.archived_at is not None:
        raise Conflict("This is archived. Bring it back before you change it.")
    if not can_edit(viewer, owned):
        raise Forbidden("Only its owner changes what is private.")


def require_owner(viewer: Viewer, owned: Owned) -> None:
    """
    Refuse what only the owner, or an administrator, may do: who sees it, archiving, links.

    Raises
    ------
    NotSignedIn, Forbidden
        If the viewer is neither.
    """
    require(viewer, Permission.EDIT_MIXTURES)
    if not owns(viewer, owned):
        raise Forbidden("Only its owner, or an administrator, does this.")


def sees_team(viewer: Viewer) -> bool:
    """Whether a viewer may know of the datasets that only the team may know of."""
    return viewer.can(Permission.BROWSE_TEAM_CATALOGUE)
