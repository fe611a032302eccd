"""The policies of the team, as rows and as values."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.mixtures.models import (
    Policy,
    PolicyKind,
)
from app.mixtures.policies import Rule


def list_policies(session: Session) -> list[Policy]:
    """Return the policies of the team in the order in which they were made."""
    return list(session.scalars(select(Policy).order_by(Policy.id)))


def list_rules(session: Session) -> list[Rule]:
    """Return the policies as values."""
    rows = session.execute(
        select(Policy.kind, Policy.bound, Policy.tag, Policy.value, Policy.id).order_by(Policy.id)
    )
    return [Rule(PolicyKind(row.kind), row.bound, row.tag, row.value, row.id) for row in rows]


def get_policy(session: Session, policy_id: int) -> Policy:
    """
    Return a policy.

    Raises
    ------
    NotFound
        If there is none.
    """
    policy = session.get(Policy, policy_id)
    if policy is None:
        raise NotFound("There is no such policy.")
    return policy
