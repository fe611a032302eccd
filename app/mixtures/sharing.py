"""Links that show one version to whoever has them: hashed, revocable, with an end."""

from datetime import timedelta

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from app import audit
from app.accounts import tokens
from app.accounts.viewers import Viewer
from app.errors import Conflict, InvalidInput, NotFound
from app.mixtures import access
from app.mixtures.models import Mixture, MixtureVersion, ShareLink
from app.mixtures.queries import links as link_queries

MAX_DAYS = 365
DEFAULT_DAYS = 30
MAX_LINKS = 50


def share(
    session: Session,
    mixture: Mixture,
    version: MixtureVersion,
    *,
    days: int,
    base_url: str,
    viewer: Viewer,
) -> str:
    """
    Return the address of a new link to a version: the only time that it can be seen.

    Raises
    ------
    InvalidInput
        If it would live too long.
    Conflict
        If the mixture has very many links already.
    """
    access.require_owner(viewer, mixture)
    check_link(days, existing=len(link_queries.list_links(session, mixture.id)))
    secret = tokens.new_secret()
    link = ShareLink(
        mixture_id=mixture.id,
        version_id=version.id,
        token_hash=tokens.hash_secret(secret),
        created_by_name=viewer.name,
        expires_at=func.clock_timestamp() + timedelta(days=days),
    )
    session.add(link)
    session.flush()
    audit.record(
        session,
        actor=viewer,
        action="mixture.link_created",
        object_type="mixture",
        object_id=str(mixture.id),
        after={"link": link.id, "version": version.number, "days": days},
    )
    return f"{base_url}/mixtures/shared/{secret}"


def revoke(session: Session, mixture: Mixture, link_id: int, *, viewer: Viewer) -> None:
    """
    Make a link worthless, at once and for good.

    Raises
    ------
    NotFound
        If the mixture has no such link that still works.
    """
    access.require_owner(viewer, mixture)
    revoked = session.scalar(
        update(ShareLink)
        .where(
            ShareLink.id == link_id,
            ShareLink.mixture_id == mixture.id,
            ShareLink.revoked_at.is_(None),
        )
        .values(revoked_at=func.clock_timestamp())
        .returning(ShareLink.id)
        .execution_options(synchronize_session=False)
    )
    if revoked is None:
        raise NotFound("There is no such link, or it was revoked already.")
    audit.record(
        session,
        actor=viewer,
        action="mixture.link_revoked",
        object_type="mixture",
        object_id=str(mixture.id),
        before={"link": link_id},
    )


def open_link(session: Session, secret: str) -> MixtureVersion:
    """
    Return the version that a link shows.

    Raises
    ------
    NotFound
        If the link does not work, the same whatever the reason.
    """
    version = link_queries.find_version_of_link(session, tokens.hash_secret(secret))
    if version is None:
        raise dead_link()
    return version


def check_link(days: int, *, existing: int) -> None:
    """
    Refuse a link that would live too long, or be one too many.

    Raises
    ------
    InvalidInput, Conflict
    """
    if not 1 <= days <= MAX_DAYS:
        raise InvalidInput("A link lives between 1 and %(most)s days.", field="days", most=MAX_DAYS)
    if existing >= MAX_LINKS:
        raise Conflict("There are %(most)s links. Revoke one first.", most=MAX_LINKS)


def dead_link() -> NotFound:
    """Return the error of a link that shows nothing, the same whatever the reason."""
    return NotFound(
        "This link does not work: it has expired, was revoked, or was never one. Ask whoever "
        "sent it for a new link."
    )
