"""Links that share a version: those that still work."""

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, joinedload

from app.mixtures.models import (
    MixtureVersion,
    ShareLink,
)


def list_links(session: Session, mixture_id: int) -> list[ShareLink]:
    """Return the links that still work, the newest first."""
    return list(
        session.scalars(
            select(ShareLink)
            .where(ShareLink.mixture_id == mixture_id, is_link_alive())
            .order_by(ShareLink.id.desc())
            .options(joinedload(ShareLink.version).load_only(MixtureVersion.number))
        )
    )


def find_version_of_link(session: Session, token_hash: bytes) -> MixtureVersion | None:
    """Return the version that a working link shows."""
    return session.scalar(
        select(MixtureVersion)
        .join(ShareLink, ShareLink.version_id == MixtureVersion.id)
        .where(ShareLink.token_hash == token_hash, is_link_alive())
        .options(joinedload(MixtureVersion.mixture))
    )


def is_link_alive() -> ColumnElement[bool]:
    """Return the condition that a link is neither expired nor revoked."""
    return and_(ShareLink.revoked_at.is_(None), ShareLink.expires_at > func.statement_timestamp())
