"""Who may read and change a mixture."""

from app.accounts.permissions import Permission
from app.accounts.viewers import Viewer, require
from app.errors import Conflict, Forbidden
from app.mixtures.models import Mixture, Visibility


def can_edit(viewer: Viewer, mixture: Mixture) -> bool:
    """Whether a viewer may change a mixture: planners, and of a private one its owner alone."""
    if not viewer.can(Permission.EDIT_MIXTURES) or mixture.archived_at is not None:
        return False
    return mixture.visibility != Visibility.PRIVATE or mixture.owner_id == viewer.account_id


def require_edit(viewer: Viewer, mixture: Mixture) -> None:
    """
    Refuse to change a mixture that the viewer may only read.

    Raises
    ------
    NotSignedIn, Forbidden
        If their role does not allow it.
    Conflict
        If the mixture is archived.
    """
    require(viewer, Permission.EDIT_MIXTURES)
    if mixture.archived_at is not None:
        raise Conflict("The mixture is archived. Bring it back before you change it.")
    if not can_edit(viewer, mixture):
        raise Forbidden("Only its owner changes a private mixture.")


def require_owner(viewer: Viewer, mixture: Mixture) -> None:
    """
    Refuse what only the owner, or an administrator, may do: who sees it, archiving, links.

    Raises
    ------
    NotSignedIn, Forbidden
        If the viewer is neither.
    """
    require(viewer, Permission.EDIT_MIXTURES)
    if mixture.owner_id != viewer.account_id and not viewer.can(Permission.MANAGE_SETTINGS):
        raise Forbidden("Only the owner of a mixture, or an administrator, does this.")


def sees_team(viewer: Viewer) -> bool:
    """Whether a viewer may know of the datasets that only the team may know of."""
    return viewer.can(Permission.BROWSE_TEAM_CATALOGUE)
