"""The team's policies as JSON, for whoever plans by program."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer, require
from app.db import DbSession
from app.mixtures.content import Tag
from app.mixtures.models import PolicyKind
from app.mixtures.queries import policies as policy_queries
from app.mixtures.words import policies as words

router = APIRouter(prefix="/api/v1/mixture-policies", tags=["mixtures"])


class PolicyOut(BaseModel):
    """A rule of the team for every mixture, judged on trained tokens."""

    id: int | None
    kind: PolicyKind
    tag: Tag | None = Field(description="What a share is of; null for epochs.")
    value: str | None
    bound: float = Field(description="A share from 0 to 1, or the most epochs of any component.")
    sentence: str = Field(description="What it asks for, in the reader's language.")


class PolicyList(BaseModel):
    """Every policy in force, in the order in which they were made."""

    items: list[PolicyOut]
    total: int
    next_cursor: None = None


@router.get("", name="mixtures.api.policies")
def list_policies(session: DbSession, viewer: CurrentViewer) -> PolicyList:
    """List the policies in force. Administrators change them on the page."""
    require(viewer, Permission.READ_MIXTURES)
    items = [
        PolicyOut(
            id=one.policy_id,
            kind=one.kind,
            tag=Tag(one.tag) if one.tag else None,
            value=one.value,
            bound=one.bound,
            sentence=words.rule(one, {}),
        )
        for one in policy_queries.list_rules(session)
    ]
    return PolicyList(items=items, total=len(items))
