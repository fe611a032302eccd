"""The API of accounts: who a token stands for and what it may do."""

from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from app.accounts import queries
from app.accounts.models import Role
from app.accounts.permissions import Permission, Scope
from app.accounts.viewers import CurrentViewer, require_account
from app.db import DbSession

router = APIRouter(prefix="/api/v1", tags=["accounts"])


class OrganisationOut(BaseModel):
    """Whom a person belongs to."""

    slug: str
    kind: Literal["team", "vendor"]
    name: dict[str, str] = Field(description="The name in `zh` and `en`.")


class MeOut(BaseModel):
    """The person that a token or a web session stands for."""

    email: str
    name: str
    role: Role
    organisation: OrganisationOut
    via: Literal["session", "token"]
    scopes: list[Scope] = Field(description="What the token carries; empty for a web session.")
    permissions: list[Permission] = Field(description="What this request may do.")
    joined_at: datetime | None


@router.get("/me")
def get_me(session: DbSession, viewer: CurrentViewer) -> MeOut:
    """Return who asks: the owner of the API token or of the web session."""
    account = queries.get_account(session, require_account(viewer))
    organisation = account.organisation
    return MeOut.model_validate(
        {
            "email": viewer.email,
            "name": viewer.name,
            "role": viewer.role,
            "organisation": {
                "slug": organisation.slug,
                "kind": organisation.kind,
                "name": {"zh": organisation.name_zh, "en": organisation.name_en},
            },
            "via": viewer.via,
            "scopes": sorted(viewer.scopes),
            "permissions": sorted(viewer.permissions),
            "joined_at": account.joined_at,
        }
    )
