"""Administrators make and take back the team's policies."""

import math

from sqlalchemy.orm import Session

from app import audit
from app.accounts.permissions import Permission
from app.accounts.viewers import Viewer, require
from app.errors import Conflict, InvalidInput
from app.mixtures import policy_values
from app.mixtures.content import Tag
from app.mixtures.models import Policy, PolicyKind
from app.mixtures.queries import policies as policy_queries
from app.planning.limits import MAX_EPOCHS

MAX_POLICIES = 50
MAX_VALUE = 200


def add_policy(
    session: Session,
    *,
    kind: PolicyKind,
    bound: float,
    tag: str | None,
    value: str | None,
    viewer: Viewer,
) -> Policy:
    """
    Make a policy; it counts for every draft at once, and for versions from the next one on.

    Raises
    ------
    Forbidden
        If the viewer is no administrator.
    InvalidInput
        If the bound or the tag cannot be one.
    Conflict
        If there are very many.
    """
    require(viewer, Permission.MANAGE_SETTINGS)
    if len(policy_queries.list_policies(session)) >= MAX_POLICIES:
        raise Conflict("There are %(most)s policies. Take one back first.", most=MAX_POLICIES)
    if kind is PolicyKind.EPOCHS_AT_MOST:
        tag = value = None
        if not (math.isfinite(bound) and 0 < bound <= MAX_EPOCHS):
            raise InvalidInput("The most epochs are a number above zero.", field="bound")
    else:
        if not (math.isfinite(bound) and 0 <= bound <= 1):
            raise InvalidInput("A share lies between 0 and 100 per cent.", field="bound")
        if tag not in list(Tag):
            raise InvalidInput("Choose what the policy is about.", field="tag")
        if not value or len(value) > MAX_VALUE:
            raise InvalidInput("Say which value the policy is about.", field="value")
        value = policy_values.read_value(session, Tag(tag), value)
    policy = Policy(kind=kind.value, tag=tag, value=value, bound=bound)
    session.add(policy)
    session.flush()
    _record(session, viewer, policy, "mixture_policy.added", is_added=True)
    return policy


def remove_policy(session: Session, policy_id: int, *, viewer: Viewer) -> None:
    """Take a policy back."""
    require(viewer, Permission.MANAGE_SETTINGS)
    policy = policy_queries.get_policy(session, policy_id)
    _record(session, viewer, policy, "mixture_policy.removed", is_added=False)
    session.delete(policy)
    session.flush()


def _record(
    session: Session, viewer: Viewer, policy: Policy, action: str, *, is_added: bool
) -> None:
    values = {
        "kind": policy.kind,
        "tag": policy.tag,
        "value": policy.value,
        "bound": policy.bound,
    }
    audit.record(
        session,
        actor=viewer,
        action=action,
        object_type="mixture_policy",
        object_id=str(policy.id),
        before=None if is_added else values,
        after=values if is_added else None,
    )
