"""Mixtures that one may see: found, listed, counted, and which of them use a dataset."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from app.accounts.permissions import Permission
from app.accounts.viewers import Viewer
from app.errors import NotFound
from app.mixtures.models import (
    Draft,
    Mixture,
    MixtureVersion,
    Visibility,
)

PAGE = 50


def readable(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition that a viewer may know of a mixture."""
    conditions: list[ColumnElement[bool]] = [Mixture.visibility == Visibility.PUBLIC]
    if viewer.can(Permission.READ_MIXTURES):
        conditions.append(Mixture.visibility == Visibility.TEAM)
        if viewer.account_id is not None:
            conditions.append(Mixture.owner_id == viewer.account_id)
    return or_(*conditions)


def get_mixture(session: Session, slug: str, viewer: Viewer) -> Mixture:
    """
    Return a mixture's own row.

    Raises
    ------
    NotFound
        If there is none, or the viewer may not know that there is.
    """
    mixture = session.scalar(
        select(Mixture)
        .where(Mixture.slug == slug, readable(viewer))
        .options(joinedload(Mixture.forked_from))
    )
    if mixture is None:
        raise NotFound("There is no mixture %(slug)s, or you may not see it.", slug=slug)
    return mixture


def list_mixtures(
    session: Session,
    viewer: Viewer,
    *,
    archived: bool = False,
    text: str = "",
    before: tuple[datetime, int] | None = None,
    limit: int = PAGE,
) -> list[Mixture]:
    """Return mixtures with their drafts, the last changed first; one more than `limit`."""
    statement = (
        select(Mixture)
        .join(Mixture.draft)
        .where(*_listed(viewer, text, archived))
        .order_by(Mixture.updated_at.desc(), Mixture.id.desc())
        .limit(limit + 1)
        .options(contains_eager(Mixture.draft).defer(Draft.content, raiseload=True))
    )
    if before is not None:
        statement = statement.where(_before(*before))
    return list(session.scalars(statement))


def list_with_content(session: Session, viewer: Viewer, *, limit: int = PAGE) -> list[Mixture]:
    """Return the mixtures changed last that are not archived, with their drafts whole."""
    return list(
        session.scalars(
            select(Mixture)
            .join(Mixture.draft)
            .where(*_listed(viewer, "", archived=False))
            .order_by(Mixture.updated_at.desc(), Mixture.id.desc())
            .limit(limit)
            .options(contains_eager(Mixture.draft))
        )
    )


def _listed(viewer: Viewer, text: str, archived: bool) -> list[ColumnElement[bool]]:
    conditions = [
        readable(viewer),
        Mixture.archived_at.is_not(None) if archived else Mixture.archived_at.is_(None),
    ]
    if text:
        pattern = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        conditions.append(or_(Mixture.name.ilike(pattern), Mixture.slug.ilike(pattern)))
    return conditions


def _before(moment: datetime, mixture_id: int) -> ColumnElement[bool]:
    return or_(
        Mixture.updated_at < moment,
        and_(Mixture.updated_at == moment, Mixture.id < mixture_id),
    )


def is_slug_taken(session: Session, slug: str) -> bool:
    """Return whether some mixture has this slug."""
    return session.scalar(select(Mixture.id).where(Mixture.slug == slug)) is not None


def count_mixtures(
    session: Session, viewer: Viewer, *, archived: bool = False, text: str = ""
) -> int:
    """Return how many mixtures a viewer may see."""
    statement = select(func.count()).select_from(Mixture).where(*_listed(viewer, text, archived))
    return session.scalar(statement) or 0


def name_by_id(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """Return the names of mixtures by their row ids, as the audit trail records them."""
    wanted = [int(one) for one in ids if one.isdecimal()]
    found = session.execute(select(Mixture.id, Mixture.name).where(Mixture.id.in_(wanted)))
    return {str(row_id): name for row_id, name in found}


@dataclass(frozen=True, slots=True)
class Use:
    """A mixture that uses a dataset: in its draft, and in which of its versions."""

    mixture: Mixture
    in_draft: bool
    versions: tuple[int, ...]


def list_uses(session: Session, dataset: str, viewer: Viewer, *, limit: int = 20) -> list[Use]:
    """Return the mixtures that use a dataset, as far as the viewer may know of them."""
    versions = (
        select(
            MixtureVersion.mixture_id.label("mixture_id"),
            func.array_agg(MixtureVersion.number).label("numbers"),
        )
        .where(MixtureVersion.dataset_slugs.contains([dataset]))
        .group_by(MixtureVersion.mixture_id)
        .subquery()
    )
    drafts = select(Draft.mixture_id).where(Draft.dataset_slugs.contains([dataset])).subquery()
    rows = session.execute(
        select(Mixture, drafts.c.mixture_id.is_not(None), versions.c.numbers)
        .outerjoin(drafts, drafts.c.mixture_id == Mixture.id)
        .outerjoin(versions, versions.c.mixture_id == Mixture.id)
        .where(
            readable(viewer),
            or_(drafts.c.mixture_id.is_not(None), versions.c.mixture_id.is_not(None)),
        )
        .order_by(Mixture.updated_at.desc(), Mixture.id.desc())
        .limit(limit)
    )
    return [
        Use(mixture, bool(is_drafted), tuple(sorted(found or ())))
        for mixture, is_drafted, found in rows
    ]
