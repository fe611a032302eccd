"""Who may read and change a training plan: as with mixtures."""

from app.accounts.permissions import Permission
from app.accounts.viewers import Viewer, require
from app.errors import Conflict, Forbidden
from app.mixtures.models import Visibility
from app.training.models import TrainingPlan


def can_edit(viewer: Viewer, plan: TrainingPlan) -> bool:
    """Whether a viewer may save versions: planners, and of a private plan its owner alone."""
    if not viewer.can(Permission.EDIT_MIXTURES) or plan.archived_at is not None:
        return False
    return plan.visibility != Visibility.PRIVATE or plan.owner_id == viewer.account_id


def owns(viewer: Viewer, plan: TrainingPlan) -> bool:
    """Whether a viewer decides who sees a plan: its owner, or an administrator."""
    return viewer.can(Permission.EDIT_MIXTURES) and (
        plan.owner_id == viewer.account_id or viewer.can(Permission.MANAGE_SETTINGS)
    )


def require_edit(viewer: Viewer, plan: TrainingPlan) -> None:
    """
    Refuse to change a plan that the viewer may only read.

    Raises
    ------
    NotSignedIn, Forbidden
        If their role does not allow it.
    Conflict
        If the plan is archived.
    """
    require(viewer, Permission.EDIT_MIXTURES)
    if plan.archived_at is not None:
        raise Conflict("The plan is archived. Bring it back before you change it.")
    if not can_edit(viewer, plan):
        raise Forbidden("Only its owner changes a private plan.")


def require_owner(viewer: Viewer, plan: TrainingPlan) -> None:
    """
    Refuse what only the owner, or an administrator, may do: who sees it, archiving, links.

    Raises
    ------
    NotSignedIn, Forbidden
        If the viewer is neither.
    """
    require(viewer, Permission.EDIT_MIXTURES)
    if not owns(viewer, plan):
        raise Forbidden("Only the owner of a plan, or an administrator, does this.")
