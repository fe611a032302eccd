"""Who asks: the person behind a request, from their session cookie or API token."""

import logging
from dataclasses import dataclass, field
from typing import Annotated, Literal

from fastapi import Depends, Request
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.accounts import addresses, credentials, sessions, tokens
from app.accounts.models import OrganisationKind, Role
from app.accounts.permissions import (
    ANYONE,
    ROLE_PERMISSIONS,
    Permission,
    Scope,
    permissions_of_token,
)
from app.db import DbSession
from app.errors import Forbidden, NotSignedIn

logger = logging.getLogger(__name__)

API_PREFIX = "/api/"


@dataclass(frozen=True)
class Viewer:
    """
    The person, or their script, behind one request; nobody in particular without `account_id`.

    Made anew for every request, so a changed role or a disabled account counts at once.
    """

    account_id: int | None = None
    name: str = ""
    email: str = ""
    role: Role | None = None
    organisation_id: int | None = None
    organisation_kind: OrganisationKind | None = None
    organisation_slug: str | None = None
    permissions: frozenset[Permission] = frozenset()
    via: Literal["session", "token"] | None = None
    scopes: frozenset[Scope] = field(default=frozenset())
    # The web session that this request belongs to.
    session_id: int | None = None

    @property
    def is_signed_in(self) -> bool:
        """Whether this is somebody with an account."""
        return self.account_id is not None

    @property
    def is_team(self) -> bool:
        """Whether this is a member of the team, who may know of its internal things."""
        return self.organisation_kind is OrganisationKind.TEAM

    def can(self, permission: Permission) -> bool:
        """Whether this viewer may do it."""
        return permission in self.permissions


def require(viewer: Viewer, permission: Permission) -> None:
    """
    Refuse the request unless the viewer has the permission.

    Raises
    ------
    NotSignedIn
        If nobody is signed in.
    Forbidden
        If somebody is, but their role or their token does not allow it.
    """
    if viewer.can(permission):
        return
    if not viewer.is_signed_in:
        raise NotSignedIn("Sign in to see this.")
    logger.warning(
        "access refused",
        extra={
            "account_id": viewer.account_id,
            "role": viewer.role,
            "via": viewer.via,
            "permission": permission.value,
        },
    )
    if viewer.via == "token" and viewer.role and permission in ROLE_PERMISSIONS[viewer.role]:
        raise _not_in_scope()
    raise Forbidden("Your role does not allow this. An administrator can change your role.")


def require_scope(viewer: Viewer, scope: Scope) -> None:
    """
    Refuse a token that does not carry a scope, where what is done needs no permission.

    Raises
    ------
    Forbidden
    """
    if viewer.via == "token" and scope not in viewer.scopes:
        raise _not_in_scope()


def _not_in_scope() -> Forbidden:
    return Forbidden(
        "Your role allows this, but the token's scopes do not. Make a token that does."
    )


def require_account(viewer: Viewer) -> int:
    """
    Return the id of the viewer's account.

    Raises
    ------
    NotSignedIn
        If nobody is signed in.
    """
    if viewer.account_id is None:
        raise NotSignedIn("Sign in to see this.")
    return viewer.account_id


def make_viewer(
    found: credentials.Credential, *, via: Literal["session", "token"], is_catalogue_public: bool
) -> Viewer:
    """Return the viewer that a valid cookie or token stands for."""
    role = Role(found.role)
    scopes = frozenset(Scope(scope) for scope in found.scopes)
    permissions = ROLE_PERMISSIONS[role] if via == "session" else permissions_of_token(role, scopes)
    return Viewer(
        account_id=found.account_id,
        name=found.name,
        email=found.email,
        role=role,
        organisation_id=found.organisation_id,
        organisation_kind=OrganisationKind(found.organisation_kind),
        organisation_slug=found.organisation_slug,
        # A token must not see less than nobody does.
        permissions=permissions | (ANYONE if is_catalogue_public else frozenset()),
        via=via,
        scopes=scopes,
        session_id=found.credential_id if via == "session" else None,
    )


def get_viewer(request: Request, session: DbSession) -> Viewer:
    """
    Return who asks and remember them in `request.state.viewer`, for the page's header.

    Costs one indexed query, or none without a cookie or token. A bearer token counts only for
    the API, where it decides alone: an invalid one is refused, whatever cookie comes with it.
    """
    is_public = request.app.state.settings.is_catalogue_public
    viewer = Viewer(permissions=ANYONE if is_public else frozenset())
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and request.url.path.startswith(API_PREFIX):
        found = credentials.find_token_credential(session, tokens.hash_secret(token.strip()))
        if found is None:
            logger.warning(
                "token refused",
                extra={"address": addresses.client_address(request)},
            )
            raise NotSignedIn("The API token is unknown, expired or revoked. Make a new one.")
        viewer = make_viewer(found, via="token", is_catalogue_public=is_public)
        if found.is_touch_due:
            credentials.touch_token(session, found)
    elif found := _find_session(request, session):
        viewer = make_viewer(found, via="session", is_catalogue_public=is_public)
        if found.is_touch_due:
            credentials.touch_session(session, found)
    request.state.viewer = viewer
    return viewer


def _find_session(request: Request, session: Session) -> credentials.Credential | None:
    cookie = sessions.read_cookie(request)
    if not cookie:
        return None
    settings = request.app.state.settings
    return credentials.find_session_credential(session, tokens.hash_secret(cookie), settings)


def find_viewer(request: Request) -> Viewer | None:
    """
    Return who looks at an error page that was answered before any route, if that can be told.

    For the header of the page only: nothing is allowed on the strength of it.
    """
    if not sessions.read_cookie(request):
        return None
    try:
        with request.app.state.session_factory() as session:
            found = _find_session(request, session)
    except SQLAlchemyError:
        return None
    is_public = request.app.state.settings.is_catalogue_public
    return make_viewer(found, via="session", is_catalogue_public=is_public) if found else None


# scope="function", as the session that it reads with.
CurrentViewer = Annotated[Viewer, Depends(get_viewer, scope="function")]


def get_catalogue_viewer(viewer: CurrentViewer) -> Viewer:
    """Return who asks, if they may browse the catalogue: anybody where it is public."""
    require(viewer, Permission.BROWSE_PUBLIC_CATALOGUE)
    return viewer


CatalogueViewer = Annotated[Viewer, Depends(get_catalogue_viewer, scope="function")]
