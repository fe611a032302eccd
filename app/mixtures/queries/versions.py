"""Versions: of one mixture, the newest of many, those that use a dataset."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from app.errors import NotFound
from app.mixtures.models import Mixture, MixtureVersion, SeenChange


def get_version(session: Session, mixture: Mixture, number: int) -> MixtureVersion:
    """
    Return a version of a mixture.

    Raises
    ------
    NotFound
        If there is none.
    """
    version = session.scalar(
        select(MixtureVersion).where(
            MixtureVersion.mixture_id == mixture.id, MixtureVersion.number == number
        )
    )
    if version is None:
        raise NotFound(
            "The mixture %(slug)s has no version %(number)s.", slug=mixture.slug, number=number
        )
    return version


def list_versions(session: Session, mixture_id: int, *, limit: int = 200) -> list[MixtureVersion]:
    """Return versions with their facts and results, the newest first."""
    return list(
        session.scalars(
            select(MixtureVersion)
            .where(MixtureVersion.mixture_id == mixture_id)
            .order_by(MixtureVersion.number.desc())
            .limit(limit)
            .options(defer(MixtureVersion.content, raiseload=True))
        )
    )


def list_last_versions(session: Session, mixtures: Sequence[Mixture]) -> dict[int, MixtureVersion]:
    """Return the newest version of each mixture that has one, by the mixture's id."""
    found = session.scalars(
        select(MixtureVersion)
        .join(MixtureVersion.mixture)
        .where(
            Mixture.id.in_([one.id for one in mixtures]),
            MixtureVersion.number == Mixture.last_version,
        )
        .options(defer(MixtureVersion.content, raiseload=True))
    )
    return {version.mixture_id: version for version in found}


def find_seen(session: Session, version_id: int, account_id: int) -> SeenChange | None:
    """Return which changes since a version somebody has seen."""
    return session.get(SeenChange, (version_id, account_id))
