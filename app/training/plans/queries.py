"""What training plans read: plans one may see, their versions, their links."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session, contains_eager

from app.accounts.permissions import Permission
from app.accounts.viewers import Viewer
from app.errors import NotFound
from app.mixtures.models import Visibility
from app.training.models import (
    TrainingFigure,
    TrainingPlan,
    TrainingPlanVersion,
    TrainingShareLink,
)

MOST_LISTED = 200


def readable(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition that a viewer may know of a plan."""
    conditions: list[ColumnElement[bool]] = [TrainingPlan.visibility == Visibility.PUBLIC]
    if viewer.can(Permission.READ_MIXTURES):
        conditions.append(TrainingPlan.visibility == Visibility.TEAM)
        if viewer.account_id is not None:
            conditions.append(TrainingPlan.owner_id == viewer.account_id)
    return or_(*conditions)


def _listed(viewer: Viewer, *, archived: bool, text: str) -> list[ColumnElement[bool]]:
    """Return the conditions of a list of plans."""
    conditions = [
        readable(viewer),
        TrainingPlan.archived_at.is_not(None) if archived else TrainingPlan.archived_at.is_(None),
    ]
    if text:
        conditions.append(TrainingPlan.name.icontains(text, autoescape=True))
    return conditions


def list_plans(
    session: Session,
    viewer: Viewer,
    *,
    archived: bool = False,
    text: str = "",
    before: tuple[datetime, int] | None = None,
    limit: int = MOST_LISTED,
) -> list[TrainingPlanVersion]:
    """Return the last version of each plan that one may see, with its plan, newest first."""
    conditions = _listed(viewer, archived=archived, text=text)
    if before is not None:
        conditions.append(tuple_(TrainingPlan.updated_at, TrainingPlan.id) < before)
    return list(
        session.scalars(
            select(TrainingPlanVersion)
            .join(
                TrainingPlan,
                and_(
                    TrainingPlan.id == TrainingPlanVersion.plan_id,
                    TrainingPlan.last_version == TrainingPlanVersion.number,
                ),
            )
            .where(*conditions)
            .order_by(TrainingPlan.updated_at.desc(), TrainingPlan.id.desc())
            .limit(limit)
            .options(contains_eager(TrainingPlanVersion.plan))
        )
    )


def count_plans(session: Session, viewer: Viewer, *, archived: bool, text: str) -> int:
    """Count the plans that one may see."""
    statement = select(func.count()).select_from(TrainingPlan)
    return session.scalar(statement.where(*_listed(viewer, archived=archived, text=text))) or 0


def get_plan(
    session: Session, slug: str, viewer: Viewer, *, for_change: bool = False
) -> TrainingPlan:
    """
    Return a plan, locked until the end of the transaction if asked.

    Raises
    ------
    NotFound
        If there is none, or the viewer may not know that there is.
    """
    statement = select(TrainingPlan).where(TrainingPlan.slug == slug, readable(viewer))
    if for_change:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    plan = session.scalar(statement)
    if plan is None:
        raise NotFound("There is no plan %(slug)s, or you may not see it.", slug=slug)
    return plan


def is_slug_taken(session: Session, slug: str) -> bool:
    """Return whether some plan has this short name."""
    return session.scalar(select(TrainingPlan.id).where(TrainingPlan.slug == slug)) is not None


def get_version(session: Session, plan: TrainingPlan, number: int) -> TrainingPlanVersion:
    """
    Return a version of a plan.

    Raises
    ------
    NotFound
        If there is none.
    """
    version = session.scalar(
        select(TrainingPlanVersion).where(
            TrainingPlanVersion.plan_id == plan.id, TrainingPlanVersion.number == number
        )
    )
    if version is None:
        raise NotFound("There is no version %(number)s.", number=number)
    return version


def list_versions(session: Session, plan: TrainingPlan) -> Sequence[TrainingPlanVersion]:
    """Return the versions of a plan, the newest first."""
    return session.scalars(
        select(TrainingPlanVersion)
        .where(TrainingPlanVersion.plan_id == plan.id)
        .order_by(TrainingPlanVersion.number.desc())
        .limit(MOST_LISTED)
    ).all()


def list_links(session: Session, plan: TrainingPlan) -> Sequence[TrainingShareLink]:
    """Return the links of a plan that still work, with their versions."""
    return session.scalars(
        select(TrainingShareLink)
        .join(TrainingShareLink.version)
        .where(
            TrainingPlanVersion.plan_id == plan.id,
            TrainingShareLink.revoked_at.is_(None),
            TrainingShareLink.expires_at > func.clock_timestamp(),
        )
        .order_by(TrainingShareLink.id)
        .options(contains_eager(TrainingShareLink.version))
    ).all()


def find_version_of_link(session: Session, token_hash: bytes) -> TrainingPlanVersion | None:
    """Return the version that a link shows, with its plan; None if the link does not work."""
    return session.scalar(
        select(TrainingPlanVersion)
        .join(TrainingShareLink, TrainingShareLink.version_id == TrainingPlanVersion.id)
        .join(TrainingPlanVersion.plan)
        .where(
            TrainingShareLink.token_hash == token_hash,
            TrainingShareLink.revoked_at.is_(None),
            TrainingShareLink.expires_at > func.clock_timestamp(),
        )
        .options(contains_eager(TrainingPlanVersion.plan))
    )


def list_figures(session: Session) -> Sequence[TrainingFigure]:
    """Return what administrators changed or added in the tables."""
    return session.scalars(select(TrainingFigure)).all()


def find_figure(session: Session, kind: str, code: str) -> TrainingFigure | None:
    """Return one changed row of the tables, locked, or None."""
    return session.scalar(
        select(TrainingFigure)
        .where(TrainingFigure.kind == kind, TrainingFigure.code == code)
        .with_for_update()
    )


def name_by_id(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """Return the names of training plans by their row ids, as the audit trail records them."""
    wanted = [int(one) for one in ids if one.isdecimal()]
    found = session.execute(
        select(TrainingPlan.id, TrainingPlan.name).where(TrainingPlan.id.in_(wanted))
    )
    return {str(row_id): name for row_id, name in found}
